//! Who is missing: players of whom a source says that they will or may not play a match.

use crate::{Player, Side};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::sync::Arc;

/// How sure an absence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InjuryKind {
    /// The player will not play.
    Missing,
    /// The player may not play.
    Questionable,
}

impl InjuryKind {
    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Questionable => "questionable",
        }
    }
}

impl FromStr for InjuryKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = [Self::Missing, Self::Questionable].into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| format!("{name:?} is not a kind of absence"))
    }
}

/// The absence of a player from a match, whether hurt, ill, suspended or away, as a source knew it at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Injury {
    /// The player's side.
    pub side: Side,
    /// The player.
    pub player: Player,
    /// The source; it says which [`Player::id`] this is.
    pub source: Arc<str>,
    /// Sure or not.
    pub kind: InjuryKind,
    /// Why, as the source writes it.
    pub reason: Option<Arc<str>>,
    /// Since when the absence can have been known.
    pub known_at: DateTime<Utc>,
    /// Whether `known_at` follows from habit rather than from the record.
    pub known_at_imputed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back() {
        for kind in [InjuryKind::Missing, InjuryKind::Questionable] {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert!("fit".parse::<InjuryKind>().is_err());
    }
}
