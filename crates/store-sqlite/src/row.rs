//! Reading values of rows.

use crate::error::{Mapped, corrupt};
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::decode::Decode;
use sqlx::sqlite::{Sqlite, SqliteRow};
use std::fmt::Display;
use std::str::FromStr;
use touchline_domain::ports::StoreError;

/// Access by position: columns are read in the order of their query.
pub(crate) trait Read {
    /// A value of the type that the schema (whose tables are strict) gives the column.
    fn value<'r, T: Decode<'r, Sqlite>>(&'r self, column: usize) -> Result<T, StoreError>;
    /// A whole number that fits.
    fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<T, StoreError>;
    /// A whole number that fits, or nothing.
    fn optional_number<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, StoreError>;
    /// A time in whole seconds.
    fn time(&self, column: usize) -> Result<DateTime<Utc>, StoreError>;
    /// A name of the domain.
    fn parsed<T: FromStr<Err: Display>>(&self, column: usize) -> Result<T, StoreError>;
}

impl Read for SqliteRow {
    fn value<'r, T: Decode<'r, Sqlite>>(&'r self, column: usize) -> Result<T, StoreError> {
        self.try_get_unchecked(column).mapped()
    }

    fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<T, StoreError> {
        fit(self.value(column)?)
    }

    fn optional_number<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, StoreError> {
        self.value::<Option<i64>>(column)?.map(fit).transpose()
    }

    fn time(&self, column: usize) -> Result<DateTime<Utc>, StoreError> {
        time(self.value(column)?)
    }

    fn parsed<T: FromStr<Err: Display>>(&self, column: usize) -> Result<T, StoreError> {
        self.value::<&str>(column)?.parse().map_err(corrupt)
    }
}

pub(crate) fn time(seconds: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp(seconds, 0).ok_or_else(|| corrupt(format!("time {seconds} is out of range")))
}

fn fit<T: TryFrom<i64>>(value: i64) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| corrupt(format!("number {value} is out of range")))
}
