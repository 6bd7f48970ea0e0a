//! State-space models that update after each match in constant time.
//!
//! [`GoalFilter`] follows the attack and defence of every team through time and forecasts goals (or any other
//! count) with the uncertainty that it still has about both sides; [`outcome_probabilities`] and [`score_grid`] turn its
//! two goal means into home win, draw and away win, and into the distribution of scores.

mod config;
mod filter;
mod outcomes;

pub use config::FilterConfig;
pub use filter::{Expectation, GoalFilter, Occasion, Pairing};
pub use outcomes::{outcome_probabilities, score_grid};
