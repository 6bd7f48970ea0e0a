//! The forecasts of all matches to come, computed together and then unchanging.

use super::{Answer, Mode, Reason, ServingSettings};
use crate::predict::{forecast_from, forecast_positions};
use crate::to_come::known_until;
use chrono::{DateTime, Duration, Utc};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use touchline_domain::ports::ModelVersion;
use touchline_domain::telemetry::{LOAD_DURATION, PREDICTION_DURATION};
use touchline_domain::{Change, ChangeKind, ChangeScope, Kickoff, Match, MatchId};
use touchline_features::{
    Checkpoint, Definition, FeatureMatrix, History, Knowledge, LineupView, MarketView, Settings, View, resume,
};
use touchline_learning::dataset::Facts;
use touchline_learning::matrices::Horizon;
use touchline_learning::model::{self, Explanation, ForecastModel, ModelError};
use touchline_learning::predictor::{BaseRates, MatchForecast, ModelLabel, Predictor, StrengthFilter};

/// The active model, or why there is none to answer.
pub(super) type Active = Result<Arc<ForecastModel>, Reason>;

/// What a snapshot is computed from.
pub(super) struct Sources {
    pub model: Active,
    /// Of an earlier snapshot.
    pub checkpoints: Vec<Checkpoint>,
    pub facts: Facts,
    pub fixtures: Vec<Match>,
    pub active: Option<ModelVersion>,
    pub as_of: DateTime<Utc>,
    pub settings: ServingSettings,
}

/// A model in memory, with the registered version that it is.
pub(super) type Loaded = (ModelVersion, Arc<ForecastModel>);

/// Forecasts of all matches to come at one time.
#[derive(Debug)]
pub struct Snapshot {
    as_of: DateTime<Utc>,
    mode: Mode,
    reason: Option<Reason>,
    label: ModelLabel,
    model: Option<Arc<ForecastModel>>,
    forecasts: HashMap<MatchId, (Kickoff, MatchForecast)>,
    features: Vec<Features>,
    checkpoints: Vec<Checkpoint>,
    active: Option<ModelVersion>,
}

/// The features that trees of one horizon forecast from, and of which matches.
#[derive(Debug)]
struct Features {
    horizon: Horizon,
    rows: HashMap<MatchId, usize>,
    matrix: FeatureMatrix,
}

/// What was computed by whichever model could.
struct Computed {
    mode: Mode,
    label: ModelLabel,
    forecasts: Vec<(MatchId, MatchForecast)>,
    /// Where the trained model forecast.
    features: Vec<Features>,
}

impl Snapshot {
    /// Computes all forecasts.
    pub(super) fn build(mut sources: Sources) -> Self {
        let (model, mut reason) = match &sources.model {
            Ok(model) => (Some(Arc::clone(model)), None),
            Err(reason) => (None, Some(reason.clone())),
        };
        let started = Instant::now();
        let Computed { mode, label, forecasts, features } =
            computed(&mut sources, model.as_deref(), &mut reason);
        let seconds = started.elapsed().as_secs_f64();
        metrics::histogram!(PREDICTION_DURATION.name, &label.labels()).record(seconds);
        let kickoffs: HashMap<MatchId, Kickoff> =
            sources.fixtures.iter().map(|m| (m.id, m.kickoff)).collect();
        let forecasts =
            forecasts.into_iter().filter_map(|(id, f)| kickoffs.get(&id).map(|k| (id, (*k, f)))).collect();
        let Sources { as_of, checkpoints, active, .. } = sources;
        Self { as_of, mode, reason, label, model, forecasts, features, checkpoints, active }
    }

    /// Facts known up to this time were used.
    pub fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// What gave the forecasts.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Why the trained model did not give them.
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// The model that gave them.
    pub fn label(&self) -> &ModelLabel {
        &self.label
    }

    /// The active trained model, where there is one and it can be read.
    pub fn model(&self) -> Option<&Arc<ForecastModel>> {
        self.model.as_ref()
    }

    /// Number of forecasts.
    pub fn len(&self) -> usize {
        self.forecasts.len()
    }

    /// Whether no match is to come.
    pub fn is_empty(&self) -> bool {
        self.forecasts.is_empty()
    }

    /// The forecast of a match, where one was computed.
    pub fn forecast(&self, id: MatchId) -> Option<&MatchForecast> {
        self.forecasts.get(&id).map(|(_, forecast)| forecast)
    }

