//! Mean goals of both sides: the strength filter's (that of earlier prices where the features see these), corrected by
//! trees on goals.

use super::ModelError;
use touchline_boosting::TreeEnsemble;
use touchline_features::{FeatureMatrix, Mirror};

/// Mean goals of the home and the away side; the first that a match has are what its goals start from.
const SOURCES: [[&str; 2]; 2] =
    [["earlier_home_goals", "earlier_away_goals"], ["home_expected_goals", "away_expected_goals"]];

/// What expects goals.
#[derive(Debug, Clone)]
pub(super) struct Goals {
    sources: Vec<[usize; 2]>,
    /// Logarithm of the home side's goals over the filter's; asked of a match's mirror image for the away side.
    pub trees: Option<TreeEnsemble>,
}

impl Goals {
    /// Finds the columns.
    ///
    /// # Errors
    /// The columns of the strength filter are missing.
    pub fn new(names: &[String], trees: Option<TreeEnsemble>) -> Result<Self, ModelError> {
        let column = |name: &str| names.iter().position(|n| n == name);
        let columns = |[home, away]: [&str; 2]| Some([column(home)?, column(away)?]);
        let [_, strength] = SOURCES;
        if columns(strength).is_none() {
            return Err(ModelError::Features(format!("{} is missing", strength[0])));
        }
        let sources = SOURCES.into_iter().filter_map(columns).collect();
        Ok(Self { sources, trees })
    }

    /// Logarithms of the goals that a filter expects of the home and the away side.
    pub fn logs(&self, matrix: &FeatureMatrix, row: usize) -> [f64; 2] {
        let goals = |source: &[usize; 2]| source.map(|column| f64::from(matrix.column(column)[row]));
        let known = self.sources.iter().map(goals).find(|goals| goals[0].is_finite());
        known.map_or([f64::NAN; 2], |goals| goals.map(f64::ln))
    }

    /// Mean goals of the home and the away side of a row, by the trees where there is a mirror to learn from.
    ///
    /// # Errors
    /// The matrix has other columns than the trees.
    pub fn means(
        &self,
        matrix: &FeatureMatrix,
        row: usize,
        mirror: Option<&Mirror>,
    ) -> Result<(f64, f64), ModelError> {
        let mut logs = self.logs(matrix, row);
        if let (Some(trees), Some(mirror)) = (&self.trees, mirror) {
            let values: Vec<f32> = (0..matrix.width()).map(|column| matrix.column(column)[row]).collect();
            for (log, row) in logs.iter_mut().zip([&values, &mirror.images(&values, 1)]) {
                let mut correction = [0.0];
                trees.predict_raw(row, &mut correction)?;
                *log += correction[0];
            }
        }
        Ok((logs[0].exp(), logs[1].exp()))
    }
}
