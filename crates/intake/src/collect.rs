//! Collecting: calls of a wish are answered, and each answer goes the way that a file goes: bronze, then silver. Only then
//! is its watermark set, so that a run that was killed loses nothing and writes nothing twice: what had come is on disk,
//! and what was not marked is taken in again, which changes nothing where it was stored.
//!
//! Every run leaves a row in `data_collection_logs`, and every call of which nothing came one in `error_logs`.

mod drift;
mod gaps;
mod places;
mod plan;
mod report;
mod runs;

pub use gaps::{Gap, gaps};
pub use places::{Near, name_places, places};
pub use plan::Plan;
pub use report::{CollectReport, Fetched};

use self::runs::Runs;
use crate::identity::SourceOrder;
use crate::import::{follow_up, look_at_clubs, settle_held};
use crate::ingest::{Incoming, IngestReport, ingest};
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use touchline_collect::http::budget::Budget;
use touchline_collect::http::{Answer, Failure, FailureKind};
use touchline_collect::providers::{Answers, Call, Provider};
use touchline_collect::{Document, DocumentError};
use touchline_domain::ports::{IntakeStore, StoreError};
use touchline_domain::telemetry::{COLLECTION_ERRORS, COLLECTIONS, QUOTA_LEFT};
use touchline_domain::{Clock, FixedClock, JobId, Progress, Stopped, Watermark};

/// Calls that are under way at a time: enough to wait for the limits of a source and not for the way to it.
const UNDER_WAY: usize = 4;
/// How often a run looks whether it is asked to stop.
const LOOK: Duration = Duration::from_millis(100);
/// A source that refuses so many calls in a row is not asked again in this run.
const REFUSALS: u32 = 2;

/// Why a run ended before its last call. What came before is stored.
#[derive(Debug, Error)]
pub enum CollectError {
    /// The store failed.
    #[error("what came from {document} could not be stored; run it again to go on")]
    Store {
        /// What came.
        document: String,
        /// The store's reason.
        source: StoreError,
    },
    /// It was asked to stop between two answers.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

/// A source that is asked, and by what means.
pub struct Collector<'a> {
    /// Where answers end.
    pub store: &'a dyn IntakeStore,
    /// The source.
    pub provider: &'a dyn Provider,
    /// What answers calls.
    pub answers: &'a dyn Answers,
    /// What may be spent, where calls cost something.
    pub budget: Option<Arc<Budget>>,
    /// Whose word counts.
    pub order: &'a SourceOrder,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Whom to tell.
    pub progress: &'a dyn Progress,
    /// The job that collects, where one does.
    pub job: Option<JobId>,
}

impl Collector<'_> {
    /// Collects what some calls ask for, and what follows from their answers. Calls of which nothing comes are recorded and
    /// counted, and the others go on.
    ///
    /// # Errors
    /// The store is not available, or the run was asked to stop.
    pub async fn collect(&self, calls: Vec<Call>) -> Result<CollectReport, CollectError> {
        let mut runs = Runs::new(self.provider.name(), self.job);
        let mut report = CollectReport::default();
        self.progress.begin("requests", calls.len() as u64);
        let ended = self.answered(calls, &mut runs, &mut report).await;
        self.progress.end();
        // Also of requests that were under way when the run was asked to stop.
        if let Err(error) = self.note_credits().await {
            tracing::warn!(%error, "the credits that were spent could not be kept");
        }
        runs.end(self.store, self.clock, &report, ended.as_ref().err()).await;
        if !matches!(ended, Err(CollectError::Store { .. })) {
            settle_held(self.store, self.order, self.clock).await;
            follow_up(self.store, self.clock).await;
            look_at_clubs(self.store, self.clock, &mut report.ingested).await;
        }
        ended.map(|()| report)
    }

    async fn answered(
        &self,
        calls: Vec<Call>,
        runs: &mut Runs,
        report: &mut CollectReport,
    ) -> Result<(), CollectError> {
        let mut waiting = VecDeque::from(calls);
        let mut under_way = FuturesOrdered::new();
        let mut refusals = 0;
        let mut done = 0;
        loop {
            while refusals < REFUSALS
                && under_way.len() < UNDER_WAY
                && let Some(call) = waiting.pop_front()
            {
                // Before anything is sent: of a run that is killed at once there is a word, too.
                let failed = |source| CollectError::Store { document: call.document.clone(), source };
                runs.begin(self.store, self.clock, call.kind).await.map_err(failed)?;
                under_way.push_back(async move { (self.answers.answer(&call).await, call) });
            }
            let Some((answer, call)) = stoppable(under_way.next(), self.progress).await? else { break };
            let failed = |source| CollectError::Store { document: call.document.clone(), source };
            let labels = [("data_source", self.provider.name()), ("collection_type", call.kind.name())];
            metrics::counter!(COLLECTIONS.name, &labels).increment(1);
            self.note_credits().await.map_err(failed)?;
            let taken = match answer {
                Ok(answer) => self.take(&call, &answer, runs, report).await.map_err(failed)?,
                Err(failure) => Err(failure),
            };
            match taken {
                Ok(more) => {
                    refusals = 0;
                    more.into_iter().rev().for_each(|call| waiting.push_front(call));
                }
                Err(failure) => {
                    refusals = if failure.is_refusal() { refusals + 1 } else { 0 };
                    self.fail(&call, failure, runs, report).await.map_err(failed)?;
                }
            }
            done += 1;
            self.progress.done(done);
        }
        report.not_asked += waiting.len() as u64;
        Ok(())
    }

    /// Takes an answer in. Answers what else to ask, or why the answer is of no use.
    async fn take(
        &self,
        call: &Call,
        answer: &Answer,
        runs: &mut Runs,
        report: &mut CollectReport,
    ) -> Result<Result<Vec<Call>, Failure>, StoreError> {
        let hash = blake3::hash(&answer.body).to_hex().to_string();
        let source = self.provider.name();
        let mark = self.store.watermark(source, call.kind, &call.document).await?;
        let is_known = mark.is_some_and(|mark| mark.hash == hash);
        report.fetched.count(answer.origin, is_known);
        let (mut refused, mut misses) = (None, false);
        if !is_known {
            let mut ingested = IngestReport::default();
            let document = Incoming { name: call.document.clone(), bytes: answer.body.clone() };
            // Facts are dated by when the answer came, also where it waited on disk.
            let clock = FixedClock(answer.collected_at);
            ingest(self.store, self.provider.reader(), &document, self.order, &clock, &mut ingested).await?;
            runs.add(call.kind, &ingested);
            if ingested.rejected_documents > 0 {
                refused = Some(why_refused(self.provider, call, answer));
            }
            misses = ingested.misses_matches();
            report.ingested.add(&ingested);
        }
        if let Some(failure) = refused {
            return Ok(Err(failure));
        }
        runs.answered(call.kind);
        let watermark = Watermark {
            source: source.to_owned(),
            kind: call.kind,
            scope: call.document.clone(),
            hash,
            collected_at: answer.collected_at,
            checked_at: self.clock.now(),
        };
        // Facts whose matches are not held yet are taken again once these are.
        if !misses {
            self.store.put_watermark(&watermark).await?;
        }
        if !is_known && let Some(drift) = self.canary(call, answer, report).await? {
            self.fail(call, drift, runs, report).await?;
        }
        Ok(self.provider.more(call, &answer.body))
    }

    async fn fail(
        &self,
        call: &Call,
        failure: Failure,
        runs: &mut Runs,
        report: &mut CollectReport,
    ) -> Result<(), StoreError> {
        let labels = [
            ("data_source", self.provider.name()),
            ("collection_type", call.kind.name()),
            ("error_type", failure.kind.name()),
        ];
        metrics::counter!(COLLECTION_ERRORS.name, &labels).increment(1);
        tracing::warn!(source = self.provider.name(), kind = failure.kind.name(), %failure, "nothing came of a request");
        self.store.record_task_error(&runs.error(call, &failure, self.clock.now())).await?;
        runs.failed(call.kind, &failure);
        report.failures.push(failure);
        Ok(())
    }

    /// Keeps what was spent, so that the next run knows it.
    async fn note_credits(&self) -> Result<(), StoreError> {
        let Some(budget) = &self.budget else { return Ok(()) };
        let now = self.clock.now();
        let (since, spent) = budget.state(now);
        metrics::gauge!(QUOTA_LEFT.name, "data_source" => self.provider.name()).set(budget.left(now) as f64);
        self.store.note_credits(self.provider.name(), since, spent).await
    }
}

