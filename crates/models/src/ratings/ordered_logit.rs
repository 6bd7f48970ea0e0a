//! Ordered logit link: one read-out, three ordered outcomes.

use super::{RatingError, check_link};
use crate::calibration::newton::{Objective, minimise};
use touchline_outcomes::{Forecast, Outcome};

/// A fitted ordered logit.
///
/// With read-out `x` and `s(z) = 1/(1 + exp(-z))`: `P(away) = s(c_a - b x)`, `P(home) = 1 - s(c_h - b x)`, and the
/// draw has the rest; `c_a < c_h`. The log-likelihood is concave in `(b, c_a, c_h)` (Pratt 1981), so Newton's
/// method finds its one maximum.
///
/// References: McCullagh, "Regression models for ordinal data" (1980); for football Hvattum & Arntzen (2010).
///
/// ```
/// use touchline_models::ratings::OrderedLogit;
/// use touchline_outcomes::Outcome::{AwayWin, Draw, HomeWin};
/// let x = [120.0, -40.0, 30.0, 80.0, -150.0, 10.0, 60.0, -90.0, 150.0];
/// let y = [HomeWin, AwayWin, Draw, Draw, AwayWin, HomeWin, HomeWin, Draw, AwayWin];
/// let link = OrderedLogit::fit(&x, &y)?;
/// assert!(link.slope > 0.0);
/// assert!(link.forecast(100.0)?.home() > link.forecast(0.0)?.home());
/// # Ok::<(), touchline_models::ratings::RatingError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OrderedLogit {
    /// Log-odds per unit of the read-out.
    pub slope: f64,
    /// Log-odds of an away win at read-out 0.
    pub away_cut: f64,
    /// Log-odds of "no home win" at read-out 0; above `away_cut`.
    pub home_cut: f64,
}

impl OrderedLogit {
    /// Fits by maximum likelihood.
    ///
    /// # Errors
    /// Slices of different length, a read-out that is not finite, an outcome that never happened, or read-outs
    /// that separate the outcomes perfectly.
    pub fn fit(readouts: &[f64], outcomes: &[Outcome]) -> Result<Self, RatingError> {
        let counts = check_link(readouts, outcomes)?;
        let n = readouts.len() as f64;
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let start = [0.0, logit(counts[2] / n), logit((counts[1] + counts[2]) / n)];
        // Newton works on read-outs of unit size; the slope is scaled back.
        let size = readouts.iter().fold(0.0_f64, |m, x| m.max(x.abs())).max(f64::MIN_POSITIVE);
        let scaled: Vec<f64> = readouts.iter().map(|x| x / size).collect();
        let found = minimise(&Likelihood { readouts: &scaled, outcomes }, &start);
        let link = Self { slope: found.x[0] / size, away_cut: found.x[1], home_cut: found.x[2] };
        let valid = link.slope.is_finite() && link.away_cut < link.home_cut && found.value > 1e-6;
        if found.converged && valid { Ok(link) } else { Err(RatingError::NotConverged) }
    }

    /// The forecast at a read-out.
    ///
    /// # Errors
    /// A read-out that is not finite, or cuts that are not in order.
    pub fn forecast(&self, readout: f64) -> Result<Forecast, RatingError> {
        let z = self.slope * readout;
        let away = logistic(self.away_cut - z);
        let home = logistic(z - self.home_cut);
        Ok(Forecast::normalised([home, between(self.away_cut - z, self.home_cut - z), away])?)
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `s(high) - s(low)` without cancellation: both tails are small where it is.
fn between(low: f64, high: f64) -> f64 {
    logistic(high) * logistic(-low) * -(low - high).exp_m1()
}

/// Mean negative log-likelihood over (slope, away cut, home cut).
struct Likelihood<'a> {
    readouts: &'a [f64],
    outcomes: &'a [Outcome],
}

impl Objective for Likelihood<'_> {
    fn value(&self, x: &[f64]) -> f64 {
        if x[1] >= x[2] {
            return f64::INFINITY;
        }
        let mut sum = 0.0;
        for (r, o) in self.readouts.iter().zip(self.outcomes) {
            let (low, high) = (x[1] - x[0] * r, x[2] - x[0] * r);
            sum -= match o {
                Outcome::HomeWin => ln_logistic(-high),
                Outcome::Draw => ln_logistic(high) + ln_logistic(-low) + (-(low - high).exp_m1()).ln(),
                Outcome::AwayWin => ln_logistic(low),
            };
        }
        sum / self.readouts.len() as f64
    }

