//! Ingesting documents: bronze first (the bytes and where their records stand), then silver (leagues, clubs,
//! matches, statistics, odds), each in one transaction per document. Doing it again changes nothing; dying in
//! between and doing it again ends in the same state.

mod facts;
mod plan;

use crate::identity::{self, League, SourceOrder, Teams, Waiting};
use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use thiserror::Error;
use touchline_collect::sources::by_name;
use touchline_collect::{
    Document, DocumentError, Parsed, Rejection, Source, SourceFact, SourceFacts, SourceMatch,
};
use touchline_domain::ports::{SilverChange, Store, StoreError, StoredDocument, texts};
use touchline_domain::{
    ANY_SOURCE, Clock, DocumentId, LeagueId, MatchClaim, MatchId, NameKind, NewDocument, NewNameReview,
    QualityIssue, RawRecord, RecordKind, Said, Season, Severity, TeamId,
};

pub use facts::FactCounts;
pub use plan::MatchCounts;
pub(crate) use plan::claims::covers;

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
    /// Names that wait in the review queue; their rows are taken up when it is decided what they stand for.
    pub waiting_names: u64,
    /// Rows that write such a name.
    pub waiting_rows: u64,
    /// New teams with almost the name of another team: perhaps one team under two names.
    pub resembling_names: u64,
    /// Matches about which sources disagree; the order of sources decides, and what the others say is kept.
    pub disagreements: u64,
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
    /// Whether a row or a document was not used, or waits.
    pub fn has_rejected_rows(&self) -> bool {
        self.rejected_rows > 0 || self.waiting_rows > 0 || self.rejected_documents > 0
    }

    /// Adds what other documents brought.
    pub fn add(&mut self, other: &Self) {
        self.documents += other.documents;
        self.rejected_documents += other.rejected_documents;
        self.rows += other.rows;
        self.matches.add(&other.matches);
        self.facts.add(&other.facts);
        self.rejected_rows += other.rejected_rows;
        self.waiting_rows += other.waiting_rows;
        self.waiting_names += other.waiting_names;
        self.resembling_names += other.resembling_names;
        self.disagreements += other.disagreements;
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

/// Why a stored document was not ingested again.
#[derive(Debug, Error)]
pub enum StoredError {
    /// No such document.
    #[error("document {0} is not stored")]
    Unknown(DocumentId),
    /// No reader for its source.
    #[error("document {0} is of the source {1:?}, which this program does not read; update the program")]
    UnknownSource(DocumentId, String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ingests a document that the store holds once more, and adds what it brought to `report`.
///
/// # Errors
/// The document is not stored, its source is not known, or the store is not available.
pub async fn ingest_stored(
    store: &dyn Store,
    id: DocumentId,
    order: &SourceOrder,
    clock: &dyn Clock,
    report: &mut IngestReport,
) -> Result<(), StoredError> {
    let held = store.document(id).await?.ok_or(StoredError::Unknown(id))?;
    let source = by_name(&held.source).ok_or(StoredError::UnknownSource(id, held.source))?;
    let stored = StoredDocument { id, new: false, collected_at: held.collected_at };
    let document = Incoming { name: held.name, bytes: held.bytes };
    Ok(replay(store, source, &document, stored, order, clock, report).await?)
}

/// Ingests one document and adds what it brought to `report`. Its facts are dated by when it first came: a document
/// that is held keeps that time, also where an import that was interrupted is completed later. Where sources disagree
/// about a match, `order` decides.
///
/// # Errors
/// The store is not available. A document that cannot be used is no error: it is kept, recorded and counted.
pub async fn ingest(
    store: &dyn Store,
    source: &dyn Source,
    document: &Incoming,
    order: &SourceOrder,
    clock: &dyn Clock,
    report: &mut IngestReport,
) -> Result<(), StoreError> {
    let now = clock.now().trunc_subsecs(0);
    let hash = blake3::hash(&document.bytes).to_hex();
    let held = store.held_document(source.name(), hash.as_str()).await?;
    let collected_at = held.map_or(now, |held| held.collected_at);
    let parsed = parse(source, document, collected_at);
    let stored = if let Some(held) = held {
        held
    } else {
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
    };
    // Where another process has stored it meanwhile, that time counts.
    let parsed = if stored.collected_at == collected_at {
        parsed
    } else {
        parse(source, document, stored.collected_at)
    };
    absorb(store, source, document, (stored, parsed), order, now, report).await
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
    order: &SourceOrder,
    clock: &dyn Clock,
    report: &mut IngestReport,
) -> Result<(), StoreError> {
    let parsed = parse(source, document, stored.collected_at);
    let now = clock.now().trunc_subsecs(0);
    absorb(store, source, document, (stored, parsed), order, now, report).await
}

/// Takes what was read of a stored document to silver; findings are dated `now`.
async fn absorb(
    store: &dyn Store,
    source: &dyn Source,
    document: &Incoming,
    (stored, parsed): (StoredDocument, Result<Parsed, DocumentError>),
    order: &SourceOrder,
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
            let StoredDocument { id, collected_at, .. } = stored;
            let source = source.name();
            let context = Context { store, source, order, document, id, collected_at, now };
            context.to_silver(parsed, report).await?;
        }
    }
    Ok(())
}

/// A document on its way to silver.
struct Context<'a> {
    store: &'a dyn Store,
    source: &'a str,
    order: &'a SourceOrder,
    document: &'a Incoming,
    id: DocumentId,
    /// When the document first came: dates its facts.
    collected_at: DateTime<Utc>,
    /// Dates findings.
    now: DateTime<Utc>,
}

