use super::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// A trained model known to the registry; its files lie in the bundle's folder.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelVersion {
    /// Name of the model.
    pub name: String,
    /// Version, such as the time of training.
    pub version: String,
    /// Folder of the bundle, relative to the data folder.
    pub path: String,
    /// BLAKE3 of the bundle's manifest.
    pub manifest_hash: String,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
    /// Metrics with their samples, as JSON.
    pub metrics: serde_json::Value,
}

/// The registry of trained models.
#[async_trait]
pub trait ModelReader: Send + Sync {
    /// The version that answers.
    ///
    /// # Errors
    /// The store is not available.
    async fn active(&self) -> Result<Option<ModelVersion>, StoreError>;

    /// All versions, latest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn versions(&self) -> Result<Vec<ModelVersion>, StoreError>;
}

/// Registering trained models.
#[async_trait]
pub trait ModelWriter: Send + Sync {
    /// Registers a version; the same name and version again must have the same manifest.
    ///
    /// # Errors
    /// The store is not available, or the version exists with another manifest.
    async fn register(&self, model: &ModelVersion) -> Result<(), StoreError>;

    /// Makes a registered version the one that answers.
    ///
    /// # Errors
    /// The store is not available, or the version is not registered.
    async fn activate(&self, name: &str, version: &str) -> Result<(), StoreError>;
}
