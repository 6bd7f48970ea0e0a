//! The forecasts of all matches to come, computed together and then unchanging.

use super::model_forecasts::{ModelAnswer, ModelForecasts, Resuming};
use super::nearest::Nearest;
use super::trial::{TrialSource, TrialState};
use super::{Answer, AnswerExperiment, Mode, Reason, ServingSettings};
use crate::predict::forecast_positions;
use crate::seal::{Forecasters, RegisteredModel};
use crate::to_come::known_until;
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use touchline_domain::ports::ModelVersion;
use touchline_domain::telemetry::{LOAD_DURATION, PREDICTION_DURATION};
use touchline_domain::{Change, ChangeKind, ChangeScope, Kickoff, Match, MatchId};
use touchline_features::{Checkpoint, Definition, History, LineupView, MarketView, Similar, View};
use touchline_learning::dataset::Facts;
use touchline_learning::model::{self, Explanation, ForecastModel, MODEL_NAME, ModelError};
use touchline_learning::predictor::{BaseRates, MatchForecast, ModelLabel, Predictor, StrengthFilter};
use touchline_learning::registry::joint_view;

/// The active model, or why there is none to answer.
pub(super) type Active = Result<Arc<ForecastModel>, Reason>;

/// What a snapshot is computed from.
pub(super) struct Sources {
    /// The default model.
    pub model: Active,
    /// Those that see prices, the one that knows most first.
    pub priced: Vec<(ModelVersion, Active)>,
    /// Whether others of these are left out until the next snapshot.
    pub is_hurried: bool,
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
    kickoffs: HashMap<MatchId, Kickoff>,
    /// Who answers a match of which no prices are known.
    default: DefaultForecasts,
    model: Option<Arc<ForecastModel>>,
    /// Who answers where prices are known, the one that knows most first.
    priced: Vec<ModelForecasts>,
    /// Of these, those that do not answer, and why.
    silent: Vec<Reason>,
    is_hurried: bool,
    checkpoints: Vec<Checkpoint>,
    active: Option<ModelVersion>,
    trial: Option<TrialState>,
    nearest: Nearest,
}

/// The default model's forecasts, or those of what stands in for it.
#[derive(Debug)]
struct DefaultForecasts {
    mode: Mode,
    /// Why the trained model did not give them.
    reason: Option<Reason>,
    label: ModelLabel,
    trained: Option<ModelForecasts>,
    stand_ins: HashMap<MatchId, MatchForecast>,
}

impl Snapshot {
    /// Computes all forecasts.
    pub(super) fn build(mut sources: Sources) -> Self {
        let started = Instant::now();
        let history = sources.facts.history(&[]);
        let mut kickoffs: HashMap<MatchId, Kickoff> =
            sources.fixtures.iter().map(|m| (m.id, m.kickoff)).collect();
        let positions: Vec<u32> = (0..history.len() as u32)
            .filter(|p| kickoffs.contains_key(&history.ids()[*p as usize]))
            .collect();
        let forecast: HashSet<MatchId> = positions.iter().map(|p| history.ids()[*p as usize]).collect();
        kickoffs.retain(|id, _| forecast.contains(id));
        let default = default_forecasts(&mut sources, (&history, &positions));
        record(&default.label, started);
        let (priced, silent) = priced_forecasts(&mut sources, (&history, &positions));
        let Sources { model, as_of, is_hurried, mut checkpoints, active, trial, settings, .. } = sources;
        let mut resuming = Resuming { as_of, threads: settings.threads, checkpoints: &mut checkpoints };
        let trial = trial.map(|trial| {
            let scope = answered_by(&trial.experiment.model, &default, &priced, (&history, &positions));
            TrialState::build(trial, scope.as_deref(), &history, &mut resuming)
        });
        let nearest = Nearest::new(history, positions, as_of.timestamp());
        let model = model.ok();
        Self {
            as_of,
            kickoffs,
            default,
            model,
            priced,
            silent,
            is_hurried,
            checkpoints,
            active,
            trial,
            nearest,
        }
    }

    /// Facts known up to this time were used.
    pub fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// What gives the forecasts of matches of which no prices are known.
    pub fn mode(&self) -> Mode {
        self.default.mode
    }

