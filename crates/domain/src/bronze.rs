//! Bronze: what arrived, as it arrived.

use crate::DocumentId;
use chrono::{DateTime, Utc};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// Fixtures and results, and what belongs to a match without being a price or a score.
    Match,
    /// Prices.
    Odds,
    /// Scores of matches that are held.
    Score,
}

impl RecordKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Match, Self::Odds, Self::Score];

    /// The table that holds records of this kind.
    pub fn table(self) -> &'static str {
        match self {
            Self::Match => "raw_match_data",
            Self::Odds => "raw_odds_data",
            Self::Score => "raw_scores_data",
        }
    }

    /// What such records say, as metrics name it.
    pub fn data_type(self) -> &'static str {
        match self {
            Self::Match => "fixtures",
            Self::Odds => "odds",
            Self::Score => "scores",
        }
    }
}

/// One record of a document: a row of a file or an element of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// What it is.
    pub kind: RecordKind,
    /// Where it stands in the document, such as a line number from 1.
    pub locator: u32,
    /// The source's identifier of the match, where it has one.
    pub external_match_id: Option<String>,
    /// The source's code of the league, where known.
    pub external_league_id: Option<String>,
    /// Kick-off as understood, where understood.
    pub match_time: Option<DateTime<Utc>>,
    /// The record itself, as JSON, where the document is an answer of records; for files the locator suffices.
    pub payload: Option<String>,
}

/// A document to keep: the bytes of one file or answer and the records in it.
#[derive(Debug, Clone)]
pub struct NewDocument<'a> {
    /// The source's name, such as `football-data`.
    pub source: &'a str,
    /// File name or address without secrets.
    pub name: &'a str,
    /// The bytes as they came.
    pub bytes: &'a [u8],
    /// BLAKE3 of the bytes, lower-case hex. Together with the source it identifies the document.
    pub hash: &'a str,
    /// When they came.
    pub collected_at: DateTime<Utc>,
    /// The records found in it.
    pub records: &'a [RawRecord],
}

/// A kept document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawDocument {
    /// Identifier in the store.
    pub id: DocumentId,
    /// The source's name.
    pub source: String,
    /// File name or address.
    pub name: String,
    /// The bytes as they came.
    pub bytes: Vec<u8>,
    /// BLAKE3 of the bytes.
    pub hash: String,
    /// When they came.
    pub collected_at: DateTime<Utc>,
}
