//! Reading values of rows.

use crate::error::{Mapped, corrupt};
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::decode::Decode;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgRow, PgValueRef, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use std::fmt::Display;
use std::str::FromStr;
use touchline_domain::ports::StoreError;

/// A type of values that both databases give as they are.
pub trait Value<'r>: Decode<'r, Sqlite> + Decode<'r, Postgres> {}

impl<'r, T: Decode<'r, Sqlite> + Decode<'r, Postgres>> Value<'r> for T {}

/// A row, read by position: columns are taken in the order of their query. Every method fails with
/// [`StoreError::Corrupt`] where the column does not hold what is asked for.
#[expect(clippy::missing_errors_doc, reason = "said once, above")]
pub trait Read: Send + Sync {
    /// A value of the type that the schema gives the column: no times, and no whole numbers but those of 64 bits.
    fn value<'r, T: Value<'r>>(&'r self, column: usize) -> Result<T, StoreError>;
    /// A whole number, whatever the width of its column, or nothing.
    fn whole(&self, column: usize) -> Result<Option<i64>, StoreError>;
    /// A time, or nothing.
    fn optional_time(&self, column: usize) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// A time.
    fn time(&self, column: usize) -> Result<DateTime<Utc>, StoreError> {
        self.optional_time(column)?.ok_or_else(|| missing(column))
    }

    /// A whole number that fits.
    fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<T, StoreError> {
        self.optional_number(column)?.ok_or_else(|| missing(column))
    }

    /// A whole number that fits, or nothing.
    fn optional_number<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, StoreError> {
        let fit = |n| T::try_from(n).map_err(|_| corrupt(format!("number {n} is out of range")));
        self.whole(column)?.map(fit).transpose()
    }

    /// A name of the domain.
    fn parsed<T: FromStr<Err: Display>>(&self, column: usize) -> Result<T, StoreError> {
        self.value::<&str>(column)?.parse().map_err(corrupt)
    }

    /// A name of the domain, or nothing.
    fn optional_parsed<T: FromStr<Err: Display>>(&self, column: usize) -> Result<Option<T>, StoreError> {
        self.value::<Option<&str>>(column)?.map(|name| name.parse().map_err(corrupt)).transpose()
    }
}

fn missing(column: usize) -> StoreError {
    corrupt(format!("column {column} of a row is empty"))
}

/// SQLite's tables are strict: a column holds what its type says. Times are whole seconds since 1970.
impl Read for SqliteRow {
    fn value<'r, T: Value<'r>>(&'r self, column: usize) -> Result<T, StoreError> {
        self.try_get_unchecked(column).mapped()
    }

    fn whole(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.try_get_unchecked(column).mapped()
    }

    fn optional_time(&self, column: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.whole(column)?.map(time).transpose()
    }
}

/// The time so many seconds after 1970 began.
///
/// # Errors
/// It is out of range ([`StoreError::Corrupt`]).
pub fn time(seconds: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp(seconds, 0).ok_or_else(|| corrupt(format!("time {seconds} is out of range")))
}

impl Read for PgRow {
    fn value<'r, T: Value<'r>>(&'r self, column: usize) -> Result<T, StoreError> {
        self.try_get_unchecked(column).mapped()
    }

    fn whole(&self, column: usize) -> Result<Option<i64>, StoreError> {
        let whole: Option<Whole> = self.try_get_unchecked(column).mapped()?;
        Ok(whole.map(|Whole(number)| number))
    }

    fn optional_time(&self, column: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.try_get_unchecked(column).mapped()
    }
}

/// A `smallint`, `integer` or `bigint`, as the server sends it.
struct Whole(i64);

impl<'r> Decode<'r, Postgres> for Whole {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let bytes = value.as_bytes()?;
        match *bytes {
            [a, b] => Ok(Self(i16::from_be_bytes([a, b]).into())),
            [a, b, c, d] => Ok(Self(i32::from_be_bytes([a, b, c, d]).into())),
            _ => Ok(Self(i64::from_be_bytes(bytes.try_into()?))),
        }
    }
}
