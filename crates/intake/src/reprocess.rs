//! Reading bronze again: every document that is held, in the order in which they came, through today's readers. What they
//! say is already in silver changes nothing; an empty silver is built anew. Each document is one transaction, so that
//! work which was interrupted is completed by doing it again.

use crate::identity::SourceOrder;
use crate::ingest::{Incoming, IngestReport, replay};
use crate::reader::reader_of;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use thiserror::Error;
use touchline_domain::ports::{
    After, DocumentInfo, ExportRepository, IntakeStore, StoreError, StoredDocument,
};
use touchline_domain::{Clock, Progress, Stopped};

/// Documents that are listed at once.
const PAGE: u32 = 1_000;

/// Which documents to read again; all by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reprocess<'a> {
    /// Only of this source.
    pub source: Option<&'a str>,
    /// Only those that came at this time or later.
    pub since: Option<DateTime<Utc>>,
}

/// What reading again brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReprocessReport {
    /// The same as of an import.
    #[serde(flatten)]
    pub ingest: IngestReport,
    /// Documents of sources that this program does not know, by source. They were left as they are.
    pub skipped: BTreeMap<String, u64>,
}

/// Why bronze was not read to its end.
#[derive(Debug, Error)]
pub enum ReprocessError {
    /// The store did not answer. What was read before stays; run it again.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Somebody asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

/// Reads documents of bronze again.
///
/// # Errors
/// See [`ReprocessError`]. A document that cannot be used is recorded and counted, as on its way in.
pub async fn reprocess(
    store: &dyn IntakeStore,
    which: Reprocess<'_>,
    order: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<ReprocessReport, ReprocessError> {
    let documents = select(store, which).await?;
    let mut report = ReprocessReport::default();
    // Facts may have come before their matches, and were brought again when the matches were there.
    let mut early = Vec::new();
    progress.begin("documents", documents.len() as u64);
    let outcome = async {
        for (done, info) in (1..).zip(&documents) {
            progress.check()?;
            match read_again(store, info, order, clock).await? {
                None => *report.skipped.entry(info.source.clone()).or_default() += 1,
                Some(read) if read.misses_matches() => early.push((info, read)),
                Some(read) => report.ingest.add(&read),
            }
            progress.done(done);
        }
        for (info, first) in &early {
            progress.check()?;
            let again = read_again(store, info, order, clock).await?;
            report.ingest.add(&again.unwrap_or_else(|| first.clone()));
        }
        Ok(report)
    }
    .await;
    progress.end();
    outcome
}

/// The documents in the order in which they came.
async fn select(store: &dyn ExportRepository, which: Reprocess<'_>) -> Result<Vec<DocumentInfo>, StoreError> {
    let mut after = which.since.map(|time| After { time, id: 0 });
    let mut all = Vec::new();
    loop {
        let page = store.documents(after, PAGE).await?;
        let last = page.last().map(|info| After { time: info.collected_at, id: info.id.0 });
        let is_last = page.len() < PAGE as usize;
        all.extend(page.into_iter().filter(|info| which.source.is_none_or(|name| name == info.source)));
        after = last;
        if is_last {
            return Ok(all);
        }
    }
}

/// Reads one document again; none where its source is not known, or where it is gone.
async fn read_again(
    store: &dyn IntakeStore,
    info: &DocumentInfo,
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<Option<IngestReport>, StoreError> {
    let Some(reader) = reader_of(store, info.id, &info.source).await? else { return Ok(None) };
    let Some(raw) = store.document(info.id).await? else { return Ok(None) };
    let stored = StoredDocument { id: raw.id, new: false, collected_at: raw.collected_at };
    let document = Incoming { name: raw.name, bytes: raw.bytes };
    let mut report = IngestReport::default();
    replay(store, reader.source(), &document, stored, order, clock, &mut report).await?;
    Ok(Some(report))
}
