//! Ingesting documents: bronze first (the bytes and where their records stand), then silver (leagues, clubs,
//! matches, statistics, odds), each in one transaction per document. Doing it again changes nothing; dying in
//! between and doing it again ends in the same state.

mod audit;
mod clubs;
mod facts;
mod issues;
mod plan;
mod reading;
mod report;

use crate::identity::{self, League, Paused, SourceOrder, Teams, Waiting};
use crate::reader::reader_of;
use chrono::{DateTime, SubsecRound, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use thiserror::Error;
use touchline_collect::{DocumentError, Parsed, Source, SourceFact, SourceFacts, SourceMatch, UnknownLeague};
use touchline_domain::ports::{
    IntakeStore, NameReader, NewOrigins, ReadStore, SilverChange, StoreError, StoredDocument, TeamReader,
};
use touchline_domain::{
    ANY_SOURCE, Clock, DocumentId, HeldState, LeagueId, MatchClaim, MatchId, NameKind, NewDocument,
    NewLeague, NewNameReview, QualityIssue, Said, Season, Severity, TeamId,
};

use issues::{
    UNKNOWN_LEAGUE, UNKNOWN_TEAM, document_issue, held_issue, held_message, name_issue, paused_message,
    row_issue, waiting_message,
};

use reading::{lines_of, read, records};

pub use facts::FactCounts;
pub use plan::MatchCounts;
pub(crate) use plan::claims::covers;
pub use report::{Findings, IngestReport, Outcome, Weight};

/// A document to ingest.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// File name with its parent folder.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
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
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Ingests a document that the store holds once more, and adds what it brought to `report`.
///
/// # Errors
/// The document is not stored, its source is not known, or the store is not available.
pub async fn ingest_stored(
    store: &dyn IntakeStore,
    id: DocumentId,
    order: &SourceOrder,
    clock: &dyn Clock,
    report: &mut IngestReport,
) -> Result<(), StoredError> {
    let held = store.document(id).await?.ok_or(StoredError::Unknown(id))?;
    let reader = reader_of(store, id, &held.source).await?;
    let reader = reader.ok_or(StoredError::UnknownSource(id, held.source))?;
    let stored = StoredDocument { id, new: false, collected_at: held.collected_at };
    let document = Incoming { name: held.name, bytes: held.bytes };
    Ok(replay(store, reader.source(), &document, stored, order, clock, report).await?)
}

/// Ingests one document and adds what it brought to `report`. Its facts are dated by when it first came: a document
/// that is held keeps that time, also where an import that was interrupted is completed later. Where sources disagree
/// about a match, `order` decides.
///
/// # Errors
/// The store is not available. A document that cannot be used is no error: it is kept, recorded and counted.
pub async fn ingest(
    store: &dyn IntakeStore,
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
    let lines = match held {
        Some(held) => lines_of(store, held.id).await?,
        None => BTreeMap::new(),
    };
    let parsed = read(store, source, document, &lines, collected_at).await?;
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
    if let Some(reading) = source.reading() {
        store.keep_reading(stored.id, reading).await?;
    }
    // Where another process has stored it meanwhile, that time counts.
    let parsed = if stored.collected_at == collected_at {
        parsed
    } else {
        read(store, source, document, &lines, stored.collected_at).await?
    };
    absorb(store, source, document, (stored, parsed), order, now, report).await
}

/// Brings a stored document to silver once more, as of when it came.
pub(crate) async fn replay(
    store: &dyn IntakeStore,
    source: &dyn Source,
    document: &Incoming,
    stored: StoredDocument,
    order: &SourceOrder,
    clock: &dyn Clock,
    report: &mut IngestReport,
) -> Result<(), StoreError> {
    let lines = lines_of(store, stored.id).await?;
    let parsed = read(store, source, document, &lines, stored.collected_at).await?;
    let now = clock.now().trunc_subsecs(0);
    absorb(store, source, document, (stored, parsed), order, now, report).await
}

/// Takes what was read of a stored document to silver; findings are dated `now`.
async fn absorb(
    store: &dyn IntakeStore,
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
            report.refuse(&document.name, &error);
            store.record_issues(&[document_issue(stored.id, &error)], now).await?;
        }
        Ok(parsed) => {
            report.rows += parsed.rows;
            for rejection in &parsed.rejections {
                report.take(&document.name, rejection);
            }
            let StoredDocument { id, collected_at, new: is_new } = stored;
            let source = source.name();
            let context = Context { store, source, order, document, id, is_new, collected_at, now };
            context.to_silver(parsed, report).await?;
        }
    }
    Ok(())
}

/// A document on its way to silver.
struct Context<'a> {
    store: &'a dyn IntakeStore,
    source: &'a str,
    order: &'a SourceOrder,
    document: &'a Incoming,
    id: DocumentId,
    /// Whether the document came for the first time.
    is_new: bool,
    /// When the document first came: dates its facts.
    collected_at: DateTime<Utc>,
    /// Dates findings.
    now: DateTime<Utc>,
}

