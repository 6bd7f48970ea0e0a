//! Forecasting the matches to come, and sealing the forecasts: one function for the command, a route and a job.
//!
//! Facts are loaded, forecasts computed off the executor, and all of them published in one transaction. Where the work is
//! asked to stop, nothing is sealed.

use crate::experiment::{Trial, arm_of};
use crate::predict::{Horizons, forecast_positions};
use crate::to_come::{is_to_come, known_until, matches_to_come};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::ports::{
    ExperimentArm, ExperimentWriter, FeatureSet, ForecastPair, ModelVersion, PredictionWriter, SealedDetails,
    SealedForecast, StoreError, TeamReader,
};
use touchline_domain::{Clock, LeagueId, Match, MatchId, MatchStatus, Progress, Stopped, TeamId};
use touchline_features::Definition;
use touchline_learning::dataset::{FactReader, Facts};
use touchline_learning::matrices::Horizon;
use touchline_learning::model::{ForecastModel, ModelError};
use touchline_learning::predictor::MatchForecast;

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
}

/// Who forecasts: the champion, and while an experiment is in effect the version that is tried.
#[derive(Debug, Clone)]
pub struct Forecasters {
    /// The champion.
    pub champion: RegisteredModel,
    /// The version that is tried beside it.
    pub trial: Option<Trial>,
}

impl From<RegisteredModel> for Forecasters {
    fn from(champion: RegisteredModel) -> Self {
        Self { champion, trial: None }
    }
}

impl Forecasters {
    /// Who answers a match, where `tried` says whether the trial has forecast it.
    fn of(&self, id: MatchId, tried: bool) -> ExperimentArm {
        let arm = self.trial.as_ref().filter(|_| tried).map(|trial| arm_of(&trial.experiment, id));
        arm.unwrap_or(ExperimentArm::Control)
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
    let asked = Asked { matches: &wanted, as_of, threads: sealing.threads };
    let (mut computed, codes) = computed_by(store, &forecasters.champion, asked, &progress).await?;
    let trial = forecasters.trial.as_ref().filter(|_| sealing.as_of.is_none());
    let tried = match trial {
        Some(trial) => tried_by(store, trial, asked, &progress).await?,
        None => None,
    };
    progress.check()?;
    let sealed = if sealing.as_of.is_none() {
        seal_all(store, forecasters, &computed, tried.as_ref(), asked).await?
    } else {
        0
    };
    if let Some(tried) = tried {
        let mut treated: HashMap<MatchId, MatchForecast> =
            tried.forecasts.into_iter().map(|(id, _, forecast)| (id, forecast)).collect();
        for (id, _, forecast) in &mut computed.forecasts {
            if forecasters.of(*id, treated.contains_key(id)) == ExperimentArm::Treatment
                && let Some(answer) = treated.remove(id)
            {
                *forecast = answer;
            }
        }
    }
    let names: HashMap<TeamId, String> = store.teams().await?.into_iter().map(|t| (t.id, t.name)).collect();
    let name = |id: TeamId| names.get(&id).cloned().unwrap_or_default();
    let upcoming = computed.forecasts.into_iter().filter_map(|(id, _, forecast)| {
        let of = wanted.get(&id)?.clone();
        Some(Upcoming {
            league: codes.get(&of.league).cloned().unwrap_or_default(),
            home: name(of.home),
            away: name(of.away),
            as_of: known_until(of.kickoff, as_of),
            of,
            forecast,
        })
    });
    Ok(SealReport { upcoming: upcoming.collect(), sealed })
}

/// Which matches are forecast, and from what.
#[derive(Clone, Copy)]
struct Asked<'a> {
    matches: &'a HashMap<MatchId, Match>,
    as_of: DateTime<Utc>,
    threads: usize,
}

/// Forecasts of one model, and codes of the leagues.
async fn computed_by<S: SealStore + ?Sized>(
    store: &S,
    model: &RegisteredModel,
    asked: Asked<'_>,
    progress: &Arc<dyn Progress>,
) -> Result<(Computed, HashMap<LeagueId, String>), SealError> {
    let ids: HashSet<MatchId> = asked.matches.keys().copied().collect();
    let facts = Facts::load_to_forecast(store, model.model.view(), &ids).await?;
    let codes: HashMap<_, String> = facts.leagues.iter().map(|l| (l.id, l.code.clone())).collect();
    let (model, progress) = (Arc::clone(&model.model), Arc::clone(progress));
    let Asked { as_of, threads, .. } = asked;
    let compute = move || {
        let wanted = |id: &MatchId| ids.contains(id);
        compute(&model, &facts, wanted, as_of, threads, progress.as_ref())
    };
    let computed = tokio::task::spawn_blocking(compute).await.map_err(|_| SealError::Failed)??;
    Ok((computed, codes))
}

