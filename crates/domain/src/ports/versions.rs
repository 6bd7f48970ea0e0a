//! Versions of the data: a name for what silver held at a moment, by its hash.

use super::StoreError;
use crate::DocumentId;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// What silver held at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataVersion {
    /// Its name.
    pub name: String,
    /// BLAKE3 of silver, as [`content_hash`](super::SilverReader::content_hash) gives it.
    pub content_hash: String,
    /// The document of the highest number that was stored; none where there was no document.
    pub last_document: Option<DocumentId>,
    /// How many documents were stored.
    pub documents: u64,
    /// Name and version of the program.
    pub program: String,
    /// When it was named.
    pub made_at: DateTime<Utc>,
}

/// Reading versions of the data.
#[async_trait]
pub trait VersionReader: Send + Sync {
    /// All versions, the latest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn data_versions(&self) -> Result<Vec<DataVersion>, StoreError>;
}

/// Naming versions of the data.
#[async_trait]
pub trait VersionWriter: Send + Sync {
    /// Keeps a version; false where there is one of its name, which stays as it is.
    ///
    /// # Errors
    /// The store is not available, or a text is refused.
    async fn keep_data_version(&self, version: &DataVersion) -> Result<bool, StoreError>;
}
