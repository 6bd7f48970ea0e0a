//! The default model's yardsticks: what it has to beat.

use super::estimator::{Estimator, FittedPredictor, TrainingData};
use super::trained::Trained;
use crate::matrices::Horizon;
use crate::model::{MODEL_NAME, ModelError, Recipe};
use crate::predictor::{
    FeatureRows, FittedGoalModel, MatchBatch, ModelLabel, Prediction, Predictions, Predictor, StrengthFilter,
    forecast_of,
};
use touchline_domain::Outcome;
use touchline_features::Settings;
use touchline_models::goals::GoalModelKind;
use touchline_models::ratings::OrderedLogit;

/// The default model and what it has to beat, the default first.
pub fn standard(recipe: &Recipe) -> Vec<Box<dyn Estimator>> {
    vec![
        Box::new(Trained::new(MODEL_NAME, recipe.clone())),
        Box::new(StrengthYardstick),
        Box::new(EloYardstick),
        Box::new(LeagueBaseRates),
    ]
}

/// The strength filter's own probabilities and goals, without trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrengthYardstick;

impl Estimator for StrengthYardstick {
    fn name(&self) -> &'static str {
        "strength filter"
    }

    fn fit(&self, _: &TrainingData<'_>) -> Result<FittedPredictor, ModelError> {
        Ok(FittedPredictor::unfitted(StrengthFilter::AsColumns))
    }
}

/// The column that the Elo yardstick reads.
const ELO: &str = "elo_difference";

/// An ordered logit on the Elo difference, fitted on the matches that the default recipe learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EloYardstick;

impl Estimator for EloYardstick {
    fn name(&self) -> &'static str {
        "elo"
    }

    fn fit(&self, data: &TrainingData<'_>) -> Result<FittedPredictor, ModelError> {
        let rows = Recipe::default().rows(data.history, data.known_until);
        let difference = FeatureRows { matrix: data.features, rows: &rows }.column(ELO)?;
        let readouts: Vec<f64> = rows.iter().map(|row| f64::from(difference[*row])).collect();
        let outcomes: Vec<Outcome> = rows.iter().filter_map(|row| data.history.outcome(*row)).collect();
        let link = OrderedLogit::fit(&readouts, &outcomes)?;
        let label = ModelLabel::new(self.name(), data.version());
        Ok(FittedPredictor { predictor: Box::new(FittedElo { label, link }), learned_from: rows.len() })
    }
}

/// The logit of one fold.
struct FittedElo {
    label: ModelLabel,
    link: OrderedLogit,
}

impl Predictor for FittedElo {
    fn label(&self) -> ModelLabel {
        self.label.clone()
    }

    fn features(&self, horizon: Horizon) -> Result<Option<Settings>, ModelError> {
        Ok(Some(horizon.settings()))
    }

    fn predict(&self, batch: &MatchBatch<'_>) -> Result<Predictions, ModelError> {
        let features = batch.features()?;
        let difference = features.column(ELO)?;
        let of_row = |row: &usize| {
            let forecast = self.link.forecast(f64::from(difference[*row]))?;
            Ok(Some(Prediction::Outcomes(forecast)))
        };
        features.rows.iter().map(of_row).collect()
    }
}

/// Shares of home wins and draws in the league so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeagueBaseRates;

impl Estimator for LeagueBaseRates {
    fn name(&self) -> &'static str {
        "league base rates"
    }

    fn fit(&self, _: &TrainingData<'_>) -> Result<FittedPredictor, ModelError> {
        Ok(FittedPredictor::unfitted(*self))
    }
}

impl Predictor for LeagueBaseRates {
    fn label(&self) -> ModelLabel {
        ModelLabel::new(self.name(), "1")
    }

    fn features(&self, horizon: Horizon) -> Result<Option<Settings>, ModelError> {
        Ok(Some(horizon.settings()))
    }

    fn predict(&self, batch: &MatchBatch<'_>) -> Result<Predictions, ModelError> {
        let features = batch.features()?;
        let home = features.column("league_home_wins_slow")?;
        let draw = features.column("league_draws_slow")?;
        let of_row = |row: &usize| {
            let (home, draw) = (f64::from(home[*row]), f64::from(draw[*row]));
            Some(Prediction::Outcomes(forecast_of([home, draw, (1.0 - home - draw).max(0.0)])))
        };
        Ok(features.rows.iter().map(of_row).collect())
    }
}

/// A goal model, fitted at the start of each fold on all results known by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoalModelYardstick(pub GoalModelKind);

impl Estimator for GoalModelYardstick {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn fit(&self, data: &TrainingData<'_>) -> Result<FittedPredictor, ModelError> {
        data.progress.check()?;
        data.progress.begin(self.name(), 0);
        let fitted = FittedGoalModel::fit(self.0, data.history, data.known_until);
        data.progress.end();
        let fitted = fitted?;
        Ok(FittedPredictor { learned_from: fitted.matches(), predictor: Box::new(fitted) })
    }
}
