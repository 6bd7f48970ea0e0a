//! Everything that the store holds, as files of the lake. Partitions that hold the same rows are not written again.

mod bronze;
mod events;
mod gold;
mod silver;
mod squads;

use super::{LakeWorkError, Roster};
use std::collections::BTreeSet;
use std::sync::Arc;
use touchline_domain::Progress;
use touchline_domain::lake::{LakeRow, LakeTable, Month};
use touchline_domain::ports::{Commit, Committed, Lake, LakePartition, LakeWriter, UpkeepStore};

/// Matches or forecasts that are read at once.
const PAGE: u32 = 2000;

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
pub enum PartitionOutcome {
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

impl PartitionOutcome {
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
    pub outcome: PartitionOutcome,
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
    pub fn count(&self, outcome: PartitionOutcome) -> usize {
        self.partitions.iter().filter(|p| p.outcome == outcome).count()
    }
}

/// Exports every table but the archive. The store is read page by page, not as of one moment: what is imported meanwhile
/// may be missing until the next export.
///
/// # Errors
/// The store or the lake is not available; partitions that were written stay.
pub async fn export(
    store: &dyn UpkeepStore,
    lake: &dyn Lake,
    options: Export,
    progress: &dyn Progress,
) -> Result<ExportReport, LakeWorkError> {
    let mut job = Job {
        store,
        lake,
        options,
        progress,
        sources: BTreeSet::new(),
        visited: BTreeSet::new(),
        report: ExportReport::default(),
    };
    let counts = store.counts().await?;
    progress.begin("leagues and teams", 0);
    let roster = Roster::load(store).await?;
    let roster_done = job.roster().await;
    progress.end();
    roster_done?;
    progress.begin("matches and odds", counts.matches);
    let matches = job.matches(&roster).await;
    progress.end();
    matches?;
    progress.begin("players", 0);
    let players = job.players().await;
    progress.end();
    players?;
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
    store: &'a dyn UpkeepStore,
    lake: &'a dyn Lake,
    options: Export,
    progress: &'a dyn Progress,
    /// Whose players were met.
    sources: BTreeSet<Arc<str>>,
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
        // A file that is not committed is not part of the lake.
        self.progress.check()?;
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

    /// Writes a table without months; one that has no rows is not written.
    async fn whole(&mut self, table: LakeTable, rows: Vec<LakeRow>) -> Result<(), LakeWorkError> {
        if rows.is_empty() {
            return Ok(());
        }
        let partition = LakePartition { table, month: None };
        let (mut writer, count) = (self.lake.write(partition).await?, rows.len() as u64);
        writer.write(rows).await?;
        self.commit(partition, writer, count).await
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
        self.progress.check()?;
        let how = Commit::Replace { may_shrink: self.options.prune, rewrite: self.options.rewrite };
        let (outcome, bytes) = match writer.commit(how).await? {
            Committed::Written(file) => (PartitionOutcome::Written, file.bytes),
            Committed::Unchanged => (PartitionOutcome::Unchanged, 0),
            Committed::Larger(_) => (PartitionOutcome::Larger, 0),
        };
        self.visited.insert(partition);
        self.report.partitions.push(Exported { partition, outcome, rows, bytes });
        Ok(())
    }

    /// Partitions of which the store holds nothing.
    async fn absent(&mut self) -> Result<(), LakeWorkError> {
        for state in self.lake.partitions().await? {
            self.progress.check()?;
            let partition = state.partition;
            let exported = partition.table != LakeTable::OddsArchive && state.rows() > 0;
            if !exported || self.visited.contains(&partition) {
                continue;
            }
            let outcome = if self.options.prune {
                self.lake.empty(&state).await?;
                PartitionOutcome::Emptied
            } else {
                PartitionOutcome::Absent
            };
            self.report.partitions.push(Exported { partition, outcome, rows: 0, bytes: 0 });
        }
        Ok(())
    }
}
