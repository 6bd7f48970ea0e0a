//! Who forecasts: the default model, the yardsticks that it has to beat, and whatever is compared with them.
//!
//! A forecaster is given what was known at a time and answers matches after it. It may keep nothing between two
//! tasks, so that folds cannot leak into one another.

use crate::Progress;
use crate::model::{self, MODEL_NAME, ModelError, Recipe, outcome_at};
use serde_json::Value;
use touchline_domain::{Forecast, Outcome};
use touchline_features::{FeatureMatrix, History, Seconds};
use touchline_models::ratings::OrderedLogit;

/// What to learn from and what to forecast.
pub struct Task<'a> {
    /// All matches; results after `known_until` are for the judge alone.
    pub history: &'a History,
    /// Results known by then may be learned from.
    pub known_until: Seconds,
    /// Features of every match of the history, as they stood this far ahead of each: to learn from.
    pub train: &'a FeatureMatrix,
    /// Features of the matches to forecast.
    pub test: &'a FeatureMatrix,
    /// Their rows in `test`, in the order of the answers.
    pub rows: &'a [usize],
    /// Threads to use.
    pub threads: usize,
    /// Is told how far the work has come.
    pub progress: &'a dyn Progress,
}

/// What a forecaster answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// Home win, draw, away win; one per row of the task.
    pub forecasts: Vec<Forecast>,
    /// Expected goals of home and away side, one per row, where it forecasts scores.
    pub goals: Option<Vec<[f64; 2]>>,
    /// Matches that it learned from; 0 where it has nothing to fit.
    pub learned_from: usize,
}

/// Somebody who forecasts matches.
pub trait Forecaster {
    /// Its name in reports; unique among those compared.
    fn name(&self) -> &str;

    /// Learns from what the task allows, then forecasts.
    ///
    /// # Errors
    /// Too few matches to learn from, columns that are missing, or a failed training.
    fn answer(&self, task: &Task<'_>) -> Result<Answers, ModelError>;
}

/// The default model and what it has to beat, the default first.
pub fn standard(recipe: &Recipe) -> Vec<Box<dyn Forecaster>> {
    vec![
        Box::new(Trained::new(MODEL_NAME, recipe.clone())),
        Box::new(StrengthFilter),
        Box::new(Elo),
        Box::new(BaseRates),
    ]
}

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
        let fitted = model::fit(task.history, task.train, &rows, &self.recipe, task.progress)?;
        let forecasts = fitted.variant.forecasts(task.test, task.rows, task.threads)?;
        let goals = task.rows.iter().zip(&forecasts).map(|(row, forecast)| {
            let (home, away) = fitted.variant.complete(*forecast, task.test, *row)?.expected_goals;
            Ok::<_, ModelError>([home, away])
        });
        let goals = goals.collect::<Result<_, _>>()?;
        Ok(Answers { goals: Some(goals), forecasts, learned_from: fitted.rows })
    }
}

/// The strength filter's own probabilities and goals, without trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrengthFilter;

impl Forecaster for StrengthFilter {
    fn name(&self) -> &'static str {
        "strength filter"
    }

    fn answer(&self, task: &Task<'_>) -> Result<Answers, ModelError> {
        let values = |name| column(task.test, name);
        let [home, draw, away] = ["strength_home_win", "strength_draw", "strength_away_win"].map(values);
        let (outcomes, goals) = ([home?, draw?, away?], ["home_expected_goals", "away_expected_goals"]);
        let [home_goals, away_goals] = goals.map(values);
        let goals = [home_goals?, away_goals?];
        let of_row = |row: &usize| forecast(outcomes.map(|c| f64::from(c[*row])));
        Ok(Answers {
            forecasts: task.rows.iter().map(of_row).collect(),
            goals: Some(task.rows.iter().map(|row| goals.map(|c| f64::from(c[*row]))).collect()),
            learned_from: 0,
        })
    }
}

/// An ordered logit on the Elo difference, fitted on the matches that the default recipe learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elo;

