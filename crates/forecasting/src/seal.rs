//! Forecasting the matches to come, and sealing the forecasts: one function for the command, a route and a job.
//!
//! Facts are loaded, forecasts computed off the executor, and all of them published in one transaction. Where the work is
//! asked to stop, nothing is sealed.

use crate::experiment::{Trial, arm_of};
use crate::predict::{Asked, Horizons, forecast_from};
use crate::to_come::{is_to_come, known_until, matches_to_come};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::ports::{
    ArtifactStore, ExperimentArm, ExperimentReader, ExperimentWriter, FeatureSet, ForecastPair, ModelReader,
    ModelVersion, PredictionWriter, SealedDetails, SealedForecast, StoreError, TeamReader,
};
use touchline_domain::{Clock, LeagueId, Match, MatchId, MatchStatus, Progress, Stopped, TeamId};
use touchline_features::{Definition, MarketView, Settings};
use touchline_learning::dataset::{FactReader, Facts};
use touchline_learning::matrices::Horizon;
use touchline_learning::model::{ForecastModel, ModelError};
use touchline_learning::predictor::{MatchForecast, ModelLabel, Predictor};
use touchline_learning::registry::{RegistryError, champion, open_model, priced_champions};

/// What sealing asks of a store.
pub trait SealStore: FactReader + TeamReader + PredictionWriter + ExperimentWriter {}

impl<T: FactReader + TeamReader + PredictionWriter + ExperimentWriter + ?Sized> SealStore for T {}

/// Why nothing was forecast or sealed.
#[derive(Debug, Error)]
pub enum SealError {
    /// The store failed, or refused a forecast.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The model could not be applied.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The work was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
    /// The store holds no such match.
    #[error("there is no match {0}")]
    UnknownMatch(MatchId),
    /// The match has started, or will not be played as scheduled.
    #[error("match {id} is not to come: it is {}, or has started", status.name())]
    NotToCome {
        /// The match.
        id: MatchId,
        /// Where it stands.
        status: MatchStatus,
    },
    /// The computation broke off; what went wrong is in the log.
    #[error("the forecasts could not be computed; the log says what went wrong")]
    Failed,
}

/// A model that is ready to forecast, as it is registered.
#[derive(Debug, Clone)]
pub struct RegisteredModel {
    /// The model.
    pub model: Arc<ForecastModel>,
    /// Hash of its bundle's manifest.
    pub manifest_hash: String,
}

impl RegisteredModel {
    /// A model that was loaded from the bundle of a registered version.
    pub fn new(model: ForecastModel, version: &ModelVersion) -> Self {
        Self { model: Arc::new(model), manifest_hash: version.manifest_hash.clone() }
    }

    fn key(&self) -> [&str; 3] {
        let manifest = &self.model.manifest;
        [&manifest.name, &manifest.version, &self.manifest_hash]
    }
}

/// Who forecasts: the champions, and while an experiment is in effect the version that is tried.
#[derive(Debug, Clone)]
pub struct Forecasters {
    /// The champion of the default model, which forecasts every match.
    pub champion: RegisteredModel,
    /// Champions that see prices, the one that knows most first: each forecasts the matches of which it knows some, and that none
    /// before it has forecast.
    pub priced: Vec<RegisteredModel>,
    /// The version that is tried beside the champion of its name.
    pub trial: Option<Trial>,
}

impl From<RegisteredModel> for Forecasters {
    fn from(champion: RegisteredModel) -> Self {
        Self { champion, priced: Vec::new(), trial: None }
    }
}

