//! From the driver's errors to the port's: which state becomes which advice.

use sqlx::error::DatabaseError;
use std::fmt::Display;
use std::time::Duration;
use touchline_domain::ports::{Retry, StoreError};

/// Turns the driver's result into the port's.
pub(crate) trait Mapped<T> {
    fn mapped(self) -> Result<T, StoreError>;
}

impl<T> Mapped<T> for Result<T, sqlx::Error> {
    fn mapped(self) -> Result<T, StoreError> {
        self.map_err(from_sqlx)
    }
}

/// A stored value that the domain does not accept.
pub(crate) fn corrupt(what: impl Display) -> StoreError {
    StoreError::Corrupt(what.to_string())
}

pub(crate) fn from_sqlx(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) => from_state(&error.code().unwrap_or_default(), &told(error.as_ref())),
        sqlx::Error::PoolTimedOut => unavailable("all connections are busy, or none could be made", Some(1)),
        sqlx::Error::PoolClosed => unavailable("the store was closed", None),
        // The server went away, restarts, or is not reached: it may come back.
        sqlx::Error::Io(error) => unavailable(&error.to_string(), Some(5)),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound => {
            corrupt(error)
        }
        sqlx::Error::Encode(error) => StoreError::Constraint(error.to_string()),
        other => unavailable(&other.to_string(), None),
    }
}

/// The server's message, with the constraint where it does not name it.
fn told(error: &dyn DatabaseError) -> String {
    match error.constraint() {
        Some(name) if !error.message().contains(name) => format!("{name}: {}", error.message()),
        _ => error.message().to_owned(),
    }
}

/// States: <https://www.postgresql.org/docs/current/errcodes-appendix.html>. The first two characters are the class.
fn from_state(state: &str, message: &str) -> StoreError {
    match state {
        // Another writer was there first, or took too long.
        "40001" | "40P01" | "55P03" => unavailable(message, Some(1)),
        "53100" => unavailable("disk full", Some(60)),
        // A standby, or a database set to read only.
        "25006" => unavailable(message, None),
        "42501" => unavailable(&format!("{message}: connect as a user with more rights"), None),
        "XX001" | "XX002" => StoreError::Corrupt(message.to_owned()),
        _ => match state.get(..2) {
            // Constraints, values of the wrong kind (also NUL in a text), values too large for a row or an index.
            Some("22" | "23" | "54") => StoreError::Constraint(message.to_owned()),
            // Memory, connections, other resources.
            Some("53") => unavailable(message, Some(10)),
            // Shutting down, starting up, connection lost.
            Some("57" | "08") => unavailable(message, Some(5)),
            // A table, column or function that is not there: the database was made by something else.
            Some("42") => StoreError::Schema(message.to_owned()),
            _ => unavailable(message, None),
        },
    }
}

pub(crate) fn unavailable(message: &str, seconds: Option<u64>) -> StoreError {
    let retry = seconds.map_or(Retry::Never, |s| Retry::After(Duration::from_secs(s)));
    StoreError::Unavailable { message: message.to_owned(), retry }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_give_the_advice_of_their_class() {
        assert_eq!(from_state("40P01", "deadlock detected").retry(), Retry::After(Duration::from_secs(1)));
        assert_eq!(from_state("57P03", "starting up").retry(), Retry::After(Duration::from_secs(5)));
        assert_eq!(from_state("28P01", "password authentication failed").retry(), Retry::Never);
        assert!(
            matches!(from_state("53100", "could not extend file"), StoreError::Unavailable { message, .. } if message == "disk full")
        );
        assert!(matches!(from_state("23514", "ck"), StoreError::Constraint(m) if m == "ck"));
        assert!(matches!(from_state("22021", "invalid byte"), StoreError::Constraint(_)));
        assert!(matches!(from_state("54000", "index row size"), StoreError::Constraint(_)));
        assert!(matches!(from_state("42P01", "no such table"), StoreError::Schema(_)));
        assert!(matches!(from_state("XX001", "invalid page"), StoreError::Corrupt(_)));
        assert!(matches!(from_state("", "?"), StoreError::Unavailable { retry: Retry::Never, .. }));
    }
}
