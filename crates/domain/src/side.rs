//! The two sides of a match.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// One of the two sides of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The side at home.
    Home,
    /// The guests.
    Away,
}

impl Side {
    /// Both, home first.
    pub const BOTH: [Self; 2] = [Self::Home, Self::Away];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Away => "away",
        }
    }
}

impl FromStr for Side {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::BOTH.into_iter().find(|side| side.name() == name);
        found.ok_or_else(|| format!("{name:?} is no side of a match"))
    }
}
