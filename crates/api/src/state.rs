//! What handlers share: the ports, the forecasts, and what is kept in memory of earlier answers.

use crate::answers::Answers;
use crate::envelope::Data;
use crate::error::ApiError;
use crate::freshness::Freshness;
use crate::names::{NamedTeam, Names, Roster};
use crate::payload::Tagged;
use crate::revisions::Revisions;
use serde::Serialize;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use touchline_accounts::Accounts;
use touchline_domain::ports::{ArtifactStore, ReadStore, Revision, Store, StoreError};
use touchline_domain::{Clock, League, Match};
use touchline_forecasting::serving::ForecastService;

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
}

/// What the interface answers from. Without accounts and [`Operations`] it can read alone. Clones share everything.
#[derive(Clone)]
pub struct ApiState(Arc<Shared>);

struct Shared {
    store: Arc<dyn ReadStore>,
    forecasts: ForecastService,
    clock: Arc<dyn Clock>,
    revisions: Revisions,
    answers: Answers,
    names: Names,
    freshness: Freshness,
    accounts: Option<Arc<Accounts>>,
    operations: Option<Operations>,
}

impl fmt::Debug for ApiState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiState").field("forecasts", &self.0.forecasts).finish_non_exhaustive()
    }
}

impl ApiState {
    /// The store, the forecasts over it, and the clock that dates answers.
    pub fn new(store: Arc<dyn ReadStore>, forecasts: ForecastService, clock: Arc<dyn Clock>) -> Self {
        let (revisions, answers, names) = (Revisions::default(), Answers::default(), Names::default());
        let freshness = Freshness::default();
        let (accounts, operations) = (None, None);
        Self(Arc::new(Shared {
            store,
            forecasts,
            clock,
            revisions,
            answers,
            names,
            freshness,
            accounts,
            operations,
        }))
    }

    /// With accounts, and what operators change: without them reading is open, and nothing can be written.
    ///
    /// # Panics
    /// The state is shared already.
    #[must_use]
    pub fn with_accounts(mut self, accounts: Arc<Accounts>, operations: Operations) -> Self {
        let shared = Arc::get_mut(&mut self.0).expect("accounts are given before the state is shared");
        (shared.accounts, shared.operations) = (Some(accounts), Some(operations));
        self
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
        if let Some(answer) = self.0.answers.get(revision, asked) {
            return Ok(Data::Written(answer));
        }
        let answer = Arc::new(Tagged::of(&read.await?).ok_or_else(ApiError::internal)?);
        self.0.answers.keep(revision, asked, Arc::clone(&answer));
        Ok(Data::Written(answer))
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
        let nothing = Revision::new("");
        self.0.answers.keep(&nothing, "", Arc::new(Tagged::of(&()).expect("JSON")));
        self.0.names.forget();
    }

    /// The league with a code, or 404.
    pub(crate) async fn league(&self, code: &str) -> Result<League, ApiError> {
        let league = self.store().league(code).await?;
        league.ok_or_else(|| ApiError::not_found("no_league", "no league has this code; see /api/v1/leagues"))
    }
}
