//! The default model's yardsticks: what it has to beat.

use super::forecaster::{Answers, Forecaster, Task, forecast};
use super::trained::Trained;
use crate::model::{MODEL_NAME, ModelError, Recipe};
use touchline_domain::Outcome;
use touchline_features::FeatureMatrix;
use touchline_models::ratings::OrderedLogit;

/// The default model and what it has to beat, the default first.
pub fn standard(recipe: &Recipe) -> Vec<Box<dyn Forecaster>> {
    vec![
        Box::new(Trained::new(MODEL_NAME, recipe.clone())),
        Box::new(StrengthFilter),
        Box::new(Elo),
        Box::new(BaseRates),
    ]
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
        let outcomes: Vec<Outcome> = rows.iter().filter_map(|row| task.history.outcome(*row)).collect();
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
