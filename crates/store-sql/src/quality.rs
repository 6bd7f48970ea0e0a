//! Findings about data.

use crate::rows::documents::issue;
use crate::statements::Statements;
use crate::store::{SqlStore, Write};
use crate::values;
use chrono::{DateTime, Utc};
use touchline_domain::QualityIssue;
use touchline_domain::ports::{StoreError, StoredIssue, texts};

pub async fn issues<S: SqlStore>(store: &S, limit: u32) -> Result<Vec<StoredIssue>, StoreError> {
    store.read().await?.all(S::TEXTS.quality.latest, &values![limit], issue).await
}

pub async fn record_issues<S: SqlStore>(
    store: &S,
    issues: &[QualityIssue],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    texts::issues(issues)?;
    let mut write = store.write(&[]).await?;
    let new = insert(&mut write, issues, now).await?;
    write.commit().await?;
    Ok(new)
}

/// Records findings; returns how many were new.
pub async fn insert<S: SqlStore>(
    write: &mut Write<S>,
    issues: &[QualityIssue],
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let inserted = write.run_all(S::TEXTS.quality.insert, issues, |issue| {
        let QualityIssue { table, document, locator, error_type, severity, data, message, .. } = issue;
        let (severity, review) = (severity.name(), issue.requires_manual_review);
        values![*table, *document, *locator, error_type, severity, data, message, review, now]
    });
    inserted.await
}
