//! Importing many documents: one after the other, each as a whole, and then the summaries that follow from them.

use crate::files::{FileError, FileProvider, Said, read_file, table_files, tables_of};
use crate::held;
use crate::identity::SourceOrder;
use crate::ingest::{Incoming, IngestReport, ingest};
use crate::quality;
use chrono::Days;
use std::path::PathBuf;
use thiserror::Error;
use touchline_collect::Source;
use touchline_domain::ports::{IntakeStore, StoreError, SummaryView};
use touchline_domain::{Clock, Progress, Stopped};

/// Changes older than so many days are no longer kept for those who follow the store.
const FEED_DAYS: u64 = 30;
/// Tables are read ahead up to so many bytes.
const BATCH: usize = 64 << 20;

/// Why an import ended before its last document. What came before is stored.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A file cannot be found or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The store failed at a document.
    #[error("{document} could not be ingested; nothing of it was kept half-way")]
    Store {
        /// The document.
        document: String,
        /// The store's reason.
        source: StoreError,
    },
    /// It was asked to stop between two documents.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

/// Imports a provider's files below some paths.
///
/// # Errors
/// [`ImportError`].
pub async fn import_files(
    store: &dyn IntakeStore,
    provider: FileProvider,
    paths: &[PathBuf],
    order: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<IngestReport, ImportError> {
    import_files_as(store, (provider, &Said::default()), paths, order, clock, progress).await
}

/// The same of files of which a person says what they do not say themselves.
///
/// # Errors
/// [`ImportError`].
pub async fn import_files_as(
    store: &dyn IntakeStore,
    (provider, said): (FileProvider, &Said),
    paths: &[PathBuf],
    order: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<IngestReport, ImportError> {
    let files = provider.files(paths)?;
    let documents = files.iter().map(|path| {
        let document = read_file(path).map_err(ImportError::from);
        document.map(|document| (path.display().to_string(), said.of(document)))
    });
    import(store, provider.source(), documents, order, clock, progress).await
}

/// Imports tables below some paths by a map; of archives their tables, each a document of its own.
///
/// # Errors
/// [`ImportError`].
pub async fn import_tables(
    store: &dyn IntakeStore,
    source: &dyn Source,
    paths: &[PathBuf],
    order: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<IngestReport, ImportError> {
    let mut report = IngestReport::default();
    let mut files = table_files(paths)?.into_iter().peekable();
    while files.peek().is_some() {
        let mut documents: Vec<Result<(String, Incoming), ImportError>> = Vec::new();
        let mut bytes = 0;
        while bytes < BATCH
            && let Some(path) = files.next()
        {
            match read_file(&path).and_then(tables_of) {
                Ok(tables) => {
                    bytes += tables.iter().map(|table| table.bytes.len()).sum::<usize>();
                    documents.extend(tables.into_iter().map(|table| Ok((table.name.clone(), table))));
                }
                // What was read before it is stored first.
                Err(error) => {
                    documents.push(Err(error.into()));
                    break;
                }
            }
        }
        report.add(&import_part(store, source, documents.into_iter(), order, clock, progress).await?);
    }
    look_at_clubs(store, clock, &mut report).await;
    Ok(report)
}

/// Imports documents that are in memory.
///
/// # Errors
/// [`ImportError`].
pub async fn import_documents(
    store: &dyn IntakeStore,
    source: &dyn Source,
    documents: Vec<Incoming>,
    order: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<IngestReport, ImportError> {
    let documents = documents.into_iter().map(|document| Ok((document.name.clone(), document)));
    import(store, source, documents, order, clock, progress).await
}

/// Adds what a look at the seasons that have new matches says of their clubs: one under two names shows only there.
pub(crate) async fn look_at_clubs(store: &dyn IntakeStore, clock: &dyn Clock, report: &mut IngestReport) {
    if report.seasons.is_empty() {
        return;
    }
    let concerns = match quality::look_at(store, &report.seasons, clock.now()).await {
        Ok(concerns) => concerns,
        Err(error) => {
            tracing::warn!(%error, "the clubs were not looked at; run touchline doctor");
            return;
        }
    };
    for concern in concerns {
        let message = format!("{}; {}", concern.message, concern.kind.advice());
        report.note("", 0, concern.kind.name(), &message);
    }
}

/// Imports all that there is, and looks at it.
async fn import(
    store: &dyn IntakeStore,
    source: &dyn Source,
    documents: impl ExactSizeIterator<Item = Result<(String, Incoming), ImportError>>,
    order: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<IngestReport, ImportError> {
    let mut report = import_part(store, source, documents, order, clock, progress).await?;
    look_at_clubs(store, clock, &mut report).await;
    Ok(report)
}

/// Each document is read when its turn comes; its first part is what errors call it.
async fn import_part(
    store: &dyn IntakeStore,
    source: &dyn Source,
    documents: impl ExactSizeIterator<Item = Result<(String, Incoming), ImportError>>,
    order: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<IngestReport, ImportError> {
    let mut report = IngestReport::default();
    progress.begin("files", documents.len() as u64);
    let mut ended = Ok(());
    for (done, document) in documents.enumerate() {
        ended = one(store, source, document, order, clock, progress, &mut report).await;
        if ended.is_err() {
            break;
        }
        progress.done(done as u64 + 1);
    }
    progress.end();
    if !matches!(ended, Err(ImportError::Store { .. })) {
        settle_held(store, order, clock).await;
        follow_up(store, clock).await;
    }
    ended.map(|()| report)
}

/// Completes what was decided about held rows, by a rule of this import or by a person before a crash.
pub(crate) async fn settle_held(store: &dyn IntakeStore, order: &SourceOrder, clock: &dyn Clock) {
    match held::settle(store, order, clock).await {
        Ok(report) if report.documents > 0 => {
            tracing::info!(documents = report.documents, "held rows follow what was decided about them");
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "held rows do not follow yet what was decided about them"),
    }
}

/// What follows from new facts. They are stored whether or not this succeeds; a view that is not refreshed is made up for
/// by the tables.
pub(crate) async fn follow_up(store: &dyn IntakeStore, clock: &dyn Clock) {
    if let Err(error) = store.refresh(&[SummaryView::RecentPerformance]).await {
        tracing::warn!(%error, "recent performance was not computed anew; run touchline db maintain");
    }
    if let Err(error) = store.prune(clock.now() - Days::new(FEED_DAYS)).await {
        tracing::warn!(%error, "old changes were not removed from the feed");
    }
}

async fn one(
    store: &dyn IntakeStore,
    source: &dyn Source,
    document: Result<(String, Incoming), ImportError>,
    order: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
    report: &mut IngestReport,
) -> Result<(), ImportError> {
    progress.check()?;
    let (name, document) = document?;
    let ingested = ingest(store, source, &document, order, clock, report).await;
    ingested.map_err(|source| ImportError::Store { document: name, source })
}
