//! Ingesting documents: bronze first (the bytes and where their records stand), then silver (leagues, clubs,
//! matches, statistics, odds), each in one transaction per document. Doing it again changes nothing; dying in
//! between and doing it again ends in the same state.

mod facts;
mod plan;

use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use touchline_collect::{Document, DocumentError, Parsed, Rejection, Source, SourceFacts};
use touchline_domain::ports::{SilverChange, Store, StoreError};
use touchline_domain::{
    Clock, DocumentId, LeagueId, MatchId, NewDocument, NewTeam, QualityIssue, RawRecord, RecordKind, Season,
    Severity,
};

pub use facts::FactCounts;
pub use plan::MatchCounts;

/// A document to ingest.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// File name with its parent folder.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
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
    /// Rows whose match was not used.
    pub rejected_rows: u64,
    /// Rows, or parts of rows (such as one bookmaker's price), that were not used.
    pub rejections: u64,
    /// The same by reason.
    pub rejections_by_reason: BTreeMap<String, u64>,
    /// The first few rejections in words, with file and line.
    pub examples: Vec<String>,
}

const EXAMPLES: usize = 20;

impl IngestReport {
    /// Whether a row or a document was not used.
    pub fn has_rejected_rows(&self) -> bool {
        self.rejected_rows > 0 || self.rejected_documents > 0
    }

    fn reject(&mut self, document: &str, line: u32, reason: &str, message: &str) {
        self.rejections += 1;
        *self.rejections_by_reason.entry(reason.to_owned()).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            let place = if line == 0 { String::new() } else { format!(", line {line}") };
            self.examples.push(format!("{document}{place}: {message}"));
        }
    }
}

/// Ingests one document and adds what it brought to `report`.
///
/// # Errors
/// The store is not available. A document that cannot be used is no error: it is kept, recorded and counted.
pub async fn ingest(
    store: &dyn Store,
    source: &dyn Source,
    document: &Incoming,
    clock: &dyn Clock,
    report: &mut IngestReport,
) -> Result<(), StoreError> {
    let now = clock.now();
    report.documents += 1;
    let view = Document { name: &document.name, bytes: &document.bytes };
    let parsed = source.parse(&view, now.date_naive());
    let records = parsed.as_ref().map(records).unwrap_or_default();
    let stored = store
        .store_document(&NewDocument {
            source: source.name(),
            name: &document.name,
            bytes: &document.bytes,
            hash: blake3::hash(&document.bytes).to_hex().as_str(),
            collected_at: now,
            kind: RecordKind::Match,
            records: &records,
        })
        .await?;
    match parsed {
        Err(error) => {
            report.rejected_documents += 1;
            report.reject(&document.name, 0, error.name(), &error.to_string());
            store.record_issues(&[document_issue(stored.id, &error)], now).await?;
        }
        Ok(parsed) => {
            report.rows += parsed.rows;
            for rejection in &parsed.rejections {
                report.rejected_rows += u64::from(!rejection.kind.keeps_match());
                report.reject(&document.name, rejection.line, rejection.kind.name(), &rejection.message);
            }
            to_silver(store, source.name(), document, parsed, stored.id, now, report).await?;
        }
    }
    Ok(())
}

async fn to_silver(
    store: &dyn Store,
    source: &str,
    document: &Incoming,
    parsed: Parsed,
    id: DocumentId,
    now: DateTime<Utc>,
    report: &mut IngestReport,
) -> Result<(), StoreError> {
    let mut issues: Vec<QualityIssue> = parsed.rejections.iter().map(|r| row_issue(id, r)).collect();
    let leagues = store.ensure_leagues(&parsed.leagues).await?;
    let teams = resolve_teams(store, source, &parsed).await?;
    let seasons = seasons(&parsed, &leagues);
    let existing = plan::Existing {
        matches: store.matches_of(&seasons).await?,
        stats: store.stats_of(&seasons).await?,
        odds: store.odds_of(&seasons).await?,
    };
    let known = plan::Known { source, leagues: &leagues, teams: &teams };
    let planned = plan::plan(&known, parsed.matches, existing);
    let told = told(store, source, parsed.facts, now).await?;
    for conflict in planned.conflicts.iter().chain(&told.conflicts) {
        report.rejected_rows += 1;
        report.reject(&document.name, conflict.line, conflict.kind, &conflict.message);
        issues.push(conflict.issue(id));
    }
    report.matches.add(&planned.counts);
    report.facts.add(&told.counts);
    let mut change = SilverChange { issues, document: Some(id), ..planned.change };
    change.facts.extend(told.facts);
    let nothing_new = change.new.is_empty() && change.changed.is_empty() && change.facts.is_empty();
    // A document that was interrupted between bronze and silver has records to mark even if nothing is new.
    if nothing_new && store.unprocessed_records().await? == 0 {
        let recorded = store.record_issues(&change.issues, now).await?;
        tracing::debug!(document = document.name, recorded, "nothing new");
        return Ok(());
    }
    store.apply(&change).await
}

