//! Scores of one match.

use super::MetricError;
use touchline_outcomes::{Forecast, Outcome};

/// The smallest probability that logarithmic scores see: a certain forecast that fails costs 34.5, not infinity.
pub const LOG_FLOOR: f64 = 1e-15;

/// How far from 1 the probabilities of a slice may sum.
const SUM_TOLERANCE: f64 = 1e-6;

/// A score of one forecast; all but accuracy are better when smaller, and proper.
///
/// The functions over slices serve any number of ordered outcomes; [`ScoringRule`] serves the three of a match
/// without a check, since a [`Forecast`] is valid by type.
///
/// - Ranked probability score (Epstein 1969; for football Constantinou & Fenton 2012): with `r` outcomes,
///   forecast `p` and result `e` (one-hot), `RPS = 1/(r-1) * sum_{i<r} (sum_{j<=i} p_j - e_j)^2`.
/// - Brier score (1950), the multi-class sum: `sum_i (p_i - e_i)^2`.
/// - Log loss (Good 1952): `-ln p_k` for the outcome `k` that happened, `p_k` floored at [`LOG_FLOOR`].
/// - Ignorance (Roulston & Smith 2002): the same in bits, `-log2 p_k`.
///
/// ```
/// use touchline_models::metrics::{rps, ignorance};
/// assert!((rps(&[1.0, 0.0, 0.0], 0)? - 0.0).abs() < 1e-15);
/// assert!((rps(&[0.0, 0.0, 1.0], 0)? - 1.0).abs() < 1e-15);
/// assert!((ignorance(&[0.5, 0.25, 0.25], 1)? - 2.0).abs() < 1e-15);
/// # Ok::<(), touchline_models::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ScoringRule {
    /// Ranked probability score.
    Rps,
    /// Brier score, summed over the outcomes.
    Brier,
    /// Natural logarithm.
    LogLoss,
    /// Logarithm to base 2.
    Ignorance,
    /// 1 where the likeliest outcome happened, else 0.
    Accuracy,
}

impl ScoringRule {
    /// Every rule.
    pub const ALL: [Self; 5] = [Self::Rps, Self::Brier, Self::LogLoss, Self::Ignorance, Self::Accuracy];

    /// The score of one forecast.
    pub fn score(self, forecast: &Forecast, outcome: Outcome) -> f64 {
        let p = forecast.as_array();
        let k = outcome.index();
        match self {
            Self::Rps => raw_rps(&p, k),
            Self::Brier => raw_brier(&p, k),
            Self::LogLoss => -p[k].max(LOG_FLOOR).ln(),
            Self::Ignorance => -p[k].max(LOG_FLOOR).log2(),
            Self::Accuracy => f64::from(u8::from(forecast.most_likely() == outcome)),
        }
    }

    /// The score of each match.
    ///
    /// # Errors
    /// Slices of different length.
    pub fn score_all(self, forecasts: &[Forecast], outcomes: &[Outcome]) -> Result<Vec<f64>, MetricError> {
        super::same_length(forecasts.len(), outcomes.len())?;
        Ok(forecasts.iter().zip(outcomes).map(|(f, o)| self.score(f, *o)).collect())
    }
}

fn raw_rps(p: &[f64], outcome: usize) -> f64 {
    if p.len() < 2 {
        return 0.0;
    }
    let mut cumulative = 0.0;
    let mut sum = 0.0;
    for (i, q) in p[..p.len() - 1].iter().enumerate() {
        cumulative += q;
        let happened = f64::from(u8::from(outcome <= i));
        sum += (cumulative - happened) * (cumulative - happened);
    }
    sum / (p.len() - 1) as f64
}

fn raw_brier(p: &[f64], outcome: usize) -> f64 {
    let squares: f64 = p.iter().map(|q| q * q).sum();
    (squares - 2.0 * p[outcome] + 1.0).max(0.0)
}

fn check(probabilities: &[f64], outcome: usize) -> Result<(), MetricError> {
    if outcome >= probabilities.len() {
        return Err(MetricError::NoSuchOutcome { outcome, outcomes: probabilities.len() });
    }
    let valid = probabilities.iter().all(|p| (0.0..=1.0).contains(p));
    if !valid || (probabilities.iter().sum::<f64>() - 1.0).abs() > SUM_TOLERANCE {
        return Err(MetricError::NotProbabilities { index: 0 });
    }
    Ok(())
}

