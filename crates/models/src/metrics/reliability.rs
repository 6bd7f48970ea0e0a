//! Reliability: do events forecast with probability `p` happen in a share `p` of cases?

use super::{MetricError, same_length};
use touchline_outcomes::{Forecast, Outcome};

/// How forecasts are pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Binning {
    /// So many bins of equal width over \[0, 1\]; empty ones are left out.
    EqualWidth(usize),
    /// So many bins of equal size; equal forecasts may fall into neighbouring bins.
    EqualCount(usize),
}

/// Forecasts pooled together.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ReliabilityBin {
    /// Mean forecast probability.
    pub forecast: f64,
    /// Share that happened.
    pub observed: f64,
    /// Binomial standard error of the share, at the mean forecast.
    pub standard_error: f64,
    /// Number of forecasts.
    pub count: usize,
}

/// Mean forecast against observed frequency, by rising forecast.
///
/// A [`ReliabilityCurve`] pools forecasts of one event into bins and sets the mean forecast of each against the
/// share that happened (Murphy & Winkler 1977). The expected calibration error is the mean absolute gap,
/// weighted by the size of the bins (Naeini et al. 2015); over the three outcomes of a match it is averaged
/// over the outcomes (class-wise, Kull et al. 2019). It depends on the bins and is biased upwards in small
/// samples; [`Corp`](super::Corp) needs no bins.
///
/// ```
/// use touchline_models::metrics::{Binning, ReliabilityCurve};
/// let p = [0.1, 0.1, 0.9, 0.9];
/// let happened = [false, false, true, true];
/// let curve = ReliabilityCurve::of(&p, &happened, Binning::EqualWidth(10))?;
/// assert_eq!(curve.bins.len(), 2);
/// assert!((curve.expected_calibration_error() - 0.1).abs() < 1e-12);
/// # Ok::<(), touchline_models::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ReliabilityCurve {
    /// The non-empty bins.
    pub bins: Vec<ReliabilityBin>,
}

impl ReliabilityCurve {
    /// Pools forecasts of one event.
    ///
    /// # Errors
    /// No forecasts, different lengths, no bins, or a number outside \[0, 1\].
    pub fn of(probabilities: &[f64], happened: &[bool], binning: Binning) -> Result<Self, MetricError> {
        check_binary(probabilities, happened)?;
        let n = probabilities.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]));
        let groups: Vec<&[usize]> = match binning {
            Binning::EqualWidth(0) | Binning::EqualCount(0) => {
                return Err(MetricError::Setting("pool into at least one bin"));
            }
            Binning::EqualWidth(k) => {
                let bin = |i: &usize| ((probabilities[*i] * k as f64) as usize).min(k - 1);
                order.chunk_by(|a, b| bin(a) == bin(b)).collect()
            }
            Binning::EqualCount(k) => {
                (0..k).map(|b| &order[b * n / k..(b + 1) * n / k]).filter(|g| !g.is_empty()).collect()
            }
        };
        let bins = groups.iter().map(|g| Self::pool(g, probabilities, happened)).collect();
        Ok(Self { bins })
    }

    fn pool(group: &[usize], probabilities: &[f64], happened: &[bool]) -> ReliabilityBin {
        let count = group.len() as f64;
        let forecast = group.iter().map(|i| probabilities[*i]).sum::<f64>() / count;
        let observed = group.iter().filter(|i| happened[**i]).count() as f64 / count;
        let standard_error = (forecast * (1.0 - forecast)).max(0.0).sqrt() / count.sqrt();
        ReliabilityBin { forecast, observed, standard_error, count: group.len() }
    }

    /// Mean absolute gap between forecast and observed, weighted by counts.
    pub fn expected_calibration_error(&self) -> f64 {
        let total: usize = self.bins.iter().map(|b| b.count).sum();
        let gap = |b: &ReliabilityBin| (b.forecast - b.observed).abs() * b.count as f64;
        self.bins.iter().map(gap).sum::<f64>() / total as f64
    }

    /// Largest absolute gap of a bin.
    pub fn maximum_calibration_error(&self) -> f64 {
        self.bins.iter().map(|b| (b.forecast - b.observed).abs()).fold(0.0, f64::max)
    }
}

pub(super) fn check_binary(probabilities: &[f64], happened: &[bool]) -> Result<(), MetricError> {
    same_length(probabilities.len(), happened.len())?;
    if probabilities.is_empty() {
        return Err(MetricError::TooFew { needed: 1 });
    }
    match probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
        Some(index) => Err(MetricError::NotProbabilities { index }),
        None => Ok(()),
    }
}

/// Expected calibration error of match forecasts: the mean of the three outcomes' own.
///
/// # Errors
/// As [`ReliabilityCurve::of`].
pub fn expected_calibration_error(
    forecasts: &[Forecast],
    outcomes: &[Outcome],
    binning: Binning,
) -> Result<f64, MetricError> {
    same_length(forecasts.len(), outcomes.len())?;
    let mut sum = 0.0;
    for outcome in Outcome::ALL {
        let p: Vec<f64> = forecasts.iter().map(|f| f.probability(outcome)).collect();
        let happened: Vec<bool> = outcomes.iter().map(|o| *o == outcome).collect();
        sum += ReliabilityCurve::of(&p, &happened, binning)?.expected_calibration_error();
    }
    Ok(sum / 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn overconfidence_shows_as_a_gap() {
        let p = vec![0.9; 100];
        let happened: Vec<bool> = (0..100).map(|i| i < 70).collect();
        let curve = ReliabilityCurve::of(&p, &happened, Binning::EqualWidth(10)).unwrap();
        assert!((curve.maximum_calibration_error() - 0.2).abs() < 1e-12);
        assert_eq!(curve.bins[0].count, 100);
    }

    #[test]
    fn hostile_input_is_an_error() {
        let ten = Binning::EqualWidth(10);
        assert!(ReliabilityCurve::of(&[], &[], ten).is_err());
        assert!(ReliabilityCurve::of(&[0.5], &[true, false], ten).is_err());
        assert!(ReliabilityCurve::of(&[f64::NAN], &[true], ten).is_err());
        assert!(ReliabilityCurve::of(&[1.1], &[true], ten).is_err());
        assert!(ReliabilityCurve::of(&[0.5], &[true], Binning::EqualCount(0)).is_err());
        assert!(ReliabilityCurve::of(&[0.0, 1.0], &[false, true], Binning::EqualCount(5)).is_ok());
    }

    proptest! {
        #[test]
        fn bins_partition_the_sample(p in prop::collection::vec(0.0_f64..=1.0, 1..200), k in 1_usize..30) {
            let happened: Vec<bool> = p.iter().map(|x| *x > 0.4).collect();
            for binning in [Binning::EqualWidth(k), Binning::EqualCount(k)] {
                let curve = ReliabilityCurve::of(&p, &happened, binning).unwrap();
                prop_assert_eq!(curve.bins.iter().map(|b| b.count).sum::<usize>(), p.len());
                prop_assert!((0.0..=1.0).contains(&curve.expected_calibration_error()));
                prop_assert!(curve.bins.windows(2).all(|w| w[0].forecast <= w[1].forecast + 1e-12));
            }
        }
    }
}
