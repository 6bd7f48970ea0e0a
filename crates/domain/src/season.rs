//! Seasons: one that spans two years (2022-23) or one of a calendar year (2023).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A season of a league, ordered by the year in which it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Season {
    start: u16,
    calendar_year: bool,
}

/// A label that names no season.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a season; write 2022-23, or 2023 for a league that plays by calendar year")]
pub struct SeasonError(String);

const YEARS: std::ops::RangeInclusive<u16> = 1870..=2200;

impl Season {
    /// The season that starts in `start` and ends in the next year.
    ///
    /// # Errors
    /// A year outside 1870 to 2200.
    pub fn cross_year(start: u16) -> Result<Self, SeasonError> {
        Self::checked(start, false)
    }

    /// The season of one calendar year.
    ///
    /// # Errors
    /// A year outside 1870 to 2200.
    pub fn calendar_year(year: u16) -> Result<Self, SeasonError> {
        Self::checked(year, true)
    }

    fn checked(start: u16, calendar_year: bool) -> Result<Self, SeasonError> {
        if YEARS.contains(&start) {
            Ok(Self { start, calendar_year })
        } else {
            Err(SeasonError(start.to_string()))
        }
    }

    /// Two-digit labels of two years: `2223`, `22-23` or `22/23`. Years from 50 on are of the twentieth
    /// century.
    ///
    /// # Errors
    /// Anything else, or two years that do not follow one another.
    pub fn from_short(label: &str) -> Result<Self, SeasonError> {
        let wrong = || SeasonError(label.to_owned());
        let digits: String = label.chars().filter(|c| !matches!(c, '-' | '/')).collect();
        if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let year = |two: &str| two.parse::<u16>().map_err(|_| wrong());
        let (first, second) = (year(&digits[..2])?, year(&digits[2..])?);
        if (first + 1) % 100 != second {
            return Err(wrong());
        }
        Self::cross_year(if first >= 50 { 1900 + first } else { 2000 + first })
    }

    /// The year in which the season starts.
    pub fn start(self) -> u16 {
        self.start
    }

    /// Whether the season lies within one calendar year.
    pub fn is_calendar_year(self) -> bool {
        self.calendar_year
    }

    /// The season before, of the same form; none before the first year that is accepted.
    pub fn before(self) -> Option<Self> {
        let start = self.start.checked_sub(1)?;
        if self.calendar_year { Self::calendar_year(start) } else { Self::cross_year(start) }.ok()
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.calendar_year {
            write!(f, "{}", self.start)
        } else {
            write!(f, "{}-{:02}", self.start, (self.start + 1) % 100)
        }
    }
}

impl From<Season> for String {
    fn from(season: Season) -> Self {
        season.to_string()
    }
}

impl TryFrom<String> for Season {
    type Error = SeasonError;
    fn try_from(label: String) -> Result<Self, SeasonError> {
        label.parse()
    }
}

/// The canonical labels `2022-23` and `2023`, and `2022/23`, `2022-2023`, `2022/2023`.
impl FromStr for Season {
    type Err = SeasonError;
    fn from_str(label: &str) -> Result<Self, SeasonError> {
        let wrong = || SeasonError(label.to_owned());
        let year = |text: &str| {
            if text.bytes().all(|b| b.is_ascii_digit()) {
                text.parse::<u16>().map_err(|_| wrong())
            } else {
                Err(wrong())
            }
        };
        match label.split_once(['-', '/']) {
            None if label.len() == 4 => Self::calendar_year(year(label)?).map_err(|_| wrong()),
            Some((first, second)) if first.len() == 4 && matches!(second.len(), 2 | 4) => {
                let (start, end) = (year(first)?, year(second)?);
                let follows = if second.len() == 2 { (start + 1) % 100 == end } else { start + 1 == end };
                if follows { Self::cross_year(start).map_err(|_| wrong()) } else { Err(wrong()) }
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_all_sources_become_one() {
        for label in ["2022-23", "2022/23", "2022/2023", "2022-2023"] {
            assert_eq!(label.parse::<Season>().unwrap().to_string(), "2022-23");
        }
        assert_eq!(Season::from_short("22-23").unwrap().to_string(), "2022-23");
        assert_eq!(Season::from_short("9900").unwrap().to_string(), "1999-00");
        assert_eq!(Season::from_short("9394").unwrap().start(), 1993);
        assert!("2023".parse::<Season>().unwrap().is_calendar_year());
    }

    #[test]
    fn years_that_do_not_follow_are_refused() {
        for label in ["2022-24", "2022-2022", "", "22-23", "abcd", "20é3", "+202"] {
            assert!(label.parse::<Season>().is_err(), "{label}");
        }
        assert!(Season::from_short("2224").is_err());
        assert!(Season::from_short("2é3").is_err());
    }
}
