//! CORP: calibration without bins (Dimitriadis, Gneiting & Jordan 2021).

use super::reliability::check_binary;
use super::{LOG_FLOOR, MetricError, same_length};
use crate::calibration::pool_adjacent_violators;
use touchline_outcomes::{Forecast, Outcome};

/// The score that is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum CorpScore {
    /// Squared error of the one event's probability.
    Brier,
    /// Natural logarithm, floored at [`LOG_FLOOR`].
    LogLoss,
}

impl CorpScore {
    fn of(self, p: f64, happened: bool) -> f64 {
        let q = if happened { p } else { 1.0 - p };
        match self {
            Self::Brier => (1.0 - q) * (1.0 - q),
            Self::LogLoss => -q.max(LOG_FLOOR).ln(),
        }
    }
}

/// The decomposition of a mean score.
///
/// Forecasts of one event are recalibrated by isotonic regression; the mean score then splits exactly into
/// `score = miscalibration - discrimination + uncertainty`, where miscalibration is what recalibration gains,
/// discrimination what recalibrated forecasts gain over the constant base rate, and uncertainty the base
/// rate's own score. All three are non-negative. The curve of recalibrated against issued probabilities is the
/// reliability diagram that is optimal, reproducible and needs no bins.
///
/// ```
/// use touchline_models::metrics::{Corp, CorpScore};
/// let p = [0.1, 0.2, 0.3, 0.6, 0.7, 0.8];
/// let happened = [false, false, true, false, true, true];
/// let d = Corp::of(&p, &happened, CorpScore::Brier)?;
/// assert!((d.score - (d.miscalibration - d.discrimination + d.uncertainty)).abs() < 1e-12);
/// assert!((d.uncertainty - 0.25).abs() < 1e-12);
/// # Ok::<(), touchline_models::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Corp {
    /// Mean score of the forecasts as issued.
    pub score: f64,
    /// What recalibration would gain: 0 is perfectly calibrated.
    pub miscalibration: f64,
    /// What the forecasts know beyond the base rate.
    pub discrimination: f64,
    /// Score of the constant base rate.
    pub uncertainty: f64,
    /// Issued and recalibrated probability, by rising issued probability, one pair per distinct forecast.
    pub curve: Vec<(f64, f64)>,
}

impl Corp {
    /// Splits the score of forecasts of one event.
    ///
    /// # Errors
    /// No forecasts, different lengths, or a number outside \[0, 1\].
    pub fn of(probabilities: &[f64], happened: &[bool], rule: CorpScore) -> Result<Self, MetricError> {
        check_binary(probabilities, happened)?;
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]));
        // Equal forecasts share one value: they are pooled before the regression.
        let groups: Vec<&[usize]> =
            order.chunk_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]).is_eq()).collect();
        let weights: Vec<f64> = groups.iter().map(|g| g.len() as f64).collect();
        let share = |g: &&[usize]| g.iter().filter(|i| happened[**i]).count() as f64 / g.len() as f64;
        let shares: Vec<f64> = groups.iter().map(share).collect();
        let fitted = pool_adjacent_violators(&shares, &weights);

        let n = probabilities.len() as f64;
        let base = happened.iter().filter(|h| **h).count() as f64 / n;
        let mean = |p: &dyn Fn(usize, usize) -> f64| -> f64 {
            let group = |(k, g): (usize, &&[usize])| -> f64 {
                g.iter().map(|i| rule.of(p(k, *i), happened[*i])).sum()
            };
            groups.iter().enumerate().map(group).sum::<f64>() / n
        };
        let score = mean(&|_, i| probabilities[i]);
        let recalibrated = mean(&|k, _| fitted[k]);
        let uncertainty = mean(&|_, _| base);
        let curve = groups.iter().zip(&fitted).map(|(g, f)| (probabilities[g[0]], *f)).collect();
        Ok(Self {
            score,
            miscalibration: (score - recalibrated).max(0.0),
            discrimination: (uncertainty - recalibrated).max(0.0),
            uncertainty,
            curve,
        })
    }

    /// The decomposition for each outcome of a match, in the order home win, draw, away win.
    ///
    /// # Errors
    /// As [`Corp::of`].
    pub fn of_matches(
        forecasts: &[Forecast],
        outcomes: &[Outcome],
        rule: CorpScore,
    ) -> Result<[Self; 3], MetricError> {
        same_length(forecasts.len(), outcomes.len())?;
        let one = |outcome: Outcome| {
            let p: Vec<f64> = forecasts.iter().map(|f| f.probability(outcome)).collect();
            let happened: Vec<bool> = outcomes.iter().map(|o| *o == outcome).collect();
            Self::of(&p, &happened, rule)
        };
        Ok([one(Outcome::HomeWin)?, one(Outcome::Draw)?, one(Outcome::AwayWin)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn calibrated_forecasts_have_no_miscalibration() {
        let p: Vec<f64> = (0..100).map(|i| if i < 50 { 0.2 } else { 0.8 }).collect();
        let happened: Vec<bool> = (0..100).map(|i| if i < 50 { i < 10 } else { i < 90 }).collect();
        let d = Corp::of(&p, &happened, CorpScore::Brier).unwrap();
        assert!(d.miscalibration < 1e-12 && (d.discrimination - 0.09).abs() < 1e-12);
        assert_eq!(d.curve.len(), 2);
    }

    #[test]
    fn hostile_input_is_an_error() {
        assert!(Corp::of(&[], &[], CorpScore::Brier).is_err());
        assert!(Corp::of(&[f64::NAN], &[true], CorpScore::LogLoss).is_err());
        assert!(Corp::of_matches(&[], &[Outcome::Draw], CorpScore::Brier).is_err());
    }

    proptest! {
        #[test]
        fn the_parts_add_up(items in prop::collection::vec((0.0_f64..=1.0, any::<bool>()), 1..150)) {
            let (p, happened): (Vec<f64>, Vec<bool>) = items.into_iter().unzip();
            for rule in [CorpScore::Brier, CorpScore::LogLoss] {
                let d = Corp::of(&p, &happened, rule).unwrap();
                let sum = d.miscalibration - d.discrimination + d.uncertainty;
                prop_assert!((d.score - sum).abs() < 1e-9, "{} against {}", d.score, sum);
                prop_assert!(d.curve.windows(2).all(|w| w[0].1 <= w[1].1 + 1e-12));
            }
        }
    }
}
