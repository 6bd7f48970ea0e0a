//! Versions of models and their aliases.

use crate::error::corrupt;
use crate::row::Read;
use touchline_domain::ports::{AssignedAlias, ModelAlias, ModelVersion, StoreError};

/// Name, version, path, hash of the manifest, time of training and metrics.
pub fn version(row: &impl Read) -> Result<ModelVersion, StoreError> {
    Ok(ModelVersion {
        name: row.value(0)?,
        version: row.value(1)?,
        path: row.value(2)?,
        manifest_hash: row.value(3)?,
        trained_at: row.time(4)?,
        metrics: serde_json::from_str(row.value(5)?).map_err(corrupt)?,
    })
}

/// Name, alias, version and time.
pub fn assigned_alias(row: &impl Read) -> Result<AssignedAlias, StoreError> {
    Ok(AssignedAlias {
        name: row.value(0)?,
        alias: row.parsed(1)?,
        version: row.value(2)?,
        assigned_at: row.time(3)?,
    })
}

/// Alias and version of one model.
pub fn alias_of_model(row: &impl Read) -> Result<(ModelAlias, String), StoreError> {
    Ok((row.parsed(0)?, row.value(1)?))
}
