//! From two goal means to home win, draw and away win, or to the whole score grid.

use touchline_outcomes::ScoreGrid;

/// Goals up to this many per side are counted; the mass beyond it is below 1e-6 at four expected goals.
const GOALS: usize = 15;

/// Probabilities of home win, draw and away win for independent Poisson goals with the low-score correction of
/// Dixon & Coles (1997, *Applied Statistics* 46), normalised. `means` are the expected goals of both sides
/// (clamped to 0.01..=12), `rho` their dependence at 0-0, 0-1, 1-0 and 1-1.
///
/// ```
/// let [home, draw, away] = touchline_models::dynamic::outcome_probabilities((1.6, 1.1), -0.06);
/// assert!(home > away && draw > 0.2);
/// assert!((home + draw + away - 1.0).abs() < 1e-12);
/// ```
pub fn outcome_probabilities(means: (f64, f64), rho: f64) -> [f64; 3] {
    let (home, away) = (means.0.clamp(0.01, 12.0), means.1.clamp(0.01, 12.0));
    let (p, q) = (poisson(home), poisson(away));
    let (mut home_win, mut draw, mut away_win) = (0.0, 0.0, 0.0);
    // Running sums of both marginals: P(other side scored fewer than `n`).
    let (mut below_home, mut below_away) = (0.0, 0.0);
    for n in 0..=GOALS {
        home_win += p[n] * below_away;
        away_win += q[n] * below_home;
        draw += p[n] * q[n];
        below_home += p[n];
        below_away += q[n];
    }
    let shift = admissible(rho, home, away) * home * away * p[0] * q[0];
    home_win += shift;
    away_win += shift;
    draw -= 2.0 * shift;
    let total = home_win + draw + away_win;
    [home_win / total, draw / total, away_win / total]
}

/// The score grid up to 15-15 behind [`outcome_probabilities`], from the same means and dependence.
pub fn score_grid(means: (f64, f64), rho: f64) -> ScoreGrid {
    let (home, away) = (means.0.clamp(0.01, 12.0), means.1.clamp(0.01, 12.0));
    let (p, q) = (poisson(home), poisson(away));
    let mut cells: Vec<f64> = p.iter().flat_map(|x| q.iter().map(move |y| x * y)).collect();
    let rho = admissible(rho, home, away);
    cells[0] *= 1.0 - home * away * rho;
    cells[1] *= 1.0 + home * rho;
    cells[GOALS + 1] *= 1.0 + away * rho;
    cells[GOALS + 2] *= 1.0 - rho;
    for cell in &mut cells {
        *cell = cell.max(0.0);
    }
    ScoreGrid::from_weights(GOALS, cells).expect("Poisson cells are finite and have mass")
}

/// The dependence nearest to `rho` for which no cell is negative.
fn admissible(rho: f64, home: f64, away: f64) -> f64 {
    rho.clamp((-1.0 / home).max(-1.0 / away), (1.0 / (home * away)).min(1.0))
}

fn poisson(mean: f64) -> [f64; GOALS + 1] {
    let mut p = [0.0; GOALS + 1];
    p[0] = (-mean).exp();
    for n in 1..=GOALS {
        p[n] = p[n - 1] * mean * RECIPROCAL[n];
    }
    p
}

const RECIPROCAL: [f64; GOALS + 1] = {
    let mut r = [0.0; GOALS + 1];
    let mut n = 1;
    while n <= GOALS {
        r[n] = 1.0 / n as f64;
        n += 1;
    }
    r
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_shortcut_equals_the_grid(home in 0.05_f64..4.0, away in 0.05_f64..4.0, rho in -0.2_f64..0.05) {
            let fast = outcome_probabilities((home, away), rho);
            let grid = score_grid((home, away), rho).forecast().as_array();
            for i in 0..3 {
                prop_assert!((fast[i] - grid[i]).abs() < 1e-12, "{fast:?} {grid:?}");
            }
        }

        #[test]
        fn probabilities_are_valid_for_any_input(home in any::<f64>(), away in any::<f64>(), rho in -9.0_f64..9.0) {
            prop_assume!(!home.is_nan() && !away.is_nan());
            for p in outcome_probabilities((home, away), rho) {
                prop_assert!((0.0..=1.0).contains(&p));
            }
        }
    }
}
