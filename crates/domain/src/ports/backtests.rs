//! Reports of backtests, kept so that they can be looked up and set beside later ones.

use super::StoreError;
use crate::BacktestId;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// A report to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBacktest {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// What a list says of it, as JSON: a few lines, however many strategies it judges.
    pub summary: serde_json::Value,
    /// Everything that it says, as JSON.
    pub report: serde_json::Value,
}

/// A report in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestEntry {
    /// Its identifier: the later, the higher.
    pub id: BacktestId,
    /// When it was made first.
    pub made_at: DateTime<Utc>,
    /// What a list says of it, as JSON.
    pub summary: serde_json::Value,
}

/// A report as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptBacktest {
    /// What a list says of it.
    pub entry: BacktestEntry,
    /// Everything that it says, as JSON.
    pub report: serde_json::Value,
}

/// Reading reports of backtests.
#[async_trait]
pub trait BacktestReader: Send + Sync {
    /// Reports, the latest first, at most `limit`: all, or those before one.
    ///
    /// # Errors
    /// The store is not available.
    async fn backtests(
        &self,
        before: Option<BacktestId>,
        limit: u32,
    ) -> Result<Vec<BacktestEntry>, StoreError>;

    /// One report.
    ///
    /// # Errors
    /// The store is not available.
    async fn backtest(&self, id: BacktestId) -> Result<Option<KeptBacktest>, StoreError>;
}

/// Keeping reports of backtests.
#[async_trait]
pub trait BacktestWriter: Send + Sync {
    /// Keeps a report and gives its identifier. One that says the same is kept once, with the time when it was made first.
    ///
    /// # Errors
    /// The store is not available.
    async fn keep_backtest(&self, backtest: &NewBacktest) -> Result<BacktestId, StoreError>;
}
