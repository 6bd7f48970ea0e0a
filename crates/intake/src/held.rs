//! Rows that rules held back before they became silver, and what is decided about them.
//!
//! A held row stays in its document. It is released as it is, refused for good, or put right
//! ([`quarantine`](crate::quarantine)). A decision is about what the row says, so that the next edition of the file is not asked about
//! again; it is kept with who made it and why, and can be taken back. The decision comes first, then the documents of its rows are
//! read again; where that is interrupted, [`settle`] completes it, which every import does.

use crate::identity::SourceOrder;
use crate::ingest::{IngestReport, StoredError, ingest_stored};
use crate::quarantine::has_lines;
use serde::Serialize;
use std::collections::BTreeSet;
use thiserror::Error;
use touchline_collect::patch::line_of;
use touchline_domain::ports::{HeldFilter, IntakeStore, IssueFilter, StoreError};
use touchline_domain::{Clock, DocumentId, HeldRow, NewRowDecision, RowDecision, RowVerdict};

/// Documents that are read again in one go.
const AT_ONCE: u32 = 1_000;

/// Why a row was not decided about.
#[derive(Debug, Error)]
pub enum HeldError {
    /// No such row.
    #[error("there is no held row {0}; touchline quality held --all lists them")]
    Unknown(i64),
    /// The decision is taken back already, or there is none.
    #[error("there is no decision {0} about held rows that could be taken back")]
    TakenBack(i64),
    /// A document cannot be read again.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// A held row with its bytes and what was decided about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// Its number.
    pub id: i64,
    /// The document.
    pub document: DocumentId,
    /// The source.
    pub source: String,
    /// Name of the document.
    pub name: String,
    /// The line, or the number of the record.
    pub line: u32,
    /// The rule.
    pub rule: String,
    /// The version of the rule.
    pub rule_version: u32,
    /// What is wrong.
    pub reason: String,
    /// What became of it.
    pub state: &'static str,
    /// The row as it came; none where the document no longer has it.
    pub text: Option<String>,
    /// The finding about it, by which its line can be corrected.
    pub finding: Option<i64>,
    /// What was decided about it, the first decision first.
    pub decisions: Vec<RowDecision>,
}

/// Held rows that pass a filter, the latest first, at most `limit`.
///
/// # Errors
/// The store is not available.
pub async fn held(store: &dyn IntakeStore, filter: &HeldFilter, limit: u32) -> Result<Vec<Held>, StoreError> {
    let mut found = Vec::new();
    for HeldRow { id, document, source, document_name, row, .. } in store.held_rows(filter, limit).await? {
        let of_document = IssueFilter {
            document: Some(document),
            error_type: Some(row.rule.clone()),
            ..IssueFilter::default()
        };
        let issues = store.find_issues(&of_document, u32::MAX).await?;
        found.push(Held {
            id,
            document,
            source,
            name: document_name,
            line: row.line,
            text: text_of(store, document, row.line).await?,
            finding: issues.iter().find(|issue| issue.locator == row.line).map(|issue| issue.id),
            decisions: store.row_decisions(std::slice::from_ref(&row.fingerprint)).await?,
            state: row.state.name(),
            rule: row.rule,
            rule_version: row.rule_version,
            reason: row.reason,
        });
    }
    Ok(found)
}

/// A row as it came: its line, or the record in JSON.
async fn text_of(
    store: &dyn IntakeStore,
    document: DocumentId,
    line: u32,
) -> Result<Option<String>, StoreError> {
    let Some(held) = store.document(document).await? else { return Ok(None) };
    if has_lines(&held.bytes) {
        return Ok(line_of(&held.bytes, line));
    }
    let records = store.records(document).await?;
    Ok(records.into_iter().find(|record| record.locator == line).and_then(|record| record.payload))
}

/// What a decision brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// The number of the decision; by it, it can be taken back.
    pub decision: i64,
    /// What reading the documents of its rows again brought.
    pub report: IngestReport,
}

/// Decides about a held row and every other one that says the same, and reads their documents again. To decide the same again
/// changes nothing but the log.
///
/// # Errors
/// [`HeldError`]. The decision is kept before the documents are read; where that fails, the next import completes it.
pub async fn decide(
    store: &dyn IntakeStore,
    id: i64,
    verdict: RowVerdict,
    (reason, by): (&str, &str),
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<Settled, HeldError> {
    let filter = HeldFilter { id: Some(id), ..HeldFilter::default() };
    let held = store.held_rows(&filter, 1).await?.pop().ok_or(HeldError::Unknown(id))?;
    let decision = NewRowDecision {
        fingerprint: held.row.fingerprint,
        verdict,
        reason: reason.to_owned(),
        by: by.to_owned(),
    };
    let decision = store.decide_row(&decision, clock.now()).await?;
    Ok(Settled { decision, report: settle(store, order, clock).await? })
}

/// Takes a decision back: its rows are held again. What they had brought to silver until then stays there, as the word of their
/// document, until another document says something else.
///
/// # Errors
/// [`HeldError`].
pub async fn take_back(
    store: &dyn IntakeStore,
    decision: i64,
    by: &str,
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<IngestReport, HeldError> {
    let undone = store.undo_row_decision(decision, by, clock.now()).await?;
    undone.ok_or(HeldError::TakenBack(decision))?;
    Ok(settle(store, order, clock).await?)
}

/// Reads the documents again whose held rows do not follow yet what was decided about them.
///
/// # Errors
/// The store is not available, or a document cannot be read again.
pub async fn settle(
    store: &dyn IntakeStore,
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<IngestReport, StoredError> {
    let unsettled = HeldFilter { unsettled: true, ..HeldFilter::default() };
    let rows = store.held_rows(&unsettled, AT_ONCE).await?;
    let documents: BTreeSet<DocumentId> = rows.into_iter().map(|held| held.document).collect();
    let mut report = IngestReport::default();
    for document in documents {
        ingest_stored(store, document, order, clock, &mut report).await?;
    }
    Ok(report)
}
