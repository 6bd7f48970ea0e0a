//! What an import brought, left out and refused.

use super::facts::{self, FactCounts};
use super::plan::MatchCounts;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use touchline_collect::{DocumentError, Parsed, Rejection, RejectionKind};
use touchline_domain::{LeagueId, Season};

/// Examples that are kept of one kind.
const EXAMPLES_OF_KIND: usize = 3;

/// How bad a finding is: the worst is told first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// A document was refused: nothing of it is used.
    Document,
    /// A row was left out.
    Row,
    /// A row is held back by a rule until somebody decides.
    Held,
    /// A row waits for a decision about a name.
    Waiting,
    /// A row was kept with little more than its score.
    Part,
    /// Nothing was left out, but it deserves a look.
    Note,
    /// A single value was left out of a row that was kept.
    Value,
}

impl Weight {
    /// The weight of what a reader finds.
    pub(super) fn of(kind: RejectionKind) -> Self {
        if kind.is_note() {
            Self::Note
        } else if kind == RejectionKind::ShiftedValues {
            Self::Part
        } else if kind.keeps_match() {
            Self::Value
        } else {
            Self::Row
        }
    }
}

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// How bad they are.
    pub weight: Weight,
    /// How many.
    pub count: u64,
    /// The first few in words, with file and line.
    pub examples: Vec<String>,
}

/// How an import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every row of every document is used.
    AllUsed,
    /// Some documents, rows or parts of rows are not used, or wait.
    SomeLeftOut,
    /// Nothing could be used.
    NothingUsed,
}

/// What one document, or several, brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IngestReport {
    /// Documents read.
    pub documents: u64,
    /// Documents that could not be used at all.
    pub rejected_documents: u64,
    /// Data rows read.
    pub rows: u64,
    /// What became of the matches.
    #[serde(flatten)]
    pub matches: MatchCounts,
    /// What became of facts of matches that other documents brought: line-ups, absences, counts.
    #[serde(flatten)]
    pub facts: FactCounts,
    /// Names that wait in the review queue; their rows are taken up when it is decided what they stand for.
    pub waiting_names: u64,
    /// Rows that write such a name.
    pub waiting_rows: u64,
    /// Rows that a rule holds back until somebody decides about them.
    pub held_rows: u64,
    /// New teams with almost the name of another team: perhaps one team under two names.
    pub resembling_names: u64,
    /// Matches about which sources disagree; the order of sources decides, and what the others say is kept.
    pub disagreements: u64,
    /// Rows whose match was not used.
    pub rejected_rows: u64,
    /// Rows of which little more than the score is used.
    pub partial_rows: u64,
    /// Rows, or parts of rows (such as one bookmaker's price), that were not used.
    pub rejections: u64,
    /// The same by reason.
    pub rejections_by_reason: BTreeMap<String, u64>,
    /// What deserves a look although nothing was left out.
    pub notes: u64,
    /// All findings by kind, with examples.
    pub findings: BTreeMap<String, Findings>,
    /// Seasons of leagues of which new matches came.
    #[serde(skip)]
    pub seasons: BTreeSet<(LeagueId, Season)>,
}

impl IngestReport {
    /// How the import ended.
    pub fn outcome(&self) -> Outcome {
        let left_out = self.rejected_rows + self.waits() + self.rejected_documents + self.partial_rows > 0;
        let matches = &self.matches;
        let used = matches.new
            + matches.changed
            + matches.unchanged
            + self.facts.new_facts
            + self.facts.unchanged_facts;
        match (left_out, used + self.waits()) {
            (false, _) => Outcome::AllUsed,
            (true, 0) => Outcome::NothingUsed,
            (true, _) => Outcome::SomeLeftOut,
        }
    }

    /// Rows that wait for a decision, about a name or about themselves.
    pub fn waits(&self) -> u64 {
        self.waiting_rows + self.held_rows
    }

    /// Adds what other documents brought.
    pub fn add(&mut self, other: &Self) {
        self.documents += other.documents;
        self.rejected_documents += other.rejected_documents;
        self.rows += other.rows;
        self.matches.add(&other.matches);
        self.facts.add(&other.facts);
        self.rejected_rows += other.rejected_rows;
        self.partial_rows += other.partial_rows;
        self.waiting_rows += other.waiting_rows;
        self.held_rows += other.held_rows;
        self.waiting_names += other.waiting_names;
        self.resembling_names += other.resembling_names;
        self.disagreements += other.disagreements;
        self.rejections += other.rejections;
        self.notes += other.notes;
        for (reason, n) in &other.rejections_by_reason {
            *self.rejections_by_reason.entry(reason.clone()).or_default() += n;
        }
        for (kind, findings) in &other.findings {
            let held = self.findings(kind, findings.weight);
            held.count += findings.count;
            let room = EXAMPLES_OF_KIND.saturating_sub(held.examples.len());
            held.examples.extend(findings.examples.iter().take(room).cloned());
        }
        self.seasons.extend(&other.seasons);
    }

