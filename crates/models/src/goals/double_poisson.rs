//! Double Poisson goals.

use super::weighted_poisson::{self, WeightTables};
use super::{Local, Rates, ScoreFamily, Shape};

/// The double Poisson model.
///
/// Double Poisson goals (Efron 1986, "Double exponential families and their use in generalized linear
/// regression").
///
/// ```text
/// P(x) proportional to sqrt(theta) exp(-theta rate) (exp(-x) x^x / x!) (e rate / x)^(theta x)
/// ```
///
/// `theta` (no unit, 0.1 to 10): the variance is about `rate / theta`, so above 1 goals vary less than Poisson; 1
/// is exactly Poisson. The normaliser is summed exactly where Efron gives an approximation; the mean is
/// `rate` to the accuracy of his approximation. Sides are independent given the rates.
///
/// ```
/// use touchline_models::goals::{DoublePoisson, ScoreFamily, poisson_grid};
/// let over = DoublePoisson.grid([1.5, 1.2], &[0.8], 20);
/// assert!(over.probability(5, 1) > poisson_grid([1.5, 1.2], 20).probability(5, 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DoublePoisson;

impl ScoreFamily for DoublePoisson {
    type Tables = WeightTables;
    const NAME: &'static str = "double_poisson";

    fn shapes(&self) -> Vec<Shape> {
        vec![Shape { name: "theta", start: 1.0, lower: 0.1, upper: 10.0, prior_mean: 1.0, prior_sd: 0.2 }]
    }

    fn tables(&self, shapes: &[f64], _: usize) -> WeightTables {
        let theta = shapes.first().copied().unwrap_or(1.0);
        weighted_poisson::tables(theta, |x, ln_factorial| {
            let t = if x > 0.0 { x * x.ln() - x } else { 0.0 };
            (t, t - ln_factorial)
        })
    }

    fn log_probability(
        &self,
        tables: &WeightTables,
        score: [u8; 2],
        rates: &Rates,
        local: &mut Local,
    ) -> f64 {
        tables.log_probability(score, rates.log, local)
    }

    fn fill(&self, tables: &WeightTables, rates: [f64; 2], side: usize, cells: &mut [f64]) {
        tables.fill(rates, side, cells);
    }
}

#[cfg(test)]
mod tests {
    use super::super::derivatives::assert_derivatives;
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        for score in [[0, 0], [0, 2], [3, 1], [7, 4]] {
            for shape in [0.7, 1.0, 1.8] {
                assert_derivatives(&DoublePoisson, score, [0.3, -0.2], &[shape]);
            }
        }
    }

    #[test]
    fn the_variance_is_about_the_rate_over_theta() {
        let grid = DoublePoisson.grid([4.0, 4.0], &[1.25], 40);
        let (mean, _) = grid.expected_goals();
        let second: f64 =
            grid.rows().enumerate().map(|(x, row)| (x * x) as f64 * row.iter().sum::<f64>()).sum();
        assert!((mean - 4.0).abs() < 0.02, "{mean}");
        assert!((second - mean * mean - 3.2).abs() < 0.05);
    }
}
