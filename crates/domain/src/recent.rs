//! How a team did of late.

use crate::TeamId;
use chrono::{DateTime, Duration, Utc};
use std::ops::Add;

/// Results summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Matches played.
    pub played: u32,
    /// Matches won.
    pub won: u32,
    /// Matches drawn.
    pub drawn: u32,
    /// Matches lost.
    pub lost: u32,
    /// Goals scored.
    pub goals_for: u32,
    /// Goals conceded.
    pub goals_against: u32,
}

impl Tally {
    /// Three for a win, one for a draw.
    pub fn points(self) -> u32 {
        3 * self.won + self.drawn
    }
}

impl Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            played: self.played + other.played,
            won: self.won + other.won,
            drawn: self.drawn + other.drawn,
            lost: self.lost + other.lost,
            goals_for: self.goals_for + other.goals_for,
            goals_against: self.goals_against + other.goals_against,
        }
    }
}

/// A team's results of the thirty days before a time: finished matches that kicked off within them, and whose result was
/// known by then ([`crate::Kickoff::result_known_at`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentPerformance {
    /// The team.
    pub team: TeamId,
    /// The time.
    pub as_of: DateTime<Utc>,
    /// Matches at home.
    pub home: Tally,
    /// Matches away.
    pub away: Tally,
}

impl RecentPerformance {
    /// How many days it reaches back.
    pub const DAYS: i64 = 30;

    /// The earliest kick-off that counts as of a time.
    pub fn since(as_of: DateTime<Utc>) -> DateTime<Utc> {
        as_of.checked_sub_signed(Duration::days(Self::DAYS)).unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// Home and away together.
    pub fn total(&self) -> Tally {
        self.home + self.away
    }
}
