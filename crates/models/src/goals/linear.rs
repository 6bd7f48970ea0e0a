//! Dense Cholesky factorisation and solves for the few hundred parameters of a goal model.

use std::ops::Range;

/// Columns that the factorisation finishes at a time.
const PANEL: usize = 4;

/// A square matrix of which only the lower triangle (row >= column) is read or written.
#[derive(Debug, Clone)]
pub(crate) struct Lower {
    size: usize,
    cells: Vec<f64>,
}

impl Lower {
    pub(crate) fn zeros(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * size] }
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn clear(&mut self) {
        self.cells.fill(0.0);
    }

    /// Adds to the entry at a row and column given in any order.
    #[inline]
    pub(crate) fn add(&mut self, i: usize, j: usize, value: f64) {
        let (row, column) = if i >= j { (i, j) } else { (j, i) };
        self.cells[row * self.size + column] += value;
    }

    /// Adds to an entry of which the row is known not to be before the column.
    #[inline]
    pub(crate) fn add_below(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.size + column] += value;
    }

    #[inline]
    pub(crate) fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.cells[i * self.size..][..=i]
    }

    #[inline]
    pub(crate) fn row(&self, i: usize) -> &[f64] {
        &self.cells[i * self.size..][..=i]
    }

    #[inline]
    pub(crate) fn diagonal(&self, i: usize) -> f64 {
        self.cells[i * self.size + i]
    }

    /// Adds to the first entries of a row.
    pub(crate) fn add_row(&mut self, i: usize, values: &[f64]) {
        self.row_mut(i).iter_mut().zip(values).for_each(|(cell, value)| *cell += value);
    }

    /// Cuts row and column `i` out of the system: its unknown becomes 0.
    pub(crate) fn isolate(&mut self, i: usize) {
        for j in 0..self.size {
            let (row, column) = if i >= j { (i, j) } else { (j, i) };
            self.cells[row * self.size + column] = f64::from(u8::from(i == j));
        }
    }

    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.cells.copy_from_slice(&other.cells);
    }

    /// Replaces the matrix by its Cholesky factor. False, with the content spoilt, when a pivot falls below
    /// `tolerance` times its diagonal, that is when the matrix is not safely positive definite.
    ///
    /// Four columns at a time are finished and then taken out of all rows below, which streams through memory
    /// and leaves out rows and columns that the four do not touch: attacks of teams among each other, teams of
    /// different leagues.
    pub(crate) fn factorise(&mut self, tolerance: f64) -> bool {
        let n = self.size;
        let least: Vec<f64> = (0..n).map(|i| tolerance * self.diagonal(i).abs()).collect();
        let mut columns = [(); PANEL].map(|()| vec![0.0; n]);
        for start in (0..n).step_by(PANEL) {
            let end = (start + PANEL).min(n);
            let Some(touched) = self.finish_panel(start..end, &least, &mut columns) else {
                return false;
            };
            let [a, b, c, d] = columns.each_ref().map(|column| &column[touched..]);
            for i in touched..n {
                let row = &mut self.cells[i * n..][..=i];
                let (factors, rest) = row[start..].split_at_mut(end - start);
                let &mut [p, q, r, s] = factors else { unreachable!("only the last panel is narrower") };
                if !all_zero([p, q, r, s]) {
                    let others = a.iter().zip(b).zip(c).zip(d);
                    for (cell, (((a, b), c), d)) in rest[touched - end..].iter_mut().zip(others) {
                        *cell -= (p * a + q * b) + (r * c + s * d);
                    }
                }
            }
        }
        true
    }

    /// Computes the factor in these columns, from which all earlier ones have been taken out, and copies it to
    /// `columns`. Returns the first row below them that is not zero there; `None` when a pivot is below its least.
    fn finish_panel(
        &mut self,
        panel: Range<usize>,
        least: &[f64],
        columns: &mut [Vec<f64>; PANEL],
    ) -> Option<usize> {
        let n = self.size;
        // The factor of the panel's own rows; what a narrow last panel lacks stays zero.
        let mut block = [[0.0; PANEL]; PANEL];
        let mut reciprocals = [0.0; PANEL];
        let mut touched = n;
        for i in panel.start..n {
            let stored = &mut self.cells[i * n..][..panel.end.min(i + 1)][panel.start..];
            let mut row = [0.0; PANEL];
            row.iter_mut().zip(&*stored).for_each(|(value, cell)| *value = *cell);
            for j in 0..PANEL {
                let own = panel.start + j == i;
                let earlier = if own { row } else { block[j] };
                for k in 0..j {
                    row[j] -= row[k] * earlier[k];
                }
                if own {
                    if !(row[j] > least[i] && row[j] > 0.0 && row[j].is_finite()) {
                        return None;
                    }
                    row[j] = row[j].sqrt();
                    reciprocals[j] = 1.0 / row[j];
                    block[j] = row;
                } else {
                    row[j] *= reciprocals[j];
                }
            }
            stored.iter_mut().zip(row).for_each(|(cell, value)| *cell = value);
            for (column, value) in columns.iter_mut().zip(row) {
                column[i] = value;
            }
            if i >= panel.end && touched == n && !all_zero(row) {
                touched = i;
            }
        }
        Some(touched)
    }

    /// Solves `L L' x = b` in place on a factorised matrix.
    pub(crate) fn solve(&self, x: &mut [f64]) {
        self.solve_lower(x);
        self.solve_transposed(x);
    }

    /// Solves `L x = b` in place.
    pub(crate) fn solve_lower(&self, x: &mut [f64]) {
        for i in 0..self.size {
            let row = self.row(i);
            x[i] = (x[i] - dot(&row[..i], &x[..i])) / row[i];
        }
    }

    /// Solves `L' x = b` in place: maps standard normals to draws with the inverse of the matrix as covariance.
    pub(crate) fn solve_transposed(&self, x: &mut [f64]) {
        for i in (0..self.size).rev() {
            let row = self.row(i);
            let value = x[i] / row[i];
            x[i] = value;
            for (earlier, l) in x[..i].iter_mut().zip(row) {
                *earlier -= l * value;
            }
        }
    }

    /// Diagonal of the inverse of the factorised matrix.
    pub(crate) fn inverse_diagonal(&self) -> Vec<f64> {
        (0..self.size).map(|k| self.variance_of(k, None)).collect()
    }

    /// Variance of unknown `k`, or of its difference from another unknown, with the inverse of the factorised
    /// matrix as covariance.
    pub(crate) fn variance_of(&self, k: usize, minus: Option<usize>) -> f64 {
        let mut x = vec![0.0; self.size];
        x[k] = 1.0;
        let mut first = k;
        if let Some(other) = minus {
            x[other] -= 1.0;
            first = first.min(other);
        }
        for i in first..self.size {
            let row = self.row(i);
            x[i] = (x[i] - dot(&row[first..i], &x[first..i])) / row[i];
        }
        x[first..].iter().map(|v| v * v).sum()
    }
}