/// What facts of stored matches bring.
async fn told(
    store: &dyn Store,
    source: &str,
    facts: Vec<SourceFacts>,
    now: DateTime<Utc>,
) -> Result<facts::FactPlan, StoreError> {
    if facts.is_empty() {
        return Ok(facts::FactPlan::default());
    }
    let ids: BTreeSet<String> = facts.iter().map(|fact| fact.external_id.clone()).collect();
    let matches = store.matches_named(source, &Vec::from_iter(ids)).await?;
    let ids: Vec<MatchId> = matches.iter().map(|m| m.id).collect();
    let seasons: BTreeSet<(LeagueId, Season)> = matches.iter().map(|m| (m.league, m.season)).collect();
    let mut names = HashMap::new();
    for id in matches.iter().flat_map(|m| [m.home, m.away]) {
        if let Some(team) = store.team(id).await? {
            names.insert(id, team.name);
        }
    }
    let held = facts::Held {
        stats: store.stats_of(&Vec::from_iter(seasons)).await?,
        lineups: store.lineups_of(&ids).await?,
        injuries: store.injuries_of(&ids).await?,
        names,
        matches,
    };
    Ok(facts::plan(source, facts, held, now))
}

/// The places of a document's matches and facts, for bronze.
fn records(parsed: &Parsed) -> Vec<RawRecord> {
    let matches = parsed.matches.iter().map(|m| RawRecord {
        locator: m.line,
        external_match_id: m.external_id.clone(),
        external_league_id: Some(parsed.leagues[m.league].code.clone()),
        match_time: Some(m.kickoff.at),
    });
    let facts = parsed.facts.iter().map(|fact| RawRecord {
        locator: fact.line,
        external_match_id: Some(fact.external_id.clone()),
        external_league_id: None,
        match_time: None,
    });
    matches.chain(facts).collect()
}

/// Identifiers of both sides of every match, in the order of the matches.
async fn resolve_teams(
    store: &dyn Store,
    source: &str,
    parsed: &Parsed,
) -> Result<plan::TeamIndex, StoreError> {
    let mut names: Vec<NewTeam> = Vec::new();
    let mut seen: HashSet<(usize, &str)> = HashSet::new();
    for m in &parsed.matches {
        for name in [&m.home, &m.away] {
            if seen.insert((m.league, name)) {
                names.push(NewTeam { name: name.clone(), country: parsed.leagues[m.league].country.clone() });
            }
        }
    }
    names.sort();
    names.dedup();
    let ids = store.ensure_teams(source, &names).await?;
    Ok(plan::TeamIndex::new(parsed.leagues.iter().map(|l| l.country.clone()).collect(), names, &ids))
}

fn seasons(parsed: &Parsed, leagues: &[LeagueId]) -> Vec<(LeagueId, Season)> {
    let mut seasons: Vec<(LeagueId, Season)> =
        parsed.matches.iter().map(|m| (leagues[m.league], m.season)).collect();
    seasons.sort_unstable();
    seasons.dedup();
    seasons
}

fn document_issue(document: DocumentId, error: &DocumentError) -> QualityIssue {
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

fn row_issue(document: DocumentId, rejection: &Rejection) -> QualityIssue {
    let keeps_match = rejection.kind.keeps_match();
    QualityIssue {
        table: "matches",
        document: Some(document),
        locator: rejection.line,
        error_type: rejection.kind.name().to_owned(),
        severity: if keeps_match { Severity::Low } else { Severity::High },
        message: rejection.message.clone(),
        data: rejection.data.clone(),
        requires_manual_review: !keeps_match,
    }
}
