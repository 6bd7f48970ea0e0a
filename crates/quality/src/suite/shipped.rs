//! Suites and checkpoints that come with the program, files under `suites/`.

use super::Suite;
use serde::{Deserialize, Serialize};

/// A suite with the table that it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Shipped {
    /// The table, such as `matches`.
    pub table: &'static str,
    /// The suite.
    pub suite: Suite,
}

/// Which suite judges which table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// The table.
    pub table: String,
    /// The name of the suite.
    pub suite: String,
}

/// Validations that are run together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Its name.
    pub name: String,
    /// What is run.
    pub validations: Vec<Validation>,
}

/// The suites of matches and of odds.
pub fn shipped() -> Vec<Shipped> {
    let read = |table, json| Shipped { table, suite: Suite::read(json).expect("a test reads it") };
    vec![
        read("matches", include_str!("../../suites/matches.json")),
        read("odds", include_str!("../../suites/odds.json")),
    ]
}

/// The checkpoints of the shipped suites.
pub fn checkpoints() -> Vec<Checkpoint> {
    serde_json::from_str(include_str!("../../suites/checkpoints.json")).expect("a test reads it")
}
