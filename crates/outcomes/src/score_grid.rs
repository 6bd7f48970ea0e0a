//! The joint distribution of both sides' goals: the one object from which every market of a match derives.

use crate::{Forecast, Outcome};
use thiserror::Error;

/// Probabilities of every score from 0-0 to `max_goals`-`max_goals`, row-major by home goals.
///
/// Cells are non-negative and sum to 1: mass beyond the grid has been folded back by normalising, so choose
/// `max_goals` such that the tail is negligible (10 covers 1 - 1e-6 at three expected goals a side).
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreGrid {
    side: usize,
    cells: Box<[f64]>,
}

/// Why numbers are not a score grid.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum ScoreGridError {
    /// The number of cells is not `(max_goals + 1)` squared.
    #[error("a grid up to {max_goals} goals needs {expected} cells, not {found}")]
    Shape {
        /// Highest goal count of a side.
        max_goals: usize,
        /// Cells that such a grid has.
        expected: usize,
        /// Cells given.
        found: usize,
    },
    /// A negative or non-finite cell.
    #[error("a cell of the grid is negative or not finite")]
    Cell,
    /// No mass at all.
    #[error("the cells of the grid sum to 0")]
    Empty,
    /// Cells that were stored as a grid and do not sum to 1.
    #[error("the cells of the grid sum to {0}, not to 1")]
    Sum(f64),
    /// Bytes that are not a packed grid.
    #[error("the bytes are not a packed score grid of this version")]
    Packed,
}

/// How far from 1 the cells of a packed grid may sum.
const PACKED_SUM_TOLERANCE: f64 = 1e-9;
/// First byte of a packed grid.
const PACKED_VERSION: u8 = 1;
/// The most goals of a side that a packed grid can hold.
const PACKED_MAX_GOALS: usize = 63;

impl ScoreGrid {
    /// Scales non-negative weights to a grid. `cells[home * (max_goals + 1) + away]` weighs the score
    /// `home`-`away`.
    ///
    /// # Errors
    /// A wrong number of cells, a negative or non-finite cell, or no mass.
    pub fn from_weights(max_goals: usize, cells: Vec<f64>) -> Result<Self, ScoreGridError> {
        let side = max_goals + 1;
        if cells.len() != side * side {
            return Err(ScoreGridError::Shape { max_goals, expected: side * side, found: cells.len() });
        }
        if cells.iter().any(|p| !p.is_finite() || *p < 0.0) {
            return Err(ScoreGridError::Cell);
        }
        let mut grid = Self { side, cells: cells.into_boxed_slice() };
        let sum: f64 = grid.cells.iter().sum();
        if !(sum.is_finite() && sum > 0.0) {
            return Err(ScoreGridError::Empty);
        }
        grid.cells.iter_mut().for_each(|p| *p /= sum);
        Ok(grid)
    }

