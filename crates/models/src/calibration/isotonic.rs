//! Isotonic calibration: the best non-decreasing curve per outcome.

use super::{CalibrationError, Calibrator, check};
use touchline_outcomes::{Forecast, Outcome};

/// The non-decreasing sequence closest to `values` in weighted least squares.
///
/// The sequences run in parallel; the longer one is cut. Weights are not negative.
pub fn pool_adjacent_violators(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::with_capacity(values.len());
    for (v, w) in values.iter().zip(weights) {
        let mut block = (*v, *w, 1);
        while let Some(last) = blocks.last().filter(|last| last.0 >= block.0) {
            let total = last.1 + block.1;
            let mean = if total > 0.0 {
                (last.0 * last.1 + block.0 * block.1) / total
            } else {
                f64::midpoint(last.0, block.0)
            };
            block = (mean, total, last.2 + block.2);
            blocks.pop();
        }
        blocks.push(block);
    }
    blocks.iter().flat_map(|(v, _, n)| std::iter::repeat_n(*v, *n)).collect()
}

/// A non-decreasing curve from issued to recalibrated probability of one event.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IsotonicCurve {
    forecasts: Vec<f64>,
    values: Vec<f64>,
}

impl IsotonicCurve {
    /// Fits the shares that happened.
    ///
    /// # Errors
    /// No forecasts, slices of different length, or a number outside \[0, 1\].
    pub fn fit(probabilities: &[f64], happened: &[bool]) -> Result<Self, CalibrationError> {
        if probabilities.len() != happened.len() {
            let (forecasts, outcomes) = (probabilities.len(), happened.len());
            return Err(CalibrationError::Lengths { forecasts, outcomes });
        }
        if probabilities.is_empty() {
            return Err(CalibrationError::TooFew { matches: 0, needed: 1 });
        }
        if let Some(index) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
            return Err(CalibrationError::NotProbability { index });
        }
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]));
        let groups: Vec<&[usize]> =
            order.chunk_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]).is_eq()).collect();
        let forecasts: Vec<f64> = groups.iter().map(|g| probabilities[g[0]]).collect();
        let weights: Vec<f64> = groups.iter().map(|g| g.len() as f64).collect();
        let share = |g: &&[usize]| g.iter().filter(|i| happened[**i]).count() as f64 / g.len() as f64;
        let shares: Vec<f64> = groups.iter().map(share).collect();
        Ok(Self::thinned(&forecasts, &pool_adjacent_violators(&shares, &weights)))
    }

    /// Drops the inner points of level stretches, which interpolation restores.
    fn thinned(forecasts: &[f64], values: &[f64]) -> Self {
        let n = values.len();
        let level = |a: usize, b: usize| values[a].total_cmp(&values[b]).is_eq();
        let keep: Vec<usize> =
            (0..n).filter(|i| *i == 0 || *i == n - 1 || !level(i - 1, *i) || !level(*i, i + 1)).collect();
        Self {
            forecasts: keep.iter().map(|i| forecasts[*i]).collect(),
            values: keep.iter().map(|i| values[*i]).collect(),
        }
    }

    /// The recalibrated probability; a curve without points, which only a damaged file can hold, changes nothing.
    pub fn at(&self, probability: f64) -> f64 {
        let n = self.forecasts.len().min(self.values.len());
        let (forecasts, values) = (&self.forecasts[..n], &self.values[..n]);
        let Some(last) = values.last() else { return probability };
        let above = forecasts.partition_point(|f| *f < probability);
        if above == 0 {
            return values[0];
        }
        if above == n {
            return *last;
        }
        let (low, high) = (forecasts[above - 1], forecasts[above]);
        let part = if high > low { (probability - low) / (high - low) } else { 1.0 };
        values[above - 1] + part * (values[above] - values[above - 1])
    }
}

