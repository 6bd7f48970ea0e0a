//! Training the default model and making it the one that answers.

use crate::dataset::{FactReader, Facts};
use crate::matrices::{self, Horizon};
use crate::model::{
    self, BundleError, ForecastModel, MODEL_NAME, Manifest, ModelError, Recipe, VariantManifest,
};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};
use thiserror::Error;
use touchline_domain::ports::{ModelVersion, ModelWriter, StoreError};
use touchline_domain::{Clock, Progress};
use touchline_features::MatrixError;

/// Why training ended without a model.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The features could not be kept.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// The model could not be trained.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model could not be kept.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

/// What to train.
#[derive(Debug, Clone)]
pub struct Training<'a> {
    /// Folder of the product's files.
    pub data_dir: &'a Path,
    /// Results known after this time are left out; none: all that is known now.
    pub until: Option<DateTime<Utc>>,
    /// How to train.
    pub recipe: Recipe,
}

/// Folder of a version's bundle.
pub fn bundle_path(data_dir: &Path, name: &str, version: &str) -> PathBuf {
    data_dir.join("models").join(name).join(version)
}

/// Trains on the store's matches, keeps the bundle, registers it and makes it the one that answers.
///
/// # Errors
/// The store or the data folder is not available, or there are too few matches.
pub async fn train<S: FactReader + ModelWriter + ?Sized>(
    store: &S,
    training: &Training<'_>,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<ForecastModel, TrainError> {
    let now = clock.now();
    let until = training.until.unwrap_or(now);
    let facts = Facts::load_seen(store, training.recipe.view()).await?;
    let mut model = fit_all(&facts, training, now, until, progress)?;
    let (name, version) = (model.manifest.name.clone(), model.manifest.version.clone());
    let folder = bundle_path(training.data_dir, &name, &version);
    let manifest_hash = model::save(&mut model, &folder)?;
    store
        .register(&ModelVersion {
            name: name.clone(),
            version: version.clone(),
            path: format!("models/{name}/{version}"),
            manifest_hash,
            trained_at: now,
            metrics: serde_json::to_value(model.manifest.variants[Horizon::Fresh as usize].holdout)
                .unwrap_or_default(),
        })
        .await?;
    store.activate(&name, &version).await?;
    Ok(model)
}

fn fit_all(
    facts: &Facts,
    training: &Training<'_>,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<ForecastModel, TrainError> {
    let history = facts.history(&[]);
    let recipe = &training.recipe;
    let rows = recipe.rows(&history, until.timestamp());
    let (mut variants, mut known) = (Vec::new(), Vec::new());
    for horizon in Horizon::ALL {
        let threads = recipe.trees.threads;
        let view = recipe.view();
        let matrix = matrices::load_or_build(training.data_dir, &history, horizon, view, threads, progress)?;
        let fitted = model::fit(&history, &matrix, &rows, recipe, progress)?;
        known.push(VariantManifest {
            horizon,
            settings: horizon.settings().with_view(view),
            features: matrix.definitions().to_vec(),
            rows: fitted.rows,
            temperature: fitted.variant.temperature(),
            pool: fitted.variant.pool().cloned(),
            holdout: fitted.holdout,
            files: Vec::new(),
            goals: None,
        });
        variants.push(fitted.variant);
    }
    let manifest = Manifest {
        format: model::FORMAT,
        name: MODEL_NAME.to_owned(),
        version: now.format("%Y%m%dT%H%M%S%3fZ").to_string(),
        trained_at: now,
        trained_until: until,
        simulated: facts.simulated(),
        data_hash: history.hash(),
        recipe: recipe.clone(),
        variants: known,
    };
    Ok(ForecastModel::new(manifest, variants))
}
