//! What is recorded of documents, rows and names that cannot be used.

use super::report::Weight;
use crate::identity::Waiting;
use touchline_collect::{DocumentError, Rejection, UnknownLeague};
use touchline_domain::{DocumentId, NewHeldRow, QualityIssue, Severity};

/// The kind of finding of a name that waits.
pub(super) const UNKNOWN_TEAM: &str = "unknown_team_name";

/// The kind of finding of a league that waits.
pub(super) const UNKNOWN_LEAGUE: &str = "unknown_league_name";

pub(super) fn paused_message(league: &UnknownLeague) -> String {
    format!(
        "nothing says which league {:?} is; its {} rows wait: decide with `touchline names accept`, as --league CODE",
        league.name, league.rows
    )
}

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

pub(super) fn held_message(row: &NewHeldRow) -> String {
    format!(
        "{} (rule {}, version {}); the row is held back: touchline quality held shows it",
        row.reason, row.rule, row.rule_version
    )
}

pub(super) fn held_issue(document: DocumentId, row: &NewHeldRow) -> QualityIssue {
    QualityIssue {
        table: "matches",
        document: Some(document),
        locator: row.line,
        error_type: row.rule.clone(),
        severity: Severity::High,
        message: held_message(row),
        data: row.says.clone(),
        requires_manual_review: true,
    }
}
