//! Collecting from sources: what was asked for, how it ended, and how far it came.

use crate::JobId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// What is collected, as an operator asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionKind {
    /// Matches to come.
    Fixtures,
    /// Results of whole seasons.
    Results,
    /// Bookmakers' prices.
    Odds,
    /// Scores of today and of the last days.
    Scores,
    /// Who plays.
    Lineups,
    /// Who is missing.
    Injuries,
    /// The weather at the ground.
    Weather,
    /// Ratings of clubs.
    Ratings,
    /// News of teams.
    News,
}

impl CollectionKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Fixtures,
        Self::Results,
        Self::Odds,
        Self::Scores,
        Self::Lineups,
        Self::Injuries,
        Self::Weather,
        Self::Ratings,
        Self::News,
    ];

    /// The name in logs, metrics and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fixtures => "fixtures",
            Self::Results => "results",
            Self::Odds => "odds",
            Self::Scores => "scores",
            Self::Lineups => "lineups",
            Self::Injuries => "injuries",
            Self::Weather => "weather",
            Self::Ratings => "ratings",
            Self::News => "news",
        }
    }
}

impl fmt::Display for CollectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for CollectionKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| {
            format!("{name:?} is not a kind of data: {}", Self::ALL.map(Self::name).join(", "))
        })
    }
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionStatus {
    /// It goes on, or its process died.
    Running,
    /// Everything that was asked for came.
    Success,
    /// A part of it came.
    Partial,
    /// Nothing came.
    Failed,
}

impl CollectionStatus {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Success => "success",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for CollectionStatus {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        [Self::Running, Self::Success, Self::Partial, Self::Failed]
            .into_iter()
            .find(|status| status.name() == name)
            .ok_or_else(|| format!("{name:?} is no status of a run"))
    }
}

/// A run of collecting, by its row in `data_collection_logs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct CollectionId(pub i64);

/// What a run brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CollectionCounts {
    /// Requests that were answered, from the source or from what was kept of it.
    pub answers: u64,
    /// Requests of which nothing usable came.
    pub failures: u64,
    /// Rows read.
    pub read: u64,
    /// Matches and facts that were not held.
    pub new: u64,
    /// Matches that are not what they were.
    pub changed: u64,
    /// Rows left out.
    pub rejected: u64,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionEnd {
    /// When.
    pub at: DateTime<Utc>,
    /// How.
    pub status: CollectionStatus,
    /// What it brought.
    pub counts: CollectionCounts,
    /// What went wrong, without keys.
    pub message: Option<String>,
}

/// A run as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollectionRun {
    /// Its row.
    pub id: CollectionId,
    /// The source.
    pub source: String,
    /// What was collected.
    pub kind: CollectionKind,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none while it goes on.
    pub ended_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub status: CollectionStatus,
    /// What it brought.
    pub counts: CollectionCounts,
    /// What went wrong.
    pub message: Option<String>,
    /// The job that collected, where one did.
    pub job: Option<JobId>,
}

/// How far a source was collected: the last answer to one request that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watermark {
    /// The source.
    pub source: String,
    /// What was collected.
    pub kind: CollectionKind,
    /// What was asked for, such as `2425/E0.csv`.
    pub scope: String,
    /// BLAKE3 of the answer, lower-case hex.
    pub hash: String,
    /// When the answer came.
    pub collected_at: DateTime<Utc>,
    /// When the source last said the same.
    pub checked_at: DateTime<Utc>,
}

/// Something that went wrong in a task, for `error_logs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskError {
    /// The task, such as `results_collection`.
    pub task: String,
    /// Which run of it.
    pub task_id: Option<String>,
    /// Its kind, such as `quota`.
    pub error_type: String,
    /// What is wrong, without keys.
    pub message: String,
    /// How often it was tried again.
    pub retries: u32,
    /// What else is known, as JSON: of a failed call `api_endpoint` and `http_status`.
    pub context: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for kind in CollectionKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        let unknown = "weeks".parse::<CollectionKind>().unwrap_err();
        assert!(unknown.contains("fixtures, results, odds"), "{unknown}");
        for name in ["running", "success", "partial", "failed"] {
            assert_eq!(name.parse::<CollectionStatus>().unwrap().name(), name);
        }
    }
}
