//! Tables that are written row by row, in a format that a crate of its own knows.

use chrono::{DateTime, Utc};
use thiserror::Error;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers.
    Whole,
    /// Numbers.
    Real,
    /// Texts.
    Text,
    /// Times, to the second.
    Time,
    /// Yes or no.
    Flag,
}

/// A column, any cell of which may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum TableCell {
    /// None.
    Empty,
    /// A whole number.
    Whole(i64),
    /// A number.
    Real(f64),
    /// A text.
    Text(String),
    /// A time.
    Time(DateTime<Utc>),
    /// Yes or no.
    Flag(bool),
}

/// A table could not be written: a cell is not of its column's kind, or the format has a limit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the table cannot be written: {0}")]
pub struct TableError(pub String);

/// Writes one table. It holds no more than a part of it in memory.
pub trait TableEncoder: Send {
    /// Takes rows, each with a cell per column; the bytes that are ready, which may be none.
    ///
    /// # Errors
    /// [`TableError`].
    fn push(&mut self, rows: &[Vec<TableCell>]) -> Result<Vec<u8>, TableError>;

    /// Ends the table; the last bytes.
    ///
    /// # Errors
    /// [`TableError`].
    fn finish(&mut self) -> Result<Vec<u8>, TableError>;
}

/// A format of tables.
pub trait TableFormat: Send + Sync {
    /// Begins a table.
    ///
    /// # Errors
    /// [`TableError`].
    fn begin(&self, columns: &'static [TableColumn]) -> Result<Box<dyn TableEncoder>, TableError>;
}