    fn derivatives(&self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        hessian.fill(0.0);
        let n = self.readouts.len() as f64;
        let gap = (x[2] - x[1]).exp_m1();
        // d/dz of ln(e^high - e^low) by each cut, and its second derivative: the gap's own.
        let (cut, curve) = (1.0 + 1.0 / gap, (1.0 + 1.0 / gap) / gap);
        for (r, o) in self.readouts.iter().zip(self.outcomes) {
            let (p_low, p_high) = (logistic(x[1] - x[0] * r), logistic(x[2] - x[0] * r));
            let (by_low, by_high) = match o {
                Outcome::HomeWin => (0.0, p_high),
                Outcome::Draw => (p_low + cut - 1.0, p_high - cut),
                Outcome::AwayWin => (p_low - 1.0, 0.0),
            };
            let (use_low, use_high) = match o {
                Outcome::HomeWin => (0.0, 1.0),
                Outcome::Draw => (1.0, 1.0),
                Outcome::AwayWin => (1.0, 0.0),
            };
            let low2 = use_low * p_low * (1.0 - p_low);
            let high2 = use_high * p_high * (1.0 - p_high);
            let extra = use_low * use_high * curve;
            gradient[0] -= r * (by_low + by_high) / n;
            gradient[1] += by_low / n;
            gradient[2] += by_high / n;
            hessian[0] += r * r * (low2 + high2) / n;
            hessian[1] -= r * low2 / n;
            hessian[2] -= r * high2 / n;
            hessian[4] += (low2 + extra) / n;
            hessian[5] -= extra / n;
            hessian[8] += (high2 + extra) / n;
        }
        hessian[3] = hessian[1];
        hessian[6] = hessian[2];
        hessian[7] = hessian[5];
        self.value(x)
    }
}

fn ln_logistic(x: f64) -> f64 {
    if x >= 0.0 { -(-x).exp().ln_1p() } else { x - x.exp().ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn derivatives_agree_with_differences() {
        let readouts = [0.3, -0.8, 0.1, 1.0, -0.2];
        let outcomes = [Outcome::HomeWin, Outcome::AwayWin, Outcome::Draw, Outcome::Draw, Outcome::HomeWin];
        let l = Likelihood { readouts: &readouts, outcomes: &outcomes };
        let x = [0.7, -0.9, 0.4];
        let (mut g, mut h) = (vec![0.0; 3], vec![0.0; 9]);
        l.derivatives(&x, &mut g, &mut h);
        let step = 1e-5;
        for i in 0..3 {
            let at = |sign: f64| {
                let mut y = x;
                y[i] += sign * step;
                let (mut gy, mut hy) = (vec![0.0; 3], vec![0.0; 9]);
                (l.derivatives(&y, &mut gy, &mut hy), gy)
            };
            let (up, down) = (at(1.0), at(-1.0));
            assert!(((up.0 - down.0) / (2.0 * step) - g[i]).abs() < 1e-8);
            for j in 0..3 {
                assert!(((up.1[j] - down.1[j]) / (2.0 * step) - h[i * 3 + j]).abs() < 1e-7, "{i} {j}");
            }
        }
    }

    #[test]
    fn the_fit_recovers_the_parameters() {
        let truth = OrderedLogit { slope: 0.006, away_cut: -0.9, home_cut: 0.3 };
        let mut rng = StdRng::seed_from_u64(3);
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for _ in 0..40_000 {
            let r = rng.random_range(-400.0..400.0);
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
        let fitted = OrderedLogit::fit(&x, &y).unwrap();
        assert!((fitted.slope - truth.slope).abs() < 2e-4, "{fitted:?}");
        assert!(
            (fitted.away_cut - truth.away_cut).abs() < 0.05
                && (fitted.home_cut - truth.home_cut).abs() < 0.05
        );
    }

    #[test]
    fn hostile_input_is_an_error() {
        use Outcome::{AwayWin, Draw, HomeWin};
        assert!(OrderedLogit::fit(&[], &[]).is_err());
        assert!(OrderedLogit::fit(&[1.0], &[HomeWin, Draw]).is_err());
        assert!(OrderedLogit::fit(&[1.0, f64::NAN, 0.0], &[HomeWin, Draw, AwayWin]).is_err());
        assert_eq!(OrderedLogit::fit(&[1.0, 2.0], &[HomeWin, Draw]), Err(RatingError::Empty));
        let separated = OrderedLogit::fit(&[9.0, 0.0, -9.0], &[HomeWin, Draw, AwayWin]);
        assert_eq!(separated, Err(RatingError::NotConverged));
        let link = OrderedLogit { slope: 1.0, away_cut: -1.0, home_cut: 1.0 };
        assert!(link.forecast(f64::NAN).is_err());
        for x in [-1e9, 1e9, f64::INFINITY] {
            if let Ok(f) = link.forecast(x) {
                assert!((f.as_array().iter().sum::<f64>() - 1.0).abs() < 1e-9);
            }
        }
    }
}
