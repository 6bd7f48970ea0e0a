//! What is recorded of documents, rows and names that cannot be used.

use super::report::Weight;
use crate::identity::Waiting;
use touchline_collect::{DocumentError, Rejection};
use touchline_domain::{DocumentId, QualityIssue, Severity};

/// The kind of finding of a name that waits.
pub(super) const UNKNOWN_TEAM: &str = "unknown_team_name";

pub(super) fn waiting_message(waiting: &Waiting) -> String {
    let suggestions = match waiting.suggestions.as_slice() {
        [] => String::new(),
        names => format!(" (perhaps {})", names.join(", ")),
    };
    format!(
        "nothing certain says which team of {} is called {:?}{suggestions}; its rows wait: decide with `touchline names accept`, or import a table of aliases",
        waiting.country, waiting.name
    )
}

pub(super) fn name_issue(
    document: DocumentId,
    line: u32,
    kind: &str,
    message: String,
    name: &str,
) -> QualityIssue {
    QualityIssue {
        table: "matches",
        document: Some(document),
        locator: line,
        error_type: kind.to_owned(),
        severity: Severity::High,
        message,
        data: name.to_owned(),
        requires_manual_review: true,
    }
}

pub(super) fn document_issue(document: DocumentId, error: &DocumentError) -> QualityIssue {
    QualityIssue {
        table: "raw_documents",
        document: Some(document),
        locator: 0,
        error_type: error.name().to_owned(),
        severity: Severity::Critical,
        message: error.to_string(),
        data: String::new(),
        requires_manual_review: true,
    }
}

pub(super) fn row_issue(document: DocumentId, rejection: &Rejection) -> QualityIssue {
    let keeps_match = rejection.kind.keeps_match();
    let severity = match Weight::of(rejection.kind) {
        Weight::Row => Severity::High,
        Weight::Note | Weight::Part => Severity::Medium,
        _ => Severity::Low,
    };
    QualityIssue {
        table: "matches",
        document: Some(document),
        locator: rejection.line,
        error_type: rejection.kind.name().to_owned(),
        severity,
        message: rejection.message.clone(),
        data: rejection.data.clone(),
        requires_manual_review: !keeps_match,
    }
}
