//! Forecasts of past matches from what was known some time before each.

use super::{BacktestError, BacktestRequest};
use crate::evaluate::{Estimator, GoalModelYardstick, Trained, TrainingData};
use crate::matrices::{self, Horizon};
use crate::model::{MODEL_NAME, ModelError};
use crate::predictor::{FeatureRows, MatchBatch, Prediction, Predictor, StrengthFilter};
use chrono::{NaiveDate, NaiveTime};
use std::collections::HashSet;
use std::str::FromStr;
use touchline_domain::{LeagueId, Progress, ScoreGrid};
use touchline_features::{FeatureMatrix, History, Knowledge, Seconds, compute};
use touchline_models::goals::GoalModelKind;

const DAY: Seconds = 86_400;

/// Who forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForecasterChoice {
    /// The default model, trained anew for every fold.
    Model,
    /// The strength filter alone, which needs no training.
    StrengthFilter,
    /// A goal model, fitted anew for every fold.
    Goals(GoalModelKind),
}

impl ForecasterChoice {
    /// The name in commands and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Model => MODEL_NAME,
            Self::StrengthFilter => StrengthFilter::NAME,
            Self::Goals(kind) => kind.name(),
        }
    }
}

impl FromStr for ForecasterChoice {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            MODEL_NAME => Ok(Self::Model),
            StrengthFilter::NAME => Ok(Self::StrengthFilter),
            _ => name.parse().map(Self::Goals).map_err(|_| {
                let goals: Vec<&str> = GoalModelKind::ALL.iter().map(|kind| kind.name()).collect();
                format!(
                    "{name:?} is not a forecaster; write {}, {MODEL_NAME} or a goal model: {}",
                    StrengthFilter::NAME,
                    goals.join(", ")
                )
            }),
        }
    }
}

/// Forecasts of matches in order of kick-off.
pub(super) struct Forecasts {
    /// Positions in the history.
    pub(super) positions: Vec<u32>,
    /// A grid for each, where the forecaster could say something.
    pub(super) grids: Vec<Option<ScoreGrid>>,
    /// They know nothing that happened later than so many seconds before kick-off.
    pub(super) lead: Seconds,
}

/// Forecasts the finished matches of a request: state, ratings and training data of each end `lead` seconds before it.
pub(super) fn forecast_before(
    history: &History,
    request: &BacktestRequest,
    leagues: &HashSet<LeagueId>,
    lead: Seconds,
    progress: &dyn Progress,
) -> Result<Forecasts, BacktestError> {
    let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN).and_utc().timestamp();
    let (from, to) = (midnight(request.from), midnight(request.to) + DAY);
    let wanted = |p: &usize| {
        let league = history.leagues()[history.fixtures()[*p].league as usize];
        history.goals(*p).is_some() && leagues.contains(&league)
    };
    let range = history.position_at(from)..history.position_at(to);
    let positions: Vec<u32> = range.filter(wanted).map(|p| p as u32).collect();
    if positions.is_empty() {
        return Err(BacktestError::NoMatches);
    }
    progress.check()?;
    let horizon = horizon(lead);
    let settings = horizon.settings().with_view(request.recipe.view());
    progress.begin("features before kick-off", 0);
    let features =
        compute(history, &positions, Knowledge { lag: lead, as_of: None }, &settings, request.threads);
    progress.end();
    progress.check()?;
    let asked =
        Asked { history, horizon, positions: &positions, features: &features, threads: request.threads };
    let grids = match request.forecaster {
        ForecasterChoice::StrengthFilter => asked.grids(&StrengthFilter::AsColumns, 0..positions.len())?,
        ForecasterChoice::Model => {
            let trained = Trained::new(MODEL_NAME, request.recipe.clone());
            by_fold(&asked, request, &trained, lead, from, progress)?
        }
        ForecasterChoice::Goals(kind) => {
            by_fold(&asked, request, &GoalModelYardstick(kind), lead, from, progress)?
        }
    };
    Ok(Forecasts { positions, grids, lead })
}

/// Trees of the near horizon forecast up to three weeks ahead.
fn horizon(lead: Seconds) -> Horizon {
    if lead <= 21 * DAY { Horizon::Fresh } else { Horizon::Stale }
}

/// Matches to forecast with their features.
struct Asked<'a> {
    history: &'a History,
    horizon: Horizon,
    positions: &'a [u32],
    features: &'a FeatureMatrix,
    threads: usize,
}

impl Asked<'_> {
    fn grids(
        &self,
        predictor: &dyn Predictor,
        range: std::ops::Range<usize>,
    ) -> Result<Vec<Option<ScoreGrid>>, ModelError> {
        let rows: Vec<usize> = range.clone().collect();
        let batch = MatchBatch {
            history: self.history,
            positions: &self.positions[range],
            horizon: self.horizon,
            features: Some(FeatureRows { matrix: self.features, rows: &rows }),
            threads: self.threads,
        };
        let predictions = predictor.predict(&batch)?;
        let grid = |p: Option<Prediction>| p.and_then(Prediction::into_scores).map(|scores| scores.grid);
        Ok(predictions.into_iter().map(grid).collect())
    }
}

/// Fits anew every so many days, on what was known `lead` seconds before the first match of a fold could kick off.
fn by_fold(
    asked: &Asked<'_>,
    request: &BacktestRequest,
    estimator: &dyn Estimator,
    lead: Seconds,
    from: Seconds,
    progress: &dyn Progress,
) -> Result<Vec<Option<ScoreGrid>>, BacktestError> {
    let history = asked.history;
    let view = request.recipe.view();
    let train =
        matrices::load_or_build(&request.data_dir, history, asked.horizon, view, request.threads, progress)?;
    let kickoff = |n: usize| history.kickoffs()[asked.positions[n] as usize];
    let length = i64::from(request.refit_days.max(1)) * DAY;
    let mut grids = Vec::with_capacity(asked.positions.len());
    let mut first = 0;
    while first < asked.positions.len() {
        progress.check()?;
        let start = from + (kickoff(first) - from).div_euclid(length) * length;
        let end = (first..asked.positions.len()).find(|n| kickoff(*n) >= start + length);
        let end = end.unwrap_or(asked.positions.len());
        let data = TrainingData { history, known_until: start - lead, features: &train, progress };
        let fitted = estimator.fit(&data)?;
        grids.extend(asked.grids(fitted.predictor.as_ref(), first..end)?);
        first = end;
    }
    Ok(grids)
}
