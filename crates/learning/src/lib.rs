//! Use cases that learn from stored matches: feature matrices, the forecasting model, fits of the filters, training,
//! tuning, walk-forward evaluation and backtests of betting strategies. Each takes the ports it needs, a clock and a
//! [`Progress`](touchline_domain::Progress); none knows which store, which interface or which schedule it serves.

pub mod backtest;
pub mod dataset;
pub mod evaluate;
pub mod filters;
pub mod matrices;
pub mod model;
mod model_error;
mod off_executor;
pub mod predictor;
pub mod registry;
pub mod train;
pub mod tune;
pub mod whole_file;
