//! Tables in columns: what suites and detectors look at.

use std::sync::Arc;
use thiserror::Error;

/// A column with one type. Values that are absent are null.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers; a null is `NaN`, as in pandas.
    Numbers(Vec<f64>),
    /// Texts.
    Texts(Vec<Option<Arc<str>>>),
}

impl Column {
    /// How many rows it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Numbers(values) if values[row].is_nan() => Cell::Null,
            Self::Numbers(values) => Cell::Number(values[row]),
            Self::Texts(values) => values[row].as_deref().map_or(Cell::Null, Cell::Text),
        }
    }

    /// All values in order.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.len()).map(|row| self.cell(row))
    }
}

/// A value of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Absent.
    Null,
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
}

impl Cell<'_> {
    /// Whether it is absent.
    pub fn is_null(self) -> bool {
        self == Self::Null
    }

    /// Itself as a key of sets: equal cells have equal keys, and 0 equals -0.
    pub(crate) fn key(self) -> Key {
        match self {
            Self::Null => Key::Null,
            Self::Number(x) => Key::Number((x + 0.0).to_bits()),
            Self::Text(text) => Key::Text(text.into()),
        }
    }

    /// Itself as JSON; a null and an infinite number are `null`.
    pub fn json(self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Number(x) => x.into(),
            Self::Text(text) => text.into(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    Null,
    Number(u64),
    Text(Arc<str>),
}

/// Columns of one length, in order, each with a name of its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    columns: Vec<(String, Column)>,
}

/// Columns that are no table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableError {
    /// A column has another length than the first.
    #[error("column {column:?} has {rows} rows and the first column {expected}; give all the same")]
    Length {
        /// The column.
        column: String,
        /// Its rows.
        rows: usize,
        /// Rows of the first column.
        expected: usize,
    },
    /// Two columns with one name.
    #[error("two columns are named {0:?}; a name stands for one column")]
    Twice(String),
}

impl Table {
    /// A table of these columns.
    ///
    /// # Errors
    /// The columns differ in length, or two have one name.
    pub fn new(columns: Vec<(String, Column)>) -> Result<Self, TableError> {
        let expected = columns.first().map_or(0, |(_, column)| column.len());
        for (i, (name, column)) in columns.iter().enumerate() {
            if column.len() != expected {
                return Err(TableError::Length { column: name.clone(), rows: column.len(), expected });
            }
            if columns[..i].iter().any(|(other, _)| other == name) {
                return Err(TableError::Twice(name.clone()));
            }
        }
        Ok(Self { columns })
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// The column with a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(own, _)| own == name).map(|(_, column)| column)
    }

    /// The names of its columns, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_two_lengths_are_no_table() {
        let a = ("a".to_owned(), Column::Numbers(vec![1.0]));
        let b = ("b".to_owned(), Column::Texts(vec![]));
        let error = Table::new(vec![a.clone(), b]).unwrap_err();
        assert_eq!(error, TableError::Length { column: "b".to_owned(), rows: 0, expected: 1 });
        assert_eq!(Table::new(vec![a.clone(), a]).unwrap_err(), TableError::Twice("a".to_owned()));
    }

    #[test]
    fn a_number_that_is_none_is_null() {
        let column = Column::Numbers(vec![f64::NAN, 2.0]);
        assert!(column.cell(0).is_null());
        assert_eq!(column.cell(1), Cell::Number(2.0));
        assert_eq!(Cell::Number(0.0).key(), Cell::Number(-0.0).key());
    }
}
