//! XGBoost: its models are always readable ([`from_xgboost_json`]); training needs the cargo feature `xgboost` and the
//! library, whose folder `XGBOOST_LIB_DIR` names when building.

mod model;
#[cfg(feature = "xgboost")]
mod train;

pub use model::{XgBoostModelError, from_xgboost_json};

use crate::{ConfigError, Dataset, DatasetError, Objective, RoundProgress, TreeEnsemble};
use serde::{Deserialize, Serialize};

/// Settings of an XGBoost training; the default suits three-way match outcomes on a hundred thousand rows. Known
/// without the library too, so that recipes can be read anywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct XgBoostConfig {
    /// The loss. Default: multiclass with 3 classes.
    pub objective: Objective,
    /// Shrinkage of each tree, in (0, 1]. Default 0.03.
    pub learning_rate: f64,
    /// Most splits on the way to a leaf, from 1 to 14. Default 4.
    pub depth: usize,
    /// Boosting rounds, each one tree per output. Default 150.
    pub rounds: usize,
    /// Smallest sum of second derivatives of a leaf. Default 80.
    pub min_child_weight: f64,
    /// Share of the rows that each tree sees, in (0, 1]. Default 0.6.
    pub row_fraction: f64,
    /// Share of the columns that each tree may use, in (0, 1]. Default 0.3.
    pub feature_fraction: f64,
    /// L2 penalty on leaf values. Default 20.
    pub lambda_l2: f64,
    /// Most bins of a feature's histogram, from 2 to 65,535. Default 64.
    pub max_bin: usize,
    /// Seed of the row and column draws. Default 0.
    pub seed: u64,
    /// Threads; 0 takes every core. Default 0.
    pub threads: usize,
}

impl Default for XgBoostConfig {
    fn default() -> Self {
        Self {
            objective: Objective::Multiclass { classes: 3 },
            learning_rate: 0.03,
            depth: 4,
            rounds: 150,
            min_child_weight: 80.0,
            row_fraction: 0.6,
            feature_fraction: 0.3,
            lambda_l2: 20.0,
            max_bin: 64,
            seed: 0,
            threads: 0,
        }
    }
}

impl XgBoostConfig {
    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// The first setting that is not, with its range.
    pub fn check(&self) -> Result<(), ConfigError> {
        let fraction = |value: f64| value > 0.0 && value <= 1.0;
        let penalty = |value: f64| value >= 0.0 && value.is_finite();
        let rules = [
            (fraction(self.learning_rate), "learning_rate", "above 0, at most 1"),
            // A tree of depth 14 has as many leaves as an ensemble allows.
            ((1..=14).contains(&self.depth), "depth", "1 to 14"),
            ((1..=100_000).contains(&self.rounds), "rounds", "1 to 100,000"),
            (penalty(self.min_child_weight), "min_child_weight", "finite, at least 0"),
            (fraction(self.row_fraction), "row_fraction", "above 0, at most 1"),
            (fraction(self.feature_fraction), "feature_fraction", "above 0, at most 1"),
            (penalty(self.lambda_l2), "lambda_l2", "finite, at least 0"),
            ((2..=65_535).contains(&self.max_bin), "max_bin", "2 to 65,535"),
            (self.threads <= 1024, "threads", "at most 1,024 (0 for every core)"),
        ];
        match rules.into_iter().find(|(holds, _, _)| !holds) {
            Some((_, setting, range)) => Err(ConfigError { setting, range }),
            None => Ok(()),
        }
    }
}

/// Why a training failed.
#[derive(Debug, thiserror::Error)]
pub enum XgBoostFitError {
    /// The program was built without the library.
    #[error("this program was built without XGBoost; build it with the cargo feature `xgboost`")]
    NotBuilt,
    /// The training data cannot be used.
    #[error("training data: {0}")]
    Train(#[from] DatasetError),
    /// The progress callback broke the training off.
    #[error("the training was stopped before its last round")]
    Stopped,
    /// The library failed.
    #[error("{0}")]
    Native(String),
    /// The library's model could not be read back.
    #[error("the trained model could not be read back: {0}")]
    Model(#[from] XgBoostModelError),
    /// The library hands its model over as a file.
    #[error("the library's model could not be taken over: {0}")]
    Io(#[from] std::io::Error),
}

/// An XGBoost training with checked settings.
#[derive(Debug, Clone, PartialEq)]
pub struct XgBoost {
    config: XgBoostConfig,
}

impl XgBoost {
    /// Checks the settings.
    ///
    /// # Errors
    /// As [`XgBoostConfig::check`].
    pub fn new(config: XgBoostConfig) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self { config })
    }

    /// Trains on `train`; the ensemble does not contain initial scores, like that of
    /// [`LightGbm::fit`](crate::LightGbm::fit). `progress` is called after each round and may break
    /// the training off.
    ///
    /// # Errors
    /// [`XgBoostFitError`]: data that does not suit the objective, a failure inside the library,
    /// [`XgBoostFitError::Stopped`] where `progress` broke the training off, or [`XgBoostFitError::NotBuilt`] without the
    /// cargo feature.
    pub fn fit(
        &self,
        train: &Dataset<'_>,
        progress: &mut RoundProgress<'_>,
    ) -> Result<TreeEnsemble, XgBoostFitError> {
        train.check(self.config.objective)?;
        train.check_trainable(self.config.objective)?;
        self.native(train, progress)
    }

    #[cfg(not(feature = "xgboost"))]
    #[expect(clippy::unused_self, reason = "the same as with the library")]
    fn native(&self, _: &Dataset<'_>, _: &mut RoundProgress<'_>) -> Result<TreeEnsemble, XgBoostFitError> {
        Err(XgBoostFitError::NotBuilt)
    }
}
