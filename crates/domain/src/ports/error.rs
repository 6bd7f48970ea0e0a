//! What can go wrong at a store.

use crate::Stopped;
use std::time::Duration;
use thiserror::Error;

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Not before this time has passed.
    After(Duration),
    /// It will fail again.
    Never,
}

/// Why no store keeps a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextFault {
    /// It holds the character U+0000, which PostgreSQL cannot keep.
    #[error("holds a NUL character, which cannot be kept: take it out")]
    Nul,
    /// It has more bytes than its field may have.
    #[error("has {bytes} bytes, and may have {limit}: shorten it")]
    TooLong {
        /// Its bytes.
        bytes: usize,
        /// The most that the field may have.
        limit: usize,
    },
}

/// A failed call of a store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The store does not answer, is locked or full. See [`StoreError::retry`].
    #[error("the store is not available: {message}")]
    Unavailable {
        /// What the store said.
        message: String,
        /// Whether to try again.
        retry: Retry,
    },
    /// The store refused a value that breaks one of its constraints; correct the value.
    #[error("the store refused the data: {0}")]
    Constraint(String),
    /// A text that no store keeps, refused before anything is written; correct the text. See
    /// [`texts`](super::texts).
    #[error("the store refused the data: {field} {fault}")]
    Text {
        /// Which text.
        field: &'static str,
        /// What is wrong with it.
        fault: TextFault,
    },
    /// What was read makes no sense: restore from a backup, or report it.
    #[error("the store holds data that cannot be read: {0}")]
    Corrupt(String),
    /// The store's schema is newer than this program: update the program.
    #[error("the store's schema does not fit this program: {0}")]
    Schema(String),
}

/// A call that was asked to stop, for whoever asked.
impl From<Stopped> for StoreError {
    fn from(stopped: Stopped) -> Self {
        Self::Unavailable { message: stopped.to_string(), retry: Retry::Never }
    }
}

impl StoreError {
    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Unavailable { retry, .. } => *retry,
            _ => Retry::Never,
        }
    }
}
