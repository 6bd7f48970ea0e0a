//! Who plays: the players whom a source names for a side of a match, as known at one time.

mod formation;
mod player;

pub use formation::{Formation, FormationError};
pub use player::{Player, PlayerError, Position};

use crate::Side;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// The most players who start.
pub const STARTERS: usize = 11;
/// The most players on the bench that are taken for a real line-up.
pub const SUBSTITUTES: usize = 49;
/// The highest number on a shirt.
pub const MAX_SHIRT: u8 = 99;

/// Whether a line-up is the one that was handed in, or what somebody expects it to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineupKind {
    /// Expected by the source.
    Predicted,
    /// Announced by the team.
    Confirmed,
}

impl LineupKind {
    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Predicted => "predicted",
            Self::Confirmed => "confirmed",
        }
    }
}

impl FromStr for LineupKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = [Self::Predicted, Self::Confirmed].into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| format!("{name:?} is not a kind of line-up"))
    }
}

/// A player in a line-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Who it is.
    pub player: Player,
    /// Where he plays, as the source says.
    pub position: Option<Position>,
    /// The number on the shirt, 0 to [`MAX_SHIRT`].
    pub shirt: Option<u8>,
}

/// The players of a line-up: 1 to [`STARTERS`] who start and at most [`SUBSTITUTES`] on the bench, each once, in the
/// source's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squad {
    starters: Vec<Listed>,
    substitutes: Vec<Listed>,
}

/// Players who make no line-up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SquadError {
    /// Nobody starts, or too many do.
    #[error("{0} players start; a line-up names 1 to {STARTERS}")]
    Starters(usize),
    /// The bench is too long.
    #[error("{0} substitutes are more than {SUBSTITUTES}")]
    Substitutes(usize),
    /// One player twice.
    #[error("player {0} is named twice")]
    Repeated(Arc<str>),
    /// A number that is on no shirt.
    #[error("{0} is not a number of a shirt: they end at {MAX_SHIRT}")]
    Shirt(u8),
}

impl Squad {
    /// Checks the players.
    ///
    /// # Errors
    /// See [`SquadError`].
    pub fn new(starters: Vec<Listed>, substitutes: Vec<Listed>) -> Result<Self, SquadError> {
        if !(1..=STARTERS).contains(&starters.len()) {
            return Err(SquadError::Starters(starters.len()));
        }
        if substitutes.len() > SUBSTITUTES {
            return Err(SquadError::Substitutes(substitutes.len()));
        }
        let mut seen = HashSet::new();
        for listed in starters.iter().chain(&substitutes) {
            if !seen.insert(listed.player.id()) {
                return Err(SquadError::Repeated(listed.player.id().clone()));
            }
            if let Some(shirt) = listed.shirt.filter(|shirt| *shirt > MAX_SHIRT) {
                return Err(SquadError::Shirt(shirt));
            }
        }
        Ok(Self { starters, substitutes })
    }

    /// Who starts.
    pub fn starters(&self) -> &[Listed] {
        &self.starters
    }

    /// Who sits on the bench.
    pub fn substitutes(&self) -> &[Listed] {
        &self.substitutes
    }
}

/// The line-up of one side of a match, as a source knew it at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineup {
    /// Whose it is.
    pub side: Side,
    /// Handed in or expected.
    pub kind: LineupKind,
    /// The source; it says which [`Player::id`]s these are.
    pub source: Arc<str>,
    /// How the starters stand.
    pub formation: Option<Formation>,
    /// The players.
    pub squad: Squad,
    /// Since when the line-up can have been known.
    pub known_at: DateTime<Utc>,
    /// Whether `known_at` follows from habit rather than from the record.
    pub known_at_imputed: bool,
}

impl Lineup {
    /// Whether another line-up says the same of the same side, whenever it became known.
    pub fn says_the_same(&self, other: &Self) -> bool {
        (self.side, self.kind, &self.source, &self.formation, &self.squad)
            == (other.side, other.kind, &other.source, &other.formation, &other.squad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(range: std::ops::Range<usize>) -> Vec<Listed> {
        let listed = |n: usize| Listed {
            player: Player::new(n.to_string(), "Name").unwrap(),
            position: None,
            shirt: None,
        };
        range.map(listed).collect()
    }

    #[test]
    fn a_squad_starts_one_to_eleven_players_and_names_each_once() {
        assert!(Squad::new(listed(0..11), listed(11..60)).is_ok());
        assert_eq!(Squad::new(vec![], listed(0..3)), Err(SquadError::Starters(0)));
        assert_eq!(Squad::new(listed(0..12), vec![]), Err(SquadError::Starters(12)));
        assert_eq!(Squad::new(listed(0..11), listed(11..61)), Err(SquadError::Substitutes(50)));
        assert_eq!(Squad::new(listed(0..11), listed(10..12)), Err(SquadError::Repeated("10".into())));
        let high = vec![Listed { shirt: Some(100), ..listed(0..1).remove(0) }];
        assert_eq!(Squad::new(high, vec![]), Err(SquadError::Shirt(100)));
    }

    #[test]
    fn kinds_and_sides_read_back() {
        for kind in [LineupKind::Predicted, LineupKind::Confirmed] {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        for side in Side::BOTH {
            assert_eq!(side.name().parse(), Ok(side));
        }
        assert!("guests".parse::<Side>().is_err());
    }
}
