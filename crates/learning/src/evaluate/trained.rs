//! The boosted model as an estimator: by any recipe, by several pooled, and without a family of features.

use super::estimator::{Estimator, FittedPredictor, TrainingData};
use crate::matrices::Horizon;
use crate::model::{self, ModelError, Recipe, Variant};
use crate::predictor::{
    FeatureRows, MatchBatch, MatchForecast, ModelLabel, Prediction, Predictions, Predictor, forecast_of,
};
use crate::registry::joint_view;
use std::borrow::Cow;
use std::collections::HashSet;
use touchline_domain::Forecast;
use touchline_features::{Definition, FeatureMatrix, Settings, definitions};
use touchline_models::metrics::LOG_FLOOR;

/// The boosted model by a recipe.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    name: String,
    recipe: Recipe,
}

impl Trained {
    /// Trains by this recipe at the start of each fold.
    pub fn new(name: impl Into<String>, recipe: Recipe) -> Self {
        Self { name: name.into(), recipe }
    }

    fn fit_trees(&self, data: &TrainingData<'_>) -> Result<(TreesOfFold, usize), ModelError> {
        let rows = self.recipe.rows(data.history, data.known_until);
        let train = seen(&self.recipe, data.features);
        let fitted = model::fit(data.history, &train, &rows, &self.recipe, data.progress)?;
        let label = ModelLabel::new(self.name.as_str(), data.version());
        Ok((TreesOfFold { label, recipe: self.recipe.clone(), variant: fitted.variant }, fitted.rows))
    }
}

impl Estimator for Trained {
    fn name(&self) -> &str {
        &self.name
    }

    fn fit(&self, data: &TrainingData<'_>) -> Result<FittedPredictor, ModelError> {
        let (trees, learned_from) = self.fit_trees(data)?;
        Ok(FittedPredictor { predictor: Box::new(trees), learned_from })
    }
}

/// Trees of one horizon, fitted for one fold.
struct TreesOfFold {
    label: ModelLabel,
    recipe: Recipe,
    variant: Variant,
}

impl Predictor for TreesOfFold {
    fn label(&self) -> ModelLabel {
        self.label.clone()
    }

    fn features(&self, horizon: Horizon) -> Result<Option<Settings>, ModelError> {
        Ok(Some(horizon.settings().with_view(self.recipe.view())))
    }

    fn predict(&self, batch: &MatchBatch<'_>) -> Result<Predictions, ModelError> {
        let FeatureRows { matrix, rows } = batch.features()?;
        self.variant.predict(FeatureRows { matrix: &seen(&self.recipe, matrix), rows }, batch.threads)
    }
}

/// What a recipe sees of a matrix whose features may see more; by name, since definitions may tell of the horizon.
fn seen<'a>(recipe: &Recipe, matrix: &'a FeatureMatrix) -> Cow<'a, FeatureMatrix> {
    let seen: HashSet<String> =
        definitions(&Settings::FRESH.with_view(recipe.view())).into_iter().map(|d| d.name).collect();
    if matrix.names().iter().all(|name| seen.contains(name)) {
        return Cow::Borrowed(matrix);
    }
    Cow::Owned(matrix.select(|column| seen.contains(&column.name)))
}

/// Models by several recipes whose forecasts are pooled: the geometric mean of probabilities, all weighted alike
/// (Genest & Zidek 1986, "Combining Probability Distributions"), and the mean of expected goals.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    name: String,
    members: Vec<Trained>,
}

impl Pool {
    /// Pools the models of some recipes; none give even chances.
    pub fn new(name: impl Into<String>, recipes: Vec<Recipe>) -> Self {
        Self {
            name: name.into(),
            members: recipes.into_iter().map(|recipe| Trained::new("member", recipe)).collect(),
        }
    }
}

impl Estimator for Pool {
    fn name(&self) -> &str {
        &self.name
    }

    fn fit(&self, data: &TrainingData<'_>) -> Result<FittedPredictor, ModelError> {
        let mut members = Vec::with_capacity(self.members.len());
        let mut learned_from = 0;
        for member in &self.members {
            let (trees, rows) = member.fit_trees(data)?;
            members.push(trees);
            learned_from = rows;
        }
        let label = ModelLabel::new(self.name.as_str(), data.version());
        Ok(FittedPredictor { predictor: Box::new(FittedPool { label, members }), learned_from })
    }
}

/// The models of a pool, fitted for one fold.
struct FittedPool {
    label: ModelLabel,
    members: Vec<TreesOfFold>,
}

impl Predictor for FittedPool {
    fn label(&self) -> ModelLabel {
        self.label.clone()
    }

    fn features(&self, horizon: Horizon) -> Result<Option<Settings>, ModelError> {
        // Each member picks its columns.
        let views = self.members.iter().map(|member| member.recipe.view());
        Ok(views.reduce(joint_view).map(|view| horizon.settings().with_view(view)))
    }

    fn predict(&self, batch: &MatchBatch<'_>) -> Result<Predictions, ModelError> {
        let share = 1.0 / self.members.len().max(1) as f64;
        let mut logs = vec![[0.0; 3]; batch.positions.len()];
        let mut means = vec![(0.0, 0.0); batch.positions.len()];
        for member in &self.members {
            let predictions = member.predict(batch)?;
            for ((sum, goals), prediction) in logs.iter_mut().zip(&mut means).zip(&predictions) {
                let Some(MatchForecast { forecast, expected_goals, .. }) =
                    prediction.as_ref().and_then(Prediction::scores)
                else {
                    continue;
                };
                for (sum, p) in sum.iter_mut().zip(forecast.as_array()) {
                    *sum += share * p.max(LOG_FLOOR).ln();
                }
                *goals = (goals.0 + share * expected_goals.0, goals.1 + share * expected_goals.1);
            }
        }
        let pooled = logs.into_iter().zip(means).map(|(logs, goals)| {
            let forecast: Forecast = forecast_of(logs.map(f64::exp));
            let scores = MatchForecast::over_goals(forecast, goals);
            Some(Prediction::Scores(MatchForecast { expected_goals: goals, ..scores }))
        });
        Ok(pooled.collect())
    }
}

/// The model without each family of features in turn: what a family is worth is what leaving it out costs. The
/// probabilities that scores start from stay in any case.
pub fn without_each_family(recipe: &Recipe, definitions: &[Definition]) -> Vec<Box<dyn Estimator>> {
    let mut families: Vec<&str> = definitions.iter().map(|d| d.family.as_str()).collect();
    families.dedup();
    let without = |family: &str| -> Box<dyn Estimator> {
        let hidden = recipe.hidden.iter().cloned().chain([family.to_owned()]).collect();
        Box::new(Trained::new(format!("without {family}"), Recipe { hidden, ..recipe.clone() }))
    };
    families.into_iter().map(without).collect()
}
