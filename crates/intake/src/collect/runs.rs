//! The rows of `data_collection_logs` of a run: one for each kind that it collects.

use super::{CollectError, CollectReport};
use crate::ingest::IngestReport;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use touchline_collect::http::{Failure, FailureKind};
use touchline_collect::providers::Call;
use touchline_domain::ports::{IntakeStore, StoreError};
use touchline_domain::telemetry::COLLECTION_DURATION;
use touchline_domain::{
    Clock, CollectionCounts, CollectionEnd, CollectionId, CollectionKind, CollectionStatus, JobId, TaskError,
};

/// A run of one kind.
struct Run {
    id: CollectionId,
    started: DateTime<Utc>,
    counts: CollectionCounts,
    failures: BTreeMap<FailureKind, u64>,
    last: Option<String>,
}

/// See the module.
pub(super) struct Runs {
    source: &'static str,
    job: Option<JobId>,
    of_kind: BTreeMap<CollectionKind, Run>,
}

impl Runs {
    pub(super) fn new(source: &'static str, job: Option<JobId>) -> Self {
        Self { source, job, of_kind: BTreeMap::new() }
    }

    /// Notes that a kind is collected, once.
    pub(super) async fn begin(
        &mut self,
        store: &dyn IntakeStore,
        clock: &dyn Clock,
        kind: CollectionKind,
    ) -> Result<(), StoreError> {
        if self.of_kind.contains_key(&kind) {
            return Ok(());
        }
        let started = clock.now();
        let id = store.begin_collection(self.source, kind, started, self.job).await?;
        let (counts, failures) = (CollectionCounts::default(), BTreeMap::new());
        self.of_kind.insert(kind, Run { id, started, counts, failures, last: None });
        Ok(())
    }

    fn of(&mut self, kind: CollectionKind) -> &mut Run {
        self.of_kind.get_mut(&kind).expect("a run begins before its first answer is taken")
    }

    pub(super) fn answered(&mut self, kind: CollectionKind) {
        self.of(kind).counts.answers += 1;
    }

    pub(super) fn add(&mut self, kind: CollectionKind, ingested: &IngestReport) {
        let counts = &mut self.of(kind).counts;
        counts.read += ingested.rows;
        counts.new += ingested.matches.new + ingested.facts.new_facts;
        counts.changed += ingested.matches.changed;
        counts.rejected += ingested.rejected_rows + ingested.waits();
    }

    pub(super) fn failed(&mut self, kind: CollectionKind, failure: &Failure) {
        let run = self.of(kind);
        run.counts.failures += 1;
        *run.failures.entry(failure.kind).or_default() += 1;
        run.last = Some(failure.to_string());
    }

    /// The entry of a failure in `error_logs`.
    pub(super) fn error(&self, call: &Call, failure: &Failure, at: DateTime<Utc>) -> TaskError {
        let context = serde_json::json!({
            "data_source": self.source,
            "collection_type": call.kind.name(),
            "api_endpoint": failure.endpoint,
            "http_status": failure.status,
            "document": call.document,
        });
        TaskError {
            task: format!("{}_collection", call.kind),
            task_id: self.of_kind.get(&call.kind).map(|run| run.id.0.to_string()),
            error_type: failure.kind.name().to_owned(),
            message: failure.message.clone(),
            retries: failure.retries,
            context: Some(context.to_string()),
            at,
        }
    }

    /// Notes how all ended. That this fails is no reason to lose what came.
    pub(super) async fn end(
        self,
        store: &dyn IntakeStore,
        clock: &dyn Clock,
        report: &CollectReport,
        cut_short: Option<&CollectError>,
    ) {
        let at = clock.now();
        for (kind, run) in self.of_kind {
            let labels = [("data_source", self.source), ("collection_type", kind.name())];
            let seconds = (at - run.started).to_std().unwrap_or_default().as_secs_f64();
            metrics::histogram!(COLLECTION_DURATION.name, &labels).record(seconds);
            let whole = run.counts.failures == 0 && cut_short.is_none() && report.not_asked == 0;
            let status = match (whole, run.counts.answers) {
                (true, _) => CollectionStatus::Success,
                (false, 0) => CollectionStatus::Failed,
                (false, _) => CollectionStatus::Partial,
            };
            let end =
                CollectionEnd { at, status, counts: run.counts, message: message(&run, report, cut_short) };
            if let Err(error) = store.end_collection(run.id, &end).await {
                tracing::warn!(%error, kind = kind.name(), "how the run ended was not kept");
            }
        }
    }
}

/// What went wrong, in one text.
fn message(run: &Run, report: &CollectReport, cut_short: Option<&CollectError>) -> Option<String> {
    let mut parts: Vec<String> =
        run.failures.iter().map(|(kind, n)| format!("{n} {}", kind.name())).collect();
    parts.extend(run.last.as_ref().map(|last| format!("the last: {last}")));
    if report.not_asked > 0 {
        parts.push(format!("{} requests were not sent", report.not_asked));
    }
    parts.extend(cut_short.map(ToString::to_string));
    (!parts.is_empty()).then(|| parts.join("; "))
}
