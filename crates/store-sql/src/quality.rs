//! Findings about data, and what is decided about lines and rows.

mod held;

pub use held::{decide_row, held_rows, insert_held, row_decisions, undo_row_decision};

use crate::error::corrupt;
use crate::jobs::removed;
use crate::row::Read;
use crate::rows::documents::issue;
use crate::statements::{Statements, Value};
use crate::store::{SqlStore, Write};
use crate::values;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{IssueCount, IssueFilter, KeptCheck, StoreError, StoredIssue, texts};
use touchline_domain::{
    DocumentId, FeedPosition, Handling, IssueStatus, LineCorrection, NewLineCorrection, QualityIssue,
    Severity,
};

pub async fn issues<S: SqlStore>(store: &S, limit: u32) -> Result<Vec<StoredIssue>, StoreError> {
    store.read().await?.all(S::TEXTS.quality.latest, &values![limit], issue).await
}

pub async fn find_issues<S: SqlStore>(
    store: &S,
    filter: &IssueFilter,
    limit: u32,
) -> Result<Vec<StoredIssue>, StoreError> {
    let mut values = of_filter(filter)?;
    values.extend(values![limit]);
    store.read().await?.all(S::TEXTS.quality.find, &values, issue).await
}

/// The parameters of a filter, in the order of both statements.
fn of_filter(filter: &IssueFilter) -> Result<Vec<Value<'_>>, StoreError> {
    let IssueFilter { id, table, severity, status, error_type, needs_review, of_documents, .. } = filter;
    let IssueFilter { document, since, until, handled_since, .. } = filter;
    [table, error_type].into_iter().flatten().try_for_each(|text| texts::check("filter", text))?;
    let (severity, status) = (severity.map(Severity::name), status.map(IssueStatus::name));
    let what = values![table, severity, status, error_type, *needs_review, *since, *id, *of_documents];
    Ok(what.into_iter().chain(values![*document, *until, *handled_since]).collect())
}

pub async fn issue_counts<S: SqlStore>(
    store: &S,
    filter: &IssueFilter,
) -> Result<Vec<IssueCount>, StoreError> {
    store.read().await?.all(S::TEXTS.quality.counts, &of_filter(filter)?, issue_count).await
}

fn issue_count(row: &impl Read) -> Result<IssueCount, StoreError> {
    Ok(IssueCount {
        table: row.value(0)?,
        error_type: row.value(1)?,
        severity: row.value(2)?,
        status: row.parsed(3)?,
        count: row.number(4)?,
    })
}

pub async fn quality_checks<S: SqlStore>(store: &S, limit: u32) -> Result<Vec<KeptCheck>, StoreError> {
    store.read().await?.all(S::TEXTS.quality.checks, &values![limit], kept_check).await
}

pub async fn quality_checks_between<S: SqlStore>(
    store: &S,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<KeptCheck>, StoreError> {
    store.read().await?.all(S::TEXTS.quality.checks_between, &values![from, until], kept_check).await
}

pub async fn line_decisions_between<S: SqlStore>(
    store: &S,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let values = values![from, until];
    store.read().await?.one(S::TEXTS.quality.line_decisions, &values, |row| row.number(0)).await
}

fn kept_check(row: &impl Read) -> Result<KeptCheck, StoreError> {
    Ok(KeptCheck {
        checked_at: row.time(0)?,
        position: FeedPosition(row.value(1)?),
        report: serde_json::from_str(row.value(2)?).map_err(corrupt)?,
    })
}

pub async fn quality_baselines<S: SqlStore>(
    store: &S,
) -> Result<Vec<(String, String, DateTime<Utc>)>, StoreError> {
    store.read().await?.all(S::TEXTS.quality.baselines, &values![], kept_baseline).await
}

fn kept_baseline(row: &impl Read) -> Result<(String, String, DateTime<Utc>), StoreError> {
    Ok((row.value(0)?, row.value(1)?, row.time(2)?))
}

pub async fn handle_issue<S: SqlStore>(
    store: &S,
    id: i64,
    handling: &Handling,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    texts::handling(handling)?;
    let Handling { status, by, notes } = handling;
    let mut write = store.write(&[]).await?;
    let values = values![id, status.name(), by, now, notes];
    let handled = write.run(S::TEXTS.quality.handle, &values).await?;
    write.commit().await?;
    Ok(handled > 0)
}

pub async fn keep_quality_check<S: SqlStore>(store: &S, check: &KeptCheck) -> Result<(), StoreError> {
    let report = check.report.to_string();
    texts::check("check", &report)?;
    let mut write = store.write(&[]).await?;
    let values = values![check.checked_at, check.position.0, report];
    write.run(S::TEXTS.quality.keep_check, &values).await?;
    write.commit().await
}

pub async fn line_corrections<S: SqlStore>(
    store: &S,
    document: DocumentId,
) -> Result<Vec<LineCorrection>, StoreError> {
    store.read().await?.all(S::TEXTS.quality.line_corrections, &values![document], line_correction).await
}

fn line_correction(row: &impl Read) -> Result<LineCorrection, StoreError> {
    let undone_by: Option<String> = row.value(6)?;
    Ok(LineCorrection {
        id: row.value(0)?,
        line: row.number(1)?,
        text: row.value(2)?,
        reason: row.value(3)?,
        by: row.value(4)?,
        at: row.time(5)?,
        undone: undone_by.zip(row.optional_time(7)?),
    })
}

pub async fn correct_line<S: SqlStore>(
    store: &S,
    correction: &NewLineCorrection,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    texts::line_correction(correction)?;
    let NewLineCorrection { document, line, text, reason, by } = correction;
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.quality.undo_line_corrections, &values![*document, *line, by, now]).await?;
    let values = values![*document, *line, text, reason, by, now];
    let id = write.one(S::TEXTS.quality.correct_line, &values, |row| row.value(0)).await?;
    write.commit().await?;
    Ok(id)
}

pub async fn undo_line_correction<S: SqlStore>(
    store: &S,
    id: i64,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    texts::key("who decides about a line", by)?;
    let mut write = store.write(&[]).await?;
    let undone = write.run(S::TEXTS.quality.undo_line_correction, &values![id, by, now]).await?;
    write.commit().await?;
    Ok(undone > 0)
}

pub async fn purge_quality_checks<S: SqlStore>(store: &S, before: DateTime<Utc>) -> Result<u64, StoreError> {
    removed(store, S::TEXTS.quality.purge_checks, before).await
}

pub async fn put_quality_baseline<S: SqlStore>(
    store: &S,
    name: &str,
    baseline: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    texts::check(name, baseline)?;
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.quality.put_baseline, &values![name, baseline, now]).await?;
    write.commit().await
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
