//! What was held of results and counts before they were corrected.

use crate::history::{SideCounts, counts_of};
use crate::time::Seconds;
use rustc_hash::FxHashMap;
use touchline_domain::ports::ResultRow;
use touchline_domain::{
    ClaimField, Correction, CorrectionVerdict, MatchId, MatchStats, MatchStatus, Score, score_of,
    statistics_of,
};

/// The fields whose corrections features see, where they were taken.
pub const REVISED: [ClaimField; 3] = [ClaimField::Score, ClaimField::Status, ClaimField::Statistics];

/// What was held of a match until a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Held {
    until: Seconds,
    pub goals: Option<[u8; 2]>,
    pub counts: [SideCounts; 2],
}

/// Earlier values by position, each list by time. Most matches have none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Revisions(FxHashMap<u32, Vec<Held>>);

/// What corrections change of a match.
#[derive(Debug, Clone, Copy)]
struct Values {
    score: Option<Score>,
    status: MatchStatus,
    stats: MatchStats,
}

impl Values {
    fn held(&self, until: Seconds) -> Held {
        let finished = self.score.filter(|_| self.status == MatchStatus::Finished);
        Held { until, goals: finished.map(|s| [s.home, s.away]), counts: counts_of(&self.stats) }
    }

    /// The values before a correction. A text that is no value of its field, which no store keeps, changes nothing.
    fn undo(&mut self, correction: &Correction) {
        let old = correction.old.as_deref();
        match correction.field {
            ClaimField::Score => self.score = old.and_then(|old| score_of(old).ok()),
            ClaimField::Status => self.status = old.and_then(|old| old.parse().ok()).unwrap_or(self.status),
            ClaimField::Statistics => {
                self.stats = old.and_then(|old| statistics_of(old).ok()).unwrap_or_default();
            }
            _ => {}
        }
    }
}

impl Revisions {
    /// From corrections in the order in which they were written, and the values that they led to. What was replaced before
    /// the result was known is left out: nobody saw it.
    pub fn new(
        ids: &[MatchId],
        known: &[Seconds],
        corrections: &[Correction],
        rows: &[ResultRow],
        stats: &[(MatchId, MatchStats)],
    ) -> Self {
        let mut by_match: FxHashMap<MatchId, Vec<&Correction>> = FxHashMap::default();
        let seen = |c: &&Correction| c.verdict == CorrectionVerdict::Taken && REVISED.contains(&c.field);
        for correction in corrections.iter().filter(seen) {
            by_match.entry(correction.match_id).or_default().push(correction);
        }
        if by_match.is_empty() {
            return Self::default();
        }
        let stats: FxHashMap<MatchId, &MatchStats> =
            stats.iter().filter(|(id, _)| by_match.contains_key(id)).map(|(id, s)| (*id, s)).collect();
        let rows: FxHashMap<MatchId, &ResultRow> =
            rows.iter().filter(|row| by_match.contains_key(&row.id)).map(|row| (row.id, row)).collect();
        let mut revisions = Self::default();
        for (position, (id, known)) in (0..).zip(ids.iter().zip(known)) {
            let Some((corrections, row)) = by_match.get(id).zip(rows.get(id)) else { continue };
            let stats = stats.get(id).map_or_else(MatchStats::default, |stats| **stats);
            let now = Values { score: row.score, status: row.status, stats };
            let held = earlier(now, corrections, *known);
            if !held.is_empty() {
                revisions.0.insert(position, held);
            }
        }
        revisions
    }

    /// What was held of the match at a position at a time, where that is not what is held now.
    pub fn at(&self, position: usize, time: Seconds) -> Option<Held> {
        let held = self.0.get(&(position as u32))?;
        held.iter().find(|held| time < held.until).copied()
    }

    /// Whether the match at a position had a result once.
    pub fn had_result(&self, position: usize) -> bool {
        self.0.get(&(position as u32)).is_some_and(|held| held.iter().any(|held| held.goals.is_some()))
    }

    /// The times at which values of some positions were replaced, each with the position, by time.
    pub fn times(&self, positions: &[u32]) -> Vec<(Seconds, u32)> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut times = Vec::new();
        for position in positions {
            let held = self.0.get(position).into_iter().flatten();
            times.extend(held.map(|held| (held.until, *position)));
        }
        times.sort_unstable();
        times
    }

    /// When the last value was replaced.
    pub fn last(&self) -> Option<Seconds> {
        self.0.values().flatten().map(|held| held.until).max()
    }

    /// Appends what was held of the match at a position; nothing where it was not corrected.
    pub fn encode(&self, position: usize, out: &mut Vec<u8>) {
        for held in self.0.get(&(position as u32)).into_iter().flatten() {
            out.extend_from_slice(&held.until.to_le_bytes());
            out.extend_from_slice(&held.goals.unwrap_or([u8::MAX; 2]));
            held.counts.iter().for_each(|counts| counts.encode(out));
        }
    }
}

/// What was held before each correction, by time.
fn earlier(now: Values, corrections: &[&Correction], known: Seconds) -> Vec<Held> {
    let mut corrections = corrections.to_vec();
    corrections.sort_by_key(|c| c.known_at.timestamp());
    let mut held: Vec<Held> = Vec::new();
    let mut values = now;
    for correction in corrections.iter().rev() {
        let until = correction.known_at.timestamp();
        values.undo(correction);
        match held.last_mut() {
            Some(last) if last.until == until => *last = values.held(until),
            _ => held.push(values.held(until)),
        }
    }
    held.reverse();
    held.retain(|held| held.until > known);
    held
}
