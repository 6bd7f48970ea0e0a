//! Training: a [`LightGbmConfig`] checked once by [`LightGbm::new`], then [`LightGbm::fit`].

use std::ffi::{CString, NulError};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::ensemble::parse::ParseError;
use crate::ffi::{NativeBooster, NativeDataset, NativeError};
use crate::{
    Dataset, DatasetError, MAX_CLASSES, MAX_DEPTH, MAX_LEAVES, MAX_TREES, Matrix, Objective, TreeEnsemble,
    gate,
};

/// Called after each boosting round with the rounds done and the most there can be; breaks the training off by
/// [`ControlFlow::Break`].
pub type RoundProgress<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// Settings of a training; `LightGbmConfig::default()` suits three-way match outcomes on a hundred thousand rows.
///
/// With the default of at least 400 rows a leaf, fewer than 800 rows give a constant model: lower
/// `min_rows_per_leaf` on small data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LightGbmConfig {
    /// The loss. Default: multiclass with 3 classes.
    pub objective: Objective,
    /// Shrinkage of each tree, in (0, 1]. Default 0.03.
    pub learning_rate: f64,
    /// Most leaves of a tree, from 2. Default 12.
    pub leaves: usize,
    /// Boosting rounds, each one tree per output. Default 150.
    pub rounds: usize,
    /// Fewest training rows of a leaf. Default 400.
    pub min_rows_per_leaf: usize,
    /// Share of the columns that each tree may use, in (0, 1]. Default 0.3.
    pub feature_fraction: f64,
    /// Share of the rows that each tree sees, in (0, 1]. Default 0.6.
    pub bagging_fraction: f64,
    /// Rounds between two draws of those rows; 0 draws none. Default 1.
    pub bagging_freq: usize,
    /// L2 penalty on leaf values. Default 20.
    pub lambda_l2: f64,
    /// Most bins of a feature's histogram, from 2 to 65,535. Default 63.
    pub max_bin: usize,
    /// Seed of the row and column draws. Default 0.
    pub seed: u64,
    /// Threads; 0 takes every core. Default 0.
    pub threads: usize,
    /// When to stop before `rounds`; needs validation data. Default: never.
    pub early_stopping: Option<EarlyStopping>,
}

/// Stops when the validation loss has not improved for a while, and keeps the rounds up to its best value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyStopping {
    /// Rounds without improvement after which training stops, from 1.
    pub patience: usize,
    /// Smallest decrease of the mean loss per row that counts as improvement; 0 takes any.
    pub min_improvement: f64,
}

impl Default for LightGbmConfig {
    fn default() -> Self {
        Self {
            objective: Objective::Multiclass { classes: 3 },
            learning_rate: 0.03,
            leaves: 12,
            rounds: 150,
            min_rows_per_leaf: 400,
            feature_fraction: 0.3,
            bagging_fraction: 0.6,
            bagging_freq: 1,
            lambda_l2: 20.0,
            max_bin: 63,
            seed: 0,
            threads: 0,
            early_stopping: None,
        }
    }
}