/// Forecasts of the version that is tried; none where it cannot forecast.
async fn tried_by<S: SealStore + ?Sized>(
    store: &S,
    trial: &Trial,
    asked: Asked<'_>,
    progress: &Arc<dyn Progress>,
) -> Result<Option<Computed>, SealError> {
    match computed_by(store, &trial.treatment, asked, progress).await {
        Ok((computed, _)) => Ok(Some(computed)),
        Err(error @ (SealError::Model(_) | SealError::Failed)) => {
            let experiment = &trial.experiment.id;
            tracing::error!(%error, experiment, "the challenger cannot be applied; the champion goes on alone");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Seals the forecast of whoever answers each match, and records what both said.
async fn seal_all<S: SealStore + ?Sized>(
    store: &S,
    forecasters: &Forecasters,
    computed: &Computed,
    tried: Option<&Computed>,
    asked: Asked<'_>,
) -> Result<u64, SealError> {
    let Asked { matches, as_of, .. } = asked;
    let treated: HashMap<MatchId, &MatchForecast> =
        tried.iter().flat_map(|tried| &tried.forecasts).map(|(id, _, forecast)| (*id, forecast)).collect();
    let answers = |id: &MatchId, arm: ExperimentArm| forecasters.of(*id, treated.contains_key(id)) == arm;
    let (mut forecasts, mut features) = to_seal(computed, &forecasters.champion, matches, as_of);
    forecasts.retain(|forecast| answers(&forecast.match_id, ExperimentArm::Control));
    let Some((trial, tried)) = forecasters.trial.as_ref().zip(tried) else {
        return Ok(store.seal(&forecasts, &features).await?);
    };
    let (mut others, more) = to_seal(tried, &trial.treatment, matches, as_of);
    others.retain(|forecast| answers(&forecast.match_id, ExperimentArm::Treatment));
    forecasts.append(&mut others);
    features.extend(more);
    features.sort_unstable();
    features.dedup();
    let used = |set: &FeatureSet| {
        forecasts.iter().any(|f| f.details.as_ref().is_some_and(|d| d.features == set.hash()))
    };
    features.retain(used);
    let sealed = store.seal(&forecasts, &features).await?;
    let pairs = computed.forecasts.iter().filter_map(|(match_id, _, control)| {
        Some(ForecastPair {
            match_id: *match_id,
            arm: forecasters.of(*match_id, true),
            control: control.forecast,
            treatment: treated.get(match_id)?.forecast,
        })
    });
    store.record_pairs(&trial.experiment.id, as_of, &pairs.collect::<Vec<_>>()).await?;
    Ok(sealed)
}

fn compute(
    model: &ForecastModel,
    facts: &Facts,
    wanted: impl Fn(&MatchId) -> bool,
    as_of: DateTime<Utc>,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Computed, SealError> {
    let history = facts.history(&[]);
    let positions: Vec<u32> =
        (0..history.len() as u32).filter(|p| wanted(&history.ids()[*p as usize])).collect();
    progress.check()?;
    progress.begin("forecasts", positions.len() as u64);
    let horizons = Horizons::at(&history, as_of);
    let forecasts = forecast_positions(model, &history, &positions, as_of, threads);
    progress.end();
    let forecasts = forecasts?
        .into_iter()
        .map(|(p, forecast)| (history.ids()[p as usize], horizons.of(&history, p), forecast))
        .collect();
    progress.check()?;
    Ok(Computed { forecasts, data_hash: history.hash() })
}

/// The forecasts as they are sealed, with the features that they name.
fn to_seal(
    computed: &Computed,
    RegisteredModel { model, manifest_hash }: &RegisteredModel,
    matches: &HashMap<MatchId, Match>,
    now: DateTime<Utc>,
) -> (Vec<SealedForecast>, Vec<FeatureSet>) {
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
    let forecasts: Vec<_> = forecasts.collect();
    let used = |set: &FeatureSet| {
        forecasts.iter().any(|f| f.details.as_ref().is_some_and(|d| d.features == set.hash()))
    };
    let mut features: Vec<FeatureSet> = features.into_iter().filter(used).collect();
    features.sort_unstable();
    features.dedup();
    (forecasts, features)
}

/// Names and versions of a model's features.
fn features_used(definitions: &[Definition]) -> FeatureSet {
    let names = definitions.iter().map(|d| format!("{}@{}", d.name, d.version)).collect();
    FeatureSet::new(|bytes| *blake3::hash(bytes).as_bytes(), names)
}