    /// The matches that are forecast, with their kick-offs.
    pub fn kickoffs(&self) -> impl Iterator<Item = (MatchId, Kickoff)> + '_ {
        self.forecasts.iter().map(|(id, (kickoff, _))| (*id, *kickoff))
    }

    /// The forecast of a match with everything that is to be said of it.
    pub fn answer(&self, id: MatchId) -> Option<Answer> {
        let (kickoff, forecast) = self.forecasts.get(&id)?;
        let as_of = known_until(*kickoff, self.as_of);
        Some(Answer {
            match_id: id,
            forecast: forecast.forecast,
            expected_goals: forecast.expected_goals,
            grid: Some(forecast.grid.clone()),
            model: self.label.clone(),
            mode: self.mode,
            reason: self.reason.as_ref().map(ToString::to_string),
            as_of,
            sealed_at: None,
        })
    }

    /// What the forecast of a match is made of, with the features that it speaks of; none where the trained model did not give
    /// it, or there is no forecast.
    ///
    /// # Errors
    /// The features are not the model's.
    pub fn explain(&self, id: MatchId) -> Result<Option<(Explanation, &[Definition])>, ModelError> {
        let of = self.features.iter().find_map(|of| Some((of, *of.rows.get(&id)?)));
        let (Some(model), Some((of, row))) = (&self.model, of) else { return Ok(None) };
        Ok(Some((model.explain(of.horizon, &of.matrix, row)?, of.matrix.definitions())))
    }

    /// The features that the trained model forecast a match from, in the order of their definitions; none where it did not.
    pub fn features(&self, id: MatchId) -> Option<(Vec<f32>, &[Definition])> {
        let (of, row) = self.features.iter().find_map(|of| Some((of, *of.rows.get(&id)?)))?;
        Some((of.matrix.row(row), of.matrix.definitions()))
    }

    /// The forecast of a match as [`answer`](Self::answer) gives it, until the match has begun.
    pub fn answer_before_kickoff(&self, id: MatchId, now: DateTime<Utc>) -> Option<Answer> {
        let (kickoff, _) = self.forecasts.get(&id)?;
        if now < kickoff.latest() { self.answer(id) } else { None }
    }

    /// The model, for the next snapshot.
    pub(super) fn loaded(&self) -> Option<Loaded> {
        Some((self.active.clone()?, Arc::clone(self.model.as_ref()?)))
    }

    /// Where the features of the next snapshot go on from.
    pub(super) fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }

    /// Whether the model could not be read, which may be mended without a change in the store.
    pub(super) fn is_to_be_retried(&self) -> bool {
        matches!(self.reason, Some(Reason::Unreadable(_)))
    }

    /// Whether a change in the store can alter an answer.
    pub(super) fn is_altered_by(&self, change: &Change) -> bool {
        let View { market, lineups } = self.model.as_ref().map_or(View::default(), |model| model.view());
        match change.kind {
            ChangeKind::Odds => match change.scope {
                ChangeScope::Match(id) => {
                    market.sees_earlier() || (market != MarketView::None && self.forecasts.contains_key(&id))
                }
                _ => market != MarketView::None,
            },
            // Who played in earlier matches counts too.
            ChangeKind::Lineup | ChangeKind::Injury => lineups != LineupView::None,
            ChangeKind::ForecastSealed
            | ChangeKind::ForecastVerified
            | ChangeKind::ModelRegistered
            | ChangeKind::AliasConfirmed
            | ChangeKind::Events
            | ChangeKind::InPlayOdds
            // No model learns from these.
            | ChangeKind::Weather
            | ChangeKind::News
            | ChangeKind::Ratings => false,
            ChangeKind::MatchAdded
            | ChangeKind::MatchChanged
            | ChangeKind::Result
            | ChangeKind::Statistics
            | ChangeKind::ModelActivated
            | ChangeKind::NamesMerged
            | ChangeKind::Corrected => true,
        }
    }
}

fn label_of(version: &ModelVersion) -> ModelLabel {
    ModelLabel::new(version.name.as_str(), version.version.as_str())
}

