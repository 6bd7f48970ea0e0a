//! Beta calibration: a smooth monotone curve per outcome.

use super::newton::{Objective, minimise};
use super::{CalibrationError, Calibrator, FLOOR, check};
use touchline_outcomes::{Forecast, Outcome};

/// A faint pull towards the identity that keeps separated samples finite.
const RIDGE: f64 = 1e-6;

/// A monotone curve from issued to recalibrated probability of one event.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BetaCurve {
    /// Weight of `ln p`.
    pub a: f64,
    /// Weight of `-ln(1 - p)`.
    pub b: f64,
    /// Constant.
    pub c: f64,
}

fn inputs(p: f64) -> (f64, f64) {
    let p = p.clamp(FLOOR, 1.0 - FLOOR);
    (p.ln(), -(-p).ln_1p())
}

impl BetaCurve {
    /// Fits by least log loss.
    ///
    /// # Errors
    /// Fewer than ten forecasts, an event that always or never happened, slices of different length, or a number
    /// outside \[0, 1\].
    pub fn fit(probabilities: &[f64], happened: &[bool]) -> Result<Self, CalibrationError> {
        let n = probabilities.len();
        if n != happened.len() {
            return Err(CalibrationError::Lengths { forecasts: n, outcomes: happened.len() });
        }
        if n < 10 || !happened.contains(&true) || !happened.contains(&false) {
            return Err(CalibrationError::TooFew { matches: n, needed: 10 });
        }
        if let Some(index) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
            return Err(CalibrationError::NotProbability { index });
        }
        let rows: Vec<(f64, f64, f64)> = probabilities
            .iter()
            .zip(happened)
            .map(|(p, h)| (inputs(*p).0, inputs(*p).1, f64::from(u8::from(*h))))
            .collect();
        let mut free = [true, true];
        loop {
            let found = minimise(&Loss { rows: &rows, free }, &[1.0, 1.0, 0.0]);
            if !found.converged {
                return Err(CalibrationError::NotConverged);
            }
            let x = &found.x;
            let Some(negative) = (0..2).find(|i| free[*i] && x[*i] < 0.0) else {
                let weight = |i: usize| if free[i] { x[i] } else { 0.0 };
                return Ok(Self { a: weight(0), b: weight(1), c: x[2] });
            };
            free[negative] = false;
        }
    }

    /// The recalibrated probability.
    pub fn at(&self, probability: f64) -> f64 {
        let (log, other) = inputs(probability);
        1.0 / (1.0 + (-(self.a * log + self.b * other + self.c)).exp())
    }
}

struct Loss<'a> {
    rows: &'a [(f64, f64, f64)],
    free: [bool; 2],
}

impl Loss<'_> {
    fn eta(&self, x: &[f64], row: &(f64, f64, f64)) -> f64 {
        let weight = |i: usize| if self.free[i] { x[i] } else { 0.0 };
        weight(0) * row.0 + weight(1) * row.1 + x[2]
    }

    fn penalty(x: &[f64]) -> f64 {
        0.5 * RIDGE * ((x[0] - 1.0).powi(2) + (x[1] - 1.0).powi(2) + x[2] * x[2])
    }
}

impl Objective for Loss<'_> {
    fn value(&self, x: &[f64]) -> f64 {
        let loss = |row: &(f64, f64, f64)| {
            let e = self.eta(x, row);
            e.max(0.0) + (-e.abs()).exp().ln_1p() - row.2 * e
        };
        self.rows.iter().map(loss).sum::<f64>() / self.rows.len() as f64 + Self::penalty(x)
    }

    fn derivatives(&self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> f64 {
        gradient.copy_from_slice(&[RIDGE * (x[0] - 1.0), RIDGE * (x[1] - 1.0), RIDGE * x[2]]);
        hessian.fill(0.0);
        for i in 0..3 {
            hessian[i * 3 + i] = RIDGE;
        }
        let n = self.rows.len() as f64;
        for row in self.rows {
            let q = 1.0 / (1.0 + (-self.eta(x, row)).exp());
            let used = |i: usize, v: f64| if self.free[i] { v } else { 0.0 };
            let design = [used(0, row.0), used(1, row.1), 1.0];
            for i in 0..3 {
                gradient[i] += (q - row.2) * design[i] / n;
                for j in 0..3 {
                    hessian[i * 3 + j] += q * (1.0 - q) * design[i] * design[j] / n;
                }
            }
        }
        self.value(x)
    }
}

