//! Why a model cannot be trained or asked.

use thiserror::Error;
use touchline_boosting::{LightGbmFitError, PredictError, XgBoostFitError};
use touchline_domain::Stopped;
use touchline_models::metrics::MetricError;
use touchline_models::ratings::RatingError;

/// Why a model cannot be trained or used.
#[derive(Debug, Error)]
pub enum ModelError {
    /// Too little data.
    #[error(
        "{stored} finished matches are stored, and {found} of them can be learned from (the first ones only warm up the ratings); {needed} are needed; ingest more seasons, for example with `touchline ingest football-data PATH`"
    )]
    TooFewMatches {
        /// Finished matches that are stored.
        stored: usize,
        /// Those that can be learned from.
        found: usize,
        /// Rows needed.
        needed: usize,
    },
    /// The features are not those that the model was trained on.
    #[error("the model was trained on other features ({0}); run `touchline train --activate`")]
    Features(String),
    /// The training failed.
    #[error("training failed: {0}")]
    Fit(#[source] LightGbmFitError),
    /// The training with XGBoost failed.
    #[error("training failed: {0}")]
    XgBoost(#[source] XgBoostFitError),
    /// A model file and its features do not fit together.
    #[error("the model cannot be applied: {0}")]
    Predict(#[from] PredictError),
    /// The Elo yardstick could not be fitted.
    #[error("yardstick: {0}")]
    Rating(#[from] RatingError),
    /// A goal model could not be fitted.
    #[error("goal model: {0}")]
    Goals(#[from] touchline_models::goals::FitError),
    /// Scores were asked for, and the predictor has none of some matches.
    #[error("{0} does not forecast the scores of every match; choose a model that does")]
    NoScores(String),
    /// Metrics could not be computed.
    #[error("metrics: {0}")]
    Metric(#[from] MetricError),
    /// It was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

impl From<LightGbmFitError> for ModelError {
    fn from(error: LightGbmFitError) -> Self {
        match error {
            LightGbmFitError::Stopped => Self::Stopped(Stopped),
            error => Self::Fit(error),
        }
    }
}

impl From<XgBoostFitError> for ModelError {
    fn from(error: XgBoostFitError) -> Self {
        match error {
            XgBoostFitError::Stopped => Self::Stopped(Stopped),
            error => Self::XgBoost(error),
        }
    }
}
