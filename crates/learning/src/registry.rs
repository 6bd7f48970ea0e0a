//! The registry of trained models: publishing what was trained, and opening what is registered on any machine.
//!
//! A bundle lies in the data folder of the machine that trained it. Where servers share only a database or a bucket, an
//! [`ArtifactStore`] keeps its files too; a machine that lacks them fetches them once and checks them against the
//! manifest's hash in the registry. Training registers a version; only [`promote`](ModelWriter::promote) makes it answer.

mod comparison;

pub use comparison::{ComparedModel, ModelComparison, Paired, compare_models, joint_view};

use crate::matrices::Horizon;
use crate::model::{self, BundleError, ForecastModel, MODEL_NAME, Manifest};
use crate::off_executor::off_executor;
use std::path::{Path, PathBuf};
use thiserror::Error;
use touchline_domain::ports::{
    ArtifactError, ArtifactStore, ModelAlias, ModelReader, ModelVersion, ModelWriter, StoreError,
};
use touchline_features::MarketView;

/// Why a model cannot be published or opened.
#[derive(Debug, Error)]
pub enum RegistryError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The bundle cannot be written or read.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// Its files cannot be kept or fetched.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// No version is the champion.
    #[error("{}", no_champion(.name, .registered.as_deref()))]
    NoChampion {
        /// Name of the model.
        name: String,
        /// The latest registered version, where there is one.
        registered: Option<String>,
    },
    /// No version of this name is registered.
    #[error("model {name} has no version {version}; `touchline models list` shows what is registered")]
    Unknown {
        /// Name of the model.
        name: String,
        /// The version asked for.
        version: String,
    },
}

fn no_champion(name: &str, registered: Option<&str>) -> String {
    match registered {
        None => "no model is trained yet; run `touchline train --activate`".to_owned(),
        Some(version) if name == MODEL_NAME => {
            format!("no version of {name} is promoted; run `touchline models promote {version}`")
        }
        Some(version) => {
            format!("no version of {name} is promoted; run `touchline models promote {name}/{version}`")
        }
    }
}

/// Folder of a version's bundle.
pub fn bundle_path(data_dir: &Path, name: &str, version: &str) -> PathBuf {
    data_dir.join("models").join(name).join(version)
}

/// Registers a bundle that lies in the data folder, after keeping its files where `artifacts` is given. The version has no
/// alias afterwards: it answers once it is promoted.
///
/// # Errors
/// The folder, the artifacts or the store are not available. What was written before stays and is without effect.
pub async fn publish<S: ModelWriter + ?Sized>(
    store: &S,
    artifacts: Option<&dyn ArtifactStore>,
    data_dir: &Path,
    manifest: &Manifest,
    manifest_hash: String,
) -> Result<ModelVersion, RegistryError> {
    let Manifest { name, version, trained_at, .. } = manifest;
    if let Some(artifacts) = artifacts {
        let files = model::read_files(&bundle_path(data_dir, name, version))?;
        artifacts.keep_bundle(name, version, &files).await?;
    }
    let registered = ModelVersion {
        name: name.clone(),
        version: version.clone(),
        path: format!("models/{name}/{version}"),
        manifest_hash,
        trained_at: *trained_at,
        metrics: serde_json::to_value(manifest.variants[Horizon::Fresh as usize].holdout).unwrap_or_default(),
    };
    store.register(&registered).await?;
    Ok(registered)
}

/// Makes sure that a registered version's bundle lies in the data folder: fetches it where it is missing and kept
/// elsewhere. Does nothing where it is there.
///
/// # Errors
/// The artifacts are not available, what they hold is not what was registered, or the folder cannot be written. A version
/// that is kept nowhere else is no error here: reading it says what is missing.
pub async fn provide(
    artifacts: Option<&dyn ArtifactStore>,
    data_dir: &Path,
    version: &ModelVersion,
) -> Result<(), RegistryError> {
    let Some(artifacts) = artifacts else { return Ok(()) };
    if model::is_registered_bundle(data_dir, version) {
        return Ok(());
    }
    let Some(files) = artifacts.fetch_bundle(&version.name, &version.version).await? else { return Ok(()) };
    model::write_files(
        &bundle_path(data_dir, &version.name, &version.version),
        &files,
        &version.manifest_hash,
    )?;
    tracing::info!(name = version.name, version = version.version, "fetched a model");
    Ok(())
}

