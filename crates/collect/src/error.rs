//! Why a document as a whole cannot be read.

use thiserror::Error;

/// A document that gives nothing. The text of each says what to do; its caller adds the document's name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// A web page came instead of data.
    #[error("this is a web page, not data: the site answered with an error or moved; fetch the file again")]
    Html,
    /// No bytes, or only blanks.
    #[error("the file is empty; fetch it again")]
    Empty,
    /// More bytes than any real file of the source has.
    #[error(
        "the file holds more than {limit} MiB of data; split it, or check that it is what it claims to be"
    )]
    TooLarge {
        /// The limit, in MiB.
        limit: u64,
    },
    /// The compressed data end too early.
    #[error("the gzip data end too early: the download broke off; fetch the file again")]
    TruncatedGzip,
    /// The compressed data are damaged.
    #[error("the gzip data are damaged ({0}); fetch the file again")]
    CorruptGzip(String),
    /// A line longer than any real row.
    #[error("line {line} is longer than {limit} bytes: this is not a table; fetch the file again")]
    LineTooLong {
        /// The line, from 1.
        line: u64,
        /// The limit, in bytes.
        limit: usize,
    },
    /// More lines than any real file of the source has.
    #[error("the file has more than {limit} lines; split it")]
    TooManyLines {
        /// The limit.
        limit: u32,
    },
    /// Bytes that are no text.
    #[error("the file is not text (zero bytes in its heading, or UTF-16); save it as UTF-8 CSV")]
    NotText,
    /// The headings lack columns without which no row can be read.
    #[error(
        "the headings lack {missing}; the first line must hold this source's comma-separated column names"
    )]
    WrongColumns {
        /// The missing column names.
        missing: String,
    },
    /// Not the JSON of this source.
    #[error("this is not the JSON of this source: {0}")]
    Json(String),
    /// The provider answered with errors instead of data.
    #[error("the provider answered with an error ({0}); ask again when its cause is gone")]
    Provider(String),
    /// The league cannot be told from the file name.
    #[error("the file name {0:?} names no known league; name it like 2023-24/en.1.json")]
    UnknownLeague(String),
    /// The season can be told neither from the name nor from the content.
    #[error("neither the file name {0:?} nor the content tells the season; name it like 2023-24/en.1.json")]
    UnknownSeason(String),
}

impl DocumentError {
    /// The name in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too_large",
            Self::TruncatedGzip => "truncated_gzip",
            Self::CorruptGzip(_) => "corrupt_gzip",
            Self::LineTooLong { .. } => "line_too_long",
            Self::TooManyLines { .. } => "too_many_lines",
            Self::NotText => "not_text",
            Self::WrongColumns { .. } => "wrong_columns",
            Self::Json(_) => "malformed_json",
            Self::Provider(_) => "provider_error",
            Self::UnknownLeague(_) => "unknown_league",
            Self::UnknownSeason(_) => "unknown_season",
        }
    }
}
