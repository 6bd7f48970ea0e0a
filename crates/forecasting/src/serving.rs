//! Forecasts of stored matches in real time: what an interface asks when somebody wants to see one.
//!
//! A [`ForecastService`] computes the forecasts of all matches to come in one pass and keeps them as an immutable
//! [`Snapshot`]. Answers come from the snapshot. It is renewed behind them when the store's feed of changes says that
//! something changed which can alter an answer (see [`ForecastService::follow`]), or when it has grown old. Where the
//! trained model cannot answer, something simpler does, and the answer says so: see [`Mode`].

mod answer;
mod as_of;
mod follow;
mod model_forecasts;
mod nearest;
mod quotes;
mod snapshot;
mod trial;

pub use answer::{Answer, AnswerExperiment, Mode, Reason};
pub use as_of::FeaturesAsOf;
pub use nearest::COUNTED;
pub use snapshot::Snapshot;
pub use touchline_features::{MarketView, Similar, SimilarMatch};
pub use trial::{TrialFault, TrialState};

use crate::experiment::running;
use crate::to_come::{is_to_come, matches_to_come};
use chrono::{DateTime, Duration, Utc};
use quotes::HeldQuotes;
use snapshot::{Active, Sources};
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as SyncMutex, PoisonError, RwLock};
use thiserror::Error;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::task::AbortHandle;
use touchline_domain::ports::{ArtifactStore, ForecastReader, ModelAlias, ModelVersion, StoreError};
use touchline_domain::{Clock, FeedPosition, Kickoff, MatchId, MatchStatus};
use touchline_learning::model::MODEL_NAME;
use touchline_learning::registry::{joint_view, priced_champions, provide};
use trial::TrialSource;

/// Changes read at a time.
const CHANGES: u32 = 1000;

/// Why there is no forecast.
#[derive(Debug, Error)]
pub enum ServingError {
    /// The store failed; see [`StoreError::retry`].
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The store holds no such match.
    #[error("match {0} is not known")]
    UnknownMatch(MatchId),
    /// The match is not to come, and no forecast of it was sealed before its kick-off.
    #[error("match {id} is {} since {}; no forecast of it was sealed before", status.name(), kickoff.at)]
    NotToCome {
        /// The match.
        id: MatchId,
        /// Where it stands.
        status: MatchStatus,
        /// When it started or should have started.
        kickoff: Kickoff,
    },
    /// The match is not forecast by the view of prices that is asked for.
    #[error(
        "match {id} is not forecast with the view {} of prices: no such model answers, or no such price is known; {}",
        view.name(), known_views(known)
    )]
    NotByView {
        /// The match.
        id: MatchId,
        /// The view.
        view: MarketView,
        /// Those by which it is forecast.
        known: Vec<MarketView>,
    },
    /// What is asked for as of a time is of a match that had begun then.
    #[error("match {id} had begun at {as_of}: its kick-off is {}", kickoff.at)]
    Begun {
        /// The match.
        id: MatchId,
        /// The time.
        as_of: DateTime<Utc>,
        /// Its kick-off.
        kickoff: Kickoff,
    },
    /// Others are computed first. Try again later.
    #[error("forecasts as of other times are computed first")]
    Busy,
    /// The forecasts could not be computed; what went wrong is in the log. Try again later.
    #[error("the forecasts could not be computed")]
    Failed,
}

fn known_views(known: &[MarketView]) -> String {
    let names: Vec<&str> = known.iter().map(|view| view.name()).collect();
    if names.is_empty() { "it has none".to_owned() } else { format!("it has {}", names.join(", ")) }
}

/// When forecasts are renewed, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServingSettings {
    /// Forecasts older than this are computed again even if nothing changed: what is known depends on the time too.
    pub max_age: Duration,
    /// Threads for computing.
    pub threads: usize,
    /// The best that may answer: real, the trained model; fallback, the strength filter; mock, base rates, for trying out an
    /// interface. What stands in is labelled.
    pub best: Mode,
}

impl Default for ServingSettings {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { max_age: Duration::minutes(15), threads, best: Mode::Real }
    }
}

/// How the forecasts stand, for health checks.
#[derive(Debug, Clone, Default)]
pub struct ServingStatus {
    /// What answers; none before the first computation.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Up to where the feed of changes was read.
    pub position: Option<FeedPosition>,
    /// When the feed was last read.
    pub checked_at: Option<DateTime<Utc>>,
    /// Whether that failed, so that older forecasts go on answering.
    pub failed: bool,
}

/// Answers forecasts of stored matches. Clones share everything.
#[derive(Clone)]
pub struct ForecastService {
    inner: Arc<Inner>,
}

