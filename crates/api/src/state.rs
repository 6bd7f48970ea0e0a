//! What handlers share: the ports, the forecasts, and what is kept in memory of earlier answers.

use crate::answers::{Heads, KeptAnswer, LIST, ROOM, form};
use crate::envelope::Data;
use crate::error::ApiError;
use crate::exporter::Exporter;
use crate::finished::{Finished, FinishedAnswers};
use crate::freshness::Freshness;
use crate::imports::ImportSettings;
use crate::live_writer::{LiveWriter, Writing};
use crate::names::{NamedTeam, Names, Roster};
use crate::once::Once;
use crate::payload::Tagged;
use crate::revisions::Revisions;
use crate::routes::health::LatestHealth;
use crate::routes::live::{LiveSettings, Received};
use crate::tickets::TicketSettings;
use crate::uploads::Uploads;
use serde::Serialize;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use touchline_accounts::{Accounts, IdentityProvider, IdentityRules, WebhookSecrets};
use touchline_cache::{Behind, Fresh, Layered};
use touchline_domain::ports::{
    ArtifactStore, Coordination, ReadStore, Revision, Store, StoreError, TableFormat,
};
use touchline_domain::{Clock, EventList, League, Match, MatchId};
use touchline_forecasting::live::LiveMatches;
use touchline_forecasting::serving::ForecastService;
use touchline_learning::backtest::Strategies;

/// What operators change through the interface, and what that takes.
#[derive(Clone)]
pub struct Operations {
    /// The store, to write to.
    pub store: Arc<dyn Store>,
    /// Where files of models are kept for other machines, if anywhere.
    pub artifacts: Option<Arc<dyn ArtifactStore>>,
    /// Folder of the bundles.
    pub data_dir: PathBuf,
    /// Threads for forecasts.
    pub threads: usize,
    /// Sources that are collected by themselves.
    pub sources: Vec<String>,
    /// How much is asked for by tickets.
    pub tickets: TicketSettings,
    /// What may be brought in.
    pub imports: ImportSettings,
}

/// Logging in by a provider of identities.
#[derive(Clone)]
pub struct IdentityLogin {
    /// Who knows people.
    pub provider: Arc<dyn IdentityProvider>,
    /// Which accounts they get.
    pub rules: IdentityRules,
    /// How people know it.
    pub name: String,
}

/// What servers of one database share beside it.
#[derive(Clone)]
pub struct SharedMemory {
    /// What they agree on.
    pub coordination: Arc<dyn Coordination>,
    /// Where answers are kept for all of them.
    pub behind: Behind,
}

/// Exports that are written at a time: each reads for as long as its client takes.
const EXPORTS_AT_A_TIME: usize = 4;
/// Messages of sources that are remembered.
const MOST_DELIVERIES: usize = 100_000;

/// What the interface answers from. Without accounts and [`Operations`] it can read alone. Clones share everything.
#[derive(Clone)]
pub struct ApiState(Arc<Shared>);

struct Shared {
    store: Arc<dyn ReadStore>,
    forecasts: ForecastService,
    clock: Arc<dyn Clock>,
    revisions: Revisions,
    heads: Heads,
    answers: Layered<KeptAnswer>,
    memory: Option<SharedMemory>,
    finished: FinishedAnswers,
    live: LiveMatches,
    live_settings: LiveSettings,
    live_writer: LiveWriter,
    deliveries: Once<Received>,
    names: Names,
    strategies: Strategies,
    freshness: Freshness,
    health: LatestHealth,
    accounts: Option<Arc<Accounts>>,
    operations: Option<Operations>,
    parquet: Option<Arc<dyn TableFormat>>,
    uploads: Option<Uploads>,
    identity: Option<IdentityLogin>,
    exporting: Arc<Semaphore>,
}

impl fmt::Debug for ApiState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiState").field("forecasts", &self.0.forecasts).finish_non_exhaustive()
    }
}

impl ApiState {
    /// The store, the forecasts over it, and the clock that dates answers.
    pub fn new(store: Arc<dyn ReadStore>, forecasts: ForecastService, clock: Arc<dyn Clock>) -> Self {
        let (revisions, heads, names) = (Revisions::default(), Heads::default(), Names::default());
        // What is measured before it is there is lost.
        let _ = Exporter::installed();
        let answers = Layered::in_memory(ROOM);
        let (freshness, finished) = (Freshness::default(), FinishedAnswers::default());
        let (accounts, operations) = (None, None);
        // Each start has numbers of its own.
        let run = RandomState::new().hash_one(clock.now());
        let live = LiveMatches::new(forecasts.clone(), run);
        let deliveries = Once::new(WebhookSecrets::TOLERANCE * 3, MOST_DELIVERIES);
        Self(Arc::new(Shared {
            store,
            forecasts,
            clock,
            revisions,
            heads,
            answers,
            memory: None,
            finished,
            live,
            live_settings: LiveSettings::default(),
            live_writer: LiveWriter::default(),
            deliveries,
            names,
            strategies: Strategies::default(),
            freshness,
            health: LatestHealth::default(),
            accounts,
            operations,
            parquet: None,
            uploads: None,
            identity: None,
            exporting: Arc::new(Semaphore::new(EXPORTS_AT_A_TIME)),
        }))
    }

