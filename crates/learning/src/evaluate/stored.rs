//! An evaluation of what a store holds: facts are read, folds are fitted and forecast beside the executor, and the boards are
//! summed up.

use super::board::{Evidence, Scoreboard};
use super::estimator::Estimator;
use super::folds::{Fold, challenge_windows, walk_forward};
use super::market::compare_with_market;
use super::recipes::described_recipes;
use super::report::EvaluationReport;
use super::trained::{Pool, Trained, without_each_family};
use super::yardsticks::{GoalModelYardstick, standard};
use crate::dataset::{FactReader, Facts};
use crate::matrices::{self, Horizon};
use crate::model::{ModelError, Recipe};
use crate::off_executor::off_executor;
use chrono::{DateTime, Days, NaiveDate};
use std::cell::OnceCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::ports::StoreError;
use touchline_domain::{MatchId, Progress, Stopped};
use touchline_features::{FeatureMatrix, History, MatrixError};
use touchline_models::goals::GoalModelKind;
use touchline_models::metrics::MetricError;

/// Which matches an evaluation forecasts, from what was known when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvaluationPeriod {
    /// The windows of [`challenge_windows`], with and without a gap.
    Challenge {
        /// All of April and May instead of 14 to 26 April.
        wide: bool,
    },
    /// The folds of [`walk_forward`].
    Between {
        /// First day to forecast.
        from: NaiveDate,
        /// Last day to forecast.
        to: NaiveDate,
        /// Days after which the trees are fitted anew.
        refit_days: u16,
        /// Days before kick-off from which on nothing is known.
        gap_days: u16,
    },
    /// The last days that have finished matches, in one fold.
    Recent {
        /// How many days.
        days: u16,
    },
}

/// What to evaluate.
#[derive(Debug, Clone)]
pub struct EvaluationRequest {
    /// Folder of the product's files.
    pub data_dir: PathBuf,
    /// The default model's recipe, which also says what features may see.
    pub recipe: Recipe,
    /// Files of further recipes to compare with, read by [`described_recipes`]; named after the files.
    pub recipe_files: Vec<PathBuf>,
    /// Goal models to compare with.
    pub goal_models: Vec<GoalModelKind>,
    /// Whether to compare with the model without each family of features.
    pub without_families: bool,
    /// Which matches.
    pub period: EvaluationPeriod,
    /// Whether to compare with bookmakers' prices.
    pub market: bool,
    /// Threads.
    pub threads: usize,
}