impl Forecasters {
    /// Opens the champions and the version that is tried; those that were opened before are taken where they are the same. What
    /// keeps a champion that sees prices from being read is logged, and the others go on without it.
    ///
    /// # Errors
    /// The store is not available, no version of the default model is promoted, or its files cannot be read.
    pub async fn open<S: ModelReader + ExperimentReader + ?Sized>(
        store: &S,
        artifacts: Option<&dyn ArtifactStore>,
        data_dir: &Path,
        held: Option<&Self>,
    ) -> Result<Self, RegistryError> {
        let known: Vec<&RegisteredModel> = held.iter().flat_map(|held| held.champions()).collect();
        let open = async |version: ModelVersion| -> Result<RegisteredModel, RegistryError> {
            if let Some(same) = known
                .iter()
                .find(|model| model.key() == [&version.name, &version.version, &version.manifest_hash])
            {
                return Ok((*same).clone());
            }
            Ok(RegisteredModel::new(open_model(artifacts, data_dir, &version).await?, &version))
        };
        let champion = open(champion(store).await?).await?;
        let mut priced = Vec::new();
        for version in priced_champions(store).await? {
            let label = ModelLabel::new(version.name.as_str(), version.version.as_str());
            match open(version).await {
                Ok(model) => priced.push(model),
                Err(RegistryError::Store(error)) => return Err(error.into()),
                Err(error) => {
                    tracing::error!(%error, model = %label, "a champion cannot be read; the others go on without it");
                }
            }
        }
        let labels: Vec<ModelLabel> =
            [&champion].into_iter().chain(&priced).map(|model| model.model.label()).collect();
        let tried = held.and_then(|held| held.trial.as_ref());
        let trial = Trial::open(store, artifacts, data_dir, &labels, tried).await?;
        Ok(Self { champion, priced, trial })
    }

    /// Whether the champions are the same ones.
    pub fn has_champions_of(&self, other: &Self) -> bool {
        self.champions().map(RegisteredModel::key).eq(other.champions().map(RegisteredModel::key))
    }

    /// All champions, the one that knows most first.
    pub fn champions(&self) -> impl Iterator<Item = &RegisteredModel> {
        self.priced.iter().chain([&self.champion])
    }
}

/// What to forecast from, and how.
#[derive(Debug, Clone, Copy)]
pub struct Sealing {
    /// Use only what was known at this time, and seal nothing; none: use everything known now, and seal.
    pub as_of: Option<DateTime<Utc>>,
    /// Only matches that kick off before this time; none: all to come.
    pub until: Option<DateTime<Utc>>,
    /// Threads to use.
    pub threads: usize,
}

/// A match to come with its forecast.
#[derive(Debug, Clone)]
pub struct Upcoming {
    /// The match.
    pub of: Match,
    /// Code of its league.
    pub league: String,
    /// Name of the home side.
    pub home: String,
    /// Name of the away side.
    pub away: String,
    /// Its forecast.
    pub forecast: MatchForecast,
    /// Who gave it.
    pub model: ModelLabel,
    /// Facts up to this time were used.
    pub as_of: DateTime<Utc>,
}

/// The matches to come with their forecasts, by kick-off, and how many of these were sealed anew.
#[derive(Debug, Clone, Default)]
pub struct SealReport {
    /// Matches and forecasts.
    pub upcoming: Vec<Upcoming>,
    /// Forecasts that were sealed; the others repeat what was sealed last, or were made as of an earlier time.
    pub sealed: u64,
}

/// What one model said.
struct Computed {
    forecasts: Vec<(MatchId, Horizon, MatchForecast)>,
    data_hash: String,
}

/// Forecasts the matches to come that are asked for, and seals the forecasts unless they were asked for as of an earlier time.
/// While an experiment is in effect, the forecast of whoever answers a match is sealed, and what both said is recorded. Where
/// the version that is tried cannot forecast, the champion does everything.
///
/// # Errors
/// The store is not available or refuses, the model was trained on other features, or the work is asked to stop; then
/// nothing is sealed.
pub async fn forecast_to_come<S: SealStore + ?Sized>(
    store: &S,
    forecasters: &Forecasters,
    sealing: Sealing,
    clock: &dyn Clock,
    progress: Arc<dyn Progress>,
) -> Result<SealReport, SealError> {
    progress.check()?;
    let mut matches = matches_to_come(store, clock.now()).await?;
    matches.retain(|m| sealing.until.is_none_or(|until| m.kickoff.at < until));
    forecast_matches(store, forecasters, matches, sealing, clock, progress).await
}

