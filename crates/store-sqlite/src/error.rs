//! From the driver's errors to the port's: which code becomes which advice.

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
        sqlx::Error::Database(error) => {
            let code = error.code().and_then(|code| code.parse().ok()).unwrap_or(0);
            from_code(code, error.message())
        }
        sqlx::Error::PoolTimedOut => unavailable("all connections are busy", Some(1)),
        sqlx::Error::PoolClosed => unavailable("the store was closed", None),
        sqlx::Error::Io(error) => unavailable(&error.to_string(), None),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound => {
            corrupt(error)
        }
        other => unavailable(&other.to_string(), None),
    }
}

/// Result codes: <https://www.sqlite.org/rescode.html>. The lowest byte is the kind.
pub(crate) fn from_code(code: i32, message: &str) -> StoreError {
    const ERROR: i32 = 1;
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const NOMEM: i32 = 7;
    const CORRUPT: i32 = 11;
    const FULL: i32 = 13;
    const SCHEMA: i32 = 17;
    const TOOBIG: i32 = 18;
    const CONSTRAINT: i32 = 19;
    const MISMATCH: i32 = 20;
    const NOTADB: i32 = 26;
    match code & 0xff {
        BUSY | LOCKED => unavailable(message, Some(1)),
        NOMEM => unavailable(message, Some(10)),
        FULL => unavailable("disk full", Some(60)),
        CORRUPT | NOTADB => StoreError::Corrupt(message.to_owned()),
        TOOBIG | CONSTRAINT | MISMATCH => StoreError::Constraint(message.to_owned()),
        // A table or column that is not there: the file was made by something else.
        ERROR | SCHEMA => StoreError::Schema(message.to_owned()),
        _ => unavailable(message, None),
    }
}

fn unavailable(message: &str, seconds: Option<u64>) -> StoreError {
    let retry = seconds.map_or(Retry::Never, |s| Retry::After(Duration::from_secs(s)));
    StoreError::Unavailable { message: message.to_owned(), retry }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_codes_give_the_advice_of_their_kind() {
        let busy_snapshot = 0x0205;
        assert_eq!(from_code(busy_snapshot, "locked").retry(), Retry::After(Duration::from_secs(1)));
        assert!(
            matches!(from_code(13, "database or disk is full"), StoreError::Unavailable { message, .. } if message == "disk full")
        );
        assert!(matches!(from_code(0x0713, "ck"), StoreError::Constraint(m) if m == "ck"));
        assert!(matches!(from_code(0x010b, "malformed"), StoreError::Corrupt(_)));
        assert_eq!(from_code(14, "unable to open").retry(), Retry::Never);
    }
}
