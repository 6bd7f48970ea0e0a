//! From the drivers' errors to the port's: which code becomes which advice.

mod postgres;
mod sqlite;

pub use sqlite::from_code;

use sqlx::error::DatabaseError;
use std::fmt::Display;
use std::time::Duration;
use touchline_domain::ports::{Retry, StoreError};

/// Turns a driver's result into the port's.
pub trait Mapped<T> {
    /// The same with the port's error.
    ///
    /// # Errors
    /// What [`from_sqlx`] makes of the driver's.
    fn mapped(self) -> Result<T, StoreError>;
}

impl<T> Mapped<T> for Result<T, sqlx::Error> {
    fn mapped(self) -> Result<T, StoreError> {
        self.map_err(from_sqlx)
    }
}

/// A stored value that the domain does not accept.
pub fn corrupt(what: impl Display) -> StoreError {
    StoreError::Corrupt(what.to_string())
}

/// A store that does not answer, with the seconds after which to try again; nothing means that trying again does not
/// help.
#[must_use]
pub fn unavailable(message: &str, seconds: Option<u64>) -> StoreError {
    let retry = seconds.map_or(Retry::Never, |s| Retry::After(Duration::from_secs(s)));
    StoreError::Unavailable { message: message.to_owned(), retry }
}

/// The port's error for a driver's.
#[must_use]
pub fn from_sqlx(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) => from_database(error.as_ref()),
        sqlx::Error::PoolTimedOut => unavailable("all connections are busy, or none could be made", Some(1)),
        sqlx::Error::PoolClosed => unavailable("the store was closed", None),
        // The server went away, restarts, or is not reached: it may come back.
        sqlx::Error::Io(error) => unavailable(&error.to_string(), Some(5)),
        // A connection that ends while it begins is read as an answer that makes no sense.
        sqlx::Error::Protocol(said) => unavailable(&said, Some(5)),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound => {
            corrupt(error)
        }
        sqlx::Error::Encode(error) => StoreError::Constraint(error.to_string()),
        other => unavailable(&other.to_string(), None),
    }
}

fn from_database(error: &dyn DatabaseError) -> StoreError {
    if let Some(error) = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        return postgres::from_state(error.code(), &postgres::message_of(error));
    }
    let code = error.code().and_then(|code| code.parse().ok()).unwrap_or(0);
    from_code(code, error.message())
}
