//! What happened in a match: goals, cards and substitutions, as a source knew them at one time.

use crate::{Player, Side};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// The most events of one list.
pub const MAX_EVENTS: usize = 500;
/// The last minute of a match that an event can be in, extra time included.
pub const MAX_MINUTE: u8 = 130;
/// The most minutes of stoppage time.
pub const MAX_STOPPAGE: u8 = 60;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A goal from play.
    Goal,
    /// A goal against the player's own side.
    OwnGoal,
    /// A goal from the penalty spot.
    Penalty,
    /// A penalty that was not scored.
    MissedPenalty,
    /// A yellow card.
    Yellow,
    /// The second yellow card of a player, who is sent off.
    SecondYellow,
    /// A red card without a yellow one before it.
    Red,
    /// One player for another.
    Substitution,
}

impl EventKind {
    const NAMES: [(Self, &'static str); 8] = [
        (Self::Goal, "goal"),
        (Self::OwnGoal, "own_goal"),
        (Self::Penalty, "penalty"),
        (Self::MissedPenalty, "missed_penalty"),
        (Self::Yellow, "yellow"),
        (Self::SecondYellow, "second_yellow"),
        (Self::Red, "red"),
        (Self::Substitution, "substitution"),
    ];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }
}

impl FromStr for EventKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::NAMES.iter().find(|(_, n)| *n == name).map(|(kind, _)| *kind);
        found.ok_or_else(|| format!("{name:?} is not a kind of match event"))
    }
}

/// One event of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchEvent {
    /// The minute of play, from 0 to [`MAX_MINUTE`].
    pub minute: u8,
    /// Minutes of stoppage time after that minute, up to [`MAX_STOPPAGE`].
    pub stoppage: Option<u8>,
    /// The side as the source names it. Of an own goal some sources name the player's side and others the side that
    /// it counts for.
    pub side: Side,
    /// What happened.
    pub kind: EventKind,
    /// Who scored, was cautioned or, in a substitution, is the source's first player.
    pub player: Option<Player>,
    /// Who assisted, or the second player of a substitution.
    pub related: Option<Player>,
}

impl MatchEvent {
    /// Whether two events say the same. Players are compared by the source's identifiers: it may write one name in
    /// several ways.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let id = |player: &Option<Player>| player.as_ref().map(|player| player.id().clone());
        let of = |e: &Self| (e.minute, e.stoppage, e.side, e.kind, id(&e.player), id(&e.related));
        of(self) == of(other)
    }
}

/// All events of a match so far, in the source's order, as the source knew them at one time. A later list of the same
/// source replaces an earlier one as a whole; both are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventList {
    /// The source; it says which [`Player::id`]s these are.
    pub source: Arc<str>,
    /// The events, checked by [`EventList::check`].
    pub events: Vec<MatchEvent>,
    /// Since when the list can have been known.
    pub known_at: DateTime<Utc>,
    /// Whether `known_at` follows from habit rather than from the record.
    pub known_at_imputed: bool,
}

/// Events that do not make a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EventListError {
    /// None, or too many.
    #[error("{0} events do not make a list; give 1 to {MAX_EVENTS}")]
    Length(usize),
    /// A minute that no match has.
    #[error("minute {0} lies after the end of every match; minutes end at {MAX_MINUTE}")]
    Minute(u8),
    /// More stoppage time than any match has.
    #[error("{0} minutes of stoppage time are too many; they end at {MAX_STOPPAGE}")]
    Stoppage(u8),
}

impl EventList {
    /// Checks number, minutes and stoppage times.
    ///
    /// # Errors
    /// See [`EventListError`].
    pub fn check(&self) -> Result<(), EventListError> {
        if !(1..=MAX_EVENTS).contains(&self.events.len()) {
            return Err(EventListError::Length(self.events.len()));
        }
        for event in &self.events {
            if event.minute > MAX_MINUTE {
                return Err(EventListError::Minute(event.minute));
            }
            if let Some(stoppage) = event.stoppage.filter(|minutes| *minutes > MAX_STOPPAGE) {
                return Err(EventListError::Stoppage(stoppage));
            }
        }
        Ok(())
    }

    /// Whether two lists hold the same events in the same order, whenever they became known.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.source == other.source
            && self.events.len() == other.events.len()
            && self.events.iter().zip(&other.events).all(|(one, two)| one.says_the_same(two))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(minute: u8, name: &str) -> MatchEvent {
        let player = Player::new("7", name).ok();
        MatchEvent { minute, stoppage: None, side: Side::Home, kind: EventKind::Goal, player, related: None }
    }

    fn list(events: Vec<MatchEvent>) -> EventList {
        EventList { source: "s".into(), events, known_at: DateTime::UNIX_EPOCH, known_at_imputed: false }
    }

    #[test]
    fn kinds_read_back() {
        for (kind, name) in EventKind::NAMES {
            assert_eq!((kind.name(), name.parse()), (name, Ok(kind)));
            assert_eq!(serde_json::to_value(kind).unwrap(), name);
        }
        assert!("offside".parse::<EventKind>().is_err());
    }

    #[test]
    fn a_list_has_events_within_a_match() {
        assert_eq!(list(vec![event(90, "A")]).check(), Ok(()));
        assert_eq!(list(vec![]).check(), Err(EventListError::Length(0)));
        assert_eq!(list(vec![event(131, "A")]).check(), Err(EventListError::Minute(131)));
        let long = MatchEvent { stoppage: Some(61), ..event(90, "A") };
        assert_eq!(list(vec![long]).check(), Err(EventListError::Stoppage(61)));
    }

    #[test]
    fn another_spelling_of_a_player_says_the_same() {
        let one = list(vec![event(3, "F. Name")]);
        assert!(one.says_the_same(&list(vec![event(3, "First Name")])));
        assert!(!one.says_the_same(&list(vec![event(4, "F. Name")])));
        assert!(!one.says_the_same(&list(vec![event(3, "F. Name"), event(5, "F. Name")])));
    }
}
