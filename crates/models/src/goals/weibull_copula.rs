//! Weibull count goals joined by a Frank copula.

use super::frank;
use super::special::soft_ln;
use super::weibull_count::{HIGHEST_COUNT, HIGHEST_RATE, LOWEST_SHAPE, Marginal, WeibullTables};
use super::{Local, Rates, ScoreFamily, Shape};

/// The Weibull count model with Frank copula.
///
/// Weibull count goals joined by a Frank copula (Boshnakov, Kharrat & McHale 2017, "A bivariate Weibull count
/// model for forecasting association football scores", International Journal of Forecasting 33).
///
/// Each side's goals are counts of Weibull waiting times with a common `shape` (no unit, 0.7 to 2.5: above 1 the
/// chance of a goal rises with the time since the last one, 1 is Poisson); `kappa` (no unit, -10 to 10) is the
/// dependence between sides, above 0 when high-scoring sides meet high-scoring sides. Home and away rates are
/// the Weibull rates of one match: the mean is the rate only at `shape = 1`.
///
/// The alternating series behind the counts holds its digits up to a rate of 6, where rates are cut, and up to
/// 15 goals a side, above which a training match is refused.
///
/// ```
/// use touchline_models::goals::{ScoreFamily, WeibullCopula, poisson_grid};
/// let same = WeibullCopula.grid([1.4, 1.1], &[1.0, 0.0], 10);
/// assert!((same.probability(2, 1) - poisson_grid([1.4, 1.1], 10).probability(2, 1)).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WeibullCopula;

/// Below this probability rounding rules, and the logarithm is continued by a parabola.
const FLOOR: f64 = 1e-10;

impl ScoreFamily for WeibullCopula {
    type Tables = WeibullTables;
    const NAME: &'static str = "weibull_copula";
    const GOAL_LIMIT: u8 = HIGHEST_COUNT;

    fn shapes(&self) -> Vec<Shape> {
        vec![
            Shape {
                name: "shape",
                start: 1.0,
                lower: LOWEST_SHAPE,
                upper: 2.5,
                prior_mean: 1.0,
                prior_sd: 0.15,
            },
            Shape { name: "kappa", start: 0.1, lower: -10.0, upper: 10.0, prior_mean: 0.0, prior_sd: 0.5 },
        ]
    }

    fn tables(&self, shapes: &[f64], max_goals: usize) -> WeibullTables {
        let [shape, kappa] = [shapes.first().copied().unwrap_or(1.0), shapes.get(1).copied().unwrap_or(0.0)];
        WeibullTables::new(shape.clamp(LOWEST_SHAPE, 2.5), kappa, max_goals)
    }

    fn log_probability(
        &self,
        tables: &WeibullTables,
        score: [u8; 2],
        rates: &Rates,
        local: &mut Local,
    ) -> f64 {
        let mut sum = Local::default();
        let mut probability = 0.0;
        let side = |k: usize| {
            let rate = rates.goals[k];
            let marginal = |x: usize| {
                let mut m = tables.marginal(x, rate.min(HIGHEST_RATE));
                if rate > HIGHEST_RATE {
                    (m[1], m[3], m[4]) = (0.0, 0.0, 0.0);
                }
                m
            };
            let x = usize::from(score[k]);
            [Some(marginal(x)), (x > 0).then(|| marginal(x - 1))]
        };
        let (home, away) = (side(0), side(1));
        for (u, sign_u) in home.iter().zip([1.0, -1.0]) {
            for (v, sign_v) in away.iter().zip([1.0, -1.0]) {
                if let (Some(u), Some(v)) = (u, v) {
                    probability += add_corner(u, v, tables.kappa, sign_u * sign_v, &mut sum);
                }
            }
        }
        let (value, first, second) = soft_ln(probability, FLOOR);
        for i in 0..4 {
            local.gradient[i] = first * sum.gradient[i];
            for j in 0..=i {
                local.hessian[i][j] = first * sum.hessian[i][j] + second * sum.gradient[i] * sum.gradient[j];
            }
        }
        value
    }

