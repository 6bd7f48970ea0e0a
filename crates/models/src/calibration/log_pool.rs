//! Logarithmic opinion pool: several forecasters' probabilities in one.

use super::newton::{Objective, minimise};
use super::{CalibrationError, check, logs};
use touchline_outcomes::{Forecast, Outcome};

/// Strength of the ridge, in units of the log loss of one match per squared weight.
const RIDGE: f64 = 3.0;

/// A fitted pool.
///
/// `q_k` is proportional to the product over forecasters of `p_mk^(w_m)`. Weights need not sum to 1: a sum above 1
/// sharpens, and a forecaster whose opinion the others already hold may get a weight below 0. They are those of
/// greatest likelihood with a ridge towards equal weights that sum to 1, which counts where forecasters hardly differ.
///
/// Reference: Genest & Zidek, "Combining probability distributions: a critique and an annotated bibliography",
/// *Statistical Science* 1 (1986).
///
/// ```
/// use touchline_models::calibration::LogPool;
/// use touchline_outcomes::Forecast;
/// let pool = LogPool::new(vec![0.5, 0.5])?;
/// let pooled = pool.forecast(&[Forecast::new(0.64, 0.2, 0.16)?, Forecast::new(0.16, 0.2, 0.64)?]);
/// assert!((pooled.home() - pooled.away()).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LogPool {
    weights: Vec<f64>,
}

impl LogPool {
    /// Given weights, one per forecaster.
    ///
    /// # Errors
    /// A weight that is not finite.
    pub fn new(weights: Vec<f64>) -> Result<Self, CalibrationError> {
        if weights.iter().all(|w| w.is_finite()) {
            Ok(Self { weights })
        } else {
            Err(CalibrationError::NotConverged)
        }
    }

    /// The weights of least log loss; `members` holds each forecaster's forecasts of the same matches.
    ///
    /// # Errors
    /// Fewer than 50 matches, an outcome that never happened, or slices of different length.
    pub fn fit(members: &[Vec<Forecast>], outcomes: &[Outcome]) -> Result<Self, CalibrationError> {
        for forecasts in members {
            check(forecasts, outcomes, 50)?;
        }
        let rows = outcomes.iter().enumerate();
        let rows = rows.map(|(n, o)| (members.iter().map(|m| logs(&m[n])).collect(), o.index())).collect();
        let start = vec![1.0 / members.len() as f64; members.len()];
        let found = minimise(&Loss { rows, prior: &start }, &start);
        if found.converged { Self::new(found.x) } else { Err(CalibrationError::NotConverged) }
    }

    /// One weight per forecaster.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The pooled forecast of one match; `members` holds each forecaster's, in the order of the fit. Further ones are
    /// left out.
    pub fn forecast(&self, members: &[Forecast]) -> Forecast {
        let logs: Vec<[f64; 3]> = members.iter().map(logs).collect();
        let even = Forecast::normalised([1.0; 3]).expect("three equal weights are a forecast");
        super::softmax(eta(&self.weights, &logs), &even)
    }
}

/// Weighted sums of log-probabilities.
fn eta(weights: &[f64], logs: &[[f64; 3]]) -> [f64; 3] {
    let mut eta = [0.0; 3];
    for (weight, logs) in weights.iter().zip(logs) {
        for (eta, log) in eta.iter_mut().zip(logs) {
            *eta += weight * log;
        }
    }
    eta
}

/// Log loss over all matches with the ridge, divided by the matches. A row holds each forecaster's
/// log-probabilities and the outcome.
struct Loss<'a> {
    rows: Vec<(Vec<[f64; 3]>, usize)>,
    prior: &'a [f64],
}

impl Loss<'_> {
    fn ridge(&self, x: &[f64]) -> f64 {
        RIDGE * x.iter().zip(self.prior).map(|(x, p)| (x - p).powi(2)).sum::<f64>()
    }
}

/// Probabilities with log-weights `eta`, and the loss of the outcome.
fn probabilities(eta: [f64; 3], outcome: usize) -> ([f64; 3], f64) {
    let top = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = eta.map(|e| (e - top).exp());
    let sum: f64 = weights.iter().sum();
    (weights.map(|w| w / sum), sum.ln() + top - eta[outcome])
}

