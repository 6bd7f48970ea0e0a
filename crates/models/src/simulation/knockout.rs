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

/// Probability that the home side of a second leg goes through, having won the first by `lead` goals (below zero: lost it);
/// level ties are taken as even.
///
/// ```
/// use touchline_models::{goals::poisson_grid, simulation::second_leg};
/// let grid = poisson_grid([1.4, 1.4], 14);
/// assert!((second_leg(&grid, 0) - 0.5).abs() < 1e-12);
/// assert!(second_leg(&grid, 2) > 0.85);
/// ```
pub fn second_leg(grid: &ScoreGrid, lead: i32) -> f64 {
    let differences = leads(grid);
    let offset = (differences.len() / 2) as i64;
    let through = |(at, p): (usize, &f64)| match at as i64 - offset + i64::from(lead) {
        1.. => *p,
        0 => 0.5 * p,
        _ => 0.0,
    };
    differences.iter().enumerate().map(through).sum()
}

/// A knockout among teams of given final positions: for one further promotion, for a place in Europe, or for the places
/// themselves.
///
/// In each round the best seed left meets the worst. Where the number of teams is no power of two, the best seeds pass over the
/// first round. Whether ties have two legs, and whether the last one is on neutral ground, is in the probabilities.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PlayOff {
    /// Final positions (1 is first) that take part, best first; two or more.
    pub positions: Vec<usize>,
    /// Probability that team `i` beats team `j` in a tie where `i` is the better seed, at `i * teams + j`.
    pub tie: Vec<f64>,
    /// The same for the last tie.
    pub last_tie: Vec<f64>,
    /// Whether the teams end in the order of the knockout: the winner takes the best of the positions, who loses the last tie
    /// the next, and so on; who lost in the same round keep their order.
    pub decides_places: bool,
}

impl PlayOff {
    pub(crate) fn check(&self, teams: usize) -> Result<(), SimulationError> {
        if self.positions.len() < 2 || self.positions.iter().any(|p| *p == 0 || *p > teams) {
            return Err(SimulationError::PlayOff("positions must be two or more places of the table"));
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

    /// Plays it; `order` holds the final table, which follows the knockout where that decides places. Returns the winner.
    pub(crate) fn play(&self, order: &mut [usize], rng: &mut super::SimulationRng) -> usize {
        let teams = order.len();
        let mut left: Vec<usize> = self.positions.iter().map(|p| order[p - 1]).collect();
        // The last to go first; those of one round by seed.
        let mut gone: Vec<usize> = Vec::with_capacity(left.len());
        while left.len() > 1 {
            let table = if left.len() == 2 { &self.last_tie } else { &self.tie };
            let passing = left.len().next_power_of_two() - left.len();
            let ties = (left.len() - passing) / 2;
            let mut losers = Vec::with_capacity(ties);
            for i in 0..ties {
                let (at, other) = (passing + i, left.len() - 1 - i);
                let (better, worse) = (left[at], left[other]);
                if super::rng::chance(table[better * teams + worse], rng) {
                    losers.push(worse);
                } else {
                    left[at] = worse;
                    losers.push(better);
                }
            }
            left.truncate(passing + ties);
            let seed = |team: &usize| order.iter().position(|t| t == team);
            left.sort_unstable_by_key(seed);
            losers.sort_unstable_by_key(seed);
            gone.splice(0..0, losers);
        }
        let winner = left[0];
        if self.decides_places {
            for (position, team) in self.positions.iter().zip(std::iter::once(winner).chain(gone)) {
                order[position - 1] = team;
            }
        }
        winner
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
        let play_off = play_off(vec![3, 4, 5, 6], table, false);
        play_off.check(6).unwrap();
        let mut rng = SimulationRng::new(5, 0);
        let mut order = [5, 4, 3, 2, 1, 0];
        let wins = (0..20_000).filter(|_| play_off.play(&mut order, &mut rng) == 3).count();
        assert_eq!(order, [5, 4, 3, 2, 1, 0], "the table stays as it is");
        // Third place wins both ties.
        assert!((wins as f64 / 20_000.0 - 0.5625).abs() < 0.015);
    }

    fn play_off(positions: Vec<usize>, table: Vec<f64>, decides_places: bool) -> PlayOff {
        PlayOff { positions, tie: table.clone(), last_tie: table, decides_places }
    }

    #[test]
    fn the_best_of_six_or_of_three_pass_over_the_first_round() {
        let mut rng = SimulationRng::new(5, 0);
        // The better seed wins one tie in two: who plays three of them wins an eighth.
        for (positions, shares) in [
            (vec![1, 2, 3, 4, 5, 6], vec![0.25, 0.25, 0.125, 0.125, 0.125, 0.125]),
            (vec![2, 3, 4], vec![0.5, 0.25, 0.25]),
        ] {
            let play_off = play_off(positions.clone(), vec![0.5; 36], false);
            play_off.check(6).unwrap();
            let mut wins = [0_u32; 6];
            for _ in 0..20_000 {
                wins[play_off.play(&mut [0, 1, 2, 3, 4, 5], &mut rng)] += 1;
            }
            for (position, share) in positions.iter().zip(shares) {
                let won = f64::from(wins[position - 1]) / 20_000.0;
                assert!((won - share).abs() < 0.015, "place {position} of {positions:?}: {won}");
            }
        }
    }

    #[test]
    fn places_that_are_decided_follow_the_rounds() {
        let mut rng = SimulationRng::new(1, 0);
        // Who has the higher number wins. Order 0 to 5; 2 meets 5 and 3 meets 4, then 4 meets 5.
        let table: Vec<f64> = (0..36).map(|cell| f64::from(u8::from(cell / 6 > cell % 6))).collect();
        let mut order = [0, 1, 2, 3, 4, 5];
        assert_eq!(play_off(vec![3, 4, 5, 6], table, true).play(&mut order, &mut rng), 5);
        assert_eq!(order, [0, 1, 5, 4, 2, 3]);
    }

    #[test]
    fn a_tie_is_its_second_leg_over_all_leads_of_the_first() {
        let (first, second) = (poisson_grid([1.2, 1.4], 12), poisson_grid([1.9, 0.8], 12));
        let over_leads: f64 =
            leads(&first.swapped()).iter().zip(-12..).map(|(p, lead)| p * second_leg(&second, lead)).sum();
        assert!((over_leads - two_legs(&first, &second)).abs() < 1e-12);
    }

    #[test]
    fn one_team_or_a_place_outside_the_table_is_no_play_off() {
        for positions in [vec![], vec![3], vec![0, 1], vec![6, 7], vec![4, 3]] {
            assert!(play_off(positions.clone(), vec![0.5; 36], false).check(6).is_err(), "{positions:?}");
        }
        assert!(play_off(vec![1, 2], vec![1.5; 36], false).check(6).is_err());
        assert!(play_off(vec![1, 2], vec![0.5; 35], false).check(6).is_err());
    }
}
