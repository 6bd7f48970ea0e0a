//! Use cases: ingest, features, train, evaluate, predict. Each takes the ports it needs, a clock, and somebody to
//! tell its progress to; none knows which store, which interface or which schedule it serves.

pub mod backup;
pub mod dataset;
pub mod evaluate;
pub mod filters;
pub mod ingest;
pub mod lake;
pub mod matrices;
pub mod model;
pub mod names;
pub mod predict;
mod progress;
pub mod serving;
pub mod train;
pub mod tune;

pub use progress::{Progress, Silent};