/// Why an evaluation ended without a report.
#[derive(Debug, Error)]
pub enum EvaluationError {
    /// A file of a recipe cannot be used.
    #[error("{path}: {reason}")]
    RecipeFile {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The period ends before it begins.
    #[error("the first day {from} lies after the last day {to}; exchange --from and --to")]
    Reversed {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
    /// Nothing to forecast.
    #[error("there is no finished match in these windows; `touchline doctor` shows what the store holds")]
    NoMatches,
    /// Nothing to compare with.
    #[error("--market: the store holds no prices of these matches; football-data.co.uk files bring some")]
    NoPrices,
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The features could not be kept.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// A training failed.
    #[error(transparent)]
    Model(ModelError),
    /// Scores could not be computed.
    #[error("metrics: {0}")]
    Metric(#[from] MetricError),
    /// It was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

impl From<ModelError> for EvaluationError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Stopped(stopped) => Self::Stopped(stopped),
            error => Self::Model(error),
        }
    }
}

/// Folds under one name: a report.
type Plan = (String, Vec<Fold>);
type Estimators = Vec<Box<dyn Estimator>>;

/// Evaluates the default model on the store's matches, against its yardsticks and whatever else the request names: one
/// report per set of windows.
///
/// # Errors
/// [`EvaluationError`].
pub async fn evaluate<S: FactReader + ?Sized>(
    store: &S,
    request: EvaluationRequest,
    progress: Arc<dyn Progress>,
) -> Result<Vec<EvaluationReport>, EvaluationError> {
    // Before anything long begins, so that a mistake in a file costs nothing.
    let estimators = estimators(&request)?;
    if let EvaluationPeriod::Between { from, to, .. } = request.period
        && from > to
    {
        return Err(EvaluationError::Reversed { from, to });
    }
    let facts = Facts::load_seen(store, request.recipe.view()).await?;
    let market = request.market;
    let (facts, history, boards) = off_executor(move || {
        let history = facts.history(&[]);
        let boards = boards(&history, &request, &estimators, &progress)?;
        Ok::<_, EvaluationError>((facts, history, boards))
    })
    .await?;
    let mut reports = Vec::with_capacity(boards.len());
    for (name, board) in boards {
        let mut report = EvaluationReport::of(&name, &board, &facts.leagues, facts.simulated())?;
        if market {
            let ids: HashSet<MatchId> = board.matches.iter().map(|m| m.id).collect();
            report.market =
                compare_with_market(&history, &board, &store.odds_of(&facts.seasons_of(&ids)).await?)?;
            if report.market.is_empty() {
                return Err(EvaluationError::NoPrices);
            }
        }
        reports.push(report);
    }
    Ok(reports)
}

fn boards(
    history: &History,
    request: &EvaluationRequest,
    estimators: &[Box<dyn Estimator>],
    progress: &dyn Progress,
) -> Result<Vec<(String, Scoreboard)>, EvaluationError> {
    let plans = plans(history, request.period);
    if plans.iter().any(|(_, folds)| folds.is_empty()) {
        return Err(EvaluationError::NoMatches);
    }
    let (view, threads) = (request.recipe.view(), request.threads);
    let matrices: [OnceCell<FeatureMatrix>; 2] = Default::default();
    for horizon in Horizon::ALL {
        if plans.iter().flat_map(|(_, folds)| folds).any(|fold| fold.cutoff.horizon() == horizon) {
            progress.check()?;
            let data_dir = &request.data_dir;
            let matrix = matrices::load_or_build(data_dir, history, horizon, view, threads, progress)?;
            // Each cell is set once.
            let _ = matrices[horizon as usize].set(matrix);
        }
    }
    let matrix_of = |horizon: Horizon| matrices[horizon as usize].get().expect("plans name their horizons");
    let evidence = Evidence { history, matrix_of: &matrix_of, view, threads };
    let fill = |(name, folds): Plan| {
        let board = Scoreboard::fill(&evidence, &folds, estimators, progress)?;
        Ok((name, board))
    };
    plans.into_iter().map(fill).collect()
}

/// The default model, its yardsticks, goal models, the model by each further recipe, and without each family of features.
fn estimators(request: &EvaluationRequest) -> Result<Estimators, EvaluationError> {
    let default = &request.recipe;
    let mut estimators = standard(default);
    for kind in &request.goal_models {
        if !estimators.iter().any(|e| e.name() == kind.name()) {
            estimators.push(Box::new(GoalModelYardstick(*kind)));
        }
    }
    for path in &request.recipe_files {
        let wrong = |reason: String| EvaluationError::RecipeFile { path: path.clone(), reason };
        let recipes = recipes(default, path).map_err(wrong)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if estimators.iter().any(|e| e.name() == name) {
            return Err(wrong(format!("there is another forecaster called {name}; rename the file")));
        }
        estimators.push(match <[Recipe; 1]>::try_from(recipes) {
            Ok([recipe]) => Box::new(Trained::new(name, recipe)),
            Err(recipes) => Box::new(Pool::new(name, recipes)),
        });
    }
    if request.without_families {
        let definitions =
            touchline_features::definitions(&Horizon::Fresh.settings().with_view(default.view()));
        estimators.extend(without_each_family(default, &definitions));
    }
    Ok(estimators)
}

/// The recipes of a file, or what is wrong with it.
fn recipes(default: &Recipe, path: &Path) -> Result<Vec<Recipe>, String> {
    let text = std::fs::read(path).map_err(|error| format!("cannot read the file: {error}"))?;
    let description =
        serde_json::from_slice(&text).map_err(|error| format!("not the JSON of a recipe: {error}"))?;
    let recipes = described_recipes(default, &description)?;
    if recipes.iter().any(|recipe| !default.view().covers(recipe.view())) {
        return Err("a forecaster sees the prices and line-ups of --odds and --lineups, or none".to_owned());
    }
    Ok(recipes)
}

fn plans(history: &History, period: EvaluationPeriod) -> Vec<Plan> {
    match period {
        EvaluationPeriod::Challenge { wide } => [true, false]
            .map(|gap| {
                let days = if wide { "April and May" } else { "14-26 April" };
                let state = if gap { "state frozen at 8 February" } else { "state up to kick-off" };
                (format!("{days} of 2017-19, 2021-22; {state}"), challenge_windows(history, gap, wide))
            })
            .into(),
        EvaluationPeriod::Between { from, to, refit_days, gap_days } => {
            let state = match gap_days {
                0 => "state up to kick-off".to_owned(),
                days => format!("{days} days ahead"),
            };
            let folds = walk_forward(history, from, to, refit_days.into(), gap_days.into());
            vec![(format!("{from} to {to}, {state}"), folds)]
        }
        EvaluationPeriod::Recent { days } => {
            let last = (0..history.len()).rev().find(|p| history.goals(*p).is_some());
            let last = last.and_then(|p| DateTime::from_timestamp(history.kickoffs()[p], 0));
            let Some(last) = last.map(|time| time.date_naive()) else {
                return vec![("no finished match".to_owned(), Vec::new())];
            };
            let from = last.checked_sub_days(Days::new(days.into())).unwrap_or(last);
            // One fold: a refit longer than the period.
            let folds = walk_forward(history, from, last, i64::from(days) + 1, 0);
            vec![(format!("{from} to {last}"), folds)]
        }
    }
}
