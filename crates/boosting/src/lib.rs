//! Gradient boosting: LightGBM training and native inference of its trees.
//!
//! Training calls LightGBM's C library, which this crate alone links; a trained [`TreeEnsemble`] is plain Rust:
//! it is parsed from LightGBM's text format, predicts without the library, and keeps that text as its form on
//! disk, so that any LightGBM tool reads the same file. Raw scores equal LightGBM's own bit for bit.
//!
//! 1. Wrap the features in a [`Matrix`] (f32, row-major or column-major, NaN for "not known") and the labels in a
//!    [`Dataset`] (optional weights, initial scores, feature names).
//! 2. Describe the training in a [`LightGbm`]; its default is tuned for match outcomes.
//! 3. [`LightGbm::fit`] gives a [`TreeEnsemble`]: [`TreeEnsemble::predict`] for one match,
//!    [`TreeEnsemble::predict_batch`] for many, [`TreeEnsemble::explain`] for exact SHAP values.
//!
//! ```
//! use std::ops::ControlFlow;
//! use touchline_boosting::{Dataset, LightGbm, LightGbmConfig, Matrix, Objective, TreeEnsemble};
//!
//! // Rating difference and rest days of 90 matches; outcome 0, 1 or 2 (home, draw, away).
//! let features: Vec<f32> = (0..90).flat_map(|i| [(i % 9) as f32 - 4.0, (i % 7) as f32]).collect();
//! let outcomes: Vec<f32> = (0..90).map(|i| (2 - (i % 9) / 3) as f32).collect();
//! let train = Dataset::new(Matrix::row_major(&features, 90, 2)?, &outcomes);
//!
//! let config = LightGbmConfig { rounds: 20, min_rows_per_leaf: 5, threads: 1, ..LightGbmConfig::default() };
//! let ensemble = LightGbm::new(config)?.fit(&train, None, &mut |_round, _total| ControlFlow::Continue(()))?;
//!
//! let mut probabilities = [0.0; 3];
//! ensemble.predict(&[4.0, 3.0], &mut probabilities)?;
//! assert!(probabilities[0] > probabilities[2]);
//! assert_eq!(TreeEnsemble::from_text(ensemble.to_text())?.rounds(), 20);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Search`] looks for good settings.
//!
//! Sources: Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree" (NeurIPS 2017); Lundberg,
//! Erion, Lee, "Consistent Individualized Feature Attribution for Tree Ensembles" (2018, arXiv:1802.03888).

// Lets the tests' simulated matches be shared between unit and integration tests.
#[cfg(test)]
extern crate self as touchline_boosting;

mod dataset;
mod ensemble;
mod ffi;
mod gate;
mod lightgbm;
mod objective;
#[cfg(test)]
mod peer_tests;
mod search;
mod shap;
mod xgboost;

pub use dataset::{Dataset, DatasetError, Layout, Matrix};
pub use ensemble::parse::ParseError;
pub use ensemble::{Importance, PredictError, TreeEnsemble};
pub use ffi::NativeError;
pub use lightgbm::{
    Bins, ConfigError, EarlyStopping, LightGbm, LightGbmConfig, LightGbmFitError, RoundProgress,
};
pub use objective::Objective;
pub use search::{
    Dimension, Scale, Search, SearchError, Trial, lightgbm_settings, lightgbm_space, lightgbm_start,
};
pub use shap::Contributions;
pub use xgboost::{XgBoost, XgBoostConfig, XgBoostFitError, XgBoostModelError, from_xgboost_json};

/// Most feature columns that a model may have: a tree node stores the column in 14 bits.
pub const MAX_FEATURES: usize = 1 << 14;
/// Most leaves that one tree may have: a tree node stores its child in 16 bits.
pub const MAX_LEAVES: usize = 1 << 14;
/// Most splits on the way to a leaf.
pub const MAX_DEPTH: usize = 512;
/// Most trees that one model may have.
pub const MAX_TREES: usize = 1_000_000;
/// Most classes that a multiclass model may have.
pub const MAX_CLASSES: usize = 1_000;
