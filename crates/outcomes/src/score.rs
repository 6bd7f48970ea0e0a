//! Goals of both sides.

use std::fmt;
use thiserror::Error;

/// The highest number of goals of one side that is taken for a real result.
pub const MAX_GOALS: u8 = 99;

/// Goals of both sides, each 0 to [`MAX_GOALS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "RawScore"))]
pub struct Score {
    /// Goals of the home side.
    pub home: u8,
    /// Goals of the away side.
    pub away: u8,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct RawScore {
    home: i64,
    away: i64,
}

#[cfg(feature = "serde")]
impl TryFrom<RawScore> for Score {
    type Error = ScoreError;
    fn try_from(raw: RawScore) -> Result<Self, ScoreError> {
        Self::new(raw.home, raw.away)
    }
}

/// A number of goals outside 0 to [`MAX_GOALS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("score {home}-{away} is outside 0 to {MAX_GOALS}")]
pub struct ScoreError {
    home: i64,
    away: i64,
}

impl Score {
    /// Checks both counts.
    ///
    /// # Errors
    /// A count below 0 or above [`MAX_GOALS`].
    pub fn new(home: i64, away: i64) -> Result<Self, ScoreError> {
        let goals = |n: i64| u8::try_from(n).ok().filter(|n| *n <= MAX_GOALS);
        match (goals(home), goals(away)) {
            (Some(h), Some(a)) => Ok(Self { home: h, away: a }),
            _ => Err(ScoreError { home, away }),
        }
    }

    /// Home goals minus away goals.
    pub fn difference(self) -> i16 {
        i16::from(self.home) - i16::from(self.away)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.home, self.away)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_outside_the_range_are_refused() {
        assert!(Score::new(0, 99).is_ok());
        assert!(Score::new(120, 0).is_err());
        assert!(Score::new(-1, 0).is_err());
        assert!(serde_json::from_str::<Score>(r#"{"home":1,"away":120}"#).is_err());
    }
}
