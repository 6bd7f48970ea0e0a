//! Bivariate Poisson goals.

use super::poisson::{poisson_pmf, poisson_terms};
use super::{Local, Rates, ScoreFamily, Shape};

/// The bivariate Poisson model.
///
/// Bivariate Poisson goals (Karlis & Ntzoufras 2003, "Analysis of sports data by using bivariate Poisson
/// models", The Statistician 52).
///
/// ```text
/// home = U + W,  away = V + W,  U ~ Poisson(lambda), V ~ Poisson(mu), W ~ Poisson(shared)
/// ```
///
/// `shared` (goals, at least 0) is the covariance of both sides' goals: the pace of the match that both profit
/// from. Expected goals are `lambda + shared` and `mu + shared`; at `shared = 0` the sides are independent.
///
/// ```
/// use touchline_models::goals::{BivariatePoisson, ScoreFamily, poisson_grid};
/// let grid = BivariatePoisson.grid([1.3, 1.0], &[0.1], 14);
/// assert!((grid.expected_goals().0 - 1.4).abs() < 1e-6);
/// assert!(grid.forecast().draw() > poisson_grid([1.4, 1.1], 14).forecast().draw());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BivariatePoisson;

/// The covariance parameter, shared with the diagonal-inflated model.
pub(crate) const SHARED: Shape =
    Shape { name: "shared", start: 0.08, lower: 0.0, upper: 3.0, prior_mean: 0.05, prior_sd: 0.1 };

impl ScoreFamily for BivariatePoisson {
    type Tables = f64;
    const NAME: &'static str = "bivariate_poisson";

    fn shapes(&self) -> Vec<Shape> {
        vec![SHARED]
    }

    fn tables(&self, shapes: &[f64], _: usize) -> f64 {
        shapes.first().copied().unwrap_or(0.0)
    }

    #[inline]
    fn log_probability(&self, shared: &f64, score: [u8; 2], rates: &Rates, local: &mut Local) -> f64 {
        bivariate_terms(*shared, score, rates, local)
    }

    fn fill(&self, shared: &f64, rates: [f64; 2], side: usize, cells: &mut [f64]) {
        fill_bivariate(*shared, rates, side, cells);
    }
}

/// Log-probability and derivatives.
///
/// Relative to independence the probability is `exp(-shared) Q(z)` with `z = shared / (lambda mu)` and
/// `Q(z) = sum_k k! C(x, k) C(y, k) z^k`, a polynomial with positive coefficients.
#[inline]
pub(crate) fn bivariate_terms(shared: f64, score: [u8; 2], rates: &Rates, local: &mut Local) -> f64 {
    let independent = poisson_terms(score, rates, local);
    let per_unit = 1.0 / (rates.goals[0] * rates.goals[1]);
    let z = shared * per_unit;
    let (ln_q, first, second) = common_goals(score, z);
    let mean = z * first;
    let variance = z * z * second + mean;
    for i in 0..2 {
        local.gradient[i] -= mean;
        for j in 0..=i {
            local.hessian[i][j] += variance;
        }
        local.hessian[2][i] = -per_unit * (first + z * second);
    }
    local.gradient[2] = per_unit * first - 1.0;
    local.hessian[2][2] = per_unit * per_unit * second;
    independent - shared + ln_q
}

/// `ln Q`, `Q'/Q` and its derivative, by Horner's rule with rescaling against overflow.
#[inline]
fn common_goals(score: [u8; 2], z: f64) -> (f64, f64, f64) {
    let (x, y) = (f64::from(score[0]), f64::from(score[1]));
    let last = score[0].min(score[1]);
    if last == 0 {
        return (0.0, 0.0, 0.0);
    }
    let mut coefficients = [1.0; 100];
    for k in 1..=usize::from(last) {
        let j = k as f64;
        coefficients[k] = coefficients[k - 1] * (x - j + 1.0) * (y - j + 1.0) / j;
    }
    let (mut q, mut first, mut second) = (0.0, 0.0, 0.0);
    let (mut scale, mut ln_scale) = (1.0, 0.0);
    for c in coefficients[..=usize::from(last)].iter().rev() {
        second = second * z + 2.0 * first;
        first = first * z + q;
        q = q * z + c * scale;
        if q > 1e120 || second > 1e120 {
            (q, first, second, scale) = (q * 1e-120, first * 1e-120, second * 1e-120, scale * 1e-120);
            ln_scale += 120.0 * std::f64::consts::LN_10;
        }
    }
    let slope = first / q;
    (q.ln() + ln_scale, slope, second / q - slope * slope)
}

/// All cells by the recursion `x P(x, y) = lambda P(x-1, y) + shared P(x-1, y-1)`.
pub(crate) fn fill_bivariate(shared: f64, rates: [f64; 2], side: usize, cells: &mut [f64]) {
    let scale = (-rates[0] - shared).exp();
    poisson_pmf(rates[1], &mut cells[..side]);
    for p in &mut cells[..side] {
        *p *= scale;
    }
    for x in 1..side {
        let (before, row) = cells.split_at_mut(x * side);
        let before = &before[(x - 1) * side..];
        let (own, common) = (rates[0] / x as f64, shared / x as f64);
        row[0] = own * before[0];
        for y in 1..side {
            row[y] = own * before[y] + common * before[y - 1];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::derivatives::assert_derivatives;
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        for score in [[0, 0], [0, 2], [1, 1], [3, 2], [6, 5]] {
            assert_derivatives(&BivariatePoisson, score, [0.3, -0.2], &[0.12]);
            assert_derivatives(&BivariatePoisson, score, [-0.6, 0.5], &[0.9]);
        }
    }

    #[test]
    fn cells_are_the_exponential_of_the_log_probability() {
        let grid = BivariatePoisson.grid([1.4, 0.8], &[0.2], 30);
        for score in [[0_u8, 0_u8], [2, 1], [4, 4]] {
            let value = BivariatePoisson.log_probability(
                &0.2,
                score,
                &Rates::from_log([1.4_f64.ln(), 0.8_f64.ln()]),
                &mut Local::default(),
            );
            let cell = grid.probability(score[0].into(), score[1].into());
            assert!((value.exp() - cell).abs() < 1e-12);
        }
    }
}
