//! The forecasting model: boosted trees on top of the strength filter, calibrated, and their bundle on disk.
//!
//! The strength filter's probabilities (where the features see bookmakers' prices and a match has some, the
//! market's) are the starting score of the trees, so the trees learn only what these miss; a temperature fitted
//! on the latest matches makes the result calibrated. Scores come from the filter's goal means, corrected by trees
//! on goals and conditioned on the forecast so that all markets agree with it.

mod bundle;
mod explain;
mod fit;
mod goals;
mod initial_score;
mod names;
mod recipe;
mod training_set;

use crate::matrices::Horizon;
use crate::predictor::{
    FeatureRows, MatchBatch, MatchForecast, ModelLabel, Prediction, Predictions, Predictor,
};
use chrono::{DateTime, Utc};
use goals::Goals;
use initial_score::InitialScore;
use serde::{Deserialize, Serialize};
use touchline_boosting::{Matrix, TreeEnsemble};
use touchline_domain::Forecast;
use touchline_features::{Definition, FeatureMatrix, Mirror, Settings, View};
use touchline_models::calibration::LogPool;
use touchline_models::metrics::Evaluation;

#[cfg(test)]
pub(crate) use initial_score::tests as invented;

pub use crate::model_error::ModelError;
pub use bundle::{
    BundleError, FORMAT, is_registered_bundle, load, load_registered, read_files, save, write_files,
};
pub use explain::{Explanation, Factor};
pub use fit::fit;
pub use names::{MODEL_NAME, name_of, view_of};
pub use recipe::Recipe;

/// What is known of a trained model; kept beside its trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Layout of the bundle.
    pub format: u32,
    /// Name of the model.
    pub name: String,
    /// Version: the time of training.
    pub version: String,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
    /// Results known after this time were not used.
    pub trained_until: DateTime<Utc>,
    /// Whether any match was simulated.
    pub simulated: bool,
    /// Hash of the facts that it learned from.
    pub data_hash: String,
    /// How it was trained.
    pub recipe: Recipe,
    /// One per horizon.
    pub variants: Vec<VariantManifest>,
}

/// What is known of the trees of one horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantManifest {
    /// How far ahead it forecasts.
    pub horizon: Horizon,
    /// Parameters of its features.
    pub settings: Settings,
    /// Its columns, in order.
    pub features: Vec<Definition>,
    /// Matches that it was trained on.
    pub rows: usize,
    /// Divisor of the scores before they become probabilities.
    pub temperature: f64,
    /// Weights of the market's average, Pinnacle and the strength filter in what scores start from, where the features
    /// see prices.
    #[serde(default)]
    pub pool: Option<LogPool>,
    /// Scores on the latest matches, by trees that had not seen them, before calibration.
    pub holdout: Option<Holdout>,
    /// Files of trees and their BLAKE3 hashes.
    pub files: Vec<FileHash>,
    /// File of the trees on goals; none: the strength filter's goals stand as they are.
    pub goals: Option<FileHash>,
}

/// Scores on matches after those that the trees were fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Holdout {
    /// First kick-off.
    pub from: DateTime<Utc>,
    /// Last kick-off.
    pub to: DateTime<Utc>,
    /// The scores with their standard errors.
    pub scores: Evaluation,
    /// Expected calibration error over ten bins of equal size.
    pub calibration_error: f64,
}

/// A file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash {
    /// File name within the bundle.
    pub name: String,
    /// BLAKE3, lower-case hex.
    pub blake3: String,
}

/// Trees of one horizon, ready to forecast.
#[derive(Debug, Clone)]
pub struct Variant {
    trees: Vec<TreeEnsemble>,
    temperature: f64,
    initial: InitialScore,
    goals: Goals,
    /// Where the trees learned from mirror images too.
    mirror: Option<Mirror>,
}

