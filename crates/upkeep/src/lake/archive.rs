//! Old odds leave for the lake: their whole history is written there and read back, and only then is what does not stand
//! for it removed from the store.

use super::{
    LakeWorkError, Portion, Roster, blake3_digest, fingerprint, portions, quotes_of, representatives,
};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::sync::Arc;
use touchline_domain::lake::{LakeRow, LakeTable, MatchRef, Month};
use touchline_domain::ports::{
    Commit, Committed, Lake, LakePartition, MatchFilter, PartitionState, ThinnedMatch, Thinning, UpkeepStore,
    quotes_digest,
};
use touchline_domain::{Match, MatchStatus, Progress};

/// Matches that are looked at together.
const PAGE: u32 = 2000;

/// What an archiving did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArchiveReport {
    /// Matches that ended before the time.
    pub matches: u64,
    /// Those of which quotes were removed, or would be.
    pub thinned: u64,
    /// Their quotes before.
    pub quotes: u64,
    /// Quotes that were removed from the store, or would be.
    pub removed: u64,
    /// Quotes that were written to the lake: those that it did not hold already.
    pub written: u64,
    /// Matches before the time that are not over, and are left alone.
    pub open: u64,
}

/// Archives the odds of matches that kicked off before a time and are over. With `dry_run` it only counts.
///
/// Each portion of matches is a step of its own: its quotes are appended to `odds_archive`, read back from there and
/// compared, and then removed in one transaction which refuses if the store's quotes are not those that were read back.
/// Whatever stops it, running it again goes on and writes nothing twice.
///
/// # Errors
/// The store or the lake is not available, or what was read back is not what was written.
pub async fn archive(
    store: &dyn UpkeepStore,
    lake: &dyn Lake,
    before: DateTime<Utc>,
    dry_run: bool,
    progress: &dyn Progress,
) -> Result<ArchiveReport, LakeWorkError> {
    progress.begin("archiving odds", store.counts().await?.matches);
    let mut job = Job { store, lake, dry_run, report: ArchiveReport::default(), held: None };
    let done = job.run(before, progress).await;
    progress.end();
    done.map(|()| job.report)
}

struct Job<'a> {
    store: &'a dyn UpkeepStore,
    lake: &'a dyn Lake,
    dry_run: bool,
    report: ArchiveReport,
    /// Fingerprints of all quotes that were read from a month of the archive.
    held: Option<(Month, HashSet<[u8; 16]>)>,
}

/// Whether nothing more will happen.
fn is_over(m: &Match) -> bool {
    use MatchStatus as S;
    matches!(m.status, S::Finished | S::Awarded | S::Abandoned | S::Cancelled)
}

impl Job<'_> {
    async fn run(&mut self, before: DateTime<Utc>, progress: &dyn Progress) -> Result<(), LakeWorkError> {
        let roster = Roster::load(self.store).await?;
        let filter = MatchFilter { to: Some(before), ..MatchFilter::default() };
        let (mut cursor, mut done) = (None, 0);
        loop {
            let page = self.store.page(&filter, cursor, PAGE).await?;
            for matches in page.matches.chunk_by(|a, b| Month::of(a.kickoff.at) == Month::of(b.kickoff.at)) {
                let over: Vec<&Match> = matches.iter().filter(|m| is_over(m)).collect();
                self.report.open += (matches.len() - over.len()) as u64;
                self.report.matches += over.len() as u64;
                let refs =
                    over.into_iter().map(|m| roster.name(m).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
                for portion in portions(self.store, &refs).await? {
                    progress.check()?;
                    self.portion(&portion).await?;
                }
                done += matches.len() as u64;
                progress.done(done);
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Matches of one month.
    async fn portion(&mut self, matches: &[Arc<MatchRef>]) -> Result<(), LakeWorkError> {
        let mut thinned: Portion = Vec::new();
        let mut thinning = Thinning { lake: self.lake.location(), matches: Vec::new(), removed: Vec::new() };
        for (of, quotes) in quotes_of(self.store, matches).await? {
            let stay = representatives(of.kickoff.at, quotes.iter().map(|row| &row.quote));
            if stay.iter().all(|stay| *stay) {
                continue;
            }
            let gone = quotes.iter().zip(stay).filter(|(_, stay)| !stay);
            thinning.removed.extend(gone.map(|(row, _)| (of.id, row.quote.clone())));
            let mut sorted: Vec<_> = quotes.iter().map(|row| &row.quote).collect();
            let digest = quotes_digest(blake3_digest, &mut sorted);
            thinning.matches.push(ThinnedMatch { id: of.id, quotes: quotes.len() as u64, digest });
            thinned.push((of, quotes));
        }
        let Some((first, _)) = thinned.first() else { return Ok(()) };
        let month = Month::of(first.kickoff.at);
        self.report.thinned += thinned.len() as u64;
        self.report.quotes += thinned.iter().map(|(_, quotes)| quotes.len() as u64).sum::<u64>();
        self.report.removed += thinning.removed.len() as u64;
        if self.dry_run {
            return Ok(());
        }
        self.keep(month, &thinned).await?;
        self.store.thin(&thinning).await?;
        Ok(())
    }

    /// Makes sure that the lake holds every quote, by reading it.
    async fn keep(&mut self, month: Month, thinned: &Portion) -> Result<(), LakeWorkError> {
        let partition = LakePartition { table: LakeTable::OddsArchive, month: Some(month) };
        let mut held = match self.held.take() {
            Some((known, held)) if known == month => held,
            _ => match self.lake.partition(partition).await? {
                Some(state) => self.read_back(&state).await?,
                None => HashSet::new(),
            },
        };
        let rows = || thinned.iter().flat_map(|(_, quotes)| quotes);
        let new: Vec<LakeRow> = rows()
            .filter(|row| !held.contains(&fingerprint(&row.of, &row.quote)))
            .map(|row| LakeRow::Quote(row.clone()))
            .collect();
        if !new.is_empty() {
            let count = new.len() as u64;
            let mut writer = self.lake.write(partition).await?;
            writer.write(new).await?;
            let written = writer.commit(Commit::Append).await?;
            let state = self.lake.partition(partition).await?;
            let mut state = state.ok_or_else(|| LakeWorkError::NotReadBack(partition.to_string()))?;
            if let Committed::Written(file) = written {
                // The one that was just written suffices.
                if file.rows != count {
                    return Err(LakeWorkError::NotReadBack(partition.to_string()));
                }
                state.files = vec![file];
                self.report.written += count;
            }
            held.extend(self.read_back(&state).await?);
        }
        if rows().any(|row| !held.contains(&fingerprint(&row.of, &row.quote))) {
            return Err(LakeWorkError::NotReadBack(partition.to_string()));
        }
        self.held = Some((month, held));
        Ok(())
    }

    /// Fingerprints of all quotes of some files, whose rows and hashes the reader compares.
    async fn read_back(&self, state: &PartitionState) -> Result<HashSet<[u8; 16]>, LakeWorkError> {
        let mut held = HashSet::new();
        let mut reader = self.lake.read(state).await?;
        while let Some(rows) = reader.next().await? {
            for row in rows {
                if let LakeRow::Quote(row) = row {
                    held.insert(fingerprint(&row.of, &row.quote));
                }
            }
        }
        Ok(held)
    }
}
