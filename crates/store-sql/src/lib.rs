//! What the SQL stores share: use cases, errors, reading of rows, running of migrations, packing of bytes.
//!
//! A store is a [`SqlStore`](store::SqlStore): it gives connections, the texts of its [statements](texts), and the few
//! things that it does in its own way. What to run in which order is written here, once for both databases, a module per
//! theme; [`ports!`] makes ports of it. Values go into [`Statements`](statements::Statements), and a row that comes out is
//! a [`Read`](row::Read): a function of [`rows`] makes a value of the domain of it, by the position of its columns.
//!
//! Texts of statements, and the writing of the largest tables, are apart in each store: that is where the two databases
//! differ. Nobody but the two store crates uses this one.

#![expect(missing_docs, clippy::missing_errors_doc, reason = "a port says what its function does")]

pub mod accounts;
pub mod alerts;
pub mod artifacts;
pub mod backtests;
pub mod bronze;
pub mod collection;
pub mod corrections;
pub mod error;
pub mod experiments;
pub mod frames;
pub mod jobs;
pub mod ledger;
pub mod lineage;
pub mod merges;
pub mod migrations;
pub mod models;
pub mod names;
pub mod outbox;
pub mod paper;
mod ports;
pub mod quality;
pub mod row;
pub mod rows;
pub mod runs;
pub mod season_rules;
pub mod simulations;
pub mod statements;
pub mod stopping;
pub mod store;
pub mod surroundings;
pub mod texts;
pub mod tickets;
pub mod verification;
pub mod versions;
