//! Forecasts of stored matches in real time: what an interface asks when somebody wants to see one.
//!
//! A [`ForecastService`] computes the forecasts of all matches to come in one pass and keeps them as an immutable
//! [`Snapshot`]. Answers come from the snapshot; it is renewed behind them when another model becomes active,
//! when the stored facts change, or when it has grown old. Where the trained model cannot answer, something
//! simpler does, and the answer says so: see [`Mode`].

mod answer;
mod snapshot;

pub use answer::{Answer, BASE_RATES, Mode, ModelLabel, Reason, STRENGTH_FILTER};
pub use snapshot::Snapshot;

use chrono::{DateTime, Duration, Utc};
use snapshot::{Seen, Sources};
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use thiserror::Error;
use tokio::sync::Mutex;
use touchline_domain::ports::{MatchFilter, ReadStore, StoreError};
use touchline_domain::{Clock, Kickoff, KickoffPrecision, Match, MatchId, MatchStatus};
use touchline_features::View;
use touchline_learning::dataset::Facts;

/// Matches read at a time when looking for those to come.
const PAGE: u32 = 1000;

/// Why there is no forecast.
#[derive(Debug, Error)]
pub enum ServingError {
    /// The store failed; see [`StoreError::retry`].
    #[error(transparent)]
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
    /// The forecasts could not be computed; what went wrong is in the log. Try again later.
    #[error("the forecasts could not be computed")]
    Failed,
}

/// When forecasts are renewed, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServingSettings {
    /// Whether model and facts have changed is looked up at most this often.
    pub check_every: Duration,
    /// Forecasts older than this are computed again even if no change was seen.
    pub max_age: Duration,
    /// Threads for computing.
    pub threads: usize,
    /// Answer with base rates marked as mock, whatever is trained: for trying out an interface.
    pub mock: bool,
}

impl Default for ServingSettings {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { check_every: Duration::seconds(60), max_age: Duration::minutes(15), threads, mock: false }
    }
}

/// How the forecasts stand, for health checks.
#[derive(Debug, Clone, Default)]
pub struct ServingStatus {
    /// What answers; none before the first computation.
    pub snapshot: Option<Arc<Snapshot>>,
    /// When model and facts were last looked up.
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
    store: Arc<dyn ReadStore>,
    clock: Arc<dyn Clock>,
    settings: ServingSettings,
    status: RwLock<ServingStatus>,
    /// Held while forecasts are renewed: whoever waits for it takes what the holder computed.
    flight: Mutex<()>,
    /// Whether a renewal runs in the background.
    renewing: AtomicBool,
}

impl fmt::Debug for ForecastService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForecastService").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

/// Whether a match can still be forecast: scheduled, and not started as far as is known.
///
/// Where only the date is known, that is until the date is over. Such a forecast uses only results known at
/// the start of its date, so it is one of before the kick-off whenever it is asked for.
pub fn is_to_come(m: &Match, now: DateTime<Utc>) -> bool {
    let end = match m.kickoff.precision {
        KickoffPrecision::Minute => m.kickoff.at,
        KickoffPrecision::Day => m.kickoff.at + Duration::days(1),
    };
    m.status == MatchStatus::Scheduled && now < end
}

