//! Lines of documents that were not used, and what a person decides about them.
//!
//! What is rejected stays where it came: the document with its bytes in bronze, and a finding with document, line and reason. A
//! person puts the line right, or leaves it out; the document is read again at once, with the other line in the place of its
//! own and dated by when it first came, so that silver ends as if it had come right at first. Each decision is kept, with who
//! made it and why, and can be undone: then the line is read as it came. What it had brought to silver until then stays
//! there, as the word of its document, until another document says something else.

use crate::identity::SourceOrder;
use crate::ingest::{IngestReport, StoredError, ingest_stored};
use serde::Serialize;
use thiserror::Error;
use touchline_collect::patch::line_of;
use touchline_domain::ports::{IntakeStore, IssueFilter, StoreError, StoredIssue};
use touchline_domain::{Clock, DocumentId, Handling, IssueStatus, LineCorrection, NewLineCorrection};

/// Why a line was not decided about.
#[derive(Debug, Error)]
pub enum QuarantineError {
    /// No such finding.
    #[error("there is no finding {0}; touchline quality quarantine lists those about lines")]
    Unknown(i64),
    /// It is about no line.
    #[error("finding {0} is about no line of a document; touchline quality review decides about it")]
    NoLine(i64),
    /// The document is no table.
    #[error("document {0} has no lines that can be corrected (it is JSON or a page); ingest a corrected one")]
    NoLines(DocumentId),
    /// It has no such line.
    #[error("document {0} has no line {1}")]
    MissingLine(DocumentId, u32),
    /// More than a line.
    #[error("a line is corrected by one line; write it without line ends")]
    Several,
    /// The decision is undone already, or there is none.
    #[error("document {0} has no decision {1} that could be undone")]
    Undone(DocumentId, i64),
    /// The document cannot be read again.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// A line that was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quarantined {
    /// The finding.
    pub finding: i64,
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// The line.
    pub line: u32,
    /// Kind of finding.
    pub kind: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The line as it came; none of documents that have no lines.
    pub text: Option<String>,
    /// What was decided about it.
    pub decided: Vec<LineCorrection>,
}

/// Findings about lines of which a person has to decide, the latest first, at most `limit`.
///
/// # Errors
/// The store is not available.
pub async fn waiting(store: &dyn IntakeStore, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
    let filter = IssueFilter {
        of_documents: true,
        needs_review: true,
        status: Some(IssueStatus::Open),
        ..IssueFilter::default()
    };
    let mut found = Vec::new();
    for issue in store.find_issues(&filter, limit).await? {
        let Some(document) = issue.document.filter(|_| issue.locator > 0) else { continue };
        let held = store.document(document).await?;
        let text = held.filter(|held| has_lines(&held.bytes)).and_then(|d| line_of(&d.bytes, issue.locator));
        let decided = store.line_corrections(document).await?;
        let StoredIssue { id, document_name, locator, error_type, message, .. } = issue;
        found.push(Quarantined {
            finding: id,
            document,
            name: document_name.unwrap_or_default(),
            line: locator,
            kind: error_type,
            message,
            text,
            decided: decided.into_iter().filter(|decided| decided.line == locator).collect(),
        });
    }
    Ok(found)
}

/// Whether a document consists of lines, rather than of one value or a page.
pub(crate) fn has_lines(bytes: &[u8]) -> bool {
    let first = line_of(bytes, 1).unwrap_or_default();
    !bytes.starts_with(b"PK") && !matches!(first.trim_start().chars().next(), None | Some('{' | '[' | '<'))
}

/// What a person decides about a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDecision {
    /// The line as it should have come; none: it is left out.
    pub text: Option<String>,
    /// Why.
    pub reason: String,
    /// Who decides.
    pub by: String,
}

/// What a decision brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// The number of the decision; by it, it can be undone.
    pub decision: i64,
    /// The document.
    pub document: DocumentId,
    /// The line.
    pub line: u32,
    /// What reading the document again brought.
    pub report: IngestReport,
}

/// Decides about the line of a finding, reads its document again, and marks the finding as resolved, or as ignored where the
/// line is left out. To decide the same again changes nothing.
///
/// # Errors
/// [`QuarantineError`]. The decision is kept before the document is read; where that fails, `touchline reprocess` completes it.
pub async fn decide(
    store: &dyn IntakeStore,
    finding: i64,
    decision: LineDecision,
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<Decided, QuarantineError> {
    let filter = IssueFilter { id: Some(finding), ..IssueFilter::default() };
    let issue = store.find_issues(&filter, 1).await?.pop().ok_or(QuarantineError::Unknown(finding))?;
    let document = issue.document.filter(|_| issue.locator > 0).ok_or(QuarantineError::NoLine(finding))?;
    let held = store.document(document).await?.ok_or(StoredError::Unknown(document))?;
    if !has_lines(&held.bytes) {
        return Err(QuarantineError::NoLines(document));
    }
    let line = issue.locator;
    if line_of(&held.bytes, line).is_none() {
        return Err(QuarantineError::MissingLine(document, line));
    }
    let LineDecision { text, reason, by } = decision;
    if text.as_ref().is_some_and(|text| text.contains(['\n', '\r'])) {
        return Err(QuarantineError::Several);
    }
    let (status, words) = match &text {
        Some(text) => (IssueStatus::Resolved, format!("line {line} is read as {text:?}: {reason}")),
        None => (IssueStatus::Ignored, format!("line {line} is left out: {reason}")),
    };
    let new = NewLineCorrection { document, line, text, reason, by: by.clone() };
    let decision = store.correct_line(&new, clock.now()).await?;
    let mut report = IngestReport::default();
    ingest_stored(store, document, order, clock, &mut report).await?;
    store.handle_issue(finding, &Handling { status, by, notes: Some(words) }, clock.now()).await?;
    Ok(Decided { decision, document, line, report })
}

/// Undoes a decision: its line is read as it came, and the findings about it are open again.
///
/// # Errors
/// [`QuarantineError`].
pub async fn undo(
    store: &dyn IntakeStore,
    (document, decision): (DocumentId, i64),
    by: &str,
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<IngestReport, QuarantineError> {
    let decided = store.line_corrections(document).await?;
    let held = decided.into_iter().find(|held| held.id == decision && held.undone.is_none());
    let line = held.ok_or(QuarantineError::Undone(document, decision))?.line;
    store.undo_line_correction(decision, by, clock.now()).await?;
    let of_document = IssueFilter { document: Some(document), ..IssueFilter::default() };
    for issue in store.find_issues(&of_document, u32::MAX).await? {
        if issue.locator == line && issue.status != IssueStatus::Open {
            let notes = Some(format!("decision {decision} about line {line} was undone"));
            let handling = Handling { status: IssueStatus::Open, by: by.to_owned(), notes };
            store.handle_issue(issue.id, &handling, clock.now()).await?;
        }
    }
    let mut report = IngestReport::default();
    ingest_stored(store, document, order, clock, &mut report).await?;
    Ok(report)
}
