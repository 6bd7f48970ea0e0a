//! The boosted model as a forecaster: by any recipe, by several pooled, and without a family of features.

use super::forecaster::{Answers, Forecaster, Task, forecast};
use crate::model::{self, ModelError, Recipe};
use std::borrow::Cow;
use std::collections::HashSet;
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
}

impl Forecaster for Trained {
    fn name(&self) -> &str {
        &self.name
    }

    fn answer(&self, task: &Task<'_>) -> Result<Answers, ModelError> {
        let rows = self.recipe.rows(task.history, task.known_until);
        let [train, test] = [task.train, task.test].map(|matrix| seen(&self.recipe, matrix));
        let fitted = model::fit(task.history, &train, &rows, &self.recipe, task.progress)?;
        let forecasts = fitted.variant.forecasts(&test, task.rows, task.threads)?;
        let goals = task.rows.iter().zip(&forecasts).map(|(row, forecast)| {
            let (home, away) = fitted.variant.complete(*forecast, &test, *row)?.expected_goals;
            Ok::<_, ModelError>([home, away])
        });
        let goals = goals.collect::<Result<_, _>>()?;
        Ok(Answers { goals: Some(goals), forecasts, learned_from: fitted.rows })
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

impl Forecaster for Pool {
    fn name(&self) -> &str {
        &self.name
    }

    fn answer(&self, task: &Task<'_>) -> Result<Answers, ModelError> {
        let share = 1.0 / self.members.len().max(1) as f64;
        let mut logs = vec![[0.0; 3]; task.rows.len()];
        let mut means = vec![[0.0; 2]; task.rows.len()];
        let mut learned_from = 0;
        for member in &self.members {
            let answers = member.answer(task)?;
            for (sum, forecast) in logs.iter_mut().zip(&answers.forecasts) {
                for (sum, p) in sum.iter_mut().zip(forecast.as_array()) {
                    *sum += share * p.max(LOG_FLOOR).ln();
                }
            }
            for (sum, goals) in means.iter_mut().zip(answers.goals.iter().flatten()) {
                *sum = [sum[0] + share * goals[0], sum[1] + share * goals[1]];
            }
            learned_from = answers.learned_from;
        }
        let forecasts = logs.into_iter().map(|logs| forecast(logs.map(f64::exp))).collect();
        Ok(Answers { forecasts, goals: Some(means), learned_from })
    }
}

/// The model without each family of features in turn: what a family is worth is what leaving it out costs. The
/// probabilities that scores start from stay in any case.
pub fn without_each_family(recipe: &Recipe, definitions: &[Definition]) -> Vec<Box<dyn Forecaster>> {
    let mut families: Vec<&str> = definitions.iter().map(|d| d.family.as_str()).collect();
    families.dedup();
    let without = |family: &str| -> Box<dyn Forecaster> {
        let hidden = recipe.hidden.iter().cloned().chain([family.to_owned()]).collect();
        Box::new(Trained::new(format!("without {family}"), Recipe { hidden, ..recipe.clone() }))
    };
    families.into_iter().map(without).collect()
}
