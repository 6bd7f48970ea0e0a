//! A filter fitted on what a store holds, for both horizons, with a record of each fit beside the database.

use super::{FilterFit, FilterFitError, FilterRecord};
use crate::dataset::{FactReader, Facts};
use crate::matrices::Horizon;
use crate::off_executor::off_executor;
use crate::whole_file::replace_file;
use chrono::{DateTime, Utc};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use touchline_domain::{Clock, Progress};
use touchline_features::{FilterKind, MarketView, View};

/// Which filter to fit, on which period.
#[derive(Debug, Clone)]
pub struct FilterRequest {
    /// Folder of the product's files.
    pub data_dir: PathBuf,
    /// What the filter learns from.
    pub kind: FilterKind,
    /// First kick-off to forecast; none: the earliest. Earlier matches only warm the filter up.
    pub from: Option<DateTime<Utc>>,
    /// Matches from here on are neither forecast nor learned from; none: those after now.
    pub until: Option<DateTime<Utc>>,
    /// Most steps of each search.
    pub steps: u64,
    /// Threads.
    pub threads: usize,
}

/// A fit and the file that keeps its record.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptFit {
    /// What was fitted, on what.
    pub record: FilterRecord,
    /// Its record as JSON.
    pub file: PathBuf,
}

/// Fits a filter on the store's matches for both horizons, and keeps a record of each fit in the folder `filters`.
///
/// # Errors
/// [`FilterFitError`]; a fit that was finished before keeps its record.
pub async fn fit_stored<S: FactReader + ?Sized>(
    store: &S,
    request: FilterRequest,
    clock: &dyn Clock,
    progress: Arc<dyn Progress>,
) -> Result<Vec<KeptFit>, FilterFitError> {
    let now = clock.now();
    let market = match request.kind {
        FilterKind::Goals => MarketView::None,
        FilterKind::EarlierPrices => MarketView::Earlier,
    };
    progress.begin("reading matches", 0);
    let facts = Facts::load_seen(store, View::from(market)).await;
    progress.end();
    let facts = facts?;
    off_executor(move || fit_both(&facts, &request, now, &progress)).await
}

fn fit_both(
    facts: &Facts,
    request: &FilterRequest,
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Vec<KeptFit>, FilterFitError> {
    let history = facts.history(&[]);
    let FilterRequest { kind, steps, threads, .. } = *request;
    let (from, until) = (request.from.unwrap_or(DateTime::UNIX_EPOCH), request.until.unwrap_or(now));
    let folder = request.data_dir.join("filters");
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| FilterFitError::Io { path, source }
    };
    fs::create_dir_all(&folder).map_err(io(&folder))?;
    let mut kept = Vec::new();
    for horizon in Horizon::ALL {
        let fit = FilterFit { history: &history, kind, horizon, from, until, steps, threads };
        let record = fit.run(progress)?;
        let file = folder.join(format!("{}-{}.json", kind.name(), horizon.name()));
        let text = serde_json::to_string_pretty(&record).map_err(|e| io(&file)(e.into()))?;
        replace_file(&file, format!("{text}\n").as_bytes()).map_err(io(&file))?;
        kept.push(KeptFit { record, file });
    }
    Ok(kept)
}