/// The same for one match.
///
/// # Errors
/// As [`forecast_to_come`]; or there is no such match, or it is not to come.
pub async fn forecast_one<S: SealStore + ?Sized>(
    store: &S,
    forecasters: &Forecasters,
    id: MatchId,
    sealing: Sealing,
    clock: &dyn Clock,
    progress: Arc<dyn Progress>,
) -> Result<SealReport, SealError> {
    let m = store.get_match(id).await?.ok_or(SealError::UnknownMatch(id))?;
    if !is_to_come(&m, clock.now()) {
        return Err(SealError::NotToCome { id, status: m.status });
    }
    forecast_matches(store, forecasters, vec![m], sealing, clock, progress).await
}

/// What one champion forecast, and what the version that is tried beside it said of the same matches.
struct Part<'a> {
    model: &'a RegisteredModel,
    computed: Computed,
    trial: Option<(&'a Trial, Tried)>,
}

/// Forecasts of the version that is tried.
struct Tried {
    computed: Computed,
    of: HashMap<MatchId, MatchForecast>,
}

impl Part<'_> {
    /// Who answers a match.
    fn arm(&self, id: MatchId) -> ExperimentArm {
        let trial = self.trial.as_ref().filter(|(_, tried)| tried.of.contains_key(&id));
        trial.map_or(ExperimentArm::Control, |(trial, _)| arm_of(&trial.experiment, id))
    }

    /// The forecasts that answer, with who gave them.
    fn answers(&self) -> impl Iterator<Item = (MatchId, &MatchForecast, ModelLabel)> {
        self.computed.forecasts.iter().map(|(id, _, forecast)| match &self.trial {
            Some((trial, tried)) if self.arm(*id) == ExperimentArm::Treatment => {
                (*id, &tried.of[id], trial.treatment.model.label())
            }
            _ => (*id, forecast, self.model.model.label()),
        })
    }
}

async fn forecast_matches<S: SealStore + ?Sized>(
    store: &S,
    forecasters: &Forecasters,
    matches: Vec<Match>,
    sealing: Sealing,
    clock: &dyn Clock,
    progress: Arc<dyn Progress>,
) -> Result<SealReport, SealError> {
    let now = clock.now();
    let as_of = sealing.as_of.map_or(now, |as_of| as_of.min(now));
    let wanted: HashMap<MatchId, Match> = matches.into_iter().map(|m| (m.id, m)).collect();
    let trial = forecasters.trial.as_ref().filter(|_| sealing.as_of.is_none());
    let work = Work { as_of, threads: sealing.threads, progress: &progress };
    let parts = all_parts(store, forecasters, trial, wanted.keys().copied().collect(), work).await?;
    progress.check()?;
    let sealed = if sealing.as_of.is_none() { seal_all(store, &parts, &wanted, as_of).await? } else { 0 };
    let codes: HashMap<LeagueId, String> =
        store.leagues().await?.iter().map(|l| (l.id, l.code.clone())).collect();
    let names: HashMap<TeamId, String> = store.teams().await?.into_iter().map(|t| (t.id, t.name)).collect();
    let name = |id: TeamId| names.get(&id).cloned().unwrap_or_default();
    let upcoming = parts.iter().flat_map(Part::answers).filter_map(|(id, forecast, model)| {
        let of = wanted.get(&id)?.clone();
        Some(Upcoming {
            league: codes.get(&of.league).cloned().unwrap_or_default(),
            home: name(of.home),
            away: name(of.away),
            as_of: known_until(of.kickoff, as_of),
            of,
            forecast: forecast.clone(),
            model,
        })
    });
    let mut upcoming: Vec<Upcoming> = upcoming.collect();
    upcoming.sort_by_key(|u| (u.of.kickoff.at, u.of.id));
    Ok(SealReport { upcoming, sealed })
}

