//! Drawing scores from a grid in constant time.

use rand::Rng;
use touchline_outcomes::{Score, ScoreGrid};

/// Walker's alias table of a score grid (Walker 1977; built as Vose 1991): one random number and one table
/// look-up per score.
///
/// Thresholds have 32 bits, so a cell's probability is met within 2^-32 per table entry.
#[derive(Debug, Clone)]
pub struct ScoreSampler {
    /// Threshold in the upper half; below it own home, own away, alias home, alias away.
    entries: Box<[u64]>,
    shift: u32,
}

impl ScoreSampler {
    /// Builds the table.
    pub fn new(grid: &ScoreGrid) -> Self {
        let side = grid.max_goals() + 1;
        let size = grid.cells().len().next_power_of_two().max(2);
        let score = |cell: usize| -> u64 {
            let cell = cell.min(side * side - 1);
            (((cell / side).min(255) << 8) | (cell % side).min(255)) as u64
        };
        let mut share: Vec<f64> = grid.cells().iter().map(|p| p * size as f64).collect();
        share.resize(size, 0.0);
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..size).partition(|i| share[*i] < 1.0);
        let mut threshold = vec![1.0; size];
        let mut alias: Vec<usize> = (0..size).collect();
        while let (Some(s), Some(l)) = (small.pop(), large.last().copied()) {
            threshold[s] = share[s];
            alias[s] = l;
            share[l] -= 1.0 - share[s];
            if share[l] < 1.0 {
                large.pop();
                small.push(l);
            }
        }
        // What is left over in `small` is there by rounding; a padding entry must still never draw itself.
        let likeliest = (0..grid.cells().len()).max_by(|a, b| grid.cells()[*a].total_cmp(&grid.cells()[*b]));
        for s in small.into_iter().filter(|s| *s >= grid.cells().len()) {
            threshold[s] = 0.0;
            alias[s] = likeliest.unwrap_or(0);
        }
        let entries = (0..size)
            .map(|i| {
                let cut = (threshold[i] * 4_294_967_296.0).min(4_294_967_295.0) as u64;
                (cut << 32) | (score(i) << 16) | score(alias[i])
            })
            .collect();
        Self { entries, shift: 64 - size.trailing_zeros() }
    }

    /// Draws a score as home goals in the upper, away goals in the lower byte.
    #[inline]
    pub(crate) fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> u16 {
        let bits = rng.next_u64();
        let entry = self.entries[(bits >> self.shift) as usize];
        let own = (bits & 0xFFFF_FFFF) < (entry >> 32);
        if own { (entry >> 16) as u16 } else { entry as u16 }
    }

    /// Draws a score.
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Score {
        let score = self.draw(rng);
        Score { home: (score >> 8) as u8, away: score as u8 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goals::poisson_grid;
    use crate::simulation::SimulationRng;

    #[test]
    fn the_table_holds_the_grid() {
        let grid = poisson_grid([1.6, 1.1], 14);
        let sampler = ScoreSampler::new(&grid);
        let mut mass = vec![0.0; 256 * 256];
        let size = sampler.entries.len() as f64;
        for entry in &sampler.entries {
            let own = (entry >> 32) as f64 / 4_294_967_296.0;
            mass[(entry >> 16) as usize & 0xFFFF] += own / size;
            mass[*entry as usize & 0xFFFF] += (1.0 - own) / size;
        }
        for home in 0..=14 {
            for away in 0..=14 {
                assert!(
                    (mass[(home << 8) | away] - grid.probability(home, away)).abs() < 1e-9,
                    "{home}-{away}"
                );
            }
        }
    }

    #[test]
    fn a_one_cell_grid_always_draws_it() {
        let sampler = ScoreSampler::new(&poisson_grid([2.0, 1.0], 0));
        let mut rng = SimulationRng::new(1, 1);
        assert!((0..1000).all(|_| sampler.sample(&mut rng) == Score { home: 0, away: 0 }));
    }
}
