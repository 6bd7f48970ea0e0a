//! Where stored matches come from, and what came of a document.

use super::StoreError;
use crate::{DocumentId, Match, MatchId, TeamId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Lines of a document that brought or changed something of stored matches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewOrigins {
    /// The document; none where no document is behind a change.
    pub document: Option<DocumentId>,
    /// Its lines for the new matches of a change, in their order.
    pub new: Vec<u32>,
    /// Its lines for stored matches.
    pub held: Vec<(MatchId, u32)>,
}

/// A line of a document that brought or changed something of a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatchOrigin {
    /// The match.
    pub match_id: MatchId,
    /// The document.
    pub document: DocumentId,
    /// The source of the document.
    pub source: String,
    /// Its name.
    pub name: String,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// When it first came.
    pub collected_at: DateTime<Utc>,
    /// The line, or the number of the record.
    pub line: u32,
}

/// A sealed forecast that may have been made from what a document brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TouchedForecast {
    /// Its identifier.
    pub id: i64,
    /// Its match.
    pub match_id: MatchId,
    /// Name of the model.
    pub model_name: String,
    /// Version of the model.
    pub model_version: String,
    /// Facts up to this time were used.
    pub as_of: DateTime<Utc>,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
}

/// Following facts to where they come from, and to what came of them. Matches that were joined with another one count as
/// that one.
#[async_trait]
pub trait LineageReader: Send + Sync {
    /// Where matches come from, by match, then by when the document came. Matches that were stored before origins were kept
    /// have none until their documents are read again.
    ///
    /// # Errors
    /// The store is not available.
    async fn origins_of(&self, matches: &[MatchId]) -> Result<Vec<MatchOrigin>, StoreError>;

    /// The matches of which a document brought or changed something, with the line, by line; at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn brought_by(&self, document: DocumentId, limit: u32) -> Result<Vec<(MatchId, u32)>, StoreError>;

    /// The last finished matches of a team that kicked off before a time, the latest first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn last_results(
        &self,
        team: TeamId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Match>, StoreError>;

    /// Sealed forecasts of later matches of the clubs of which a document brought something, made from facts of a time when
    /// the document was there; by when they were sealed, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn forecasts_after(
        &self,
        document: DocumentId,
        limit: u32,
    ) -> Result<Vec<TouchedForecast>, StoreError>;
}

/// Keeping where matches come from, where they were stored before that was kept.
#[async_trait]
pub trait LineageWriter: Send + Sync {
    /// Keeps lines of a document as the origin of matches that have none; returns how many were kept.
    ///
    /// # Errors
    /// The store is not available, or the document is not stored.
    async fn keep_origins(&self, document: DocumentId, lines: &[(MatchId, u32)]) -> Result<u64, StoreError>;
}
