//! Tuning: settings of the trees are tried on folds before the training's end, and the best ones are trained with.
//!
//! A trial trains at the start of each of [`FOLDS`] periods and forecasts the period; its score is the mean of the
//! periods' RPS. A trial that does worse than the median of those before it is given up early. Every step is
//! appended to a journal beside the models, so that an interrupted tuning goes on where it stopped: the journal's
//! name tells data, folds, recipe and space apart.
//!
//! The best trial's score is the best of many and therefore flatters: judge it with `touchline evaluate` on matches
//! after the folds.

mod journal;

use crate::dataset::{FactReader, Facts};
use crate::evaluate::{Estimator, Evidence, Fold, Scoreboard, Trained, walk_forward};
use crate::matrices::{self, Horizon};
use crate::model::{ModelError, Recipe};
use crate::off_executor::off_executor;
use crate::train::Training;
use chrono::{DateTime, NaiveDate};
use journal::Journal;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;
use touchline_boosting::{
    Dimension, Search, SearchError, Trial, lightgbm_settings, lightgbm_space, lightgbm_start,
};
use touchline_domain::ports::StoreError;
use touchline_domain::{Clock, Progress, Stopped};
use touchline_features::{FeatureMatrix, History, MatrixError, Seconds};
use touchline_models::metrics::{MeanScore, MetricError, ScoringRule};

pub use journal::{Attempt, Step};

/// Periods that a trial forecasts.
pub const FOLDS: usize = 4;
const DAY: Seconds = 86_400;
/// A period is a year, or less where the data span few years.
const LONGEST_DAYS: i64 = 365;
const SHARE_OF_SPAN: f64 = 0.1;

/// Why a tuning ended.
#[derive(Debug, Error)]
pub enum TuneError {
    /// The journal cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The journal holds something else than trials of this tuning.
    #[error("{path}, line {line}: {reason}; move the file away to start the tuning afresh")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// No period before the training's end has finished matches.
    #[error("no finished matches to tune on before {0}; ingest more seasons or choose a later --until")]
    NoMatches(NaiveDate),
    /// A training failed.
    #[error(transparent)]
    Model(ModelError),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The features could not be kept.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// It was asked to stop; the journal holds every period that was finished, and the next tuning goes on from there.
    #[error("{0}")]
    Stopped(#[from] Stopped),
    /// Scores could not be computed.
    #[error("metrics: {0}")]
    Metric(#[from] MetricError),
    /// The space cannot be searched.
    #[error(transparent)]
    Search(#[from] SearchError),
}

impl From<ModelError> for TuneError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Stopped(stopped) => Self::Stopped(stopped),
            error => Self::Model(error),
        }
    }
}

/// What to tune on.
pub struct Tuning<'a> {
    /// All matches.
    pub history: &'a History,
    /// Features of every match at kick-off.
    pub matrix: &'a FeatureMatrix,
    /// Results known after this time are neither learned from nor forecast.
    pub until: Seconds,
    /// The recipe whose trees are tuned; the first trial is this very recipe.
    pub recipe: &'a Recipe,
    /// Trials in all, those of the journal included.
    pub trials: usize,
    /// Folder of the product's files.
    pub data_dir: &'a Path,
}

/// What a tuning found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tuned {
    /// The recipe with the settings of the best trial.
    pub recipe: Recipe,
    /// Number of the best trial.
    pub best: usize,
    /// Names of the settings, in the order of the trials' values.
    pub settings: Vec<&'static str>,
    /// All trials, those of the journal included.
    pub trials: Vec<Attempt>,
    /// The periods that were forecast.
    pub folds: Vec<String>,
    /// The best recipe as a file, for `touchline evaluate --forecaster`.
    pub file: PathBuf,
}

/// Tries settings on the store's matches before the training's end, to train with the best of them. The first trial is
/// the training's own recipe.
///
/// # Errors
/// [`TuneError`].
pub async fn tune_stored<S: FactReader + ?Sized>(
    store: &S,
    training: &Training<'_>,
    trials: usize,
    clock: &dyn Clock,
    progress: Arc<dyn Progress>,
) -> Result<Tuned, TuneError> {
    let until = training.until.unwrap_or_else(|| clock.now()).timestamp();
    let (recipe, data_dir) = (training.recipe.clone(), training.data_dir.to_owned());
    let facts = Facts::load_seen(store, recipe.view()).await?;
    off_executor(move || {
        progress.check()?;
        let history = facts.history(&[]);
        let (view, threads) = (recipe.view(), recipe.trees.threads);
        let matrix = matrices::load_or_build(&data_dir, &history, Horizon::Fresh, view, threads, &progress)?;
        let tuning = Tuning {
            history: &history,
            matrix: &matrix,
            until,
            recipe: &recipe,
            trials,
            data_dir: &data_dir,
        };
        tune(&tuning, &progress)
    })
    .await
}

