//! Matches and their kick-offs.

use crate::{LeagueId, MatchId, MatchSetting, Score, Season, TeamId};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How exactly a kick-off is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KickoffPrecision {
    /// To the minute.
    Minute,
    /// Only the date: the time is midnight UTC at its start, before every match of that date.
    Day,
}

impl KickoffPrecision {
    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Day => "day",
        }
    }
}

impl FromStr for KickoffPrecision {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "minute" => Ok(Self::Minute),
            "day" => Ok(Self::Day),
            _ => Err(format!("{name:?} is not a precision of a time")),
        }
    }
}

/// When a match starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Kickoff {
    /// Time in UTC.
    pub at: DateTime<Utc>,
    /// How exactly it is known.
    pub precision: KickoffPrecision,
}

impl Kickoff {
    /// A kick-off of which only the date is known.
    pub fn on(date: NaiveDate) -> Self {
        Self { at: date.and_time(NaiveTime::MIN).and_utc(), precision: KickoffPrecision::Day }
    }

    /// A kick-off known to the minute.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self { at, precision: KickoffPrecision::Minute }
    }

    /// The latest time at which the match may start: its kick-off, or the end of the day where only the date is known.
    /// Until then it is to come.
    pub fn latest(self) -> DateTime<Utc> {
        match self.precision {
            KickoffPrecision::Minute => self.at,
            KickoffPrecision::Day => self.at + Duration::days(1),
        }
    }

    /// The earliest time at which the final score may be used: three hours after a kick-off known to the
    /// minute (covers stoppages, extra time and penalties), the end of the day where only the date is known.
    pub fn result_known_at(self) -> DateTime<Utc> {
        match self.precision {
            KickoffPrecision::Minute => self.at + Duration::hours(3),
            KickoffPrecision::Day => self.at + Duration::days(1),
        }
    }
}

/// Where a match stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchStatus {
    /// Not started.
    Scheduled,
    /// Running.
    Live,
    /// Over; has a score.
    Finished,
    /// Moved to a time to come.
    Postponed,
    /// Will not be played.
    Cancelled,
    /// Broken off.
    Abandoned,
    /// Decided at the table; the score says nothing about strength.
    Awarded,
}

impl MatchStatus {
    const NAMES: [(Self, &'static str); 7] = [
        (Self::Scheduled, "scheduled"),
        (Self::Live, "live"),
        (Self::Finished, "finished"),
        (Self::Postponed, "postponed"),
        (Self::Cancelled, "cancelled"),
        (Self::Abandoned, "abandoned"),
        (Self::Awarded, "awarded"),
    ];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }
}

impl FromStr for MatchStatus {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::NAMES.iter().find(|(_, n)| *n == name).map(|(status, _)| *status);
        found.ok_or_else(|| format!("{name:?} is not a match status"))
    }
}

/// A match before the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMatch {
    /// Its league.
    pub league: LeagueId,
    /// Its season.
    pub season: Season,
    /// The home side.
    pub home: TeamId,
    /// The away side.
    pub away: TeamId,
    /// Ordinal by date, from 1, of this pairing in this season.
    pub leg: u8,
    /// When it starts or started.
    pub kickoff: Kickoff,
    /// Where it stands.
    pub status: MatchStatus,
    /// Full-time score (90 minutes and stoppage time); present when finished.
    pub score: Option<Score>,
    /// Half-time score.
    pub half_time: Option<Score>,
    /// The referee, as the source writes the name.
    pub referee: Option<String>,
    /// Spectators.
    pub attendance: Option<u32>,
    /// The source that brought it.
    pub source: String,
    /// The source's own identifier of the match, where it has one.
    pub external_id: Option<String>,
    /// What it has beyond a match of a league.
    pub setting: MatchSetting,
}

impl NewMatch {
    /// What identifies a match: league, season, home, away and leg.
    pub fn natural_key(&self) -> (LeagueId, Season, TeamId, TeamId, u8) {
        (self.league, self.season, self.home, self.away, self.leg)
    }

    /// Whether two matches are the same to a store, which keeps whole seconds.
    pub fn is_same_to_the_second(&self, other: &Self) -> bool {
        let mut other = other.clone();
        if other.kickoff.at.timestamp() == self.kickoff.at.timestamp() {
            other.kickoff.at = self.kickoff.at;
        }
        *self == other
    }
}

/// A stored match: one leg of a pairing in a season of a league.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Identifier in the store.
    pub id: MatchId,
    /// Everything else.
    pub details: NewMatch,
}

impl std::ops::Deref for Match {
    type Target = NewMatch;
    fn deref(&self) -> &NewMatch {
        &self.details
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_names_read_back() {
        for precision in [KickoffPrecision::Minute, KickoffPrecision::Day] {
            assert_eq!(precision.name().parse(), Ok(precision));
            assert_eq!(serde_json::to_value(precision).unwrap(), precision.name());
        }
        assert!("hour".parse::<KickoffPrecision>().is_err());
    }

    #[test]
    fn status_names_read_back() {
        for (status, name) in MatchStatus::NAMES {
            assert_eq!(status.name(), name);
            assert_eq!(name.parse(), Ok(status));
            assert_eq!(serde_json::to_value(status).unwrap(), name);
        }
    }

    #[test]
    fn a_match_of_a_day_may_start_until_the_day_is_over() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        assert_eq!(Kickoff::on(day).latest(), Kickoff::on(day.succ_opt().unwrap()).at);
        let noon = Kickoff::at(day.and_hms_opt(12, 0, 0).unwrap().and_utc());
        assert_eq!(noon.latest(), noon.at);
    }

    #[test]
    fn a_date_only_result_is_unknown_all_day() {
        let day = NaiveDate::from_ymd_opt(2024, 5, 4).unwrap();
        let kickoff = Kickoff::on(day);
        assert!(kickoff.result_known_at() > day.and_hms_opt(23, 59, 59).unwrap().and_utc());
        assert_eq!(kickoff.result_known_at(), Kickoff::on(day.succ_opt().unwrap()).at);
    }
}
