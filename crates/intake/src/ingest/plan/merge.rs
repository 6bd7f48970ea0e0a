//! One pairing of a season: which row is which leg, and what it changes.

use super::claims;
use super::{Conflict, Held, Plan, Row};
use chrono::{DateTime, Utc};
use touchline_domain::{
    KickoffPrecision, Match, MatchIdentifier, MatchStats, MatchStatus, NewMatch, SideStats,
};

/// Merges the rows of one pairing into its stored legs.
pub(super) fn pairing(
    mut stored: Vec<Match>,
    mut rows: Vec<Row>,
    held: &Held<'_>,
    collected_at: DateTime<Utc>,
    plan: &mut Plan,
) {
    stored.sort_by_key(|m| m.leg);
    rows.sort_by_key(|r| (r.details.kickoff.at, r.line));
    let rows = without_repeats(rows, plan);
    let mut taken = vec![false; stored.len()];
    let targets: Vec<Option<usize>> = assign(&stored, &rows, held, &mut taken);
    let mut new = Vec::new();
    for (row, target) in rows.into_iter().zip(targets) {
        match target {
            Some(leg) => update(&mut stored[leg], row, held, plan),
            None => match played_since(&stored, &taken, &row.details, collected_at) {
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

/// Whether a row speaks of a stored leg.
type Rule<'a> = &'a dyn Fn(&Match, &NewMatch) -> bool;

/// The stored leg that each row speaks of: by identifier, else by date, else by a date beside it, else a leg still to be
/// played.
fn assign(stored: &[Match], rows: &[Row], held: &Held<'_>, taken: &mut [bool]) -> Vec<Option<usize>> {
    let mut targets = vec![None; rows.len()];
    let same_id = |m: &Match, r: &NewMatch| held.named(r) == Some(m.id);
    let same_date = |m: &Match, r: &NewMatch| date(m) == date(r);
    let unplayed = |m: &Match, _: &NewMatch| {
        matches!(m.status, MatchStatus::Scheduled | MatchStatus::Postponed | MatchStatus::Abandoned)
    };
    let rules: [Rule<'_>; 4] = [&same_id, &same_date, &beside, &unplayed];
    for rule in rules {
        for (row, target) in rows.iter().zip(&mut targets) {
            if target.is_none() {
                *target = (0..stored.len()).find(|leg| !taken[*leg] && rule(&stored[*leg], &row.details));
                if let Some(leg) = *target {
                    taken[leg] = true;
                }
            }
        }
    }
    targets
}

/// The leg that a row without a score spoke of before it was played on another date: one that kicked off after the row's
/// document came, so that the row cannot have known its result. Only documents that are read again come to this.
fn played_since(
    stored: &[Match],
    taken: &[bool],
    row: &NewMatch,
    collected_at: DateTime<Utc>,
) -> Option<usize> {
    let later = |leg: &usize| stored[*leg].score.is_some() && stored[*leg].kickoff.at > collected_at;
    (0..stored.len()).filter(|leg| !taken[*leg] && row.score.is_none()).find(later)
}

/// Days between the dates that two sources may have of a match of which one does not know the result.
const APART: i64 = 3;

/// Whether a row is of a match on a day beside its own: a pairing does not meet on two days in a row, with the same
/// score or in the eyes of two sources.
fn beside(m: &Match, row: &NewMatch) -> bool {
    let days = (date(m) - date(row)).num_days().abs();
    let other_source = m.source != row.source;
    match m.score.zip(row.score) {
        Some((held, given)) => days <= 1 && (other_source || held == given),
        None => other_source && days <= APART,
    }
}

fn update(stored: &mut Match, row: Row, held: &Held<'_>, plan: &mut Plan) {
    if held.named(&row.details).is_none() {
        let identifier = MatchIdentifier::of(&row.details).map(|identifier| (stored.id, identifier));
        plan.change.identifiers.extend(identifier);
    }
    let claims = held.claims.get(&stored.id);
    let before = stored.details.clone();
    let is_own = stored.source == row.details.source && claims.is_none();
    let contradicts = if is_own {
        contradicts_itself(stored, &row, plan)
    } else {
        let merged = claims::merge(stored, &row, held.order, claims);
        plan.notes.extend(merged.note);
        plan.change.claims.extend(merged.claims);
        merged.own_conflict
    };
    if contradicts {
        plan.counts.conflicting += 1;
        let holder = format!("match {}", stored.id);
        plan.conflicts.push(conflict(row.line, &stored.details, &row.details, &holder));
        return;
    }
    if is_own {
        complete(&mut stored.details, &row.details);
    }
    let was_moved = plan.moved.contains(&stored.id);
    let row_changed = stored.details != before || was_moved;
    if was_moved {
        plan.change(stored);
    } else if row_changed {
        plan.change.changed.push(stored.clone());
    }
    let missing = held.facts.missing(stored.id, row.facts);
    if row_changed || missing.is_some() {
        plan.counts.changed += 1;
    } else {
        plan.counts.unchanged += 1;
    }
    plan.change.facts.extend(missing.map(|m| (stored.id, m)));
}

/// Whether a source says another score than before. Another date of a match that was played is recorded too, and what is
/// stored stays.
fn contradicts_itself(stored: &Match, row: &Row, plan: &mut Plan) -> bool {
    let Some((held, given)) = stored.score.zip(row.details.score) else { return false };
    if held == given && date(stored) != date(&row.details) {
        plan.conflicts.push(Conflict {
            line: row.line,
            kind: "conflicting_date",
            message: format!(
                "the match is of {} here and of {} in match {}, which is kept; correct the wrong one",
                date(&row.details),
                date(stored),
                stored.id
            ),
        });
    }
    held != given
}

/// Takes what the row knows better: a score, a finer kick-off, a new date of an unplayed match, details that
/// were missing. Nothing known is lost.
fn complete(held: &mut NewMatch, row: &NewMatch) {
    let played = held.score.is_some();
    if !played {
        if row.score.is_some()
            || row.status != MatchStatus::Scheduled
            || held.status == MatchStatus::Postponed
        {
            held.status = row.status;
        }
        held.score = row.score;
        if date(held) != date(row) {
            held.kickoff = row.kickoff;
        }
    }
    if held.kickoff.precision == KickoffPrecision::Day && row.kickoff.precision == KickoffPrecision::Minute {
        held.kickoff = row.kickoff;
    }
    held.half_time = held.half_time.or(row.half_time);
    held.attendance = held.attendance.or(row.attendance);
    if held.referee.is_none() {
        held.referee.clone_from(&row.referee);
    }
    held.setting.complete(&row.setting);
    held.setting.fit_to(held.score);
    if held.external_id.is_none() && held.source == row.source {
        held.external_id.clone_from(&row.external_id);
    }
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

fn date(m: &NewMatch) -> chrono::NaiveDate {
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

/// Stored statistics completed by given ones; a stored count stays.
pub(in crate::ingest) fn stats(held: MatchStats, given: MatchStats) -> MatchStats {
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
    MatchStats { home: side(held.home, given.home), away: side(held.away, given.away) }
}
