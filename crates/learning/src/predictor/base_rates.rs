//! Base rates: what is said of a match of which nothing is known.

use super::{
    MatchBatch, MatchForecast, ModelLabel, Prediction, Predictions, Predictor, low_score_dependence,
};
use crate::matrices::Horizon;
use crate::model_error::ModelError;
use touchline_features::Settings;
use touchline_models::dynamic::score_grid;

/// Mean goals of the home and of the away side over decades of league football.
const MEAN_GOALS: (f64, f64) = (1.5, 1.15);

/// The same forecast for every match, whoever plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseRates;

impl BaseRates {
    /// Its name.
    pub const NAME: &'static str = "base-rates";
}

impl Predictor for BaseRates {
    fn label(&self) -> ModelLabel {
        ModelLabel::new(Self::NAME, "1")
    }

    fn features(&self, _: Horizon) -> Result<Option<Settings>, ModelError> {
        Ok(None)
    }

    fn predict(&self, batch: &MatchBatch<'_>) -> Result<Predictions, ModelError> {
        let said = MatchForecast::of_grid(score_grid(MEAN_GOALS, low_score_dependence()));
        Ok(vec![Some(Prediction::Scores(said)); batch.positions.len()])
    }
}
