//! Bivariate Poisson goals with extra draws.

use super::bivariate_poisson::{SHARED, bivariate_terms, fill_bivariate};
use super::special::ln_factorial;
use super::{Local, MAX_SHAPES, Rates, ScoreFamily, Shape};

/// Distribution of the goals of each side in the extra draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Diagonal {
    /// `D(x) = (1 - theta) theta^x`.
    #[default]
    Geometric,
    /// `D(x) = Poisson(x; theta)`.
    Poisson,
    /// Only 0-0; no `theta`.
    NilNil,
}

/// The diagonal-inflated bivariate Poisson model.
///
/// Bivariate Poisson goals with extra draws (Karlis & Ntzoufras 2003, section 3).
///
/// ```text
/// P(x, y) = (1 - p) BP(x, y) + [x = y] p D(x)
/// ```
///
/// `p` (0 to 0.9) is the share of matches that end in a draw by other causes, and `D` the distribution of
/// goals in them: Poisson or geometric with its own parameter, or always 0-0.
///
/// ```
/// use touchline_models::goals::{BivariatePoisson, Diagonal, DiagonalInflated, ScoreFamily};
/// let plain = BivariatePoisson.grid([1.3, 1.0], &[0.05], 14).forecast().draw();
/// let inflated = DiagonalInflated { diagonal: Diagonal::Geometric }.grid([1.3, 1.0], &[0.05, 0.04, 0.4], 14);
/// assert!((inflated.forecast().draw() - (0.96 * plain + 0.04)).abs() < 1e-6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DiagonalInflated {
    /// Which draws are inflated.
    pub diagonal: Diagonal,
}

impl Diagonal {
    /// `ln D` with its first and second derivative in `theta`.
    fn terms(self, goals: u8, theta: f64) -> (f64, f64, f64) {
        let x = f64::from(goals);
        match self {
            Self::Geometric => {
                let rest = 1.0 - theta;
                (
                    rest.ln() + x * theta.ln(),
                    x / theta - 1.0 / rest,
                    -x / (theta * theta) - 1.0 / (rest * rest),
                )
            }
            Self::Poisson => {
                (x * theta.ln() - theta - ln_factorial(goals), x / theta - 1.0, -x / (theta * theta))
            }
            Self::NilNil if goals == 0 => (0.0, 0.0, 0.0),
            Self::NilNil => (f64::NEG_INFINITY, 0.0, 0.0),
        }
    }
}

impl ScoreFamily for DiagonalInflated {
    type Tables = [f64; MAX_SHAPES];
    const NAME: &'static str = "diagonal_inflated";

    fn shapes(&self) -> Vec<Shape> {
        let inflation =
            Shape { name: "inflation", start: 0.03, lower: 0.0, upper: 0.9, prior_mean: 0.0, prior_sd: 0.05 };
        let theta =
            |upper| Shape { name: "theta", start: 0.5, lower: 0.01, upper, prior_mean: 0.5, prior_sd: 0.3 };
        match self.diagonal {
            Diagonal::Geometric => vec![SHARED, inflation, theta(0.95)],
            Diagonal::Poisson => vec![SHARED, inflation, theta(5.0)],
            Diagonal::NilNil => vec![SHARED, inflation],
        }
    }

    fn tables(&self, shapes: &[f64], _: usize) -> [f64; MAX_SHAPES] {
        std::array::from_fn(|k| shapes.get(k).copied().unwrap_or(0.0))
    }

    fn log_probability(
        &self,
        tables: &[f64; MAX_SHAPES],
        score: [u8; 2],
        rates: &Rates,
        local: &mut Local,
    ) -> f64 {
        let [shared, inflation, theta] = *tables;
        let ln_f = bivariate_terms(shared, score, rates, local);
        let rest = 1.0 - inflation;
        if score[0] != score[1] {
            local.gradient[3] = -1.0 / rest;
            local.hessian[3][3] = -1.0 / (rest * rest);
            return ln_f + rest.ln();
        }
        let (ln_d, d_first, d_second) = self.diagonal.terms(score[0], theta);
        // Scaled by the larger density so that neither underflows.
        let top = ln_f.max(ln_d);
        let (f, d) = ((ln_f - top).exp(), (ln_d - top).exp());
        let p = rest * f + inflation * d;
        let (of_f, of_d) = (rest * f / p, inflation * d / p);
        let inner = *local;
        let mut gradient = [0.0; 2 + MAX_SHAPES];
        let mut hessian = [[0.0; 2 + MAX_SHAPES]; 2 + MAX_SHAPES];
        for i in 0..3 {
            gradient[i] = of_f * inner.gradient[i];
            for (j, h) in hessian[i].iter_mut().enumerate().take(i + 1) {
                *h = of_f * (inner.hessian[i][j] + inner.gradient[i] * inner.gradient[j]);
            }
            hessian[3][i] = -f * inner.gradient[i] / p;
        }
        gradient[3] = (d - f) / p;
        gradient[4] = of_d * d_first;
        hessian[4][3] = d * d_first / p;
        hessian[4][4] = of_d * (d_second + d_first * d_first);
        for i in 0..5 {
            for (h, g) in hessian[i].iter_mut().zip(&gradient).take(i + 1) {
                *h -= gradient[i] * g;
            }
        }
        *local = Local { gradient, hessian };
        top + p.ln()
    }

    fn fill(&self, tables: &[f64; MAX_SHAPES], rates: [f64; 2], side: usize, cells: &mut [f64]) {
        let [shared, inflation, theta] = *tables;
        fill_bivariate(shared, rates, side, cells);
        for p in cells.iter_mut() {
            *p *= 1.0 - inflation;
        }
        for goals in 0..side {
            cells[goals * (side + 1)] += inflation * self.diagonal.terms(goals as u8, theta).0.exp();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::derivatives::assert_derivatives;
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        for score in [[0, 0], [0, 2], [1, 1], [3, 3]] {
            assert_derivatives(
                &DiagonalInflated { diagonal: Diagonal::Geometric },
                score,
                [0.3, -0.2],
                &[0.1, 0.05, 0.4],
            );
            assert_derivatives(
                &DiagonalInflated { diagonal: Diagonal::Poisson },
                score,
                [0.1, 0.2],
                &[0.2, 0.1, 0.7],
            );
            assert_derivatives(
                &DiagonalInflated { diagonal: Diagonal::NilNil },
                score,
                [0.1, 0.2],
                &[0.2, 0.1],
            );
        }
    }
}
