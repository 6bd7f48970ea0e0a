//! Scores of forecasts, and tests between forecasters.
//!
//! Score a set of forecasts with [`Evaluation::of`], which gives every pooled score with its standard error.
//! Two forecasters of the same matches are compared *paired*: [`Comparison::of`] for the mean difference and
//! its standard error, [`SequentialInterval`] where that is looked at while matches come in, [`DieboldMariano::test`] where errors of neighbouring matches may be correlated.
//! Whether probabilities mean what they say is answered by [`ReliabilityCurve`] and, without a choice of bins,
//! by [`Corp`]; [`bootstrap`] gives intervals for any statistic. Forecasts of goals are scored by [`GoalErrors`]. Whether the
//! best of many that were tried is more than luck is asked by [`RealityCheck`] and [`DeflatedSharpe`].
//!
//! | score | range | best | per match |
//! |---|---|---|---|
//! | ranked probability score | 0 to 1 | 0 | squared distance of cumulative probabilities, over outcomes - 1 |
//! | Brier score | 0 to 2 | 0 | squared distance of probabilities, summed over the outcomes |
//! | log loss | 0 to 34.54 | 0 | minus the natural logarithm of what happened (floored at 1e-15) |
//! | ignorance | 0 to 49.83 | 0 | log loss in bits |
//! | accuracy | 0 or 1 | 1 | whether the likeliest outcome happened |
//!
//! ```
//! use touchline_models::metrics::Evaluation;
//! use touchline_outcomes::{Forecast, Outcome};
//!
//! let forecasts = [Forecast::new(0.5, 0.3, 0.2)?, Forecast::new(0.2, 0.3, 0.5)?];
//! let outcomes = [Outcome::HomeWin, Outcome::Draw];
//! let scores = Evaluation::of(&forecasts, &outcomes)?;
//! assert!((scores.rps.value - 0.145).abs() < 1e-12);
//! assert_eq!(scores.accuracy.value, 0.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod comparison;
mod corp;
mod goals;
mod reliability;
mod resampling;
mod scoring;
mod selection;
mod sequential;
pub(crate) mod special;
mod summary;

pub use comparison::{Comparison, DieboldMariano};
pub use corp::{Corp, CorpScore};
pub use goals::{GoalErrors, squared_goal_errors};
pub use reliability::{Binning, ReliabilityBin, ReliabilityCurve, expected_calibration_error};
pub use resampling::{Interval, bootstrap, bootstrap_clusters};
pub use scoring::{LOG_FLOOR, ScoringRule, brier, ignorance, is_correct, log_loss, rps};
pub use selection::{DeflatedSharpe, RealityCheck, sharpe_ratio};
pub use sequential::SequentialInterval;
pub use summary::{Evaluation, MeanScore};

use thiserror::Error;

/// Why a score cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum MetricError {
    /// Nothing to score.
    #[error("no matches to score; pass at least {needed}")]
    TooFew {
        /// The fewest that the statistic is defined for.
        needed: usize,
    },
    /// Two slices that should run in parallel do not.
    #[error("{left} values against {right}; pass one of each per match, in the same order")]
    Lengths {
        /// Length of the first slice.
        left: usize,
        /// Length of the second slice.
        right: usize,
    },
    /// A value that is not finite.
    #[error("value {index} is not finite; leave the match out or repair its forecast")]
    NotFinite {
        /// Position in the slice.
        index: usize,
    },
    /// A number that is not a probability, or probabilities that do not sum to 1.
    #[error("probabilities of item {index} are not within 0 to 1 with sum 1; normalise them first")]
    NotProbabilities {
        /// Position in the slice.
        index: usize,
    },
    /// The outcome is not among the forecast's.
    #[error("outcome {outcome} of {outcomes}; outcomes count from 0")]
    NoSuchOutcome {
        /// The index given.
        outcome: usize,
        /// How many outcomes the forecast has.
        outcomes: usize,
    },
    /// A setting that makes no sense.
    #[error("{0}")]
    Setting(&'static str),
}

pub(crate) fn same_length(left: usize, right: usize) -> Result<(), MetricError> {
    if left == right { Ok(()) } else { Err(MetricError::Lengths { left, right }) }
}

pub(crate) fn all_finite(values: &[f64]) -> Result<(), MetricError> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(MetricError::NotFinite { index }),
        None => Ok(()),
    }
}
