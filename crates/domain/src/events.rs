//! What changed in a store, as those who follow it learn of it.

use crate::{JobId, LeagueId, MatchId, Season};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// What kind of change it was. Names are stable: they are stored, and other programs read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// A match is held that was not held before.
    MatchAdded,
    /// A match has another kick-off, status or other detail; its result is what it was.
    MatchChanged,
    /// The result of a match is known, or is another one.
    Result,
    /// Prices were added, or left for the lake.
    Odds,
    /// A line-up was added.
    Lineup,
    /// An absence was added.
    Injury,
    /// Counts of a match, such as shots, were added or changed.
    Statistics,
    /// What happened in a match, such as goals and cards, was added.
    Events,
    /// Prices during a match were added.
    InPlayOdds,
    /// The weather at the ground of a match was added.
    Weather,
    /// News of teams were added.
    News,
    /// Ratings of clubs were added.
    Ratings,
    /// A forecast was sealed.
    ForecastSealed,
    /// What came of a sealed forecast was noted, or is another.
    ForecastVerified,
    /// A trained model was registered.
    ModelRegistered,
    /// Another version of a model became active.
    ModelActivated,
    /// An experiment with a model began or ended.
    ExperimentChanged,
    /// An alias of a name was confirmed.
    AliasConfirmed,
    /// Two names that were held apart became one.
    NamesMerged,
    /// Something that was stored was corrected: anything within the scope may be different.
    Corrected,
}

impl ChangeKind {
    /// All kinds with their names, in the order of their declaration.
    pub const ALL: [(Self, &'static str); 20] = [
        (Self::MatchAdded, "match_added"),
        (Self::MatchChanged, "match_changed"),
        (Self::Result, "result"),
        (Self::Odds, "odds"),
        (Self::Lineup, "lineup"),
        (Self::Injury, "injury"),
        (Self::Statistics, "statistics"),
        (Self::Events, "events"),
        (Self::InPlayOdds, "in_play_odds"),
        (Self::Weather, "weather"),
        (Self::News, "news"),
        (Self::Ratings, "ratings"),
        (Self::ForecastSealed, "forecast_sealed"),
        (Self::ForecastVerified, "forecast_verified"),
        (Self::ModelRegistered, "model_registered"),
        (Self::ModelActivated, "model_activated"),
        (Self::ExperimentChanged, "experiment_changed"),
        (Self::AliasConfirmed, "alias_confirmed"),
        (Self::NamesMerged, "names_merged"),
        (Self::Corrected, "corrected"),
    ];

    /// The name in stores and messages.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The kind with a name. A name that this program does not know was written by a newer one; it is read as
    /// [`ChangeKind::Corrected`], so that whoever follows looks at everything in the change's scope.
    pub fn named(name: &str) -> Self {
        Self::ALL.iter().find(|(_, known)| *known == name).map_or(Self::Corrected, |(kind, _)| *kind)
    }
}

/// A place in the feed: the number of a change. Numbers grow, and become visible in order: whoever has read up to
/// one never misses a lower one. They need not be consecutive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeedPosition(pub i64);

impl FeedPosition {
    /// Before the first change.
    pub const START: Self = Self(0);
}

impl fmt::Display for FeedPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ChangeScope {
    /// One match.
    Match(MatchId),
    /// Any matches of a season of a league: what a large change leaves.
    Season(LeagueId, Season),
    /// Something else, in words such as `model touchline` or `team 12`.
    Subject(String),
}

/// A change before the store has numbered it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewChange {
    /// What kind.
    pub kind: ChangeKind,
    /// About what.
    pub scope: ChangeScope,
    /// A small JSON object with what is worth knowing beside, such as a score.
    pub details: Value,
}

/// A change that was committed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its number.
    pub position: FeedPosition,
    /// What kind.
    pub kind: ChangeKind,
    /// About what.
    pub scope: ChangeScope,
    /// A small JSON object with what is worth knowing beside.
    pub details: Value,
    /// When it was written.
    pub recorded_at: DateTime<Utc>,
    /// The job that wrote it, where one did.
    pub job: Option<JobId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for (kind, name) in ChangeKind::ALL {
            assert_eq!((kind.name(), ChangeKind::named(name)), (name, kind));
        }
    }

    #[test]
    fn a_kind_of_a_newer_program_may_mean_anything() {
        assert_eq!(ChangeKind::named("from_the_future"), ChangeKind::Corrected);
    }
}
