use super::StoreError;
use async_trait::async_trait;
use serde::Serialize;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// Whether all is well.
    pub healthy: bool,
    /// What was seen.
    pub details: String,
    /// What to do, where something is to be done.
    pub advice: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn good(check: &'static str, details: String) -> Self {
        Self { check, healthy: true, details, advice: None }
    }

    /// Something is to be done.
    pub fn bad(check: &'static str, details: String, advice: &str) -> Self {
        Self { check, healthy: false, details, advice: Some(advice.to_owned()) }
    }
}

/// A store's look at itself.
#[async_trait]
pub trait SelfDiagnosis: Send + Sync {
    /// Schema, integrity, wasted space, rows that lost what they belong to, and whatever else the store must be kept in
    /// shape for. May read everything: minutes on a large store.
    ///
    /// # Errors
    /// The store is not available.
    async fn diagnose(&self) -> Result<Vec<Finding>, StoreError>;
}
