//! Poisson goals with the four lowest scores adjusted.

use super::poisson::{fill_independent, poisson_terms};
use super::special::soft_ln;
use super::{Local, Rates, ScoreFamily, Shape};

/// The Dixon-Coles model.
///
/// Poisson goals with the four lowest scores adjusted (Dixon & Coles 1997, "Modelling association football
/// scores and inefficiencies in the football betting market").
///
/// ```text
/// P(x, y) = tau(x, y) Poisson(x; lambda) Poisson(y; mu)
/// tau(0,0) = 1 - lambda mu rho   tau(0,1) = 1 + lambda rho
/// tau(1,0) = 1 + mu rho          tau(1,1) = 1 - rho          else 1
/// ```
///
/// `rho` (no unit, usually -0.15 to 0) below 0 makes draws at 0-0 and 1-1 likelier; the means of both
/// sides stay `lambda` and `mu`. Where `tau` would fall below 0.01 in training its logarithm is continued by a
/// parabola, so the search never meets a wall; a grid cuts a negative `tau` to 0 and is scaled to sum 1.
///
/// ```
/// use touchline_models::goals::{DixonColes, ScoreFamily, poisson_grid};
/// let adjusted = DixonColes.grid([1.4, 1.1], &[-0.1], 14).forecast();
/// assert!(adjusted.draw() > poisson_grid([1.4, 1.1], 14).forecast().draw());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DixonColes;

impl ScoreFamily for DixonColes {
    type Tables = f64;
    const NAME: &'static str = "dixon_coles";
    const POISSON_FROM: Option<u8> = Some(2);

    fn shapes(&self) -> Vec<Shape> {
        vec![Shape { name: "rho", start: -0.05, lower: -0.99, upper: 0.99, prior_mean: -0.05, prior_sd: 0.1 }]
    }

    fn tables(&self, shapes: &[f64], _: usize) -> f64 {
        shapes.first().copied().unwrap_or(0.0)
    }

    #[inline]
    fn log_probability(&self, rho: &f64, score: [u8; 2], rates: &Rates, local: &mut Local) -> f64 {
        let value = poisson_terms(score, rates, local);
        if score[0] > 1 || score[1] > 1 {
            return value;
        }
        value + adjustment(*rho, score, rates.goals, local)
    }

    fn fill(&self, rho: &f64, rates: [f64; 2], side: usize, cells: &mut [f64]) {
        fill_independent(rates, side, cells);
        if side < 2 {
            return;
        }
        for (at, score) in [(0, [0, 0]), (1, [0, 1]), (side, [1, 0]), (side + 1, [1, 1])] {
            cells[at] *= tau(*rho, score, rates).max(0.0);
        }
    }
}

/// The factor on the probability of a score with at most one goal a side.
#[inline]
fn tau(rho: f64, score: [u8; 2], [lambda, mu]: [f64; 2]) -> f64 {
    match score {
        [0, 0] => 1.0 - lambda * mu * rho,
        [0, _] => 1.0 + lambda * rho,
        [_, 0] => 1.0 + mu * rho,
        _ => 1.0 - rho,
    }
}

/// Adds the derivatives of `log tau` and returns it.
#[inline]
fn adjustment(rho: f64, score: [u8; 2], rates: [f64; 2], local: &mut Local) -> f64 {
    let [lambda, mu] = rates;
    // tau = 1 + rho * size; size depends on the log rates marked in `on`.
    let (size, on) = match score {
        [0, 0] => (-lambda * mu, [1.0, 1.0]),
        [0, _] => (lambda, [1.0, 0.0]),
        [_, 0] => (mu, [0.0, 1.0]),
        _ => (-1.0, [0.0, 0.0]),
    };
    let (value, first, second) = soft_ln(tau(rho, score, rates), 0.01);
    let slope = [rho * size * on[0], rho * size * on[1], size];
    let bend = first * rho * size;
    for i in 0..3 {
        local.gradient[i] += first * slope[i];
        for j in 0..=i {
            local.hessian[i][j] += second * slope[i] * slope[j];
        }
    }
    local.hessian[0][0] += bend * on[0];
    local.hessian[1][1] += bend * on[1];
    local.hessian[1][0] += bend * on[0] * on[1];
    local.hessian[2][0] += first * size * on[0];
    local.hessian[2][1] += first * size * on[1];
    value
}

#[cfg(test)]
mod tests {
    use super::super::derivatives::assert_derivatives;
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        for score in [[0, 0], [0, 1], [1, 0], [1, 1], [3, 2]] {
            assert_derivatives(&DixonColes, score, [0.3, -0.2], &[-0.12]);
            assert_derivatives(&DixonColes, score, [1.3, 0.9], &[0.11]);
        }
    }

    #[test]
    fn the_adjustment_keeps_both_means() {
        let (home, away) = DixonColes.grid([1.7, 0.9], &[-0.13], 20).expected_goals();
        assert!((home - 1.7).abs() < 1e-9 && (away - 0.9).abs() < 1e-9);
    }
}
