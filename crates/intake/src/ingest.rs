//! Ingesting documents: bronze first (the bytes and where their records stand), then silver (leagues, clubs,
//! matches, statistics, odds), each in one transaction per document. Doing it again changes nothing; dying in
//! between and doing it again ends in the same state.

mod facts;
mod plan;

use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use touchline_collect::{Document, DocumentError, Parsed, Rejection, Source, SourceFact, SourceFacts};
use touchline_domain::ports::{SilverChange, Store, StoreError, StoredDocument, texts};
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

    /// Adds what other documents brought.
    pub fn add(&mut self, other: &Self) {
        self.documents += other.documents;
        self.rejected_documents += other.rejected_documents;
        self.rows += other.rows;
        self.matches.add(&other.matches);
        self.facts.add(&other.facts);
        self.rejected_rows += other.rejected_rows;
        self.rejections += other.rejections;
        for (reason, n) in &other.rejections_by_reason {
            *self.rejections_by_reason.entry(reason.clone()).or_default() += n;
        }
        let room = EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.iter().take(room).cloned());
    }

    /// Whether it brought facts of matches that are not held.
    pub(crate) fn misses_matches(&self) -> bool {
        self.rejections_by_reason.contains_key(facts::UNKNOWN_FIXTURE)
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

/// Ingests one document and adds what it brought to `report`. Its facts are dated by when it first came: a document
/// that is held keeps that time, also where an import that was interrupted is completed later.
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
    let now = clock.now().trunc_subsecs(0);
    let hash = blake3::hash(&document.bytes).to_hex();
    let held = store.held_document(source.name(), hash.as_str()).await?;
    let collected_at = held.map_or(now, |held| held.collected_at);
    let parsed = parse(source, document, collected_at);
    let stored = match held {
        Some(held) => held,
        None => {
            let records = parsed.as_ref().map(records).unwrap_or_default();
            let new = NewDocument {
                source: source.name(),
                name: &document.name,
                bytes: &document.bytes,
                hash: hash.as_str(),
                collected_at,
                records: &records,
            };
            store.store_document(&new).await?
        }
    };
    // Where another process has stored it meanwhile, that time counts.
    let parsed = if stored.collected_at == collected_at {
        parsed
    } else {
        parse(source, document, stored.collected_at)
    };
    absorb(store, source, document, stored, parsed, now, report).await
}

fn parse(
    source: &dyn Source,
    document: &Incoming,
    collected_at: DateTime<Utc>,
) -> Result<Parsed, DocumentError> {
    source.parse(&Document { name: &document.name, bytes: &document.bytes }, collected_at)
}

/// Brings a stored document to silver once more, as of when it came.
pub(crate) async fn replay(
    store: &dyn Store,
    source: &dyn Source,
    document: &Incoming,
    stored: StoredDocument,
    clock: &dyn Clock,
    report: &mut IngestReport,
) -> Result<(), StoreError> {
    let parsed = parse(source, document, stored.collected_at);
    absorb(store, source, document, stored, parsed, clock.now().trunc_subsecs(0), report).await
}

/// Takes what was read of a stored document to silver; findings are dated `now`.
async fn absorb(
    store: &dyn Store,
    source: &dyn Source,
    document: &Incoming,
    stored: StoredDocument,
    parsed: Result<Parsed, DocumentError>,
    now: DateTime<Utc>,
    report: &mut IngestReport,
) -> Result<(), StoreError> {
    report.documents += 1;
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
            to_silver(store, source.name(), document, parsed, stored, now, report).await?;
        }
    }
    Ok(())
}

async fn to_silver(
    store: &dyn Store,
    source: &str,
    document: &Incoming,
    parsed: Parsed,
    StoredDocument { id, collected_at, .. }: StoredDocument,
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
    let known = plan::Known { source, leagues: &leagues, teams: &teams, collected_at };
    let planned = plan::plan(&known, parsed.matches, existing);
    let facts = plan_facts(store, source, parsed.facts, collected_at).await?;
    for conflict in planned.conflicts.iter().chain(&facts.conflicts) {
        report.rejected_rows += 1;
        report.reject(&document.name, conflict.line, conflict.kind, &conflict.message);
        issues.push(conflict.issue(id));
    }
    report.matches.add(&planned.counts);
    report.facts.add(&facts.counts);
    let mut change = SilverChange { issues, document: Some(id), ..planned.change };
    change.facts.extend(facts.facts);
    change.changed.extend(facts.changed);
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
async fn plan_facts(
    store: &dyn Store,
    source: &str,
    facts: Vec<SourceFacts>,
    collected_at: DateTime<Utc>,
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
    let (mut odds, mut in_play, mut events) = (Vec::new(), Vec::new(), Vec::new());
    if facts.iter().any(|f| matches!(f.fact, SourceFact::Odds(_) | SourceFact::InPlay(_))) {
        in_play = store.in_play_odds_of(&ids).await?;
        for id in &ids {
            odds.extend(store.odds_of_match(*id).await?.into_iter().map(|quote| (*id, quote)));
        }
    }
    if facts.iter().any(|f| matches!(f.fact, SourceFact::Event(_))) {
        events = store.events_of(&ids).await?;
    }
    let held = facts::Held {
        odds,
        in_play,
        events,
        stats: store.stats_of(&Vec::from_iter(seasons)).await?,
        lineups: store.lineups_of(&ids).await?,
        injuries: store.injuries_of(&ids).await?,
        names,
        matches,
    };
    Ok(facts::plan(source, facts, held, collected_at))
}

/// A document's matches and facts with their places, for bronze. Several facts of one place are one record.
fn records(parsed: &Parsed) -> Vec<RawRecord> {
    let payload = |line| parsed.payloads.get(&line).filter(|json| json.len() <= texts::LONGEST).cloned();
    let matches = parsed.matches.iter().map(|m| RawRecord {
        kind: RecordKind::Match,
        locator: m.line,
        external_match_id: m.external_id.clone(),
        external_league_id: Some(parsed.leagues[m.league].code.clone()),
        match_time: Some(m.kickoff.at),
        payload: payload(m.line),
    });
    let mut places = HashSet::new();
    let kind_of = |fact: &SourceFact| match fact {
        SourceFact::Odds(_) | SourceFact::InPlay(_) => RecordKind::Odds,
        SourceFact::Result { .. } => RecordKind::Score,
        _ => RecordKind::Match,
    };
    let facts = parsed.facts.iter().map(|fact| (kind_of(&fact.fact), fact));
    let facts = facts.filter(|(kind, fact)| places.insert((*kind, fact.line)));
    let facts = facts.map(|(kind, fact)| RawRecord {
        kind,
        locator: fact.line,
        external_match_id: Some(fact.external_id.clone()),
        external_league_id: None,
        match_time: None,
        payload: payload(fact.line),
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