/// As of when is forecast, and how.
#[derive(Clone, Copy)]
struct Work<'a> {
    as_of: DateTime<Utc>,
    threads: usize,
    progress: &'a Arc<dyn Progress>,
}

/// Lets each champion forecast, the one that knows most first, what none before it has forecast. One that sees prices and cannot
/// be applied is passed over.
async fn all_parts<'a, S: SealStore + ?Sized>(
    store: &S,
    forecasters: &'a Forecasters,
    trial: Option<&'a Trial>,
    mut left: HashSet<MatchId>,
    work: Work<'_>,
) -> Result<Vec<Part<'a>>, SealError> {
    let mut parts = Vec::new();
    for model in forecasters.champions() {
        if left.is_empty() {
            break;
        }
        let name = &model.model.manifest.name;
        let is_default = std::ptr::eq(model, &raw const forecasters.champion);
        let prices = |model: &RegisteredModel| {
            if is_default { MarketView::None } else { model.model.view().market }
        };
        let computed = match computed_by(store, model, &left, prices(model), work).await {
            Err(error @ (SealError::Model(_) | SealError::Failed)) if !is_default => {
                tracing::error!(%error, name, "a champion cannot be applied; the others go on without it");
                continue;
            }
            computed => computed?,
        };
        let ids: HashSet<MatchId> = computed.forecasts.iter().map(|(id, _, _)| *id).collect();
        left.retain(|id| !ids.contains(id));
        let tried = match trial.filter(|trial| trial.experiment.model == *name) {
            Some(trial) => {
                let prices = prices(&trial.treatment);
                tried_by(store, trial, &ids, prices, work).await?.map(|tried| (trial, tried))
            }
            None => None,
        };
        parts.push(Part { model, computed, trial: tried });
    }
    Ok(parts)
}

/// Forecasts of one model, of matches of which it has prices.
async fn computed_by<S: SealStore + ?Sized>(
    store: &S,
    model: &RegisteredModel,
    ids: &HashSet<MatchId>,
    prices: MarketView,
    work: Work<'_>,
) -> Result<Computed, SealError> {
    let facts = Facts::load_to_forecast(store, model.model.view(), ids).await?;
    let (model, progress, ids) = (Arc::clone(&model.model), Arc::clone(work.progress), ids.clone());
    let Work { as_of, threads, .. } = work;
    let compute = move || compute(&model, &facts, &ids, prices, as_of, threads, progress.as_ref());
    tokio::task::spawn_blocking(compute).await.map_err(|_| SealError::Failed)?
}

