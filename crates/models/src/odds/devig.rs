//! Fair probabilities from prices with a margin.
//!
//! With inverse odds `q_i = 1/o_i` that sum to `B > 1`, each method assumes where the margin sits:
//!
//! | method | fair probability | assumes |
//! |---|---|---|
//! | [`multiplicative`] | `q_i / B` | in proportion to the probability |
//! | [`additive`] | `q_i - (B-1)/n` | equal for every outcome |
//! | [`differential_margin`] | the same, from odds | proportional to the odds |
//! | [`power`] | `q_i^k` | more on long shots, as a power |
//! | [`shin`] | Shin's insiders | more on long shots, against informed bettors |
//! | [`odds_ratio`] | same ratio of odds everywhere | more on long shots |
//! | [`logarithmic`] | same shift of log-odds everywhere | the same, stated in log-odds |
//! | [`jensen_shannon`] | same Jensen-Shannon distance | the same noise in information |
//!
//! On football results Shin, power and odds ratio are usually the best calibrated, because bettors overpay long
//! shots; multiplicative is the most robust.
//!
//! ```
//! use touchline_models::odds::DeVig;
//! let odds = [1.25, 6.5, 13.0];
//! for method in DeVig::ALL {
//!     let fair = method.fair(&odds)?;
//!     assert!((fair.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
//!     assert!(fair.probabilities.iter().zip(odds).all(|(p, o)| *p < 1.0 / o));
//! }
//! # Ok::<(), touchline_models::odds::PriceError>(())
//! ```

pub mod additive;
pub mod differential_margin;
pub mod jensen_shannon;
pub mod logarithmic;
pub mod multiplicative;
pub mod odds_ratio;
pub mod power;
pub mod shin;

use super::{PriceError, check};
use serde::{Deserialize, Serialize};
use touchline_domain::Forecast;

/// A method to remove the margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeVig {
    /// [`multiplicative`].
    Multiplicative,
    /// [`additive`].
    Additive,
    /// [`power`].
    Power,
    /// [`shin`].
    Shin,
    /// [`differential_margin`].
    DifferentialMargin,
    /// [`odds_ratio`].
    OddsRatio,
    /// [`logarithmic`].
    Logarithmic,
    /// [`jensen_shannon`].
    JensenShannon,
}

/// Prices without their margin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FairBook {
    /// Fair probabilities, summing to 1.
    pub probabilities: Vec<f64>,
    /// Sum of the inverse odds minus 1.
    pub overround: f64,
    /// The method's own parameter: power `k`, Shin's `z`, odds ratio `c`, log-odds shift, Jensen-Shannon
    /// distance; none for the closed forms.
    pub parameter: Option<f64>,
}

impl DeVig {
    /// Every method.
    pub const ALL: [Self; 8] = [
        Self::Multiplicative,
        Self::Additive,
        Self::Power,
        Self::Shin,
        Self::DifferentialMargin,
        Self::OddsRatio,
        Self::Logarithmic,
        Self::JensenShannon,
    ];

    /// Fair probabilities of any number of outcomes.
    ///
    /// # Errors
    /// Fewer than two prices, one that is not above 1, or a book that the method cannot explain (an outcome left
    /// without probability; for Shin a book without margin).
    pub fn fair(self, odds: &[f64]) -> Result<FairBook, PriceError> {
        check(odds)?;
        let inverse: Vec<f64> = odds.iter().map(|o| 1.0 / o).collect();
        let overround = inverse.iter().sum::<f64>() - 1.0;
        let mut probabilities = vec![0.0; odds.len()];
        let parameter = self.solve(&inverse, &mut probabilities)?;
        Ok(FairBook { probabilities, overround, parameter })
    }

    /// Fair probabilities of home win, draw and away win, without allocating.
    ///
    /// # Errors
    /// As [`Self::fair`].
    pub fn forecast(self, odds: [f64; 3]) -> Result<Forecast, PriceError> {
        check(&odds)?;
        let mut fair = [0.0; 3];
        self.solve(&odds.map(|o| 1.0 / o), &mut fair)?;
        let invalid = |_| PriceError::Exhausted { method: "the method", outcome: 0 };
        Forecast::normalised(fair).map_err(invalid)
    }

    fn solve(self, inverse: &[f64], fair: &mut [f64]) -> Result<Option<f64>, PriceError> {
        match self {
            Self::Multiplicative => {
                multiplicative::solve(inverse, fair);
                Ok(None)
            }
            Self::Additive => additive::solve(inverse, fair).map(|()| None),
            Self::DifferentialMargin => differential_margin::solve(inverse, fair).map(|()| None),
            Self::Power => Ok(Some(power::solve(inverse, fair))),
            Self::Shin => shin::solve(inverse, fair).map(Some),
            Self::OddsRatio => Ok(Some(odds_ratio::solve(inverse, fair))),
            Self::Logarithmic => Ok(Some(logarithmic::solve(inverse, fair))),
            Self::JensenShannon => jensen_shannon::solve(inverse, fair).map(Some),
        }
    }
}

/// Scales to sum 1, which takes out the last rounding of an iterative solution.
fn normalise(fair: &mut [f64]) {
    let sum: f64 = fair.iter().sum();
    for p in fair {
        *p /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_without_margin_is_left_alone() {
        for method in DeVig::ALL {
            let fair = method.fair(&[2.0, 4.0, 4.0]).unwrap();
            for (p, expected) in fair.probabilities.iter().zip([0.5, 0.25, 0.25]) {
                assert!((p - expected).abs() < 1e-12, "{method:?} {fair:?}");
            }
        }
    }

    #[test]
    fn two_names_of_one_method_agree() {
        let odds = [1.4, 4.9, 8.5];
        let pairs = [(DeVig::Additive, DeVig::DifferentialMargin), (DeVig::OddsRatio, DeVig::Logarithmic)];
        for (a, b) in pairs {
            let (a, b) = (a.fair(&odds).unwrap(), b.fair(&odds).unwrap());
            assert!(a.probabilities.iter().zip(&b.probabilities).all(|(x, y)| (x - y).abs() < 1e-12));
        }
        // With two outcomes Shin's method is the additive one.
        let (a, b) = (DeVig::Shin.fair(&[1.3, 3.4]).unwrap(), DeVig::Additive.fair(&[1.3, 3.4]).unwrap());
        assert!(a.probabilities.iter().zip(&b.probabilities).all(|(x, y)| (x - y).abs() < 1e-12));
    }

    #[test]
    fn hostile_prices_are_errors() {
        for method in DeVig::ALL {
            for odds in [
                &[][..],
                &[2.0],
                &[1.0, 3.0],
                &[f64::NAN, 2.0],
                &[f64::INFINITY, 2.0],
                &[-2.0, 2.0],
                &[0.5, 3.0],
            ] {
                assert!(method.fair(odds).is_err(), "{method:?} {odds:?}");
            }
        }
        assert!(matches!(
            DeVig::Additive.fair(&[1.01, 1.8, 900.0]),
            Err(PriceError::Exhausted { outcome: 2, .. })
        ));
        assert!(matches!(DeVig::Shin.fair(&[3.0, 4.0, 5.0]), Err(PriceError::NoMargin { .. })));
    }

    #[test]
    fn two_hundred_thousand_random_books_hold() {
        assert_eq!(super::super::self_check(77, 200_000), Ok(200_000));
    }
}
