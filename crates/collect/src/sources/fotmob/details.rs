//! One match: its counts, its line-ups and who is unavailable. Line-ups have two shapes: lists of rows of players until 2024,
//! `homeTeam` and `awayTeam` since.

use super::matches::{draft, kickoff, outcome};
use super::{identifier, keep, league, name, note, number};
use crate::document::Draft;
use crate::values::{self, Fault};
use crate::{DocumentError, Parsed, RejectionKind, SourceFact, SourceFacts};
use chrono::NaiveDate;
use serde_json::Value;
use touchline_domain::{
    Formation, InjuryKind, LineupKind, Listed, MAX_SHIRT, MatchStats, Player, Position, SideStats, Squad,
};

pub(super) fn read(
    root: &Value,
    today: NaiveDate,
    parsed: &mut Parsed,
    drafts: &mut Vec<Draft>,
) -> Result<(), DocumentError> {
    let general = &root["general"];
    let id = [&general["parentLeagueId"], &general["leagueId"]].into_iter().find(|id| !id.is_null());
    let found = id
        .and_then(|id| league(id, parsed))
        .ok_or_else(|| DocumentError::UnknownLeague(format!("league {} of FotMob", general["leagueId"])))?;
    parsed.rows = 1;
    let read = read_match(root, found, today, parsed);
    let (id, is_over) = match &read {
        Ok(draft) => (draft.found.external_id.clone(), draft.found.score.is_some()),
        Err(_) => (None, false),
    };
    keep(1, general, read, parsed, drafts);
    let Some(id) = id else { return Ok(()) };
    let lineup = &root["content"]["lineup"];
    for (side, team) in [(0, &general["homeTeam"]), (1, &general["awayTeam"])] {
        let Some(team) = name(&team["name"]) else { continue };
        let found = Side::of(lineup, side);
        if !found.starters.is_empty() {
            match squad(lineup, &found, is_over, parsed) {
                Ok(fact) => push(parsed, &id, &team, fact),
                Err((kind, message)) => note(1, kind, &message, &Value::Null, parsed),
            }
        }
        for absent in found.unavailable.iter().take(60) {
            if let Some(fact) = absence(absent) {
                push(parsed, &id, &team, fact);
            } else {
                let message = "an absence without player, or without a name; it is left out";
                note(1, RejectionKind::MalformedPlayer, message, absent, parsed);
            }
        }
    }
    Ok(())
}

fn push(parsed: &mut Parsed, id: &str, team: &str, fact: SourceFact) {
    let (external_id, team) = (id.to_owned(), Some(team.to_owned()));
    parsed.facts.push(SourceFacts { line: 1, external_id, team, fact });
}

fn read_match(root: &Value, league: usize, today: NaiveDate, parsed: &mut Parsed) -> Result<Draft, Fault> {
    let (general, header) = (&root["general"], &root["header"]);
    let at = kickoff(&general["matchTimeUTCDate"], &Value::Null)
        .or_else(|_| kickoff(&header["status"]["utcTime"], &Value::Null))?;
    let side = |side: &Value| name(&side["name"]).unwrap_or_default();
    let (home, away) = values::teams(&side(&general["homeTeam"]), &side(&general["awayTeam"]))?;
    let goals = |n: usize| number(&header["teams"][n]["score"]).map(|n| n.to_string());
    let result = outcome(&header["status"], goals(0).zip(goals(1)).as_ref())?;
    let id = identifier(&general["matchId"])
        .ok_or_else(|| (RejectionKind::MalformedId, "general.matchId is no number".to_owned()))?;
    let mut draft = draft(1, league, at, (home, away), result, id, today, parsed)?;
    if draft.found.score.is_some() {
        draft.found.stats = stats(&root["content"]["stats"]["Periods"]["All"]["stats"], parsed);
    }
    Ok(draft)
}

/// Counts of both sides; each stands in one or more groups, by its key.
fn stats(groups: &Value, parsed: &mut Parsed) -> Option<MatchStats> {
    let mut stats = MatchStats::default();
    for group in groups.as_array()?.iter().take(50) {
        for entry in group["stats"].as_array().into_iter().flatten().take(100) {
            let key = entry["key"].as_str().unwrap_or_default();
            let pair = (&entry["stats"][0], &entry["stats"][1]);
            // Headings of groups have the key of a count and no values.
            if pair.0.is_null() && pair.1.is_null() {
                continue;
            }
            let fits = set(&mut stats.home, key, pair.0) && set(&mut stats.away, key, pair.1);
            if !fits {
                let message = "the value is not a count, share or number of goals; dropped";
                note(1, RejectionKind::MalformedStatistic, message, entry, parsed);
            }
        }
    }
    Some(stats).filter(|stats| !stats.is_empty())
}

/// Whether the value fits its key, where the key is one that is read.
fn set(stats: &mut SideStats, key: &str, value: &Value) -> bool {
    let real = |most: f64| {
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        number.filter(|n| (0.0..=most).contains(n))
    };
    let count = || number(value).and_then(|n| u16::try_from(n).ok()).filter(|n| *n < 1_000);
    let (place, count) = match key {
        "expected_goals" => {
            stats.expected_goals = real(99.0);
            return stats.expected_goals.is_some();
        }
        "BallPossesion" => {
            stats.possession = real(100.0);
            return stats.possession.is_some();
        }
        "total_shots" => (&mut stats.shots, count()),
        "ShotsOnTarget" => (&mut stats.shots_on_target, count()),
        "shots_woodwork" => (&mut stats.woodwork, count()),
        "corners" => (&mut stats.corners, count()),
        "fouls" => (&mut stats.fouls, count()),
        "Offsides" => (&mut stats.offsides, count()),
        "yellow_cards" => (&mut stats.yellow_cards, count()),
        "red_cards" => (&mut stats.red_cards, count()),
        _ => return true,
    };
    *place = count;
    count.is_some()
}

