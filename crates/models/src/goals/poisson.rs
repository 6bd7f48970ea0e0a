//! Independent Poisson goals.

use super::special::ln_factorial;
use super::{Local, Rates, ScoreFamily};
use touchline_outcomes::ScoreGrid;

/// The independent Poisson model.
///
/// Independent Poisson goals (Maher 1982, "Modelling association football scores").
///
/// ```text
/// home goals ~ Poisson(lambda),  log lambda = level + home advantage + attack[home] + defence[away]
/// away goals ~ Poisson(mu),      log mu     = level                  + attack[away] + defence[home]
/// ```
///
/// Attack and defence are on the log scale; a high defence number means many goals conceded. The
/// log-likelihood is concave, Newton's method needs two or three steps from strengths proportional to goals.
///
/// ```
/// use touchline_models::goals::{FitConfig, GoalMatches, GoalObservation, Poisson, ScoreFamily};
/// use touchline_outcomes::Score;
/// let mut matches = GoalMatches::new(3);
/// for (home, away, h, a) in [(0, 1, 3, 1), (1, 0, 1, 2), (0, 2, 2, 0), (2, 0, 1, 1), (1, 2, 2, 1), (2, 1, 1, 0)] {
///     matches.push(GoalObservation::new(home, away, Score { home: h, away: a }));
/// }
/// let fitted = Poisson.fit(&matches, &FitConfig::default())?;
/// assert!(fitted.attack(0) > fitted.attack(2));
/// let forecast = fitted.grid(0, 2).forecast();
/// assert!(forecast.home() > forecast.away());
/// # Ok::<(), touchline_models::goals::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Poisson;

impl ScoreFamily for Poisson {
    type Tables = ();
    const NAME: &'static str = "poisson";
    const POISSON_FROM: Option<u8> = Some(0);

    fn tables(&self, _: &[f64], _: usize) {}

    #[inline]
    fn log_probability(&self, (): &(), score: [u8; 2], rates: &Rates, local: &mut Local) -> f64 {
        poisson_terms(score, rates, local)
    }

    fn fill(&self, (): &(), rates: [f64; 2], side: usize, cells: &mut [f64]) {
        fill_independent(rates, side, cells);
    }
}

/// Log-probability and derivatives of two independent Poisson counts.
#[inline]
pub(crate) fn poisson_terms(score: [u8; 2], rates: &Rates, local: &mut Local) -> f64 {
    let mut value = 0.0;
    for (k, goals) in score.into_iter().enumerate() {
        let rate = rates.goals[k];
        value += f64::from(goals) * rates.log[k] - rate - ln_factorial(goals);
        local.gradient[k] = f64::from(goals) - rate;
        local.hessian[k][k] = -rate;
    }
    value
}

/// `1 / (k + 1)`: the step from the probability of `k` goals to that of `k + 1`.
const NEXT: [f64; 100] = {
    let mut table = [0.0; 100];
    let mut k = 0;
    while k < 100 {
        table[k] = 1.0 / (k + 1) as f64;
        k += 1;
    }
    table
};

/// Poisson probabilities of 0, 1, ... goals, by recursion; `rate` at most [`MAX_RATE`](super::MAX_RATE).
#[inline]
pub(crate) fn poisson_pmf(rate: f64, pmf: &mut [f64]) {
    let mut p = (-rate).exp();
    for (cell, reciprocal) in pmf.iter_mut().zip(&NEXT) {
        *cell = p;
        p *= reciprocal * rate;
    }
}

/// The outer product of two Poisson distributions.
pub(crate) fn fill_independent(rates: [f64; 2], side: usize, cells: &mut [f64]) {
    let mut pmf = [[0.0; 100]; 2];
    poisson_pmf(rates[0], &mut pmf[0][..side]);
    poisson_pmf(rates[1], &mut pmf[1][..side]);
    outer_product(&pmf[0][..side], &pmf[1][..side], cells);
}

/// `cells[i * n + j] = home[i] * away[j]`.
pub(crate) fn outer_product(home: &[f64], away: &[f64], cells: &mut [f64]) {
    for (row, p) in cells.chunks_exact_mut(away.len()).zip(home) {
        for (cell, q) in row.iter_mut().zip(away) {
            *cell = p * q;
        }
    }
}

/// The grid of two independent Poisson counts; rates in goals, cut to the range 1e-6 to
/// [`MAX_RATE`](super::MAX_RATE).
///
/// ```
/// use touchline_models::goals::poisson_grid;
/// let grid = poisson_grid([1.6, 1.1], 14);
/// assert!((grid.probability(0, 0) - (-2.7_f64).exp()).abs() < 1e-9);
/// ```
pub fn poisson_grid(rates: [f64; 2], max_goals: usize) -> ScoreGrid {
    Poisson.grid(rates, &[], max_goals.min(99))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_one_and_have_the_right_mean() {
        let mut pmf = [0.0; 100];
        for rate in [1e-6, 0.5, 2.7, 30.0] {
            poisson_pmf(rate, &mut pmf);
            let mean: f64 = pmf.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
            assert!((pmf.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!((mean - rate).abs() < 1e-10 * (1.0 + rate));
        }
    }
}
