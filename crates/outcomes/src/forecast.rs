//! The probabilities of home win, draw and away win of one match, valid by type.

use crate::Outcome;
use thiserror::Error;

/// How far from 1 the sum of a forecast may lie.
pub const SUM_TOLERANCE: f64 = 1e-9;

/// Probabilities of the three outcomes: each in \[0, 1\], their sum 1 within [`SUM_TOLERANCE`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "RawForecast"))]
pub struct Forecast {
    home: f64,
    draw: f64,
    away: f64,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct RawForecast {
    home: f64,
    draw: f64,
    away: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<RawForecast> for Forecast {
    type Error = ForecastError;
    fn try_from(raw: RawForecast) -> Result<Self, ForecastError> {
        Self::new(raw.home, raw.draw, raw.away)
    }
}

/// Why three numbers are not a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum ForecastError {
    /// A number outside \[0, 1\], or not a number.
    #[error("probability {0} is not between 0 and 1")]
    OutOfRange(f64),
    /// The sum is not 1.
    #[error("probabilities sum to {0}, not to 1; use Forecast::normalised for weights")]
    Sum(f64),
    /// Weights that cannot be scaled to sum 1.
    #[error("weights {0:?} have no positive finite sum")]
    Weights([f64; 3]),
}

impl Forecast {
    /// Checks range and sum.
    ///
    /// # Errors
    /// A number outside \[0, 1\] or a sum that differs from 1 by more than [`SUM_TOLERANCE`].
    pub fn new(home: f64, draw: f64, away: f64) -> Result<Self, ForecastError> {
        for p in [home, draw, away] {
            if !(0.0..=1.0).contains(&p) {
                return Err(ForecastError::OutOfRange(p));
            }
        }
        let sum = home + draw + away;
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            return Err(ForecastError::Sum(sum));
        }
        Ok(Self { home, draw, away })
    }

    /// Scales non-negative weights (home, draw, away) to sum 1.
    ///
    /// # Errors
    /// A negative or non-finite weight, or a sum of 0.
    pub fn normalised(weights: [f64; 3]) -> Result<Self, ForecastError> {
        let sum: f64 = weights.iter().sum();
        if weights.iter().any(|w| !w.is_finite() || *w < 0.0) || !(sum.is_finite() && sum > 0.0) {
            return Err(ForecastError::Weights(weights));
        }
        let [home, draw, away] = weights.map(|w| w / sum);
        Ok(Self { home, draw, away })
    }

    /// Probability of a home win.
    pub fn home(&self) -> f64 {
        self.home
    }

    /// Probability of a draw.
    pub fn draw(&self) -> f64 {
        self.draw
    }

    /// Probability of an away win.
    pub fn away(&self) -> f64 {
        self.away
    }

    /// Probability of one outcome.
    pub fn probability(&self, outcome: Outcome) -> f64 {
        self.as_array()[outcome.index()]
    }

    /// Home, draw, away.
    pub fn as_array(&self) -> [f64; 3] {
        [self.home, self.draw, self.away]
    }

    /// The likeliest outcome; of equals the first in the order home, draw, away.
    pub fn most_likely(&self) -> Outcome {
        let mut best = Outcome::HomeWin;
        for outcome in Outcome::ALL {
            if self.probability(outcome) > self.probability(best) {
                best = outcome;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sum_other_than_one_is_refused() {
        assert!(Forecast::new(0.5, 0.3, 0.2).is_ok());
        assert!(matches!(Forecast::new(0.5, 0.3, 0.3), Err(ForecastError::Sum(_))));
        assert!(matches!(Forecast::new(f64::NAN, 0.5, 0.5), Err(ForecastError::OutOfRange(_))));
        assert!(serde_json::from_str::<Forecast>(r#"{"home":0.9,"draw":0.9,"away":0.1}"#).is_err());
    }

    proptest! {
        #[test]
        fn normalised_weights_are_valid(w in prop::array::uniform3(0.0_f64..1e12)) {
            prop_assume!(w.iter().sum::<f64>() > 0.0);
            let f = Forecast::normalised(w).unwrap();
            prop_assert!(Forecast::new(f.home(), f.draw(), f.away()).is_ok());
        }
    }
}