fn all_zero(values: [f64; PANEL]) -> bool {
    values.iter().all(|value| *value == 0.0)
}

/// Inner product with four independent sums, so that it vectorises.
#[inline]
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (fours_a, rest_a) = a.as_chunks::<4>();
    let (fours_b, rest_b) = b.as_chunks::<4>();
    for (x, y) in fours_a.iter().zip(fours_b) {
        for k in 0..4 {
            sums[k] += x[k] * y[k];
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(x, y)| x * y).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Lower {
        let mut m = Lower::zeros(3);
        for (i, j, v) in [(0, 0, 4.0), (1, 0, 2.0), (1, 1, 5.0), (0, 2, 1.0), (2, 1, 3.0), (2, 2, 6.0)] {
            m.add(i, j, v);
        }
        m
    }

    #[test]
    fn a_solution_satisfies_the_system() {
        let mut m = example();
        assert!(m.factorise(1e-12));
        let mut x = [1.0, 2.0, 3.0];
        m.solve(&mut x);
        let full = [[4.0, 2.0, 1.0], [2.0, 5.0, 3.0], [1.0, 3.0, 6.0]];
        for (row, b) in full.iter().zip([1.0, 2.0, 3.0]) {
            assert!((dot(row, &x) - b).abs() < 1e-12);
        }
        // Determinant 4*(30-9) - 2*(12-3) + 1*(6-5) = 67; minors 21, 23, 16.
        for (v, minor) in m.inverse_diagonal().iter().zip([21.0, 23.0, 16.0]) {
            assert!((v - minor / 67.0).abs() < 1e-12);
        }
    }

    /// A diagonally dominant matrix of two blocks tied together by the last row.
    fn two_blocks(size: usize) -> Lower {
        let mut m = Lower::zeros(size);
        for i in 0..size {
            for j in 0..=i {
                let same_block = (2 * i < size) == (2 * j < size);
                let value =
                    if same_block || i + 1 == size { ((7 * i + 3 * j) % 5) as f64 - 2.0 } else { 0.0 };
                m.add(i, j, if i == j { 3.0 * size as f64 } else { value });
            }
        }
        m
    }

    #[test]
    fn the_factor_times_its_transpose_is_the_matrix_at_every_size() {
        for size in 1..=23 {
            let matrix = two_blocks(size);
            let mut factor = matrix.clone();
            assert!(factor.factorise(1e-12));
            for i in 0..size {
                for j in 0..=i {
                    let product = dot(&factor.row(i)[..=j], factor.row(j));
                    assert!((product - matrix.row(i)[j]).abs() < 1e-12 * size as f64, "{size}: {i}, {j}");
                }
            }
        }
    }

    #[test]
    fn an_indefinite_matrix_is_refused() {
        let mut m = example();
        m.add(2, 2, -6.0);
        assert!(!m.factorise(1e-12));
    }
}
