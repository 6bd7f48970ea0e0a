//! `/fixtures/statistics`: what was counted, a row per side.

use super::{keep, skip, team};
use crate::values::{self, Fault};
use crate::{Parsed, Rejection, RejectionKind, SourceFact, SourceFacts};
use serde_json::Value;
use touchline_domain::SideStats;

pub(super) fn read(fixture: &str, rows: &[Value], parsed: &mut Parsed) {
    for (line, row) in (1..).zip(rows) {
        let read = read_side(line, row, parsed);
        if let Some((team, stats)) = keep(parsed, line, row, read) {
            if stats == SideStats::default() {
                skip(parsed);
                continue;
            }
            let fact = SourceFact::Stats(stats);
            parsed.facts.push(SourceFacts { line, external_id: fixture.to_owned(), team: Some(team), fact });
        }
    }
}

fn read_side(line: u32, row: &Value, parsed: &mut Parsed) -> Result<(String, SideStats), Fault> {
    let team = team(row)?;
    let list = row["statistics"].as_array();
    let list = list.ok_or_else(|| (RejectionKind::MalformedRow, "statistics is not a list".to_owned()))?;
    let mut stats = SideStats::default();
    for entry in list.iter().filter(|entry| !entry["value"].is_null()) {
        let value = &entry["value"];
        let fits = match entry["type"].as_str().unwrap_or_default() {
            "Total Shots" => set(&mut stats.shots, count(value)),
            "Shots on Goal" => set(&mut stats.shots_on_target, count(value)),
            "Corner Kicks" => set(&mut stats.corners, count(value)),
            "Fouls" => set(&mut stats.fouls, count(value)),
            "Offsides" => set(&mut stats.offsides, count(value)),
            "Yellow Cards" => set(&mut stats.yellow_cards, count(value)),
            "Red Cards" => set(&mut stats.red_cards, count(value)),
            "expected_goals" => set(&mut stats.expected_goals, number(value, 99.0)),
            "Ball Possession" => set(&mut stats.possession, number(value, 100.0)),
            // What no feature asks for stays in the raw document.
            _ => true,
        };
        if !fits {
            let kind = RejectionKind::MalformedStatistic;
            let message = "the value is not a count, share or number of goals; dropped".to_owned();
            parsed.rejections.push(Rejection::new(line, kind, message, &entry.to_string()));
        }
    }
    Ok((team, stats))
}

/// Whether there was a value to set.
fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    *place = value;
    place.is_some()
}

fn count(value: &Value) -> Option<u16> {
    let number = value.as_i64().or_else(|| values::whole(value.as_str()?));
    number.and_then(|n| u16::try_from(n).ok())
}

/// A number, also as text and with a percent sign, from 0 to `most`.
fn number(value: &Value, most: f64) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim_end_matches('%').trim().parse().ok());
    number.filter(|n| (0.0..=most).contains(n))
}
