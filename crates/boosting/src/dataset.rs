//! Borrowed training data: a feature [`Matrix`] and the [`Dataset`] that adds labels, checked before training.

use std::collections::HashSet;

use crate::{MAX_FEATURES, Objective};

/// How the values of a [`Matrix`] lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// All columns of row 0, then all columns of row 1, ...
    RowMajor,
    /// All rows of column 0, then all rows of column 1, ...
    ColumnMajor,
}

/// Borrowed features, `rows` x `columns`, as f32; NaN means "not known".
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    layout: Layout,
}

impl<'a> Matrix<'a> {
    /// Wraps `rows * columns` values in the given layout.
    ///
    /// # Errors
    /// [`DatasetError::Shape`] when the number of values is another or either dimension is 0, and
    /// [`DatasetError::TooLarge`] beyond [`MAX_FEATURES`] columns or `i32::MAX` rows.
    pub fn new(values: &'a [f32], rows: usize, columns: usize, layout: Layout) -> Result<Self, DatasetError> {
        if rows == 0 || columns == 0 || rows.checked_mul(columns) != Some(values.len()) {
            return Err(DatasetError::Shape { rows, columns, values: values.len() });
        }
        if columns > MAX_FEATURES || i32::try_from(rows).is_err() {
            return Err(DatasetError::TooLarge { rows, columns });
        }
        Ok(Self { values, rows, columns, layout })
    }

    /// [`Matrix::new`] for row-major values.
    ///
    /// # Errors
    /// As [`Matrix::new`].
    pub fn row_major(values: &'a [f32], rows: usize, columns: usize) -> Result<Self, DatasetError> {
        Self::new(values, rows, columns, Layout::RowMajor)
    }

    /// [`Matrix::new`] for column-major values.
    ///
    /// # Errors
    /// As [`Matrix::new`].
    pub fn column_major(values: &'a [f32], rows: usize, columns: usize) -> Result<Self, DatasetError> {
        Self::new(values, rows, columns, Layout::ColumnMajor)
    }

    /// Whether both are views of the same values in memory.
    pub(crate) fn is(&self, other: &Matrix<'_>) -> bool {
        std::ptr::eq(self.values, other.values)
            && (self.rows, self.columns, self.layout) == (other.rows, other.columns, other.layout)
    }

    /// Number of rows, at least 1.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns, at least 1.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How the values lie in memory.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// All values in [`Matrix::layout`]'s order.
    pub fn values(&self) -> &'a [f32] {
        self.values
    }

    /// Copies rows `first..first + count` into `out`, row-major, `count * columns` values.
    ///
    /// # Panics
    /// When the rows or the size of `out` do not fit.
    pub fn copy_rows(&self, first: usize, count: usize, out: &mut [f32]) {
        let columns = self.columns;
        match self.layout {
            Layout::RowMajor => out.copy_from_slice(&self.values[first * columns..(first + count) * columns]),
            Layout::ColumnMajor => {
                assert_eq!(out.len(), count * columns, "room for {count} rows of {columns} columns");
                for (column, values) in self.values.chunks_exact(self.rows).enumerate() {
                    for (row, &value) in values[first..first + count].iter().enumerate() {
                        out[row * columns + column] = value;
                    }
                }
            }
        }
    }

    /// Row and column of the value at `index` of [`Matrix::values`].
    fn place(&self, index: usize) -> (usize, usize) {
        match self.layout {
            Layout::RowMajor => (index / self.columns, index % self.columns),
            Layout::ColumnMajor => (index % self.rows, index / self.rows),
        }
    }
}

/// Features with what is to be learned from them.
#[derive(Debug, Clone, Copy)]
pub struct Dataset<'a> {
    matrix: Matrix<'a>,
    labels: &'a [f32],
    weights: Option<&'a [f32]>,
    init_scores: Option<&'a [f64]>,
    feature_names: &'a [String],
}

impl<'a> Dataset<'a> {
    /// One label per row: the class number (0, 1, ...) of a multiclass objective, the count of a Poisson one.
    pub fn new(matrix: Matrix<'a>, labels: &'a [f32]) -> Self {
        Self { matrix, labels, weights: None, init_scores: None, feature_names: &[] }
    }

