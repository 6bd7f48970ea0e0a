//! Why a model cannot be trained or asked.

use thiserror::Error;
use touchline_boosting::{FitError, PredictError, XgBoostFitError};
use touchline_domain::Stopped;
use touchline_models::metrics::MetricError;
use touchline_models::ratings::RatingError;

/// Why a model cannot be trained or used.
#[derive(Debug, Error)]
pub enum ModelError {
    /// Too little data.
    #[error(
        "{found} finished matches are too few to train on (needed: {needed}); ingest more seasons, for example with `touchline ingest football-data PATH`"
    )]
    TooFewMatches {
        /// Rows found.
        found: usize,
        /// Rows needed.
        needed: usize,
    },
    /// The features are not those that the model was trained on.
    #[error("the model was trained on other features ({0}); run `touchline train --activate`")]
    Features(String),
    /// The training failed.
    #[error("training failed: {0}")]
    Fit(#[source] FitError),
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
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl From<FitError> for ModelError {
    fn from(error: FitError) -> Self {
        match error {
            FitError::Stopped => Self::Stopped(Stopped),
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
