//! An interval for a mean difference that may be looked at after every match.

use super::{Comparison, MetricError};

/// An interval that covers the mean difference of two forecasters at all times together, however often it is looked at.
///
/// The usual interval of 1.96 standard errors is right for one look at a sample whose size was fixed before. Whoever looks after
/// every round and stops when it leaves 0 out will find a difference between equal forecasters sooner or later. The asymptotic
/// confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas ("Time-uniform central limit theory and asymptotic
/// confidence sequences", Annals of Statistics 52(6), 2024, theorem 2.2) is wider by what that costs:
/// with mean `m` and standard deviation `s` of `n` differences,
///
/// ```text
/// m +- s sqrt( 2 (n r^2 + 1) / (n^2 r^2) * ln( sqrt(n r^2 + 1) / alpha ) )
/// ```
///
/// where `r` makes it narrowest at a sample of `narrowest` matches (their equation 24):
/// `r^2 = (-2 ln alpha + ln(-2 ln alpha + 1)) / narrowest`. It is asymptotic: differences of the first few dozen matches say
/// little about their own spread. Differences are taken to be independent, as those of different matches nearly are.
///
/// ```
/// use touchline_models::metrics::{Comparison, SequentialInterval};
/// let c = Comparison { difference: -0.002, standard_error: 0.001, matches: 400 };
/// let interval = SequentialInterval::of(&c, 0.05, 500)?;
/// assert!(interval.low < -0.004 && interval.high > 0.0); // 1.96 standard errors would leave 0 out
/// # Ok::<(), touchline_models::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SequentialInterval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl SequentialInterval {
    /// The interval of a comparison that misses the true difference, ever, with probability `alpha`.
    ///
    /// # Errors
    /// `alpha` is not between 0 and 1, `narrowest` is 0, or fewer than two matches were compared.
    pub fn of(comparison: &Comparison, alpha: f64, narrowest: usize) -> Result<Self, MetricError> {
        if comparison.matches < 2 {
            return Err(MetricError::TooFew { needed: 2 });
        }
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(MetricError::Setting("alpha lies between 0 and 1"));
        }
        if narrowest == 0 {
            return Err(MetricError::Setting("the interval is narrowest at a sample of at least one match"));
        }
        let n = comparison.matches as f64;
        let deviation = comparison.standard_error * n.sqrt();
        let twice = -2.0 * alpha.ln();
        let r2 = (twice + (twice + 1.0).ln()) / narrowest as f64;
        let grown = n * r2 + 1.0;
        let half = deviation * (2.0 * grown / (n * n * r2) * (grown.sqrt() / alpha).ln()).sqrt();
        Ok(Self { low: comparison.difference - half, high: comparison.difference + half })
    }

    /// Whether it holds 0: no difference is shown.
    pub fn holds_zero(&self) -> bool {
        self.low <= 0.0 && self.high >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    /// Share of 400 runs of equal forecasters in which somebody who looks after each match from the 30th to the 1,000th sees a
    /// difference.
    fn false_alarms(sees: impl Fn(&Comparison) -> bool) -> f64 {
        let mut rng = StdRng::seed_from_u64(7);
        let runs = 400;
        let alarmed = (0..runs).filter(|_| {
            let (mut sum, mut squares, mut alarm) = (0.0, 0.0, false);
            for n in 1..=1_000_usize {
                // Skewed, as differences of scores are: -1 with probability 1/4, else 1/3.
                let d = if rng.random::<f64>() < 0.25 { -1.0 } else { 1.0 / 3.0 };
                (sum, squares) = (sum + d, squares + d * d);
                if n < 30 {
                    continue;
                }
                let count = n as f64;
                let mean = sum / count;
                let variance = (squares - sum * mean) / (count - 1.0);
                let standard_error = (variance / count).sqrt();
                alarm |= sees(&Comparison { difference: mean, standard_error, matches: n });
            }
            alarm
        });
        alarmed.count() as f64 / f64::from(runs)
    }

    #[test]
    fn looking_after_every_match_raises_few_false_alarms() {
        let rate = false_alarms(|c| !SequentialInterval::of(c, 0.05, 500).unwrap().holds_zero());
        // 0.05 within two standard errors of 400 runs.
        assert!(rate <= 0.05 + 2.0 * (0.05 * 0.95 / 400.0_f64).sqrt(), "{rate}");
        let naive = false_alarms(|c| c.z().abs() > 1.96);
        assert!(naive > 0.25, "the usual interval is wrong for this: {naive}");
    }

    #[test]
    fn a_difference_is_shown_and_the_interval_shrinks() {
        let at = |matches: usize| {
            let standard_error = 0.02 / (matches as f64).sqrt();
            SequentialInterval::of(&Comparison { difference: -0.003, standard_error, matches }, 0.05, 500)
                .unwrap()
        };
        assert!(at(100).holds_zero() && !at(2_000).holds_zero());
        assert!(at(2_000).high < 0.0 && at(8_000).high - at(8_000).low < at(2_000).high - at(2_000).low);
        // By hand: alpha 0.05, 500 matches at the narrowest, deviation 0.02.
        let r2 = (5.991_464_547 + 6.991_464_547_f64.ln()) / 500.0;
        let grown: f64 = 500.0 * r2 + 1.0;
        let half = 0.02 * (2.0 * grown / (250_000.0 * r2) * (grown.sqrt() / 0.05).ln()).sqrt();
        assert!((at(500).high - (-0.003 + half)).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_is_an_error() {
        let c = Comparison { difference: 0.0, standard_error: 0.1, matches: 50 };
        assert!(SequentialInterval::of(&c, 0.0, 500).is_err());
        assert!(SequentialInterval::of(&c, 1.0, 500).is_err());
        assert!(SequentialInterval::of(&c, 0.05, 0).is_err());
        assert!(SequentialInterval::of(&Comparison { matches: 1, ..c }, 0.05, 500).is_err());
    }
}
