//! Training the default model.

use crate::dataset::{FactReader, Facts};
use crate::matrices::{self, Horizon};
use crate::model::{self, ForecastModel, MODEL_NAME, Manifest, ModelError, Recipe, VariantManifest};
use crate::registry::{RegistryError, publish};
use chrono::{DateTime, Utc};
use std::path::Path;
use thiserror::Error;
use touchline_domain::ports::{ArtifactStore, ModelWriter, StoreError};
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
    /// The model could not be kept or registered.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// What to train.
#[derive(Clone)]
pub struct Training<'a> {
    /// Folder of the product's files.
    pub data_dir: &'a Path,
    /// Results known after this time are left out; none: all that is known now.
    pub until: Option<DateTime<Utc>>,
    /// How to train.
    pub recipe: Recipe,
    /// Where bundles are kept beside the data folder.
    pub artifacts: Option<&'a dyn ArtifactStore>,
    /// Whether the model is made the champion; else it is only registered.
    pub activate: bool,
}

/// Trains on the store's matches, keeps the bundle and registers it; makes it the champion where that is asked for.
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
    let published = publish(store, training.artifacts, training.data_dir, &mut model).await?;
    if training.activate {
        store.promote(&published.name, &published.version).await?;
    }
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
