//! Recalibration of forecasts, fitted on matches that the forecaster was not trained on.

mod isotonic;
pub(crate) mod newton;
pub use isotonic::pool_adjacent_violators;
