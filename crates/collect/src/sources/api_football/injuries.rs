//! `/injuries`: who is missing, whether hurt, suspended or away.

use super::{identifier, keep, name, player, team};
use crate::values::Fault;
use crate::{Parsed, RejectionKind, SourceFact, SourceFacts};
use serde_json::Value;
use touchline_domain::InjuryKind;

pub(super) fn read(rows: &[Value], parsed: &mut Parsed) {
    for (line, row) in (1..).zip(rows) {
        if let Some(found) = keep(parsed, line, row, read_injury(line, row)) {
            parsed.facts.push(found);
        }
    }
}

fn read_injury(line: u32, row: &Value) -> Result<SourceFacts, Fault> {
    // Null where the provider knows of an absence but not from which match.
    let external_id = identifier(&row["fixture"]["id"]).ok_or_else(|| {
        (RejectionKind::MissingFixture, "fixture.id does not say which match the absence is of".to_owned())
    })?;
    let malformed = |message: &str| (RejectionKind::MalformedInjury, message.to_owned());
    let team = team(row)?;
    let found = &row["player"];
    let player = player(found).ok_or_else(|| malformed("a player without identifier or name"))?;
    let kind = match found["type"].as_str() {
        Some("Missing Fixture") => InjuryKind::Missing,
        Some("Questionable") => InjuryKind::Questionable,
        _ => return Err(malformed("type is neither \"Missing Fixture\" nor \"Questionable\"")),
    };
    let fact = SourceFact::Injury { player, kind, reason: name(&found["reason"]) };
    Ok(SourceFacts { line, external_id, team: Some(team), fact })
}
