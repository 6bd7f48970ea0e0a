//! The embedded store: SQLite behind the ports of the domain.
