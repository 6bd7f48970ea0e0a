//! Training through XGBoost's library; only compiled with the feature `xgboost`.

use super::{XgBoost, XgBoostConfig, XgBoostFitError, from_xgboost_json};
use crate::{Dataset, Objective, RoundProgress, TreeEnsemble};
use std::path::Path;
use xgb::parameters::BoosterParameters;
use xgb::{Booster, DMatrix, XGBError};

impl From<XGBError> for XgBoostFitError {
    fn from(error: XGBError) -> Self {
        Self::Native(error.to_string())
    }
}

impl XgBoost {
    pub(super) fn native(
        &self,
        train: &Dataset<'_>,
        progress: &mut RoundProgress<'_>,
    ) -> Result<TreeEnsemble, XgBoostFitError> {
        let config = &self.config;
        let data = matrix(train, config.objective)?;
        let mut booster = Booster::new_with_cached_dmats(&BoosterParameters::default(), &[&data])?;
        for (name, value) in config.parameters() {
            booster.set_param(name, &value)?;
        }
        for round in 0..config.rounds {
            booster.update(&data, round as i32)?;
            if progress(round + 1, config.rounds).is_break() {
                return Err(XgBoostFitError::Stopped);
            }
        }
        let names: Vec<&str> = train.feature_names().iter().map(String::as_str).collect();
        if !names.is_empty() {
            booster.set_feature_info("feature_name", &names)?;
        }
        let folder = tempfile::tempdir()?;
        Ok(from_xgboost_json(&json(&booster, folder.path())?)?)
    }
}

/// The model as JSON. The wrapper's way through memory hands over text without its closing NUL.
fn json(booster: &Booster, folder: &Path) -> Result<String, XgBoostFitError> {
    let path = folder.join("model.json");
    booster.save(&path)?;
    Ok(std::fs::read_to_string(path)?)
}

/// The data with labels, weights and starting scores; without these every score starts from 0.
fn matrix(train: &Dataset<'_>, objective: Objective) -> Result<DMatrix, XgBoostFitError> {
    let features = train.matrix();
    let mut values = vec![0.0_f32; features.rows() * features.columns()];
    features.copy_rows(0, features.rows(), &mut values);
    let mut data = DMatrix::from_dense(&values, features.rows())?;
    data.set_labels(train.labels())?;
    if let Some(weights) = train.weights() {
        data.set_weights(weights)?;
    }
    let start = match train.init_scores() {
        Some(scores) => scores.iter().map(|s| *s as f32).collect(),
        None => vec![0.0; features.rows() * objective.outputs()],
    };
    data.set_base_margin(&start)?;
    Ok(data)
}

impl XgBoostConfig {
    fn parameters(&self) -> Vec<(&'static str, String)> {
        let (objective, classes) = match self.objective {
            Objective::Multiclass { classes } => ("multi:softprob", classes),
            Objective::Poisson => ("count:poisson", 0),
        };
        // XGBoost's seed is an i32: both halves of ours take part.
        let seed = (self.seed ^ (self.seed >> 32)) & 0x7fff_ffff;
        vec![
            ("objective", objective.to_owned()),
            ("num_class", classes.to_string()),
            ("tree_method", "hist".to_owned()),
            ("eta", self.learning_rate.to_string()),
            ("max_depth", self.depth.to_string()),
            ("min_child_weight", self.min_child_weight.to_string()),
            ("subsample", self.row_fraction.to_string()),
            ("colsample_bytree", self.feature_fraction.to_string()),
            ("lambda", self.lambda_l2.to_string()),
            ("max_bin", self.max_bin.to_string()),
            ("seed", seed.to_string()),
            ("nthread", self.threads.to_string()),
            ("verbosity", "0".to_owned()),
        ]
    }
}