    /// With accounts, and what operators change: without them reading is open, and nothing can be written.
    ///
    /// # Panics
    /// The state is shared already.
    #[must_use]
    pub fn with_accounts(mut self, accounts: Arc<Accounts>, operations: Operations) -> Self {
        let shared = Arc::get_mut(&mut self.0).expect("accounts are given before the state is shared");
        shared.uploads = Some(Uploads::new(&operations.data_dir));
        (shared.accounts, shared.operations) = (Some(accounts), Some(operations));
        self
    }

    /// With what servers share beside the database.
    ///
    /// # Panics
    /// The state is shared already.
    #[must_use]
    pub fn with_shared(mut self, memory: SharedMemory) -> Self {
        let shared = Arc::get_mut(&mut self.0).expect("the memory is given before the state is shared");
        shared.answers = Layered::in_memory(ROOM).with_behind(memory.behind.clone());
        shared.memory = Some(memory);
        self
    }

    /// What servers share beside the database, if anything.
    pub(crate) fn shared(&self) -> Option<&SharedMemory> {
        self.0.memory.as_ref()
    }

    /// With sources that may send scores.
    ///
    /// # Panics
    /// The state is shared already.
    #[must_use]
    pub fn with_live(mut self, settings: LiveSettings) -> Self {
        let shared = Arc::get_mut(&mut self.0).expect("sources are given before the state is shared");
        shared.live_settings = settings;
        self
    }

    /// With a provider of identities, by which people log in too.
    ///
    /// # Panics
    /// The state is shared already.
    #[must_use]
    pub fn with_identity(mut self, identity: IdentityLogin) -> Self {
        let shared = Arc::get_mut(&mut self.0).expect("the provider is given before the state is shared");
        shared.identity = Some(identity);
        self
    }

    pub(crate) fn identity(&self) -> Option<&IdentityLogin> {
        self.0.identity.as_ref()
    }

    /// With a format of Parquet, in which tables are exported too.
    ///
    /// # Panics
    /// The state is shared already.
    #[must_use]
    pub fn with_parquet(mut self, format: Arc<dyn TableFormat>) -> Self {
        let shared = Arc::get_mut(&mut self.0).expect("the format is given before the state is shared");
        shared.parquet = Some(format);
        self
    }

    /// The format of Parquet, where there is one.
    pub(crate) fn parquet(&self) -> Option<&dyn TableFormat> {
        self.0.parquet.as_deref()
    }

    /// Documents on their way in.
    pub(crate) fn uploads(&self) -> Result<&Uploads, ApiError> {
        self.0.uploads.as_ref().ok_or_else(ApiError::internal)
    }

