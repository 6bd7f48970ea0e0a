//! What it takes to be compared: a forecaster is given what was known at a time and answers matches after it. It may
//! keep nothing between two tasks, so that folds cannot leak into one another.

use crate::model::ModelError;
use touchline_domain::{Forecast, Progress};
use touchline_features::{FeatureMatrix, History, Seconds};

/// What to learn from and what to forecast.
pub struct Task<'a> {
    /// All matches; results after `known_until` are for the judge alone.
    pub history: &'a History,
    /// Results known by then may be learned from.
    pub known_until: Seconds,
    /// Features of every match of the history, as they stood this far ahead of each: to learn from.
    pub train: &'a FeatureMatrix,
    /// Features of the matches to forecast.
    pub test: &'a FeatureMatrix,
    /// Their rows in `test`, in the order of the answers.
    pub rows: &'a [usize],
    /// Threads to use.
    pub threads: usize,
    /// Shows how far the work has come and says when it should stop.
    pub progress: &'a dyn Progress,
}

/// What a forecaster answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// Home win, draw, away win; one per row of the task.
    pub forecasts: Vec<Forecast>,
    /// Expected goals of home and away side, one per row, where it forecasts scores.
    pub goals: Option<Vec<[f64; 2]>>,
    /// Matches that it learned from; 0 where it has nothing to fit.
    pub learned_from: usize,
}

/// Somebody who forecasts matches.
pub trait Forecaster: Send {
    /// Its name in reports; unique among those compared.
    fn name(&self) -> &str;

    /// Learns from what the task allows, then forecasts.
    ///
    /// # Errors
    /// Too few matches to learn from, columns that are missing, or a failed training.
    fn answer(&self, task: &Task<'_>) -> Result<Answers, ModelError>;
}

/// Weights as a forecast; what is missing is taken for an even chance.
pub(super) fn forecast(weights: [f64; 3]) -> Forecast {
    Forecast::normalised(weights)
        .unwrap_or_else(|_| Forecast::normalised([1.0; 3]).expect("three equal weights are a forecast"))
}
