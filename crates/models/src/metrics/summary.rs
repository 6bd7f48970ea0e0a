//! A pooled score with its sample and its standard error.

use super::{MetricError, ScoringRule, all_finite};
use std::fmt;
use touchline_outcomes::{Forecast, Outcome};

/// A mean over matches.
///
/// `value` is the mean over matches, `standard_error` the sample standard deviation over the square root of
/// their number: right when the scores of different matches are independent. A single match has no spread, so
/// its standard error is infinite rather than 0.
///
/// ```
/// use touchline_models::metrics::MeanScore;
/// let s = MeanScore::of(&[0.1, 0.2, 0.3])?;
/// assert!((s.value - 0.2).abs() < 1e-15 && s.matches == 3);
/// assert_eq!(s.to_string(), "0.20000 +- 0.05774 (3 matches)");
/// # Ok::<(), touchline_models::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MeanScore {
    /// The mean.
    pub value: f64,
    /// Its standard error; infinite for one match.
    pub standard_error: f64,
    /// How many matches it pools.
    pub matches: usize,
}

impl MeanScore {
    /// Mean and standard error of one number per match.
    ///
    /// # Errors
    /// No numbers, or one that is not finite.
    pub fn of(values: &[f64]) -> Result<Self, MetricError> {
        if values.is_empty() {
            return Err(MetricError::TooFew { needed: 1 });
        }
        all_finite(values)?;
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        let standard_error = if values.len() > 1 { (squares / (n - 1.0) / n).sqrt() } else { f64::INFINITY };
        Ok(Self { value: mean, standard_error, matches: values.len() })
    }

    /// A symmetric interval of `z` standard errors (1.96 for 95 % of a normal distribution).
    pub fn interval(&self, z: f64) -> (f64, f64) {
        (self.value - z * self.standard_error, self.value + z * self.standard_error)
    }
}

impl fmt::Display for MeanScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.5} +- {:.5} ({} matches)", self.value, self.standard_error, self.matches)
    }
}

/// All scores of one set of forecasts.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Evaluation {
    /// Ranked probability score.
    pub rps: MeanScore,
    /// Brier score.
    pub brier: MeanScore,
    /// Log loss.
    pub log_loss: MeanScore,
    /// Ignorance, in bits.
    pub ignorance: MeanScore,
    /// Share of matches whose likeliest outcome happened.
    pub accuracy: MeanScore,
}

impl Evaluation {
    /// Scores each match and pools.
    ///
    /// # Errors
    /// No matches, or slices of different length.
    pub fn of(forecasts: &[Forecast], outcomes: &[Outcome]) -> Result<Self, MetricError> {
        let pooled = |rule: ScoringRule| MeanScore::of(&rule.score_all(forecasts, outcomes)?);
        Ok(Self {
            rps: pooled(ScoringRule::Rps)?,
            brier: pooled(ScoringRule::Brier)?,
            log_loss: pooled(ScoringRule::LogLoss)?,
            ignorance: pooled(ScoringRule::Ignorance)?,
            accuracy: pooled(ScoringRule::Accuracy)?,
        })
    }

    /// The pooled score of one rule.
    pub fn get(&self, rule: ScoringRule) -> MeanScore {
        match rule {
            ScoringRule::Rps => self.rps,
            ScoringRule::Brier => self.brier,
            ScoringRule::LogLoss => self.log_loss,
            ScoringRule::Ignorance => self.ignorance,
            ScoringRule::Accuracy => self.accuracy,
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact by construction")]
mod tests {
    use super::*;

    #[test]
    fn one_match_has_no_finite_standard_error() {
        assert_eq!(MeanScore::of(&[0.3]).unwrap().standard_error, f64::INFINITY);
        assert_eq!(MeanScore::of(&[]), Err(MetricError::TooFew { needed: 1 }));
        assert_eq!(MeanScore::of(&[0.1, f64::NAN]), Err(MetricError::NotFinite { index: 1 }));
    }

    #[test]
    fn base_rates_score_as_the_challenge_counts() {
        // 45 % home, 27 % draws, 28 % away forecast by these rates: the mean RPS is the sum over the two
        // cumulative probabilities of F(1-F), halved.
        let f = Forecast::new(0.45, 0.27, 0.28).unwrap();
        let outcomes: Vec<Outcome> = [(45, Outcome::HomeWin), (27, Outcome::Draw), (28, Outcome::AwayWin)]
            .iter()
            .flat_map(|(n, o)| std::iter::repeat_n(*o, *n))
            .collect();
        let scores = Evaluation::of(&vec![f; 100], &outcomes).unwrap();
        assert!((scores.rps.value - f64::midpoint(0.45 * 0.55, 0.72 * 0.28)).abs() < 1e-12);
        assert!((scores.accuracy.value - 0.45).abs() < 1e-12);
        assert!(Evaluation::of(&[f], &[]).is_err());
    }
}