    /// Why the default model did not give them.
    pub fn reason(&self) -> Option<&Reason> {
        self.default.reason.as_ref()
    }

    /// The model that gave them.
    pub fn label(&self) -> &ModelLabel {
        &self.default.label
    }

    /// The default model, where one is active and it can be read.
    pub fn model(&self) -> Option<&Arc<ForecastModel>> {
        self.model.as_ref()
    }

    /// The trained models that answer: those that see prices, the one that knows most first, and the default one.
    pub fn models(&self) -> impl Iterator<Item = &Arc<ForecastModel>> {
        self.trained().map(|of| &of.model)
    }

    /// The champions as they were loaded, to seal by; none where the default one is not in memory.
    pub fn champions(&self) -> Option<Forecasters> {
        let registered = |of: &ModelForecasts| RegisteredModel {
            model: Arc::clone(&of.model),
            manifest_hash: of.version.manifest_hash.clone(),
        };
        let champion = registered(self.default.trained.as_ref()?);
        Some(Forecasters { champion, priced: self.priced.iter().map(registered).collect(), trial: None })
    }

    /// Why models that see prices do not answer though they are promoted.
    pub fn silent(&self) -> &[Reason] {
        &self.silent
    }

    /// Number of forecasts.
    pub fn len(&self) -> usize {
        self.kickoffs.len()
    }

    /// Whether no match is to come.
    pub fn is_empty(&self) -> bool {
        self.kickoffs.is_empty()
    }

    fn trained(&self) -> impl Iterator<Item = &ModelForecasts> {
        self.priced.iter().chain(&self.default.trained)
    }

