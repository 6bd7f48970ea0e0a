//! `touchline contracts`.

use clap::Subcommand;
use std::path::PathBuf;

/// What readers of tables may rely on, in the Open Data Contract Standard
#[derive(Debug, Subcommand)]
pub enum Contracts {
    /// List the contracts with their versions
    List,
    /// Print a contract
    Show {
        /// The dataset, such as matches
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Compare the contracts with the database that is open, or one with an older file of it
    ///
    /// With --against, ends with exit code 1 where the version has not risen as the changes ask for; without, where the
    /// database does not hold what is promised.
    Diff {
        /// An older contract, or any other of the same dataset
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
}