impl Context<'_> {
    async fn to_silver(&self, mut parsed: Parsed, report: &mut IngestReport) -> Result<(), StoreError> {
        let (store, source) = (self.store, self.source);
        let mut issues: Vec<QualityIssue> = parsed.rejections.iter().map(|r| row_issue(self.id, r)).collect();
        let (ratings, news) = (std::mem::take(&mut parsed.ratings), std::mem::take(&mut parsed.news));
        let has_clubs = !ratings.is_empty() || !news.is_empty();
        if has_clubs {
            report.facts.add(&clubs::store(store, source, ratings, news, self.collected_at).await?);
        }
        let leagues = identity::resolve_leagues(store, source, self.order, &parsed.leagues).await?;
        let teams = identity::resolve(store, source, self.order, &parsed, &leagues).await?;
        let rows = std::mem::take(&mut parsed.matches);
        let rows = self.usable(rows, &leagues, &teams, &mut issues, report);
        let ids: Vec<LeagueId> = leagues.iter().map(|league| league.id).collect();
        let audit::Audited { passed: rows, held, changed: audit_says_more } =
            self.audit(rows, (&parsed.leagues, &ids), &teams, &mut issues, report).await?;
        let existing = self.existing(&rows, &ids, &teams).await?;
        let said = Said { at: self.collected_at, document: Some(self.id) };
        let known = plan::Known { source, order: self.order, leagues: &ids, teams: &teams, said };
        let planned = plan::plan(&known, rows, existing);
        report.seasons.extend(planned.change.new.iter().map(|(m, _)| (m.league, m.season)));
        let (facts, later) = self.of_matches_to_store(parsed.facts, &planned.change);
        let facts = plan_facts(store, source, self.order, facts, said).await?;
        for conflict in planned.conflicts.iter().chain(&facts.conflicts) {
            report.rejected_rows += 1;
            report.reject(&self.document.name, conflict.line, conflict.kind, Weight::Row, &conflict.message);
            issues.push(conflict.issue(self.id));
        }
        let notes = planned.notes.iter().chain(&facts.notes);
        report.disagreements += notes.clone().filter(|note| note.kind == "sources_disagree").count() as u64;
        issues.extend(notes.map(|note| note.note(self.id)));
        let paused = identity::paused(store, source, &parsed.unknown_leagues).await?;
        self.pause(&paused, &mut issues, report);
        let waits = !teams.waiting.is_empty() || !paused.waiting.is_empty();
        // What waits for a decision is taken up again: its document is not done.
        let document = (!waits && later.is_empty()).then_some(self.id);
        let mut change = SilverChange { issues, document, held, ..planned.change };
        change.facts.extend(facts.facts);
        change.changed.extend(facts.changed);
        change.claims.extend(facts.claims);
        change.claims = last_words(std::mem::take(&mut change.claims));
        change.origins.document = Some(self.id);
        change.origins.held.extend(facts.lines);
        change.corrections.extend(facts.corrections);
        // What is known of clubs is stored, and its document is done with the rest.
        let nothing_new = !has_clubs
            && change.new.is_empty()
            && change.changed.is_empty()
            && change.facts.is_empty()
            && change.identifiers.is_empty()
            && change.claims.is_empty()
            && change.corrections.is_empty()
            && !audit_says_more;
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
            // Held before and new now: perhaps understood by a name that says more.
            if !self.is_new && !nothing_new {
                store.rename_document(self.id, &self.document.name).await?;
            }
        }
        // Matches that were stored before origins were kept have theirs from the first document that is read again.
        if !self.is_new && !planned.confirmed.is_empty() && store.brought_by(self.id, 1).await?.is_empty() {
            store.keep_origins(self.id, &planned.confirmed).await?;
        }
        if !later.is_empty() {
            self.facts_of_stored_matches(later, said, !waits, report).await?;
        }
        if waits {
            store.open_reviews(&self.reviews(&teams.waiting, &paused), self.now).await?;
        }
        Ok(())
    }

    /// Facts of matches that are held, and those of matches that this document brings, which have to be stored first.
    fn of_matches_to_store(
        &self,
        facts: Vec<SourceFacts>,
        change: &SilverChange,
    ) -> (Vec<SourceFacts>, Vec<SourceFacts>) {
        let new = change.new.iter().filter_map(|(details, _)| details.external_id.as_deref());
        let further = change.identifiers.iter().filter(|(_, id)| id.source == self.source);
        let ids: HashSet<&str> = new.chain(further.map(|(_, id)| id.external_id.as_str())).collect();
        facts.into_iter().partition(|fact| !ids.contains(fact.external_id.as_str()))
    }

    /// Takes facts of matches that this document brought; after them it is done, if nothing of it waits.
    async fn facts_of_stored_matches(
        &self,
        facts: Vec<SourceFacts>,
        said: Said,
        is_done: bool,
        report: &mut IngestReport,
    ) -> Result<(), StoreError> {
        let planned = plan_facts(self.store, self.source, self.order, facts, said).await?;
        let mut issues = Vec::new();
        for conflict in &planned.conflicts {
            report.rejected_rows += 1;
            report.reject(&self.document.name, conflict.line, conflict.kind, Weight::Row, &conflict.message);
            issues.push(conflict.issue(self.id));
        }
        issues.extend(planned.notes.iter().map(|note| note.note(self.id)));
        let change = SilverChange {
            facts: planned.facts,
            changed: planned.changed,
            claims: last_words(planned.claims),
            corrections: planned.corrections,
            issues,
            document: is_done.then_some(self.id),
            origins: NewOrigins { document: Some(self.id), new: Vec::new(), held: planned.lines },
            ..SilverChange::default()
        };
        let written = self.store.apply(&change).await?;
        report.facts.add(&planned.counts.as_written(written));
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
            report.reject(&self.document.name, waiting.line, UNKNOWN_TEAM, Weight::Waiting, &message);
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
            report.note(&self.document.name, new.line, "resembling_team", &message);
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
                report.reject(&self.document.name, row.line, "rejected_team_name", Weight::Row, &message);
                issues.push(name_issue(self.id, row.line, "rejected_team_name", message, name));
            } else {
                report.waiting_rows += 1;
            }
        }
        usable
    }

    /// Judges rows by the rules that hold rows back; those that wait are findings.
    async fn audit(
        &self,
        rows: Vec<SourceMatch>,
        (leagues, ids): (&[NewLeague], &[LeagueId]),
        teams: &Teams,
        issues: &mut Vec<QualityIssue>,
        report: &mut IngestReport,
    ) -> Result<audit::Audited, StoreError> {
        let Self { store, source, id: document, is_new, now, .. } = *self;
        let staging = audit::Staging { store, source, document, is_new, leagues, ids, teams, now };
        let audited = staging.audit(rows).await?;
        for (_, row) in audited.held.iter().filter(|(_, row)| row.state == HeldState::Held) {
            report.held_rows += 1;
            report.reject(&self.document.name, row.line, &row.rule, Weight::Held, &held_message(row));
            issues.push(held_issue(self.id, row));
        }
        Ok(audited)
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
        let mut matches = store.matches_of(&seasons.iter().copied().collect::<Vec<_>>()).await?;
        let dated = plan::seasons::Dated::without_match(rows, leagues, teams, &matches);
        let further: Vec<_> =
            dated.seasons().into_iter().filter(|season| !seasons.contains(season)).collect();
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

    /// Leagues that nothing is known of: their rows wait, and are rejected until then.
    fn pause(&self, paused: &Paused, issues: &mut Vec<QualityIssue>, report: &mut IngestReport) {
        report.waiting_names += paused.waiting.len() as u64;
        for league in &paused.waiting {
            let message = paused_message(league);
            report.reject(&self.document.name, league.line, UNKNOWN_LEAGUE, Weight::Waiting, &message);
            issues.push(name_issue(self.id, league.line, UNKNOWN_LEAGUE, message, &league.name));
        }
    }

    fn reviews(&self, waiting: &[Waiting], paused: &Paused) -> Vec<NewNameReview> {
        let team = |waiting: &Waiting| NewNameReview {
            kind: NameKind::Team,
            source: self.source.to_owned(),
            country: waiting.country.clone(),
            league: Some(waiting.league),
            season: Some(waiting.season),
            name: waiting.name.clone(),
            document: self.id,
        };
        let league = |league: &UnknownLeague| NewNameReview {
            kind: NameKind::League,
            source: self.source.to_owned(),
            country: String::new(),
            league: None,
            season: None,
            name: league.name.clone(),
            document: self.id,
        };
        waiting.iter().map(team).chain(paused.waiting.iter().map(league)).collect()
    }
}

/// The last claim of each source about a field of a match.
fn last_words(claims: Vec<MatchClaim>) -> Vec<MatchClaim> {
    let key = |claim: &MatchClaim| (claim.match_id, claim.field, claim.source.clone());
    let last: BTreeMap<_, MatchClaim> = claims.into_iter().map(|claim| (key(&claim), claim)).collect();
    last.into_values().collect()
}

/// What facts of stored matches bring.
async fn plan_facts(
    store: &dyn ReadStore,
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
    let weather = if facts.iter().any(|f| matches!(f.fact, SourceFact::Weather(_))) {
        store.weather_of(&ids).await?
    } else {
        Vec::new()
    };
    let held = facts::Held {
        odds,
        weather,
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

/// All names of the teams of matches, each with the source that writes it.
async fn names_of<S: TeamReader + NameReader + ?Sized>(
    store: &S,
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
