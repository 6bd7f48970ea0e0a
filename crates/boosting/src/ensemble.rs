//! [`TreeEnsemble`]: a trained model in plain Rust, its predictions and its importances.

pub(crate) mod forest;
mod masks;
pub(crate) mod parse;

use std::{fmt, thread};

pub(crate) use forest::{Forest, Tree};
use masks::Scratch;
use parse::ParseError;

use crate::{Matrix, Objective};

/// Rows that a batch prediction scores at a time: they and the scores stay in the nearest caches.
const BLOCK: usize = 64;

/// A trained model: boosted trees with numerical splits.
///
/// Raw scores equal LightGBM's bit for bit: values and thresholds are compared as LightGBM compares them, missing
/// values go where it sends them, and trees are summed in its order. Features are f32 in the order of
/// [`TreeEnsemble::feature_names`], NaN for "not known".
#[derive(Clone)]
pub struct TreeEnsemble {
    objective: Objective,
    feature_names: Vec<String>,
    forest: Forest,
    importances: Vec<Importance>,
    text: String,
}

/// How much the splits on one feature contributed to training.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Importance {
    /// Loss that the splits took away, summed, to the six digits that the text keeps.
    pub gain: f64,
    /// Number of splits.
    pub splits: usize,
}

/// A row, a matrix or an output of another size than the model's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PredictError {
    /// The features are not the model's.
    #[error("{found} features for a model of {expected}: build them from the model's own feature list")]
    Columns {
        /// The model's.
        expected: usize,
        /// Those given.
        found: usize,
    },
    /// The output has another size.
    #[error("room for {found} scores, the model gives {expected}")]
    Outputs {
        /// The model's.
        expected: usize,
        /// The room given.
        found: usize,
    },
}

impl TreeEnsemble {
    /// Reads LightGBM's text format, as written by [`TreeEnsemble::to_text`] or any LightGBM tool.
    ///
    /// # Errors
    /// [`ParseError`] for anything that is not a sound model of numerical splits with a multiclass or Poisson
    /// objective; no text panics or runs on for ever.
    pub fn from_text(text: &str) -> Result<Self, ParseError> {
        parse::parse(text)
    }

    /// The model in LightGBM's text format: its form on disk.
    pub fn to_text(&self) -> &str {
        &self.text
    }

    /// What the model was trained for.
    pub fn objective(&self) -> Objective {
        self.objective
    }

    /// Names of the features, in the order in which rows hold them.
    pub fn feature_names(&self) -> &[String] {
        &self.feature_names
    }

    /// Scores per row: the number of classes, or 1.
    pub fn outputs(&self) -> usize {
        self.objective.outputs()
    }

    /// Boosting rounds, each one tree per output.
    pub fn rounds(&self) -> usize {
        self.forest.len() / self.outputs()
    }

    /// Importance of each feature, in the order of the names.
    pub fn importances(&self) -> &[Importance] {
        &self.importances
    }

    /// Raw scores of one row into `out` (one per output): log-odds up to a constant, or the log of the count.
    ///
    /// A model trained from initial scores does not contain them: add the row's to `out`, then call
    /// [`Objective::transform`].
    ///
    /// # Errors
    /// [`PredictError`] when a size is not the model's.
    pub fn predict_raw(&self, row: &[f32], out: &mut [f64]) -> Result<(), PredictError> {
        self.check_columns(row.len())?;
        self.check_outputs(out.len())?;
        out.fill(0.0);
        self.forest.score_row(row, out);
        Ok(())
    }

    /// Probabilities of the classes, or the expected count, of one row into `out`.
    ///
    /// # Errors
    /// [`PredictError`] when a size is not the model's.
    pub fn predict(&self, row: &[f32], out: &mut [f64]) -> Result<(), PredictError> {
        self.predict_raw(row, out)?;
        self.objective.transform(out);
        Ok(())
    }

    /// Raw scores of every row, row-major `rows` x `outputs`, on `threads` threads (0: every core). The answer
    /// does not depend on the number of threads.
    ///
    /// # Errors
    /// [`PredictError::Columns`] when the matrix has not the model's number of columns.
    pub fn predict_raw_batch(&self, matrix: &Matrix<'_>, threads: usize) -> Result<Vec<f64>, PredictError> {
        self.check_columns(matrix.columns())?;
        let outputs = self.outputs();
        let mut scores = vec![0.0; matrix.rows() * outputs];
        let blocks = matrix.rows().div_ceil(BLOCK);
        let share = BLOCK * blocks.div_ceil(thread_count(threads).min(blocks));
        thread::scope(|scope| {
            let mut shares = scores.chunks_mut(share * outputs).enumerate();
            let own = shares.next();
            for (index, out) in shares {
                scope.spawn(move || self.score_share(matrix, index * share, out));
            }
            if let Some((_, out)) = own {
                self.score_share(matrix, 0, out);
            }
        });
        Ok(scores)
    }

    /// As [`TreeEnsemble::predict_raw_batch`], with each row's scores made probabilities or an expected count.
    ///
    /// # Errors
    /// [`PredictError::Columns`] when the matrix has not the model's number of columns.
    pub fn predict_batch(&self, matrix: &Matrix<'_>, threads: usize) -> Result<Vec<f64>, PredictError> {
        let mut scores = self.predict_raw_batch(matrix, threads)?;
        scores.chunks_exact_mut(self.outputs()).for_each(|row| self.objective.transform(row));
        Ok(scores)
    }

    /// Scores the rows from `first` on that `out` has room for.
    fn score_share(&self, matrix: &Matrix<'_>, first: usize, out: &mut [f64]) {
        let (columns, outputs) = (matrix.columns(), self.outputs());
        let mut rows = vec![0.0; BLOCK * columns];
        let mut scratch = Scratch::new(outputs);
        for (block, out) in out.chunks_mut(BLOCK * outputs).enumerate() {
            let count = out.len() / outputs;
            let rows = &mut rows[..count * columns];
            matrix.copy_rows(first + block * BLOCK, count, rows);
            self.forest.score_rows(rows, columns, out, outputs, &mut scratch);
        }
    }

    pub(crate) fn check_columns(&self, found: usize) -> Result<(), PredictError> {
        let expected = self.feature_names.len();
        if found == expected { Ok(()) } else { Err(PredictError::Columns { expected, found }) }
    }

    fn check_outputs(&self, found: usize) -> Result<(), PredictError> {
        let expected = self.outputs();
        if found == expected { Ok(()) } else { Err(PredictError::Outputs { expected, found }) }
    }

    pub(crate) fn forest(&self) -> &Forest {
        &self.forest
    }
}

fn thread_count(asked: usize) -> usize {
    if asked == 0 { thread::available_parallelism().map_or(1, usize::from) } else { asked }
}

impl fmt::Debug for TreeEnsemble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TreeEnsemble")
            .field("objective", &self.objective)
            .field("features", &self.feature_names.len())
            .field("rounds", &self.rounds())
            .finish_non_exhaustive()
    }
}