impl Forecaster for Elo {
    fn name(&self) -> &'static str {
        "elo"
    }

    fn answer(&self, task: &Task<'_>) -> Result<Answers, ModelError> {
        const NAME: &str = "elo_difference";
        let rows = Recipe::default().rows(task.history, task.known_until);
        let difference = column(task.train, NAME)?;
        let readouts: Vec<f64> = rows.iter().map(|row| f64::from(difference[*row])).collect();
        let outcomes: Vec<Outcome> = rows.iter().filter_map(|row| outcome_at(task.history, *row)).collect();
        let link = OrderedLogit::fit(&readouts, &outcomes)?;
        let difference = column(task.test, NAME)?;
        let of_row = |row: &usize| Ok(link.forecast(f64::from(difference[*row]))?);
        let forecasts = task.rows.iter().map(of_row).collect::<Result<_, ModelError>>()?;
        Ok(Answers { forecasts, goals: None, learned_from: rows.len() })
    }
}

/// Shares of home wins and draws in the league so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseRates;

impl Forecaster for BaseRates {
    fn name(&self) -> &'static str {
        "league base rates"
    }

    fn answer(&self, task: &Task<'_>) -> Result<Answers, ModelError> {
        let home = column(task.test, "league_home_wins_slow")?;
        let draw = column(task.test, "league_draws_slow")?;
        let of_row = |row: &usize| {
            let (home, draw) = (f64::from(home[*row]), f64::from(draw[*row]));
            forecast([home, draw, (1.0 - home - draw).max(0.0)])
        };
        Ok(Answers { forecasts: task.rows.iter().map(of_row).collect(), goals: None, learned_from: 0 })
    }
}

fn column<'a>(matrix: &'a FeatureMatrix, name: &str) -> Result<&'a [f32], ModelError> {
    let index =
        matrix.column_named(name).ok_or_else(|| ModelError::Features(format!("{name} is missing")))?;
    Ok(matrix.column(index))
}

/// Weights as a forecast; what is missing is taken for an even chance.
fn forecast(weights: [f64; 3]) -> Forecast {
    Forecast::normalised(weights)
        .unwrap_or_else(|_| Forecast::normalised([1.0; 3]).expect("three equal weights are a forecast"))
}

/// The recipe with some of its settings changed: `changes` holds only what differs, by the names that a bundle's
/// manifest shows, such as `{"trees": {"rounds": 300}}`.
///
/// # Errors
/// A setting that does not exist, or a value that it cannot have.
pub fn changed_recipe(recipe: &Recipe, changes: &Value) -> Result<Recipe, String> {
    let mut settings = serde_json::to_value(recipe).map_err(|e| e.to_string())?;
    overlay(&mut settings, changes, "")?;
    serde_json::from_value(settings).map_err(|e| e.to_string())
}

fn overlay(settings: &mut Value, changes: &Value, above: &str) -> Result<(), String> {
    let (Value::Object(known), Value::Object(changes)) = (&mut *settings, changes) else {
        *settings = changes.clone();
        return Ok(());
    };
    for (name, change) in changes {
        let path = format!("{above}{name}");
        let Some(setting) = known.get_mut(name) else {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            return Err(format!("no setting is called {path}; known are {}", names.join(", ")));
        };
        overlay(setting, change, &format!("{path}."))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_changed_recipe_keeps_what_is_not_named() {
        let base = Recipe { seeds: 2, ..Recipe::default() };
        let changed = changed_recipe(&base, &json!({"trees": {"rounds": 300}, "warm_up_days": 1})).unwrap();
        let mut expected = base.clone();
        expected.trees.rounds = 300;
        expected.warm_up_days = 1;
        assert_eq!(changed, expected);
        assert_eq!(changed_recipe(&base, &json!({})).unwrap(), base);
    }

    #[test]
    fn settings_that_do_not_exist_are_refused_with_those_that_do() {
        let of = |changes| changed_recipe(&Recipe::default(), &changes).unwrap_err();
        let unknown = of(json!({"trees": {"round": 3}}));
        assert!(unknown.contains("trees.round;") && unknown.contains("learning_rate"), "{unknown}");
        assert!(of(json!({"trees": {"rounds": "many"}})).contains("many"));
        assert!(!of(json!([1])).is_empty() && !of(json!({"trees": 3})).is_empty());
    }
}
