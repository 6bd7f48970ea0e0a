#![doc = include_str!("handbook.md")]

pub mod calibration;
pub mod dynamic;
pub mod goals;
pub mod inplay;
pub mod markets;
pub mod metrics;
pub mod odds;
pub mod ratings;
pub mod simulation;
pub mod staking;

mod teams;

pub use teams::{Teams, UnknownTeam};

/// The examples of README.md, compiled and run with the tests of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
