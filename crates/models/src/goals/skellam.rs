//! Goal difference by the Skellam distribution.

use super::poisson::fill_independent;
use super::special::ln_factorial;
use super::{Local, MAX_RATE, Rates, ScoreFamily};

/// The Skellam model of the goal difference.
///
/// Goal difference by the Skellam distribution (Karlis & Ntzoufras 2009, "Bayesian modelling of football
/// outcomes: using the Skellam's distribution for the goal difference").
///
/// ```text
/// P(home - away = d) = exp(-lambda - mu) (lambda / mu)^(d/2) I_|d|(2 sqrt(lambda mu))
/// ```
///
/// The fit sees only the difference of each score, so whatever adds equally to both sides (such as a shared
/// pace) does not disturb it. The grid is the one of independent Poisson counts with the fitted rates,
/// whose difference has exactly this distribution; trust its differences, not its totals.
///
/// ```
/// use touchline_models::goals::Skellam;
/// let p: f64 = (-30..=30).map(|d| Skellam::probability(d, [1.5, 1.1])).sum();
/// assert!((p - 1.0).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Skellam;

impl Skellam {
    /// Probability of a goal difference (home minus away, -99 to 99, else 0) at rates in goals, cut to
    /// 1e-6 to [`MAX_RATE`].
    pub fn probability(difference: i32, rates: [f64; 2]) -> f64 {
        let goals = difference.unsigned_abs();
        if goals > 99 {
            return 0.0;
        }
        let log_rates = rates.map(|r| if r.is_nan() { 0.0 } else { r.clamp(1e-6, MAX_RATE).ln() });
        let score = if difference > 0 { [goals as u8, 0] } else { [0, goals as u8] };
        Self.log_probability(&(), score, &Rates::from_log(log_rates), &mut Local::default()).exp()
    }
}

impl ScoreFamily for Skellam {
    type Tables = ();
    const NAME: &'static str = "skellam";

    fn tables(&self, _: &[f64], _: usize) {}

    /// Log-probability of the score's difference. Given it, the goals that both sides scored are a latent
    /// count whose mean and variance give all derivatives.
    fn log_probability(&self, (): &(), score: [u8; 2], rates: &Rates, local: &mut Local) -> f64 {
        let common = score[0].min(score[1]);
        let lead = [score[0] - common, score[1] - common];
        let ahead = lead[0].max(lead[1]);
        let (ln_sum, mean, variance) = common_goals(rates.goals[0] * rates.goals[1], ahead);
        let mut value = ln_sum;
        for (i, own) in lead.map(f64::from).into_iter().enumerate() {
            value += own * rates.log[i] - rates.goals[i];
            local.gradient[i] = own - rates.goals[i] + mean;
            for j in 0..=i {
                local.hessian[i][j] = variance;
            }
            local.hessian[i][i] -= rates.goals[i];
        }
        value
    }

    fn fill(&self, (): &(), rates: [f64; 2], side: usize, cells: &mut [f64]) {
        fill_independent(rates, side, cells);
    }
}

/// Log of `sum_m z^m / (m! (m + ahead)!)` with mean and variance of `m` under its terms.
fn common_goals(z: f64, ahead: u8) -> (f64, f64, f64) {
    let (mut term, mut sum, mut first, mut second) = (1.0, 1.0, 0.0, 0.0);
    let mut m = 0.0;
    loop {
        m += 1.0;
        term *= z / (m * (m + f64::from(ahead)));
        sum += term;
        first += m * term;
        second += m * m * term;
        if term < 1e-17 * sum || m > 500.0 {
            break;
        }
    }
    let mean = first / sum;
    (sum.ln() - ln_factorial(ahead), mean, (second / sum - mean * mean).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::super::derivatives::assert_derivatives;
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        for score in [[0, 0], [0, 2], [3, 1], [7, 0]] {
            assert_derivatives(&Skellam, score, [0.3, -0.2], &[]);
        }
    }

    #[test]
    fn the_difference_of_the_grid_has_this_distribution() {
        let grid = Skellam.grid([1.6, 1.1], &[], 30);
        for d in -3..=3_i32 {
            let from_grid: f64 = (0..30)
                .map(|a| usize::try_from(a + d).map_or(0.0, |h| grid.probability(h, a as usize)))
                .sum();
            assert!((Skellam::probability(d, [1.6, 1.1]) - from_grid).abs() < 1e-12);
        }
    }
}
