//! Reading values of rows.

use crate::error::{Mapped, corrupt};
use sqlx::Row;
use sqlx::decode::Decode;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgRow, PgValueRef, Postgres};
use std::fmt::Display;
use std::str::FromStr;
use touchline_domain::ports::StoreError;

/// Access by position: columns are read in the order of their query.
pub(crate) trait Read {
    /// A value of the type that the schema gives the column.
    fn value<'r, T: Decode<'r, Postgres>>(&'r self, column: usize) -> Result<T, StoreError>;
    /// A whole number that fits, whatever the width of its column.
    fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<T, StoreError>;
    /// A whole number that fits, or nothing.
    fn optional_number<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, StoreError>;
    /// A name of the domain.
    fn parsed<T: FromStr<Err: Display>>(&self, column: usize) -> Result<T, StoreError>;
}

impl Read for PgRow {
    fn value<'r, T: Decode<'r, Postgres>>(&'r self, column: usize) -> Result<T, StoreError> {
        self.try_get_unchecked(column).mapped()
    }

    fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<T, StoreError> {
        fit(self.value(column)?)
    }

    fn optional_number<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, StoreError> {
        self.value::<Option<Whole>>(column)?.map(fit).transpose()
    }

    fn parsed<T: FromStr<Err: Display>>(&self, column: usize) -> Result<T, StoreError> {
        self.value::<&str>(column)?.parse().map_err(corrupt)
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

fn fit<T: TryFrom<i64>>(Whole(value): Whole) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| corrupt(format!("number {value} is out of range")))
}
