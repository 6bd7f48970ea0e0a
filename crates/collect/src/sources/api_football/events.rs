//! `/fixtures/events`: goals, cards and substitutions of one fixture, in their order.

use super::{asked_for, identifier, keep, player, skip, team};
use crate::values::Fault;
use crate::{DocumentError, Parsed, RejectionKind, SourceEvent, SourceFact, SourceFacts};
use serde_json::Value;
use touchline_domain::{EventKind, MAX_MINUTE, MAX_STOPPAGE};

/// Reads the events of an answer.
///
/// # Errors
/// The answer lists only some of the events: what it leaves out must not count as never having happened.
pub(super) fn read(root: &Value, rows: &[Value], parsed: &mut Parsed) -> Result<(), DocumentError> {
    let fixture = asked_for(root)?;
    for filter in ["team", "player", "type"] {
        if !root["parameters"][filter].is_null() {
            return Err(DocumentError::Json(format!(
                "it lists only the events of one {filter}; ask for fixtures/events by fixture alone"
            )));
        }
    }
    for (line, row) in (1..).zip(rows) {
        let Some(kind) = kind_of(row) else {
            skip(parsed);
            continue;
        };
        let read = kind.and_then(|kind| read_event(row, kind));
        if let Some((team, event)) = keep(parsed, line, row, read) {
            let fact = SourceFact::Event(event);
            parsed.facts.push(SourceFacts { line, external_id: fixture.clone(), team: Some(team), fact });
        }
    }
    Ok(())
}

/// What a row is of; none where it says nothing about the 90 minutes or extra time.
fn kind_of(row: &Value) -> Option<Result<EventKind, Fault>> {
    let text = |key: &str| row[key].as_str().unwrap_or_default().to_lowercase();
    // Kicks of a shoot-out are not goals of the match.
    if text("comments") == "penalty shootout" {
        return None;
    }
    let (kind, detail) = (text("type"), text("detail"));
    Some(Ok(match (kind.as_str(), detail.as_str()) {
        // A decision of the referee at the screen; what it changes stands in other rows.
        ("var", _) => return None,
        ("goal", "normal goal") => EventKind::Goal,
        ("goal", "own goal") => EventKind::OwnGoal,
        ("goal", "penalty") => EventKind::Penalty,
        ("goal", "missed penalty") => EventKind::MissedPenalty,
        ("card", "yellow card") => EventKind::Yellow,
        ("card", "second yellow card") => EventKind::SecondYellow,
        ("card", "red card") => EventKind::Red,
        ("subst", _) => EventKind::Substitution,
        _ => {
            let message = format!("type {kind:.20?} with detail {detail:.40?} is not a known event");
            return Some(Err((RejectionKind::MalformedEvent, message)));
        }
    }))
}

fn read_event(row: &Value, kind: EventKind) -> Result<(String, SourceEvent), Fault> {
    let team = team(row)?;
    let number = |value: &Value, most: u8| {
        value.as_u64().and_then(|n| u8::try_from(n).ok()).filter(|minutes| *minutes <= most)
    };
    let malformed = |what: &str, most: u8| {
        (RejectionKind::MalformedEvent, format!("{what} is not a whole number from 0 to {most}"))
    };
    let (elapsed, extra) = (&row["time"]["elapsed"], &row["time"]["extra"]);
    let minute =
        number(elapsed, MAX_MINUTE).ok_or_else(|| malformed("the minute in time.elapsed", MAX_MINUTE))?;
    let stoppage = number(extra, MAX_STOPPAGE);
    if stoppage.is_none() && !extra.is_null() {
        return Err(malformed("the stoppage time in time.extra", MAX_STOPPAGE));
    }
    // Of old events the provider knows some players by name alone; who that is, is not guessed.
    let known = |value: &Value| identifier(&value["id"]).and_then(|_| player(value));
    let (player, related) = (known(&row["player"]), known(&row["assist"]));
    Ok((team, SourceEvent { minute, stoppage, kind, player, related }))
}