    /// The places of exports.
    pub(crate) fn exporting(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.exporting)
    }

    /// With strategies beside those that ship.
    ///
    /// # Panics
    /// The state is shared already.
    #[must_use]
    pub fn with_strategies(mut self, strategies: Strategies) -> Self {
        let shared = Arc::get_mut(&mut self.0).expect("strategies are given before the state is shared");
        shared.strategies = strategies;
        self
    }

    pub(crate) fn strategies(&self) -> &Strategies {
        &self.0.strategies
    }

    pub(crate) fn live(&self) -> &LiveMatches {
        &self.0.live
    }

    pub(crate) fn live_settings(&self) -> &LiveSettings {
        &self.0.live_settings
    }

    /// What became of messages that came.
    pub(crate) fn deliveries(&self) -> &Once<Received> {
        &self.0.deliveries
    }

    /// A place among what is to be written of running matches.
    pub(crate) fn live_writing(&self, id: MatchId, events: Option<EventList>) -> Result<Writing, ApiError> {
        let Some(events) = events else { return Ok(Writing::NOTHING) };
        if self.0.operations.is_none() {
            let message = "this server may only read its database: send the message without events";
            return Err(ApiError::unavailable("read_only", message));
        }
        self.0.live_writer.reserve((id, events))
    }

    /// Writes what happens in running matches, until [`end_live`](Self::end_live) and all is written.
    pub async fn write_live(self) {
        if let Some(operations) = &self.0.operations {
            self.0.live_writer.run(&*operations.store).await;
        }
    }

    /// Takes no more of running matches, and ends all listening to them: for a server that stops.
    pub fn end_live(&self) {
        self.0.live.feed().close();
        self.0.live_writer.close();
    }

    /// What operators change.
    pub(crate) fn operations(&self) -> Result<&Operations, ApiError> {
        self.0.operations.as_ref().ok_or_else(ApiError::internal)
    }

    pub(crate) fn accounts(&self) -> Option<&Accounts> {
        self.0.accounts.as_deref()
    }

    pub(crate) fn store(&self) -> &dyn ReadStore {
        &*self.0.store
    }

    pub(crate) fn forecasts(&self) -> &ForecastService {
        &self.0.forecasts
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }

    /// The finished answer of the forecast of a match to come; none where it has to be asked of the store.
    pub(crate) fn finished(&self, id: MatchId) -> Option<Arc<Finished>> {
        self.0.finished.get(&self.0.forecasts, id, self.0.clock.now())
    }

    /// Makes the answers of matches that begin soon, before anybody asks, as often as forecasts are renewed: at the start
    /// and when another model answers too. Ends only by being dropped.
    pub async fn keep_warm(self) {
        let mut renewals = self.0.forecasts.renewals();
        loop {
            let this = self.clone();
            let warmed = tokio::task::spawn_blocking(move || {
                this.0.finished.warm(&this.0.forecasts, this.0.clock.now());
            });
            if warmed.await.is_err() || renewals.changed().await.is_err() {
                return;
            }
        }
    }

    /// The latest report of health.
    pub(crate) fn health(&self) -> &LatestHealth {
        &self.0.health
    }

    /// Sets the gauges of how old what was collected last is.
    pub(crate) async fn measure_freshness(&self) -> Result<(), StoreError> {
        self.0.freshness.measure(self.store(), self.0.clock.now()).await
    }

    /// The store's revision; everything that was committed before this call is part of it.
    pub(crate) async fn revision(&self) -> Result<Option<Revision>, StoreError> {
        self.0.revisions.now(self.store()).await
    }

    /// The answer to what was asked, from memory while nothing is written. `read` must depend on the store and on what
    /// was asked alone: not on the time, and not on the forecasts.
    pub(crate) async fn kept<T: Serialize>(
        &self,
        revision: Option<&Revision>,
        asked: &str,
        read: impl Future<Output = Result<T, ApiError>> + Send,
    ) -> Result<Data<T>, ApiError> {
        let Some(revision) = revision else { return read.await.map(Data::of) };
        let key = format!("{}\n{asked}", revision.as_str());
        let kept =
            self.0.answers.get(&key, false, LIST, fresh(async { Ok((Some(read.await?), true)) })).await?;
        kept.map(|kept| Data::Written(kept.0)).ok_or_else(ApiError::internal)
    }

    /// The answer to what was asked, also from what servers share, while nothing has changed that the feed of changes tells of.
    /// `read` must depend on that and on what was asked alone; it says of an answer whether it does. None where there is
    /// nothing, which is kept too.
    pub(crate) async fn kept_for_all<T: Serialize>(
        &self,
        revision: Option<&Revision>,
        asked: &str,
        ttl: Duration,
        read: impl Future<Output = Result<(Option<T>, bool), ApiError>> + Send,
    ) -> Result<Option<Arc<Tagged>>, ApiError> {
        let Some(revision) = revision else {
            return Ok(fresh(read).await?.value.map(|kept| kept.0));
        };
        let head = match self.0.memory {
            Some(_) => self.0.heads.at(revision, self.store()).await?,
            None => None,
        };
        let (key, for_all) = match &head {
            Some(head) => (format!("{}\n{head}\n{asked}", form()), true),
            None => (format!("{}\n{asked}", revision.as_str()), false),
        };
        Ok(self.0.answers.get(&key, for_all, ttl, fresh(read)).await?.map(|kept| kept.0))
    }

    /// Sets the gauges of caches.
    pub(crate) fn measure_caches(&self) {
        self.0.answers.measure();
    }

    /// Names of the leagues and teams of these matches.
    pub(crate) async fn roster(
        &self,
        matches: &[Match],
        revision: Option<&Revision>,
    ) -> Result<Roster, StoreError> {
        self.0.names.of(matches, self.store(), revision).await
    }

    /// All teams, by name then identifier.
    pub(crate) async fn teams_by_name(
        &self,
        revision: Option<&Revision>,
    ) -> Result<Arc<Vec<NamedTeam>>, StoreError> {
        self.0.names.by_name(self.store(), revision).await
    }

    /// Forgets what is kept: the next answers come from the store.
    #[cfg(test)]
    pub(crate) fn forget(&self) {
        self.0.answers.forget();
        self.0.names.forget();
    }

    /// The league with a code, or 404.
    pub(crate) async fn league(&self, code: &str) -> Result<League, ApiError> {
        let league = self.store().league(code).await?;
        league.ok_or_else(|| ApiError::not_found("no_league", "no league has this code; see /api/v1/leagues"))
    }
}

/// An answer that was read, written as JSON.
async fn fresh<T: Serialize>(
    read: impl Future<Output = Result<(Option<T>, bool), ApiError>>,
) -> Result<Fresh<KeptAnswer>, ApiError> {
    let (value, keep) = read.await?;
    let written = |value| Tagged::of(&value).map(Arc::new).map(KeptAnswer).ok_or_else(ApiError::internal);
    Ok(Fresh { value: value.map(written).transpose()?, keep })
}