impl Objective for Loss<'_> {
    fn value(&self, x: &[f64]) -> f64 {
        let loss: f64 = self.rows.iter().map(|(logs, outcome)| probabilities(eta(x, logs), *outcome).1).sum();
        (loss + self.ridge(x)) / self.rows.len() as f64
    }

    fn derivatives(&self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> f64 {
        let (n, scale) = (x.len(), 1.0 / self.rows.len() as f64);
        gradient.fill(0.0);
        hessian.fill(0.0);
        let mut loss = 0.0;
        for (logs, outcome) in &self.rows {
            let (p, of_row) = probabilities(eta(x, logs), *outcome);
            loss += of_row;
            let mean = |m: usize| (0..3).map(|k| p[k] * logs[m][k]).sum::<f64>();
            for i in 0..n {
                let centre = mean(i);
                gradient[i] += scale * (centre - logs[i][*outcome]);
                for j in 0..=i {
                    let covariance: f64 = (0..3).map(|k| p[k] * (logs[i][k] - centre) * logs[j][k]).sum();
                    hessian[i * n + j] += scale * covariance;
                }
            }
        }
        for i in 0..n {
            gradient[i] += 2.0 * RIDGE * scale * (x[i] - self.prior[i]);
            hessian[i * n + i] += 2.0 * RIDGE * scale;
            for j in 0..i {
                hessian[j * n + i] = hessian[i * n + j];
            }
        }
        scale * (loss + self.ridge(x))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{distorted, mean_log_loss};
    use super::*;

    fn sharpened(p: [f64; 3]) -> [f64; 3] {
        p.map(|p| p.powf(1.6))
    }

    #[test]
    fn a_forecaster_that_knows_more_gets_the_weight() {
        let (truth, outcomes) = distorted(20_000, 1, |p| p);
        let blind = vec![Forecast::new(0.45, 0.27, 0.28).unwrap(); truth.len()];
        let pool = LogPool::fit(&[truth, blind], &outcomes).unwrap();
        assert!((pool.weights()[0] - 1.0).abs() < 0.1, "{:?}", pool.weights());
        let (test, outcomes) = distorted(20_000, 2, |p| p);
        let blind = Forecast::new(0.45, 0.27, 0.28).unwrap();
        let pooled: Vec<Forecast> = test.iter().map(|f| pool.forecast(&[*f, blind])).collect();
        assert!(mean_log_loss(&pooled, &outcomes) < mean_log_loss(&test, &outcomes) + 5e-4);
    }

    #[test]
    fn one_overconfident_forecaster_is_flattened_as_by_a_temperature() {
        let (forecasts, outcomes) = distorted(20_000, 3, sharpened);
        let pool = LogPool::fit(std::slice::from_ref(&forecasts), &outcomes).unwrap();
        let temperature = super::super::Temperature::fit(&forecasts, &outcomes).unwrap().temperature();
        assert!((pool.weights()[0] - 1.0 / temperature).abs() < 1e-3, "{:?} {temperature}", pool.weights());
    }

    #[test]
    fn the_same_opinion_twice_is_shared_equally() {
        let (forecasts, outcomes) = distorted(2_000, 4, sharpened);
        let pool = LogPool::fit(&[forecasts.clone(), forecasts], &outcomes).unwrap();
        assert!((pool.weights()[0] - pool.weights()[1]).abs() < 1e-9, "{:?}", pool.weights());
    }

    #[test]
    fn certain_and_impossible_outcomes_keep_the_pool_valid() {
        let sure = Forecast::new(1.0, 0.0, 0.0).unwrap();
        let never = Forecast::new(0.0, 0.0, 1.0).unwrap();
        let pooled = LogPool::new(vec![3.0, -2.0]).unwrap().forecast(&[sure, never]);
        assert!((pooled.as_array().iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(LogPool::new(vec![f64::NAN]).is_err());
        assert!(LogPool::fit(&[vec![sure; 60]], &[Outcome::HomeWin; 60]).is_err(), "one outcome alone");
    }
}
