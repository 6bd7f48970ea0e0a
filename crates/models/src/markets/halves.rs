//! First half, second half, and half-time/full-time.

use thiserror::Error;
use touchline_outcomes::{Forecast, Outcome, ScoreGrid};

/// Why periods cannot be priced.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum HalvesError {
    /// A share outside 0 to 1.
    #[error("the first half's share of goals is {0}; it lies within 0 to 1, usually near 0.45")]
    Share(f64),
    /// A grid larger than the split was prepared for.
    #[error("the grid reaches {grid} goals, the split {split}; build it with max_goals {grid}")]
    Size {
        /// Highest goal count of the grid.
        grid: usize,
        /// Highest goal count of the split.
        split: usize,
    },
}

/// Joint probabilities of the outcome at half-time and at full-time.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HalfTimeFullTime {
    cells: [[f64; 3]; 3],
}

impl HalfTimeFullTime {
    /// One of the nine.
    pub fn probability(&self, half_time: Outcome, full_time: Outcome) -> f64 {
        self.cells[half_time.index()][full_time.index()]
    }

    /// All nine: rows by half-time outcome, columns by full-time outcome, both home, draw, away.
    pub fn cells(&self) -> [[f64; 3]; 3] {
        self.cells
    }

    /// Half-time alone.
    pub fn half_time(&self) -> Forecast {
        let sums = self.cells.map(|row| row.iter().sum());
        Forecast::normalised(sums).unwrap_or_else(|_| unreachable!("the nine cells have mass 1"))
    }

    /// Full-time alone.
    pub fn full_time(&self) -> Forecast {
        let sums = std::array::from_fn(|f| self.cells.iter().map(|row| row[f]).sum());
        Forecast::normalised(sums).unwrap_or_else(|_| unreachable!("the nine cells have mass 1"))
    }
}

/// Splits full-time grids into halves; built once, it prices any number of grids.
///
/// Two ways to get two periods. [`HalfTimeSplit`] thins a full-time grid: each goal of a side falls into the
/// first half independently with that side's share (binomial thinning), so the full-time grid stays exactly what
/// it was; about 0.44 to 0.46 of goals fall before the interval (Dixon & Robinson 1998 measure the rise of the
/// scoring rate). [`Periods`] takes a grid per half, assumed independent, and adds them.
///
/// ```
/// use touchline_models::markets::HalfTimeSplit;
/// use touchline_outcomes::ScoreGrid;
/// let grid = ScoreGrid::from_weights(1, vec![0.3, 0.2, 0.4, 0.1])?;
/// let split = HalfTimeSplit::new(0.45, 0.45, 10)?;
/// let table = split.half_time_full_time(&grid)?;
/// // A 1-0 win was drawn at half-time if the goal came after it.
/// assert!((table.probability(touchline_outcomes::Outcome::Draw, touchline_outcomes::Outcome::HomeWin) - 0.4 * 0.55).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HalfTimeSplit {
    max_goals: usize,
    /// `home[n][k]`: of `n` home goals `k` fall into the first half.
    home: Vec<Vec<f64>>,
    away: Vec<Vec<f64>>,
    /// Half-time outcome given the full-time score, row-major by home goals.
    outcomes: Vec<[f64; 3]>,
}

impl HalfTimeSplit {
    /// Prepares for grids up to `max_goals`, given the share of each side's goals that fall before the interval.
    ///
    /// # Errors
    /// A share outside \[0, 1\].
    pub fn new(home_share: f64, away_share: f64, max_goals: usize) -> Result<Self, HalvesError> {
        for share in [home_share, away_share] {
            if !(0.0..=1.0).contains(&share) {
                return Err(HalvesError::Share(share));
            }
        }
        let (home, away) = (binomials(home_share, max_goals), binomials(away_share, max_goals));
        let mut outcomes = Vec::with_capacity((max_goals + 1) * (max_goals + 1));
        for h in &home {
            for a in &away {
                let mut o = [0.0; 3];
                for (i, p) in h.iter().enumerate() {
                    let cut = i.min(a.len());
                    o[0] += p * a[..cut].iter().sum::<f64>();
                    o[1] += p * a.get(i).copied().unwrap_or(0.0);
                    o[2] += p * a[(i + 1).min(a.len())..].iter().sum::<f64>();
                }
                outcomes.push(o);
            }
        }
        Ok(Self { max_goals, home, away, outcomes })
    }