    fn fill(&self, tables: &WeibullTables, rates: [f64; 2], side: usize, cells: &mut [f64]) {
        let distribution = |rate: f64| -> Vec<f64> {
            let rate = rate.min(HIGHEST_RATE);
            let mut highest = 0.0_f64;
            (0..side)
                .map(|x| {
                    highest = highest.max(tables.distribution(x, rate));
                    highest
                })
                .collect()
        };
        let (home, away) = (distribution(rates[0]), distribution(rates[1]));
        for (x, u) in home.iter().enumerate() {
            for (y, v) in away.iter().enumerate() {
                cells[x * side + y] = frank::value(*u, *v, tables.kappa);
            }
        }
        // From the joint distribution function to probabilities, from the far corner back.
        for x in (0..side).rev() {
            for y in (0..side).rev() {
                let left = if y > 0 { cells[x * side + y - 1] } else { 0.0 };
                let above = if x > 0 { cells[(x - 1) * side + y] } else { 0.0 };
                let corner = if x > 0 && y > 0 { cells[(x - 1) * side + y - 1] } else { 0.0 };
                cells[x * side + y] = cells[x * side + y] - left - above + corner;
            }
        }
    }
}

/// Adds one of the four corners of the rectangle to the derivatives of the probability and returns its value.
/// Variables: log rate home, log rate away, shape, kappa.
fn add_corner(u: &Marginal, v: &Marginal, kappa: f64, sign: f64, sum: &mut Local) -> f64 {
    let c = frank::copula(u[0], v[0], kappa);
    let [[uu, ..], [uv, vv, _], [ku, kv, kk]] = c.hessian;
    let [cu, cv, ck] = c.gradient;
    let gradient = [cu * u[1], cv * v[1], cu * u[2] + cv * v[2], ck];
    let hessian = [
        [uu * u[1] * u[1] + cu * u[3], 0.0, 0.0, 0.0],
        [uv * u[1] * v[1], vv * v[1] * v[1] + cv * v[3], 0.0, 0.0],
        [
            uu * u[1] * u[2] + uv * u[1] * v[2] + cu * u[4],
            vv * v[1] * v[2] + uv * v[1] * u[2] + cv * v[4],
            uu * u[2] * u[2] + 2.0 * uv * u[2] * v[2] + vv * v[2] * v[2] + cu * u[5] + cv * v[5],
            0.0,
        ],
        [ku * u[1], kv * v[1], ku * u[2] + kv * v[2], kk],
    ];
    for i in 0..4 {
        sum.gradient[i] += sign * gradient[i];
        for (total, h) in sum.hessian[i].iter_mut().zip(&hessian[i]) {
            *total += sign * h;
        }
    }
    sign * c.value
}

#[cfg(test)]
mod tests {
    use super::super::derivatives::assert_derivatives;
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        for score in [[0, 0], [0, 2], [3, 1], [4, 4]] {
            assert_derivatives(&WeibullCopula, score, [0.3, -0.2], &[0.9, 0.7]);
            assert_derivatives(&WeibullCopula, score, [0.1, 0.5], &[1.2, -0.3]);
        }
    }

    #[test]
    fn cells_are_the_exponential_of_the_log_probability() {
        let shapes = [1.1, 0.6];
        let grid = WeibullCopula.grid([1.4, 0.8], &shapes, 12);
        let tables = WeibullCopula.tables(&shapes, 12);
        let rates = Rates::from_log([1.4_f64.ln(), 0.8_f64.ln()]);
        let p = |score| WeibullCopula.log_probability(&tables, score, &rates, &mut Local::default()).exp();
        assert!((p([2, 1]) - grid.probability(2, 1)).abs() < 1e-9);
        assert!((p([0, 0]) - grid.probability(0, 0)).abs() < 1e-9);
    }
}
