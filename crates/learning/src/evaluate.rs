//! Walk-forward evaluation: train on what was known, forecast what came next, score, move on.
//!
//! 1. [`walk_forward`] or [`challenge_windows`] cut the history into folds: a time to train at, matches to forecast
//!    after it, and what these see (everything up to kick-off, or a state frozen some time before).
//! 2. [`Scoreboard::fill`] fits every [`Estimator`] for every fold and asks the
//!    [`Predictor`](crate::predictor::Predictor) that comes of it. All forecast the same matches, so that differences are
//!    paired.
//! 3. [`EvaluationReport::of`] sums up; [`compare_with_market`] sets the same board against bookmakers' prices.
//!
//! [`evaluate`] does all of this on what a store holds.

mod board;
mod estimator;
mod folds;
mod market;
mod recipes;
mod report;
mod stored;
#[cfg(test)]
mod testing;
mod trained;
mod yardsticks;

pub use board::{Answered, Evidence, Judged, Scoreboard};
pub use estimator::{Estimator, FittedPredictor, TrainingData};
pub use folds::{Cutoff, Fold, challenge_windows, walk_forward};
pub use market::{AgainstBook, MarketComparison, compare_with_market};
pub use recipes::{changed_recipe, described_recipes};
pub use report::{
    EvaluationReport, ForecasterReport, GoalsReport, GroupReport, GroupScores, Reliability, Versus,
};
pub use stored::{EvaluationError, EvaluationPeriod, EvaluationRequest, evaluate};
pub use trained::{Pool, Trained, without_each_family};
pub use yardsticks::{EloYardstick, GoalModelYardstick, LeagueBaseRates, StrengthYardstick, standard};
