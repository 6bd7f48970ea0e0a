//! Findings about data, what became of them, and what checks of the data said.

use super::StoreError;
use crate::{
    DocumentId, FeedPosition, Handling, HeldRow, HeldState, IssueStatus, LineCorrection, NewLineCorrection,
    NewRowDecision, QualityIssue, RowDecision, Severity,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// A recorded finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredIssue {
    /// Identifier in the store.
    pub id: i64,
    /// The document, where there is one.
    pub document: Option<DocumentId>,
    /// Its name.
    pub document_name: Option<String>,
    /// Place in the document.
    pub locator: u32,
    /// Kind of finding.
    pub error_type: String,
    /// How bad: `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// The record or a part of it.
    pub data: String,
    /// When it was found.
    pub detected_at: DateTime<Utc>,
    /// The table that the record was meant for.
    pub table: String,
    /// What became of it.
    pub status: IssueStatus,
    /// Whether a person has to decide.
    pub requires_manual_review: bool,
    /// Who decided.
    pub handled_by: Option<String>,
    /// When.
    pub handled_at: Option<DateTime<Utc>>,
    /// What was noted.
    pub resolution_notes: Option<String>,
}

/// Which findings to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueFilter {
    /// Only the one of this number.
    pub id: Option<i64>,
    /// Only of this table.
    pub table: Option<String>,
    /// Only of this severity.
    pub severity: Option<Severity>,
    /// Only in this state.
    pub status: Option<IssueStatus>,
    /// Only of this kind.
    pub error_type: Option<String>,
    /// Only those that a person has to decide about.
    pub needs_review: bool,
    /// Only those about a document.
    pub of_documents: bool,
    /// Only those about this document.
    pub document: Option<DocumentId>,
    /// Only those found at or after this time.
    pub since: Option<DateTime<Utc>>,
    /// Only those found before this time.
    pub until: Option<DateTime<Utc>>,
    /// Only those last decided about at or after this time.
    pub handled_since: Option<DateTime<Utc>>,
}

/// Which held rows to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldFilter {
    /// Only the one of this number.
    pub id: Option<i64>,
    /// Only of this document.
    pub document: Option<DocumentId>,
    /// Only in this state.
    pub state: Option<HeldState>,
    /// Only those that say this.
    pub says: Option<String>,
    /// Only those whose state is not yet what was decided last: their documents have to be read again.
    pub unsettled: bool,
}

/// How many findings are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueCount {
    /// The table.
    pub table: String,
    /// Kind of finding.
    pub error_type: String,
    /// How bad.
    pub severity: String,
    /// What became of them.
    pub status: IssueStatus,
    /// How many there are.
    pub count: u64,
}

/// What a check of the data said.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptCheck {
    /// When it was made.
    pub checked_at: DateTime<Utc>,
    /// Changes up to this one were looked at.
    pub position: FeedPosition,
    /// Everything that it says, as JSON.
    pub report: serde_json::Value,
}

/// Findings about data.
#[async_trait]
pub trait QualityReader: Send + Sync {
    /// The latest findings first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn issues(&self, limit: u32) -> Result<Vec<StoredIssue>, StoreError>;

    /// The latest findings that pass the filter first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn find_issues(&self, filter: &IssueFilter, limit: u32) -> Result<Vec<StoredIssue>, StoreError>;

    /// How many findings pass the filter, by table, kind, severity and state.
    ///
    /// # Errors
    /// The store is not available.
    async fn issue_counts(&self, filter: &IssueFilter) -> Result<Vec<IssueCount>, StoreError>;

    /// The latest checks first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn quality_checks(&self, limit: u32) -> Result<Vec<KeptCheck>, StoreError>;

    /// Checks made at or after a time and before another, the first one first.
    ///
    /// # Errors
    /// The store is not available.
    async fn quality_checks_between(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<KeptCheck>, StoreError>;

    /// How many lines of documents were decided about at or after a time and before another, without what was undone.
    ///
    /// # Errors
    /// The store is not available.
    async fn line_decisions_between(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// Baselines of detectors by name, as JSON, with the time of which they are.
    ///
    /// # Errors
    /// The store is not available.
    async fn quality_baselines(&self) -> Result<Vec<(String, String, DateTime<Utc>)>, StoreError>;

    /// What persons decided about lines of a document, also what was undone, in the order of the decisions.
    ///
    /// # Errors
    /// The store is not available.
    async fn line_corrections(&self, document: DocumentId) -> Result<Vec<LineCorrection>, StoreError>;

    /// Rows that rules hold or held back and that pass the filter, the latest first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available, or a text of the filter is refused.
    async fn held_rows(&self, filter: &HeldFilter, limit: u32) -> Result<Vec<HeldRow>, StoreError>;

    /// What was decided about rows of some fingerprints, also what was undone, in the order of the decisions.
    ///
    /// # Errors
    /// The store is not available.
    async fn row_decisions(&self, fingerprints: &[String]) -> Result<Vec<RowDecision>, StoreError>;
}

/// Recording findings about data.
#[async_trait]
pub trait QualityWriter: Send + Sync {
    /// Records findings, once per document, locator and type (without a document once per table, locator, type and
    /// data); returns how many were new.
    ///
    /// # Errors
    /// The store is not available, or a document is not stored.
    async fn record_issues(&self, issues: &[QualityIssue], now: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Writes down what became of a finding, in place of what was written before; returns whether there is such a
    /// finding.
    ///
    /// # Errors
    /// The store is not available.
    async fn handle_issue(
        &self,
        id: i64,
        handling: &Handling,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Decides how a line of a document is read from now on, and undoes what was decided about it before; returns the number
    /// of the decision.
    ///
    /// # Errors
    /// The store is not available, the document is not stored, or a text is refused.
    async fn correct_line(
        &self,
        correction: &NewLineCorrection,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError>;

    /// Undoes a decision about a line; returns whether there is one that was not undone.
    ///
    /// # Errors
    /// The store is not available, or the name is refused.
    async fn undo_line_correction(&self, id: i64, by: &str, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Decides about all rows of a fingerprint, and undoes what was decided about them before; returns the number of the
    /// decision. The rows follow when their documents are read again.
    ///
    /// # Errors
    /// The store is not available, or a text is refused.
    async fn decide_row(&self, decision: &NewRowDecision, now: DateTime<Utc>) -> Result<i64, StoreError>;

    /// Undoes a decision about rows; returns the fingerprint that it was about, if there is one that was not undone.
    ///
    /// # Errors
    /// The store is not available, or the name is refused.
    async fn undo_row_decision(
        &self,
        id: i64,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError>;

    /// Keeps what a check said; one of the same second is replaced.
    ///
    /// # Errors
    /// The store is not available.
    async fn keep_quality_check(&self, check: &KeptCheck) -> Result<(), StoreError>;

    /// Removes checks made before a time; the latest stays. Returns how many were removed.
    ///
    /// # Errors
    /// The store is not available.
    async fn purge_quality_checks(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Replaces the baseline of a name.
    ///
    /// # Errors
    /// The store is not available.
    async fn put_quality_baseline(
        &self,
        name: &str,
        baseline: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;
}