    /// Adds one weight per row, finite and not negative: how much its loss counts.
    #[must_use]
    pub fn with_weights(mut self, weights: &'a [f32]) -> Self {
        self.weights = Some(weights);
        self
    }

    /// Adds scores that boosting starts from, row-major `rows` x `outputs`, on the raw scale (log-odds or log of
    /// the expected count). The trained ensemble does not contain them: add them to its raw scores.
    #[must_use]
    pub fn with_init_scores(mut self, init_scores: &'a [f64]) -> Self {
        self.init_scores = Some(init_scores);
        self
    }

    /// Names the columns, in order; unnamed columns are called `Column_0`, `Column_1`, ...
    #[must_use]
    pub fn with_feature_names(mut self, feature_names: &'a [String]) -> Self {
        self.feature_names = feature_names;
        self
    }

    /// The features.
    pub fn matrix(&self) -> &Matrix<'a> {
        &self.matrix
    }

    pub(crate) fn labels(&self) -> &'a [f32] {
        self.labels
    }

    pub(crate) fn weights(&self) -> Option<&'a [f32]> {
        self.weights
    }

    pub(crate) fn init_scores(&self) -> Option<&'a [f64]> {
        self.init_scores
    }

    pub(crate) fn feature_names(&self) -> &'a [String] {
        self.feature_names
    }

    /// Whether every value may be used with the objective: lengths agree, features are not infinite, labels,
    /// weights and initial scores are finite and in range, names are unique and writable.
    ///
    /// # Errors
    /// The first violation, with its place.
    pub fn check(&self, objective: Objective) -> Result<(), DatasetError> {
        let rows = self.matrix.rows;
        let same_length = |what, expected, found| {
            if expected == found { Ok(()) } else { Err(DatasetError::Length { what, expected, found }) }
        };
        same_length("labels", rows, self.labels.len())?;
        same_length("weights", rows, self.weights.map_or(rows, <[f32]>::len))?;
        let scores = rows.saturating_mul(objective.outputs());
        if i32::try_from(scores).is_err() {
            return Err(DatasetError::TooLarge { rows, columns: self.matrix.columns });
        }
        same_length("initial scores", scores, self.init_scores.map_or(scores, <[f64]>::len))?;

        if let Some(index) = self.matrix.values.iter().position(|value| value.is_infinite()) {
            let (row, column) = self.matrix.place(index);
            return Err(DatasetError::Infinite { row, column });
        }
        if let Some(row) = self.labels.iter().position(|&label| !valid_label(label, objective)) {
            return Err(DatasetError::Label { row, label: self.labels[row], objective });
        }
        if let Some(row) = self.weights.and_then(|all| all.iter().position(|w| !(w.is_finite() && *w >= 0.0)))
        {
            return Err(DatasetError::Weight { row });
        }
        if let Some(index) = self.init_scores.and_then(|all| all.iter().position(|score| !score.is_finite()))
        {
            return Err(DatasetError::InitScore { row: index / objective.outputs() });
        }
        self.check_names()
    }

    /// Whether there is something to learn: a weighted row of every class, or a positive count.
    ///
    /// # Errors
    /// [`DatasetError::MissingClass`] or [`DatasetError::NothingCounted`].
    pub fn check_trainable(&self, objective: Objective) -> Result<(), DatasetError> {
        let counts = |row: usize| self.weights.is_none_or(|weights| weights[row] > 0.0);
        match objective {
            Objective::Multiclass { classes } => {
                let mut seen = vec![false; classes];
                for (row, &label) in self.labels.iter().enumerate().filter(|(row, _)| counts(*row)) {
                    match seen.get_mut(label as usize) {
                        Some(seen) => *seen = true,
                        None => return Err(DatasetError::Label { row, label, objective }),
                    }
                }
                seen.iter()
                    .position(|seen| !seen)
                    .map_or(Ok(()), |class| Err(DatasetError::MissingClass { class }))
            }
            Objective::Poisson if (0..self.labels.len()).any(|row| counts(row) && self.labels[row] > 0.0) => {
                Ok(())
            }
            Objective::Poisson => Err(DatasetError::NothingCounted),
        }
    }

    fn check_names(&self) -> Result<(), DatasetError> {
        let (names, columns) = (self.feature_names, self.matrix.columns);
        if names.is_empty() {
            return Ok(());
        }
        if names.len() != columns {
            let what = "feature names";
            return Err(DatasetError::Length { what, expected: columns, found: names.len() });
        }
        let mut seen = HashSet::new();
        for name in names {
            // LightGBM's text format separates by blanks and refuses JSON's own characters.
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_graphic() && !"\",:[]{}=".contains(c)) {
                return Err(DatasetError::Name { name: name.clone() });
            }
            if !seen.insert(name.as_str()) {
                return Err(DatasetError::RepeatedName { name: name.clone() });
            }
        }
        Ok(())
    }
}

