use super::StoreError;
use crate::{DocumentId, NewDocument, RawDocument};
use async_trait::async_trait;

/// A document after storing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredDocument {
    /// Identifier in the store.
    pub id: DocumentId,
    /// Whether the store did not hold these bytes of this source before.
    pub new: bool,
}

/// Raw documents and their records.
#[async_trait]
pub trait BronzeReader: Send + Sync {
    /// A document with its bytes.
    ///
    /// # Errors
    /// The store is not available or the bytes do not match their hash.
    async fn document(&self, id: DocumentId) -> Result<Option<RawDocument>, StoreError>;

    /// Number of records that have not reached silver yet.
    ///
    /// # Errors
    /// The store is not available.
    async fn unprocessed_records(&self) -> Result<u64, StoreError>;
}

/// Keeping raw documents and their records.
#[async_trait]
pub trait BronzeWriter: Send + Sync {
    /// Keeps a document and its records, once per source and hash. Bytes are stored compressed.
    ///
    /// # Errors
    /// The store is not available, the bytes do not have the hash, or two records have the same locator.
    async fn store_document(&self, document: &NewDocument<'_>) -> Result<StoredDocument, StoreError>;
}
