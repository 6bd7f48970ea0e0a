//! What it takes to be evaluated: an estimator learns from what was known at a time and gives a
//! [`Predictor`] that is asked of the matches after it. It keeps nothing between two fits, so that folds cannot leak into
//! one another.

use crate::model::ModelError;
use crate::predictor::Predictor;
use chrono::DateTime;
use touchline_domain::Progress;
use touchline_features::{FeatureMatrix, History, Seconds};

/// What may be learned from.
#[derive(Clone, Copy)]
pub struct TrainingData<'a> {
    /// All matches; results after `known_until` are for the judge alone.
    pub history: &'a History,
    /// Results known by then may be learned from.
    pub known_until: Seconds,
    /// Features of every match of the history, as they stood so far ahead of each as the matches to forecast are.
    pub features: &'a FeatureMatrix,
    /// Shows how far the work has come and says when it should stop.
    pub progress: &'a dyn Progress,
}

impl TrainingData<'_> {
    /// The version of what is fitted on them: the time up to which results were known.
    pub(super) fn version(&self) -> String {
        let until = DateTime::from_timestamp(self.known_until, 0).unwrap_or_default();
        until.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

/// What came of a fit.
pub struct FittedPredictor {
    /// Forecasts the matches after those that it learned from.
    pub predictor: Box<dyn Predictor>,
    /// Matches that it learned from; 0 where there was nothing to fit.
    pub learned_from: usize,
}

impl FittedPredictor {
    /// A predictor that has nothing to fit.
    pub(super) fn unfitted(predictor: impl Predictor + 'static) -> Self {
        Self { predictor: Box::new(predictor), learned_from: 0 }
    }
}

/// Gives predictors, one per fit.
pub trait Estimator: Send {
    /// The name of its predictors in reports; unique among those compared.
    fn name(&self) -> &str;

    /// Learns from what is allowed.
    ///
    /// # Errors
    /// Too few matches to learn from, columns that are missing, or a failed training.
    fn fit(&self, data: &TrainingData<'_>) -> Result<FittedPredictor, ModelError>;
}