/// Forecasts of the version that is tried; none where it cannot forecast.
async fn tried_by<S: SealStore + ?Sized>(
    store: &S,
    trial: &Trial,
    ids: &HashSet<MatchId>,
    prices: MarketView,
    work: Work<'_>,
) -> Result<Option<Tried>, SealError> {
    match computed_by(store, &trial.treatment, ids, prices, work).await {
        Ok(computed) => {
            let of = computed.forecasts.iter().map(|(id, _, forecast)| (*id, forecast.clone())).collect();
            Ok(Some(Tried { computed, of }))
        }
        Err(error @ (SealError::Model(_) | SealError::Failed)) => {
            let experiment = &trial.experiment.id;
            tracing::error!(%error, experiment, "the challenger cannot be applied; the champion goes on alone");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Seals the forecast of whoever answers each match, and records what both said of those that are divided.
async fn seal_all<S: SealStore + ?Sized>(
    store: &S,
    parts: &[Part<'_>],
    matches: &HashMap<MatchId, Match>,
    as_of: DateTime<Utc>,
) -> Result<u64, SealError> {
    let (mut forecasts, mut features) = (Vec::new(), Vec::new());
    for part in parts {
        let mut add = |computed: &Computed, model: &RegisteredModel, arm: ExperimentArm| {
            let (said, used) = to_seal(computed, model, matches, as_of);
            forecasts.extend(said.into_iter().filter(|forecast| part.arm(forecast.match_id) == arm));
            features.extend(used);
        };
        add(&part.computed, part.model, ExperimentArm::Control);
        if let Some((trial, tried)) = &part.trial {
            add(&tried.computed, &trial.treatment, ExperimentArm::Treatment);
        }
    }
    features.sort_unstable();
    features.dedup();
    let used = |set: &FeatureSet| {
        forecasts.iter().any(|f| f.details.as_ref().is_some_and(|d| d.features == set.hash()))
    };
    features.retain(used);
    let sealed = store.seal(&forecasts, &features).await?;
    for part in parts {
        let Some((trial, tried)) = &part.trial else { continue };
        let pairs = part.computed.forecasts.iter().filter_map(|(match_id, _, control)| {
            Some(ForecastPair {
                match_id: *match_id,
                arm: part.arm(*match_id),
                control: control.forecast,
                treatment: tried.of.get(match_id)?.forecast,
            })
        });
        store.record_pairs(&trial.experiment.id, as_of, &pairs.collect::<Vec<_>>()).await?;
    }
    Ok(sealed)
}

fn compute(
    model: &ForecastModel,
    facts: &Facts,
    wanted: &HashSet<MatchId>,
    prices: MarketView,
    as_of: DateTime<Utc>,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Computed, SealError> {
    let history = facts.history(&[]);
    let is_wanted = |p: &u32| wanted.contains(&history.ids()[*p as usize]);
    let positions: Vec<u32> = (0..history.len() as u32).filter(is_wanted).collect();
    progress.check()?;
    progress.begin("forecasts", positions.len() as u64);
    let horizons = Horizons::at(&history, as_of);
    let asked = Asked { history: &history, positions: &positions, as_of, threads, prices };
    let mut features = |positions: &[u32], knowledge, settings: &Settings| {
        touchline_features::compute(&history, positions, knowledge, settings, threads)
    };
    let forecasts = forecast_from(model, asked, &mut features);
    progress.end();
    let forecasts: Vec<_> = forecasts?
        .into_iter()
        .map(|(p, forecast)| (history.ids()[p as usize], horizons.of(&history, p), forecast))
        .collect();
    progress.check()?;
    let data_hash = if forecasts.is_empty() { String::new() } else { history.hash() };
    Ok(Computed { forecasts, data_hash })
}

/// The forecasts as they are sealed, with the features that they may name.
fn to_seal(
    computed: &Computed,
    RegisteredModel { model, manifest_hash }: &RegisteredModel,
    matches: &HashMap<MatchId, Match>,
    now: DateTime<Utc>,
) -> (Vec<SealedForecast>, [FeatureSet; 2]) {
    let features = Horizon::ALL.map(|h| features_used(&model.manifest.variants[h as usize].features));
    let forecasts = computed.forecasts.iter().filter_map(|(id, horizon, f)| {
        let kickoff = matches.get(id)?.kickoff;
        let hashes = [
            features[*horizon as usize].hash().to_owned(),
            manifest_hash.clone(),
            computed.data_hash.clone(),
        ];
        Some(SealedForecast {
            match_id: *id,
            model_name: model.manifest.name.clone(),
            model_version: model.manifest.version.clone(),
            forecast: f.forecast,
            expected_goals: f.expected_goals,
            as_of: known_until(kickoff, now),
            sealed_at: now,
            details: Some(Box::new(SealedDetails::of(&f.forecast, f.grid.clone(), kickoff, hashes))),
        })
    });
    (forecasts.collect(), features)
}

/// Names and versions of a model's features.
fn features_used(definitions: &[Definition]) -> FeatureSet {
    let names = definitions.iter().map(|d| format!("{}@{}", d.name, d.version)).collect();
    FeatureSet::new(|bytes| *blake3::hash(bytes).as_bytes(), names)
}
