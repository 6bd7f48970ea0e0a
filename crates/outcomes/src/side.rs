//! The two sides of a match.

use std::str::FromStr;
use thiserror::Error;

/// One of the two sides of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Side {
    /// The side at home.
    Home,
    /// The guests.
    Away,
}

impl Side {
    /// Both, home first.
    pub const BOTH: [Self; 2] = [Self::Home, Self::Away];

    /// The opponent.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Home => Self::Away,
            Self::Away => Self::Home,
        }
    }

    /// The name in data and answers: `home` or `away`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Away => "away",
        }
    }
}

/// A name other than `home` and `away`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("side {0:?} is not valid; write \"home\" or \"away\"")]
pub struct UnknownSide(String);

impl FromStr for Side {
    type Err = UnknownSide;
    fn from_str(name: &str) -> Result<Self, UnknownSide> {
        let found = Self::BOTH.into_iter().find(|side| side.name() == name);
        found.ok_or_else(|| UnknownSide(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_others_are_refused() {
        for side in Side::BOTH {
            assert_eq!(side.name().parse(), Ok(side));
            assert_eq!(serde_json::to_string(&side).unwrap(), format!("{:?}", side.name()));
            assert_ne!(side.other(), side);
        }
        let error = "neutral".parse::<Side>().unwrap_err();
        assert_eq!(error.to_string(), r#"side "neutral" is not valid; write "home" or "away""#);
    }
}
