//! Staking: how much to bet, given a probability and a price.
//!
//! The Kelly criterion maximises the expected logarithm of the bankroll: the fastest growth in the long run.
//! [`kelly`] and [`kelly_settlement`] treat one bet, [`kelly_exclusive`] bets on several outcomes of one market,
//! and [`kelly_portfolio`] any bets on one match together, priced through its score grid so that their
//! correlations are exact; [`kelly_slip`] does the same over all matches of a day. [`Multiple`] puts selections on different matches into one bet. Probabilities are never known, so real plans bet a fraction of it: a [`StakingPlan`]
//! turns a bet into a stake, and [the risk functions](#risk-of-ruin-and-of-drawdown) say what the plan may lose on the way.
//!
//! ```
//! use touchline_models::staking::{Bankroll, StakingPlan, kelly};
//! assert!((kelly(0.55, 2.0)? - 0.10).abs() < 1e-12);
//! let mut bank = Bankroll::new(1000.0)?;
//! let stake = StakingPlan::FractionalKelly { fraction: 0.25, cap: 0.05 }.stake(&bank, 0.55, 2.0)?;
//! assert!((stake - 25.0).abs() < 1e-9);
//! bank.settle(stake, stake * 1.0)?; // won
//! assert!((bank.current() - 1025.0).abs() < 1e-9);
//! # Ok::<(), touchline_models::staking::StakingError>(())
//! ```
//!
//! # Risk of ruin and of drawdown
//!
//! - Flat stakes at even money: from `n` units, with win probability `p`, ruin comes with `((1-p)/p)^n` (the
//!   gambler's ruin).
//! - Flat stakes at any price: the adjustment coefficient `r > 0` solves `E[exp(-r X)] = 1` for the profit `X` of one
//!   bet; ruin from `n` units has probability at most `exp(-r n)` (Lundberg 1903), nearly attained for many units.
//! - Fractional Kelly `k`: the probability that the bankroll ever falls to a share `x` is `x^(2/k - 1)` in the limit of
//!   small bets (Thorp 2006); half Kelly halves the bankroll with probability 1/8.
//! - Risk-constrained Kelly: the largest stake up to Kelly's with `E[(wealth)^-l] <= 1`, `l = ln(beta)/ln(alpha)`, keeps
//!   the probability of ever falling to the share `alpha` below `beta` exactly, not in a limit (Busseti, Ryu & Boyd
//!   2016).
//!
//! ```
//! use touchline_models::staking::{fractional_kelly_drawdown, kelly, risk_constrained_kelly, ruin_probability_even_money};
//! assert!((ruin_probability_even_money(0.55, 10)? - (0.45_f64 / 0.55).powi(10)).abs() < 1e-12);
//! assert!((fractional_kelly_drawdown(0.5, 0.5)? - 0.125).abs() < 1e-12);
//! let careful = risk_constrained_kelly(0.55, 2.0, 0.5, 0.05)?; // at most 5 % to ever lose half
//! assert!(careful > 0.0 && careful < 0.5 * kelly(0.55, 2.0)?);
//! # Ok::<(), touchline_models::staking::StakingError>(())
//! ```

mod edge;
mod exclusive;
mod multiples;
mod paths;
mod plan;
mod portfolio;
mod risk;
mod single;
mod slip;

pub use edge::edge_confidence;
pub use exclusive::{ExclusiveStakes, kelly_exclusive};
pub use multiples::{Multiple, MultipleLeg};
pub use paths::EquityPaths;
pub use plan::{Bankroll, StakingPlan};
pub use portfolio::{GridBet, Portfolio, Selection, kelly_portfolio, kelly_scenarios};
pub use risk::{
    fractional_kelly_drawdown, risk_constrained_kelly, ruin_probability, ruin_probability_even_money,
};
pub use single::{growth, kelly, kelly_settlement};
pub use slip::{SlipMatch, kelly_slip};

use thiserror::Error;

/// Why a stake cannot be computed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum StakingError {
    /// A number outside its range.
    #[error("{what} is {value}; {rule}")]
    Value {
        /// What it stands for.
        what: &'static str,
        /// The number.
        value: f64,
        /// What it may be.
        rule: &'static str,
    },
    /// Slices that should run in parallel do not.
    #[error("{left} values against {right}; pass one of each per outcome or scenario")]
    Lengths {
        /// Length of the first slice.
        left: usize,
        /// Length of the second slice.
        right: usize,
    },
    /// Nothing to bet on.
    #[error("no bets; pass at least one")]
    Empty,
    /// Two legs of a multiple depend on each other.
    #[error(
        "legs {first} and {second} are on one match: their prices do not multiply; stake them as bets of their own, together"
    )]
    SameMatch {
        /// The earlier leg, from 1.
        first: usize,
        /// The later leg.
        second: usize,
    },
}

pub(crate) fn require(
    what: &'static str,
    value: f64,
    holds: bool,
    rule: &'static str,
) -> Result<(), StakingError> {
    if holds && value.is_finite() { Ok(()) } else { Err(StakingError::Value { what, value, rule }) }
}

pub(crate) fn check_bet(probability: f64, odds: f64) -> Result<(), StakingError> {
    require("the probability", probability, (0.0..=1.0).contains(&probability), "it lies within 0 to 1")?;
    require("the price", odds, odds > 1.0, "decimal odds are finite and lie above 1")
}
