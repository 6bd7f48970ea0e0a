//! Monte Carlo simulation of the rest of a season: final positions, titles, relegations, promotions.
//!
//! Describe the season by a [`SeasonSimulation`]: the teams, the matches played, one score grid per match to come, the
//! rules that order level teams ([`RuleSet`]), and where they apply points deductions, a split
//! ([`Split`]) and promotion play-offs ([`PlayOff`]). [`SeasonSimulation::simulate`] then plays it out many times.
//!
//! ```
//! use rand::SeedableRng;
//! use touchline_models::goals::poisson_grid;
//! use touchline_models::simulation::{RuleSet, SeasonSimulation, SimulationRng};
//!
//! let mut season = SeasonSimulation::new(4, RuleSet::premier_league());
//! for home in 0..4 {
//!     for away in (0..4).filter(|away| *away != home) {
//!         // Team 0 is the strongest.
//!         let rate = |team: usize| if team == 0 { 2.0 } else { 1.1 };
//!         season.fixture(home, away, &poisson_grid([rate(home) + 0.2, rate(away)], 14));
//!     }
//! }
//! season.deduct(3, 6);
//! let table = season.simulate(2_000, 2, &mut SimulationRng::seed_from_u64(42))?;
//! assert!(table.title(0) > 0.5);
//! assert!(table.within(3, 4..=4) > 0.5);
//! # Ok::<(), touchline_models::simulation::SimulationError>(())
//! ```
//!
//! The result follows from one number that the caller's generator gives: the seasons are played in blocks of 64 with a
//! generator each, so the number of threads changes the time and nothing else. To carry the uncertainty of fitted strengths,
//! simulate a few seasons for each posterior draw and [`SeasonTable::merge`] the tables.

mod distribution;
mod knockout;
mod ranking;
pub(crate) mod rng;
mod rules;
mod run;
mod sampler;
mod season;

pub use distribution::SeasonTable;
pub use knockout::{PlayOff, one_leg, second_leg, two_legs};
pub use rng::SimulationRng;
pub use rules::{RuleSet, TieBreak};
pub use sampler::ScoreSampler;
pub use season::{PairGrids, SeasonSimulation, SimulationError, Split};
