//! The feature matrix: columns of `f32` in memory or mapped from a file.

mod file;

use crate::registry::Definition;
use std::sync::Arc;
use touchline_domain::MatchId;

pub use file::MatrixError;

/// Features of some matches, column-major; a missing value is NaN.
#[derive(Debug, Clone)]
pub struct FeatureMatrix {
    definitions: Vec<Definition>,
    names: Vec<String>,
    ids: Vec<MatchId>,
    values: Values,
}

#[derive(Debug, Clone)]
enum Values {
    Owned(Vec<f32>),
    Mapped(Arc<file::Mapped>),
}

impl FeatureMatrix {
    /// Puts row-major blocks together. A block lists its rows and their values, one row after the other.
    pub(crate) fn assemble<'a>(
        definitions: Vec<Definition>,
        ids: Vec<MatchId>,
        blocks: impl Iterator<Item = (&'a [u32], &'a [f32])>,
        threads: usize,
    ) -> Self {
        let (rows, width) = (ids.len(), definitions.len());
        // Where each row's values lie.
        let mut source: Vec<&[f32]> = vec![&[]; rows];
        for (block_rows, values) in blocks {
            for (row, values) in block_rows.iter().zip(values.chunks_exact(width)) {
                source[*row as usize] = values;
            }
        }
        let mut values = vec![0.0_f32; rows * width];
        if rows > 0 {
            let per_thread = width.div_ceil(threads.max(1));
            std::thread::scope(|scope| {
                for (part, chunk) in values.chunks_mut(per_thread * rows).enumerate() {
                    let source = &source;
                    scope.spawn(move || transpose(source, part * per_thread, chunk));
                }
            });
        }
        Self::new(definitions, ids, Values::Owned(values))
    }

    fn new(definitions: Vec<Definition>, ids: Vec<MatchId>, values: Values) -> Self {
        let names = definitions.iter().map(|d| d.name.clone()).collect();
        Self { definitions, names, ids, values }
    }

    fn values(&self) -> &[f32] {
        match &self.values {
            Values::Owned(values) => values,
            Values::Mapped(mapped) => mapped.values(),
        }
    }

    /// Number of matches.
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.definitions.len()
    }

    /// What the columns mean.
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// Names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The match of each row.
    pub fn ids(&self) -> &[MatchId] {
        &self.ids
    }

    /// One column, a value per match.
    pub fn column(&self, column: usize) -> &[f32] {
        &self.values()[column * self.rows()..(column + 1) * self.rows()]
    }

    /// The position of a column.
    pub fn column_named(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// Copies one row.
    pub fn row(&self, row: usize) -> Vec<f32> {
        (0..self.width()).map(|column| self.column(column)[row]).collect()
    }

    /// Copies the columns of some definitions.
    #[must_use]
    pub fn select(&self, wanted: impl Fn(&Definition) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.width()).filter(|c| wanted(&self.definitions[*c])).collect();
        let definitions = kept.iter().map(|column| self.definitions[*column].clone()).collect();
        let values = kept.iter().flat_map(|column| self.column(*column)).copied().collect();
        Self::new(definitions, self.ids.clone(), Values::Owned(values))
    }

    /// Copies rows, all columns, column-major.
    pub fn gather(&self, rows: &[usize]) -> Vec<f32> {
        let mut out = Vec::with_capacity(rows.len() * self.width());
        for column in 0..self.width() {
            let values = self.column(column);
            out.extend(rows.iter().map(|row| values[*row]));
        }
        out
    }
}

/// Rows are read in tiles so that each cache line of a row is used for all its columns.
fn transpose(source: &[&[f32]], first_column: usize, out: &mut [f32]) {
    const TILE: usize = 64;
    let rows = source.len();
    let columns = out.len() / rows;
    for tile in (0..rows).step_by(TILE) {
        let end = (tile + TILE).min(rows);
        for column in 0..columns {
            let out = &mut out[column * rows + tile..column * rows + end];
            for (out, row) in out.iter_mut().zip(&source[tile..end]) {
                *out = row[first_column + column];
            }
        }
    }
}
