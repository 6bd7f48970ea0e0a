//! The forecasts of all matches to come, computed together and then unchanging.

use super::nearest::Nearest;
use super::trial::{TrialSource, TrialState};
use super::{Answer, AnswerExperiment, Mode, Reason, ServingSettings};
use crate::predict::{forecast_from, forecast_positions};
use crate::to_come::known_until;
use chrono::{DateTime, Duration, Utc};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use touchline_domain::ports::ModelVersion;
use touchline_domain::telemetry::{LOAD_DURATION, PREDICTION_DURATION};
use touchline_domain::{Change, ChangeKind, ChangeScope, Kickoff, Match, MatchId};
use touchline_features::{
    Checkpoint, Definition, FeatureMatrix, History, Knowledge, LineupView, MarketView, Settings, Similar,
    View, resume,
};
use touchline_learning::dataset::Facts;
use touchline_learning::matrices::Horizon;
use touchline_learning::model::{self, Explanation, ForecastModel, ModelError};
use touchline_learning::predictor::{BaseRates, MatchForecast, ModelLabel, Predictor, StrengthFilter};
use touchline_learning::registry::joint_view;

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
    pub trial: Option<TrialSource>,
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
    trial: Option<TrialState>,
    nearest: Nearest,
}

/// The features that trees of one horizon forecast from, and of which matches.
#[derive(Debug)]
pub(super) struct Features {
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
        let history = sources.facts.history(&[]);
        let kickoffs: HashMap<MatchId, Kickoff> =
            sources.fixtures.iter().map(|m| (m.id, m.kickoff)).collect();
        let positions: Vec<u32> = (0..history.len() as u32)
            .filter(|p| kickoffs.contains_key(&history.ids()[*p as usize]))
            .collect();
        let Computed { mode, label, forecasts, features } =
            computed(&mut sources, (&history, &positions), model.as_deref(), &mut reason);
        let seconds = started.elapsed().as_secs_f64();
        metrics::histogram!(PREDICTION_DURATION.name, &label.labels()).record(seconds);
        let forecasts =
            forecasts.into_iter().filter_map(|(id, f)| kickoffs.get(&id).map(|k| (id, (*k, f)))).collect();
        let Sources { as_of, mut checkpoints, active, trial, settings, .. } = sources;
        let mut resuming = Resuming { as_of, threads: settings.threads, checkpoints: &mut checkpoints };
        // Beside a stand-in nothing is compared.
        let trial = trial
            .map(|trial| if mode == Mode::Real { trial } else { TrialSource { treatment: None, ..trial } })
            .map(|trial| TrialState::build(trial, &history, &positions, &mut resuming, &kickoffs));
        let nearest = Nearest::new(history, positions, as_of.timestamp());
        Self { as_of, mode, reason, label, model, forecasts, features, checkpoints, active, trial, nearest }
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

    /// The forecast that answers a match, where one was computed.
    pub fn forecast(&self, id: MatchId) -> Option<&MatchForecast> {
        let treated =
            self.trial.as_ref().and_then(|trial| trial.answering(id)).map(|treated| treated.forecast);
        treated.or_else(|| self.forecasts.get(&id).map(|(_, forecast)| forecast))
    }

    /// The experiment that runs, and how it stands.
    pub fn trial(&self) -> Option<&TrialState> {
        self.trial.as_ref()
    }

