//! Findings about data: rejected rows, conflicts, suspicious values.

use crate::DocumentId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Worth a look.
    Medium,
    /// A row could not be used.
    High,
    /// A whole document could not be used.
    Critical,
}

impl Severity {
    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl FromStr for Severity {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        [Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|s| s.name() == name)
            .ok_or_else(|| format!("{name:?} is not a severity"))
    }
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueStatus {
    /// Nobody has decided; `logged` is read as this.
    #[serde(alias = "logged")]
    Open,
    /// The data were put right, or the finding was accepted as it is.
    Resolved,
    /// It is none.
    Ignored,
}

impl IssueStatus {
    const ALL: [Self; 3] = [Self::Open, Self::Resolved, Self::Ignored];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
            Self::Ignored => "ignored",
        }
    }
}

impl FromStr for IssueStatus {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let name = if name == "logged" { "open" } else { name };
        let found = Self::ALL.into_iter().find(|status| status.name() == name);
        found.ok_or_else(|| format!("{name:?} is not a state of a finding; write open, resolved or ignored"))
    }
}

/// A decision about a finding. To open it again undoes the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    /// What becomes of it.
    pub status: IssueStatus,
    /// Who decides.
    pub by: String,
    /// What there is to say.
    pub notes: Option<String>,
}

/// A decision about a line of a document: how it is read from now on. The bytes stay as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLineCorrection {
    /// The document.
    pub document: DocumentId,
    /// The line, from 1.
    pub line: u32,
    /// What is read in its place; none: it is left out.
    pub text: Option<String>,
    /// Why.
    pub reason: String,
    /// Who decides.
    pub by: String,
}

/// A decision about a line of a document, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineCorrection {
    /// Its number.
    pub id: i64,
    /// The line, from 1.
    pub line: u32,
    /// What is read in its place; none: it is left out.
    pub text: Option<String>,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who undid it, and when.
    pub undone: Option<(String, DateTime<Utc>)>,
}

/// A finding, kept in `data_quality_logs` once per document, place and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualityIssue {
    /// The table that the record was meant for, such as `matches`.
    pub table: &'static str,
    /// The document that holds the record.
    pub document: Option<DocumentId>,
    /// Where it stands in the document: line or element number from 1; 0 is the document as a whole.
    pub locator: u32,
    /// Its kind, such as `malformed_date` or `conflicting_score`.
    pub error_type: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
    /// The record, or as much of it as helps (at most a few hundred bytes).
    pub data: String,
    /// Whether a person has to decide.
    pub requires_manual_review: bool,
}