impl Variant {
    fn new(
        trees: Vec<TreeEnsemble>,
        temperature: f64,
        initial: InitialScore,
        goals: Goals,
        mirror: Option<Mirror>,
    ) -> Self {
        Self { trees, temperature, initial, goals, mirror }
    }

    /// How the market's average, Pinnacle and the strength filter are weighted where scores start from all three.
    pub fn pool(&self) -> Option<&LogPool> {
        self.initial.pool()
    }

    /// The trees, an ensemble per training.
    pub fn trees(&self) -> &[TreeEnsemble] {
        &self.trees
    }

    /// Divisor of the scores before they become probabilities.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// Forecasts of all rows of a matrix with the model's columns.
    ///
    /// # Errors
    /// The matrix has other columns than the model.
    pub(crate) fn forecasts(
        &self,
        matrix: &FeatureMatrix,
        rows: &[usize],
        threads: usize,
    ) -> Result<Vec<Forecast>, ModelError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let values = matrix.gather(rows);
        let scores = self.scores(&values, rows.len(), matrix.width(), threads)?;
        Ok(scores.into_iter().map(|s| softmax(s, self.temperature)).collect())
    }

    /// Logarithms of probabilities, up to a constant per row, before calibration. `values` are column-major. Trees that
    /// learned from mirror images are asked of the image too: their mean does not depend on which side is named first.
    fn scores(
        &self,
        values: &[f32],
        rows: usize,
        columns: usize,
        threads: usize,
    ) -> Result<Vec<[f64; 3]>, ModelError> {
        let mut scores: Vec<[f64; 3]> =
            (0..rows).map(|row| self.initial.scores(|column| values[column * rows + row])).collect();
        let images = self.mirror.as_ref().map(|mirror| mirror.images(values, rows));
        let share = 1.0 / (self.trees.len() * if images.is_some() { 2 } else { 1 }) as f64;
        let learned = |values: &[f32]| {
            let matrix = Matrix::column_major(values, rows, columns)
                .map_err(|e| ModelError::Features(e.to_string()))?;
            let answers = self.trees.iter().map(|trees| trees.predict_raw_batch(&matrix, threads));
            answers.collect::<Result<Vec<_>, _>>().map_err(ModelError::from)
        };
        for raw in learned(values)? {
            for (score, raw) in scores.iter_mut().zip(raw.chunks_exact(3)) {
                score.iter_mut().zip(raw).for_each(|(s, r)| *s += share * r);
            }
        }
        for raw in images.map(|images| learned(&images)).transpose()?.into_iter().flatten() {
            // What is a home win here is an away win in the mirror.
            for (score, raw) in scores.iter_mut().zip(raw.chunks_exact(3)) {
                score.iter_mut().zip(raw.iter().rev()).for_each(|(s, r)| *s += share * r);
            }
        }
        Ok(scores)
    }

    /// Forecasts of some rows of a matrix with the model's columns, with their scores.
    ///
    /// # Errors
    /// The matrix has other columns than the model.
    pub(crate) fn predict(
        &self,
        FeatureRows { matrix, rows }: FeatureRows<'_>,
        threads: usize,
    ) -> Result<Predictions, ModelError> {
        let forecasts = self.forecasts(matrix, rows, threads)?;
        let with_scores = |(forecast, row): (Forecast, &usize)| {
            let goals = self.goals.means(matrix, *row, self.mirror.as_ref())?;
            Ok(Some(Prediction::Scores(MatchForecast::over_goals(forecast, goals))))
        };
        forecasts.into_iter().zip(rows).map(with_scores).collect()
    }
}

fn softmax(scores: [f64; 3], temperature: f64) -> Forecast {
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Forecast::normalised(scores.map(|s| ((s - highest) / temperature).exp()))
        .expect("the highest score has weight 1")
}

/// A trained model, ready to forecast.
#[derive(Debug, Clone)]
pub struct ForecastModel {
    /// What is known of it.
    pub manifest: Manifest,
    /// Trees by [`Horizon::ALL`].
    variants: [Variant; 2],
}

