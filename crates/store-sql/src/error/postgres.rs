//! PostgreSQL's states.

use super::unavailable;
use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;
use touchline_domain::ports::StoreError;

/// The server's message, with the constraint where it does not name it.
pub(super) fn message_of(error: &PgDatabaseError) -> String {
    match DatabaseError::constraint(error) {
        Some(name) if !error.message().contains(name) => format!("{name}: {}", error.message()),
        _ => error.message().to_owned(),
    }
}

/// States: <https://www.postgresql.org/docs/current/errcodes-appendix.html>. The first two characters are the class.
pub(super) fn from_state(state: &str, message: &str) -> StoreError {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use touchline_domain::ports::Retry;

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