impl ForecastService {
    /// Forecasts from the matches of `store` and the bundles under `data_dir`. Nothing is computed before the
    /// first question.
    pub fn new(
        data_dir: PathBuf,
        store: Arc<dyn ReadStore>,
        clock: Arc<dyn Clock>,
        settings: ServingSettings,
    ) -> Self {
        let inner = Inner {
            data_dir,
            store,
            clock,
            settings,
            status: RwLock::default(),
            flight: Mutex::new(()),
            renewing: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The forecast of one match: of a match to come the current one, of any other the last that was sealed
    /// before its kick-off.
    ///
    /// # Errors
    /// The match is not known, or has started without a sealed forecast, or the store is not available.
    pub async fn forecast(&self, id: MatchId) -> Result<Answer, ServingError> {
        let m = self.inner.store.get_match(id).await?.ok_or(ServingError::UnknownMatch(id))?;
        if is_to_come(&m, self.inner.clock.now()) {
            if let Some(answer) = self.current().await?.answer(&m) {
                return Ok(answer);
            }
            // Stored since the last look.
            return self.refresh().await?.answer(&m).ok_or(ServingError::Failed);
        }
        let sealed = self.inner.store.sealed(id).await?;
        let not_to_come = || ServingError::NotToCome { id, status: m.status, kickoff: m.kickoff };
        sealed.last().map(Answer::sealed).ok_or_else(not_to_come)
    }

    /// The forecasts of all matches to come. Renews them behind the answer where they may be out of date, and
    /// waits for them only where there are none yet.
    ///
    /// # Errors
    /// There are none yet, and they cannot be computed.
    pub async fn current(&self) -> Result<Arc<Snapshot>, ServingError> {
        let ServingStatus { snapshot, checked_at, .. } = self.status();
        let Some(snapshot) = snapshot else { return self.refresh().await };
        let since = |checked_at: DateTime<Utc>| (self.inner.clock.now() - checked_at).abs();
        if checked_at.is_none_or(|checked_at| since(checked_at) >= self.inner.settings.check_every) {
            self.refresh_behind();
        }
        Ok(snapshot)
    }

    /// How the forecasts stand.
    pub fn status(&self) -> ServingStatus {
        self.inner.status.read().unwrap_or_else(PoisonError::into_inner).clone()
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

    /// Looks for changes now and computes the forecasts again where there are any. Calls at the same time share
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
            this.land(&renewed);
            renewed
        });
        flight.await.unwrap_or(Err(ServingError::Failed))
    }

    fn land(&self, renewed: &Result<Arc<Snapshot>, ServingError>) {
        if let Err(error) = renewed {
            tracing::warn!(%error, "forecasts could not be renewed");
        }
        let mut status = self.inner.status.write().unwrap_or_else(PoisonError::into_inner);
        status.checked_at = Some(self.inner.clock.now());
        status.failed = renewed.is_err();
        if let Ok(snapshot) = renewed {
            status.snapshot = Some(Arc::clone(snapshot));
        }
    }

    async fn renewed(&self, before: Option<&Arc<Snapshot>>) -> Result<Arc<Snapshot>, ServingError> {
        let Inner { store, clock, settings, .. } = &*self.inner;
        let seen = Seen::of(store.active().await?, store.counts().await?);
        let as_of = clock.now();
        let fixtures = self.to_come(as_of).await?;
        if let Some(before) = before
            && before.still_holds(&seen, &fixtures)
            && (as_of - before.as_of()).abs() < settings.max_age
        {
            return Ok(Arc::clone(before));
        }
        let loaded = before.and_then(|b| b.loaded());
        let (data_dir, active) = (self.inner.data_dir.clone(), seen.active.clone());
        let model = tokio::task::spawn_blocking(move || snapshot::load(&data_dir, active.as_ref(), loaded));
        let model = model.await.map_err(|_| ServingError::Failed)?;
        let view = model.as_ref().map_or(View::default(), |model| model.view());
        let wanted = fixtures.iter().map(|m| m.id).collect();
        let facts = Facts::load_to_forecast(&**store, view, &wanted).await?;
        let checkpoints = before.map_or_else(Vec::new, |b| b.checkpoints().to_vec());
        let settings = settings.clone();
        let sources = Sources { model, checkpoints, facts, fixtures, seen, as_of, settings };
        let built = tokio::task::spawn_blocking(move || Snapshot::build(sources)).await;
        built.map(Arc::new).map_err(|_| ServingError::Failed)
    }

    /// All matches that can still be forecast.
    async fn to_come(&self, now: DateTime<Utc>) -> Result<Vec<Match>, StoreError> {
        let filter = MatchFilter {
            status: Some(MatchStatus::Scheduled),
            from: Some(now - Duration::days(1)),
            ..MatchFilter::default()
        };
        let (mut fixtures, mut after) = (Vec::new(), None);
        loop {
            let page = self.inner.store.page(&filter, after, PAGE).await?;
            fixtures.extend(page.matches.into_iter().filter(|m| is_to_come(m, now)));
            after = page.next;
            if after.is_none() {
                return Ok(fixtures);
            }
        }
    }
}