/// What a line-up says of one side, in either shape.
struct Side<'a> {
    starters: Vec<&'a Value>,
    bench: Vec<&'a Value>,
    unavailable: Vec<&'a Value>,
    formation: Option<&'a str>,
}

impl<'a> Side<'a> {
    fn of(lineup: &'a Value, side: usize) -> Self {
        let list = |value: &'a Value| value.as_array().map_or(&[][..], Vec::as_slice).iter();
        let new = &lineup[["homeTeam", "awayTeam"][side]];
        if new.is_object() {
            return Self {
                starters: list(&new["starters"]).collect(),
                bench: list(&new["subs"]).collect(),
                unavailable: list(&new["unavailable"]).collect(),
                formation: new["formation"].as_str(),
            };
        }
        let old = &lineup["lineup"][side];
        Self {
            starters: list(&old["players"]).flat_map(list).collect(),
            bench: list(&old["bench"]).collect(),
            unavailable: list(&lineup["naPlayers"]["naPlayersArr"][side]).collect(),
            formation: old["lineup"].as_str(),
        }
    }
}

/// Whether a line-up was handed in: one that the site expects is named so, and before a match nothing else is certain.
fn kind(lineup: &Value, is_over: bool) -> Result<LineupKind, Fault> {
    let kind = lineup["lineupType"].as_str().map(str::to_lowercase);
    match kind.as_deref() {
        Some(kind) if kind.contains("predict") || kind.contains("probable") || kind.contains("last") => {
            Ok(LineupKind::Predicted)
        }
        Some("standard" | "confirmed" | "official") => Ok(LineupKind::Confirmed),
        // The older shape does not say it; of a match that is over nobody predicts.
        None if is_over => Ok(LineupKind::Confirmed),
        None => Ok(LineupKind::Predicted),
        Some(other) => {
            let message = format!("lineupType {other:.40?} does not say whether the line-up was handed in");
            Err((RejectionKind::MalformedLineup, message))
        }
    }
}

fn squad(lineup: &Value, side: &Side<'_>, is_over: bool, parsed: &mut Parsed) -> Result<SourceFact, Fault> {
    let kind = kind(lineup, is_over)?;
    let mut listed = |list: &[&Value]| -> Vec<Listed> {
        // More than any line-up has are refused by the squad, unread.
        list.iter().take(100).filter_map(|player| one(player, parsed)).collect()
    };
    let (starters, bench) = (listed(&side.starters), listed(&side.bench));
    let squad = Squad::new(starters, bench).map_err(|e| (RejectionKind::MalformedLineup, e.to_string()))?;
    let formation = side.formation.map(|text| text.replace(' ', "")).filter(|text| !text.is_empty());
    let formation = match formation.as_deref().map(str::parse::<Formation>).transpose() {
        Ok(formation) => formation,
        Err(error) => {
            let data = Value::from(side.formation);
            note(1, RejectionKind::MalformedFormation, &error.to_string(), &data, parsed);
            None
        }
    };
    Ok(SourceFact::Lineup { kind, formation, squad })
}

/// A player by identifier and name, which is a text or has parts.
fn player(value: &Value) -> Option<Player> {
    let name = name(&value["name"]).or_else(|| name(&value["name"]["fullName"]))?;
    Player::new(identifier(&value["id"])?, name).ok()
}

fn one(value: &Value, parsed: &mut Parsed) -> Option<Listed> {
    let Some(player) = player(value) else {
        let message = "a player without identifier or name is left out of the line-up";
        note(1, RejectionKind::MalformedPlayer, message, value, parsed);
        return None;
    };
    let usual = [&value["usualPlayingPositionId"], &value["usualPosition"]].into_iter().find_map(number);
    let position = match usual {
        Some(0) => Some(Position::Goalkeeper),
        Some(1) => Some(Position::Defender),
        Some(2) => Some(Position::Midfielder),
        Some(3) => Some(Position::Forward),
        _ => None,
    };
    let shirt = [&value["shirtNumber"], &value["shirt"]].into_iter().find_map(number);
    let shirt = shirt.and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= MAX_SHIRT);
    Some(Listed { player, position, shirt })
}

/// Who is unavailable, why, and when he is expected back, in the site's words.
fn absence(value: &Value) -> Option<SourceFact> {
    let (old, new) = (&value["naInfo"], &value["unavailability"]);
    let why = name(&old["naReason"]).or_else(|| name(&new["type"]));
    let back =
        name(&old["expectedReturn"]["expectedReturnFallback"]).or_else(|| name(&new["expectedReturn"]));
    let is_doubtful = back.as_ref().is_some_and(|back| back.to_lowercase().contains("doubt"));
    let reason = match (why, back) {
        (Some(why), Some(back)) => Some(format!("{why}; expected back: {back}")),
        (why, back) => why.or(back.map(|back| format!("expected back: {back}"))),
    };
    let kind = if is_doubtful { InjuryKind::Questionable } else { InjuryKind::Missing };
    Some(SourceFact::Injury { player: player(value)?, kind, reason })
}
