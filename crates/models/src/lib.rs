//! Ratings, goal models, markets, odds, staking, calibration, metrics, simulation and in-play
//! probabilities of football: pure, synchronous Rust without I/O.

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
