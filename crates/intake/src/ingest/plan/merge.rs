//! One pairing of a season: which row is which leg, and what it changes.

use super::claims::{self, Given};
use super::{Conflict, Held, Plan, Row, matching};
use chrono::{DateTime, Utc};
use touchline_domain::{Match, MatchIdentifier, MatchStats, NewMatch, SideStats};

/// Merges the rows of one pairing into its stored legs; `usual` is how often pairings of its league meet.
pub(super) fn pairing(
    mut stored: Vec<Match>,
    mut rows: Vec<Row>,
    held: &Held<'_>,
    usual: usize,
    plan: &mut Plan,
) {
    stored.sort_by_key(|m| m.leg);
    rows.sort_by_key(|r| (r.details.kickoff.at, r.line));
    let rows = without_repeats(rows, plan);
    let mut taken = vec![false; stored.len()];
    let targets = matching::assign(&stored, &rows, held, usual, &mut taken);
    let mut new = Vec::new();
    for (row, target) in rows.into_iter().zip(targets) {
        match target {
            Some(leg) => update(&mut stored[leg], row, held, plan),
            None => match played_since(&stored, &taken, &row.details, held.said.at) {
                Some(leg) => {
                    taken[leg] = true;
                    plan.counts.unchanged += 1;
                }
                None => new.push(row),
            },
        }
    }
    append(&stored, new, plan);
}

/// Drops rows that repeat a date of the pairing within the document; those with another score are conflicts.
fn without_repeats(rows: Vec<Row>, plan: &mut Plan) -> Vec<Row> {
    let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        let same_date = |k: &&Row| date(&k.details) == date(&row.details);
        // A pairing does not meet on two days in a row with one score: the match is listed twice.
        let beside = |k: &&Row| {
            row.details.score.is_some()
                && k.details.score == row.details.score
                && (date(&k.details) - date(&row.details)).num_days().abs() == 1
        };
        if let Some(first) = kept.iter().find(beside) {
            plan.counts.conflicting += 1;
            plan.conflicts.push(Conflict {
                line: row.line,
                kind: "repeated_match",
                message: format!(
                    "the match of {} is listed with the same score on the day beside it in line {}, which is kept; correct the wrong one",
                    date(&row.details),
                    first.line
                ),
            });
            continue;
        }
        match kept.iter().find(same_date) {
            Some(first) if first.details.score == row.details.score => plan.counts.unchanged += 1,
            Some(first) => {
                plan.counts.conflicting += 1;
                plan.conflicts.push(conflict(
                    row.line,
                    &first.details,
                    &row.details,
                    &format!("line {}", first.line),
                ));
            }
            None => kept.push(row),
        }
    }
    kept
}

/// The leg that a row without a score spoke of before it was played on another date: one that kicked off after the row's
/// document came, so that the row cannot have known its result. Only documents that are read again come to this.
fn played_since(
    stored: &[Match],
    taken: &[bool],
    row: &NewMatch,
    collected_at: DateTime<Utc>,
) -> Option<usize> {
    let later = |leg: &usize| stored[*leg].score.is_some() && stored[*leg].kickoff.latest() > collected_at;
    (0..stored.len()).filter(|leg| !taken[*leg] && row.score.is_none()).find(later)
}

fn update(stored: &mut Match, row: Row, held: &Held<'_>, plan: &mut Plan) {
    if held.named(&row.details).is_none() {
        let identifier = MatchIdentifier::of(&row.details).map(|identifier| (stored.id, identifier));
        plan.change.identifiers.extend(identifier);
    }
    let before = stored.details.clone();
    let Row { line, details, facts } = row;
    let given = Given { line, details: &details, stats: facts.stats, said: held.said };
    let stats = held.facts.stats_of(stored.id);
    let merged = claims::merge(stored, stats, &given, held.order, held.words.get(&stored.id));
    plan.notes.extend(merged.notes);
    plan.change.claims.extend(merged.claims);
    let is_corrected = !merged.corrections.is_empty();
    plan.change.corrections.extend(merged.corrections);
    let was_moved = plan.moved.contains(&stored.id);
    let row_changed = stored.details != before || was_moved;
    if was_moved {
        plan.change(stored);
    } else if row_changed {
        plan.change.changed.push(stored.clone());
    }
    let missing = held.facts.missing(stored.id, merged.stats, facts.odds);
    if let Some(conflict) = merged.conflict {
        plan.counts.conflicting += 1;
        plan.conflicts.push(conflict);
    } else if row_changed || missing.is_some() {
        plan.change.origins.held.push((stored.id, line));
        plan.counts.changed += 1;
        plan.counts.corrected += u64::from(is_corrected);
    } else {
        plan.confirmed.push((stored.id, line));
        plan.counts.unchanged += 1;
    }
    plan.change.facts.extend(missing.map(|m| (stored.id, m)));
}

/// New legs take the ordinals that their dates give them; later stored legs move up.
fn append(stored: &[Match], new: Vec<Row>, plan: &mut Plan) {
    if new.is_empty() {
        return;
    }
    plan.counts.new += new.len() as u64;
    let rank = |at: DateTime<Utc>, new_before: usize| {
        stored.iter().filter(|m| m.kickoff.at <= at).count() + new_before
    };
    let dates: Vec<_> = new.iter().map(|r| r.details.kickoff.at).collect();
    for (i, mut row) in new.into_iter().enumerate() {
        row.details.leg = rank(row.details.kickoff.at, i) as u8 + 1;
        plan.change.origins.new.push(row.line);
        plan.change.new.push((row.details, row.facts));
    }
    // Highest leg first, so that no two legs have the same ordinal while they move.
    for m in stored.iter().rev() {
        let earlier = dates.iter().filter(|d| **d < m.kickoff.at).count() as u8;
        if earlier > 0 {
            let mut moved = m.clone();
            moved.details.leg = m.leg + earlier;
            plan.change.changed.retain(|c| c.id != m.id);
            plan.change.changed.push(moved);
        }
    }
}

pub(super) fn date(m: &NewMatch) -> chrono::NaiveDate {
    m.kickoff.at.date_naive()
}

fn conflict(line: u32, held: &NewMatch, given: &NewMatch, holder: &str) -> Conflict {
    let score = |m: &NewMatch| m.score.map_or_else(|| "no score".to_owned(), |s| s.to_string());
    Conflict {
        line,
        kind: "conflicting_score",
        message: format!(
            "the match of {} has {} here and {} in {holder}, which is kept; correct the wrong one",
            date(held),
            score(given),
            score(held),
        ),
    }
}

/// The first statistics completed by the second.
pub(in crate::ingest) fn stats(first: MatchStats, second: MatchStats) -> MatchStats {
    let side = |h: SideStats, g: SideStats| SideStats {
        shots: h.shots.or(g.shots),
        shots_on_target: h.shots_on_target.or(g.shots_on_target),
        woodwork: h.woodwork.or(g.woodwork),
        corners: h.corners.or(g.corners),
        fouls: h.fouls.or(g.fouls),
        offsides: h.offsides.or(g.offsides),
        yellow_cards: h.yellow_cards.or(g.yellow_cards),
        red_cards: h.red_cards.or(g.red_cards),
        expected_goals: h.expected_goals.or(g.expected_goals),
        possession: h.possession.or(g.possession),
    };
    MatchStats { home: side(first.home, second.home), away: side(first.away, second.away) }
}
