//! The settings of LightGBM that are worth searching, with the ranges in which football results need them.

use super::{Dimension, Scale};
use crate::LightGbmConfig;

/// A setting as a dimension, with how it is read and written.
struct Setting {
    dimension: Dimension,
    get: fn(&LightGbmConfig) -> f64,
    set: fn(&mut LightGbmConfig, f64),
}

const fn setting(
    name: &'static str,
    (low, high): (f64, f64),
    scale: Scale,
    get: fn(&LightGbmConfig) -> f64,
    set: fn(&mut LightGbmConfig, f64),
) -> Setting {
    Setting { dimension: Dimension { name, low, high, scale }, get, set }
}

static SETTINGS: [Setting; 7] = [
    setting("learning_rate", (0.01, 0.1), Scale::Log, |c| c.learning_rate, |c, v| c.learning_rate = v),
    setting("leaves", (4.0, 64.0), Scale::LogWhole, |c| c.leaves as f64, |c, v| c.leaves = v as usize),
    setting("rounds", (40.0, 600.0), Scale::LogWhole, |c| c.rounds as f64, |c, v| c.rounds = v as usize),
    setting(
        "min_rows_per_leaf",
        (50.0, 3_000.0),
        Scale::LogWhole,
        |c| c.min_rows_per_leaf as f64,
        |c, v| c.min_rows_per_leaf = v as usize,
    ),
    setting(
        "feature_fraction",
        (0.05, 1.0),
        Scale::Linear,
        |c| c.feature_fraction,
        |c, v| {
            c.feature_fraction = v;
        },
    ),
    setting(
        "bagging_fraction",
        (0.3, 1.0),
        Scale::Linear,
        |c| c.bagging_fraction,
        |c, v| {
            c.bagging_fraction = v;
        },
    ),
    setting("lambda_l2", (0.5, 300.0), Scale::Log, |c| c.lambda_l2, |c, v| c.lambda_l2 = v),
];

/// Rate, leaves, rounds, rows per leaf, shares of columns and rows, and the penalty.
pub fn lightgbm_space() -> Vec<Dimension> {
    SETTINGS.iter().map(|s| s.dimension).collect()
}

/// Where a configuration lies in [`lightgbm_space`].
pub fn lightgbm_start(config: &LightGbmConfig) -> Vec<f64> {
    SETTINGS.iter().map(|s| (s.get)(config)).collect()
}

/// The configuration with the values of a point of [`lightgbm_space`].
///
/// # Panics
/// There is not one value per dimension.
#[must_use]
pub fn lightgbm_settings(config: &LightGbmConfig, values: &[f64]) -> LightGbmConfig {
    assert_eq!(values.len(), SETTINGS.len(), "one value per dimension");
    let mut config = config.clone();
    for (setting, value) in SETTINGS.iter().zip(values) {
        (setting.set)(&mut config, *value);
    }
    config
}