/// Reads what some calls bring and writes nothing.
///
/// # Errors
/// It was asked to stop.
pub async fn rehearse(
    provider: &dyn Provider,
    answers: &dyn Answers,
    calls: Vec<Call>,
    progress: &dyn Progress,
) -> Result<CollectReport, Stopped> {
    let mut report = CollectReport::default();
    progress.begin("requests", calls.len() as u64);
    let mut waiting = VecDeque::from(calls);
    let (mut done, mut refusals) = (0, 0);
    while refusals < REFUSALS
        && let Some(call) = waiting.pop_front()
    {
        let answer = match stoppable(answers.answer(&call), progress).await? {
            Ok(answer) => answer,
            Err(failure) => {
                refusals = if failure.is_refusal() { refusals + 1 } else { 0 };
                report.failures.push(failure);
                continue;
            }
        };
        refusals = 0;
        report.fetched.count(answer.origin, false);
        let document = Document { name: &call.document, bytes: &answer.body };
        match provider.reader().parse(&document, answer.collected_at) {
            Err(error) => report.failures.push(refusal(&call, &error)),
            Ok(parsed) => report.ingested.rehearse(&call.document, &parsed),
        }
        match provider.more(&call, &answer.body) {
            Ok(more) => more.into_iter().rev().for_each(|call| waiting.push_front(call)),
            Err(failure) => report.failures.push(failure),
        }
        done += 1;
        progress.done(done);
    }
    report.not_asked += waiting.len() as u64;
    progress.end();
    Ok(report)
}

/// Waits for something, and looks meanwhile whether the work is asked to stop. Requests may be dropped at any time.
async fn stoppable<T>(work: impl Future<Output = T>, progress: &dyn Progress) -> Result<T, Stopped> {
    let mut work = pin!(work);
    loop {
        progress.check()?;
        if let Ok(done) = tokio::time::timeout(LOOK, &mut work).await {
            return Ok(done);
        }
    }
}

/// Why the reader refused an answer.
fn why_refused(provider: &dyn Provider, call: &Call, answer: &Answer) -> Failure {
    let document = Document { name: &call.document, bytes: &answer.body };
    match provider.reader().parse(&document, answer.collected_at) {
        Err(error) => refusal(call, &error),
        Ok(_) => Failure::new(FailureKind::Malformed, "the answer was refused").of(&call.url),
    }
}

fn refusal(call: &Call, error: &DocumentError) -> Failure {
    let kind = match error {
        DocumentError::Empty => FailureKind::Empty,
        DocumentError::Html | DocumentError::WrongColumns { .. } | DocumentError::Json(_) => {
            FailureKind::ChangedShape
        }
        _ => FailureKind::Malformed,
    };
    Failure::new(kind, error.to_string()).of(&call.url)
}
