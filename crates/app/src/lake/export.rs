//! Everything that the store holds, as files of the lake. Partitions that hold the same rows are not written again.

use super::{LakeWorkError, Roster, portions, quotes_of};
use crate::Progress;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use touchline_domain::lake::{AliasRow, LakeRow, LakeTable, MatchRef, MatchRow, Month, RecordRow};
use touchline_domain::ports::{
    After, Commit, Committed, Lake, LakePartition, LakeWriter, MatchFilter, Store, StoreError,
};
use touchline_domain::{Match, MatchId, NewTeam, RecordKind};

/// Matches, documents or forecasts that are read at once.
const PAGE: u32 = 2000;
/// Documents, whose bytes come one by one.
const DOCUMENTS: u32 = 200;

/// How to export.
#[derive(Debug, Clone, Copy, Default)]
pub struct Export {
    /// Partitions may lose rows, and those of which the store holds nothing are emptied.
    pub prune: bool,
    /// Files of the same rows are written anew: some may be damaged.
    pub rewrite: bool,
}

/// What became of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was written.
    Written,
    /// It held these rows already.
    Unchanged,
    /// It holds more rows than the store and was left as it is.
    Larger,
    /// The store holds nothing of it, and it was left as it is.
    Absent,
    /// The store holds nothing of it, and it was emptied.
    Emptied,
}

impl Outcome {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::Larger => "larger",
            Self::Absent => "absent",
            Self::Emptied => "emptied",
        }
    }
}

/// A partition after the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Which.
    pub partition: LakePartition,
    /// What became of it.
    pub outcome: Outcome,
    /// Rows that the store holds of it.
    pub rows: u64,
    /// Bytes that were written.
    pub bytes: u64,
}

/// What an export did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// All partitions.
    pub partitions: Vec<Exported>,
}

impl ExportReport {
    /// How many partitions ended this way.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.partitions.iter().filter(|p| p.outcome == outcome).count()
    }
}

/// Exports every table but the archive. The store is read page by page, not as of one moment: what is imported meanwhile
/// may be missing until the next export.
///
/// # Errors
/// The store or the lake is not available; partitions that were written stay.
pub async fn export(
    store: &dyn Store,
    lake: &dyn Lake,
    options: Export,
    progress: &dyn Progress,
) -> Result<ExportReport, LakeWorkError> {
    let mut job = Job { store, lake, options, progress, visited: BTreeSet::new(), report: ExportReport::default() };
    let counts = store.counts().await?;
    progress.begin("leagues and clubs", 0);
    let roster = Roster::load(store).await?;
    let roster_done = job.roster().await;
    progress.end();
    roster_done?;
    progress.begin("matches and odds", counts.matches);
    let matches = job.matches(&roster).await;
    progress.end();
    matches?;
    progress.begin("documents", 0);
    let documents = job.documents().await;
    progress.end();
    documents?;
    progress.begin("forecasts and models", 0);
    let gold = job.gold(&roster).await;
    progress.end();
    gold?;
    job.absent().await?;
    job.report.partitions.sort_by_key(|p| p.partition);
    Ok(job.report)
}

struct Job<'a> {
    store: &'a dyn Store,
    lake: &'a dyn Lake,
    options: Export,
    progress: &'a dyn Progress,
    visited: BTreeSet<LakePartition>,
    report: ExportReport,
}

/// A table whose rows come by month.
struct Sink {
    table: LakeTable,
    open: Option<(Month, Box<dyn LakeWriter>, u64)>,
}

impl Sink {
    fn new(table: LakeTable) -> Self {
        Self { table, open: None }
    }
}