/// Ranked probability score over ordered outcomes, divided by (outcomes - 1).
///
/// # Errors
/// Numbers that are not probabilities with sum 1 within 1e-6, or an outcome beyond them.
pub fn rps(probabilities: &[f64], outcome: usize) -> Result<f64, MetricError> {
    check(probabilities, outcome)?;
    Ok(raw_rps(probabilities, outcome))
}

/// Brier score, summed over the outcomes (0 to 2).
///
/// # Errors
/// As [`rps`].
pub fn brier(probabilities: &[f64], outcome: usize) -> Result<f64, MetricError> {
    check(probabilities, outcome)?;
    Ok(raw_brier(probabilities, outcome))
}

/// Minus the natural logarithm of the probability of what happened, floored at [`LOG_FLOOR`].
///
/// # Errors
/// As [`rps`].
pub fn log_loss(probabilities: &[f64], outcome: usize) -> Result<f64, MetricError> {
    check(probabilities, outcome)?;
    Ok(-probabilities[outcome].max(LOG_FLOOR).ln())
}

/// Log loss in bits.
///
/// # Errors
/// As [`rps`].
pub fn ignorance(probabilities: &[f64], outcome: usize) -> Result<f64, MetricError> {
    check(probabilities, outcome)?;
    Ok(-probabilities[outcome].max(LOG_FLOOR).log2())
}

/// Whether the likeliest outcome happened; of equals the first counts as likeliest.
///
/// # Errors
/// As [`rps`].
pub fn is_correct(probabilities: &[f64], outcome: usize) -> Result<bool, MetricError> {
    check(probabilities, outcome)?;
    let best =
        probabilities.iter().enumerate().fold(0, |b, (i, p)| if *p > probabilities[b] { i } else { b });
    Ok(best == outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_match_scores_as_worked_by_hand() {
        let f = Forecast::new(0.6, 0.25, 0.15).unwrap();
        let close = |rule: ScoringRule, o, v: f64| assert!((rule.score(&f, o) - v).abs() < 1e-12, "{rule:?}");
        close(ScoringRule::Rps, Outcome::HomeWin, 0.091_25);
        close(ScoringRule::Rps, Outcome::AwayWin, 0.541_25);
        close(ScoringRule::Brier, Outcome::Draw, 0.36 + 0.5625 + 0.0225);
        close(ScoringRule::LogLoss, Outcome::Draw, 4.0_f64.ln());
        close(ScoringRule::Ignorance, Outcome::Draw, 2.0);
        close(ScoringRule::Accuracy, Outcome::HomeWin, 1.0);
    }

    #[test]
    fn hostile_slices_are_errors() {
        for p in [&[][..], &[f64::NAN, 0.5, 0.5], &[0.7, 0.7], &[-0.5, 1.5], &[f64::INFINITY, 0.0]] {
            assert!(rps(p, 0).is_err() && brier(p, 0).is_err() && log_loss(p, 0).is_err());
        }
        assert_eq!(rps(&[0.5, 0.5], 2), Err(MetricError::NoSuchOutcome { outcome: 2, outcomes: 2 }));
        assert!((log_loss(&[0.0, 1.0], 0).unwrap() - 34.538_776_394_910_68).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn proper_scores_prefer_the_truth(w in prop::array::uniform3(0.01_f64..1.0), v in prop::array::uniform3(0.01_f64..1.0)) {
            let (truth, other) = (Forecast::normalised(w).unwrap(), Forecast::normalised(v).unwrap());
            for rule in [ScoringRule::Rps, ScoringRule::Brier, ScoringRule::LogLoss, ScoringRule::Ignorance] {
                let mean = |f: &Forecast| -> f64 {
                    Outcome::ALL.iter().map(|o| truth.probability(*o) * rule.score(f, *o)).sum()
                };
                prop_assert!(mean(&truth) <= mean(&other) + 1e-12);
            }
        }
    }
}
