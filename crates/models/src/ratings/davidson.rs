//! Davidson's link: paired comparison with ties.

use super::{RatingError, check_link};
use crate::calibration::newton::{Objective, minimise};
use touchline_outcomes::{Forecast, Outcome};

/// A fitted Davidson link.
///
/// With `d = slope x + home_advantage` and draw parameter `nu`, the outcomes weigh `exp(d/2)`, `nu` and
/// `exp(-d/2)`: draws are likeliest between equals, and `nu` is the ratio of draws to the geometric mean of wins.
/// The log-likelihood is concave in `(slope, home_advantage, ln nu)`.
///
/// Reference: Davidson, "On extending the Bradley-Terry model to accommodate ties in paired comparison
/// experiments", *Journal of the American Statistical Association* (1970).
///
/// ```
/// use touchline_models::ratings::Davidson;
/// let link = Davidson { slope: 0.006, home_advantage: 0.0, draw: 0.7 };
/// let level = link.forecast(0.0)?;
/// assert!((level.home() - level.away()).abs() < 1e-12 && (level.draw() - 0.7 / 2.7).abs() < 1e-12);
/// # Ok::<(), touchline_models::ratings::RatingError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Davidson {
    /// Log-odds of home against away win per unit of the read-out.
    pub slope: f64,
    /// Log-odds of home against away win at read-out 0.
    pub home_advantage: f64,
    /// The draw parameter nu, above 0.
    pub draw: f64,
}

impl Davidson {
    /// Fits by maximum likelihood.
    ///
    /// # Errors
    /// Slices of different length, a read-out that is not finite, an outcome that never happened, or read-outs
    /// that separate the outcomes perfectly.
    pub fn fit(readouts: &[f64], outcomes: &[Outcome]) -> Result<Self, RatingError> {
        let counts = check_link(readouts, outcomes)?;
        let size = readouts.iter().fold(0.0_f64, |m, x| m.max(x.abs())).max(f64::MIN_POSITIVE);
        let scaled: Vec<f64> = readouts.iter().map(|x| x / size).collect();
        let start = [0.0, (counts[0] / counts[2]).ln(), (counts[1] / (counts[0] * counts[2]).sqrt()).ln()];
        let found = minimise(&Likelihood { readouts: &scaled, outcomes }, &start);
        let link = Self { slope: found.x[0] / size, home_advantage: found.x[1], draw: found.x[2].exp() };
        let valid = link.slope.is_finite() && link.draw.is_finite() && link.draw > 0.0 && found.value > 1e-6;
        if found.converged && valid { Ok(link) } else { Err(RatingError::NotConverged) }
    }

    /// The forecast at a read-out.
    ///
    /// # Errors
    /// A read-out or parameter that is not finite, or a negative draw parameter.
    pub fn forecast(&self, readout: f64) -> Result<Forecast, RatingError> {
        let half = f64::midpoint(self.slope * readout, self.home_advantage);
        let top = half.abs();
        Ok(Forecast::normalised([(half - top).exp(), self.draw * (-top).exp(), (-half - top).exp()])?)
    }
}

/// Mean negative log-likelihood over (slope, home advantage, ln nu).
struct Likelihood<'a> {
    readouts: &'a [f64],
    outcomes: &'a [Outcome],
}

impl Likelihood<'_> {
    fn each(&self, x: &[f64], mut visit: impl FnMut(f64, [f64; 3], f64, usize)) {
        for (r, o) in self.readouts.iter().zip(self.outcomes) {
            let half = f64::midpoint(x[0] * r, x[1]);
            let eta = [half, x[2], -half];
            let top = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights = eta.map(|e| (e - top).exp());
            let sum: f64 = weights.iter().sum();
            let k = o.index();
            visit(*r, weights.map(|w| w / sum), sum.ln() + top - eta[k], k);
        }
    }
}

impl Objective for Likelihood<'_> {
    fn value(&self, x: &[f64]) -> f64 {
        let mut sum = 0.0;
        self.each(x, |_, _, loss, _| sum += loss);
        sum / self.readouts.len() as f64
    }

    fn derivatives(&self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        hessian.fill(0.0);
        let n = self.readouts.len() as f64;
        let mut sum = 0.0;
        self.each(x, |r, p, loss, k| {
            sum += loss;
            // Rows: what each outcome's weight gains per parameter.
            let design = [[r / 2.0, 0.5, 0.0], [0.0, 0.0, 1.0], [-r / 2.0, -0.5, 0.0]];
            let mean: [f64; 3] = std::array::from_fn(|i| (0..3).map(|o| p[o] * design[o][i]).sum());
            for i in 0..3 {
                gradient[i] += (mean[i] - design[k][i]) / n;
                for j in 0..3 {
                    let square: f64 = (0..3).map(|o| p[o] * design[o][i] * design[o][j]).sum();
                    hessian[i * 3 + j] += (square - mean[i] * mean[j]) / n;
                }
            }
        });
        sum / n
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact by construction")]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn the_fit_recovers_the_parameters() {
        let truth = Davidson { slope: 1.2, home_advantage: 0.4, draw: 0.8 };
        let mut rng = StdRng::seed_from_u64(11);
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for _ in 0..40_000 {
            let r = rng.random_range(-2.0..2.0);
            let f = truth.forecast(r).unwrap();
            let u: f64 = rng.random();
            x.push(r);
            y.push(if u < f.home() {
                Outcome::HomeWin
            } else if u < f.home() + f.draw() {
                Outcome::Draw
            } else {
                Outcome::AwayWin
            });
        }
        let fitted = Davidson::fit(&x, &y).unwrap();
        assert!(
            (fitted.slope - 1.2).abs() < 0.05 && (fitted.home_advantage - 0.4).abs() < 0.05,
            "{fitted:?}"
        );
        assert!((fitted.draw - 0.8).abs() < 0.05);
    }

    #[test]
    fn hostile_input_is_an_error_or_finite() {
        use Outcome::{AwayWin, Draw, HomeWin};
        assert!(Davidson::fit(&[], &[]).is_err());
        assert!(Davidson::fit(&[f64::INFINITY, 0.0, 1.0], &[HomeWin, Draw, AwayWin]).is_err());
        assert_eq!(
            Davidson::fit(&[9.0, 0.0, -9.0], &[HomeWin, Draw, AwayWin]),
            Err(RatingError::NotConverged)
        );
        let link = Davidson { slope: 1.0, home_advantage: 0.0, draw: 1.0 };
        assert!(link.forecast(f64::NAN).is_err());
        assert_eq!(link.forecast(1e6).unwrap().home(), 1.0);
    }
}
