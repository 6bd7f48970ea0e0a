use super::content::{encode_quote, quote_key};
use super::{Digest, LedgerLink, SealedForecast, StoreError, TeamAlias};
use crate::{DocumentId, MatchId, MatchStats, OddsQuote, RawRecord};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// A quote with the time at which the store first held it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedQuote {
    /// Its match.
    pub match_id: MatchId,
    /// The prices.
    pub quote: OddsQuote,
    /// When the store first held it.
    pub recorded_at: DateTime<Utc>,
}

/// A document without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentInfo {
    /// Identifier in the store.
    pub id: DocumentId,
    /// The source's name.
    pub source: String,
    /// BLAKE3 of the bytes.
    pub hash: String,
    /// When it came.
    pub collected_at: DateTime<Utc>,
}

/// A sealed forecast with its place in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedForecast {
    /// Identifier of its row.
    pub id: i64,
    /// The forecast.
    pub forecast: SealedForecast,
    /// Its place; none where it was sealed before the ledger began.
    pub link: Option<LedgerLink>,
}

/// Where a page of rows by time ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Time of the last row.
    pub time: DateTime<Utc>,
    /// Its identifier.
    pub id: i64,
}

/// Reading everything that is exported, some rows at a time and in the order of their time.
#[async_trait]
pub trait ExportRepository: Send + Sync {
    /// All aliases of teams.
    ///
    /// # Errors
    /// The store is not available.
    async fn aliases(&self) -> Result<Vec<TeamAlias>, StoreError>;

    /// At most `limit` documents by time of collection and identifier.
    ///
    /// # Errors
    /// The store is not available.
    async fn documents(&self, after: Option<After>, limit: u32) -> Result<Vec<DocumentInfo>, StoreError>;

    /// The records of a document, by kind and place.
    ///
    /// # Errors
    /// The store is not available.
    async fn records(&self, document: DocumentId) -> Result<Vec<RawRecord>, StoreError>;

    /// At most `limit` sealed forecasts by time of sealing and identifier.
    ///
    /// # Errors
    /// The store is not available.
    async fn forecasts(&self, after: Option<After>, limit: u32) -> Result<Vec<ExportedForecast>, StoreError>;

    /// Statistics of some matches, by match identifier.
    ///
    /// # Errors
    /// The store is not available.
    async fn stats_of_matches(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, MatchStats)>, StoreError>;

    /// How many quotes each of some matches has; those without any are left out.
    ///
    /// # Errors
    /// The store is not available.
    async fn quote_counts(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, u64)>, StoreError>;

    /// All quotes of some matches, by match identifier; those of one match in any order.
    ///
    /// # Errors
    /// The store is not available.
    async fn recorded_quotes(&self, matches: &[MatchId]) -> Result<Vec<RecordedQuote>, StoreError>;
}

/// A match whose quotes are thinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThinnedMatch {
    /// Which.
    pub id: MatchId,
    /// Quotes that the store holds of it, all of which the lake holds too.
    pub quotes: u64,
    /// [`quotes_digest`] of them, lower-case hex.
    pub digest: String,
}

/// Quotes to remove, with the proof that the lake holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thinning {
    /// Where the lake is.
    pub lake: String,
    /// The matches, each with what was read back from the lake.
    pub matches: Vec<ThinnedMatch>,
    /// What is removed.
    pub removed: Vec<(MatchId, OddsQuote)>,
}

impl Thinning {
    /// Compares what a store holds of the matches with what was archived of them; for stores, within the transaction
    /// that removes.
    ///
    /// # Errors
    /// A match's quotes are not those of the digest.
    pub fn check(&self, digest: Digest, held: &[RecordedQuote]) -> Result<(), StoreError> {
        let mut of: HashMap<MatchId, Vec<&OddsQuote>> = HashMap::new();
        for recorded in held {
            of.entry(recorded.match_id).or_default().push(&recorded.quote);
        }
        for thinned in &self.matches {
            let mut quotes = of.remove(&thinned.id).unwrap_or_default();
            if quotes.len() as u64 != thinned.quotes || quotes_digest(digest, &mut quotes) != thinned.digest {
                return Err(StoreError::Constraint(format!(
                    "the quotes of match {} are not those that were archived: nothing was removed, archive again",
                    thinned.id
                )));
            }
        }
        Ok(())
    }

    /// Compares the number of removed rows with what was to be removed.
    ///
    /// # Errors
    /// They differ.
    pub fn check_removed(&self, removed: u64) -> Result<(), StoreError> {
        let wanted = self.removed.len() as u64;
        if removed == wanted {
            return Ok(());
        }
        Err(StoreError::Constraint(format!(
            "{wanted} quotes were to be removed, and {removed} are held: nothing was"
        )))
    }
}

/// A match of which some quotes are only in the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedMatch {
    /// Which.
    pub id: MatchId,
    /// Where the lake is.
    pub lake: String,
    /// Quotes that the store held before it was last thinned, all of which the lake holds.
    pub quotes: u64,
    /// Those of them that were removed from the store.
    pub removed: u64,
    /// [`quotes_digest`] of the quotes before, lower-case hex.
    pub digest: String,
    /// When that was.
    pub archived_at: DateTime<Utc>,
}

/// Quotes that leave for the lake and come back.
#[async_trait]
pub trait QuoteArchive: Send + Sync {
    /// Removes quotes and notes of each match where its whole history is, in one transaction. Refused as a whole if
    /// what the store holds of any of the matches is not what its digest says: quotes that came meanwhile are never
    /// removed, nor taken for archived.
    ///
    /// # Errors
    /// The store is not available, or a match's quotes are not those of the digest.
    async fn thin(&self, thinning: &Thinning) -> Result<(), StoreError>;

    /// All matches that are thinned, by identifier.
    ///
    /// # Errors
    /// The store is not available.
    async fn archived(&self) -> Result<Vec<ArchivedMatch>, StoreError>;

    /// Adds quotes with the times at which they were first held; one that is held is left as it is. Returns how many
    /// were added.
    ///
    /// # Errors
    /// The store is not available, or a match is not held.
    async fn return_quotes(&self, quotes: &[RecordedQuote]) -> Result<u64, StoreError>;

    /// Forgets that matches are thinned: all their quotes are back. One that has fewer than before stays noted.
    ///
    /// # Errors
    /// The store is not available.
    async fn forget_archived(&self, matches: &[MatchId]) -> Result<(), StoreError>;
}

/// The digest of a match's quotes, lower-case hex, whatever their order; the quotes are sorted in place.
pub fn quotes_digest(digest: Digest, quotes: &mut [&OddsQuote]) -> String {
    quotes.sort_by(|a, b| quote_key(a).cmp(&quote_key(b)));
    let mut out = b"touchline quotes 1".to_vec();
    for quote in quotes {
        encode_quote(&mut out, quote);
    }
    hex::encode(digest(&out))
}