    /// Findings, the worst kinds first, then the commonest.
    pub fn worst_first(&self) -> Vec<(&str, &Findings)> {
        let mut all: Vec<_> =
            self.findings.iter().map(|(kind, findings)| (kind.as_str(), findings)).collect();
        all.sort_by_key(|(kind, findings)| (findings.weight, std::cmp::Reverse(findings.count), *kind));
        all
    }

    /// Whether it brought facts of matches that are not held.
    pub(crate) fn misses_matches(&self) -> bool {
        self.rejections_by_reason.contains_key(facts::UNKNOWN_FIXTURE)
    }

    /// A document that is refused.
    pub(super) fn refuse(&mut self, document: &str, error: &DocumentError) {
        self.rejected_documents += 1;
        self.left_out(error.name());
        self.find(document, 0, error.name(), Weight::Document, &error.to_string());
    }

    /// A row that is left out, or that waits.
    pub(super) fn reject(&mut self, document: &str, line: u32, kind: &str, weight: Weight, message: &str) {
        self.left_out(kind);
        self.find(document, line, kind, weight, message);
    }

    /// What the reader found.
    pub(super) fn take(&mut self, document: &str, rejection: &Rejection) {
        let weight = Weight::of(rejection.kind);
        self.rejected_rows += u64::from(weight == Weight::Row);
        self.partial_rows += u64::from(weight == Weight::Part);
        let name = rejection.kind.name();
        if weight == Weight::Note {
            self.note(document, rejection.line, name, &rejection.message);
        } else {
            self.reject(document, rejection.line, name, weight, &rejection.message);
        }
    }

    /// What was read of a document that is not to be stored.
    pub(crate) fn rehearse(&mut self, document: &str, parsed: &Parsed) {
        self.documents += 1;
        self.rows += parsed.rows;
        for rejection in &parsed.rejections {
            self.take(document, rejection);
        }
    }

    /// What deserves a look.
    pub(crate) fn note(&mut self, document: &str, line: u32, kind: &str, message: &str) {
        self.notes += 1;
        self.find(document, line, kind, Weight::Note, message);
    }

    fn left_out(&mut self, kind: &str) {
        self.rejections += 1;
        *self.rejections_by_reason.entry(kind.to_owned()).or_default() += 1;
    }

    fn findings(&mut self, kind: &str, weight: Weight) -> &mut Findings {
        self.findings.entry(kind.to_owned()).or_insert(Findings { weight, count: 0, examples: Vec::new() })
    }

    fn find(&mut self, document: &str, line: u32, kind: &str, weight: Weight, message: &str) {
        let findings = self.findings(kind, weight);
        findings.count += 1;
        if findings.examples.len() < EXAMPLES_OF_KIND {
            let place = if line == 0 { String::new() } else { format!(", line {line}") };
            let place = if document.is_empty() { String::new() } else { format!("{document}{place}: ") };
            findings.examples.push(format!("{place}{message}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_told_first_and_one_kind_does_not_hide_another() {
        let mut report = IngestReport::default();
        for line in 0..30 {
            let kind = RejectionKind::MalformedOdds;
            let message = "no price".to_owned();
            report.take("a.csv", &Rejection { line, kind, message, data: String::new() });
        }
        report.note("a.csv", 3, "missing_score", "no score");
        report.refuse("b.csv", &DocumentError::Html);
        let kinds: Vec<_> =
            report.worst_first().into_iter().map(|(kind, of)| (kind, of.count, of.examples.len())).collect();
        assert_eq!(kinds, [("html", 1, 1), ("missing_score", 1, 1), ("malformed_odds", 30, 3)]);
        assert_eq!((report.rejections, report.notes), (31, 1));
        assert!(report.findings["missing_score"].examples[0].starts_with("a.csv, line 3: "));
    }

    #[test]
    fn an_import_ends_in_one_of_three_ways() {
        let mut report = IngestReport::default();
        assert_eq!(report.outcome(), Outcome::AllUsed);
        report.matches.new = 1;
        report.note("a", 0, "note", "worth a look");
        assert_eq!(report.outcome(), Outcome::AllUsed);
        report.refuse("b", &DocumentError::Html);
        assert_eq!(report.outcome(), Outcome::SomeLeftOut);
        report.matches.new = 0;
        assert_eq!(report.outcome(), Outcome::NothingUsed);
        report.waiting_rows = 1;
        assert_eq!(report.outcome(), Outcome::SomeLeftOut, "what waits is not lost");
    }
}
