//! Temperature scaling: one number against over- or under-confidence.

use super::{CalibrationError, Calibrator, check, logs, softmax};
use touchline_outcomes::{Forecast, Outcome};

/// Bounds of the inverse temperature.
const INVERSE: std::ops::RangeInclusive<f64> = 0.01..=50.0;

/// A fitted temperature.
///
/// `q_k = p_k^(1/T) / sum_j p_j^(1/T)`. `T` above 1 flattens, below 1 sharpens, and the order of the outcomes
/// never changes. The log loss is convex in `1/T`, so Newton's method finds its minimum; where forecasts rank
/// every match right (or wrong) it lies at 0 (or infinity), and `T` stops where the loss no longer changes, within
/// 0.02 to 100.
///
/// Reference: Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural networks" (2017).
///
/// ```
/// use touchline_models::calibration::{Calibrator, Temperature};
/// use touchline_outcomes::Forecast;
/// let flat = Temperature::new(2.0)?.calibrate(&Forecast::new(0.64, 0.2, 0.16)?);
/// assert!((flat.home() / flat.away() - 2.0).abs() < 1e-12); // sqrt(0.64 / 0.16)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Temperature {
    temperature: f64,
}

impl Temperature {
    /// A given temperature.
    ///
    /// # Errors
    /// A temperature outside 0.02 to 100.
    pub fn new(temperature: f64) -> Result<Self, CalibrationError> {
        if INVERSE.contains(&(1.0 / temperature)) {
            Ok(Self { temperature })
        } else {
            Err(CalibrationError::NotConverged)
        }
    }

    /// The temperature of least log loss.
    ///
    /// # Errors
    /// Fewer than ten matches, an outcome that never happened, or slices of different length.
    pub fn fit(forecasts: &[Forecast], outcomes: &[Outcome]) -> Result<Self, CalibrationError> {
        check(forecasts, outcomes, 10)?;
        let rows: Vec<([f64; 3], usize)> =
            forecasts.iter().zip(outcomes).map(|(f, o)| (logs(f), o.index())).collect();
        // The slope of the loss rises with the inverse temperature: Newton's step, kept inside a bracket.
        let (mut low, mut high) = (*INVERSE.start(), *INVERSE.end());
        let mut inverse = 1.0;
        for _ in 0..100 {
            let (slope, curvature) = slope(&rows, inverse);
            if slope > 0.0 {
                high = inverse;
            } else {
                low = inverse;
            }
            let step = inverse - slope / curvature;
            let next = if step > low && step < high { step } else { f64::midpoint(low, high) };
            let moved = (next - inverse).abs();
            inverse = next;
            if moved <= 1e-14 * inverse || slope == 0.0 {
                break;
            }
        }
        Ok(Self { temperature: 1.0 / inverse })
    }

    /// The temperature: 1 changes nothing.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }
}

/// First and second derivative of the mean log loss by the inverse temperature.
fn slope(rows: &[([f64; 3], usize)], inverse: f64) -> (f64, f64) {
    let (mut first, mut second) = (0.0, 0.0);
    for (l, k) in rows {
        let top = l.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let w = l.map(|x| (inverse * (x - top)).exp());
        let sum: f64 = w.iter().sum();
        let mean = (0..3).map(|i| w[i] * l[i]).sum::<f64>() / sum;
        let square = (0..3).map(|i| w[i] * (l[i] - mean) * (l[i] - mean)).sum::<f64>() / sum;
        first += mean - l[*k];
        second += square;
    }
    (first, second)
}

impl Calibrator for Temperature {
    fn calibrate(&self, forecast: &Forecast) -> Forecast {
        softmax(logs(forecast).map(|l| l / self.temperature), forecast)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{distorted, gain};
    use super::*;

    #[test]
    fn the_fit_undoes_a_sharpening() {
        let (f, o) = distorted(50_000, 5, |p| p.map(|x| x.powf(1.6)));
        let fitted = Temperature::fit(&f, &o).unwrap();
        assert!((fitted.temperature() - 1.6).abs() < 0.06, "{fitted:?}");
        let (before, after) =
            gain(|f, o| Box::new(Temperature::fit(f, o).unwrap()), |p| p.map(|x| x.powf(1.6)));
        assert!(after < before - 0.005);
    }

    #[test]
    fn the_order_of_outcomes_is_kept() {
        let f = Forecast::new(0.2, 0.3, 0.5).unwrap();
        for t in [0.02, 0.5, 1.0, 3.0, 100.0] {
            let q = Temperature::new(t).unwrap().calibrate(&f);
            assert!(q.home() <= q.draw() && q.draw() <= q.away());
        }
    }

    #[test]
    fn hostile_input_is_an_error_or_stops_at_the_limit() {
        let f = Forecast::new(0.6, 0.3, 0.1).unwrap();
        assert!(Temperature::fit(&[f], &[]).is_err());
        assert!(Temperature::fit(&vec![f; 20], &[Outcome::Draw; 20]).is_err());
        for t in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Temperature::new(t).is_err());
        }
        let sure = |o: Outcome| {
            let mut w = [0.1; 3];
            w[o.index()] = 0.8;
            Forecast::normalised(w).unwrap()
        };
        let outcomes: Vec<Outcome> = (0..30).map(|i| Outcome::ALL[i % 3]).collect();
        let right: Vec<Forecast> = outcomes.iter().map(|o| sure(*o)).collect();
        assert!(Temperature::fit(&right, &outcomes).unwrap().temperature() < 0.1);
        let certain = Forecast::new(1.0, 0.0, 0.0).unwrap();
        assert!(Temperature::fit(&vec![certain; 30], &outcomes).unwrap().temperature() > 1.0);
    }
}
