//! Telling of runs: the section `[lineage]`.

use super::Secret;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;
use touchline_integrations::OpenLineage;

/// What is kept of runs, and who else is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineageConfig {
    pub record: bool,
    pub keep_days: NonZeroU32,
    pub url: String,
    pub key: Secret,
}

impl LineageConfig {
    /// The backend that is told, if there is one.
    ///
    /// # Errors
    /// Its address cannot be used.
    pub fn backend(&self) -> Result<Option<OpenLineage>> {
        if self.url.is_empty() {
            return Ok(None);
        }
        let key = self.key.secret().map(str::to_owned);
        OpenLineage::new(&self.url, key).map(Some).context("[lineage] url")
    }
}