    /// What the trained model says of a match that answers it: of the champions that know enough of it the one that knows most,
    /// or the version that is tried in its place.
    fn answering(&self, id: MatchId) -> Option<ModelAnswer<'_>> {
        let treated = self.trial.as_ref().and_then(|trial| trial.answering(id));
        treated.or_else(|| self.trained().find_map(|of| of.of(id)))
    }

    /// The forecast that answers a match, where one was computed.
    pub fn forecast(&self, id: MatchId) -> Option<&MatchForecast> {
        let said = self.answering(id).map(|said| said.forecast);
        said.or_else(|| self.default.stand_ins.get(&id))
    }

    /// What gave the forecast of a match.
    pub fn mode_of(&self, id: MatchId) -> Mode {
        if self.answering(id).is_some() { Mode::Real } else { self.default.mode }
    }

    /// The experiment that runs, and how it stands.
    pub fn trial(&self) -> Option<&TrialState> {
        self.trial.as_ref()
    }

    /// The matches that are forecast, with their kick-offs.
    pub fn kickoffs(&self) -> impl Iterator<Item = (MatchId, Kickoff)> + '_ {
        self.kickoffs.iter().map(|(id, kickoff)| (*id, *kickoff))
    }

    /// The views of prices by which a match is forecast, the one that knows most first.
    pub fn views(&self, id: MatchId) -> Vec<MarketView> {
        self.trained().filter(|of| of.of(id).is_some()).map(ModelForecasts::prices).collect()
    }

    /// The forecast of a match with everything that is to be said of it.
    pub fn answer(&self, id: MatchId) -> Option<Answer> {
        let experiment = self.trial.as_ref().and_then(|trial| AnswerExperiment::of(trial, id));
        Some(Answer { experiment, ..self.answer_of(id, self.answering(id))? })
    }

    /// The same by the champion with a view of prices; none where it does not forecast the match.
    pub fn answer_by(&self, id: MatchId, view: MarketView) -> Option<Answer> {
        let said = self.trained().filter(|of| of.prices() == view).find_map(|of| of.of(id))?;
        self.answer_of(id, Some(said))
    }

    fn answer_of(&self, id: MatchId, said: Option<ModelAnswer<'_>>) -> Option<Answer> {
        let as_of = known_until(*self.kickoffs.get(&id)?, self.as_of);
        let DefaultForecasts { mode, reason, label, stand_ins, .. } = &self.default;
        let (mode, reason, label, forecast) = match said {
            Some(said) => (Mode::Real, None, said.label, said.forecast),
            None => (*mode, reason.as_ref(), label, stand_ins.get(&id)?),
        };
        Some(Answer {
            match_id: id,
            forecast: forecast.forecast,
            expected_goals: forecast.expected_goals,
            grid: Some(forecast.grid.clone()),
            model: label.clone(),
            view: said.map(|said| said.model.view().market),
            views: self.views(id),
            mode,
            reason: reason.map(ToString::to_string),
            as_of,
            sealed_at: None,
            experiment: None,
        })
    }

    /// What the forecast of a match is made of, with the features that it speaks of; none where the trained model did not give
    /// it, or there is no forecast.
    ///
    /// # Errors
    /// The features are not the model's.
    pub fn explain(&self, id: MatchId) -> Result<Option<(Explanation, &[Definition])>, ModelError> {
        let said = self.answering(id);
        let Some((said, (of, row))) = said.and_then(|said| Some((said, said.made_of(id)?))) else {
            return Ok(None);
        };
        Ok(Some((said.model.explain(of.horizon, &of.matrix, row)?, of.matrix.definitions())))
    }

    /// The features that the trained model forecast a match from, in the order of their definitions; none where it did not.
    pub fn features(&self, id: MatchId) -> Option<(Vec<f32>, &[Definition])> {
        let (of, row) = self.answering(id)?.made_of(id)?;
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

    /// The forecast of a match as [`answer`](Self::answer) gives it, until the match has begun.
    pub fn answer_before_kickoff(&self, id: MatchId, now: DateTime<Utc>) -> Option<Answer> {
        let kickoff = self.kickoffs.get(&id)?;
        if now < kickoff.latest() { self.answer(id) } else { None }
    }

    /// The model of a name, for the next snapshot.
    pub(super) fn loaded(&self, name: &str) -> Option<Loaded> {
        if name == MODEL_NAME {
            return Some((self.active.clone()?, Arc::clone(self.model.as_ref()?)));
        }
        self.priced.iter().find(|of| of.version.name == name).map(ModelForecasts::loaded)
    }

    /// Where the features of the next snapshot go on from.
    pub(super) fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }

    /// Whether models that answer are left out until the next snapshot.
    pub fn is_hurried(&self) -> bool {
        self.is_hurried
    }

    /// Whether a model is left out, or could not be read, which may be mended without a change in the store.
    pub(super) fn is_to_be_retried(&self) -> bool {
        let mut reasons = self.default.reason.iter().chain(&self.silent);
        self.is_hurried || reasons.any(|reason| matches!(reason, Reason::Unreadable(_)))
    }

    /// Whether a change in the store can alter an answer.
    pub(super) fn is_altered_by(&self, change: &Change) -> bool {
        let of_trial = self.trial.as_ref().map_or(View::default(), TrialState::view);
        let views = self.priced.iter().map(|of| &of.model).chain(&self.model).map(|model| model.view());
        let View { market, lineups } = views.fold(of_trial, joint_view);
        match change.kind {
            ChangeKind::Odds => match change.scope {
                ChangeScope::Match(id) => {
                    market.sees_earlier() || (market != MarketView::None && self.kickoffs.contains_key(&id))
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

/// Notes how long a model's forecasts took.
fn record(label: &ModelLabel, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    metrics::histogram!(PREDICTION_DURATION.name, &label.labels()).record(seconds);
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

/// Forecasts of all matches by the default model, or else by the best that can stand in for it.
fn default_forecasts(sources: &mut Sources, (history, positions): (&History, &[u32])) -> DefaultForecasts {
    let (as_of, threads, best) = (sources.as_of, sources.settings.threads, sources.settings.best);
    let mut reason = sources.model.as_ref().err().cloned();
    let standing_in = |predictor: &dyn Predictor| {
        let forecasts = forecast_positions(predictor, history, positions, as_of, threads)?;
        let of = |(p, forecast)| (history.ids()[p as usize], forecast);
        Ok::<_, ModelError>(forecasts.into_iter().map(of).collect())
    };
    let of = |mode: Mode, predictor: &dyn Predictor, reason, stand_ins| DefaultForecasts {
        mode,
        reason,
        label: predictor.label(),
        trained: None,
        stand_ins,
    };
    if best != Mode::Real {
        reason = Some(Reason::Configured);
    }
    if best != Mode::Mock {
        if best == Mode::Real
            && let (Ok(model), Some(version)) = (&sources.model, &sources.active)
        {
            let loaded = (version.clone(), Arc::clone(model));
            let mut resuming = Resuming { as_of, threads, checkpoints: &mut sources.checkpoints };
            match ModelForecasts::build(loaded, (history, positions), MarketView::None, &mut resuming) {
                Ok(trained) => {
                    let label = trained.label.clone();
                    let stand_ins = HashMap::new();
                    return DefaultForecasts {
                        mode: Mode::Real,
                        reason,
                        label,
                        trained: Some(trained),
                        stand_ins,
                    };
                }
                Err(error) => reason = Some(inapplicable(&model.label(), &error)),
            }
        }
        let until = as_of.timestamp();
        if (0..history.len()).any(|p| history.goals(p).is_some() && history.known_at(p) <= until) {
            match standing_in(&StrengthFilter::OverGrid) {
                Ok(forecasts) => return of(Mode::Fallback, &StrengthFilter::OverGrid, reason, forecasts),
                Err(error) => {
                    tracing::error!(%error, "the strength filter cannot be applied");
                    reason = Some(Reason::FilterFailed);
                }
            }
        } else {
            reason = Some(Reason::NoResults);
        }
    }
    let forecasts = standing_in(&BaseRates).expect("base rates need nothing and forecast every match");
    of(Mode::Mock, &BaseRates, reason, forecasts)
}

fn inapplicable(label: &ModelLabel, error: &ModelError) -> Reason {
    tracing::error!(%error, model = %label, "an active model cannot be applied");
    match error {
        ModelError::Features(_) => Reason::OtherFeatures(label.clone()),
        _ => Reason::ModelFailed(label.clone()),
    }
}

/// Forecasts by the models that see prices, each of the matches of which it knows some; and why others of them give none. What
/// goes wrong with one keeps no other from answering.
fn priced_forecasts(
    sources: &mut Sources,
    (history, positions): (&History, &[u32]),
) -> (Vec<ModelForecasts>, Vec<Reason>) {
    let (mut priced, mut silent) = (Vec::new(), Vec::new());
    if sources.settings.best != Mode::Real {
        return (priced, silent);
    }
    for (version, model) in std::mem::take(&mut sources.priced) {
        let model = match model {
            Ok(model) => model,
            Err(reason) => {
                silent.push(reason);
                continue;
            }
        };
        let (label, prices, started) = (model.label(), model.view().market, Instant::now());
        let mut resuming = Resuming {
            as_of: sources.as_of,
            threads: sources.settings.threads,
            checkpoints: &mut sources.checkpoints,
        };
        let build = || ModelForecasts::build((version, model), (history, positions), prices, &mut resuming);
        match catch_unwind(AssertUnwindSafe(build)) {
            Ok(Ok(of)) => {
                record(&label, started);
                priced.push(of);
            }
            Ok(Err(error)) => silent.push(inapplicable(&label, &error)),
            Err(_) => {
                tracing::error!(model = %label, "the computation of a model's forecasts broke off");
                silent.push(Reason::ModelFailed(label));
            }
        }
    }
    (priced, silent)
}

/// The matches that the champion of a name answers; none where it does not answer at all.
fn answered_by(
    name: &str,
    default: &DefaultForecasts,
    priced: &[ModelForecasts],
    (history, positions): (&History, &[u32]),
) -> Option<Vec<u32>> {
    let models: Vec<&ModelForecasts> = priced.iter().chain(&default.trained).collect();
    models.iter().find(|of| of.version.name == name)?;
    let answers = |p: &&u32| {
        let id = history.ids()[**p as usize];
        models.iter().find(|of| of.of(id).is_some()).is_some_and(|of| of.version.name == name)
    };
    Some(positions.iter().filter(answers).copied().collect())
}
