//! The strength filter alone, without trees and calibration.

use super::{
    FeatureRows, MatchBatch, MatchForecast, ModelLabel, Prediction, Predictions, Predictor, forecast_of,
    low_score_dependence,
};
use crate::matrices::Horizon;
use crate::model_error::ModelError;
use touchline_domain::Forecast;
use touchline_features::{Settings, definitions};
use touchline_models::dynamic::score_grid;

const GOALS: [&str; 2] = ["home_expected_goals", "away_expected_goals"];
const OUTCOMES: [&str; 3] = ["strength_home_win", "strength_draw", "strength_away_win"];

/// The strength filter of the features: its goals with the low-score correction of Dixon and Coles, and nothing else. Both
/// forms differ by the rounding of the columns, to single precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrengthFilter {
    /// Outcomes are summed over the score grid, so that all markets of an answer agree to the last bit; it always sees
    /// the results of a match at hand. What stands in for a trained model.
    OverGrid,
    /// Outcomes and goals are the columns from which trees start: what these add to them is measured against it.
    AsColumns,
}

impl StrengthFilter {
    /// Its name.
    pub const NAME: &'static str = "strength-filter";

    fn over_grid(features: &FeatureRows<'_>) -> Result<Predictions, ModelError> {
        let [home, away] = GOALS.map(|name| features.column(name));
        let (home, away) = (home?, away?);
        let of_row = |row: &usize| {
            let goals = (f64::from(home[*row]), f64::from(away[*row]));
            let finite = goals.0.is_finite() && goals.1.is_finite();
            finite.then(|| {
                Prediction::Scores(MatchForecast::of_grid(score_grid(goals, low_score_dependence())))
            })
        };
        Ok(features.rows.iter().map(of_row).collect())
    }

    fn as_columns(features: &FeatureRows<'_>) -> Result<Predictions, ModelError> {
        let [home_win, draw, away_win] = OUTCOMES.map(|name| features.column(name));
        let [home, away] = GOALS.map(|name| features.column(name));
        let (outcomes, goals) = ([home_win?, draw?, away_win?], [home?, away?]);
        let of_row = |row: &usize| {
            let forecast: Forecast = forecast_of(outcomes.map(|column| f64::from(column[*row])));
            let [home, away] = goals.map(|column| f64::from(column[*row]));
            if !(home.is_finite() && away.is_finite()) {
                return Some(Prediction::Outcomes(forecast));
            }
            let scores = MatchForecast::over_goals(forecast, (home, away));
            Some(Prediction::Scores(MatchForecast { expected_goals: (home, away), ..scores }))
        };
        Ok(features.rows.iter().map(of_row).collect())
    }
}

impl Predictor for StrengthFilter {
    fn label(&self) -> ModelLabel {
        let [home, _] = GOALS;
        let definition = definitions(&Horizon::Fresh.settings()).into_iter().find(|d| d.name == home);
        ModelLabel::new(Self::NAME, definition.map_or(0, |d| d.version).to_string())
    }

    fn horizon_for(&self, ahead: Horizon) -> Horizon {
        match self {
            Self::OverGrid => Horizon::Fresh,
            Self::AsColumns => ahead,
        }
    }

    fn features(&self, horizon: Horizon) -> Result<Option<Settings>, ModelError> {
        Ok(Some(horizon.settings()))
    }

    fn predict(&self, batch: &MatchBatch<'_>) -> Result<Predictions, ModelError> {
        let features = batch.features()?;
        match self {
            Self::OverGrid => Self::over_grid(&features),
            Self::AsColumns => Self::as_columns(&features),
        }
    }
}
