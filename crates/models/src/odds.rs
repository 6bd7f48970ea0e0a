//! Odds: conversion, margins and what prices imply.
//!
//! A bookmaker's prices contain a margin: their inverses sum to more than 1. [`DeVig`] removes it by one of
//! eight methods for any number of outcomes; [`GoalExpectancy`] goes further and finds the expected goals of
//! both sides that 1X2, over/under or handicap prices imply; [`closing_line_value`] judges a bet by the last
//! price before kick-off; [`arbitrage()`] and [`hedge`] compute stakes over all outcomes.
//!
//! Decimal odds lie above 1: what a stake of 1 returns when it wins.
//!
//! ```
//! use touchline_models::odds::{DeVig, overround};
//! let odds = [2.70, 2.30, 4.40];
//! assert!((overround(&odds)? - 0.0324).abs() < 1e-4);
//! let fair = DeVig::Shin.fair(&odds)?;
//! assert!((fair.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
//! assert!(fair.probabilities[2] < 1.0 / 4.40 / 1.0324); // Shin takes more from the outsider
//! # Ok::<(), touchline_models::odds::PriceError>(())
//! ```

mod arbitrage;
mod closing;
mod convert;
mod devig;
mod expectancy;
mod root;
mod self_check;

pub use arbitrage::{Arbitrage, Hedge, arbitrage, hedge};
pub use closing::{closing_line_value, closing_line_values};
pub use convert::{Fraction, american_to_decimal, decimal_to_american, read_price};
pub use devig::{DeVig, FairBook};
pub use expectancy::{GoalExpectancy, Rho, Target};
#[doc(hidden)]
pub use self_check::self_check;

use thiserror::Error;

/// Why prices cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PriceError {
    /// A number that is not a decimal price.
    #[error("odds of outcome {outcome} are {odds}; decimal odds are finite and lie above 1")]
    Odds {
        /// Position of the price.
        outcome: usize,
        /// The number.
        odds: f64,
    },
    /// A market needs two outcomes.
    #[error("{0} prices; a market has at least two outcomes")]
    Outcomes(usize),
    /// Slices that should run in parallel do not.
    #[error("{left} values against {right}; pass one of each per outcome or bet")]
    Lengths {
        /// Length of the first slice.
        left: usize,
        /// Length of the second slice.
        right: usize,
    },
    /// Fractional or American odds that cannot be read.
    #[error("{0:?} is not a price; write 7/4, evens, 2.75, +175 or -120")]
    Text(String),
    /// American odds between -100 and 100.
    #[error("American odds of {0}; they are at most -100 or at least 100")]
    American(f64),
    /// The method gives an outcome no probability.
    #[error(
        "{method} leaves outcome {outcome} no probability; use Power or Multiplicative for such long shots"
    )]
    Exhausted {
        /// The method.
        method: &'static str,
        /// The outcome.
        outcome: usize,
    },
    /// The book has no margin, which the method explains by.
    #[error("the inverse odds sum to {sum}, below 1; {method} needs a margin, use Power or Multiplicative")]
    NoMargin {
        /// The method.
        method: &'static str,
        /// Sum of the inverse odds.
        sum: f64,
    },
    /// A number that is not a probability or a stake.
    #[error("{what} is {value}; {rule}")]
    Value {
        /// What it stands for.
        what: &'static str,
        /// Its value.
        value: f64,
        /// What it may be.
        rule: &'static str,
    },
    /// No parameters reproduce the prices.
    #[error(
        "no goal expectancy reproduces these prices; check that they belong to one match and have no margin"
    )]
    NoExpectancy,
}

/// Checks a market's prices.
pub(crate) fn check(odds: &[f64]) -> Result<(), PriceError> {
    if odds.len() < 2 {
        return Err(PriceError::Outcomes(odds.len()));
    }
    match odds.iter().position(|o| !(o.is_finite() && *o > 1.0)) {
        Some(outcome) => Err(PriceError::Odds { outcome, odds: odds[outcome] }),
        None => Ok(()),
    }
}

/// Sum of the inverse odds minus 1: the bookmaker's margin on the stakes that balance the book; negative where
/// backing every outcome wins.
///
/// # Errors
/// Fewer than two prices, or one that is not above 1.
pub fn overround(odds: &[f64]) -> Result<f64, PriceError> {
    check(odds)?;
    Ok(odds.iter().map(|o| 1.0 / o).sum::<f64>() - 1.0)
}

/// Share of the stakes that a balanced book keeps: `1 - 1/(1 + overround)`.
///
/// # Errors
/// As [`overround`].
pub fn hold(odds: &[f64]) -> Result<f64, PriceError> {
    let over = overround(odds)?;
    Ok(over / (1.0 + over))
}
