//! Tests between two forecasters of the same matches.

use super::special::student_two_sided;
use super::{MeanScore, MetricError, all_finite, same_length};

/// Mean difference of two forecasters' scores over the same matches.
///
/// A paired comparison works on `d_t = a_t - b_t`, the difference of the two scores of match `t`: the luck of
/// the result is common to both and cancels, so its standard error is far below that of either level.
///
/// The Diebold-Mariano test (1995) allows `d_t` to be autocorrelated up to lag `h - 1`, as it is when one
/// forecast covers `h` periods: `DM = mean(d) / sqrt(V/n)`, `V = g_0 + 2 sum_{k<h} g_k` with autocovariances
/// `g_k`, scaled by the small-sample factor `sqrt((n + 1 - 2h + h(h-1)/n)/n)` and compared with Student's t of
/// `n - 1` degrees of freedom (Harvey, Leybourne & Newbold 1997). Where `V` comes out non-positive for `h > 1`
/// Bartlett weights are used instead (Newey & West 1987), which cannot.
///
/// ```
/// use touchline_models::metrics::{Comparison, DieboldMariano};
/// let a = [0.20, 0.25, 0.18, 0.30, 0.22];
/// let b = [0.21, 0.27, 0.18, 0.33, 0.23];
/// let c = Comparison::of(&a, &b)?;
/// assert!((c.difference + 0.014).abs() < 1e-12); // a is better by 0.014
/// let dm = DieboldMariano::test(&a, &b, 1)?;
/// assert!(dm.statistic < 0.0 && dm.p_value < 0.1);
/// # Ok::<(), touchline_models::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Comparison {
    /// Mean of first minus second: negative where the first is better (for scores where less is better).
    pub difference: f64,
    /// Standard error of the difference; infinite for one match.
    pub standard_error: f64,
    /// How many matches both forecast.
    pub matches: usize,
}

impl Comparison {
    /// Compares the scores match by match.
    ///
    /// # Errors
    /// No matches, different numbers of them, or a score that is not finite.
    pub fn of(first: &[f64], second: &[f64]) -> Result<Self, MetricError> {
        let s = MeanScore::of(&differences(first, second)?)?;
        Ok(Self { difference: s.value, standard_error: s.standard_error, matches: s.matches })
    }

    /// The difference in standard errors; 0 where both are 0.
    pub fn z(&self) -> f64 {
        if self.difference == 0.0 { 0.0 } else { self.difference / self.standard_error }
    }
}

fn differences(first: &[f64], second: &[f64]) -> Result<Vec<f64>, MetricError> {
    same_length(first.len(), second.len())?;
    all_finite(first)?;
    all_finite(second)?;
    Ok(first.iter().zip(second).map(|(a, b)| a - b).collect())
}

/// A test of equal accuracy.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DieboldMariano {
    /// The corrected statistic: negative where the first forecaster is better.
    pub statistic: f64,
    /// Two-sided probability of a statistic at least as far from 0 if both are equally good.
    pub p_value: f64,
    /// Periods that a forecast covers.
    pub horizon: usize,
    /// How many matches both forecast.
    pub matches: usize,
}

impl DieboldMariano {
    /// Tests scores in chronological order; `horizon` is 1 for forecasts of the next match.
    ///
    /// Identical forecasters give statistic 0 and p-value 1.
    ///
    /// # Errors
    /// Fewer than two matches, different numbers of them, a score that is not finite, or a horizon of 0 or not
    /// below half the number of matches.
    pub fn test(first: &[f64], second: &[f64], horizon: usize) -> Result<Self, MetricError> {
        let d = differences(first, second)?;
        if d.len() < 2 {
            return Err(MetricError::TooFew { needed: 2 });
        }
        if horizon == 0 || 2 * horizon >= d.len().max(3) {
            return Err(MetricError::Setting(
                "the horizon is at least 1 and below half the number of matches",
            ));
        }
        let n = d.len() as f64;
        let h = horizon as f64;
        let mean = d.iter().sum::<f64>() / n;
        let autocovariance =
            |k: usize| d[k..].iter().zip(&d).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / n;
        let g0 = autocovariance(0);
        let lagged: Vec<f64> = (1..horizon).map(autocovariance).collect();
        let mut variance = g0 + 2.0 * lagged.iter().sum::<f64>();
        if variance <= 0.0 {
            let bartlett = |(k, g): (usize, &f64)| (1.0 - (k as f64 + 1.0) / h) * g;
            variance = g0 + 2.0 * lagged.iter().enumerate().map(bartlett).sum::<f64>();
        }
        let correction = ((n + 1.0 - 2.0 * h + h * (h - 1.0) / n) / n).max(0.0).sqrt();
        let statistic = if mean == 0.0 {
            0.0
        } else if variance <= 0.0 {
            mean.signum() * f64::INFINITY
        } else {
            mean / (variance / n).sqrt() * correction
        };
        let p_value = student_two_sided(statistic, n - 1.0);
        Ok(Self { statistic, p_value, horizon, matches: d.len() })
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact by construction")]
mod tests {
    use super::*;

    #[test]
    fn a_one_step_test_is_the_paired_t_test() {
        // With h = 1 the corrected statistic is the paired t statistic exactly.
        let a = [0.31, 0.12, 0.25, 0.40, 0.22, 0.18];
        let b = [0.30, 0.15, 0.27, 0.41, 0.20, 0.24];
        let dm = DieboldMariano::test(&a, &b, 1).unwrap();
        assert!((dm.statistic - Comparison::of(&a, &b).unwrap().z()).abs() < 1e-12);
    }

    #[test]
    fn equal_forecasters_are_not_told_apart() {
        let a = [0.2, 0.3, 0.4, 0.1];
        let dm = DieboldMariano::test(&a, &a, 1).unwrap();
        assert_eq!((dm.statistic, dm.p_value), (0.0, 1.0));
        assert_eq!(Comparison::of(&a, &a).unwrap().z(), 0.0);
    }

    #[test]
    fn autocorrelated_differences_weaken_the_evidence() {
        let b = vec![0.2; 60];
        let a: Vec<f64> = (0..60).map(|t| 0.2 + if (t / 6) % 3 == 0 { 0.03 } else { -0.005 }).collect();
        let short = DieboldMariano::test(&a, &b, 1).unwrap();
        let long = DieboldMariano::test(&a, &b, 6).unwrap();
        assert!(long.statistic.abs() < short.statistic.abs() && long.p_value > short.p_value);
    }

    #[test]
    fn hostile_series_are_errors() {
        assert!(DieboldMariano::test(&[], &[], 1).is_err());
        assert!(DieboldMariano::test(&[0.1, 0.2], &[0.1], 1).is_err());
        assert!(DieboldMariano::test(&[0.1, f64::NAN], &[0.1, 0.2], 1).is_err());
        assert!(DieboldMariano::test(&[0.1, 0.2, 0.3], &[0.1, 0.2, 0.3], 2).is_err());
        let certain = DieboldMariano::test(&[0.1, 0.1, 0.1], &[0.5, 0.5, 0.5], 1).unwrap();
        assert!(certain.p_value < 1e-9);
    }
}
