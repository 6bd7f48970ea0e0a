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

/// What became of a row that a rule held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldState {
    /// It waits for a decision, and is not in silver.
    Held,
    /// It was released as it is, and is in silver.
    Released,
    /// It was refused for good.
    Refused,
    /// Its line was corrected, and is read otherwise.
    Corrected,
    /// Its document was read again, and no rule holds it any more.
    Passed,
}

impl HeldState {
    /// All states.
    pub const ALL: [Self; 5] = [Self::Held, Self::Released, Self::Refused, Self::Corrected, Self::Passed];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Released => "released",
            Self::Refused => "refused",
            Self::Corrected => "corrected",
            Self::Passed => "passed",
        }
    }
}

impl FromStr for HeldState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|state| state.name() == text);
        found.ok_or_else(|| {
            format!(
                "{text:?} is not a state of a held row; write held, released, refused, corrected or passed"
            )
        })
    }
}

/// A row of a document that a rule holds, or held, back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHeldRow {
    /// Its line, or the number of the record, from 1.
    pub line: u32,
    /// The rule.
    pub rule: String,
    /// The version of the rule.
    pub rule_version: u32,
    /// What is wrong.
    pub reason: String,
    /// BLAKE3 of what the source says in the row, in hex: the same row in another document has the same one, and decisions are
    /// about it.
    pub fingerprint: String,
    /// The match that it speaks of in the store's terms, and its result: alike where two sources say the same.
    pub says: String,
    /// What became of it.
    pub state: HeldState,
}

/// A held row, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRow {
    /// Its number.
    pub id: i64,
    /// The document.
    pub document: DocumentId,
    /// The source of the document.
    pub source: String,
    /// The name of the document.
    pub document_name: String,
    /// When it was held first.
    pub held_at: DateTime<Utc>,
    /// The row.
    pub row: NewHeldRow,
}

/// What is decided about a held row as it is. A row that is put right is a [`LineCorrection`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowVerdict {
    /// It is right: it goes to silver.
    Release,
    /// It is wrong: it never goes to silver.
    Refuse,
}

impl RowVerdict {
    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Refuse => "refuse",
        }
    }

    /// What becomes of rows under it.
    pub fn state(self) -> HeldState {
        match self {
            Self::Release => HeldState::Released,
            Self::Refuse => HeldState::Refused,
        }
    }
}

impl FromStr for RowVerdict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = [Self::Release, Self::Refuse].into_iter().find(|verdict| verdict.name() == text);
        found.ok_or_else(|| format!("{text:?} is not a verdict; write release or refuse"))
    }
}

/// A decision about rows of one fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRowDecision {
    /// What the rows say; see [`NewHeldRow::fingerprint`].
    pub fingerprint: String,
    /// What becomes of them.
    pub verdict: RowVerdict,
    /// Why.
    pub reason: String,
    /// Who decides: a person, or a rule as `rule:NAME`.
    pub by: String,
}

/// A decision about held rows, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowDecision {
    /// Its number.
    pub id: i64,
    /// What the rows say.
    pub fingerprint: String,
    /// What becomes of them.
    pub verdict: RowVerdict,
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
