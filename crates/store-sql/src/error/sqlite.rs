//! SQLite's result codes.

use super::unavailable;
use touchline_domain::ports::StoreError;

/// The port's error for a result code: <https://www.sqlite.org/rescode.html>. The lowest byte is the kind.
#[must_use]
pub fn from_code(code: i32, message: &str) -> StoreError {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use touchline_domain::ports::Retry;

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
