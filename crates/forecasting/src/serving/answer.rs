//! What a forecast says of itself: which model gave it, and how good a stand-in that model is.

use chrono::{DateTime, Utc};
use std::fmt;
use touchline_domain::ports::SealedForecast;
use touchline_domain::{Forecast, MatchId, ScoreGrid};
use touchline_learning::matrices::Horizon;
use touchline_learning::model::MatchForecast;
use touchline_models::dynamic::score_grid;

/// Name of the model behind [`Mode::Fallback`].
pub const STRENGTH_FILTER: &str = "strength-filter";
/// Name of the numbers behind [`Mode::Mock`].
pub const BASE_RATES: &str = "base-rates";

/// Mean goals of the home and of the away side over decades of league football; what a mock forecast says of
/// every match.
pub(super) const MEAN_GOALS: (f64, f64) = (1.5, 1.15);

/// What gave a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The trained model.
    Real,
    /// A simpler model stood in: the strength filter, without trees and calibration.
    Fallback,
    /// Nothing did: base rates that know nothing of the match.
    Mock,
}

impl Mode {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Fallback => "fallback",
            Self::Mock => "mock",
        }
    }

    /// The mode of the model with this name.
    fn of_model(name: &str) -> Self {
        match name {
            STRENGTH_FILTER => Self::Fallback,
            BASE_RATES => Self::Mock,
            _ => Self::Real,
        }
    }
}

/// Why the trained model does not answer; fit to be shown to anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No version is active.
    NoModel,
    /// Files of the active version are missing or damaged.
    Unreadable(ModelLabel),
    /// The active version was trained on features that this program computes differently.
    OtherFeatures(ModelLabel),
    /// The active version could not be applied.
    ModelFailed(ModelLabel),
    /// No result is known, so that nothing can be said of any club.
    NoResults,
    /// The strength filter gave no usable numbers.
    FilterFailed,
    /// The settings ask for mock forecasts.
    Configured,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoModel => f.write_str("no model has been trained yet: run `touchline train`"),
            Self::Unreadable(model) => {
                write!(f, "{model} cannot be read: run `touchline train` again or go back to another version")
            }
            Self::OtherFeatures(model) => {
                write!(f, "{model} was trained on other features: run `touchline train` again")
            }
            Self::ModelFailed(model) => write!(f, "{model} could not be applied"),
            Self::NoResults => {
                f.write_str("no result is known yet: ingest finished matches, such as `touchline demo`")
            }
            Self::FilterFailed => f.write_str("the strength of the clubs could not be estimated"),
            Self::Configured => f.write_str("mock forecasts are switched on in the settings"),
        }
    }
}

/// A model by name and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelLabel {
    /// Name of the model.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl ModelLabel {
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

/// The forecast of one match with everything that is to be said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The match.
    pub match_id: MatchId,
    /// Probabilities, distribution of scores and expected goals.
    pub forecast: MatchForecast,
    /// What gave it.
    pub model: ModelLabel,
    /// How good a stand-in that is.
    pub mode: Mode,
    /// Why the trained model did not answer; none where it did.
    pub reason: Option<String>,
    /// Facts known up to this time were used.
    pub as_of: DateTime<Utc>,
    /// When the forecast was sealed; none for a current one.
    pub sealed_at: Option<DateTime<Utc>>,
}

impl Answer {
    /// The answer from a sealed forecast. Its distribution of scores is recovered from what was sealed.
    pub fn sealed(sealed: &SealedForecast) -> Self {
        let mode = Mode::of_model(&sealed.model_name);
        let reason = (mode != Mode::Real)
            .then(|| format!("sealed by {} when no trained model answered", sealed.model_name));
        Self {
            match_id: sealed.match_id,
            forecast: MatchForecast {
                forecast: sealed.forecast,
                grid: grid_of(&sealed.forecast, sealed.expected_goals),
                expected_goals: sealed.expected_goals,
            },
            model: ModelLabel { name: sealed.model_name.clone(), version: sealed.model_version.clone() },
            mode,
            reason,
            as_of: sealed.as_of,
            sealed_at: Some(sealed.sealed_at),
        }
    }
}

/// Dependence of low scores in all grids.
pub(super) fn rho() -> f64 {
    Horizon::Fresh.settings().filter.rho
}

/// The Dixon-Coles grid, conditioned on `forecast`, that has these expected goals. A model's grid is such a
/// grid, so the two say everything about it: conditioning moves the means, and the steps move them back.
fn grid_of(forecast: &Forecast, expected_goals: (f64, f64)) -> ScoreGrid {
    const STEPS: usize = 200;
    const CLOSE: f64 = 1e-10;
    let usable = expected_goals.0.is_finite() && expected_goals.1.is_finite();
    let mut means = if usable { expected_goals } else { MEAN_GOALS };
    let grid_at = |means| score_grid(means, rho()).conditioned_on(forecast);
    let mut grid = grid_at(means);
    for _ in 0..STEPS {
        let found = grid.expected_goals();
        let error = (expected_goals.0 - found.0).abs() + (expected_goals.1 - found.1).abs();
        let factor = (expected_goals.0 / found.0, expected_goals.1 / found.1);
        if error < CLOSE || !(factor.0.is_finite() && factor.1.is_finite()) {
            break;
        }
        means = (means.0 * factor.0, means.1 * factor.1);
        grid = grid_at(means);
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_forecast_gives_back_the_grid_it_was_made_from() {
        let forecast = Forecast::new(0.52, 0.23, 0.25).unwrap();
        for means in [(1.9, 1.0), (0.4, 0.3), (3.1, 2.8), (0.8, 2.6)] {
            let grid = score_grid(means, rho()).conditioned_on(&forecast);
            let back = grid_of(&forecast, grid.expected_goals());
            let worst = grid.cells().iter().zip(back.cells()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(worst < 1e-7, "{means:?}: {worst}");
        }
    }

    #[test]
    fn impossible_goals_still_give_a_grid() {
        let forecast = Forecast::new(1.0, 0.0, 0.0).unwrap();
        for goals in [(0.0, 0.0), (f64::NAN, 1.0), (40.0, 0.0)] {
            let cells: f64 = grid_of(&forecast, goals).cells().iter().sum();
            assert!((cells - 1.0).abs() < 1e-9, "{goals:?}");
        }
    }

    #[test]
    fn the_names_of_stand_ins_tell_their_mode() {
        assert_eq!(Mode::of_model(STRENGTH_FILTER), Mode::Fallback);
        assert_eq!(Mode::of_model(BASE_RATES), Mode::Mock);
        assert_eq!(Mode::of_model(touchline_learning::model::MODEL_NAME), Mode::Real);
    }
}
