//! How matches went with each player.

use super::PRIOR;
use super::clubs::{ClubKey, Total};
use crate::squads::PlayerKey;
use rustc_hash::FxHashMap;

/// A player's matches.
#[derive(Debug, Clone, Copy)]
struct Record {
    /// All that he started.
    career: Total,
    /// The team that he started for last.
    club: ClubKey,
    /// Of these, those for it.
    with: Total,
    /// The team's matches before the first of them.
    before: Total,
}

/// All players.
#[derive(Debug, Clone, Default)]
pub struct Players(FxHashMap<PlayerKey, Record>);

impl Players {
    /// Mean goal difference against expectation in matches started, shrunk; 0 for a player not seen yet.
    pub fn rating(&self, player: PlayerKey) -> f64 {
        self.0.get(&player).map_or(0.0, |record| record.career.shrunk(PRIOR))
    }

    /// The same for the team with the player less without him, given all its matches; 0 for a player who has not
    /// started for it.
    pub fn worth(&self, player: PlayerKey, club: ClubKey, all: Total) -> f64 {
        let Some(record) = self.0.get(&player).filter(|record| record.club == club) else { return 0.0 };
        let without = all.since(record.before).since(record.with);
        record.with.shrunk(PRIOR) - without.shrunk(PRIOR)
    }

    /// Takes in a match that a player started; `before` are the team's matches before it.
    pub fn started(&mut self, player: PlayerKey, club: ClubKey, before: Total, beyond: f64) {
        let new = Record { career: Total::default(), club, with: Total::default(), before };
        let record = self.0.entry(player).or_insert(new);
        if record.club != club {
            *record = Record { career: record.career, ..new };
        }
        record.career.add(beyond);
        record.with.add(beyond);
    }
}
