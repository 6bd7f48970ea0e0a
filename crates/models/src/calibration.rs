//! Recalibration of forecasts, fitted on matches that the forecaster was not trained on.
//!
//! A forecaster that is overconfident, or that overrates home sides, can be repaired afterwards: fit one of
//! these on the latest matches that training did not see, and pass every later forecast through
//! [`Calibrator::calibrate`]. Start with [`Temperature`]; with some thousands of matches [`VectorScaling`] can
//! also repair a bias towards one outcome; [`Dirichlet`], [`Isotonic`] and [`Beta`] need more and should be kept
//! only if they win on a third, later set of matches. [`LogPool`] makes one forecast of several forecasters'.
//!
//! | method | parameters | repairs |
//! |---|---|---|
//! | [`Temperature`] | 1 | over- or under-confidence; never changes the likeliest outcome |
//! | [`VectorScaling`] | 6 | the same per outcome, and bias towards an outcome |
//! | [`Dirichlet`] | 12 | any linear distortion of log-probabilities |
//! | [`Beta`] | 9 | a smooth monotone distortion per outcome |
//! | [`Isotonic`] | as many as the data ask for | any monotone distortion per outcome |
//!
//! ```
//! use touchline_models::calibration::{Calibrator, Temperature};
//! use touchline_outcomes::{Forecast, Outcome};
//! // Forecast at 80 %, happening at 60 %: overconfident.
//! let forecasts = vec![Forecast::new(0.8, 0.1, 0.1)?; 10];
//! let mut outcomes = vec![Outcome::HomeWin; 6];
//! outcomes.extend([Outcome::Draw, Outcome::Draw, Outcome::AwayWin, Outcome::AwayWin]);
//! let fitted = Temperature::fit(&forecasts, &outcomes)?;
//! assert!((fitted.calibrate(&forecasts[0]).home() - 0.6).abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod beta;
mod dirichlet;
mod isotonic;
mod log_pool;
pub(crate) mod newton;
mod temperature;
mod vector;

pub use beta::{Beta, BetaCurve};
pub use dirichlet::Dirichlet;
pub use isotonic::{Isotonic, IsotonicCurve, pool_adjacent_violators};
pub use log_pool::LogPool;
pub use temperature::Temperature;
pub use vector::VectorScaling;

use thiserror::Error;
use touchline_outcomes::{Forecast, Outcome};

/// A fitted map from forecasts to better ones.
pub trait Calibrator {
    /// The recalibrated forecast; always valid.
    fn calibrate(&self, forecast: &Forecast) -> Forecast;
}

/// Why a recalibration cannot be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CalibrationError {
    /// Too few matches.
    #[error("{matches} matches; calibrate on at least {needed}, with every outcome among them")]
    TooFew {
        /// Matches given.
        matches: usize,
        /// Matches needed.
        needed: usize,
    },
    /// Forecasts and outcomes that do not run in parallel.
    #[error("{forecasts} forecasts for {outcomes} outcomes; pass one of each per match")]
    Lengths {
        /// Number of forecasts.
        forecasts: usize,
        /// Number of outcomes.
        outcomes: usize,
    },
    /// A number that is not a probability or a weight.
    #[error("item {index} is not a probability within 0 to 1")]
    NotProbability {
        /// Position in the slice.
        index: usize,
    },
    /// The fit has no optimum.
    #[error("the calibration did not converge; pass more matches, or use Temperature")]
    NotConverged,
}

/// The smallest probability that enters a logarithm.
const FLOOR: f64 = 1e-12;

/// Logarithms of the three probabilities, floored.
fn logs(forecast: &Forecast) -> [f64; 3] {
    forecast.as_array().map(|p| p.max(FLOOR).ln())
}

/// The forecast with log-weights `eta`; `fallback` where they are not finite.
fn softmax(eta: [f64; 3], fallback: &Forecast) -> Forecast {
    let top = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Forecast::normalised(eta.map(|e| (e - top).exp())).unwrap_or(*fallback)
}

fn check(forecasts: &[Forecast], outcomes: &[Outcome], needed: usize) -> Result<(), CalibrationError> {
    if forecasts.len() != outcomes.len() {
        return Err(CalibrationError::Lengths { forecasts: forecasts.len(), outcomes: outcomes.len() });
    }
    if forecasts.len() < needed || Outcome::ALL.iter().any(|o| !outcomes.contains(o)) {
        return Err(CalibrationError::TooFew { matches: forecasts.len(), needed });
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod sample {
    //! Matches drawn from true probabilities, forecast with a known distortion.
    use rand::{RngExt, SeedableRng, rngs::StdRng};
    use touchline_outcomes::{Forecast, Outcome};

    pub(crate) fn distorted(
        n: usize,
        seed: u64,
        distort: impl Fn([f64; 3]) -> [f64; 3],
    ) -> (Vec<Forecast>, Vec<Outcome>) {
        let mut rng = StdRng::seed_from_u64(seed);
        (0..n)
            .map(|_| {
                let x: f64 = rng.random_range(-1.5..1.5);
                let truth = Forecast::normalised([(x * 0.8 + 0.2).exp(), 0.75, (-0.8 * x).exp()]).unwrap();
                let u: f64 = rng.random();
                let outcome = if u < truth.home() {
                    Outcome::HomeWin
                } else if u < truth.home() + truth.draw() {
                    Outcome::Draw
                } else {
                    Outcome::AwayWin
                };
                (Forecast::normalised(distort(truth.as_array())).unwrap(), outcome)
            })
            .unzip()
    }

    pub(crate) fn mean_log_loss(forecasts: &[Forecast], outcomes: &[Outcome]) -> f64 {
        crate::metrics::Evaluation::of(forecasts, outcomes).unwrap().log_loss.value
    }

    /// Log loss before and after recalibration on matches the fit did not see.
    pub(crate) fn gain(
        fit: impl Fn(&[Forecast], &[Outcome]) -> Box<dyn super::Calibrator>,
        distort: impl Fn([f64; 3]) -> [f64; 3] + Copy,
    ) -> (f64, f64) {
        let (f, o) = distorted(20_000, 1, distort);
        let fitted = fit(&f, &o);
        let (f, o) = distorted(20_000, 2, distort);
        let after: Vec<Forecast> = f.iter().map(|x| fitted.calibrate(x)).collect();
        (mean_log_loss(&f, &o), mean_log_loss(&after, &o))
    }
}
