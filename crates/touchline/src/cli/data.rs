//! `touchline data`.

use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Data {
    /// Name what the store holds now: its content hash and its last document
    ///
    /// A name keeps its meaning. Features, models and answers made from the data may be dated by it.
    Version {
        /// The name, such as 2026-11-29
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// List the versions, the latest first
    List,
    /// Build a version anew from its documents and the decisions of then, and compare the hash
    ///
    /// Ends with exit code 1 where the hash is another one.
    Rebuild {
        /// The version
        #[arg(value_name = "NAME")]
        name: String,
        /// Keep what is built, as a database in this file, which must not exist
        #[arg(long, value_name = "FILE")]
        into: Option<PathBuf>,
    },
}
