//! Walk-forward evaluation: train on what was known, forecast what came next, score, move on.
//!
//! Every forecaster answers the same matches, so that differences are paired. Trees are fitted once per fold, at
//! its start; the state of ratings advances to each match (no gap), or is frozen some time before (gap).

mod folds;
mod market;

use crate::Progress;
use crate::matrices::Horizon;
use crate::model::{self, ModelError, Recipe, outcome_at};
use serde::Serialize;
use touchline_domain::{Forecast, MatchId, Outcome};
use touchline_features::{FeatureMatrix, History, compute};
use touchline_models::metrics::{
    Binning, Comparison, Evaluation, ScoringRule, Summary, expected_calibration_error,
};
use touchline_models::ratings::OrderedLogit;

pub use folds::{Fold, Seen, challenge_windows, walk_forward};
pub use market::{MarketComparison, compare_with_market};

/// Names of the forecasters; the first is the default model, the others are what it has to beat.
pub const FORECASTERS: [&str; 4] = ["touchline", "strength filter", "elo", "league base rates"];

/// Scores of one forecaster over all folds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForecasterScores {
    /// Its name.
    pub name: &'static str,
    /// Pooled scores with standard errors.
    pub scores: Evaluation,
    /// Expected calibration error over ten bins of equal size.
    pub calibration_error: f64,
    /// RPS of the default model minus this one's, match by match; negative where the default model is better.
    pub default_minus_this: Comparison,
}

/// Scores of one fold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoldScores {
    /// Its name.
    pub fold: String,
    /// Rows that the trees were fitted on.
    pub training_matches: usize,
    /// RPS of each forecaster, in the order of the report.
    pub rps: Vec<Summary>,
}

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationReport {
    /// What was evaluated.
    pub name: String,
    /// Matches scored.
    pub matches: usize,
    /// One per forecaster.
    pub forecasters: Vec<ForecasterScores>,
    /// One per fold.
    pub folds: Vec<FoldScores>,
}

/// A forecast of the default model and what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The match.
    pub id: MatchId,
    /// The forecast.
    pub forecast: Forecast,
    /// What happened.
    pub outcome: Outcome,
}

/// Forecasts of one fold by every forecaster, and what happened.
struct FoldForecasts {
    by_forecaster: Vec<Vec<Forecast>>,
    outcomes: Vec<Outcome>,
}

/// Evaluates the default model and its yardsticks over folds; also gives the default model's forecasts. `matrix_of` gives the features of every match for
/// a horizon, computed as they stand when forecasting that far ahead.
///
/// # Errors
/// A fold without matches to train on, or a failed training.
pub fn evaluate<'a>(
    name: &str,
    history: &History,
    folds: &[Fold],
    recipe: &Recipe,
    matrix_of: &dyn Fn(Horizon) -> &'a FeatureMatrix,
    progress: &dyn Progress,
) -> Result<(EvaluationReport, Vec<Scored>), ModelError> {
    let mut all = FoldForecasts { by_forecaster: vec![Vec::new(); FORECASTERS.len()], outcomes: Vec::new() };
    let mut fold_scores = Vec::with_capacity(folds.len());
    for fold in folds {
        let (forecasts, training_matches) = run_fold(history, fold, recipe, matrix_of, progress)?;
        let rps = forecasts
            .by_forecaster
            .iter()
            .map(|f| Summary::of(&ScoringRule::Rps.score_all(f, &forecasts.outcomes)?))
            .collect::<Result<_, _>>()?;
        fold_scores.push(FoldScores { fold: fold.name.clone(), training_matches, rps });
        for (all, fold) in all.by_forecaster.iter_mut().zip(forecasts.by_forecaster) {
            all.extend(fold);
        }
        all.outcomes.extend(forecasts.outcomes);
    }
    let default_rps = ScoringRule::Rps.score_all(&all.by_forecaster[0], &all.outcomes)?;
    let forecasters = FORECASTERS
        .iter()
        .zip(&all.by_forecaster)
        .map(|(name, forecasts)| {
            let rps = ScoringRule::Rps.score_all(forecasts, &all.outcomes)?;
            Ok(ForecasterScores {
                name,
                scores: Evaluation::of(forecasts, &all.outcomes)?,
                calibration_error: expected_calibration_error(
                    forecasts,
                    &all.outcomes,
                    Binning::EqualCount(10),
                )?,
                default_minus_this: Comparison::of(&default_rps, &rps)?,
            })
        })
        .collect::<Result<_, ModelError>>()?;
    let ids = folds.iter().flat_map(|fold| &fold.test).map(|p| history.ids()[*p as usize]);
    let scored = ids
        .zip(all.by_forecaster[0].iter().zip(&all.outcomes))
        .map(|(id, (forecast, outcome))| Scored { id, forecast: *forecast, outcome: *outcome })
        .collect();
    let matches = all.outcomes.len();
    Ok((EvaluationReport { name: name.to_owned(), matches, forecasters, folds: fold_scores }, scored))
}