impl Job<'_> {
    async fn put(&mut self, sink: &mut Sink, month: Month, rows: Vec<LakeRow>) -> Result<(), LakeWorkError> {
        if rows.is_empty() {
            return Ok(());
        }
        if sink.open.as_ref().is_none_or(|(open, ..)| *open != month) {
            self.close(sink).await?;
            let partition = LakePartition { table: sink.table, month: Some(month) };
            sink.open = Some((month, self.lake.write(partition).await?, 0));
        }
        if let Some((_, writer, count)) = &mut sink.open {
            *count += rows.len() as u64;
            writer.write(rows).await?;
        }
        Ok(())
    }

    async fn close(&mut self, sink: &mut Sink) -> Result<(), LakeWorkError> {
        let Some((month, writer, rows)) = sink.open.take() else { return Ok(()) };
        self.commit(LakePartition { table: sink.table, month: Some(month) }, writer, rows).await
    }

    async fn commit(
        &mut self,
        partition: LakePartition,
        writer: Box<dyn LakeWriter>,
        rows: u64,
    ) -> Result<(), LakeWorkError> {
        let how = Commit::Replace { may_shrink: self.options.prune, rewrite: self.options.rewrite };
        let (outcome, bytes) = match writer.commit(how).await? {
            Committed::Written(file) => (Outcome::Written, file.bytes),
            Committed::Unchanged => (Outcome::Unchanged, 0),
            Committed::Larger(_) => (Outcome::Larger, 0),
        };
        self.visited.insert(partition);
        self.report.partitions.push(Exported { partition, outcome, rows, bytes });
        Ok(())
    }

    /// The tables without months.
    async fn roster(&mut self) -> Result<(), LakeWorkError> {
        let teams = self.store.teams().await?;
        let named: HashMap<_, _> = teams
            .iter()
            .map(|t| (t.id, NewTeam { name: t.name.clone(), country: t.country.clone() }))
            .collect();
        let mut aliases = Vec::new();
        for a in self.store.aliases().await? {
            let team = named.get(&a.team).cloned();
            let team = team.ok_or_else(|| StoreError::Corrupt(format!("the club {} of an alias is not held", a.team)))?;
            aliases.push(AliasRow { source: a.source, country: a.country, alias: a.alias, team });
        }
        aliases.sort_by(|a, b| (&a.source, &a.country, &a.alias).cmp(&(&b.source, &b.country, &b.alias)));
        let mut clubs: Vec<NewTeam> = named.into_values().collect();
        clubs.sort_by(|a, b| (&a.country, &a.name).cmp(&(&b.country, &b.name)));
        let mut leagues: Vec<_> = self.store.leagues().await?.into_iter().map(|l| l.details).collect();
        leagues.sort_by(|a, b| a.code.cmp(&b.code));
        let tables: [(LakeTable, Vec<LakeRow>); 3] = [
            (LakeTable::Leagues, leagues.into_iter().map(LakeRow::League).collect()),
            (LakeTable::Teams, clubs.into_iter().map(LakeRow::Team).collect()),
            (LakeTable::TeamAliases, aliases.into_iter().map(LakeRow::Alias).collect()),
        ];
        for (table, rows) in tables {
            let partition = LakePartition { table, month: None };
            let (mut writer, count) = (self.lake.write(partition).await?, rows.len() as u64);
            writer.write(rows).await?;
            self.commit(partition, writer, count).await?;
        }
        Ok(())
    }

    async fn matches(&mut self, roster: &Roster) -> Result<(), LakeWorkError> {
        let [mut rows, mut stats, mut odds] =
            [LakeTable::Matches, LakeTable::MatchStats, LakeTable::Odds].map(Sink::new);
        let (mut cursor, mut done) = (None, 0);
        loop {
            let page = self.store.page(&MatchFilter::default(), cursor, PAGE).await?;
            for matches in page.matches.chunk_by(|a, b| Month::of(a.kickoff.at) == Month::of(b.kickoff.at)) {
                let Some(first) = matches.first() else { continue };
                let month = Month::of(first.kickoff.at);
                let refs = matches.iter().map(|m| roster.name(m).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
                let named = matches.iter().zip(&refs).map(|(m, of)| LakeRow::Match(row(m, of)));
                self.put(&mut rows, month, named.collect()).await?;
                let counted = self.stats(&refs).await?;
                self.put(&mut stats, month, counted).await?;
                for portion in portions(self.store, &refs).await? {
                    let quotes = quotes_of(self.store, &portion).await?.into_iter();
                    let quotes = quotes.flat_map(|(_, quotes)| quotes).map(LakeRow::Quote);
                    self.put(&mut odds, month, quotes.collect()).await?;
                }
                done += matches.len() as u64;
                self.progress.done(done);
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        for sink in [&mut rows, &mut stats, &mut odds] {
            self.close(sink).await?;
        }
        Ok(())
    }

    async fn stats(&self, matches: &[Arc<MatchRef>]) -> Result<Vec<LakeRow>, StoreError> {
        let ids: Vec<MatchId> = matches.iter().map(|m| m.id).collect();
        let mut counted: HashMap<_, _> = self.store.stats_of_matches(&ids).await?.into_iter().collect();
        let rows = matches.iter().filter_map(|of| Some(LakeRow::Stats(Arc::clone(of), counted.remove(&of.id)?)));
        Ok(rows.collect())
    }

    async fn documents(&mut self) -> Result<(), LakeWorkError> {
        let mut whole = Sink::new(LakeTable::RawDocuments);
        let kinds = [LakeTable::RawMatchData, LakeTable::RawOddsData, LakeTable::RawScoresData];
        let mut records = kinds.map(Sink::new);
        let (mut after, mut done) = (None, 0);
        loop {
            let page = self.store.documents(after, DOCUMENTS).await?;
            for info in &page {
                let month = Month::of(info.collected_at);
                let Some(document) = self.store.document(info.id).await? else { continue };
                self.put(&mut whole, month, vec![LakeRow::Document(document)]).await?;
                let (source, hash): (Arc<str>, Arc<str>) = (info.source.as_str().into(), info.hash.as_str().into());
                let mut of_kind: [Vec<LakeRow>; 3] = Default::default();
                for (kind, record) in self.store.records(info.id).await? {
                    let place = match kind {
                        RecordKind::Match => 0,
                        RecordKind::Odds => 1,
                        RecordKind::Score => 2,
                    };
                    of_kind[place].push(LakeRow::Record(RecordRow {
                        source: Arc::clone(&source),
                        document_hash: Arc::clone(&hash),
                        collected_at: info.collected_at,
                        record,
                    }));
                }
                for (sink, rows) in records.iter_mut().zip(of_kind) {
                    self.put(sink, month, rows).await?;
                }
                done += 1;
                self.progress.done(done);
            }
            let Some(last) = page.last().filter(|_| page.len() == DOCUMENTS as usize) else { break };
            after = Some(After { time: last.collected_at, id: last.id.0 });
        }
        self.close(&mut whole).await?;
        for sink in &mut records {
            self.close(sink).await?;
        }
        Ok(())
    }

    async fn gold(&mut self, roster: &Roster) -> Result<(), LakeWorkError> {
        let mut forecasts = Sink::new(LakeTable::Predictions);
        let mut after = None;
        loop {
            let page = self.store.forecasts(after, PAGE).await?;
            let mut named: HashMap<MatchId, Arc<MatchRef>> = HashMap::new();
            for months in page.chunk_by(|(_, a), (_, b)| Month::of(a.sealed_at) == Month::of(b.sealed_at)) {
                let mut rows = Vec::with_capacity(months.len());
                for (_, forecast) in months {
                    let of = match named.get(&forecast.match_id) {
                        Some(of) => Arc::clone(of),
                        None => {
                            let of = Arc::new(self.named(roster, forecast.match_id).await?);
                            named.insert(forecast.match_id, Arc::clone(&of));
                            of
                        }
                    };
                    rows.push(LakeRow::Forecast(of, forecast.clone()));
                }
                if let Some((_, first)) = months.first() {
                    self.put(&mut forecasts, Month::of(first.sealed_at), rows).await?;
                }
            }
            let Some((id, last)) = page.last().filter(|_| page.len() == PAGE as usize) else { break };
            after = Some(After { time: last.sealed_at, id: *id });
        }
        self.close(&mut forecasts).await?;
        let mut models = Sink::new(LakeTable::ModelVersions);
        let mut of_month: BTreeMap<Month, Vec<_>> = BTreeMap::new();
        for model in self.store.versions().await? {
            of_month.entry(Month::of(model.trained_at)).or_default().push(model);
        }
        for (month, mut versions) in of_month {
            versions.sort_by(|a, b| (a.trained_at, &a.name, &a.version).cmp(&(b.trained_at, &b.name, &b.version)));
            self.put(&mut models, month, versions.into_iter().map(LakeRow::Model).collect()).await?;
        }
        self.close(&mut models).await
    }

    async fn named(&self, roster: &Roster, id: MatchId) -> Result<MatchRef, StoreError> {
        let held = self.store.get_match(id).await?;
        roster.name(&held.ok_or_else(|| StoreError::Corrupt(format!("match {id} of a forecast is not held")))?)
    }

    /// Partitions of which the store holds nothing.
    async fn absent(&mut self) -> Result<(), LakeWorkError> {
        for state in self.lake.partitions().await? {
            let partition = state.partition;
            let exported = partition.table != LakeTable::OddsArchive && state.rows() > 0;
            if !exported || self.visited.contains(&partition) {
                continue;
            }
            let outcome = if self.options.prune {
                self.lake.empty(&state).await?;
                Outcome::Emptied
            } else {
                Outcome::Absent
            };
            self.report.partitions.push(Exported { partition, outcome, rows: 0, bytes: 0 });
        }
        Ok(())
    }
}

fn row(m: &Match, of: &MatchRef) -> MatchRow {
    MatchRow {
        of: of.clone(),
        status: m.status,
        score: m.score,
        half_time: m.half_time,
        referee: m.referee.clone(),
        attendance: m.attendance,
        source: m.source.clone(),
        external_id: m.external_id.clone(),
    }
}