    /// The matches that are forecast, with their kick-offs.
    pub fn kickoffs(&self) -> impl Iterator<Item = (MatchId, Kickoff)> + '_ {
        self.forecasts.iter().map(|(id, (kickoff, _))| (*id, *kickoff))
    }

    /// The forecast of a match with everything that is to be said of it.
    pub fn answer(&self, id: MatchId) -> Option<Answer> {
        let (kickoff, forecast) = self.forecasts.get(&id)?;
        let as_of = known_until(*kickoff, self.as_of);
        let treated = self.trial.as_ref().and_then(|trial| trial.answering(id));
        let (label, forecast) =
            treated.map_or((&self.label, forecast), |treated| (treated.label, treated.forecast));
        Some(Answer {
            match_id: id,
            forecast: forecast.forecast,
            expected_goals: forecast.expected_goals,
            grid: Some(forecast.grid.clone()),
            model: label.clone(),
            mode: self.mode,
            reason: self.reason.as_ref().map(ToString::to_string),
            as_of,
            sealed_at: None,
            experiment: self.trial.as_ref().and_then(|trial| AnswerExperiment::of(trial, id)),
        })
    }

    /// What the forecast of a match is made of, with the features that it speaks of; none where the trained model did not give
    /// it, or there is no forecast.
    ///
    /// # Errors
    /// The features are not the model's.
    pub fn explain(&self, id: MatchId) -> Result<Option<(Explanation, &[Definition])>, ModelError> {
        let (model, features) = self.made_of(id);
        let of = features.iter().find_map(|of| Some((of, *of.rows.get(&id)?)));
        let (Some(model), Some((of, row))) = (model, of) else { return Ok(None) };
        Ok(Some((model.explain(of.horizon, &of.matrix, row)?, of.matrix.definitions())))
    }

    /// The features that the trained model forecast a match from, in the order of their definitions; none where it did not.
    pub fn features(&self, id: MatchId) -> Option<(Vec<f32>, &[Definition])> {
        let (of, row) = self.made_of(id).1.iter().find_map(|of| Some((of, *of.rows.get(&id)?)))?;
        Some((of.matrix.row(row), of.matrix.definitions()))
    }

    /// The past matches that were most like a match to come before their kick-off, at most so many, and how the
    /// [`COUNTED`](super::COUNTED) nearest ended; none of a match that is not forecast. Long computation, until
    /// [`is_prepared`](Self::is_prepared).
    pub fn similar(&self, id: MatchId, most: usize) -> Option<Similar> {
        self.nearest.of(id, most)
    }

    /// Whether [`similar`](Self::similar) answers at once.
    pub fn is_prepared(&self) -> bool {
        self.nearest.is_ready()
    }

    /// Computes what [`similar`](Self::similar) needs.
    pub(super) fn prepare(&self) {
        self.nearest.likeness();
    }

    /// The trained model that answers a match, and features.
    fn made_of(&self, id: MatchId) -> (Option<&Arc<ForecastModel>>, &[Features]) {
        match self.trial.as_ref().and_then(|trial| trial.answering(id)) {
            Some(treated) => (Some(treated.model), treated.features),
            None => (self.model.as_ref(), &self.features),
        }
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
        let of_model = self.model.as_ref().map_or(View::default(), |model| model.view());
        let of_trial = self.trial.as_ref().map_or(View::default(), TrialState::view);
        let View { market, lineups } = joint_view(of_model, of_trial);
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
            | ChangeKind::ExperimentChanged
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
fn computed(
    sources: &mut Sources,
    (history, positions): (&History, &[u32]),
    model: Option<&ForecastModel>,
    reason: &mut Option<Reason>,
) -> Computed {
    let (as_of, threads) = (sources.as_of, sources.settings.threads);
    let of = |mode: Mode, predictor: &dyn Predictor, forecasts: Vec<(u32, MatchForecast)>| {
        let forecasts = forecasts.into_iter().map(|(p, forecast)| (history.ids()[p as usize], forecast));
        Computed { mode, label: predictor.label(), forecasts: forecasts.collect(), features: Vec::new() }
    };
    let standing_in =
        |predictor: &dyn Predictor| forecast_positions(predictor, history, positions, as_of, threads);
    if sources.settings.best != Mode::Real {
        *reason = Some(Reason::Configured);
    }
    if sources.settings.best != Mode::Mock {
        if let Some(model) = model.filter(|_| sources.settings.best == Mode::Real) {
            let mut resuming = Resuming { as_of, threads, checkpoints: &mut sources.checkpoints };
            match forecasts_of(model, history, positions, &mut resuming) {
                Ok((forecasts, features)) => {
                    return Computed { mode: Mode::Real, label: model.label(), forecasts, features };
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

/// Where features go on from: checkpoints of earlier snapshots, to be left a day behind.
pub(super) struct Resuming<'a> {
    pub as_of: DateTime<Utc>,
    pub threads: usize,
    pub checkpoints: &'a mut Vec<Checkpoint>,
}

impl Resuming<'_> {
    /// Features that go on from the checkpoint of the same settings, and leave it a day behind: a match of which only the
    /// date is known sees nothing of its day.
    fn compute(
        &mut self,
        history: &History,
        positions: &[u32],
        knowledge: Knowledge,
        settings: &Settings,
    ) -> FeatureMatrix {
        let until = (self.as_of - Duration::days(1)).timestamp();
        let same = self.checkpoints.iter().position(|c| c.settings() == settings);
        let checkpoint = same.map(|at| self.checkpoints.swap_remove(at));
        let (matrix, checkpoint) = resume(checkpoint, history, positions, knowledge, settings, until);
        self.checkpoints.push(checkpoint);
        matrix
    }
}

/// Forecasts of a trained model with the features that it made them from.
type Made = (Vec<(MatchId, MatchForecast)>, Vec<Features>);

/// Forecasts the matches at some positions by a trained model.
///
/// # Errors
/// It was trained on other features, or knows no scores of some of the matches.
pub(super) fn forecasts_of(
    model: &ForecastModel,
    history: &History,
    positions: &[u32],
    resuming: &mut Resuming<'_>,
) -> Result<Made, ModelError> {
    let (as_of, threads) = (resuming.as_of, resuming.threads);
    let mut kept = Vec::new();
    let mut features = |positions: &[u32], knowledge, settings: &Settings| {
        let matrix = resuming.compute(history, positions, knowledge, settings);
        let horizon =
            Horizon::ALL.into_iter().find(|h| model.features(*h).ok().flatten().as_ref() == Some(settings));
        let ids = positions.iter().map(|p| history.ids()[*p as usize]);
        let rows = ids.enumerate().map(|(row, id)| (id, row)).collect();
        kept.extend(horizon.map(|horizon| Features { horizon, rows, matrix: matrix.clone() }));
        matrix
    };
    let forecasts = forecast_from(model, history, positions, as_of, threads, &mut features)?;
    let forecasts = forecasts.into_iter().map(|(p, forecast)| (history.ids()[p as usize], forecast));
    Ok((forecasts.collect(), kept))
}