/// Tries settings until the journal holds enough trials.
///
/// # Errors
/// [`TuneError`].
pub fn tune(tuning: &Tuning<'_>, progress: &dyn Progress) -> Result<Tuned, TuneError> {
    let folds = folds(tuning)?;
    // Neither calibration nor further seeds change which settings are best; both cost a training.
    let base = Recipe { holdout_share: 0.0, seeds: 1, ..tuning.recipe.clone() };
    let mut search = Search::new(lightgbm_space(), &lightgbm_start(&base.trees), base.trees.seed)?;
    let mut journal = Journal::open(&place(tuning, &folds, &search), search.dimensions().len())?;
    for number in 0..tuning.trials.max(1) {
        let mut attempt = match journal.attempts().get(number) {
            Some(attempt) => attempt.clone(),
            None => Attempt { trial: number, values: search.propose(), steps: Vec::new(), pruned: false },
        };
        let trees = lightgbm_settings(&base.trees, &attempt.values);
        let recipe = Recipe { trees, ..base.clone() };
        while !attempt.pruned && attempt.steps.len() < folds.len() {
            progress.check()?;
            let step = forecast(tuning, &folds[attempt.steps.len()], &recipe, progress)?;
            attempt.steps.push(step);
            attempt.pruned = attempt.steps.len() < folds.len() && search.is_hopeless(&attempt.rps());
            attempt = journal.append(&attempt)?;
        }
        tracing::info!(trial = number, rps = attempt.mean_rps(), pruned = attempt.pruned, "trial ended");
        let scores = attempt.rps();
        search.record(Trial { values: attempt.values, scores, pruned: attempt.pruned });
    }
    let best = search.best().cloned().unwrap_or_else(|| search.trials()[0].clone());
    let number = search.trials().iter().position(|t| *t == best).unwrap_or_default();
    let trees = lightgbm_settings(&tuning.recipe.trees, &best.values);
    let recipe = Recipe { trees, ..tuning.recipe.clone() };
    let file = journal.keep(&best_changes(search.dimensions(), &recipe))?;
    Ok(Tuned {
        recipe,
        best: number,
        settings: search.dimensions().iter().map(|d| d.name).collect(),
        trials: journal.into_attempts(tuning.trials.max(1)),
        folds: folds.into_iter().map(|f| f.name).collect(),
        file,
    })
}

/// The tuned settings alone, as the changes that a recipe file holds.
fn best_changes(dimensions: &[Dimension], recipe: &Recipe) -> serde_json::Value {
    let all = serde_json::to_value(&recipe.trees).unwrap_or_default();
    let tuned = dimensions.iter().map(|d| (d.name.to_owned(), all[d.name].clone()));
    serde_json::json!({ "trees": tuned.collect::<serde_json::Map<_, _>>() })
}

/// The last periods before the training's end.
fn folds(tuning: &Tuning<'_>) -> Result<Vec<Fold>, TuneError> {
    let history = tuning.history;
    let date = |time: Seconds| DateTime::from_timestamp(time, 0).unwrap_or_default().date_naive();
    let known = |p: &usize| history.goals(*p).is_some() && history.known_at(*p) <= tuning.until;
    let mut finished = (0..history.len()).filter(known).map(|p| history.kickoffs()[p]);
    let (Some(first), last) = (finished.next(), finished.next_back()) else {
        return Err(TuneError::NoMatches(date(tuning.until)));
    };
    let last = last.unwrap_or(first);
    let share = ((last - first) as f64 * SHARE_OF_SPAN) as i64 / DAY;
    let days = share.clamp(1, LONGEST_DAYS);
    let from = last - days * DAY * FOLDS as i64 + DAY;
    let mut folds = walk_forward(history, date(from), date(last), days, 0);
    for fold in &mut folds {
        fold.test.retain(|p| known(&(*p as usize)));
    }
    folds.retain(|fold| !fold.test.is_empty());
    Ok(folds)
}

/// The file of the journal: named by everything that must be the same for trials to be comparable.
fn place(tuning: &Tuning<'_>, folds: &[Fold], search: &Search) -> PathBuf {
    let mut hasher = blake3::Hasher::new();
    let mut recipe = tuning.recipe.clone();
    // Trees are the same on any number of threads.
    recipe.trees.threads = 0;
    for part in [
        tuning.history.hash(),
        serde_json::to_string(&recipe).unwrap_or_default(),
        format!("{folds:?}"),
        format!("{:?}", search.dimensions()),
        serde_json::to_string(tuning.matrix.definitions()).unwrap_or_default(),
    ] {
        hasher.update(part.as_bytes());
    }
    let name = &hasher.finalize().to_hex()[..16];
    tuning.data_dir.join("tuning").join(format!("{name}.jsonl"))
}

/// One period forecast by one recipe.
fn forecast(
    tuning: &Tuning<'_>,
    fold: &Fold,
    recipe: &Recipe,
    progress: &dyn Progress,
) -> Result<Step, TuneError> {
    let matrix_of = |_: Horizon| tuning.matrix;
    let (history, view) = (tuning.history, recipe.view());
    let evidence = Evidence { history, matrix_of: &matrix_of, view, threads: recipe.trees.threads };
    let estimators: [Box<dyn Estimator>; 1] = [Box::new(Trained::new("trial", recipe.clone()))];
    let board = Scoreboard::fill(&evidence, std::slice::from_ref(fold), &estimators, progress)?;
    let outcomes = board.outcomes();
    let mean = |rule: ScoringRule| MeanScore::of(&rule.score_all(&board.answered[0].forecasts, &outcomes)?);
    let rps = mean(ScoringRule::Rps)?;
    Ok(Step { matches: rps.matches, rps: rps.value, log_loss: mean(ScoringRule::LogLoss)?.value })
}