/// The version of the default model that answers.
///
/// # Errors
/// The store is not available, or no version is promoted.
pub async fn champion<S: ModelReader + ?Sized>(store: &S) -> Result<ModelVersion, RegistryError> {
    champion_of(store, MODEL_NAME).await
}

/// The version of a model that answers.
///
/// # Errors
/// The store is not available, or no version is promoted.
pub async fn champion_of<S: ModelReader + ?Sized>(
    store: &S,
    name: &str,
) -> Result<ModelVersion, RegistryError> {
    if let Some(version) = store.aliased(name, ModelAlias::Champion).await? {
        return Ok(version);
    }
    let registered = store.versions().await?.into_iter().find(|v| v.name == name).map(|v| v.version);
    Err(RegistryError::NoChampion { name: name.to_owned(), registered })
}

/// The versions that answer where prices are known, the one that knows most first.
///
/// # Errors
/// The store is not available.
pub async fn priced_champions<S: ModelReader + ?Sized>(store: &S) -> Result<Vec<ModelVersion>, StoreError> {
    let mut champions = Vec::new();
    for view in MarketView::ALL.into_iter().filter(|view| *view != MarketView::None) {
        champions.extend(store.aliased(model::name_of(view), ModelAlias::Champion).await?);
    }
    Ok(champions)
}

/// A registered version, by version or alias: of the default model, unless the name of another one with a slash stands before
/// it, such as `touchline-pre-match/champion`. A version of no default model is looked for among the others.
///
/// # Errors
/// The store is not available, or there is no such version.
pub async fn find<S: ModelReader + ?Sized>(store: &S, wanted: &str) -> Result<ModelVersion, RegistryError> {
    let (name, version) = match wanted.split_once('/') {
        Some((name, version)) => (Some(name), version),
        None => (None, wanted),
    };
    if let Ok(alias) = version.parse::<ModelAlias>()
        && let Some(version) = store.aliased(name.unwrap_or(MODEL_NAME), alias).await?
    {
        return Ok(version);
    }
    let mut found: Vec<ModelVersion> =
        store.versions().await?.into_iter().filter(|v| v.version == version).collect();
    found.retain(|v| name.map_or_else(|| model::view_of(&v.name).is_some(), |name| v.name == name));
    let default = found.iter().position(|v| v.name == MODEL_NAME).unwrap_or_default();
    let unknown = || RegistryError::Unknown {
        name: name.unwrap_or(MODEL_NAME).to_owned(),
        version: version.to_owned(),
    };
    if found.is_empty() { Err(unknown()) } else { Ok(found.swap_remove(default)) }
}

/// Gives a registered version, by version or alias, an alias, if its files can be read: one that cannot must not answer.
///
/// # Errors
/// The store is not available, there is no such version, or its bundle cannot be read.
pub async fn assign<S: ModelReader + ModelWriter + ?Sized>(
    store: &S,
    artifacts: Option<&dyn ArtifactStore>,
    data_dir: &Path,
    wanted: &str,
    alias: Assignable,
) -> Result<ModelVersion, RegistryError> {
    let version = find(store, wanted).await?;
    check_readable(artifacts, data_dir, &version).await?;
    match alias {
        Assignable::Champion => store.promote(&version.name, &version.version).await?,
        Assignable::Challenger => store.challenge(&version.name, &version.version).await?,
    }
    Ok(version)
}

/// Fetches a version's files where they are not here, and reads them once.
///
/// # Errors
/// Its files are nowhere, damaged, or not those that were registered.
pub async fn check_readable(
    artifacts: Option<&dyn ArtifactStore>,
    data_dir: &Path,
    version: &ModelVersion,
) -> Result<(), RegistryError> {
    provide(artifacts, data_dir, version).await?;
    let (folder, registered) = (data_dir.to_owned(), version.clone());
    Ok(off_executor(move || model::load_registered(&folder, &registered).map(drop)).await?)
}

/// Aliases that are given by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignable {
    /// It answers.
    Champion,
    /// It is compared with the one that answers.
    Challenger,
}

/// Reads the model of a registered version, fetching its files where they are not here.
///
/// # Errors
/// Its files are nowhere, damaged, or not those that were registered.
pub async fn open_model(
    artifacts: Option<&dyn ArtifactStore>,
    data_dir: &Path,
    version: &ModelVersion,
) -> Result<ForecastModel, RegistryError> {
    provide(artifacts, data_dir, version).await?;
    Ok(model::load_registered(data_dir, version)?)
}
