//! The ledger of paper bets. Entries are added at its end and never changed; each carries the hash of the one before.

use super::content::Digest;
use super::{LEDGER_START, StoreError};
use crate::{MatchId, PaperContent};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// An entry to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPaperEntry {
    /// The match of a bet; none of any other entry.
    pub match_id: Option<MatchId>,
    /// What it says.
    pub content: PaperContent,
}

/// An entry as a store holds it, which may not be as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct PaperEntry {
    /// From 1, without gaps.
    pub sequence: u64,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// The match of a bet, by its identifier of now.
    pub match_id: Option<MatchId>,
    /// What it says, word for word; its hash is over this text.
    pub text: String,
    /// Hash of the entry before, lower-case hex; [`LEDGER_START`] for the first.
    pub previous_hash: String,
    /// Hash of this entry, lower-case hex.
    pub entry_hash: String,
}

impl PaperEntry {
    /// What it says.
    ///
    /// # Errors
    /// It is not a text that this program writes.
    pub fn content(&self) -> Result<PaperContent, StoreError> {
        serde_json::from_str(&self.text).map_err(|error| {
            StoreError::Corrupt(format!("entry {} of the paper ledger: {error}", self.sequence))
        })
    }
}

/// Where the ledger ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperHead {
    /// Sequence number of the last entry; 0 before the first.
    pub sequence: u64,
    /// Its hash; [`LEDGER_START`] before the first.
    pub entry_hash: String,
}

impl Default for PaperHead {
    fn default() -> Self {
        Self { sequence: 0, entry_hash: LEDGER_START.to_owned() }
    }
}

/// Reading the ledger of paper bets.
#[async_trait]
pub trait PaperReader: Send + Sync {
    /// Where it ends.
    ///
    /// # Errors
    /// The store is not available.
    async fn paper_head(&self) -> Result<PaperHead, StoreError>;

    /// At most `limit` entries after a sequence number, in order.
    ///
    /// # Errors
    /// The store is not available.
    async fn paper_entries(&self, after: u64, limit: u32) -> Result<Vec<PaperEntry>, StoreError>;
}

/// Adding to the ledger of paper bets.
#[async_trait]
pub trait PaperWriter: Send + Sync {
    /// Adds entries after the one with the sequence number `after`, in one transaction, as written at a time. Returns the
    /// sequence number of the last.
    ///
    /// # Errors
    /// The store is not available; the ledger does not end at `after` any more, since somebody else has written to it; a bet
    /// has no match, or one that has begun; a settlement is of no bet, or of one that is settled. Nothing is added then.
    async fn add_to_paper(
        &self,
        after: u64,
        at: DateTime<Utc>,
        entries: &[NewPaperEntry],
    ) -> Result<u64, StoreError>;
}

/// The hash of an entry, lower-case hex.
pub fn paper_hash(
    digest: Digest,
    sequence: u64,
    previous_hash: &str,
    written_at: DateTime<Utc>,
    text: &str,
) -> String {
    let mut out = b"touchline paper 1".to_vec();
    out.extend(sequence.to_le_bytes());
    out.extend(written_at.timestamp().to_le_bytes());
    for part in [previous_hash, text] {
        out.extend((part.len() as u64).to_le_bytes());
        out.extend(part.as_bytes());
    }
    hex::encode(digest(&out))
}
