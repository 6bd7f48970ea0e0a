//! PostgreSQL servers for tests: [`TestDatabase`] is an empty database on a server that all tests of a run share,
//! [`Cluster`] a server of one test's own. Both need Debian's `postgresql` package or its like; nothing of them is left
//! when the tests end, however they end.
#![allow(clippy::missing_panics_doc, reason = "tests end by panicking")]

mod cluster;
mod database;
mod disk;

pub use cluster::{Cluster, private_folder, program};
pub use database::{TestDatabase, connect};
pub use disk::SmallDisk;
