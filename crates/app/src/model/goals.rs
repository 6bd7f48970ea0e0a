//! Mean goals of both sides: the strength filter's, corrected by trees on goals.

use super::ModelError;
use touchline_boosting::TreeEnsemble;
use touchline_features::{Definition, FeatureMatrix, Mirror};

/// Mean goals of the home and the away side by the strength filter.
const COLUMNS: [&str; 2] = ["home_expected_goals", "away_expected_goals"];

/// What expects goals.
#[derive(Debug, Clone)]
pub(super) struct Goals {
    columns: [usize; 2],
    mirror: Mirror,
    /// Logarithm of the home side's goals over the filter's; asked of a match's mirror image for the away side.
    pub trees: Option<TreeEnsemble>,
}

impl Goals {
    /// Finds the columns.
    ///
    /// # Errors
    /// The columns of the strength filter are missing.
    pub fn new(definitions: &[Definition], trees: Option<TreeEnsemble>) -> Result<Self, ModelError> {
        let column = |name: &str| {
            let place = definitions.iter().position(|d| d.name == name);
            place.ok_or_else(|| ModelError::Features(format!("{name} is missing")))
        };
        let [home, away] = COLUMNS.map(column);
        Ok(Self { columns: [home?, away?], mirror: Mirror::of(definitions), trees })
    }

    /// Logarithms of the goals that the strength filter expects of the home and the away side.
    pub fn logs(&self, matrix: &FeatureMatrix, row: usize) -> [f64; 2] {
        self.columns.map(|column| f64::from(matrix.column(column)[row]).ln())
    }

    /// Mean goals of the home and the away side of a row.
    ///
    /// # Errors
    /// The matrix has other columns than the trees.
    pub fn means(&self, matrix: &FeatureMatrix, row: usize) -> Result<(f64, f64), ModelError> {
        let mut logs = self.logs(matrix, row);
        if let Some(trees) = &self.trees {
            let values: Vec<f32> = (0..matrix.width()).map(|column| matrix.column(column)[row]).collect();
            let mirrored = (0..matrix.width()).map(|column| {
                let (other, exchange) = self.mirror.source(column);
                exchange.of(values[other])
            });
            let mirrored: Vec<f32> = mirrored.collect();
            for (log, row) in logs.iter_mut().zip([&values, &mirrored]) {
                let mut correction = [0.0];
                trees.predict_raw(row, &mut correction)?;
                *log += correction[0];
            }
        }
        Ok((logs[0].exp(), logs[1].exp()))
    }
}
