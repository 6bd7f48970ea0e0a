//! What was collected, how far, at what cost, and what went wrong.

use super::StoreError;
use crate::{CollectionEnd, CollectionId, CollectionKind, CollectionRun, JobId, TaskError, Watermark};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Reading what was collected.
#[async_trait]
pub trait CollectionReader: Send + Sync {
    /// The latest runs first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn collections(&self, limit: u32) -> Result<Vec<CollectionRun>, StoreError>;

    /// How far a request of a source was collected; none where it never was.
    ///
    /// # Errors
    /// The store is not available.
    async fn watermark(
        &self,
        source: &str,
        kind: CollectionKind,
        scope: &str,
    ) -> Result<Option<Watermark>, StoreError>;

    /// The shape that answers of a source to questions of one sort have had, as it was learned; none where it never was.
    ///
    /// # Errors
    /// The store is not available.
    async fn source_shape(
        &self,
        source: &str,
        kind: CollectionKind,
        scope: &str,
    ) -> Result<Option<String>, StoreError>;

    /// Credits of a source that were spent in the period that began at a time.
    ///
    /// # Errors
    /// The store is not available.
    async fn credits_spent(&self, source: &str, period: DateTime<Utc>) -> Result<u64, StoreError>;

    /// The latest errors of tasks first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn task_errors(&self, limit: u32) -> Result<Vec<TaskError>, StoreError>;
}

/// Keeping what was collected.
#[async_trait]
pub trait CollectionWriter: Send + Sync {
    /// Notes that a run begins, of a job where one collects. Runs of the same source and kind that never ended are ended as failed: their process died.
    ///
    /// # Errors
    /// The store is not available.
    async fn begin_collection(
        &self,
        source: &str,
        kind: CollectionKind,
        now: DateTime<Utc>,
        job: Option<JobId>,
    ) -> Result<CollectionId, StoreError>;

    /// Notes how a run ended.
    ///
    /// # Errors
    /// The store is not available, or there is no such run.
    async fn end_collection(&self, id: CollectionId, end: &CollectionEnd) -> Result<(), StoreError>;

    /// Puts a watermark in the place of the one of the same source, kind and scope.
    ///
    /// # Errors
    /// The store is not available.
    async fn put_watermark(&self, watermark: &Watermark) -> Result<(), StoreError>;

    /// Keeps the shape that answers of a source have, in the place of the one before.
    ///
    /// # Errors
    /// The store is not available.
    async fn put_source_shape(
        &self,
        source: &str,
        kind: CollectionKind,
        scope: &str,
        shape: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Notes how many credits of a source were spent in a period in all; a smaller number than the one that is held
    /// changes nothing.
    ///
    /// # Errors
    /// The store is not available.
    async fn note_credits(&self, source: &str, period: DateTime<Utc>, credits: u64)
    -> Result<(), StoreError>;

    /// Keeps an error of a task.
    ///
    /// # Errors
    /// The store is not available.
    async fn record_task_error(&self, error: &TaskError) -> Result<(), StoreError>;
}
