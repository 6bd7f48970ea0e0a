//! One file per command: it takes its arguments, calls a use case and prints what came of it.

pub mod accounts;
pub mod alerts;
pub mod backtest;
pub mod collect;
pub mod competitions;
pub mod config;
pub mod conflicts;
pub mod contracts;
pub mod data;
pub mod db;
pub mod demo;
pub mod doctor;
pub mod evaluate;
mod experiments;
mod explain;
pub mod features;
mod filters;
pub mod flows;
pub mod grounds;
pub mod ingest;
pub mod inplay;
pub mod jobs;
pub mod lake;
pub mod ledger;
pub mod lineage;
pub mod models;
pub mod names;
pub mod odds;
pub mod paper;
pub mod predict;
pub mod quality;
pub mod reprocess;
pub mod schedule;
mod secrets;
pub mod serve;
pub mod simulate;
pub mod strategies;
pub mod table;
pub mod train;
pub mod value_bets;

use touchline_intake::ingest::Outcome;

/// How a command ended.
/// Each has an exit code of its own, save that an error and faults that were found share 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything was done.
    Done,
    /// Done, but some documents, rows or parts of rows were not used.
    WithRejections,
    /// Nothing could be used.
    NothingUsed,
    /// Done, and what was checked is not as it should be.
    FaultsFound,
}

impl From<Outcome> for Ending {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::AllUsed => Self::Done,
            Outcome::SomeLeftOut => Self::WithRejections,
            Outcome::NothingUsed => Self::NothingUsed,
        }
    }
}
