//! What a run brought.

use crate::ingest::{IngestReport, Outcome};
use touchline_collect::http::{Failure, Origin};

/// Where answers came from, and how many were held before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Fetched {
    /// Answers in all.
    pub answers: u64,
    /// From the source.
    pub fetched: u64,
    /// Of which the source said that what is kept on disk holds.
    pub confirmed: u64,
    /// Fresh on disk, without asking.
    pub kept: u64,
    /// The same as the last time: nothing had to be stored.
    pub held_before: u64,
}

impl Fetched {
    pub(super) fn count(&mut self, origin: Origin, is_known: bool) {
        self.answers += 1;
        self.held_before += u64::from(is_known);
        match origin {
            Origin::Network => self.fetched += 1,
            Origin::Confirmed => self.confirmed += 1,
            Origin::Kept => self.kept += 1,
        }
    }
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct CollectReport {
    /// Answers.
    pub fetched: Fetched,
    /// Calls of which nothing came.
    pub failures: Vec<Failure>,
    /// Calls that were not made, since the source refused others.
    pub not_asked: u64,
    /// Answers with fields that their source had not before.
    pub new_fields: Vec<String>,
    /// What became of the answers.
    pub ingested: IngestReport,
}

impl CollectReport {
    /// How the run ended: nothing came of any call, of some, or of none.
    pub fn outcome(&self) -> Outcome {
        let missing = self.failures.len() as u64 + self.not_asked;
        match (missing, self.fetched.answers, self.ingested.outcome()) {
            (0, _, outcome) => outcome,
            (_, 0, _) | (_, _, Outcome::NothingUsed) => Outcome::NothingUsed,
            _ => Outcome::SomeLeftOut,
        }
    }
}
