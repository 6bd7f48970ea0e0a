//! How strong teams really are is not known for certain: draws of all strengths from what the strength filter knows at one
//! time, and what each draw does to a forecast.

use rand::SeedableRng;
use touchline_domain::ScoreGrid;
use touchline_features::{Fixture, History, Seconds};
use touchline_learning::matrices::Horizon;
use touchline_models::dynamic::{GoalFilter, score_grid};
use touchline_models::simulation::SimulationRng;

/// The filter as of one time, and possible truths behind it.
pub(super) struct StrengthDraws {
    filter: GoalFilter,
    draws: Vec<GoalFilter>,
}

impl StrengthDraws {
    /// Walks through all results known at a time, then draws.
    pub fn new(history: &History, as_of: Seconds, draws: u32, seed: u64) -> Self {
        let mut filter = GoalFilter::new(Horizon::Fresh.settings().filter);
        for position in 0..history.len() {
            if history.known_at(position) > as_of {
                continue;
            }
            if let Some(played) = history.played_at(position, as_of) {
                let fixture = &played.fixture;
                filter.update(fixture.pairing(), fixture.occasion(), played.goals.map(f64::from));
            }
        }
        let mut rng = SimulationRng::seed_from_u64(seed ^ 0x5EED_0F57_2E46_7745);
        let draws = (0..draws).map(|_| filter.draw(&mut rng)).collect();
        Self { filter, draws }
    }

    /// A forecast under each draw: the grid with the goals of both sides scaled as the draw scales them, so that the mean
    /// over all draws scales nothing. The grid itself where there is no draw.
    pub fn grids(&self, grid: &ScoreGrid, fixture: &Fixture) -> Vec<ScoreGrid> {
        let eta = |filter: &GoalFilter| {
            let expected = filter.expect(fixture.pairing(), fixture.occasion());
            [expected.eta_home, expected.eta_away]
        };
        let middle = eta(&self.filter);
        let mut factors: Vec<[f64; 2]> = self
            .draws
            .iter()
            .map(|draw| {
                let drawn = eta(draw);
                [0, 1].map(|side| (drawn[side] - middle[side]).exp())
            })
            .collect();
        for side in 0..2 {
            let mean = factors.iter().map(|f| f[side]).sum::<f64>() / factors.len().max(1) as f64;
            for factor in &mut factors {
                factor[side] /= mean;
            }
        }
        if factors.is_empty() {
            vec![grid.clone()]
        } else {
            factors.iter().map(|f| scaled(grid, *f)).collect()
        }
    }

    /// The grid of a pairing that nobody has forecast, such as one of a split, in a setting like that of a fixture.
    pub fn expected(&self, like: &Fixture, [home, away]: [usize; 2]) -> ScoreGrid {
        let fixture = Fixture { home: home as u32, away: away as u32, ..*like };
        let expected = self.filter.expect(fixture.pairing(), fixture.occasion());
        score_grid(expected.goals(), self.filter.config().rho)
    }
}

/// The grid with the goals of both sides scaled: each cell times `factor^goals`, which for independent Poisson goals scales
/// their means and leaves any other dependence as it is.
fn scaled(grid: &ScoreGrid, factors: [f64; 2]) -> ScoreGrid {
    let side = grid.max_goals() + 1;
    let powers = factors.map(|factor| {
        std::iter::successors(Some(1.0), |power| Some(power * factor)).take(side).collect::<Vec<f64>>()
    });
    let cells = grid.cells().iter().enumerate();
    let cells = cells.map(|(cell, p)| p * powers[0][cell / side] * powers[1][cell % side]).collect();
    ScoreGrid::from_weights(grid.max_goals(), cells).unwrap_or_else(|_| grid.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_models::goals::poisson_grid;

    #[test]
    fn scaling_a_poisson_grid_scales_its_means() {
        let (home, away) = scaled(&poisson_grid([1.5, 1.0], 20), [1.2, 0.9]).expected_goals();
        assert!((home - 1.8).abs() < 1e-9 && (away - 0.9).abs() < 1e-9, "{home} {away}");
    }
}