impl LightGbmConfig {
    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// The first setting that is not, with its range.
    pub fn check(&self) -> Result<(), ConfigError> {
        let fraction = |value: f64| value > 0.0 && value <= 1.0;
        let outputs = self.objective.outputs();
        let classes_fit = match self.objective {
            Objective::Multiclass { classes } => (2..=MAX_CLASSES).contains(&classes),
            Objective::Poisson => true,
        };
        let rules = [
            (classes_fit, "objective", "2 to 1,000 classes"),
            (fraction(self.learning_rate), "learning_rate", "above 0, at most 1"),
            ((2..=MAX_LEAVES).contains(&self.leaves), "leaves", "2 to 16,384"),
            (self.rounds >= 1, "rounds", "at least 1"),
            (self.rounds.saturating_mul(outputs) <= MAX_TREES, "rounds", "at most 1,000,000 trees in all"),
            ((1..=i32::MAX as usize).contains(&self.min_rows_per_leaf), "min_rows_per_leaf", "at least 1"),
            (fraction(self.feature_fraction), "feature_fraction", "above 0, at most 1"),
            (fraction(self.bagging_fraction), "bagging_fraction", "above 0, at most 1"),
            (i32::try_from(self.bagging_freq).is_ok(), "bagging_freq", "at most 2,147,483,647"),
            (self.lambda_l2 >= 0.0 && self.lambda_l2.is_finite(), "lambda_l2", "finite, at least 0"),
            ((2..=65_535).contains(&self.max_bin), "max_bin", "2 to 65,535"),
            (self.threads <= 1024, "threads", "at most 1,024 (0 for every core)"),
            (
                self.early_stopping.is_none_or(|stop| stop.patience >= 1),
                "early_stopping.patience",
                "at least 1",
            ),
            (
                self.early_stopping
                    .is_none_or(|stop| stop.min_improvement >= 0.0 && stop.min_improvement.is_finite()),
                "early_stopping.min_improvement",
                "finite, at least 0",
            ),
        ];
        match rules.into_iter().find(|(holds, _, _)| !holds) {
            Some((_, setting, range)) => Err(ConfigError { setting, range }),
            None => Ok(()),
        }
    }

    /// LightGBM's own parameter string.
    fn parameters(&self) -> String {
        let objective = match self.objective {
            Objective::Multiclass { classes } => {
                format!("objective=multiclass num_class={classes} metric=multi_logloss")
            }
            Objective::Poisson => "objective=poisson metric=poisson".to_owned(),
        };
        // LightGBM's seed is a positive i32: both halves of ours take part.
        let seed = (self.seed ^ (self.seed >> 32)) & 0x7fff_ffff;
        format!(
            "{objective} learning_rate={} num_leaves={} num_iterations={} min_data_in_leaf={} feature_fraction={} \
             bagging_fraction={} bagging_freq={} lambda_l2={} max_bin={} seed={seed} num_threads={} \
             max_depth={MAX_DEPTH} deterministic=true force_col_wise=true verbosity=-1",
            self.learning_rate,
            self.leaves,
            self.rounds,
            self.min_rows_per_leaf,
            self.feature_fraction,
            self.bagging_fraction,
            self.bagging_freq,
            self.lambda_l2,
            self.max_bin,
            self.threads,
        )
    }
}

/// A setting outside its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("boosting setting `{setting}` must be {range}")]
pub struct ConfigError {
    /// Its name.
    pub setting: &'static str,
    /// What is allowed.
    pub range: &'static str,
}

/// Why a training failed.
#[derive(Debug, thiserror::Error)]
pub enum LightGbmFitError {
    /// The training data cannot be used.
    #[error("training data: {0}")]
    Train(#[source] DatasetError),
    /// The validation data cannot be used.
    #[error("validation data: {0}")]
    Validation(#[source] DatasetError),
    /// One of the two has another number of columns.
    #[error(
        "validation data has {validation} columns, training data {train}: build both from one feature list"
    )]
    Columns {
        /// Columns of the training data.
        train: usize,
        /// Columns of the validation data.
        validation: usize,
    },
    /// One of the two has initial scores, the other not.
    #[error("give initial scores to both the training and the validation data, or to neither")]
    InitScores,
    /// Early stopping without validation data, or the reverse.
    #[error(
        "early stopping and validation data need one another: set `early_stopping` and pass a later slice, or neither"
    )]
    EarlyStopping,
    /// The library failed.
    #[error(transparent)]
    Native(#[from] NativeError),
    /// The library's model could not be read back.
    #[error("the trained model could not be read back: {0}")]
    Model(#[from] ParseError),
    /// The progress callback broke the training off.
    #[error("the training was stopped before its last round")]
    Stopped,
    /// A string for the library contains a NUL byte.
    #[error("a NUL byte in a name or setting: {0}")]
    Nul(#[from] NulError),
}

/// The columns of a matrix in LightGBM's bins: made by the first training, at hand for the following ones whose settings
/// make the same, whatever their labels and objectives.
pub struct Bins<'a> {
    matrix: Matrix<'a>,
    /// With the settings that shape them: bins of a feature, rows of a leaf (columns that cannot be split so are left out),
    /// seed of the sample that bins are chosen by.
    held: Option<((usize, usize, u64), NativeDataset)>,
}

impl<'a> Bins<'a> {
    /// Of a matrix; nothing is computed yet.
    pub fn of(matrix: Matrix<'a>) -> Self {
        Self { matrix, held: None }
    }
}

impl std::fmt::Debug for Bins<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let held = self.held.as_ref().map(|(settings, _)| settings);
        f.debug_struct("Bins").field("rows", &self.matrix.rows()).field("held", &held).finish_non_exhaustive()
    }
}