    /// The cells as bytes that [`unpacked`](Self::unpacked) turns back bit for bit: a version, the most goals of a side,
    /// then the eight bytes of every cell, the first byte (little-endian) of all cells before the second. Signs and
    /// exponents, which are much alike, lie together so that compression finds them.
    pub fn packed(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 + self.cells.len() * 8);
        bytes.push(PACKED_VERSION);
        bytes.push(u8::try_from(self.max_goals()).unwrap_or(u8::MAX));
        for byte in 0..8 {
            bytes.extend(self.cells.iter().map(|cell| cell.to_le_bytes()[byte]));
        }
        bytes
    }

    /// The grid that was packed.
    ///
    /// # Errors
    /// The bytes are of another version or length, or the cells are not those of a grid.
    pub fn unpacked(bytes: &[u8]) -> Result<Self, ScoreGridError> {
        let [PACKED_VERSION, max_goals, planes @ ..] = bytes else { return Err(ScoreGridError::Packed) };
        let side = usize::from(*max_goals) + 1;
        let count = side * side;
        if side > PACKED_MAX_GOALS + 1 || planes.len() != count * 8 {
            return Err(ScoreGridError::Packed);
        }
        let cell = |at: usize| f64::from_le_bytes(std::array::from_fn(|byte| planes[byte * count + at]));
        let cells: Box<[f64]> = (0..count).map(cell).collect();
        if cells.iter().any(|p| !p.is_finite() || *p < 0.0) {
            return Err(ScoreGridError::Cell);
        }
        let sum: f64 = cells.iter().sum();
        if (sum - 1.0).abs() > PACKED_SUM_TOLERANCE {
            return Err(ScoreGridError::Sum(sum));
        }
        Ok(Self { side, cells })
    }

    /// The likeliest score, home goals first; of equals the one with fewer home goals, then fewer away goals.
    pub fn likeliest_score(&self) -> (usize, usize) {
        let mut best = 0;
        for (at, p) in self.cells.iter().enumerate() {
            if *p > self.cells[best] {
                best = at;
            }
        }
        (best / self.side, best % self.side)
    }

    /// Probability of three goals or more.
    pub fn over_2_5(&self) -> f64 {
        self.sum_where(|home, away| home + away > 2)
    }

    /// Probability that both sides score.
    pub fn both_teams_score(&self) -> f64 {
        self.sum_where(|home, away| home > 0 && away > 0)
    }

    fn sum_where(&self, wanted: impl Fn(usize, usize) -> bool) -> f64 {
        let cells = self.cells.iter().enumerate();
        let sum: f64 = cells.filter(|(at, _)| wanted(at / self.side, at % self.side)).map(|(_, p)| p).sum();
        sum.clamp(0.0, 1.0)
    }

    /// The highest number of goals of a side that the grid holds.
    pub fn max_goals(&self) -> usize {
        self.side - 1
    }

    /// Probability of the score `home`-`away`; 0 outside the grid.
    pub fn probability(&self, home: usize, away: usize) -> f64 {
        if home < self.side && away < self.side { self.cells[home * self.side + away] } else { 0.0 }
    }

    /// All cells, row-major by home goals.
    pub fn cells(&self) -> &[f64] {
        &self.cells
    }

    /// One row per number of home goals, each over the away goals.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.cells.chunks_exact(self.side)
    }

    /// Home win, draw and away win.
    pub fn forecast(&self) -> Forecast {
        let mut weights = [0.0; 3];
        for (home, row) in self.rows().enumerate() {
            weights[Outcome::AwayWin.index()] += row[home + 1..].iter().sum::<f64>();
            weights[Outcome::Draw.index()] += row[home];
            weights[Outcome::HomeWin.index()] += row[..home].iter().sum::<f64>();
        }
        Forecast::normalised(weights).expect("a grid has non-negative cells and mass 1")
    }

    /// Mean goals of the home and of the away side.
    pub fn expected_goals(&self) -> (f64, f64) {
        let mut mean = (0.0, 0.0);
        for (home, row) in self.rows().enumerate() {
            for (away, p) in row.iter().enumerate() {
                mean.0 += p * home as f64;
                mean.1 += p * away as f64;
            }
        }
        mean
    }

    /// The grid closest to this one in Kullback-Leibler divergence whose 1X2 probabilities are `target`
    /// (the I-projection: each of the three regions is scaled by one factor; Csiszár 1975).
    ///
    /// A region without mass here stays without mass, and the rest is scaled to sum 1.
    #[must_use]
    pub fn conditioned_on(&self, target: &Forecast) -> Self {
        let current = self.forecast().as_array();
        let wanted = target.as_array();
        let factor: [f64; 3] =
            std::array::from_fn(|i| if current[i] > 0.0 { wanted[i] / current[i] } else { 0.0 });
        let mut cells = self.cells.to_vec();
        for (home, row) in cells.chunks_exact_mut(self.side).enumerate() {
            for (away, p) in row.iter_mut().enumerate() {
                *p *= factor[match home.cmp(&away) {
                    std::cmp::Ordering::Greater => Outcome::HomeWin.index(),
                    std::cmp::Ordering::Equal => Outcome::Draw.index(),
                    std::cmp::Ordering::Less => Outcome::AwayWin.index(),
                }];
            }
        }
        Self::from_weights(self.side - 1, cells).unwrap_or_else(|_| self.clone())
    }

    /// The same match with the sides swapped.
    #[must_use]
    pub fn swapped(&self) -> Self {
        let mut cells = self.cells.clone();
        for home in 0..self.side {
            for away in 0..self.side {
                cells[away * self.side + home] = self.cells[home * self.side + away];
            }
        }
        Self { side: self.side, cells }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grids() -> impl Strategy<Value = ScoreGrid> {
        (0_usize..12).prop_flat_map(|n| {
            prop::collection::vec(1e-9_f64..1.0, (n + 1) * (n + 1))
                .prop_map(move |cells| ScoreGrid::from_weights(n, cells).unwrap())
        })
    }

    #[test]
    fn hostile_cells_are_refused() {
        assert_eq!(ScoreGrid::from_weights(1, vec![0.0; 4]), Err(ScoreGridError::Empty));
        assert_eq!(ScoreGrid::from_weights(1, vec![1.0, -0.1, 0.0, 0.0]), Err(ScoreGridError::Cell));
        assert_eq!(ScoreGrid::from_weights(1, vec![f64::NAN; 4]), Err(ScoreGridError::Cell));
        assert!(matches!(ScoreGrid::from_weights(2, vec![1.0]), Err(ScoreGridError::Shape { .. })));
    }

    #[test]
    fn bytes_that_are_no_packed_grid_are_refused() {
        let packed = ScoreGrid::from_weights(2, vec![1.0; 9]).unwrap().packed();
        for bytes in
            [&[][..], &packed[..1], &packed[..packed.len() - 1], &[2, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]]
        {
            assert_eq!(ScoreGrid::unpacked(bytes), Err(ScoreGridError::Packed));
        }
        let mut doubled = packed.clone();
        // The highest byte of a cell, with its exponent.
        *doubled.last_mut().unwrap() = 0x40;
        assert!(matches!(ScoreGrid::unpacked(&doubled), Err(ScoreGridError::Sum(_))));
        *doubled.last_mut().unwrap() = 0xbf;
        assert_eq!(ScoreGrid::unpacked(&doubled), Err(ScoreGridError::Cell));
        let huge = [[PACKED_VERSION, 255].to_vec(), vec![0; 256 * 256 * 8]].concat();
        assert_eq!(ScoreGrid::unpacked(&huge), Err(ScoreGridError::Packed));
    }

    proptest! {
        #[test]
        fn a_packed_grid_comes_back_bit_for_bit(grid in grids()) {
            let back = ScoreGrid::unpacked(&grid.packed()).unwrap();
            let bits = |grid: &ScoreGrid| grid.cells().iter().map(|p| p.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&back), bits(&grid));
            prop_assert_eq!(back.max_goals(), grid.max_goals());
        }

        #[test]
        fn summaries_of_a_grid_agree_with_its_cells(grid in grids()) {
            let (home, away) = grid.likeliest_score();
            prop_assert!(grid.cells().iter().all(|p| *p <= grid.probability(home, away)));
            let (mut over, mut both) = (0.0, 0.0);
            for (home, row) in grid.rows().enumerate() {
                for (away, p) in row.iter().enumerate() {
                    over += if home + away > 2 { *p } else { 0.0 };
                    both += if home.min(away) > 0 { *p } else { 0.0 };
                }
            }
            prop_assert!((grid.over_2_5() - over).abs() < 1e-12);
            prop_assert!((grid.both_teams_score() - both).abs() < 1e-12);
        }

        #[test]
        fn swapping_sides_swaps_the_forecast(grid in grids()) {
            let (f, s) = (grid.forecast(), grid.swapped().forecast());
            prop_assert!((f.home() - s.away()).abs() < 1e-12);
            prop_assert!((f.draw() - s.draw()).abs() < 1e-12);
        }

        #[test]
        fn conditioning_gives_the_wanted_outcomes(
            cells in prop::collection::vec(1e-6_f64..1.0, 49),
            w in prop::array::uniform3(0.01_f64..1.0),
        ) {
            let target = Forecast::normalised(w).unwrap();
            let grid = ScoreGrid::from_weights(6, cells).unwrap().conditioned_on(&target);
            for outcome in Outcome::ALL {
                prop_assert!((grid.forecast().probability(outcome) - target.probability(outcome)).abs() < 1e-9);
            }
            prop_assert!((grid.cells().iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}
