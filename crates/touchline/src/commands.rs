//! One file per command: it takes its arguments, calls a use case and prints what came of it.

pub mod config;
pub mod conflicts;
pub mod db;
pub mod demo;
pub mod doctor;
pub mod evaluate;
pub mod features;
mod filters;
pub mod ingest;
pub mod lake;
pub mod ledger;
pub mod models;
pub mod names;
pub mod predict;
pub mod reprocess;
pub mod serve;
pub mod train;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything was done.
    Done,
    /// Done, but some rows were not used.
    WithRejections,
    /// Done, and what was checked is not as it should be.
    FaultsFound,
}
