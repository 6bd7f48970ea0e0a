use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// A player as one source knows him. Players of different sources are not told to be the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Player {
    id: Arc<str>,
    name: Arc<str>,
}

/// A player without an identifier or without a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a player needs an identifier of his source and a name")]
pub struct PlayerError;

impl Player {
    /// A player by the source's identifier, with the name as the source writes it.
    ///
    /// # Errors
    /// Either is empty.
    pub fn new(id: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Result<Self, PlayerError> {
        let player = Self { id: id.into(), name: name.into() };
        if player.id.is_empty() || player.name.is_empty() { Err(PlayerError) } else { Ok(player) }
    }

    /// The source's identifier.
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// The name as the source writes it.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }
}

/// Where a player plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// In goal.
    Goalkeeper,
    /// At the back.
    Defender,
    /// In the middle.
    Midfielder,
    /// In front.
    Forward,
}

impl Position {
    const NAMES: [(Self, &'static str); 4] = [
        (Self::Goalkeeper, "goalkeeper"),
        (Self::Defender, "defender"),
        (Self::Midfielder, "midfielder"),
        (Self::Forward, "forward"),
    ];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }
}

impl FromStr for Position {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::NAMES.iter().find(|(_, n)| *n == name).map(|(position, _)| *position);
        found.ok_or_else(|| format!("{name:?} is not a position"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_has_an_identifier_and_a_name() {
        assert_eq!(Player::new("", "A. Name"), Err(PlayerError));
        assert_eq!(Player::new("7", ""), Err(PlayerError));
        assert_eq!(&**Player::new("7", "A. Name").unwrap().id(), "7");
    }

    #[test]
    fn position_names_read_back() {
        for (position, name) in Position::NAMES {
            assert_eq!((position.name(), name.parse()), (name, Ok(position)));
        }
    }
}
