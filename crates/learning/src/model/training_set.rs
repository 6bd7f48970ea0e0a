//! What trees learn from: matches and, after them, the same matches with home and away exchanged.

use super::ModelError;
use super::goals::Goals;
use super::initial_score::InitialScore;
use super::recipe::Recipe;
use std::ops::ControlFlow;
use touchline_boosting::{
    Bins, Dataset, LightGbm, LightGbmConfig, Matrix, Objective, TreeEnsemble, XgBoost, XgBoostConfig,
};
use touchline_domain::Progress;
use touchline_features::{Definition, FeatureMatrix, History, Mirror};

/// Goals beyond this tell nothing more of a side.
const MOST_GOALS: f32 = 7.0;

/// The features of some matches, ready for training.
pub(super) struct TrainingSet<'a> {
    history: &'a History,
    matrix: &'a FeatureMatrix,
    rows: &'a [usize],
    mirrored: bool,
    /// By column; within one, the matches and then their mirror images.
    features: Vec<f32>,
}

impl<'a> TrainingSet<'a> {
    /// From rows of a matrix that has one row per match of the history. Columns that the recipe hides are left
    /// blank, and no tree splits on a blank column.
    ///
    /// # Errors
    /// The recipe hides something that is neither a family nor a column.
    pub fn new(
        history: &'a History,
        matrix: &'a FeatureMatrix,
        rows: &'a [usize],
        recipe: &Recipe,
    ) -> Result<Self, ModelError> {
        let mirrored = recipe.mirrored;
        let mut features = if mirrored { with_mirror_images(matrix, rows) } else { matrix.gather(rows) };
        let height = features.len() / matrix.width();
        for column in hidden(matrix.definitions(), &recipe.hidden)? {
            features[column * height..(column + 1) * height].fill(f32::NAN);
        }
        Ok(Self { history, matrix, rows, mirrored, features })
    }

    /// The features in bins, for several trainings.
    pub fn bins(&self) -> Result<Bins<'_>, ModelError> {
        Ok(Bins::of(self.features()?))
    }

    fn features(&self) -> Result<Matrix<'_>, ModelError> {
        let columns = self.matrix.width();
        Matrix::column_major(&self.features, self.features.len() / columns.max(1), columns)
            .map_err(|e| ModelError::Features(e.to_string()))
    }

    /// Trees on outcomes, one ensemble per seed, on top of the scores that each match starts from.
    pub fn on_outcomes(
        &self,
        bins: &mut Bins<'_>,
        initial: &InitialScore,
        recipe: &Recipe,
        what: &str,
        progress: &dyn Progress,
    ) -> Result<Vec<TreeEnsemble>, ModelError> {
        let class = |row: &usize| self.history.outcome(*row).map_or(0.0, |o| o.index() as f32);
        let scores = |row: &usize| initial.scores(|column| self.matrix.column(column)[*row]);
        let mut labels: Vec<f32> = self.rows.iter().map(class).collect();
        let mut starts: Vec<f64> = self.rows.iter().flat_map(scores).collect();
        if self.mirrored {
            labels.extend(self.rows.iter().map(|row| 2.0 - class(row)));
            starts.extend(self.rows.iter().map(scores).flat_map(|[home, draw, away]| [away, draw, home]));
        }
        match &recipe.xgboost {
            None => self.train(bins, recipe.trees.clone(), recipe.seeds, (&labels, &starts), what, progress),
            Some(trees) => self.train_xgboost(trees, recipe, (&labels, &starts), what, progress),
        }
    }

    /// Trees on the goals of the home side, who in a mirror image are those of the away side, on top of the goals
    /// that the strength filter expects.
    pub fn on_goals(
        &self,
        bins: &mut Bins<'_>,
        goals: &Goals,
        recipe: &Recipe,
        progress: &dyn Progress,
    ) -> Result<TreeEnsemble, ModelError> {
        let (mut labels, mut starts) = (Vec::new(), Vec::new());
        for side in 0..if self.mirrored { 2 } else { 1 } {
            labels.extend(self.rows.iter().map(|row| {
                self.history.goals(*row).map_or(0.0, |goals| f32::from(goals[side]).min(MOST_GOALS))
            }));
            starts.extend(self.rows.iter().map(|row| goals.logs(self.matrix, *row)[side]));
        }
        let trees = LightGbmConfig { objective: Objective::Poisson, ..recipe.trees.clone() };
        let mut ensembles = self.train(bins, trees, 1, (&labels, &starts), "trees on goals", progress)?;
        Ok(ensembles.remove(0))
    }

    fn train(
        &self,
        bins: &mut Bins<'_>,
        mut trees: LightGbmConfig,
        seeds: usize,
        (labels, starts): (&[f32], &[f64]),
        what: &str,
        progress: &dyn Progress,
    ) -> Result<Vec<TreeEnsemble>, ModelError> {
        if self.mirrored {
            // A match that is counted twice fills a leaf twice.
            trees.min_rows_per_leaf *= 2;
        }
        progress.check()?;
        let data = self.dataset(labels, starts)?;
        progress.begin(what, (trees.rounds * seeds) as u64);
        let trainer = LightGbm::new(trees).map_err(|e| ModelError::Features(e.to_string()))?;
        let ensembles = trainer.fit_seeds(bins, &data, seeds, &mut |done, _| round(progress, done))?;
        progress.end();
        Ok(ensembles)
    }

    fn train_xgboost(
        &self,
        trees: &XgBoostConfig,
        recipe: &Recipe,
        (labels, starts): (&[f32], &[f64]),
        what: &str,
        progress: &dyn Progress,
    ) -> Result<Vec<TreeEnsemble>, ModelError> {
        progress.check()?;
        let data = self.dataset(labels, starts)?;
        progress.begin(what, (trees.rounds * recipe.seeds) as u64);
        let mut ensembles = Vec::with_capacity(recipe.seeds);
        for seed in 0..recipe.seeds {
            let (seed_of, threads) = (recipe.trees.seed + seed as u64, recipe.trees.threads);
            let mut config = XgBoostConfig { seed: seed_of, threads, ..trees.clone() };
            if self.mirrored {
                config.min_child_weight *= 2.0;
            }
            let before = seed * trees.rounds;
            let trainer = XgBoost::new(config).map_err(|e| ModelError::Features(e.to_string()))?;
            ensembles.push(trainer.fit(&data, &mut |done, _| round(progress, before + done))?);
        }
        progress.end();
        Ok(ensembles)
    }

    fn dataset<'b>(&'b self, labels: &'b [f32], starts: &'b [f64]) -> Result<Dataset<'b>, ModelError> {
        Ok(Dataset::new(self.features()?, labels)
            .with_init_scores(starts)
            .with_feature_names(self.matrix.names()))
    }
}

