//! What each team's line-ups were.

use crate::squads::{Eleven, PlayerKey, SourceKey};
use rustc_hash::FxHashMap;

/// Line-ups that a team is remembered by.
const RECENT: usize = 10;

/// A team as one source knows its players.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClubKey {
    pub club: u32,
    pub source: SourceKey,
}

/// Matches and the sum of their goal differences against expectation.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Total {
    pub matches: u32,
    pub beyond: f64,
}

impl Total {
    pub fn add(&mut self, beyond: f64) {
        self.matches += 1;
        self.beyond += beyond;
    }

    /// What came after an earlier total.
    pub fn since(self, earlier: Self) -> Self {
        Self { matches: self.matches - earlier.matches, beyond: self.beyond - earlier.beyond }
    }

    /// The mean with some matches of 0 before it.
    pub fn shrunk(self, prior: f64) -> f64 {
        self.beyond / (f64::from(self.matches) + prior)
    }
}

/// A team's last line-ups, the latest last.
#[derive(Debug, Clone, Default)]
pub struct Recent(Vec<Eleven>);

impl Recent {
    pub fn last(&self) -> Option<&Eleven> {
        self.0.last()
    }

    fn push(&mut self, eleven: Eleven) {
        if self.0.len() == RECENT {
            self.0.remove(0);
        }
        self.0.push(eleven);
    }

    /// How many of the line-ups a player started, as a share; NaN without any.
    pub fn share_started(&self, player: PlayerKey) -> f64 {
        let started = self.0.iter().filter(|e| e.starters().contains(&player)).count();
        started as f64 / self.0.len() as f64
    }

    /// Who started at least half of them, each once; nobody where there are fewer than `enough`.
    pub fn regulars(&self, enough: u32) -> Vec<PlayerKey> {
        if self.0.len() < enough as usize {
            return Vec::new();
        }
        let mut all: Vec<PlayerKey> = self.0.iter().flat_map(|e| e.starters().iter().copied()).collect();
        all.sort_unstable();
        let half = self.0.len().div_ceil(2);
        all.chunk_by(|a, b| a == b).filter(|starts| starts.len() >= half).map(|starts| starts[0]).collect()
    }
}

/// All teams.
#[derive(Debug, Clone, Default)]
pub struct Clubs {
    clubs: FxHashMap<ClubKey, (Total, Recent)>,
    unknown: Recent,
}

impl Clubs {
    /// The team's matches with a line-up.
    pub fn total(&self, club: ClubKey) -> Total {
        self.clubs.get(&club).map_or_else(Total::default, |(total, _)| *total)
    }

    pub fn recent(&self, club: ClubKey) -> &Recent {
        self.clubs.get(&club).map_or(&self.unknown, |(_, recent)| recent)
    }

    /// Takes in a match.
    pub fn played(&mut self, club: ClubKey, eleven: Eleven, beyond: f64) {
        let (total, recent) = self.clubs.entry(club).or_default();
        total.add(beyond);
        recent.push(eleven);
    }
}