/// A LightGBM training with checked settings.
#[derive(Debug, Clone, PartialEq)]
pub struct LightGbm {
    config: LightGbmConfig,
}

impl LightGbm {
    /// Checks the settings.
    ///
    /// # Errors
    /// As [`LightGbmConfig::check`].
    pub fn new(config: LightGbmConfig) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self { config })
    }

    /// The settings.
    pub fn config(&self) -> &LightGbmConfig {
        &self.config
    }

    /// Trains on `train`. With [`LightGbmConfig::early_stopping`], `validation` (later rows, never seen in
    /// training) decides how many rounds are kept: [`TreeEnsemble::rounds`] tells.
    ///
    /// `progress` is called after each round with the rounds done and the most there can be, and may break the training
    /// off. The same data, settings and seed give the same bytes, and the same trees on any number of threads. Trainings of one
    /// process run at the same time when they ask for the same number of threads, else one after the other.
    ///
    /// # Errors
    /// [`LightGbmFitError`]: data that does not suit the objective, a failure inside the library, or
    /// [`LightGbmFitError::Stopped`] where `progress` broke the training off.
    pub fn fit(
        &self,
        train: &Dataset<'_>,
        validation: Option<&Dataset<'_>>,
        progress: &mut RoundProgress<'_>,
    ) -> Result<TreeEnsemble, LightGbmFitError> {
        let config = &self.config;
        train.check(config.objective).map_err(LightGbmFitError::Train)?;
        train.check_trainable(config.objective).map_err(LightGbmFitError::Train)?;
        if validation.is_some() != config.early_stopping.is_some() {
            return Err(LightGbmFitError::EarlyStopping);
        }
        if let Some(validation) = validation {
            check_validation(train, validation, config.objective)?;
        }

        let _pass = gate::enter(config.threads);
        let parameters = CString::new(config.parameters())?;
        let native_train = self.native(train, &parameters, None)?;
        let native_validation =
            validation.map(|data| self.native(data, &parameters, Some(&native_train))).transpose()?;
        self.ensemble(&native_train, native_validation.as_ref(), progress)
    }

    /// Trains on `train` once per seed, from the configured one upwards: ensembles to be averaged. The columns
    /// are put into bins once, by the first training that asks for such [`Bins`], so that this is faster than as many
    /// calls of [`Self::fit`]. The trees are the same.
    ///
    /// `progress` is called after each round with the rounds done and the most there can be, over all seeds, and may
    /// break the training off.
    ///
    /// # Errors
    /// As [`Self::fit`]; early stopping is refused.
    ///
    /// # Panics
    /// `bins` are of another matrix than the training data.
    pub fn fit_seeds(
        &self,
        bins: &mut Bins<'_>,
        train: &Dataset<'_>,
        seeds: usize,
        progress: &mut RoundProgress<'_>,
    ) -> Result<Vec<TreeEnsemble>, LightGbmFitError> {
        assert!(bins.matrix.is(train.matrix()), "the bins are of the matrix that is trained on");
        let config = &self.config;
        train.check(config.objective).map_err(LightGbmFitError::Train)?;
        train.check_trainable(config.objective).map_err(LightGbmFitError::Train)?;
        if config.early_stopping.is_some() {
            return Err(LightGbmFitError::EarlyStopping);
        }

        let _pass = gate::enter(config.threads);
        let native = self.binned(bins, train)?;
        (0..seeds)
            .map(|i| {
                let config = LightGbmConfig { seed: config.seed.wrapping_add(i as u64), ..config.clone() };
                let mut overall = |done, total| progress(i * total + done, seeds * total);
                Self { config }.ensemble(native, None, &mut overall)
            })
            .collect()
    }

    fn ensemble(
        &self,
        train: &NativeDataset,
        validation: Option<&NativeDataset>,
        progress: &mut RoundProgress<'_>,
    ) -> Result<TreeEnsemble, LightGbmFitError> {
        let mut booster = NativeBooster::new(train, &CString::new(self.config.parameters())?)?;
        if let Some(data) = validation {
            booster.add_validation(data)?;
        }
        let rounds = self.boost(&mut booster, progress)?;
        Ok(TreeEnsemble::from_text(&without_threads(&booster.to_text(rounds)?))?)
    }

    /// Boosts to the end or to the early stop; answers the number of rounds to keep.
    fn boost(
        &self,
        booster: &mut NativeBooster<'_>,
        progress: &mut RoundProgress<'_>,
    ) -> Result<usize, LightGbmFitError> {
        let total = self.config.rounds;
        let (mut best_loss, mut best_round) = (f64::INFINITY, 0);
        for round in 1..=total {
            if !booster.update()? {
                // LightGBM has dropped the empty round, save for a first one, which holds the constants.
                let done = (round - 1).max(1);
                return Ok(if best_round > 0 { best_round } else { done });
            }
            if progress(round, total).is_break() {
                return Err(LightGbmFitError::Stopped);
            }
            let Some(stop) = self.config.early_stopping else { continue };
            let loss = booster.validation_loss()?;
            if loss < best_loss - stop.min_improvement {
                (best_loss, best_round) = (loss, round);
            } else if round - best_round >= stop.patience {
                return Ok(best_round.max(1));
            }
        }
        Ok(if best_round > 0 { best_round } else { total })
    }

    /// The training data in bins, made anew where those at hand were made by other settings.
    fn binned<'b>(
        &self,
        bins: &'b mut Bins<'_>,
        train: &Dataset<'_>,
    ) -> Result<&'b NativeDataset, LightGbmFitError> {
        let LightGbmConfig { max_bin, min_rows_per_leaf, seed, .. } = self.config;
        let settings = (max_bin, min_rows_per_leaf, seed);
        let native = match bins.held.take().filter(|(held, _)| *held == settings) {
            Some((_, mut native)) => {
                self.tell(&mut native, train)?;
                native
            }
            None => self.native(train, &CString::new(self.config.parameters())?, None)?,
        };
        Ok(&bins.held.insert((settings, native)).1)
    }

    fn native(
        &self,
        data: &Dataset<'_>,
        parameters: &CString,
        reference: Option<&NativeDataset>,
    ) -> Result<NativeDataset, LightGbmFitError> {
        let mut native = NativeDataset::new(data.matrix(), parameters, reference)?;
        self.tell(&mut native, data)?;
        if reference.is_none() && !data.feature_names().is_empty() {
            let names: Vec<CString> = data
                .feature_names()
                .iter()
                .map(|name| CString::new(name.as_str()))
                .collect::<Result<_, _>>()?;
            native.set_feature_names(&names)?;
        }
        Ok(native)
    }

    /// Labels, weights and initial scores, in the place of those before.
    fn tell(&self, native: &mut NativeDataset, data: &Dataset<'_>) -> Result<(), LightGbmFitError> {
        native.set_f32(c"label", data.labels())?;
        // Nothing takes the place of what there was.
        native.set_f32(c"weight", data.weights().unwrap_or_default())?;
        let scores = data.init_scores().unwrap_or_default();
        let outputs = self.config.objective.outputs();
        let by_output: Vec<f64> =
            (0..outputs).flat_map(|output| scores.iter().skip(output).step_by(outputs).copied()).collect();
        native.set_f64(c"init_score", &by_output)?;
        Ok(())
    }
}

