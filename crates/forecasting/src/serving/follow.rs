//! Following the store's feed of changes: a task that renews the forecasts when something changed that can alter an
//! answer.

use super::{ForecastService, Inner};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;
use touchline_domain::FeedPosition;

/// What changes in so short a time is taken in together.
const BURST: Duration = Duration::from_millis(50);
/// After a failure it is tried again after this time.
const RETRY: Duration = Duration::from_secs(1);
/// Forecasts are looked at at least this often: they grow old, and a model that could not be read may be back.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

impl ForecastService {
    /// Computes the forecasts and renews them from now on as soon as something changes, in a task that ends with the
    /// last clone of this service. Calling it again changes nothing. Needs a Tokio runtime.
    pub fn follow(&self) {
        let mut follower = self.inner.follower.lock().unwrap_or_else(PoisonError::into_inner);
        if follower.is_none() {
            *follower = Some(tokio::spawn(run(Arc::downgrade(&self.inner))).abort_handle());
            self.inner.follows.store(true, Ordering::Relaxed);
        }
    }

    /// How long nothing has to be done unless something changes.
    fn patience(&self) -> Duration {
        let status = self.status();
        if status.snapshot.as_ref().is_some_and(|snapshot| snapshot.is_hurried()) {
            return Duration::ZERO;
        }
        let left = status.snapshot.map(|snapshot| self.inner.settings.max_age - self.age(&snapshot));
        left.and_then(|left| left.to_std().ok()).unwrap_or(RETRY).clamp(RETRY, LONGEST_WAIT)
    }

    /// The feed cannot be read: what answers may be out of date.
    fn lost_the_feed(&self) {
        self.inner.status.write().unwrap_or_else(PoisonError::into_inner).failed = true;
    }
}

/// Ends when the service is gone. It holds the store while it waits, and the service only while it works.
async fn run(service: Weak<Inner>) {
    loop {
        let Some(inner) = service.upgrade() else { return };
        let this = ForecastService { inner };
        let store = Arc::clone(&this.inner.store);
        // What went wrong is logged and kept in the status.
        let read = this.refresh().await.is_ok();
        let (position, patience) = (this.status().position, this.patience());
        drop(this);
        if !read {
            tokio::time::sleep(RETRY).await;
            continue;
        }
        match store.wait(position.unwrap_or(FeedPosition::START), patience).await {
            Ok(latest) if Some(latest) != position => tokio::time::sleep(BURST).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "changes cannot be followed");
                if let Some(inner) = service.upgrade() {
                    ForecastService { inner }.lost_the_feed();
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}
