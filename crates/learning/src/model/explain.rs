//! What a forecast is made of: where its score starts from, and what each feature added.
//!
//! The trees' exact SHAP values are shares of raw scores. They become shares of the probabilities along the straight way from
//! the starting scores to the final ones (Aumann and Shapley's values): all shares together are the whole difference, whatever
//! the order in which features are named.

use super::{ForecastModel, ModelError, Variant, softmax};
use crate::matrices::Horizon;
use touchline_domain::Forecast;
use touchline_features::FeatureMatrix;

/// Steps of the integral along the way; an even number.
const STEPS: usize = 64;

/// What one feature did to a forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// The column of the matrix.
    pub column: usize,
    /// Its value; NaN where it is not known, which tells trees something too.
    pub value: f32,
    /// What it added to the probabilities of home win, draw and away win, which sums to 0.
    pub added: [f64; 3],
    /// The forecast without what it added to the scores.
    pub without: Forecast,
}

/// What a forecast is made of: `start` plus `constant` plus what all `factors` added is `forecast`.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What the score started from: the strengths of both sides, or prices where the features see them.
    pub start: Forecast,
    /// What is the same for every match that starts there: calibration, and the trees' mean.
    pub constant: [f64; 3],
    /// Features that added anything, those that added most first.
    pub factors: Vec<Factor>,
    /// The whole.
    pub forecast: Forecast,
}

impl ForecastModel {
    /// What the forecast of a row of a matrix with the model's columns is made of.
    ///
    /// # Errors
    /// The matrix has other columns than the model.
    pub fn explain(
        &self,
        horizon: Horizon,
        matrix: &FeatureMatrix,
        row: usize,
    ) -> Result<Explanation, ModelError> {
        self.variant(horizon).explain(&matrix.row(row))
    }
}

/// What the trees added to the scores: the same for all rows, and by column.
struct Shares {
    mean: [f64; 3],
    columns: Vec<[f64; 3]>,
}

impl Variant {
    fn explain(&self, row: &[f32]) -> Result<Explanation, ModelError> {
        let Shares { mean, columns } = self.shares(row)?;
        let initial = self.initial.scores(|column| row[column]);
        let of_trees = |class: usize| mean[class] + columns.iter().map(|share| share[class]).sum::<f64>();
        let end: [f64; 3] =
            std::array::from_fn(|class| (initial[class] + of_trees(class)) / self.temperature);
        let way = Way::between(initial, end);
        // Scores of the start are divided too.
        let constant =
            std::array::from_fn(|class| (initial[class] + mean[class]) / self.temperature - initial[class]);
        let mut factors: Vec<Factor> = columns
            .iter()
            .enumerate()
            .filter(|(_, share)| share.iter().any(|share| *share != 0.0))
            .map(|(column, share)| {
                let share = share.map(|share| share / self.temperature);
                let left = std::array::from_fn(|class| end[class] - share[class]);
                let (value, without) = (row[column], softmax(left, 1.0));
                Factor { column, value, added: way.share(share), without }
            })
            .collect();
        let most = |factor: &Factor| factor.added.iter().fold(0.0, |most: f64, added| most.max(added.abs()));
        factors.sort_by(|a, b| most(b).total_cmp(&most(a)));
        Ok(Explanation {
            start: softmax(initial, 1.0),
            constant: way.share(constant),
            factors,
            forecast: softmax(end, 1.0),
        })
    }

    /// What the trees say of a row, and of its mirror image where they learned from those: what is a home win here is an away
    /// win there.
    fn shares(&self, row: &[f32]) -> Result<Shares, ModelError> {
        let mut shares = Shares { mean: [0.0; 3], columns: vec![[0.0; 3]; row.len()] };
        let image = self.mirror.as_ref().map(|mirror| (mirror, mirror.images(row, 1)));
        let weight = 1.0 / (self.trees.len() * if image.is_some() { 2 } else { 1 }) as f64;
        for trees in &self.trees {
            for (class, of) in trees.explain(row)?.into_iter().enumerate() {
                shares.mean[class] += weight * of.base;
                for (share, added) in shares.columns.iter_mut().zip(&of.features) {
                    share[class] += weight * added;
                }
            }
            let Some((mirror, image)) = &image else { continue };
            for (class, of) in trees.explain(image)?.into_iter().enumerate() {
                shares.mean[2 - class] += weight * of.base;
                for (column, added) in of.features.iter().enumerate() {
                    shares.columns[mirror.source(column).0][2 - class] += weight * added;
                }
            }
        }
        Ok(shares)
    }
}