impl Context<'_> {
    async fn to_silver(&self, mut parsed: Parsed, report: &mut IngestReport) -> Result<(), StoreError> {
        let (store, source) = (self.store, self.source);
        let mut issues: Vec<QualityIssue> = parsed.rejections.iter().map(|r| row_issue(self.id, r)).collect();
        let leagues = identity::resolve_leagues(store, source, self.order, &parsed.leagues).await?;
        let teams = identity::resolve(store, source, self.order, &parsed, &leagues).await?;
        let rows = std::mem::take(&mut parsed.matches);
        let rows = self.usable(rows, &leagues, &teams, &mut issues, report);
        let ids: Vec<LeagueId> = leagues.iter().map(|league| league.id).collect();
        let existing = self.existing(&rows, &ids, &teams).await?;
        let said = Said { at: self.collected_at, document: Some(self.id) };
        let known = plan::Known { source, order: self.order, leagues: &ids, teams: &teams, said };
        let planned = plan::plan(&known, rows, existing);
        let facts = plan_facts(store, source, self.order, parsed.facts, said).await?;
        for conflict in planned.conflicts.iter().chain(&facts.conflicts) {
            report.rejected_rows += 1;
            report.reject(&self.document.name, conflict.line, conflict.kind, &conflict.message);
            issues.push(conflict.issue(self.id));
        }
        let notes = planned.notes.iter().chain(&facts.notes);
        report.disagreements += notes.clone().filter(|note| note.kind == "sources_disagree").count() as u64;
        issues.extend(notes.map(|note| note.note(self.id)));
        let waits = !teams.waiting.is_empty();
        // What waits for a decision is taken up again: its document is not done.
        let document = (!waits).then_some(self.id);
        let mut change = SilverChange { issues, document, ..planned.change };
        change.facts.extend(facts.facts);
        change.changed.extend(facts.changed);
        change.claims.extend(facts.claims);
        change.claims = last_words(std::mem::take(&mut change.claims));
        change.corrections.extend(facts.corrections);
        let nothing_new = change.new.is_empty()
            && change.changed.is_empty()
            && change.facts.is_empty()
            && change.identifiers.is_empty()
            && change.claims.is_empty()
            && change.corrections.is_empty();
        // A document that was interrupted between bronze and silver has records to mark even if nothing is new.
        if nothing_new && (waits || store.unprocessed_records().await? == 0) {
            let recorded = store.record_issues(&change.issues, self.now).await?;
            tracing::debug!(document = self.document.name, recorded, "nothing new");
            report.matches.add(&planned.counts);
            report.facts.add(&facts.counts);
        } else {
            // What another import wrote meanwhile is not ours.
            let written = store.apply(&change).await?;
            report.matches.add(&planned.counts.as_written(&change, written));
            report.facts.add(&facts.counts.as_written(written));
        }
        if waits {
            store.open_reviews(&self.reviews(&teams.waiting), self.now).await?;
        }
        Ok(())
    }

    /// The rows of which both sides are known. The others are recorded: names that wait, and names that are not to be
    /// used.
    fn usable(
        &self,
        rows: Vec<SourceMatch>,
        leagues: &[League],
        teams: &Teams,
        issues: &mut Vec<QualityIssue>,
        report: &mut IngestReport,
    ) -> Vec<SourceMatch> {
        report.waiting_names += teams.waiting.len() as u64;
        for waiting in &teams.waiting {
            let message = waiting_message(waiting);
            report.reject(&self.document.name, waiting.line, UNKNOWN_TEAM, &message);
            issues.push(name_issue(self.id, waiting.line, UNKNOWN_TEAM, message, &waiting.name));
        }
        for renamed in &teams.renamed {
            let message = format!(
                "{:?} is how {} writes {:?} now: its identifiers say so",
                renamed.name, self.source, renamed.known_as
            );
            let issue = name_issue(self.id, renamed.line, "renamed_team", message, &renamed.name);
            issues.push(QualityIssue { severity: Severity::Medium, ..issue });
        }
        for mismatch in &teams.mismatches {
            let message = format!(
                "{:?} stands beside {}'s identifier {} of another team; the name counts: compare the two with `touchline names`",
                mismatch.name, self.source, mismatch.identifier
            );
            let issue =
                name_issue(self.id, mismatch.line, "team_identifier_mismatch", message, &mismatch.name);
            issues.push(QualityIssue { severity: Severity::Medium, ..issue });
        }
        report.resembling_names += teams.resembling.len() as u64;
        for new in &teams.resembling {
            let message = format!(
                "{:?} is a new team, and almost the name of {:?}; if both are one, make an alias of it with `touchline names`",
                new.name, new.other
            );
            if report.examples.len() < EXAMPLES {
                report.examples.push(format!("{}, line {}: {message}", self.document.name, new.line));
            }
            let issue = name_issue(self.id, new.line, "resembling_team", message, &new.name);
            issues.push(QualityIssue { severity: Severity::Medium, ..issue });
        }
        let (usable, unusable): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| {
            [&row.home, &row.away].into_iter().all(|name| teams.id(row.league, name).is_some())
        });
        for row in &unusable {
            let country = &leagues[row.league].country;
            let rejected = |name: &&String| teams.rejected.contains(&(country.clone(), (*name).clone()));
            if let Some(name) = [&row.home, &row.away].into_iter().find(rejected) {
                let message =
                    format!("the name {name:?} was rejected in the review queue, and its rows are left out");
                report.rejected_rows += 1;
                report.reject(&self.document.name, row.line, "rejected_team_name", &message);
                issues.push(name_issue(self.id, row.line, "rejected_team_name", message, name));
            } else {
                report.waiting_rows += 1;
            }
        }
        usable
    }

    /// What the store holds of the seasons that rows touch, by label and by date, and of matches that they name by
    /// identifiers.
    async fn existing(
        &self,
        rows: &[SourceMatch],
        leagues: &[LeagueId],
        teams: &Teams,
    ) -> Result<plan::Existing, StoreError> {
        let store = self.store;
        let mut seasons: BTreeSet<(LeagueId, Season)> =
            rows.iter().map(|m| (leagues[m.league], m.season)).collect();
        let ids: BTreeSet<&String> = rows.iter().filter_map(|row| row.external_id.as_ref()).collect();
        let ids: Vec<String> = ids.into_iter().cloned().collect();
        let mut named = HashMap::new();
        if !ids.is_empty() {
            named.extend(store.identified(self.source, &ids).await?);
            let held = store.matches_named(self.source, &ids).await?;
            seasons.extend(held.iter().map(|m| (m.league, m.season)));
        }
        let mut matches = store.matches_of(&Vec::from_iter(seasons.iter().copied())).await?;
        let dated = plan::seasons::Dated::without_match(rows, leagues, teams, &matches);
        let further = dated.seasons().into_iter().filter(|season| !seasons.contains(season));
        let further = Vec::from_iter(further);
        if !further.is_empty() {
            let others = store.matches_of(&further).await?;
            let meant: BTreeSet<_> =
                others.iter().filter(|m| dated.speak_of(m)).map(|m| (m.league, m.season)).collect();
            matches.extend(others.into_iter().filter(|m| meant.contains(&(m.league, m.season))));
            seasons.extend(meant);
        }
        let seasons = Vec::from_iter(seasons);
        Ok(plan::Existing {
            matches,
            stats: store.stats_of(&seasons).await?,
            odds: store.odds_of(&seasons).await?,
            named,
            may_be_mislabelled: !dated.is_empty(),
            claims: store.claims_of(&seasons).await?,
            corrections: store.corrections_of(&seasons).await?,
        })
    }

    fn reviews(&self, waiting: &[Waiting]) -> Vec<NewNameReview> {
        let review = |waiting: &Waiting| NewNameReview {
            kind: NameKind::Team,
            source: self.source.to_owned(),
            country: waiting.country.clone(),
            league: Some(waiting.league),
            season: Some(waiting.season),
            name: waiting.name.clone(),
            document: self.id,
        };
        waiting.iter().map(review).collect()
    }
}