/// The model without the number of threads that trained it: the trees do not depend on it, so that neither should
/// the bytes.
fn without_threads(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with("[num_threads:")).collect()
}

fn check_validation(
    train: &Dataset<'_>,
    validation: &Dataset<'_>,
    objective: Objective,
) -> Result<(), LightGbmFitError> {
    validation.check(objective).map_err(LightGbmFitError::Validation)?;
    let columns = [train, validation].map(|data| data.matrix().columns());
    if columns[0] != columns[1] {
        return Err(LightGbmFitError::Columns { train: columns[0], validation: columns[1] });
    }
    if train.init_scores().is_some() != validation.init_scores().is_some() {
        return Err(LightGbmFitError::InitScores);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_in_range_and_reaches_lightgbm() {
        let config = LightGbmConfig::default();
        assert_eq!(config.check(), Ok(()));
        let parameters = config.parameters();
        for part in
            ["num_class=3", "learning_rate=0.03", "num_leaves=12", "min_data_in_leaf=400", "max_bin=63"]
        {
            assert!(parameters.split(' ').any(|found| found == part), "{part} in {parameters}");
        }
    }

    #[test]
    fn each_setting_out_of_range_is_named() {
        type Spoil = fn(&mut LightGbmConfig);
        let cases: [(Spoil, &str); 8] = [
            (|c| c.learning_rate = 0.0, "learning_rate"),
            (|c| c.learning_rate = f64::NAN, "learning_rate"),
            (|c| c.leaves = 1, "leaves"),
            (|c| c.rounds = 0, "rounds"),
            (|c| c.bagging_fraction = 1.5, "bagging_fraction"),
            (|c| c.lambda_l2 = f64::INFINITY, "lambda_l2"),
            (|c| c.objective = Objective::Multiclass { classes: 1 }, "objective"),
            (
                |c| c.early_stopping = Some(EarlyStopping { patience: 0, min_improvement: 0.0 }),
                "early_stopping.patience",
            ),
        ];
        for (spoil, setting) in cases {
            let mut config = LightGbmConfig::default();
            spoil(&mut config);
            assert_eq!(config.check().unwrap_err().setting, setting);
        }
    }

    #[test]
    fn settings_survive_json_and_unknown_ones_are_refused() {
        let config = LightGbmConfig {
            objective: Objective::Poisson,
            early_stopping: Some(EarlyStopping { patience: 5, min_improvement: 0.001 }),
            ..LightGbmConfig::default()
        };
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<LightGbmConfig>(&json).unwrap(), config);
        assert_eq!(serde_json::from_str::<LightGbmConfig>("{\"rounds\":7}").unwrap().rounds, 7);
        assert!(serde_json::from_str::<LightGbmConfig>("{\"round\":7}").is_err());
    }

    #[test]
    fn both_halves_of_the_seed_count() {
        let seed_part = |seed| {
            let config = LightGbmConfig { seed, ..LightGbmConfig::default() };
            config.parameters().split(' ').find(|part| part.starts_with("seed=")).map(str::to_owned)
        };
        assert_eq!(seed_part(7).as_deref(), Some("seed=7"));
        assert_ne!(seed_part(7), seed_part(7 | 1 << 40));
        assert_eq!(seed_part(u64::MAX).as_deref(), Some("seed=0"));
    }
}
