//! Which stored leg a row speaks of.

use super::merge::date;
use super::{Held, Pairings, Row};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use touchline_domain::{LeagueId, Match, MatchStatus, NewMatch, Season};

/// Days between the dates that two sources may have of a match of which one does not know the result.
const APART: i64 = 3;

/// Days by which the date of a match may be corrected, where its score says that it is the same.
pub(super) const CORRECTED: i64 = 7;

/// How often the pairings of a season usually meet at one ground.
#[derive(Debug, Default)]
pub(super) struct Meetings(BTreeMap<(LeagueId, Season), usize>);

impl Meetings {
    /// From what is stored and what a document lists: the median of its pairings. A document lists a match once, so that
    /// the larger number of both counts.
    pub fn of(pairings: &Pairings) -> Self {
        let mut met: BTreeMap<(LeagueId, Season), Vec<usize>> = BTreeMap::new();
        for ((league, season, ..), (stored, rows)) in pairings {
            let dates: BTreeSet<NaiveDate> = rows.iter().map(|row| date(&row.details)).collect();
            let count = stored.len().max(dates.len());
            if count > 0 {
                met.entry((*league, *season)).or_default().push(count);
            }
        }
        let median = |mut counts: Vec<usize>| {
            counts.sort_unstable();
            counts[counts.len() / 2]
        };
        Self(met.into_iter().map(|(season, counts)| (season, median(counts))).collect())
    }

    pub fn usual(&self, league: LeagueId, season: Season) -> usize {
        self.0.get(&(league, season)).copied().unwrap_or(1)
    }
}

/// Whether a row speaks of a stored leg.
type Rule<'a> = &'a dyn Fn(&Match, &NewMatch) -> bool;

/// The stored leg that each row speaks of: by identifier, else by date, else by a date beside it, else one that was played
/// a few days off with the same score, else a leg still to be played.
pub(super) fn assign(
    stored: &[Match],
    rows: &[Row],
    held: &Held<'_>,
    usual: usize,
    taken: &mut [bool],
) -> Vec<Option<usize>> {
    let mut targets = vec![None; rows.len()];
    let same_id = |m: &Match, r: &NewMatch| held.named(r) == Some(m.id);
    let same_date = |m: &Match, r: &NewMatch| date(m) == date(r);
    let rules: [Rule<'_>; 3] = [&same_id, &same_date, &beside];
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
    // Where pairings meet more often than this one is held, another leg may be what the row speaks of.
    let may_be_corrected = stored.len() >= usual;
    for (row, target) in rows.iter().zip(&mut targets).filter(|(_, target)| target.is_none()) {
        let free = |leg: &usize| !taken[*leg];
        let days = |leg: &usize| (date(&stored[*leg]) - date(&row.details)).num_days().abs();
        let to_play = (0..stored.len()).filter(free).find(|leg| {
            let status = stored[*leg].status;
            matches!(status, MatchStatus::Scheduled | MatchStatus::Postponed | MatchStatus::Abandoned)
        });
        let corrected = (0..stored.len())
            .filter(|leg| may_be_corrected && free(leg) && is_corrected(&stored[*leg], &row.details))
            .min_by_key(days);
        *target = match (to_play, corrected) {
            (Some(to_play), Some(corrected)) if days(&corrected) < days(&to_play) => Some(corrected),
            (to_play, corrected) => to_play.or(corrected),
        };
        if let Some(leg) = *target {
            taken[leg] = true;
        }
    }
    targets
}

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

/// Whether a row is of a match that was played, with the same score, under a date that is a few days off or has day and
/// month exchanged.
fn is_corrected(m: &Match, row: &NewMatch) -> bool {
    let (held, given) = (date(m), date(row));
    let exchanged = NaiveDate::from_ymd_opt(given.year(), given.day(), given.month()) == Some(held);
    m.score.is_some()
        && m.score == row.score
        && ((held - given).num_days().abs() <= CORRECTED || (exchanged && held != given))
}
