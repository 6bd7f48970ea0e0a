//! Conway-Maxwell-Poisson goals.

use super::weighted_poisson::{self, WeightTables};
use super::{Local, Rates, ScoreFamily, Shape};

/// The Conway-Maxwell-Poisson model.
///
/// Conway-Maxwell-Poisson goals (Conway & Maxwell 1962; Shmueli et al. 2005, "A useful distribution for
/// fitting discrete data"), in the rate form of Guikema & Coffelt (2008).
///
/// ```text
/// P(x) = (rate^x / x!)^nu / Z(rate, nu)
/// ```
///
/// `nu` (no unit, 0.1 to 10) above 1 means that goals vary less than Poisson, below 1 more; 1 is exactly Poisson.
/// `rate` is near the mean, and exactly the mean at `nu = 1`. Sides are independent given the rates. `Z` is
/// summed until its terms fall below 1e-18 of the largest.
///
/// ```
/// use touchline_models::goals::{ConwayMaxwellPoisson, ScoreFamily, poisson_grid};
/// let under = ConwayMaxwellPoisson.grid([1.5, 1.2], &[1.3], 20);
/// assert!(under.probability(5, 1) < poisson_grid([1.5, 1.2], 20).probability(5, 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConwayMaxwellPoisson;

impl ScoreFamily for ConwayMaxwellPoisson {
    type Tables = WeightTables;
    const NAME: &'static str = "conway_maxwell_poisson";

    fn shapes(&self) -> Vec<Shape> {
        vec![Shape { name: "nu", start: 1.0, lower: 0.1, upper: 10.0, prior_mean: 1.0, prior_sd: 0.2 }]
    }

    fn tables(&self, shapes: &[f64], _: usize) -> WeightTables {
        let nu = shapes.first().copied().unwrap_or(1.0);
        weighted_poisson::tables(nu, |_, ln_factorial| (ln_factorial, 0.0))
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
                assert_derivatives(&ConwayMaxwellPoisson, score, [0.3, -0.2], &[shape]);
            }
        }
    }

    #[test]
    fn known_values() {
        // nu = 2: Z = I_0(2 rate), here at rate 1: 2.279585302336067.
        let grid = ConwayMaxwellPoisson.grid([1.0, 1.0], &[2.0], 20);
        assert!((grid.probability(0, 0) - 2.279_585_302_336_067_f64.powi(-2)).abs() < 1e-14);
        // nu = 1 is Poisson.
        let poisson = super::super::poisson_grid([1.7, 0.8], 14);
        for (p, q) in ConwayMaxwellPoisson.grid([1.7, 0.8], &[1.0], 14).cells().iter().zip(poisson.cells()) {
            assert!((p - q).abs() < 1e-14);
        }
    }
}
