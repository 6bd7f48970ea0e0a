//! Who forecasts a match: one trait for everything that does, asked by serving, sealing, comparing and evaluation alike.
//!
//! A [`Predictor`] is ready to forecast; what it takes to fit one is the business of
//! [`Estimator`](crate::evaluate::Estimator), or of [`train`](crate::train). It is asked of many matches at a time
//! ([`MatchBatch`]) and answers each with a [`Prediction`]: the outcome probabilities and the score grid that every market
//! derives from, or the outcome probabilities alone where it knows no scores. It keeps nothing between two batches, so
//! several may be asked of the same one: a stand-in, a challenger, a backtest.

mod base_rates;
mod goal_model;
mod market;
mod strength_filter;

pub use base_rates::BaseRates;
pub use goal_model::FittedGoalModel;
pub use market::MarketPrices;
pub use strength_filter::StrengthFilter;

use crate::matrices::Horizon;
use crate::model_error::ModelError;
use std::fmt;
use touchline_domain::{Forecast, ScoreGrid};
use touchline_features::{FeatureMatrix, History, Settings};
use touchline_models::dynamic::score_grid;

/// A predictor by name and version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelLabel {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl ModelLabel {
    /// A label.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { name: name.into(), version: version.into() }
    }

    /// The labels of a metric that is measured by model.
    pub fn labels(&self) -> [(&'static str, String); 2] {
        [("model_name", self.name.clone()), ("model_version", self.version.clone())]
    }
}

impl fmt::Display for ModelLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model {} {}", self.name, self.version)
    }
}

/// Matches to forecast together, and what is known of them.
#[derive(Debug, Clone, Copy)]
pub struct MatchBatch<'a> {
    /// The history that the matches belong to. Results in it may be later than what may be known: a predictor reads the
    /// fixtures and nothing else.
    pub history: &'a History,
    /// Positions of the matches in the history, in the order of the predictions.
    pub positions: &'a [u32],
    /// How far ahead they lie.
    pub horizon: Horizon,
    /// Their features; none for a predictor that needs none.
    pub features: Option<FeatureRows<'a>>,
    /// Threads to use.
    pub threads: usize,
}

/// Features of the matches of a batch.
#[derive(Debug, Clone, Copy)]
pub struct FeatureRows<'a> {
    /// At least the columns that the predictor needs.
    pub matrix: &'a FeatureMatrix,
    /// The row of each match, in the order of the batch.
    pub rows: &'a [usize],
}

impl<'a> MatchBatch<'a> {
    /// The features.
    ///
    /// # Errors
    /// The batch has none.
    pub fn features(&self) -> Result<FeatureRows<'a>, ModelError> {
        self.features.ok_or_else(|| ModelError::Features("the batch has no features".to_owned()))
    }
}

impl<'a> FeatureRows<'a> {
    /// The values of a column, by row of the matrix.
    ///
    /// # Errors
    /// There is no such column.
    pub fn column(&self, name: &str) -> Result<&'a [f32], ModelError> {
        let index = self.matrix.column_named(name);
        let index = index.ok_or_else(|| ModelError::Features(format!("{name} is missing")))?;
        Ok(self.matrix.column(index))
    }
}

/// A forecast of a match with its scores.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchForecast {
    /// Home win, draw, away win.
    pub forecast: Forecast,
    /// Distribution of scores, from which all markets derive; agrees with the forecast.
    pub grid: ScoreGrid,
    /// Mean goals of the home and the away side.
    pub expected_goals: (f64, f64),
}

impl MatchForecast {
    /// What a grid says.
    pub fn of_grid(grid: ScoreGrid) -> Self {
        Self { forecast: grid.forecast(), expected_goals: grid.expected_goals(), grid }
    }

    /// A forecast with the grid over mean goals of the home and the away side, scaled to agree with it. The expected goals
    /// are those of the grid.
    pub fn over_goals(forecast: Forecast, goals: (f64, f64)) -> Self {
        let grid = score_grid(goals, low_score_dependence()).conditioned_on(&forecast);
        Self { forecast, expected_goals: grid.expected_goals(), grid }
    }
}

/// What a predictor says of a match.
#[derive(Debug, Clone, PartialEq)]
pub enum Prediction {
    /// Outcome and scores.
    Scores(MatchForecast),
    /// The outcome alone: the predictor knows nothing of scores, and no market but 1X2 can be derived from it.
    Outcomes(Forecast),
}

impl Prediction {
    /// Home win, draw, away win.
    pub fn forecast(&self) -> Forecast {
        match self {
            Self::Scores(scores) => scores.forecast,
            Self::Outcomes(forecast) => *forecast,
        }
    }

    /// The forecast with its scores, where it has some.
    pub fn scores(&self) -> Option<&MatchForecast> {
        match self {
            Self::Scores(scores) => Some(scores),
            Self::Outcomes(_) => None,
        }
    }

    /// The same, taken out.
    pub fn into_scores(self) -> Option<MatchForecast> {
        match self {
            Self::Scores(scores) => Some(scores),
            Self::Outcomes(_) => None,
        }
    }
}

/// One per match of a batch, in its order; none of a match that the predictor can say nothing of.
pub type Predictions = Vec<Option<Prediction>>;

/// Whatever forecasts matches.
pub trait Predictor: Send + Sync {
    /// Its name and version.
    fn label(&self) -> ModelLabel;

    /// The horizon of the features from which it forecasts matches that lie so far ahead.
    fn horizon_for(&self, ahead: Horizon) -> Horizon {
        ahead
    }

    /// The features that it needs at a horizon, once it is checked that this program computes them as the predictor knows
    /// them; none where it needs none.
    ///
    /// # Errors
    /// It was fitted on other features.
    fn features(&self, horizon: Horizon) -> Result<Option<Settings>, ModelError>;

    /// Forecasts the matches of a batch.
    ///
    /// # Errors
    /// The batch lacks features that it needs.
    fn predict(&self, batch: &MatchBatch<'_>) -> Result<Predictions, ModelError>;

    /// The outcomes alone, for callers that have no use for scores.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    fn predict_outcomes(&self, batch: &MatchBatch<'_>) -> Result<Vec<Option<Forecast>>, ModelError> {
        let predictions = self.predict(batch)?;
        Ok(predictions.into_iter().map(|prediction| Some(prediction?.forecast())).collect())
    }
}

/// Weights as a forecast; what is missing is taken for an even chance.
pub(crate) fn forecast_of(weights: [f64; 3]) -> Forecast {
    Forecast::normalised(weights).unwrap_or_else(|_| even_chances())
}

/// Nothing is known.
pub(crate) fn even_chances() -> Forecast {
    Forecast::normalised([1.0; 3]).expect("three equal weights are a forecast")
}

/// Dependence of low scores (the rho of Dixon and Coles) in all grids over mean goals.
pub(crate) fn low_score_dependence() -> f64 {
    Horizon::Fresh.settings().filter.rho
}