/// So many rounds are done; whether to boost another one.
fn round(progress: &dyn Progress, done: usize) -> ControlFlow<()> {
    progress.done(done as u64);
    if progress.stop_requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Columns of the families, and with the names, that are hidden.
fn hidden(definitions: &[Definition], names: &[String]) -> Result<Vec<usize>, ModelError> {
    let mut columns = Vec::new();
    for name in names {
        let meant = |d: &Definition| d.family == *name || d.name == *name;
        let before = columns.len();
        columns.extend(definitions.iter().enumerate().filter(|(_, d)| meant(d)).map(|(n, _)| n));
        if columns.len() == before {
            return Err(ModelError::Features(format!("{name} is neither a family nor a column")));
        }
    }
    Ok(columns)
}

fn with_mirror_images(matrix: &FeatureMatrix, rows: &[usize]) -> Vec<f32> {
    let mirror = Mirror::of(matrix.definitions());
    let mut features = Vec::with_capacity(2 * rows.len() * matrix.width());
    for column in 0..matrix.width() {
        let values = matrix.column(column);
        features.extend(rows.iter().map(|row| values[*row]));
        let (other, exchange) = mirror.source(column);
        let values = matrix.column(other);
        features.extend(rows.iter().map(|row| exchange.of(values[*row])));
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::initial_score::tests::{features, history};
    use touchline_features::MarketView;

    #[test]
    fn matches_are_followed_by_their_mirror_images_and_hidden_columns_are_blank() {
        let history = history();
        let matrix = features(&history, MarketView::None);
        let rows = [700, 900, 1_500];
        let recipe = Recipe { hidden: vec!["home_pi".into()], ..Recipe::default() };
        let training = TrainingSet::new(&history, &matrix, &rows, &recipe).unwrap();
        let place = |name: &str| matrix.column_named(name).unwrap();
        let learned = |name: &str| {
            let column = &training.features[place(name) * 2 * rows.len()..][..2 * rows.len()];
            (column[..rows.len()].to_vec(), column[rows.len()..].to_vec())
        };
        let known = |name: &str| rows.map(|row| matrix.column(place(name))[row]).to_vec();
        assert_eq!(learned("home_elo"), (known("home_elo"), known("away_elo")));
        assert_eq!(learned("strength_away_win"), (known("strength_away_win"), known("strength_home_win")));
        let negated: Vec<f32> = known("elo_difference").iter().map(|x| -x).collect();
        assert!(negated.iter().any(|x| *x != 0.0), "clubs differ");
        assert_eq!(learned("elo_difference"), (known("elo_difference"), negated));
        let (blank, mirrored) = learned("home_pi");
        assert!(blank.iter().chain(&mirrored).all(|x| x.is_nan()));

        let plain = Recipe { mirrored: false, ..Recipe::default() };
        let once = TrainingSet::new(&history, &matrix, &rows, &plain).unwrap();
        assert_eq!(once.features.len(), rows.len() * matrix.width());
        let unknown = Recipe { hidden: vec!["no such column".into()], ..Recipe::default() };
        assert!(TrainingSet::new(&history, &matrix, &rows, &unknown).is_err());
    }
}