impl ForecastModel {
    /// Trees by [`Horizon::ALL`] and what is known of them.
    ///
    /// # Panics
    /// There is not one variant per horizon.
    pub fn new(manifest: Manifest, variants: Vec<Variant>) -> Self {
        let variants = variants.try_into().expect("one variant per horizon");
        Self { manifest, variants }
    }

    /// What its features see of a match itself.
    pub fn view(&self) -> View {
        self.manifest.recipe.view()
    }

    /// The trees of a horizon.
    pub fn variant(&self, horizon: Horizon) -> &Variant {
        &self.variants[horizon as usize]
    }

    /// Checks that the features of this program are those that the model was trained on.
    ///
    /// # Errors
    /// They are not: parameters, names or versions differ.
    pub fn check_features(&self, horizon: Horizon) -> Result<(), ModelError> {
        let settings = horizon.settings().with_view(self.view());
        let VariantManifest { settings: learned_with, features: then, .. } =
            &self.manifest.variants[horizon as usize];
        if *learned_with != settings {
            return Err(ModelError::Features("the parameters of the filters".to_owned()));
        }
        let now = touchline_features::definitions(&settings);
        let key = |d: &Definition| (d.name.clone(), d.version);
        match now.iter().map(key).zip(then.iter().map(key)).find(|(a, b)| a != b) {
            Some((a, _)) => Err(ModelError::Features(format!("{} version {}", a.0, a.1))),
            None if now.len() != then.len() => {
                Err(ModelError::Features(format!("{} instead of {}", now.len(), then.len())))
            }
            None => Ok(()),
        }
    }
}

impl Predictor for ForecastModel {
    fn label(&self) -> ModelLabel {
        ModelLabel::new(self.manifest.name.as_str(), self.manifest.version.as_str())
    }

    fn features(&self, horizon: Horizon) -> Result<Option<Settings>, ModelError> {
        self.check_features(horizon)?;
        Ok(Some(horizon.settings().with_view(self.view())))
    }

    fn predict(&self, batch: &MatchBatch<'_>) -> Result<Predictions, ModelError> {
        self.variant(batch.horizon).predict(batch.features()?, batch.threads)
    }

    fn predict_outcomes(&self, batch: &MatchBatch<'_>) -> Result<Vec<Option<Forecast>>, ModelError> {
        let FeatureRows { matrix, rows } = batch.features()?;
        let forecasts = self.variant(batch.horizon).forecasts(matrix, rows, batch.threads)?;
        Ok(forecasts.into_iter().map(Some).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::initial_score::tests::{features, history};
    use touchline_domain::Silent;
    use touchline_features::MarketView;

    #[test]
    fn the_mirror_image_of_a_match_has_the_mirror_image_of_its_forecast() {
        let history = history();
        let matrix = features(&history, MarketView::None);
        let rows: Vec<usize> = (300..2_200).collect();
        let mut recipe = Recipe::default();
        recipe.trees.threads = 1;
        let variant = fit(&history, &matrix, &rows, &recipe, &Silent).unwrap().variant;
        let asked: Vec<usize> = (2_200..history.len()).collect();
        let values = matrix.gather(&asked);
        let images = Mirror::of(matrix.definitions()).images(&values, asked.len());
        let largest_difference = |variant: &Variant| {
            let scores = |values| variant.scores(values, asked.len(), matrix.width(), 1).unwrap();
            let pairs = scores(&values).into_iter().zip(scores(&images));
            let differences = pairs.flat_map(|(a, b)| [0, 1, 2].map(|class| (a[class] - b[2 - class]).abs()));
            differences.fold(0.0, f64::max)
        };
        assert!(largest_difference(&variant) < 1e-12);
        let asked_once = Variant { mirror: None, ..variant };
        assert!(
            largest_difference(&asked_once) > 1e-4,
            "the trees alone know which side they were told first"
        );
    }
}