    fn check(&self, grid: &ScoreGrid) -> Result<(), HalvesError> {
        if grid.max_goals() <= self.max_goals {
            Ok(())
        } else {
            Err(HalvesError::Size { grid: grid.max_goals(), split: self.max_goals })
        }
    }

    /// The nine joint outcomes.
    ///
    /// # Errors
    /// A grid larger than the split was prepared for.
    pub fn half_time_full_time(&self, grid: &ScoreGrid) -> Result<HalfTimeFullTime, HalvesError> {
        self.check(grid)?;
        let mut cells = [[0.0; 3]; 3];
        for (h, row) in grid.rows().enumerate() {
            let table = &self.outcomes[h * (self.max_goals + 1)..];
            for (a, (p, at_half)) in row.iter().zip(table).enumerate() {
                let full = match h.cmp(&a) {
                    std::cmp::Ordering::Greater => 0,
                    std::cmp::Ordering::Equal => 1,
                    std::cmp::Ordering::Less => 2,
                };
                for (cell, q) in cells.iter_mut().zip(at_half) {
                    cell[full] += p * q;
                }
            }
        }
        Ok(HalfTimeFullTime { cells })
    }

    /// The score grid at half-time; every market of the first half derives from it.
    ///
    /// # Errors
    /// A grid larger than the split was prepared for.
    pub fn first_half(&self, grid: &ScoreGrid) -> Result<ScoreGrid, HalvesError> {
        self.check(grid)?;
        Ok(self.thinned(grid, |weights, _, k| weights[k]))
    }

    /// The score grid of the second half alone.
    ///
    /// # Errors
    /// A grid larger than the split was prepared for.
    pub fn second_half(&self, grid: &ScoreGrid) -> Result<ScoreGrid, HalvesError> {
        self.check(grid)?;
        Ok(self.thinned(grid, |weights, n, k| weights[n - k]))
    }

    /// `B_h' P B_a`, first over the away goals, then over the home goals.
    fn thinned(&self, grid: &ScoreGrid, weight: impl Fn(&[f64], usize, usize) -> f64) -> ScoreGrid {
        let n = grid.max_goals() + 1;
        let mut half = vec![0.0; n * n];
        for (h, row) in grid.rows().enumerate() {
            for (a, p) in row.iter().enumerate() {
                for j in 0..=a {
                    half[h * n + j] += p * weight(&self.away[a], a, j);
                }
            }
        }
        let mut cells = vec![0.0; n * n];
        for h in 0..n {
            for i in 0..=h {
                let w = weight(&self.home[h], h, i);
                for j in 0..n {
                    cells[i * n + j] += w * half[h * n + j];
                }
            }
        }
        ScoreGrid::from_weights(n - 1, cells).unwrap_or_else(|_| unreachable!("thinning keeps mass 1"))
    }
}

/// Binomial distributions of 0 to `max` trials.
fn binomials(share: f64, max: usize) -> Vec<Vec<f64>> {
    let mut rows = vec![vec![1.0]];
    for n in 1..=max {
        let last = &rows[n - 1];
        let row = (0..=n)
            .map(|k| {
                let stay = last.get(k).map_or(0.0, |p| p * (1.0 - share));
                stay + if k > 0 { last[k - 1] * share } else { 0.0 }
            })
            .collect();
        rows.push(row);
    }
    rows
}

/// Two independent halves, each with its own grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Periods {
    first: ScoreGrid,
    second: ScoreGrid,
}

impl Periods {
    /// Puts two halves together.
    pub fn new(first: ScoreGrid, second: ScoreGrid) -> Self {
        Self { first, second }
    }

    /// The grid of the first half.
    pub fn first(&self) -> &ScoreGrid {
        &self.first
    }

    /// The grid of the second half.
    pub fn second(&self) -> &ScoreGrid {
        &self.second
    }

