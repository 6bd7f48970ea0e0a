//! Zero-inflated Poisson goals.

use super::poisson::{outer_product, poisson_pmf};
use super::special::ln_factorial;
use super::{Local, Rates, ScoreFamily, Shape};

/// The zero-inflated Poisson model.
///
/// Zero-inflated Poisson goals (Lambert 1992, "Zero-inflated Poisson regression"), each side on its own.
///
/// ```text
/// P(0) = zero + (1 - zero) exp(-rate),   P(x) = (1 - zero) Poisson(x; rate) for x > 0
/// ```
///
/// `zero` (0 to 0.9) is the share of matches in which a side does not score whatever its rate. Expected goals are
/// `(1 - zero) * rate`.
///
/// ```
/// use touchline_models::goals::{ScoreFamily, ZeroInflatedPoisson};
/// let grid = ZeroInflatedPoisson.grid([1.5, 1.2], &[0.1], 20);
/// assert!((grid.expected_goals().0 - 0.9 * 1.5).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ZeroInflatedPoisson;

impl ScoreFamily for ZeroInflatedPoisson {
    type Tables = f64;
    const NAME: &'static str = "zero_inflated_poisson";

    fn shapes(&self) -> Vec<Shape> {
        vec![Shape { name: "zero", start: 0.03, lower: 0.0, upper: 0.9, prior_mean: 0.0, prior_sd: 0.05 }]
    }

    fn tables(&self, shapes: &[f64], _: usize) -> f64 {
        shapes.first().copied().unwrap_or(0.0)
    }

    fn log_probability(&self, zero: &f64, score: [u8; 2], rates: &Rates, local: &mut Local) -> f64 {
        let rest = 1.0 - zero;
        let mut value = 0.0;
        for (k, goals) in score.into_iter().enumerate() {
            let x = f64::from(goals);
            let rate = rates.goals[k];
            if goals > 0 {
                value += rest.ln() + x * rates.log[k] - rate - ln_factorial(goals);
                local.gradient[k] = x - rate;
                local.hessian[k][k] = -rate;
                local.gradient[2] -= 1.0 / rest;
                local.hessian[2][2] -= 1.0 / (rest * rest);
                continue;
            }
            let none = (-rate).exp();
            let p = zero + rest * none;
            let by_rate = rest * none / p;
            let slope = (1.0 - none) / p;
            value += p.ln();
            local.gradient[k] = -by_rate * rate;
            local.hessian[k][k] = -by_rate * rate + rate * rate * by_rate * (1.0 - by_rate);
            local.gradient[2] += slope;
            local.hessian[2][2] -= slope * slope;
            local.hessian[2][k] = rate * none / (p * p);
        }
        value
    }

    fn fill(&self, zero: &f64, rates: [f64; 2], side: usize, cells: &mut [f64]) {
        let mut pmf = [[0.0; 100]; 2];
        for (rate, pmf) in rates.into_iter().zip(&mut pmf) {
            poisson_pmf(rate, &mut pmf[..side]);
            for p in &mut pmf[..side] {
                *p *= 1.0 - zero;
            }
            pmf[0] += zero;
        }
        outer_product(&pmf[0][..side], &pmf[1][..side], cells);
    }
}

#[cfg(test)]
mod tests {
    use super::super::derivatives::assert_derivatives;
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        for score in [[0, 0], [0, 2], [3, 1]] {
            assert_derivatives(&ZeroInflatedPoisson, score, [0.3, -0.2], &[0.12]);
        }
    }
}
