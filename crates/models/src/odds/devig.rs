//! Fair probabilities from prices with a margin.

mod additive;
mod differential_margin;
mod jensen_shannon;
mod logarithmic;
mod multiplicative;
mod odds_ratio;
mod power;
mod shin;

use super::{PriceError, check};
use touchline_outcomes::Forecast;

/// A method to remove the margin.
///
/// With inverse odds `q_i = 1/o_i` that sum to `B > 1`, each method assumes where the margin sits:
///
/// | method | fair probability | assumes |
/// |---|---|---|
/// | [`Multiplicative`](Self::Multiplicative) | `q_i / B` | in proportion to the probability |
/// | [`Additive`](Self::Additive) | `q_i - (B-1)/n` | equal for every outcome |
/// | [`DifferentialMargin`](Self::DifferentialMargin) | the same, from odds | proportional to the odds |
/// | [`Power`](Self::Power) | `q_i^k` | more on long shots, as a power |
/// | [`Shin`](Self::Shin) | Shin's insiders | more on long shots, against informed bettors |
/// | [`OddsRatio`](Self::OddsRatio) | same ratio of odds everywhere | more on long shots |
/// | [`Logarithmic`](Self::Logarithmic) | same shift of log-odds everywhere | the same, stated in log-odds |
/// | [`JensenShannon`](Self::JensenShannon) | same Jensen-Shannon distance | the same noise in information |
///
/// On football results Shin, power and odds ratio are usually the best calibrated, because bettors overpay long
/// shots; multiplicative is the most robust.
///
/// ```
/// use touchline_models::odds::DeVig;
/// let odds = [1.25, 6.5, 13.0];
/// for method in DeVig::ALL {
///     let fair = method.fair(&odds)?;
///     assert!((fair.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
///     assert!(fair.probabilities.iter().zip(odds).all(|(p, o)| *p < 1.0 / o));
/// }
/// # Ok::<(), touchline_models::odds::PriceError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum DeVig {
    /// Multiplicative: `p_i = q_i / B`, with `B` the sum of the inverse odds `q`.
    ///
    /// Every outcome is overpriced by the same factor. Never fails. The oldest method, known also as basic
    /// normalisation.
    ///
    /// ```
    /// use touchline_models::odds::DeVig;
    /// assert!((DeVig::Multiplicative.fair(&[1.9, 1.9])?.probabilities[0] - 0.5).abs() < 1e-15);
    /// # Ok::<(), touchline_models::odds::PriceError>(())
    /// ```
    Multiplicative,
    /// Additive: `p_i = q_i - (B - 1)/n`.
    ///
    /// Every outcome carries the same share of the margin, so long shots lose most in proportion; one whose inverse
    /// odds are below its share would become negative, which is an error.
    ///
    /// ```
    /// use touchline_models::odds::DeVig;
    /// let fair = DeVig::Additive.fair(&[1.8, 3.6, 4.5])?; // inverse odds sum to 1.0556
    /// assert!((fair.probabilities[0] - (1.0 / 1.8 - 0.055_555_6 / 3.0)).abs() < 1e-7);
    /// # Ok::<(), touchline_models::odds::PriceError>(())
    /// ```
    Additive,
    /// Power: `p_i = q_i^k` with the `k` that makes them sum to 1.
    ///
    /// `k` above 1 takes more from long shots. `sum q_i^k` falls in `k`, from at least 1 at `ln n / -ln(min q)` to at
    /// most 1 at `ln n / -ln(max q)`, so there is exactly one root and it never fails.
    ///
    /// Reference: Clarke, Kovalchik & Ingram, "Adjusting bookmaker's odds to allow for overround" (2017).
    ///
    /// ```
    /// use touchline_models::odds::DeVig;
    /// let fair = DeVig::Power.fair(&[1.25, 6.5, 13.0])?;
    /// assert!(fair.parameter.is_some_and(|k| k > 1.0));
    /// # Ok::<(), touchline_models::odds::PriceError>(())
    /// ```
    Power,
    /// Shin: the bookmaker protects himself against a share `z` of insiders.
    ///
    /// `p_i = (sqrt(z^2 + 4 (1-z) q_i^2/B) - z) / (2 (1-z))`, with the `z` in \[0, 1) that makes them sum to 1; computed as
    /// `2c / (sqrt(z^2 + 4(1-z)c) + z)`, `c = q_i^2/B`, which does not cancel. The sum falls in `z` from `sqrt(B)` at 0
    /// to below 1 at 1, so a book with a margin has exactly one root; a book without one is an error.
    ///
    /// References: Shin, "Measuring the incidence of insider trading in a market for state-contingent claims" (1993);
    /// Jullien & Salanié (1994) for the inverse.
    ///
    /// ```
    /// use touchline_models::odds::DeVig;
    /// let fair = DeVig::Shin.fair(&[2.7, 2.3, 4.4])?;
    /// assert!(fair.parameter.is_some_and(|z| z > 0.015 && z < 0.02));
    /// # Ok::<(), touchline_models::odds::PriceError>(())
    /// ```
    Shin,
    /// Differential margin weighting: fair odds `n o_i / (n - M o_i)` with margin `M = B - 1`.
    ///
    /// The margin of an outcome is proportional to its odds. Inverting gives `1/o_i - M/n`: algebraically this is the
    /// additive method, stated in odds; both are kept because both names are in use.
    ///
    /// Reference: Buchdahl, *The Wisdom of the Crowd* (2015).
    ///
    /// ```
    /// use touchline_models::odds::DeVig;
    /// let fair = DeVig::DifferentialMargin.fair(&[1.8, 3.6, 4.5])?;
    /// let margin = fair.overround;
    /// let fair_odds = 3.0 * 1.8 / (3.0 - margin * 1.8);
    /// assert!((1.0 / fair.probabilities[0] - fair_odds).abs() < 1e-12);
    /// # Ok::<(), touchline_models::odds::PriceError>(())
    /// ```
    DifferentialMargin,
    /// Odds ratio: `q_i (1 - p_i) / (p_i (1 - q_i)) = c` for every outcome.
    ///
    /// So `p_i = q_i / (c + q_i - c q_i)`, with the `c` that makes them sum to 1; `c` above 1 is a margin, and takes
    /// more from long shots. Always has one root.
    ///
    /// Reference: Cheung, "Fixed-odds betting and traditional odds" (2015), after Buchdahl.
    ///
    /// ```
    /// use touchline_models::odds::DeVig;
    /// let fair = DeVig::OddsRatio.fair(&[1.25, 6.5, 13.0])?;
    /// assert!(fair.parameter.is_some_and(|c| c > 1.0));
    /// # Ok::<(), touchline_models::odds::PriceError>(())
    /// ```
    OddsRatio,
    /// Logarithmic: `logit p_i = logit q_i - t` with the shift `t` that makes them sum to 1.
    ///
    /// The margin is one shift of all log-odds. Since `exp(t)` is then the same ratio of odds everywhere, this is the
    /// odds-ratio method stated in log-odds; both are kept because both names are in use. Always has one root.
    ///
    /// ```
    /// use touchline_models::odds::DeVig;
    /// let fair = DeVig::Logarithmic.fair(&[1.25, 6.5, 13.0])?;
    /// let logit = |p: f64| (p / (1.0 - p)).ln();
    /// let shift = fair.parameter.unwrap_or(f64::NAN);
    /// assert!((logit(1.0 / 6.5) - logit(fair.probabilities[1]) - shift).abs() < 1e-9);
    /// # Ok::<(), touchline_models::odds::PriceError>(())
    /// ```
    Logarithmic,
    /// Jensen-Shannon: every outcome's fair probability lies at the same distance from its price.
    ///
    /// With two-way distributions `(p_i, 1-p_i)` and `(q_i, 1-q_i)` and their mean `m`, the squared distance is
    /// `JSD = (KL(p||m) + KL(q||m)) / 2` in nats. The fair probabilities are those below their `q_i` (above it where the
    /// book has no margin) with one common distance that sum to 1. An outcome whose price is nearer to 0 than that
    /// distance would be left without probability, which is an error.
    ///
    /// Reference: Long's proposal as in Lindstrøm's R package `implied` (2021); the distance: Lin (1991), Endres &
    /// Schindelin (2003).
    ///
    /// ```
    /// use touchline_models::odds::DeVig;
    /// let fair = DeVig::JensenShannon.fair(&[1.25, 6.5, 13.0])?;
    /// assert!(fair.parameter.is_some_and(|distance| distance > 0.0));
    /// # Ok::<(), touchline_models::odds::PriceError>(())
    /// ```
    JensenShannon,
}

/// Prices without their margin.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
    use rand::{SeedableRng, rngs::StdRng};

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
        assert_eq!(super::super::self_check(200_000, &mut StdRng::seed_from_u64(77)), Ok(200_000));
    }
}