/// Fitted curves of the three outcomes.
///
/// `logit q = a ln p - b ln(1 - p) + c` with `a, b >= 0`: the map that is right when the forecasts of the matches
/// where the event happened, and of those where it did not, follow beta distributions. `a = b = 1, c = 0` changes
/// nothing. A parameter that would come out negative is fixed at 0 and the rest refitted, as the paper does. For
/// a match each outcome has its own curve and the three values are scaled to sum 1.
///
/// Reference: Kull, Silva Filho & Flach, "Beta calibration: a well-founded and easily implemented improvement on
/// logistic calibration for binary classifiers" (2017).
///
/// ```
/// use touchline_models::calibration::BetaCurve;
/// let same = BetaCurve { a: 1.0, b: 1.0, c: 0.0 };
/// assert!((same.at(0.3) - 0.3).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Beta {
    /// Home win, draw, away win.
    pub curves: [BetaCurve; 3],
}

impl Beta {
    /// Fits one curve per outcome.
    ///
    /// # Errors
    /// Fewer than sixty matches, an outcome that never happened, or slices of different length.
    pub fn fit(forecasts: &[Forecast], outcomes: &[Outcome]) -> Result<Self, CalibrationError> {
        check(forecasts, outcomes, 60)?;
        let curve = |outcome: Outcome| {
            let p: Vec<f64> = forecasts.iter().map(|f| f.probability(outcome)).collect();
            let happened: Vec<bool> = outcomes.iter().map(|o| *o == outcome).collect();
            BetaCurve::fit(&p, &happened)
        };
        Ok(Self { curves: [curve(Outcome::HomeWin)?, curve(Outcome::Draw)?, curve(Outcome::AwayWin)?] })
    }
}

impl Calibrator for Beta {
    fn calibrate(&self, forecast: &Forecast) -> Forecast {
        let p = forecast.as_array();
        Forecast::normalised(std::array::from_fn(|k| self.curves[k].at(p[k]))).unwrap_or(*forecast)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{distorted, gain};
    use super::*;

    #[test]
    fn the_fit_undoes_a_smooth_distortion() {
        let distort = |p: [f64; 3]| [p[0].powf(1.7), p[1] * 1.2, p[2]];
        let (before, after) = gain(|f, o| Box::new(Beta::fit(f, o).unwrap()), distort);
        assert!(after < before - 0.01, "{before} to {after}");
    }

    #[test]
    fn curves_never_fall() {
        let (f, o) = distorted(500, 9, |p| [p[2], p[1], p[0]]);
        let fitted = Beta::fit(&f, &o).unwrap();
        for curve in fitted.curves {
            assert!(curve.a >= 0.0 && curve.b >= 0.0);
            let values: Vec<f64> = (0..=100).map(|i| curve.at(f64::from(i) / 100.0)).collect();
            assert!(values.windows(2).all(|w| w[0] <= w[1] + 1e-12));
        }
    }

    #[test]
    fn hostile_input_is_an_error() {
        assert!(BetaCurve::fit(&[0.5; 20], &[true; 20]).is_err());
        assert!(BetaCurve::fit(&[0.5; 20], &[true; 3]).is_err());
        let mixed: Vec<bool> = (0..20).map(|i| i % 2 == 0).collect();
        assert!(BetaCurve::fit(&[f64::NAN; 20], &mixed).is_err());
        assert!(BetaCurve::fit(&[1.0; 20], &mixed).is_ok());
    }
}
