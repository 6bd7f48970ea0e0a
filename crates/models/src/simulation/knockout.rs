//! Ties of one or two legs, and promotion play-offs.

use super::season::SimulationError;
use touchline_outcomes::ScoreGrid;

/// Probability that the home side of a single match goes through; a draw is decided by extra time and
/// penalties, taken as even.
///
/// ```
/// use touchline_models::{goals::poisson_grid, simulation::one_leg};
/// assert!((one_leg(&poisson_grid([1.3, 1.3], 14)) - 0.5).abs() < 1e-12);
/// ```
pub fn one_leg(grid: &ScoreGrid) -> f64 {
    let forecast = grid.forecast();
    forecast.home() + 0.5 * forecast.draw()
}

/// Probability that the side at home in the second leg goes through on aggregate, without away goals; level
/// ties are decided by extra time and penalties, taken as even. Both grids have their own home side first.
///
/// ```
/// use touchline_models::{goals::poisson_grid, simulation::two_legs};
/// let (first, second) = (poisson_grid([1.2, 1.4], 14), poisson_grid([1.9, 0.8], 14));
/// assert!(two_legs(&first, &second) > 0.7);
/// ```
pub fn two_legs(first: &ScoreGrid, second: &ScoreGrid) -> f64 {
    // Lead of the second leg's home side: it is the away side of the first.
    let (a, b) = (leads(&first.swapped()), leads(second));
    let (offset_a, offset_b) = ((a.len() / 2) as i64, (b.len() / 2) as i64);
    let mut through = 0.0;
    for (i, p) in a.iter().enumerate() {
        for (j, q) in b.iter().enumerate() {
            let lead = i as i64 - offset_a + j as i64 - offset_b;
            through += p * q * if lead > 0 { 1.0 } else { f64::from(u8::from(lead == 0)) * 0.5 };
        }
    }
    through
}

/// Distribution of home minus away goals, from `-max_goals` on.
fn leads(grid: &ScoreGrid) -> Vec<f64> {
    let top = grid.max_goals();
    let mut lead = vec![0.0; 2 * top + 1];
    for (home, row) in grid.rows().enumerate() {
        for (away, p) in row.iter().enumerate() {
            lead[top + home - away] += p;
        }
    }
    lead
}

/// A knockout for one further promotion (or place in Europe) among teams of given final positions.
///
/// In each round the best seed left meets the worst. Whether ties have two legs, and whether the last one is on
/// neutral ground, is in the probabilities.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PlayOff {
    /// Final positions (1 is first) that take part, best first; 2, 4, 8, ... of them.
    pub positions: Vec<usize>,
    /// Probability that team `i` beats team `j` in a tie where `i` is the better seed, at `i * teams + j`.
    pub tie: Vec<f64>,
    /// The same for the last tie.
    pub last_tie: Vec<f64>,
}

impl PlayOff {
    pub(crate) fn check(&self, teams: usize) -> Result<(), SimulationError> {
        let count = self.positions.len();
        if !count.is_power_of_two() || count < 2 || self.positions.iter().any(|p| *p == 0 || *p > teams) {
            return Err(SimulationError::PlayOff("positions must be 2, 4, 8, ... places of the table"));
        }
        if !self.positions.is_sorted_by(|a, b| a < b) {
            return Err(SimulationError::PlayOff("positions must rise"));
        }
        for matrix in [&self.tie, &self.last_tie] {
            if matrix.len() != teams * teams || matrix.iter().any(|p| !(0.0..=1.0).contains(p)) {
                return Err(SimulationError::PlayOff(
                    "probabilities must be a teams x teams table within 0 to 1",
                ));
            }
        }
        Ok(())
    }

    /// Plays it; `order` holds the final table. Returns the winner.
    pub(crate) fn winner(&self, order: &[usize], rng: &mut super::SimulationRng) -> usize {
        let teams = order.len();
        let mut left: Vec<usize> = self.positions.iter().map(|p| order[p - 1]).collect();
        while left.len() > 1 {
            let table = if left.len() == 2 { &self.last_tie } else { &self.tie };
            let half = left.len() / 2;
            for i in 0..half {
                let (better, worse) = (left[i], left[left.len() - 1 - i]);
                if !super::rng::chance(table[better * teams + worse], rng) {
                    left[i] = worse;
                }
            }
            left.truncate(half);
            left.sort_unstable_by_key(|team| order.iter().position(|t| t == team));
        }
        left[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goals::poisson_grid;
    use crate::simulation::SimulationRng;

    #[test]
    fn both_sides_of_a_tie_share_all_probability() {
        let (first, second) = (poisson_grid([1.2, 1.4], 12), poisson_grid([1.9, 0.8], 12));
        let through = two_legs(&first, &second);
        // The other side sees the same tie with the grids swapped in place.
        let other = two_legs(&first.swapped(), &second.swapped());
        assert!((through + other - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_better_seed_wins_as_often_as_its_probability_says() {
        let table = vec![0.75; 36];
        let play_off = PlayOff { positions: vec![3, 4, 5, 6], tie: table.clone(), last_tie: table };
        play_off.check(6).unwrap();
        let mut rng = SimulationRng::new(5, 0);
        let order = [5, 4, 3, 2, 1, 0];
        let wins = (0..20_000).filter(|_| play_off.winner(&order, &mut rng) == 3).count();
        // Third place wins both ties.
        assert!((wins as f64 / 20_000.0 - 0.5625).abs() < 0.015);
    }
}