fn run_fold<'a>(
    history: &History,
    fold: &Fold,
    recipe: &Recipe,
    matrix_of: &dyn Fn(Horizon) -> &'a FeatureMatrix,
    progress: &dyn Progress,
) -> Result<(FoldForecasts, usize), ModelError> {
    let horizon = fold.seen.horizon();
    let train = matrix_of(horizon);
    let rows = recipe.rows(history, fold.train_until);
    let fitted = model::fit(history, train, &rows, recipe, progress)?;
    // Where a test match sees exactly what a training row sees, its features are those of the training matrix.
    let own;
    let (test, test_rows): (&FeatureMatrix, Vec<usize>) = if fold.seen == Seen::UpToKickoff {
        (train, fold.test.iter().map(|p| *p as usize).collect())
    } else {
        let threads = recipe.trees.threads;
        let settings = horizon.settings().with_market(recipe.market);
        own = compute(history, &fold.test, fold.seen.knowledge(), &settings, threads);
        (&own, (0..fold.test.len()).collect())
    };
    let outcomes: Vec<Outcome> = fold.test.iter().filter_map(|p| outcome_at(history, *p as usize)).collect();
    let by_forecaster = vec![
        fitted.variant.forecasts(test, &test_rows, recipe.trees.threads)?,
        from_columns(test, &test_rows, ["strength_home_win", "strength_draw", "strength_away_win"])?,
        elo(history, train, &rows, test, &test_rows)?,
        base_rates(test, &test_rows)?,
    ];
    Ok((FoldForecasts { by_forecaster, outcomes }, fitted.rows))
}

fn column<'a>(matrix: &'a FeatureMatrix, name: &str) -> Result<&'a [f32], ModelError> {
    let index =
        matrix.column_named(name).ok_or_else(|| ModelError::Features(format!("{name} is missing")))?;
    Ok(matrix.column(index))
}

/// Three columns as probabilities; a missing value is taken for an even chance.
fn from_columns(
    matrix: &FeatureMatrix,
    rows: &[usize],
    names: [&str; 3],
) -> Result<Vec<Forecast>, ModelError> {
    let [home, draw, away] = names.map(|name| column(matrix, name));
    let columns = [home?, draw?, away?];
    Ok(rows.iter().map(|row| forecast(columns.map(|c| f64::from(c[*row])))).collect())
}

fn forecast(weights: [f64; 3]) -> Forecast {
    Forecast::normalised(weights)
        .unwrap_or_else(|_| Forecast::normalised([1.0; 3]).expect("three equal weights are a forecast"))
}

/// An ordered logit on the Elo difference, fitted on the training rows.
fn elo(
    history: &History,
    train: &FeatureMatrix,
    rows: &[usize],
    test: &FeatureMatrix,
    test_rows: &[usize],
) -> Result<Vec<Forecast>, ModelError> {
    const NAME: &str = "elo_difference";
    let difference = column(train, NAME)?;
    let readouts: Vec<f64> = rows.iter().map(|row| f64::from(difference[*row])).collect();
    let outcomes: Vec<Outcome> = rows.iter().filter_map(|row| outcome_at(history, *row)).collect();
    let link = OrderedLogit::fit(&readouts, &outcomes)?;
    let difference = column(test, NAME)?;
    test_rows.iter().map(|row| Ok(link.forecast(f64::from(difference[*row]))?)).collect()
}

/// Shares of home wins and draws in the league so far.
fn base_rates(matrix: &FeatureMatrix, rows: &[usize]) -> Result<Vec<Forecast>, ModelError> {
    let home = column(matrix, "league_home_wins_slow")?;
    let draw = column(matrix, "league_draws_slow")?;
    let rates = |row: &usize| {
        let (home, draw) = (f64::from(home[*row]), f64::from(draw[*row]));
        forecast([home, draw, (1.0 - home - draw).max(0.0)])
    };
    Ok(rows.iter().map(rates).collect())
}
