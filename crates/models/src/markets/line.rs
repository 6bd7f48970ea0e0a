//! Lines of totals and handicaps, exact in quarter goals.

use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A line in quarter goals.
///
/// ```
/// use touchline_models::markets::Line;
/// let line: Line = "2.75".parse()?;
/// assert_eq!(line.quarters(), 11);
/// assert_eq!(line.halves().map(|(low, high)| (low.value(), high.value())), Some((2.5, 3.0)));
/// assert_eq!("-0.5/-1".parse::<Line>()?, Line::try_from(-0.75)?);
/// assert!("2.6".parse::<Line>().is_err());
/// # Ok::<(), touchline_models::markets::LineError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
pub struct Line(i16);

/// A text or number that is not a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0} is not a line; lines are multiples of 0.25 within 1000 goals, such as 2.5, -0.75 or 2.5/3")]
pub struct LineError(String);

/// Lines beyond this many quarters settle nothing that a score can reach.
const LARGEST: f64 = 4000.0;

impl Line {
    /// A line of so many quarter goals: 10 is 2.5 goals.
    pub const fn from_quarters(quarters: i16) -> Self {
        Self(quarters)
    }

    /// The line in quarter goals.
    pub const fn quarters(self) -> i16 {
        self.0
    }

    /// The line in goals, exact.
    pub fn value(self) -> f64 {
        f64::from(self.0) / 4.0
    }

    /// The two neighbouring lines that a quarter line stakes one half on each; none for whole and half lines.
    pub fn halves(self) -> Option<(Self, Self)> {
        (self.0 % 2 != 0).then(|| (Self(self.0.saturating_sub(1)), Self(self.0.saturating_add(1))))
    }
}

impl TryFrom<f64> for Line {
    type Error = LineError;
    fn try_from(goals: f64) -> Result<Self, LineError> {
        let quarters = goals * 4.0;
        if quarters.abs() <= LARGEST && quarters.fract().abs() < f64::MIN_POSITIVE {
            Ok(Self(quarters as i16))
        } else {
            Err(LineError(goals.to_string()))
        }
    }
}

impl From<Line> for f64 {
    fn from(line: Line) -> Self {
        line.value()
    }
}

impl FromStr for Line {
    type Err = LineError;
    /// Reads `2.75`, `+0.5` or the bookmakers' `2.5/3` and `2.5,3`.
    fn from_str(text: &str) -> Result<Self, LineError> {
        let refuse = || LineError(format!("{text:?}"));
        let one = |part: &str| -> Result<Self, LineError> {
            let goals: f64 = part.trim().parse().map_err(|_| refuse())?;
            Self::try_from(goals).map_err(|_| refuse())
        };
        match text.split_once(['/', ',']) {
            None => one(text),
            Some((first, second)) => {
                let (a, b) = (one(first)?, one(second)?);
                let split = a.0 % 2 == 0 && b.0 % 2 == 0 && (a.0 - b.0).abs() == 2;
                if split { Ok(Self(i16::midpoint(a.0, b.0))) } else { Err(refuse()) }
            }
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_quarters_are_lines() {
        for (text, quarters) in
            [("0", 0), ("-0", 0), ("+1.25", 5), ("-3", -12), ("0,-0.5", -1), (" 3 / 3.5 ", 13)]
        {
            assert_eq!(text.parse::<Line>().unwrap().quarters(), quarters, "{text}");
        }
        for text in ["", "x", "2.1", "NaN", "inf", "1e9", "2/3", "2.5/3.5", "2.25/2.5", "1/2/3"] {
            assert!(text.parse::<Line>().is_err(), "{text}");
        }
    }

    #[test]
    fn lines_travel_as_numbers() {
        let line = Line::from_quarters(-3);
        assert_eq!(serde_json::to_string(&line).unwrap(), "-0.75");
        assert_eq!(serde_json::from_str::<Line>("-0.75").unwrap(), line);
        assert!(serde_json::from_str::<Line>("0.3").is_err());
    }
}
