//! The three outcomes of a match, in the order that the ranked probability score assumes.

use crate::Score;
use std::fmt;

/// Who won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Outcome {
    /// The home side scored more.
    HomeWin,
    /// Level.
    Draw,
    /// The away side scored more.
    AwayWin,
}

impl Outcome {
    /// All outcomes, from the home side's best to its worst.
    pub const ALL: [Self; 3] = [Self::HomeWin, Self::Draw, Self::AwayWin];

    /// The outcome of a score.
    pub fn of(score: Score) -> Self {
        match score.home.cmp(&score.away) {
            std::cmp::Ordering::Greater => Self::HomeWin,
            std::cmp::Ordering::Equal => Self::Draw,
            std::cmp::Ordering::Less => Self::AwayWin,
        }
    }

    /// Position in [`Self::ALL`]: 0 home win, 1 draw, 2 away win.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The same result seen from the other side.
    #[must_use]
    pub fn swapped(self) -> Self {
        match self {
            Self::HomeWin => Self::AwayWin,
            Self::Draw => Self::Draw,
            Self::AwayWin => Self::HomeWin,
        }
    }

    /// The name in data and answers: `home_win`, `draw` or `away_win`.
    pub fn name(self) -> &'static str {
        match self {
            Self::HomeWin => "home_win",
            Self::Draw => "draw",
            Self::AwayWin => "away_win",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
