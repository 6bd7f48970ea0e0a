use super::{SilverCounts, Store, StoreError};
use async_trait::async_trait;
use std::path::Path;
use std::sync::Arc;

/// What a dump holds, by which a restored store is compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Rows of silver.
    pub counts: SilverCounts,
    /// See [`content_hash`](super::SilverRepository::content_hash).
    pub content_hash: String,
}

/// Copying a store away and back.
#[async_trait]
pub trait Backup: Send + Sync {
    /// Writes everything, as of one moment, into an empty folder, while others go on reading and writing. Returns what
    /// was written.
    ///
    /// # Errors
    /// The store is not available, the folder cannot be written, or a program that is needed is not installed.
    async fn dump(&self, folder: &Path) -> Result<Contents, StoreError>;

    /// Loads a dump into a scratch database beside this store, which stays as it is, and opens it. One that is there
    /// from before is replaced.
    ///
    /// # Errors
    /// The store is not available, or the dump is not whole.
    async fn load_scratch(&self, folder: &Path) -> Result<Arc<dyn Store>, StoreError>;

    /// Removes the scratch database, which must be closed.
    ///
    /// # Errors
    /// The store is not available.
    async fn drop_scratch(&self) -> Result<(), StoreError>;

    /// Puts the scratch database, which must be closed, in the place of this one and closes this handle. What was here
    /// before is kept; the answer says where.
    ///
    /// # Errors
    /// The store is not available.
    async fn swap_scratch(&self) -> Result<String, StoreError>;

    /// Closes all connections; every later call fails.
    async fn close(&self);
}
