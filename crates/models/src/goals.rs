//! Goal models: from past scores to the joint distribution of both sides' goals.
//!
//! Collect the matches in [`GoalMatches`], pick a family of score distributions, fit it, and ask the result
//! for the [`ScoreGrid`](touchline_outcomes::ScoreGrid) of any pairing; every market derives from that grid.
//!
//! ```
//! use touchline_models::goals::{DixonColes, FitConfig, GoalMatches, GoalObservation, ScoreFamily, TimeDecay};
//! use touchline_outcomes::Score;
//!
//! let decay = TimeDecay::half_life_days(390.0)?;
//! let mut matches = GoalMatches::new(3);
//! for (days_ago, home, away, h, a) in [(300.0, 0, 1, 2, 1), (200.0, 1, 0, 0, 0), (100.0, 1, 0, 1, 3)] {
//!     let score = Score { home: h, away: a };
//!     matches.push(GoalObservation::new(home, away, score).weighted(decay.weight(days_ago)));
//! }
//! let fitted = DixonColes.fit(&matches, &FitConfig::default())?;
//! // Team 2 has not played yet: shrinkage gives it the strength of an average team.
//! let forecast = fitted.grid(0, 2).forecast();
//! assert!(forecast.home() > forecast.away());
//! # Ok::<(), touchline_models::goals::FitError>(())
//! ```
//!
//! All families share the log-linear rates of Maher (1982), the shrinkage, covariates and leagues of
//! [`FitConfig`], one Newton search on exact second derivatives, and warm starts ([`ScoreFamily::fit_from`]).

mod bivariate_poisson;
mod config;
mod conway_maxwell;
mod curvature;
#[cfg(test)]
mod derivatives;
mod diagonal_inflated;
mod dixon_coles;
mod double_poisson;
mod error;
mod family;
mod fit;
mod fitted;
mod frank;
#[cfg(test)]
mod hard_inputs;
mod kind;
mod layout;
mod linear;
mod negative_binomial;
mod newton;
mod objective;
mod observations;
mod plain;
mod poisson;
mod posterior;
mod rue_salvesen;
mod skellam;
mod special;
mod stored;
#[cfg(test)]
mod structure_tests;
mod weibull_copula;
mod weibull_count;
mod weighted_poisson;
mod weights;
mod zero_inflated;

pub use bivariate_poisson::BivariatePoisson;
pub use config::{FitConfig, GoalLevel, HomeAdvantage, Shrinkage};
pub use conway_maxwell::ConwayMaxwellPoisson;
pub use diagonal_inflated::{Diagonal, DiagonalInflated};
pub use dixon_coles::DixonColes;
pub use double_poisson::DoublePoisson;
pub use error::FitError;
pub use family::{Local, MAX_RATE, MAX_SHAPES, Rates, ScoreFamily, Shape};
pub use fitted::{Fitted, FixtureTeam, GoalFixture, GoalForecaster};
pub use kind::{GoalModelKind, UnknownGoalModel};
pub use negative_binomial::NegativeBinomial;
pub use observations::{GoalMatches, GoalObservation, MAX_COVARIATES, SideValues};
pub use poisson::{Poisson, poisson_grid};
pub use posterior::Posterior;
pub use rue_salvesen::fit_rue_salvesen;
pub use skellam::Skellam;
pub use weibull_copula::WeibullCopula;
pub use weights::TimeDecay;
pub use zero_inflated::ZeroInflatedPoisson;

/// A fitted [`Poisson`] model.
pub type FittedPoisson = Fitted<Poisson>;
/// A fitted [`DixonColes`] model.
pub type FittedDixonColes = Fitted<DixonColes>;
