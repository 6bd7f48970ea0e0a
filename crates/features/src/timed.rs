//! Facts of matches with the time since when each can have been known.

use crate::time::Seconds;
use rustc_hash::FxHashMap;
use touchline_domain::MatchId;

/// A fact that becomes known at a time.
pub trait Timed {
    /// Since when it can have been known.
    fn known_at(&self) -> Seconds;
}

/// Facts of all matches by position, each match's in the order in which they became known.
#[derive(Debug, Clone)]
pub(crate) struct ByMatch<T> {
    all: Vec<T>,
    /// Where the facts of each position start; empty without any fact.
    starts: Vec<u32>,
}

impl<T> Default for ByMatch<T> {
    fn default() -> Self {
        Self { all: Vec::new(), starts: Vec::new() }
    }
}

impl<T: Timed> ByMatch<T> {
    /// Orders facts by the positions of `ids`, those of a match by `key`, which begins with the time known. Facts of
    /// other matches are left out.
    pub fn new<K: Ord>(
        ids: &[MatchId],
        facts: impl Iterator<Item = (MatchId, T)>,
        key: impl Fn(&T) -> K,
    ) -> Self {
        let position_of: FxHashMap<MatchId, u32> =
            ids.iter().enumerate().map(|(position, id)| (*id, position as u32)).collect();
        let mut placed: Vec<(u32, T)> =
            facts.filter_map(|(id, fact)| Some((*position_of.get(&id)?, fact))).collect();
        placed.sort_unstable_by(|(p, a), (q, b)| p.cmp(q).then_with(|| key(a).cmp(&key(b))));
        let mut starts = vec![0; ids.len() + 1];
        for (position, _) in &placed {
            starts[*position as usize + 1] += 1;
        }
        for position in 0..ids.len() {
            starts[position + 1] += starts[position];
        }
        Self { all: placed.into_iter().map(|(_, fact)| fact).collect(), starts }
    }

    /// All facts of the match at a position.
    pub fn at(&self, position: usize) -> &[T] {
        let Some([start, end]) = self.starts.get(position..position + 2) else { return &[] };
        &self.all[*start as usize..*end as usize]
    }

    /// The facts of the match at a position that were known at a time.
    pub fn known(&self, position: usize, time: Seconds) -> &[T] {
        let all = self.at(position);
        &all[..all.partition_point(|fact| fact.known_at() <= time)]
    }
}
