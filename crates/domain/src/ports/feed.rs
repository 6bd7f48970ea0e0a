//! The feed of changes: what every write leaves behind, in the same transaction, for those who follow the store.

mod written;

pub use written::{
    BeforeWrite, FEW_MATCHES, HeldFacts, MatchChanges, match_changes, returned_matches, sealed_match,
    season_changes,
};

use super::StoreError;
use crate::{Change, ChangeKind, FeedPosition, JobId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::time::Duration;

/// Changes in the order of their numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeedPage {
    /// The changes.
    pub changes: Vec<Change>,
    /// Whether changes after the position that was asked for were pruned before they could be read: whatever was
    /// derived from the feed has to be made anew.
    pub has_gap: bool,
}

/// Following what changes. Each reader remembers how far it has read, in the store under a name or on its own.
#[async_trait]
pub trait ChangeFeed: Send + Sync {
    /// The number of the latest change; [`FeedPosition::START`] where nothing was ever written.
    ///
    /// # Errors
    /// The store is not available.
    async fn latest(&self) -> Result<FeedPosition, StoreError>;

    /// At most `limit` changes after a position, oldest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn after(&self, position: FeedPosition, limit: u32) -> Result<FeedPage, StoreError>;

    /// Waits until the latest change is another than the one at `position`, or until the time is over; returns the
    /// number of the latest change. It is lower than `position` where an older copy of the store took its place.
    ///
    /// # Errors
    /// The store is not available.
    async fn wait(&self, position: FeedPosition, timeout: Duration) -> Result<FeedPosition, StoreError>;

    /// Changes that a job wrote, by kind, of those that were not pruned.
    ///
    /// # Errors
    /// The store is not available.
    async fn changes_of_job(&self, job: JobId) -> Result<Vec<(ChangeKind, u64)>, StoreError>;

    /// How far the reader with a name has read; none where there is no such reader.
    ///
    /// # Errors
    /// The store is not available.
    async fn reader_position(&self, name: &str) -> Result<Option<FeedPosition>, StoreError>;
}

/// Keeping the places of readers, and removing what all have read.
#[async_trait]
pub trait ChangeFeedWriter: Send + Sync {
    /// Moves a reader on, if it stands where its caller believes (`from`; none for a reader that is new). Of several
    /// processes under one name, one alone is answered `true`: each change takes effect once per reader.
    ///
    /// # Errors
    /// The store is not available, or the reader would go back.
    async fn advance(
        &self,
        name: &str,
        from: Option<FeedPosition>,
        to: FeedPosition,
    ) -> Result<bool, StoreError>;

    /// Forgets a reader, which then no longer holds up pruning. Returns whether there was one.
    ///
    /// # Errors
    /// The store is not available.
    async fn forget_reader(&self, name: &str) -> Result<bool, StoreError>;

    /// Removes changes recorded before a time that all named readers have read; the latest change always stays.
    /// Returns how many were removed.
    ///
    /// # Errors
    /// The store is not available.
    async fn prune(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}
