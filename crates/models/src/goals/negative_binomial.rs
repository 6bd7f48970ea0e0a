//! Negative binomial goals.

use super::poisson::outer_product;
use super::special::ln_factorial;
use super::{Local, Rates, ScoreFamily, Shape};

/// The negative binomial model.
///
/// Negative binomial goals (Reep, Pollard & Benjamin 1971, "Skill and chance in ball games"): Poisson goals
/// whose rate itself varies from match to match by a gamma distribution.
///
/// ```text
/// variance = rate + dispersion * rate^2
/// ```
///
/// `dispersion` (no unit, 0 to 5) is the inverse of the size often called `r`; 0 is exactly Poisson, so the
/// model also fits goals that vary less than Poisson. Sides are independent given the rates.
///
/// ```
/// use touchline_models::goals::{NegativeBinomial, ScoreFamily, poisson_grid};
/// let grid = NegativeBinomial.grid([1.5, 1.2], &[0.2], 20);
/// assert!(grid.probability(0, 0) > poisson_grid([1.5, 1.2], 20).probability(0, 0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NegativeBinomial;

impl ScoreFamily for NegativeBinomial {
    type Tables = f64;
    const NAME: &'static str = "negative_binomial";

    fn shapes(&self) -> Vec<Shape> {
        vec![Shape {
            name: "dispersion",
            start: 0.05,
            lower: 0.0,
            upper: 5.0,
            prior_mean: 0.0,
            prior_sd: 0.1,
        }]
    }

    fn tables(&self, shapes: &[f64], _: usize) -> f64 {
        shapes.first().copied().unwrap_or(0.0)
    }

    fn log_probability(&self, dispersion: &f64, score: [u8; 2], rates: &Rates, local: &mut Local) -> f64 {
        let a = *dispersion;
        let mut value = 0.0;
        for (k, goals) in score.into_iter().enumerate() {
            let x = f64::from(goals);
            let rate = rates.goals[k];
            let u = a * rate;
            let one = 1.0 / (1.0 + u);
            let [phi, phi1, phi2] = log_ratio(u);
            let (mut sum, mut sum1, mut sum2) = (0.0, 0.0, 0.0);
            for j in 1..goals {
                let j = f64::from(j);
                let part = j / (1.0 + a * j);
                sum += (a * j).ln_1p();
                sum1 += part;
                sum2 += part * part;
            }
            value += sum + x * rates.log[k] - x * u.ln_1p() - rate * phi - ln_factorial(goals);
            local.gradient[k] = (x - rate) * one;
            local.gradient[2] += sum1 - x * rate * one - rate * rate * phi1;
            local.hessian[k][k] = -rate * (1.0 + a * x) * one * one;
            local.hessian[2][k] = -(x - rate) * rate * one * one;
            local.hessian[2][2] += x * rate * rate * one * one - sum2 - rate.powi(3) * phi2;
        }
        value
    }

    fn fill(&self, dispersion: &f64, rates: [f64; 2], side: usize, cells: &mut [f64]) {
        let mut pmf = [[0.0; 100]; 2];
        for (rate, pmf) in rates.into_iter().zip(&mut pmf) {
            let u = dispersion * rate;
            let step = rate / (1.0 + u);
            let mut p = (-rate * log_ratio(u)[0]).exp();
            for (k, cell) in pmf[..side].iter_mut().enumerate() {
                *cell = p;
                p *= step * (1.0 + dispersion * k as f64) / (k + 1) as f64;
            }
        }
        outer_product(&pmf[0][..side], &pmf[1][..side], cells);
    }
}

/// `ln(1 + u) / u` with two derivatives, by its series near 0.
fn log_ratio(u: f64) -> [f64; 3] {
    if u < 0.02 {
        let (mut sums, mut power) = ([0.0; 3], 1.0);
        for k in 0..9 {
            let n = f64::from(k);
            sums[0] += power / (n + 1.0);
            sums[1] -= power * (n + 1.0) / (n + 2.0);
            sums[2] += power * (n + 1.0) * (n + 2.0) / (n + 3.0);
            power *= -u;
        }
        return sums;
    }
    let one = 1.0 / (1.0 + u);
    let value = u.ln_1p() / u;
    let first = (one - value) / u;
    [value, first, (-one * one - 2.0 * first) / u]
}

#[cfg(test)]
mod tests {
    use super::super::derivatives::assert_derivatives;
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        for score in [[0, 0], [1, 2], [4, 3], [9, 0]] {
            assert_derivatives(&NegativeBinomial, score, [0.3, -0.2], &[0.12]);
            assert_derivatives(&NegativeBinomial, score, [0.8, 0.5], &[0.004]);
        }
    }

    #[test]
    fn without_dispersion_it_is_poisson() {
        let ours = NegativeBinomial.grid([1.5, 1.1], &[0.0], 10);
        let poisson = super::super::poisson_grid([1.5, 1.1], 10);
        for (p, q) in ours.cells().iter().zip(poisson.cells()) {
            assert!((p - q).abs() < 1e-14);
        }
    }
}
