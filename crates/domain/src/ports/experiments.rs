//! Experiments with models: a challenger beside the champion, on the same matches.

use super::StoreError;
use crate::{Forecast, MatchId, Score};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::str::FromStr;

/// What a challenger's forecasts are for while an experiment runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperimentMode {
    /// They are recorded and compared; the champion answers every match.
    Shadow,
    /// They answer a share of the matches.
    Split,
}

impl ExperimentMode {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Shadow, Self::Split];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Split => "split",
        }
    }
}

impl FromStr for ExperimentMode {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|mode| mode.name() == name);
        found.ok_or_else(|| format!("{name:?} is not a mode of an experiment; write shadow or split"))
    }
}

/// Who answers a match while an experiment runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperimentArm {
    /// The champion.
    Control,
    /// The challenger.
    Treatment,
}

impl ExperimentArm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Control, Self::Treatment];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Treatment => "treatment",
        }
    }
}

impl FromStr for ExperimentArm {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|arm| arm.name() == name);
        found.ok_or_else(|| format!("{name:?} is not an arm of an experiment; write control or treatment"))
    }
}

/// An experiment with two versions of one model. Versions do not change while it runs: it rests while another version is the
/// champion, and goes on when this one is again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Experiment {
    /// Its name, which is never used again.
    pub id: String,
    /// Name of the model.
    pub model: String,
    /// The champion when it began.
    pub control: String,
    /// The version that is tried.
    pub treatment: String,
    /// What the forecasts of the treatment are for.
    pub mode: ExperimentMode,
    /// Share of the matches that the treatment answers: 0 in the shadow, else above 0 and at most 1.
    pub share: f64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was ended; none while it runs.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What both versions said of a match at the same time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForecastPair {
    /// The match.
    pub match_id: MatchId,
    /// Whose forecast answered.
    pub arm: ExperimentArm,
    /// What the control said.
    pub control: Forecast,
    /// What the treatment said.
    pub treatment: Forecast,
}

/// The last pair that was recorded before the kick-off of a match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecordedPair {
    /// The pair.
    pub pair: ForecastPair,
    /// When the match kicks off.
    pub kickoff: DateTime<Utc>,
    /// How it ended; none while it is to come or runs.
    pub score: Option<Score>,
}

/// Reading experiments.
#[async_trait]
pub trait ExperimentReader: Send + Sync {
    /// The experiment that runs with a model; there is at most one.
    ///
    /// # Errors
    /// The store is not available.
    async fn running_experiment(&self, model: &str) -> Result<Option<Experiment>, StoreError>;

    /// At most `limit` experiments, those that began last first.
    ///
    /// # Errors
    /// The store is not available.
    async fn experiments(&self, limit: u32) -> Result<Vec<Experiment>, StoreError>;

    /// The experiment of a name.
    ///
    /// # Errors
    /// The store is not available.
    async fn experiment(&self, id: &str) -> Result<Option<Experiment>, StoreError>;

    /// Of each match the pair of an experiment that was recorded last before its kick-off, by kick-off. Matches that were called
    /// off, abandoned or decided at the table are left out.
    ///
    /// # Errors
    /// The store is not available.
    async fn experiment_pairs(&self, id: &str) -> Result<Vec<RecordedPair>, StoreError>;
}

/// Running experiments.
#[async_trait]
pub trait ExperimentWriter: Send + Sync {
    /// Begins an experiment.
    ///
    /// # Errors
    /// The store is not available, an experiment with the model runs, the name was used before, or a version is not registered.
    async fn start_experiment(&self, experiment: &Experiment) -> Result<(), StoreError>;

    /// Ends an experiment now. Returns whether it was running.
    ///
    /// # Errors
    /// The store is not available.
    async fn end_experiment(&self, id: &str) -> Result<bool, StoreError>;

    /// Records pairs of an experiment. One that says what the last one of its match says is left out; returns how many were
    /// recorded.
    ///
    /// # Errors
    /// The store is not available, there is no such experiment, or a match has begun or is not known; then nothing is recorded.
    async fn record_pairs(
        &self,
        id: &str,
        at: DateTime<Utc>,
        pairs: &[ForecastPair],
    ) -> Result<u64, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for mode in ExperimentMode::ALL {
            assert_eq!(mode.name().parse(), Ok(mode));
        }
        for arm in ExperimentArm::ALL {
            assert_eq!(arm.name().parse(), Ok(arm));
        }
        assert!("both".parse::<ExperimentMode>().unwrap_err().contains("split"));
        assert!("a".parse::<ExperimentArm>().unwrap_err().contains("treatment"));
    }
}