/// The active model: `loaded`, that of an earlier snapshot, where it is the same, else from disk, where it must have
/// the manifest that was registered.
pub(super) fn load(data_dir: &Path, active: Option<&ModelVersion>, loaded: Option<Loaded>) -> Active {
    let active = active.ok_or(Reason::NoModel)?;
    if let Some((version, model)) = loaded
        && version == *active
    {
        return Ok(model);
    }
    let started = Instant::now();
    let model = model::load_registered(data_dir, active);
    metrics::histogram!(LOAD_DURATION.name, &label_of(active).labels())
        .record(started.elapsed().as_secs_f64());
    model.map(Arc::new).map_err(|cause| {
        tracing::error!(name = active.name, version = active.version, %cause, "model unreadable");
        Reason::Unreadable(label_of(active))
    })
}

/// Forecasts by the best predictor that can give them; `reason` becomes why the trained one did not.
fn computed(sources: &mut Sources, model: Option<&ForecastModel>, reason: &mut Option<Reason>) -> Computed {
    let history = sources.facts.history(&[]);
    let wanted: HashSet<MatchId> = sources.fixtures.iter().map(|m| m.id).collect();
    let positions: Vec<u32> =
        (0..history.len() as u32).filter(|p| wanted.contains(&history.ids()[*p as usize])).collect();
    let (as_of, threads) = (sources.as_of, sources.settings.threads);
    let of = |mode: Mode, predictor: &dyn Predictor, forecasts: Vec<(u32, MatchForecast)>| {
        let forecasts = forecasts.into_iter().map(|(p, forecast)| (history.ids()[p as usize], forecast));
        Computed { mode, label: predictor.label(), forecasts: forecasts.collect(), features: Vec::new() }
    };
    let standing_in =
        |predictor: &dyn Predictor| forecast_positions(predictor, &history, &positions, as_of, threads);
    if sources.settings.best != Mode::Real {
        *reason = Some(Reason::Configured);
    }
    if sources.settings.best != Mode::Mock {
        if let Some(model) = model.filter(|_| sources.settings.best == Mode::Real) {
            let mut kept = Vec::new();
            let mut compute = resuming(&history, as_of, &mut sources.checkpoints);
            let mut features = |positions: &[u32], knowledge, settings: &Settings| {
                let matrix = compute(positions, knowledge, settings);
                let horizon = Horizon::ALL
                    .into_iter()
                    .find(|h| model.features(*h).ok().flatten().as_ref() == Some(settings));
                let ids = positions.iter().map(|p| history.ids()[*p as usize]);
                let rows = ids.enumerate().map(|(row, id)| (id, row)).collect();
                kept.extend(horizon.map(|horizon| Features { horizon, rows, matrix: matrix.clone() }));
                matrix
            };
            match forecast_from(model, &history, &positions, as_of, threads, &mut features) {
                Ok(forecasts) => {
                    return Computed { features: kept, ..of(Mode::Real, model, forecasts) };
                }
                Err(error) => {
                    tracing::error!(%error, "the active model cannot be applied");
                    *reason = Some(match error {
                        ModelError::Features(_) => Reason::OtherFeatures(model.label()),
                        _ => Reason::ModelFailed(model.label()),
                    });
                }
            }
        }
        let until = as_of.timestamp();
        if (0..history.len()).any(|p| history.goals(p).is_some() && history.known_at(p) <= until) {
            match standing_in(&StrengthFilter::OverGrid) {
                Ok(forecasts) => return of(Mode::Fallback, &StrengthFilter::OverGrid, forecasts),
                Err(error) => {
                    tracing::error!(%error, "the strength filter cannot be applied");
                    *reason = Some(Reason::FilterFailed);
                }
            }
        } else {
            *reason = Some(Reason::NoResults);
        }
    }
    let forecasts = standing_in(&BaseRates).expect("base rates need nothing and forecast every match");
    of(Mode::Mock, &BaseRates, forecasts)
}

/// Features that go on from the checkpoint of the same settings, and leave it a day behind: a match of which only the
/// date is known sees nothing of its day.
fn resuming(
    history: &History,
    as_of: DateTime<Utc>,
    checkpoints: &mut Vec<Checkpoint>,
) -> impl FnMut(&[u32], Knowledge, &Settings) -> FeatureMatrix {
    let until = (as_of - Duration::days(1)).timestamp();
    move |positions, knowledge, settings| {
        let same = checkpoints.iter().position(|c| c.settings() == settings);
        let checkpoint = same.map(|at| checkpoints.swap_remove(at));
        let (matrix, checkpoint) = resume(checkpoint, history, positions, knowledge, settings, until);
        checkpoints.push(checkpoint);
        matrix
    }
}
