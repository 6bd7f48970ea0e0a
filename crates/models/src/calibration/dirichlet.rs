//! Dirichlet calibration: a full linear map of log-probabilities.

use super::newton::{Objective, minimise};
use super::{CalibrationError, Calibrator, check, logs, softmax};
use touchline_outcomes::{Forecast, Outcome};

/// Parameters of one outcome: three weights and a bias.
const ROW: usize = 4;
const SIZE: usize = 3 * ROW;
/// Keeps the diagonal near 1 where the data say nothing.
const FAINT: f64 = 1e-6;

/// A fitted map.
///
/// `q` is proportional to `exp(W ln p + b)`. Off-diagonal entries of `W` and the biases are held back by a ridge
/// (off-diagonal and intercept regularisation), without which small samples are over-fitted. Convex, solved by
/// Newton's method.
///
/// Reference: Kull et al., "Beyond temperature scaling: obtaining well-calibrated multi-class probabilities with
/// Dirichlet calibration" (2019).
///
/// ```
/// use touchline_models::calibration::{Calibrator, Dirichlet};
/// use touchline_outcomes::{Forecast, Outcome};
/// let forecasts: Vec<Forecast> =
///     (0..90).map(|i| Forecast::normalised([2.0 + f64::from(i % 7), 3.0, 1.0 + f64::from(i % 4)])).collect::<Result<_, _>>()?;
/// let outcomes: Vec<Outcome> = (0..90).map(|i| Outcome::ALL[i * i % 3]).collect();
/// let outcomes: Vec<Outcome> = outcomes.into_iter().take(88).chain([Outcome::AwayWin; 2]).collect();
/// let fitted = Dirichlet::fit(&forecasts, &outcomes, 1e-2)?;
/// let q = fitted.calibrate(&forecasts[0]);
/// assert!((q.home() + q.draw() + q.away() - 1.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Dirichlet {
    /// `weights[k][j]`: what `ln p_j` adds to outcome `k`.
    pub weights: [[f64; 3]; 3],
    /// Added per outcome.
    pub bias: [f64; 3],
}

impl Dirichlet {
    /// Fits by least log loss plus `ridge / 2` times the squares of off-diagonal weights and biases.
    ///
    /// # Errors
    /// Fewer than sixty matches, an outcome that never happened, slices of different length, or a ridge that is
    /// negative or not finite.
    pub fn fit(forecasts: &[Forecast], outcomes: &[Outcome], ridge: f64) -> Result<Self, CalibrationError> {
        check(forecasts, outcomes, 60)?;
        if !(ridge.is_finite() && ridge >= 0.0) {
            return Err(CalibrationError::NotConverged);
        }
        let rows = forecasts.iter().zip(outcomes).map(|(f, o)| (logs(f), o.index())).collect();
        let mut start = [0.0; SIZE];
        for k in 0..3 {
            start[k * ROW + k] = 1.0;
        }
        let found = minimise(&Loss { rows, ridge: ridge + FAINT }, &start);
        if !found.converged {
            return Err(CalibrationError::NotConverged);
        }
        let x = found.x;
        Ok(Self {
            weights: std::array::from_fn(|k| std::array::from_fn(|j| x[k * ROW + j])),
            bias: std::array::from_fn(|k| x[k * ROW + 3]),
        })
    }
}

impl Calibrator for Dirichlet {
    fn calibrate(&self, forecast: &Forecast) -> Forecast {
        let l = logs(forecast);
        let eta = |k: usize| self.bias[k] + self.weights[k].iter().zip(&l).map(|(w, x)| w * x).sum::<f64>();
        softmax(std::array::from_fn(eta), forecast)
    }
}

struct Loss {
    rows: Vec<([f64; 3], usize)>,
    ridge: f64,
}

impl Loss {
    fn row(x: &[f64], l: &[f64; 3], k: usize) -> ([f64; 3], f64) {
        let eta: [f64; 3] = std::array::from_fn(|i| {
            let r = &x[i * ROW..(i + 1) * ROW];
            r[0] * l[0] + r[1] * l[1] + r[2] * l[2] + r[3]
        });
        let top = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let w = eta.map(|e| (e - top).exp());
        let sum: f64 = w.iter().sum();
        (w.map(|v| v / sum), sum.ln() + top - eta[k])
    }

    /// Centre and strength of the ridge of one parameter.
    fn ridge(&self, i: usize) -> (f64, f64) {
        if i % ROW == i / ROW { (1.0, FAINT) } else { (0.0, self.ridge) }
    }

    fn penalty(&self, x: &[f64]) -> f64 {
        let term = |(i, v): (usize, &f64)| {
            let (centre, strength) = self.ridge(i);
            0.5 * strength * (v - centre) * (v - centre)
        };
        x.iter().enumerate().map(term).sum()
    }
}

impl Objective for Loss {
    fn value(&self, x: &[f64]) -> f64 {
        let sum: f64 = self.rows.iter().map(|(l, k)| Self::row(x, l, *k).1).sum();
        sum / self.rows.len() as f64 + self.penalty(x)
    }

    fn derivatives(&self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        hessian.fill(0.0);
        let n = self.rows.len() as f64;
        let mut sum = 0.0;
        for (l, k) in &self.rows {
            let (p, loss) = Self::row(x, l, *k);
            sum += loss;
            let design = [l[0], l[1], l[2], 1.0];
            for i in 0..SIZE {
                let (ki, di) = (i / ROW, design[i % ROW]);
                gradient[i] += (p[ki] - f64::from(u8::from(ki == *k))) * di / n;
                for j in 0..SIZE {
                    let kj = j / ROW;
                    let c = f64::from(u8::from(ki == kj)) * p[ki] - p[ki] * p[kj];
                    hessian[i * SIZE + j] += c * di * design[j % ROW] / n;
                }
            }
        }
        for i in 0..SIZE {
            let (centre, strength) = self.ridge(i);
            gradient[i] += strength * (x[i] - centre);
            hessian[i * SIZE + i] += strength;
        }
        sum / n + self.penalty(x)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::gain;
    use super::*;

    #[test]
    fn the_fit_undoes_a_mixture_of_outcomes() {
        let distort = |p: [f64; 3]| [p[0] * p[2].powf(0.3) * 1.5, p[1], p[2].powf(1.4)];
        let (before, after) = gain(|f, o| Box::new(Dirichlet::fit(f, o, 1e-5).unwrap()), distort);
        let (truth, _) = gain(|f, o| Box::new(Dirichlet::fit(f, o, 1e-5).unwrap()), |p| p);
        assert!(after < before - 0.01 && after < truth + 0.002, "{before} to {after}, truth {truth}");
    }

    #[test]
    fn a_heavy_ridge_leaves_calibrated_forecasts_alone() {
        let (before, after) = gain(|f, o| Box::new(Dirichlet::fit(f, o, 1e3).unwrap()), |p| p);
        assert!((after - before).abs() < 1e-3);
    }

    #[test]
    fn hostile_input_is_an_error() {
        let f = Forecast::new(0.5, 0.3, 0.2).unwrap();
        let outcomes: Vec<Outcome> = (0..60).map(|i| Outcome::ALL[i % 3]).collect();
        assert!(Dirichlet::fit(&vec![f; 60], &outcomes, f64::NAN).is_err());
        assert!(Dirichlet::fit(&vec![f; 60], &outcomes, -1.0).is_err());
        assert!(Dirichlet::fit(&vec![f; 60], &outcomes, 0.0).is_ok());
        assert!(Dirichlet::fit(&[f], &[Outcome::Draw], 0.1).is_err());
    }
}