struct Inner {
    data_dir: PathBuf,
    store: Arc<dyn ForecastReader>,
    artifacts: Option<Arc<dyn ArtifactStore>>,
    clock: Arc<dyn Clock>,
    settings: ServingSettings,
    status: RwLock<ServingStatus>,
    /// Held while forecasts are renewed: whoever waits for it takes what the holder computed.
    flight: Mutex<()>,
    /// Whether a renewal runs in the background.
    renewing: AtomicBool,
    /// The task that follows the feed.
    follower: SyncMutex<Option<AbortHandle>>,
    /// Whether there is one.
    follows: AtomicBool,
    /// Moves on with every snapshot.
    landed: watch::Sender<()>,
    /// Held while something is computed as of a time.
    past: Semaphore,
    /// Prices that the last snapshot was computed from.
    quotes: SyncMutex<Option<HeldQuotes>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(follower) = self.follower.get_mut().unwrap_or_else(PoisonError::into_inner) {
            follower.abort();
        }
    }
}

impl fmt::Debug for ForecastService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForecastService").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl ForecastService {
    /// Forecasts from the matches of `store` and the bundles under `data_dir`, fetched from `artifacts` where they are
    /// not there. Nothing is computed before the first question, or before [`follow`](Self::follow).
    pub fn new(
        data_dir: PathBuf,
        store: Arc<dyn ForecastReader>,
        artifacts: Option<Arc<dyn ArtifactStore>>,
        clock: Arc<dyn Clock>,
        settings: ServingSettings,
    ) -> Self {
        let inner = Inner {
            data_dir,
            store,
            artifacts,
            clock,
            settings,
            status: RwLock::default(),
            flight: Mutex::new(()),
            renewing: AtomicBool::new(false),
            follower: SyncMutex::new(None),
            follows: AtomicBool::new(false),
            landed: watch::Sender::new(()),
            past: Semaphore::new(1),
            quotes: SyncMutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The forecast of one match: of a match to come the current one, of any other the last that was sealed
    /// before its kick-off.
    ///
    /// # Errors
    /// The match is not known, or has started without a sealed forecast, or the store is not available.
    pub async fn forecast(&self, id: MatchId) -> Result<Answer, ServingError> {
        let now = self.inner.clock.now();
        if let Some(answer) = self.followed().and_then(|snapshot| snapshot.answer_before_kickoff(id, now)) {
            return Ok(answer);
        }
        let m = self.inner.store.get_match(id).await?.ok_or(ServingError::UnknownMatch(id))?;
        if is_to_come(&m, now) {
            if let Some(answer) = self.current().await?.answer(id) {
                return Ok(answer);
            }
            // Stored since the last look.
            return self.refresh().await?.answer(id).ok_or(ServingError::Failed);
        }
        let sealed = self.inner.store.sealed(id).await?;
        let not_to_come = || ServingError::NotToCome { id, status: m.status, kickoff: m.kickoff };
        let answer = sealed.last().map(Answer::sealed).ok_or_else(not_to_come)?;
        let snapshot = self.status().snapshot;
        Ok(answer.within(snapshot.as_deref().and_then(Snapshot::trial)))
    }

    /// The forecast of one match by the model with a view of prices: of a match to come the current one, of any other the last that
    /// such a model sealed before its kick-off.
    ///
    /// # Errors
    /// As [`forecast`](Self::forecast); or the match is not forecast so.
    pub async fn forecast_by(&self, id: MatchId, view: MarketView) -> Result<Answer, ServingError> {
        let answer = self.forecast(id).await?;
        if answer.view == Some(view) && answer.experiment.is_none() {
            return Ok(answer);
        }
        let by_view = if answer.sealed_at.is_some() {
            let sealed = self.inner.store.sealed(id).await?;
            sealed.iter().rev().map(Answer::sealed).find(|sealed| sealed.view == Some(view))
        } else {
            self.current().await?.answer_by(id, view)
        };
        by_view.ok_or(ServingError::NotByView { id, view, known: answer.views })
    }

    /// The forecasts of all matches to come. Renews them behind the answer where they have grown old, and waits for
    /// them only where there are none yet.
    ///
    /// # Errors
    /// There are none yet, and they cannot be computed.
    pub async fn current(&self) -> Result<Arc<Snapshot>, ServingError> {
        let Some(snapshot) = self.status().snapshot else { return self.refresh().await };
        if self.age(&snapshot) >= self.inner.settings.max_age {
            self.refresh_behind();
        }
        Ok(snapshot)
    }

    fn age(&self, snapshot: &Snapshot) -> Duration {
        (self.inner.clock.now() - snapshot.as_of()).abs()
    }

    /// The past matches that were most like a match of a snapshot, at most so many; see [`Snapshot::similar`].
    ///
    /// # Errors
    /// They cannot be computed.
    pub async fn similar(
        snapshot: &Arc<Snapshot>,
        id: MatchId,
        most: usize,
    ) -> Result<Option<Similar>, ServingError> {
        if snapshot.is_prepared() {
            return Ok(snapshot.similar(id, most));
        }
        let snapshot = Arc::clone(snapshot);
        let similar = tokio::task::spawn_blocking(move || snapshot.similar(id, most));
        similar.await.map_err(|_| ServingError::Failed)
    }

    /// How the forecasts stand.
    pub fn status(&self) -> ServingStatus {
        self.inner.status.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The forecasts of all matches to come, where the feed of changes is followed and can be read: what is written shows in
    /// them within moments, so that they answer without a look into the store.
    pub fn followed(&self) -> Option<Arc<Snapshot>> {
        if !self.inner.follows.load(Ordering::Relaxed) {
            return None;
        }
        let status = self.inner.status.read().unwrap_or_else(PoisonError::into_inner);
        if status.failed { None } else { status.snapshot.clone() }
    }

    /// Moves on whenever other forecasts answer.
    pub fn renewals(&self) -> watch::Receiver<()> {
        self.inner.landed.subscribe()
    }

    /// Starts looking for changes without waiting, unless that is under way.
    pub fn refresh_behind(&self) {
        if self.inner.renewing.swap(true, Ordering::AcqRel) {
            return;
        }
        let this = self.clone();
        tokio::spawn(async move {
            // What went wrong is logged and kept in the status.
            let _ = this.refresh().await;
            this.inner.renewing.store(false, Ordering::Release);
        });
    }

    /// Reads the feed of changes now and computes the forecasts again where one of them matters or they have
    /// grown old. Calls at the same time share
    /// one computation, which goes on when a caller gives up.
    ///
    /// # Errors
    /// The store is not available, or the computation failed; earlier forecasts go on answering.
    pub async fn refresh(&self) -> Result<Arc<Snapshot>, ServingError> {
        let this = self.clone();
        let seen = self.status().snapshot;
        let flight = tokio::spawn(async move {
            let _flight = this.inner.flight.lock().await;
            let before = this.status().snapshot;
            if let Some(newer) = &before
                && !seen.is_some_and(|seen| Arc::ptr_eq(&seen, newer))
            {
                return Ok(Arc::clone(newer));
            }
            let renewed = this.renewed(before.as_ref()).await;
            this.land(renewed)
        });
        flight.await.unwrap_or(Err(ServingError::Failed))
    }

    fn land(
        &self,
        renewed: Result<(Arc<Snapshot>, FeedPosition), ServingError>,
    ) -> Result<Arc<Snapshot>, ServingError> {
        if let Err(error) = &renewed {
            tracing::warn!(%error, "forecasts could not be renewed");
        }
        let mut status = self.inner.status.write().unwrap_or_else(PoisonError::into_inner);
        status.checked_at = Some(self.inner.clock.now());
        status.failed = renewed.is_err();
        let (snapshot, position) = renewed?;
        let is_new = !status.snapshot.as_ref().is_some_and(|before| Arc::ptr_eq(before, &snapshot));
        let prepared = Arc::clone(&snapshot);
        status.snapshot = Some(Arc::clone(&snapshot));
        status.position = Some(position);
        drop(status);
        if is_new {
            // Behind the answers: explanations alone need it, and wait for it where it is not there.
            tokio::task::spawn_blocking(move || prepared.prepare());
            self.inner.landed.send_replace(());
        }
        Ok(snapshot)
    }

    /// Forecasts with everything up to a place in the feed.
    async fn renewed(
        &self,
        before: Option<&Arc<Snapshot>>,
    ) -> Result<(Arc<Snapshot>, FeedPosition), ServingError> {
        let Inner { store, clock, settings, .. } = &*self.inner;
        // Before anything else is read: what comes later is read once too often, and never missed.
        let position = store.latest().await?;
        if let Some(before) = before
            && self.age(before) < settings.max_age
            && !self.matters(before, position).await?
        {
            return Ok((Arc::clone(before), position));
        }
        let active = store.aliased(MODEL_NAME, ModelAlias::Champion).await?;
        let as_of = clock.now();
        let fixtures = matches_to_come(&**store, as_of).await?;
        let model = self.model(active.as_ref(), before).await?;
        let mut priced = Vec::new();
        for version in priced_champions(&**store).await? {
            let model = self.model(Some(&version), before).await?;
            priced.push((version, model));
        }
        // All prices that were ever stored take longer than everything else: who starts answers without them first.
        let sees_earlier =
            |model: &Active| model.as_ref().is_ok_and(|model| model.view().market.sees_earlier());
        let is_hurried = before.is_none()
            && self.inner.follows.load(Ordering::Relaxed)
            && priced.iter().any(|(_, model)| sees_earlier(model));
        if is_hurried {
            priced.retain(|(_, model)| !sees_earlier(model));
        }
        let champions: Vec<&ModelVersion> =
            active.iter().chain(priced.iter().map(|(version, _)| version)).collect();
        let trial = self.trial(before, &champions).await?;
        let of_trial = trial.as_ref().and_then(TrialSource::view).unwrap_or_default();
        let models = priced.iter().map(|(_, model)| model).chain([&model]).flatten();
        let view = models.map(|model| model.view()).fold(of_trial, joint_view);
        let wanted = fixtures.iter().map(|m| m.id).collect();
        let facts = self.facts(view, &wanted, position).await?;
        let checkpoints = before.map_or_else(Vec::new, |b| b.checkpoints().to_vec());
        let settings = settings.clone();
        let sources = Sources {
            model,
            priced,
            is_hurried,
            checkpoints,
            facts,
            fixtures,
            active,
            trial,
            as_of,
            settings,
        };
        let built = tokio::task::spawn_blocking(move || Snapshot::build(sources)).await;
        Ok((built.map(Arc::new).map_err(|_| ServingError::Failed)?, position))
    }

    /// A version that answers, from an earlier snapshot where it is the same, else from its files, which are fetched where they are
    /// not here.
    async fn model(
        &self,
        version: Option<&ModelVersion>,
        before: Option<&Arc<Snapshot>>,
    ) -> Result<Active, ServingError> {
        let Inner { artifacts, data_dir, .. } = &*self.inner;
        if let Some(version) = version
            && let Err(error) = provide(artifacts.as_deref(), data_dir, version).await
        {
            tracing::error!(%error, "the files of a model cannot be fetched");
        }
        let loaded = before.zip(version).and_then(|(before, version)| before.loaded(&version.name));
        let (data_dir, version) = (data_dir.clone(), version.cloned());
        let load = move || snapshot::load(&data_dir, version.as_ref(), loaded);
        tokio::task::spawn_blocking(load).await.map_err(|_| ServingError::Failed)
    }

    /// The experiment that runs with the version that it tries, which is fetched where its files are not here.
    async fn trial(
        &self,
        before: Option<&Arc<Snapshot>>,
        champions: &[&ModelVersion],
    ) -> Result<Option<TrialSource>, ServingError> {
        let Inner { store, artifacts, data_dir, .. } = &*self.inner;
        let Some(experiment) = running(&**store).await? else { return Ok(None) };
        let Some(champion) = champions.iter().find(|champion| champion.name == experiment.model) else {
            return Ok(None);
        };
        let versions = store.versions().await?;
        let is_tried = |v: &ModelVersion| v.name == experiment.model && v.version == experiment.treatment;
        let registered = versions.into_iter().find(is_tried);
        if let Some(version) = &registered
            && let Err(error) = provide(artifacts.as_deref(), data_dir, version).await
        {
            tracing::error!(%error, "the files of the version that is tried cannot be fetched");
        }
        let loaded = before.and_then(|before| before.trial()?.loaded());
        let (data_dir, champion) = (data_dir.clone(), champion.version.clone());
        let load = move || TrialSource::load(&data_dir, experiment, &champion, registered.as_ref(), loaded);
        Ok(Some(tokio::task::spawn_blocking(load).await.map_err(|_| ServingError::Failed)?))
    }

    /// Whether the feed holds anything up to a place that was not read and can alter an answer.
    async fn matters(&self, before: &Snapshot, latest: FeedPosition) -> Result<bool, ServingError> {
        let Some(mut position) = self.status().position.filter(|read| *read <= latest) else {
            // Never read, or the store was replaced by an older copy.
            return Ok(true);
        };
        if before.is_to_be_retried() {
            return Ok(true);
        }
        while position < latest {
            let page = self.inner.store.after(position, CHANGES).await?;
            let Some(last) = page.changes.last() else { return Ok(true) };
            if page.has_gap || page.changes.iter().any(|change| before.is_altered_by(change)) {
                return Ok(true);
            }
            position = last.position;
        }
        Ok(false)
    }
}