    /// The full-time grid: the sum of both halves' goals.
    pub fn full_time(&self) -> ScoreGrid {
        let max = self.first.max_goals() + self.second.max_goals();
        let mut cells = vec![0.0; (max + 1) * (max + 1)];
        for (h1, row1) in self.first.rows().enumerate() {
            for (a1, p1) in row1.iter().enumerate() {
                for (h2, row2) in self.second.rows().enumerate() {
                    let start = (h1 + h2) * (max + 1) + a1;
                    for (cell, p2) in cells[start..].iter_mut().zip(row2) {
                        *cell += p1 * p2;
                    }
                }
            }
        }
        ScoreGrid::from_weights(max, cells)
            .unwrap_or_else(|_| unreachable!("two grids of mass 1 have mass 1"))
    }

    /// The nine joint outcomes, from the goal differences of both halves.
    pub fn half_time_full_time(&self) -> HalfTimeFullTime {
        let first = super::Markets::of(&self.first);
        let second = super::Markets::of(&self.second);
        let later = second.goal_difference();
        let mut cells = [[0.0; 3]; 3];
        let start = first.goal_difference().lowest();
        for (i, p) in first.goal_difference().mass().iter().enumerate() {
            let lead = start + i as i32;
            let half = match lead.cmp(&0) {
                std::cmp::Ordering::Greater => 0,
                std::cmp::Ordering::Equal => 1,
                std::cmp::Ordering::Less => 2,
            };
            cells[half][0] += p * later.above(-lead);
            cells[half][1] += p * later.at(-lead);
            cells[half][2] += p * later.below(-lead);
        }
        HalfTimeFullTime { cells }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::poisson_grid;
    use super::*;

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() < tolerance, "{a} is not {b}");
    }

    #[test]
    fn thinned_poisson_goals_are_poisson_again() {
        // Thinning independent Poisson goals gives independent Poisson halves, so both ways must agree.
        let grid = poisson_grid(1.6, 1.1, 24);
        let split = HalfTimeSplit::new(0.45, 0.42, 24).unwrap();
        let (first, second) = (poisson_grid(0.72, 0.462, 24), poisson_grid(0.88, 0.638, 24));
        let halves = [split.first_half(&grid).unwrap(), split.second_half(&grid).unwrap()];
        for (ours, expected) in halves.iter().zip([&first, &second]) {
            for (a, b) in ours.cells().iter().zip(expected.cells()) {
                close(*a, *b, 1e-12);
            }
        }
        let thinned = split.half_time_full_time(&grid).unwrap();
        let independent = Periods::new(first, second).half_time_full_time();
        for (a, b) in thinned.cells().iter().flatten().zip(independent.cells().iter().flatten()) {
            close(*a, *b, 1e-12);
        }
    }

    #[test]
    fn full_time_is_what_it_was() {
        let grid = poisson_grid(2.1, 0.8, 14);
        let table = HalfTimeSplit::new(0.44, 0.46, 14).unwrap().half_time_full_time(&grid).unwrap();
        for o in Outcome::ALL {
            close(table.full_time().probability(o), grid.forecast().probability(o), 1e-12);
        }
        let periods = Periods::new(poisson_grid(0.9, 0.5, 6), poisson_grid(1.1, 0.6, 7));
        let full = periods.full_time().forecast();
        for o in Outcome::ALL {
            close(periods.half_time_full_time().full_time().probability(o), full.probability(o), 1e-12);
        }
    }

    #[test]
    fn hostile_settings_are_errors() {
        for share in [f64::NAN, -0.1, 1.1, f64::INFINITY] {
            assert!(HalfTimeSplit::new(share, 0.5, 5).is_err());
        }
        let split = HalfTimeSplit::new(0.0, 1.0, 3).unwrap();
        assert_eq!(
            split.first_half(&poisson_grid(1.0, 1.0, 4)),
            Err(HalvesError::Size { grid: 4, split: 3 })
        );
        let first = split.first_half(&poisson_grid(1.0, 1.0, 3)).unwrap();
        close(first.expected_goals().0, 0.0, 1e-15);
    }
}