/// Fitted curves of the three outcomes.
///
/// Pool adjacent violators: going up the forecasts, neighbouring shares that decrease are pooled to their mean.
/// Between the observed forecasts the curve is interpolated, beyond them it is constant. For a match each
/// outcome has its own curve and the three values are scaled to sum 1; where all three are 0 the forecast stays
/// as it was. Needs thousands of matches, and may give an outcome the probability 0.
///
/// References: Barlow et al. (1972) for the algorithm; Zadrozny & Elkan, "Transforming classifier scores into
/// accurate multiclass probability estimates" (2002).
///
/// ```
/// use touchline_models::calibration::{IsotonicCurve, pool_adjacent_violators};
/// assert_eq!(pool_adjacent_violators(&[1.0, 3.0, 2.0, 4.0], &[1.0; 4]), [1.0, 2.5, 2.5, 4.0]);
/// let curve = IsotonicCurve::fit(&[0.2, 0.4, 0.6], &[false, true, false])?;
/// assert_eq!(curve.at(0.2), 0.0);
/// assert_eq!(curve.at(0.5), 0.5);
/// # Ok::<(), touchline_models::calibration::CalibrationError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Isotonic {
    curves: [IsotonicCurve; 3],
}

impl Isotonic {
    /// Fits one curve per outcome.
    ///
    /// # Errors
    /// Fewer than a hundred matches, an outcome that never happened, or slices of different length.
    pub fn fit(forecasts: &[Forecast], outcomes: &[Outcome]) -> Result<Self, CalibrationError> {
        check(forecasts, outcomes, 100)?;
        let curve = |outcome: Outcome| {
            let p: Vec<f64> = forecasts.iter().map(|f| f.probability(outcome)).collect();
            let happened: Vec<bool> = outcomes.iter().map(|o| *o == outcome).collect();
            IsotonicCurve::fit(&p, &happened)
        };
        Ok(Self { curves: [curve(Outcome::HomeWin)?, curve(Outcome::Draw)?, curve(Outcome::AwayWin)?] })
    }
}

impl Calibrator for Isotonic {
    fn calibrate(&self, forecast: &Forecast) -> Forecast {
        let p = forecast.as_array();
        Forecast::normalised(std::array::from_fn(|k| self.curves[k].at(p[k]))).unwrap_or(*forecast)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::gain;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_fit_undoes_a_monotone_distortion() {
        let distort = |p: [f64; 3]| [p[0] * p[0] * 1.5, p[1], p[2]];
        let (before, after) = gain(|f, o| Box::new(Isotonic::fit(f, o).unwrap()), distort);
        assert!(after < before - 0.01, "{before} to {after}");
    }

    #[test]
    fn hostile_input_is_an_error() {
        assert!(IsotonicCurve::fit(&[], &[]).is_err());
        assert!(IsotonicCurve::fit(&[f64::NAN], &[true]).is_err());
        assert!(IsotonicCurve::fit(&[0.5], &[]).is_err());
        let damaged: IsotonicCurve = serde_json::from_str(r#"{"forecasts":[0.5],"values":[]}"#).unwrap();
        assert!((damaged.at(0.3) - 0.3).abs() < 1e-15);
        assert!(pool_adjacent_violators(&[], &[]).is_empty());
        assert_eq!(pool_adjacent_violators(&[2.0, 1.0], &[0.0, 0.0]), [1.5, 1.5]);
    }

    proptest! {
        #[test]
        fn the_fit_is_monotone_and_keeps_the_mean(v in prop::collection::vec((0.0_f64..1.0, 0.01_f64..5.0), 1..100)) {
            let (values, weights): (Vec<f64>, Vec<f64>) = v.into_iter().unzip();
            let fitted = pool_adjacent_violators(&values, &weights);
            prop_assert!(fitted.windows(2).all(|w| w[0] <= w[1]));
            let mean = |x: &[f64]| x.iter().zip(&weights).map(|(a, b)| a * b).sum::<f64>();
            prop_assert!((mean(&values) - mean(&fitted)).abs() < 1e-9);
        }
    }
}
