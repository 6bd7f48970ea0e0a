//! Findings about data.

use crate::error::Mapped;
use crate::rows::documents::issue;
use crate::{Connection, SqliteStore, bulk};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use touchline_domain::QualityIssue;
use touchline_domain::ports::{QualityReader, QualityWriter, StoreError, StoredIssue, texts};

#[async_trait]
impl QualityReader for SqliteStore {
    async fn issues(&self, limit: u32) -> Result<Vec<StoredIssue>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/quality/latest.sql"))
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(issue).collect()
    }
}

#[async_trait]
impl QualityWriter for SqliteStore {
    async fn record_issues(&self, issues: &[QualityIssue], now: DateTime<Utc>) -> Result<u64, StoreError> {
        texts::issues(issues)?;
        let mut transaction = self.write().await?;
        let new = insert(&mut transaction, issues, now.timestamp()).await?;
        transaction.commit().await.mapped()?;
        Ok(new)
    }
}

/// Records findings; returns how many were new.
pub(crate) async fn insert(
    connection: &mut Connection,
    issues: &[QualityIssue],
    now: i64,
) -> Result<u64, StoreError> {
    bulk::run(connection, include_str!("../queries/quality/insert.sql"), issues, |row, issue| {
        row.put(issue.table)
            .put(issue.document.map(|id| id.0))
            .put(issue.locator)
            .put(issue.error_type.as_str())
            .put(issue.severity.name())
            .put(issue.data.as_str())
            .put(issue.message.as_str())
            .put(issue.requires_manual_review)
            .put(now);
    })
    .await
}