/// The straight way between two vectors of scores.
struct Way {
    /// The mean over the way of how each probability answers to each score.
    slopes: [[f64; 3]; 3],
}

impl Way {
    fn between(start: [f64; 3], end: [f64; 3]) -> Self {
        let mut slopes = [[0.0; 3]; 3];
        for step in 0..=STEPS {
            let part = step as f64 / STEPS as f64;
            // Simpson's rule.
            let weight = match step {
                0 | STEPS => 1.0,
                odd if odd % 2 == 1 => 4.0,
                _ => 2.0,
            } / (3 * STEPS) as f64;
            let at = std::array::from_fn(|class| start[class] + part * (end[class] - start[class]));
            let p = softmax(at, 1.0).as_array();
            for (i, slope) in slopes.iter_mut().enumerate() {
                for (j, slope) in slope.iter_mut().enumerate() {
                    *slope += weight * p[i] * (f64::from(u8::from(i == j)) - p[j]);
                }
            }
        }
        Self { slopes }
    }

    /// What a share of the scores adds to the probabilities.
    fn share(&self, scores: [f64; 3]) -> [f64; 3] {
        self.slopes.map(|slope| slope.iter().zip(scores).map(|(slope, score)| slope * score).sum())
    }
}

#[cfg(test)]
mod tests {
    use crate::model::initial_score::tests::{features, history};
    use crate::model::{Recipe, fit};
    use touchline_domain::Silent;
    use touchline_features::MarketView;

    #[test]
    fn all_shares_together_are_the_forecast() {
        let history = history();
        let matrix = features(&history, MarketView::None);
        let rows: Vec<usize> = (300..2_200).collect();
        let mut recipe = Recipe::default();
        recipe.trees.threads = 1;
        let variant = fit(&history, &matrix, &rows, &recipe, &Silent).unwrap().variant;
        let asked: Vec<usize> = (2_200..2_260).collect();
        let forecasts = variant.forecasts(&matrix, &asked, 1).unwrap();
        let mut moved = 0.0_f64;
        for (row, forecast) in asked.iter().zip(forecasts) {
            let explained = variant.explain(&matrix.row(*row)).unwrap();
            let (said, start) = (forecast.as_array(), explained.start.as_array());
            for class in 0..3 {
                assert!((explained.forecast.as_array()[class] - said[class]).abs() < 1e-9);
                let added: f64 = explained.factors.iter().map(|factor| factor.added[class]).sum();
                let whole = start[class] + explained.constant[class] + added;
                assert!((whole - said[class]).abs() < 1e-9, "{whole} {}", said[class]);
                moved = moved.max(added.abs());
            }
            for factor in &explained.factors {
                assert!(factor.added.iter().sum::<f64>().abs() < 1e-12);
            }
            let first = &explained.factors[0];
            assert_ne!(first.without, explained.forecast, "what added most changes most");
        }
        assert!(moved > 1e-5, "the trees say something: {moved}");
    }

    #[test]
    fn the_mirror_image_is_explained_by_the_other_side() {
        let history = history();
        let matrix = features(&history, MarketView::None);
        let rows: Vec<usize> = (300..2_200).collect();
        let mut recipe = Recipe::default();
        recipe.trees.threads = 1;
        let variant = fit(&history, &matrix, &rows, &recipe, &Silent).unwrap().variant;
        let mirror = variant.mirror.clone().expect("the default recipe learns from mirror images");
        let row = matrix.row(2_250);
        let (here, there) =
            (variant.explain(&row).unwrap(), variant.explain(&mirror.images(&row, 1)).unwrap());
        for factor in &here.factors {
            let (column, _) = mirror.source(factor.column);
            let other = there.factors.iter().find(|other| other.column == column).expect("the counterpart");
            for class in 0..3 {
                assert!((factor.added[class] - other.added[2 - class]).abs() < 1e-9, "{factor:?} {other:?}");
            }
        }
    }
}
