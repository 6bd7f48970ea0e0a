use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// How ten players stand in front of the goalkeeper, from the back to the front, such as `4-2-3-1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Formation(Arc<str>);

/// A text that is no formation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:.20?} is not a formation: two to five numbers of players that add up to ten, such as 4-4-2")]
pub struct FormationError(String);

impl Formation {
    /// The formation as text.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Formation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Formation {
    type Err = FormationError;
    fn from_str(text: &str) -> Result<Self, FormationError> {
        let line = |part: &str| match part.as_bytes() {
            [digit @ b'1'..=b'9'] => Some(u32::from(digit - b'0')),
            _ => None,
        };
        let lines: Option<Vec<u32>> = text.split('-').take(6).map(line).collect();
        match lines {
            Some(lines) if (2..=5).contains(&lines.len()) && lines.iter().sum::<u32>() == 10 => {
                Ok(Self(text.into()))
            }
            _ => Err(FormationError(text.chars().take(20).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_players_in_two_to_five_lines_are_a_formation() {
        for text in ["4-4-2", "4-2-3-1", "3-4-1-2", "9-1", "4-1-2-1-2"] {
            assert_eq!(text.parse::<Formation>().unwrap().to_string(), text);
        }
        for text in ["", "10", "4-4-3", "4-4", "4-4-1-0-1", "4-3-", "4–4–2", "2-2-2-2-1-1", " 4-4-2"] {
            assert!(text.parse::<Formation>().is_err(), "{text}");
        }
    }
}