fn valid_label(label: f32, objective: Objective) -> bool {
    match objective {
        Objective::Multiclass { classes } => label >= 0.0 && label < classes as f32 && label.fract() == 0.0,
        Objective::Poisson => label.is_finite() && label >= 0.0,
    }
}

/// Why data cannot be used for training or evaluation.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DatasetError {
    /// The number of values is not rows times columns.
    #[error(
        "{values} values do not fill {rows} rows x {columns} columns; both dimensions must be at least 1"
    )]
    Shape {
        /// Rows asked for.
        rows: usize,
        /// Columns asked for.
        columns: usize,
        /// Values given.
        values: usize,
    },
    /// More rows, columns or scores than the trees can index.
    #[error(
        "{rows} rows x {columns} columns is too large: at most {MAX_FEATURES} columns, and rows times outputs at \
         most {}; train on fewer rows",
        i32::MAX
    )]
    TooLarge {
        /// Rows given.
        rows: usize,
        /// Columns given.
        columns: usize,
    },
    /// One list has another length than the matrix demands.
    #[error("{found} {what} for {expected} expected: pass as many as the matrix demands")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its right length.
        expected: usize,
        /// Its length.
        found: usize,
    },
    /// A feature is infinite.
    #[error("the feature at row {row}, column {column} is infinite: write NaN for a value that is not known")]
    Infinite {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
    },
    /// A label is outside the objective's range.
    #[error(
        "label {label} at row {row} does not suit {objective:?}: classes are 0, 1, ..., counts are finite and >= 0"
    )]
    Label {
        /// Row, from 0.
        row: usize,
        /// The label.
        label: f32,
        /// The objective.
        objective: Objective,
    },
    /// A weight is negative or not finite.
    #[error("the weight of row {row} is negative or not finite: leave a row out by weight 0")]
    Weight {
        /// Row, from 0.
        row: usize,
    },
    /// An initial score is not finite.
    #[error("an initial score of row {row} is not finite: keep probabilities off 0 before taking logarithms")]
    InitScore {
        /// Row, from 0.
        row: usize,
    },
    /// A class has no row of positive weight.
    #[error("class {class} has no row of positive weight: add data or lower the number of classes")]
    MissingClass {
        /// The class.
        class: usize,
    },
    /// No count is above 0.
    #[error(
        "no row of positive weight has a count above 0: add rows with counts, there is no rate to learn otherwise"
    )]
    NothingCounted,
    /// A feature name cannot be written to a model file.
    #[error(
        "feature name {name:?} is not usable: printable ASCII without blanks and without any of \" , : [ ] {{ }} ="
    )]
    Name {
        /// The name.
        name: String,
    },
    /// Two features share a name.
    #[error("feature name {name:?} appears twice: name every column differently")]
    RepeatedName {
        /// The name.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTCOME: Objective = Objective::Multiclass { classes: 3 };

    fn matrix(values: &[f32]) -> Matrix<'_> {
        Matrix::row_major(values, values.len() / 2, 2).unwrap()
    }

    #[test]
    fn a_shape_that_does_not_fill_is_refused() {
        assert_eq!(
            Matrix::row_major(&[1.0; 5], 2, 2).unwrap_err(),
            DatasetError::Shape { rows: 2, columns: 2, values: 5 }
        );
        assert!(Matrix::row_major(&[], 0, 2).is_err());
        assert!(Matrix::row_major(&[1.0], usize::MAX, 2).is_err());
    }

    #[test]
    fn rows_are_the_same_from_either_layout() {
        let by_row = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let by_column = [1.0, 3.0, 5.0, 2.0, 4.0, 6.0];
        let mut from_rows = [0.0; 4];
        let mut from_columns = [0.0; 4];
        Matrix::row_major(&by_row, 3, 2).unwrap().copy_rows(1, 2, &mut from_rows);
        Matrix::column_major(&by_column, 3, 2).unwrap().copy_rows(1, 2, &mut from_columns);
        assert_eq!(from_rows.map(f32::to_bits), [3.0_f32, 4.0, 5.0, 6.0].map(f32::to_bits));
        assert_eq!(from_rows.map(f32::to_bits), from_columns.map(f32::to_bits));
    }

    #[test]
    fn labels_outside_the_objective_are_named_by_row() {
        let values = [0.0; 6];
        for bad in [3.0, -1.0, 0.5, f32::NAN] {
            let labels = [0.0, 1.0, bad];
            let error = Dataset::new(matrix(&values), &labels).check(OUTCOME).unwrap_err();
            assert!(matches!(error, DatasetError::Label { row: 2, .. }), "{error}");
        }
        assert!(Dataset::new(matrix(&values), &[0.0, 0.5, 7.0]).check(Objective::Poisson).is_ok());
        assert!(Dataset::new(matrix(&values), &[0.0, f32::INFINITY, 7.0]).check(Objective::Poisson).is_err());
    }

    #[test]
    fn infinite_features_are_placed_in_either_layout() {
        let mut values = [0.0_f32, 1.0, f32::NAN, 3.0, f32::NEG_INFINITY, 5.0];
        let labels = [0.0, 1.0, 2.0];
        let error = Dataset::new(matrix(&values), &labels).check(OUTCOME).unwrap_err();
        assert_eq!(error, DatasetError::Infinite { row: 2, column: 0 });
        let columns = Matrix::column_major(&values, 3, 2).unwrap();
        let error = Dataset::new(columns, &labels).check(OUTCOME).unwrap_err();
        assert_eq!(error, DatasetError::Infinite { row: 1, column: 1 });
        values[4] = f32::NAN;
        assert_eq!(Dataset::new(matrix(&values), &labels).check(OUTCOME), Ok(()));
    }

    #[test]
    fn weights_init_scores_and_names_are_checked() {
        let values = [0.0; 6];
        let labels = [0.0, 1.0, 2.0];
        let data = Dataset::new(matrix(&values), &labels);
        assert_eq!(data.with_weights(&[1.0, -1.0, 1.0]).check(OUTCOME), Err(DatasetError::Weight { row: 1 }));
        assert!(matches!(
            data.with_weights(&[1.0]).check(OUTCOME),
            Err(DatasetError::Length { what: "weights", expected: 3, found: 1 })
        ));
        let mut scores = [0.0; 9];
        assert!(data.with_init_scores(&scores).check(OUTCOME).is_ok());
        assert!(data.with_init_scores(&scores[..3]).check(OUTCOME).is_err());
        scores[4] = f64::NEG_INFINITY;
        assert_eq!(data.with_init_scores(&scores).check(OUTCOME), Err(DatasetError::InitScore { row: 1 }));
        for (names, good) in [
            (["elo", "rest_days"], true),
            (["elo", "elo"], false),
            (["elo", "rest days"], false),
            (["a=b", "c"], false),
        ] {
            let names = names.map(String::from);
            assert_eq!(data.with_feature_names(&names).check(OUTCOME).is_ok(), good, "{names:?}");
        }
    }

    #[test]
    fn training_needs_a_weighted_row_of_every_class() {
        let values = [0.0; 6];
        let labels = [0.0, 1.0, 2.0];
        let data = Dataset::new(matrix(&values), &labels);
        assert_eq!(data.check_trainable(OUTCOME), Ok(()));
        assert_eq!(
            data.with_weights(&[1.0, 0.0, 1.0]).check_trainable(OUTCOME),
            Err(DatasetError::MissingClass { class: 1 })
        );
        let goalless = Dataset::new(matrix(&values), &[0.0; 3]);
        assert_eq!(goalless.check_trainable(Objective::Poisson), Err(DatasetError::NothingCounted));
    }
}
