//! `/fixtures/lineups`: who plays. The provider lists line-ups that were handed in.

use super::{keep, player, skip, team};
use crate::values::Fault;
use crate::{Parsed, Rejection, RejectionKind, SourceFact, SourceFacts};
use serde_json::Value;
use touchline_domain::{Formation, LineupKind, Listed, MAX_SHIRT, Position, Squad};

pub(super) fn read(fixture: &str, rows: &[Value], parsed: &mut Parsed) {
    for (line, row) in (1..).zip(rows) {
        // Announced with a team but without players: not handed in yet.
        if row["startXI"].as_array().is_some_and(Vec::is_empty) {
            skip(parsed);
            continue;
        }
        let read = read_lineup(line, row, parsed);
        if let Some((team, fact)) = keep(parsed, line, row, read) {
            parsed.facts.push(SourceFacts { line, external_id: fixture.to_owned(), team: Some(team), fact });
        }
    }
}

fn read_lineup(line: u32, row: &Value, parsed: &mut Parsed) -> Result<(String, SourceFact), Fault> {
    let team = team(row)?;
    let malformed = |message: String| (RejectionKind::MalformedLineup, message);
    let starters = row["startXI"].as_array().ok_or_else(|| malformed("startXI is not a list".to_owned()))?;
    // Missing where only the starters were asked for.
    let substitutes = row["substitutes"].as_array().map_or(&[][..], Vec::as_slice);
    let starters = listed(line, starters, parsed);
    let squad =
        Squad::new(starters, listed(line, substitutes, parsed)).map_err(|e| malformed(e.to_string()))?;
    let formation = match row["formation"].as_str().map(str::parse::<Formation>).transpose() {
        Ok(formation) => formation,
        Err(error) => {
            let kind = RejectionKind::MalformedFormation;
            parsed.rejections.push(Rejection::new(
                line,
                kind,
                error.to_string(),
                &row["formation"].to_string(),
            ));
            None
        }
    };
    Ok((team, SourceFact::Lineup { kind: LineupKind::Confirmed, formation, squad }))
}

/// The players of a list; one who cannot be told from others is left out and recorded.
fn listed(line: u32, list: &[Value], parsed: &mut Parsed) -> Vec<Listed> {
    // More than any line-up has are refused by the squad, unread.
    list.iter().take(100).filter_map(|entry| one(line, &entry["player"], parsed)).collect()
}

fn one(line: u32, value: &Value, parsed: &mut Parsed) -> Option<Listed> {
    let mut note = |message: &str| {
        let kind = RejectionKind::MalformedPlayer;
        parsed.rejections.push(Rejection::new(line, kind, message.to_owned(), &value.to_string()));
    };
    let Some(player) = player(value) else {
        note("a player without identifier or name is left out of the line-up");
        return None;
    };
    let position = match value["pos"].as_str() {
        None => None,
        Some("G") => Some(Position::Goalkeeper),
        Some("D") => Some(Position::Defender),
        Some("M") => Some(Position::Midfielder),
        Some("F") => Some(Position::Forward),
        Some(_) => {
            note("pos is none of G, D, M and F; the position is left out");
            None
        }
    };
    let number = &value["number"];
    let shirt = number.as_u64().and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= MAX_SHIRT);
    if shirt.is_none() && !number.is_null() {
        note("number is on no shirt; it is left out");
    }
    Some(Listed { player, position, shirt })
}
