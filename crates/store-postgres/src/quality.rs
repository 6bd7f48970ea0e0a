//! Findings about data.

use crate::columns::{ROWS, column};
use crate::error::Mapped;
use crate::rows::documents::issue;
use crate::{Connection, PostgresStore, whole};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use touchline_domain::QualityIssue;
use touchline_domain::ports::{QualityReader, QualityWriter, StoreError, StoredIssue, texts};

#[async_trait]
impl QualityReader for PostgresStore {
    async fn issues(&self, limit: u32) -> Result<Vec<StoredIssue>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/quality/latest.sql"))
            .bind(i64::from(limit))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(issue).collect()
    }
}

#[async_trait]
impl QualityWriter for PostgresStore {
    async fn record_issues(&self, issues: &[QualityIssue], now: DateTime<Utc>) -> Result<u64, StoreError> {
        texts::issues(issues)?;
        let mut transaction = self.write().await?;
        let new = insert(&mut transaction, issues, whole(now)).await?;
        transaction.commit().await.mapped()?;
        Ok(new)
    }
}

/// Records findings; returns how many were new.
pub(crate) async fn insert(
    connection: &mut Connection,
    issues: &[QualityIssue],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut new = 0;
    for issues in issues.chunks(ROWS) {
        new += sqlx::query(include_str!("../queries/quality/insert.sql"))
            .bind(column(issues, |i| i.table))
            .bind(column(issues, |i| i.document.map(|id| id.0)))
            .bind(column(issues, |i| i64::from(i.locator)))
            .bind(column(issues, |i| i.error_type.as_str()))
            .bind(column(issues, |i| i.severity.name()))
            .bind(column(issues, |i| i.data.as_str()))
            .bind(column(issues, |i| i.message.as_str()))
            .bind(column(issues, |i| i.requires_manual_review))
            .bind(now)
            .execute(&mut *connection)
            .await
            .mapped()?
            .rows_affected();
    }
    Ok(new)
}
