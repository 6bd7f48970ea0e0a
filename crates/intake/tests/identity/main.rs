//! Several sources of one league: seen on a real store, with the readers of the program.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod aliases;
mod identifiers;
mod property;
mod real;
mod sources;
#[path = "../support/mod.rs"]
mod support;
mod world;
