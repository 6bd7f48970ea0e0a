//! At which revision of the store an answer is given: asked of the store for every request, once for all requests that
//! wait at the same time.

use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;
use touchline_domain::ports::{ReadStore, Revision, StoreError};

/// Looks up the store's revision, one look at a time.
#[derive(Debug, Default)]
pub(crate) struct Revisions {
    /// Looks that have begun.
    begun: AtomicU64,
    latest: Mutex<Look>,
}

/// What a look found.
#[derive(Debug, Default)]
struct Look {
    /// Its number, from 1.
    number: u64,
    revision: Option<Revision>,
}

impl Revisions {
    /// A revision that was looked up after this call began, so that it includes everything committed before. None where
    /// the store cannot say.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn now(&self, store: &dyn ReadStore) -> Result<Option<Revision>, StoreError> {
        let arrived = self.begun.load(Ordering::SeqCst);
        let mut latest = self.latest.lock().await;
        if latest.number <= arrived {
            latest.number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
            // Whoever shares a look that fails keeps nothing, and hears from the store itself.
            latest.revision = None;
            latest.revision = store.revision().await?;
        }
        Ok(latest.revision.clone())
    }
}
