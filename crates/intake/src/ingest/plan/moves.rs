//! Rows that name a stored match by an identifier, whatever else they say.

use super::{Conflict, Held, Pairings, Plan, Row, pairing_of};
use std::collections::HashMap;
use touchline_domain::{Match, MatchId};

/// Keeps one row of each identifier: one with a score rather than one without, else the last one, which says where the
/// match stands now. Two scores under one identifier are a conflict, and the first one is kept.
pub(super) fn without_repeated_identifiers(rows: Vec<Row>, plan: &mut Plan) -> Vec<Row> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.details.external_id.clone().filter(|id| !id.is_empty());
        let Some(place) = id.as_ref().and_then(|id| places.get(id).copied()) else {
            places.extend(id.map(|id| (id, kept.len())));
            kept.push(row);
            continue;
        };
        let first = &kept[place];
        match (first.details.score, row.details.score) {
            (Some(held), Some(given)) if held != given => {
                plan.counts.conflicting += 1;
                plan.conflicts.push(Conflict {
                    line: row.line,
                    kind: "conflicting_score",
                    message: format!(
                        "the match {} has {given} here and {held} in line {}, which is kept; correct the wrong one",
                        id.unwrap_or_default(),
                        first.line
                    ),
                });
            }
            (Some(_), _) => plan.counts.unchanged += 1,
            (None, _) => {
                plan.counts.unchanged += 1;
                kept[place] = row;
            }
        }
    }
    kept
}

/// Gives each row that names a stored match the league, the season and, where the match was played, the sides of that
/// match; and moves matches still to be played to the pairing that the row gives them.
pub(super) fn to_pairings_of_rows(
    held: &Held<'_>,
    rows: Vec<Row>,
    pairings: &mut Pairings,
    plan: &mut Plan,
) -> Vec<Row> {
    if held.named.is_empty() {
        return rows;
    }
    let stored: HashMap<MatchId, Match> = pairings
        .values()
        .flat_map(|(matches, _)| matches)
        .filter(|m| held.named.values().any(|id| *id == m.id))
        .map(|m| (m.id, m.clone()))
        .collect();
    let mut kept = Vec::with_capacity(rows.len());
    for mut row in rows {
        let Some(m) = held.named(&row.details).and_then(|id| stored.get(&id)) else {
            kept.push(row);
            continue;
        };
        // A match keeps its league and season: a label that was corrected makes no second match.
        (row.details.league, row.details.season) = (m.league, m.season);
        if (m.home, m.away) == (row.details.home, row.details.away) {
            kept.push(row);
        } else if m.score.is_none() {
            relocate(m, &row, pairings, plan);
            kept.push(row);
        } else {
            plan.counts.conflicting += 1;
            plan.conflicts.push(Conflict {
                line: row.line,
                kind: "conflicting_sides",
                message: format!(
                    "the match {} was played by other sides, or at the other side's ground (match {}), which is kept; correct the wrong one",
                    row.details.external_id.unwrap_or_default(),
                    m.id
                ),
            });
        }
    }
    kept
}

/// Moves a match to another pairing: legs of the old pairing move down, legs of the new one move up.
fn relocate(m: &Match, row: &Row, pairings: &mut Pairings, plan: &mut Plan) {
    let (old, _) = pairings.entry(pairing_of(m)).or_default();
    let Some(at) = old.iter().position(|held| held.id == m.id) else { return };
    let mut moved = old.remove(at);
    for later in old.iter_mut().filter(|held| held.leg > moved.leg) {
        later.details.leg -= 1;
        plan.change(later);
    }
    (moved.details.home, moved.details.away) = (row.details.home, row.details.away);
    let (new, _) = pairings.entry(pairing_of(&moved)).or_default();
    moved.details.leg = 1 + new.iter().filter(|held| held.kickoff.at <= moved.kickoff.at).count() as u8;
    for later in new.iter_mut().filter(|held| held.leg >= moved.leg) {
        later.details.leg += 1;
        plan.change(later);
    }
    plan.change(&moved);
    new.push(moved);
}
