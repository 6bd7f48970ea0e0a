//! Vector scaling: a temperature and a bias per outcome.

use super::newton::{Objective, minimise};
use super::{CalibrationError, Calibrator, check, logs, softmax};
use touchline_outcomes::{Forecast, Outcome};

const RIDGE: f64 = 1e-6;

/// Fitted scales and biases.
///
/// `q_k` is proportional to `exp(w_k ln p_k + b_k)`. The biases only matter up to a constant and are kept at sum
/// 0 by a faint ridge (1e-6 on every parameter's distance from `w = 1`, `b = 0`), which also keeps the fit finite
/// where the data separate. Convex, solved by Newton's method.
///
/// Reference: Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural networks" (2017).
///
/// ```
/// use touchline_models::calibration::{Calibrator, VectorScaling};
/// use touchline_outcomes::{Forecast, Outcome};
/// let forecasts: Vec<Forecast> =
///     (0..40).map(|i| Forecast::normalised([3.0 + f64::from(i % 5), 3.0, 4.0])).collect::<Result<_, _>>()?;
/// let outcomes: Vec<Outcome> = (0..40).map(|i| Outcome::ALL[i * 7 % 3]).collect();
/// let fitted = VectorScaling::fit(&forecasts, &outcomes)?;
/// // On average the recalibrated forecasts now give each outcome its share.
/// let mean: f64 = forecasts.iter().map(|f| fitted.calibrate(f).draw()).sum::<f64>() / 40.0;
/// let share = outcomes.iter().filter(|o| **o == Outcome::Draw).count() as f64 / 40.0;
/// assert!((mean - share).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct VectorScaling {
    /// Scale of each log-probability; 1 leaves it.
    pub scale: [f64; 3],
    /// Added to each scaled log-probability; 0 leaves it.
    pub bias: [f64; 3],
}

impl VectorScaling {
    /// Fits by least log loss.
    ///
    /// # Errors
    /// Fewer than thirty matches, an outcome that never happened, or slices of different length.
    pub fn fit(forecasts: &[Forecast], outcomes: &[Outcome]) -> Result<Self, CalibrationError> {
        check(forecasts, outcomes, 30)?;
        let rows = forecasts.iter().zip(outcomes).map(|(f, o)| (logs(f), o.index())).collect();
        let found = minimise(&Loss { rows }, &[1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
        if !found.converged {
            return Err(CalibrationError::NotConverged);
        }
        let x = found.x;
        Ok(Self { scale: [x[0], x[1], x[2]], bias: [x[3], x[4], x[5]] })
    }
}

impl Calibrator for VectorScaling {
    fn calibrate(&self, forecast: &Forecast) -> Forecast {
        let l = logs(forecast);
        softmax(std::array::from_fn(|k| self.scale[k] * l[k] + self.bias[k]), forecast)
    }
}

struct Loss {
    rows: Vec<([f64; 3], usize)>,
}

impl Loss {
    fn penalty(x: &[f64]) -> f64 {
        let distance = |(i, v): (usize, &f64)| if i < 3 { (v - 1.0) * (v - 1.0) } else { v * v };
        0.5 * RIDGE * x.iter().enumerate().map(distance).sum::<f64>()
    }

    /// Probabilities and loss of one row.
    fn row(x: &[f64], l: &[f64; 3], k: usize) -> ([f64; 3], f64) {
        let eta: [f64; 3] = std::array::from_fn(|i| x[i] * l[i] + x[3 + i]);
        let top = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let w = eta.map(|e| (e - top).exp());
        let sum: f64 = w.iter().sum();
        (w.map(|v| v / sum), sum.ln() + top - eta[k])
    }
}

impl Objective for Loss {
    fn value(&self, x: &[f64]) -> f64 {
        let sum: f64 = self.rows.iter().map(|(l, k)| Self::row(x, l, *k).1).sum();
        sum / self.rows.len() as f64 + Self::penalty(x)
    }

    fn derivatives(&self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        hessian.fill(0.0);
        let n = self.rows.len() as f64;
        let mut sum = 0.0;
        for (l, k) in &self.rows {
            let (p, loss) = Self::row(x, l, *k);
            sum += loss;
            for i in 0..3 {
                let error = p[i] - f64::from(u8::from(i == *k));
                gradient[i] += error * l[i] / n;
                gradient[3 + i] += error / n;
                for j in 0..3 {
                    let c = (f64::from(u8::from(i == j)) * p[i] - p[i] * p[j]) / n;
                    hessian[i * 6 + j] += c * l[i] * l[j];
                    hessian[i * 6 + 3 + j] += c * l[i];
                    hessian[(3 + i) * 6 + j] += c * l[j];
                    hessian[(3 + i) * 6 + 3 + j] += c;
                }
            }
        }
        for i in 0..6 {
            gradient[i] += RIDGE * if i < 3 { x[i] - 1.0 } else { x[i] };
            hessian[i * 6 + i] += RIDGE;
        }
        sum / n + Self::penalty(x)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::gain;
    use super::*;

    #[test]
    fn the_fit_undoes_a_bias_that_temperature_cannot() {
        let distort = |p: [f64; 3]| [p[0] * 1.6, p[1] * 0.7, p[2]];
        let (before, after) = gain(|f, o| Box::new(VectorScaling::fit(f, o).unwrap()), distort);
        assert!(after < before - 0.01, "{before} to {after}");
    }

    #[test]
    fn hostile_forecasts_are_errors_or_finite() {
        let outcomes: Vec<Outcome> = (0..60).map(|i| Outcome::ALL[i % 3]).collect();
        let certain = Forecast::new(1.0, 0.0, 0.0).unwrap();
        let fitted = VectorScaling::fit(&vec![certain; 60], &outcomes).unwrap();
        let q = fitted.calibrate(&Forecast::new(0.0, 0.0, 1.0).unwrap());
        assert!((q.as_array().iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(VectorScaling::fit(&[certain], &[Outcome::Draw]).is_err());
    }
}
