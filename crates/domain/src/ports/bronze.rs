use super::StoreError;
use crate::{DocumentId, NewDocument, RawDocument, RecordKind};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// A document after storing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredDocument {
    /// Identifier in the store.
    pub id: DocumentId,
    /// Whether the store did not hold these bytes of this source before.
    pub new: bool,
    /// When it first came. Its facts are dated by this time, however often and whenever it comes again.
    pub collected_at: DateTime<Utc>,
}

/// Raw documents and their records.
#[async_trait]
pub trait BronzeReader: Send + Sync {
    /// A document with its bytes.
    ///
    /// # Errors
    /// The store is not available or the bytes do not match their hash.
    async fn document(&self, id: DocumentId) -> Result<Option<RawDocument>, StoreError>;

    /// The document with these bytes (by their BLAKE3, lower-case hex) of a source, where the store holds it.
    ///
    /// # Errors
    /// The store is not available.
    async fn held_document(&self, source: &str, hash: &str) -> Result<Option<StoredDocument>, StoreError>;

    /// How a document is read where its source alone does not say (the map of a table, and what a person told of its
    /// files), as last kept; none where nothing was kept.
    ///
    /// # Errors
    /// The store is not available.
    async fn reading(&self, id: DocumentId) -> Result<Option<String>, StoreError>;

    /// Number of records that have not reached silver yet.
    ///
    /// # Errors
    /// The store is not available.
    async fn unprocessed_records(&self) -> Result<u64, StoreError>;

    /// When the latest document that has records of a kind first came, by kind; kinds without records are left out. Costs
    /// the same however many records there are.
    ///
    /// # Errors
    /// The store is not available.
    async fn latest_collected(&self) -> Result<Vec<(RecordKind, DateTime<Utc>)>, StoreError>;
}

/// Keeping raw documents and their records.
#[async_trait]
pub trait BronzeWriter: Send + Sync {
    /// Keeps a document and its records, once per source and hash. Bytes are stored compressed.
    ///
    /// # Errors
    /// The store is not available, the bytes do not have the hash, or two records have the same kind and locator.
    async fn store_document(&self, document: &NewDocument<'_>) -> Result<StoredDocument, StoreError>;

    /// Gives a document the name by which it was understood: bytes that were refused under one name may be good under
    /// another, which tells their league or season.
    ///
    /// # Errors
    /// The store is not available, or does not hold the document.
    async fn rename_document(&self, id: DocumentId, name: &str) -> Result<(), StoreError>;

    /// Keeps how a document is to be read from now on, in the place of what was kept before.
    ///
    /// # Errors
    /// The store is not available, the document is not stored, or the text is empty, too long or holds NUL characters.
    async fn keep_reading(&self, id: DocumentId, reading: &str) -> Result<(), StoreError>;
}