/// The last claim of each source about a field of a match.
fn last_words(claims: Vec<MatchClaim>) -> Vec<MatchClaim> {
    let key = |claim: &MatchClaim| (claim.match_id, claim.field, claim.source.clone());
    let last: BTreeMap<_, MatchClaim> = claims.into_iter().map(|claim| (key(&claim), claim)).collect();
    last.into_values().collect()
}

/// The kind of finding of a name that waits.
const UNKNOWN_TEAM: &str = "unknown_team_name";

fn waiting_message(waiting: &Waiting) -> String {
    let suggestions = match waiting.suggestions.as_slice() {
        [] => String::new(),
        names => format!(" (perhaps {})", names.join(", ")),
    };
    format!(
        "nothing certain says which team of {} is called {:?}{suggestions}; its rows wait: decide with `touchline names accept`, or import a table of aliases",
        waiting.country, waiting.name
    )
}

fn name_issue(document: DocumentId, line: u32, kind: &str, message: String, name: &str) -> QualityIssue {
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

/// What facts of stored matches bring.
async fn plan_facts(
    store: &dyn Store,
    source: &str,
    order: &SourceOrder,
    facts: Vec<SourceFacts>,
    said: Said,
) -> Result<facts::FactPlan, StoreError> {
    if facts.is_empty() {
        return Ok(facts::FactPlan::default());
    }
    let asked: BTreeSet<String> = facts.iter().map(|fact| fact.external_id.clone()).collect();
    let asked = Vec::from_iter(asked);
    let matches = store.matches_named(source, &asked).await?;
    let ids: Vec<MatchId> = matches.iter().map(|m| m.id).collect();
    let seasons: BTreeSet<(LeagueId, Season)> = matches.iter().map(|m| (m.league, m.season)).collect();
    let seasons = Vec::from_iter(seasons);
    let named = store.identified(source, &asked).await?.into_iter().collect();
    let names = names_of(store, &matches).await?;
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
        stats: store.stats_of(&seasons).await?,
        words: plan::claims::by_match(
            store.claims_of(&seasons).await?,
            store.corrections_of(&seasons).await?,
        ),
        lineups: store.lineups_of(&ids).await?,
        injuries: store.injuries_of(&ids).await?,
        names,
        named,
        matches,
    };
    Ok(facts::plan(source, order, facts, held, said))
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

/// All names of the teams of matches, each with the source that writes it.
async fn names_of(
    store: &dyn Store,
    matches: &[touchline_domain::Match],
) -> Result<HashMap<TeamId, Vec<(String, String)>>, StoreError> {
    let ids: BTreeSet<TeamId> = matches.iter().flat_map(|m| [m.home, m.away]).collect();
    let mut names: HashMap<TeamId, Vec<(String, String)>> = HashMap::new();
    let mut countries = BTreeSet::new();
    for id in &ids {
        if let Some(team) = store.team(*id).await? {
            countries.insert(team.country);
            names.insert(*id, vec![(ANY_SOURCE.to_owned(), team.name)]);
        }
    }
    for alias in store.team_aliases(&Vec::from_iter(countries), None).await? {
        if let Some(names) = names.get_mut(&alias.team) {
            names.push((alias.source, alias.alias));
        }
    }
    Ok(names)
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
