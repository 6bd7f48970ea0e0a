//! A job while it runs: what its body is given, how it says what went wrong, and what becomes of it then.

use crate::catalogue::{self, Backoff};
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use thiserror::Error;
use touchline_domain::ports::{Retry, StoreError};
use touchline_domain::{Clock, Job, JobFault, JobOutcome, Progress, Stopped};

/// What a kind of job does.
#[async_trait]
pub trait Body: Send + Sync {
    /// Does it. What it says of what it did is kept with the job, so it is short.
    ///
    /// A body may run again after it was done: its worker may have died before it could say so. So what it writes, it writes
    /// once.
    ///
    /// # Errors
    /// What went wrong, and whether another try may go better.
    async fn run(&self, run: &Run) -> Result<Value, JobError>;
}

/// A job that runs.
pub struct Run {
    /// The job.
    pub job: Job,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whom to tell, and who says when to stop.
    pub progress: Arc<RunProgress>,
}

impl Run {
    /// A text of the parameters.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.job.what.parameters.get(name)?.as_str()
    }

    /// A list of texts of the parameters; a single text is a list of one.
    pub fn texts(&self, name: &str) -> Vec<String> {
        match self.job.what.parameters.get(name) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(list)) => list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a parameter is set.
    pub fn is_set(&self, name: &str) -> bool {
        self.job.what.parameters.get(name).and_then(Value::as_bool).unwrap_or(false)
    }
}

/// Why a job is asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It is not.
    None,
    /// Somebody called it off.
    Cancelled,
    /// Its worker ends.
    Shutdown,
    /// It took too long.
    TimeLimit,
    /// Its worker gave no sign of life in time, so that another may have it.
    Lost,
}

impl StopReason {
    const ALL: [Self; 5] = [Self::None, Self::Cancelled, Self::Shutdown, Self::TimeLimit, Self::Lost];
}

/// Passes on to a running job that it is asked to stop, and to the log what it is at.
#[derive(Debug)]
pub struct RunProgress {
    job: i64,
    stop: AtomicU8,
}

impl RunProgress {
    /// Of a job by its number.
    pub fn new(job: i64) -> Self {
        Self { job, stop: AtomicU8::new(StopReason::None as u8) }
    }

    /// Asks it to stop. The first reason stays.
    pub fn stop(&self, reason: StopReason) {
        let none = StopReason::None as u8;
        // It may have one already.
        let _ = self.stop.compare_exchange(none, reason as u8, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Why it is asked to stop.
    pub fn reason(&self) -> StopReason {
        StopReason::ALL[usize::from(self.stop.load(Ordering::SeqCst))]
    }
}

impl Progress for RunProgress {
    fn begin(&self, step: &str, total: u64) {
        tracing::debug!(job = self.job, step, total, "step");
    }
    fn done(&self, _: u64) {}
    fn end(&self) {}
    fn stop_requested(&self) -> bool {
        self.reason() != StopReason::None
    }
}

/// Whether another try may go better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It may: a network, a database, a source that is busy.
    Transient,
    /// It cannot: wrong parameters, a missing key, data that do not suffice.
    Permanent,
    /// It was asked to stop, and did.
    Stopped,
}

/// What went wrong in a job.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct JobError {
    /// Whether another try may go better.
    pub kind: FaultKind,
    /// A name that messages and metrics group by, such as `quota`.
    pub name: String,
    /// What it is and what to do, without secrets.
    pub message: String,
    /// Not before then, where who refused has said so.
    pub retry_after: Option<Duration>,
}

impl JobError {
    /// One after which another try may go better.
    pub fn transient(name: &str, message: impl Display) -> Self {
        Self {
            kind: FaultKind::Transient,
            name: name.to_owned(),
            message: message.to_string(),
            retry_after: None,
        }
    }

    /// One after which no try goes better.
    pub fn permanent(name: &str, message: impl Display) -> Self {
        Self { kind: FaultKind::Permanent, ..Self::transient(name, message) }
    }
}

impl From<Stopped> for JobError {
    fn from(stopped: Stopped) -> Self {
        Self { kind: FaultKind::Stopped, ..Self::transient("stopped", stopped) }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        match error.retry() {
            Retry::Never => Self::permanent("store", error),
            Retry::After(_) => Self::transient("store", error),
        }
    }
}

/// What becomes of a try: done, tried again at a later time, or given up.
pub fn outcome(
    job: &Job,
    result: Result<Value, JobError>,
    stopped: StopReason,
    now: DateTime<Utc>,
) -> JobOutcome {
    let error = match result {
        Ok(said) => return JobOutcome::Succeeded(said),
        Err(error) => error,
    };
    if error.kind == FaultKind::Stopped {
        match stopped {
            StopReason::Cancelled => return JobOutcome::Cancelled,
            StopReason::Shutdown | StopReason::Lost | StopReason::None => return JobOutcome::Returned,
            StopReason::TimeLimit => {}
        }
    }
    let fault = if error.kind == FaultKind::Stopped {
        JobFault {
            kind: "time_limit".to_owned(),
            message: "it took longer than its kind of job may".to_owned(),
        }
    } else {
        JobFault { kind: error.name, message: error.message }
    };
    if error.kind == FaultKind::Permanent || job.attempt >= job.what.attempts {
        return JobOutcome::Failed(fault);
    }
    let backoff = catalogue::by_name(&job.what.name).map_or(Backoff::Exponential(60), |kind| kind.backoff);
    let wait = backoff.after(job.attempt, job.id.0 as u64 ^ (u64::from(job.attempt) << 32));
    let mut due_at = now + wait.max(error.retry_after.unwrap_or_default());
    if let Some(deadline) = job.what.deadline {
        // A last try while there is time, rather than one that comes too late.
        let last = deadline - Duration::seconds(60);
        if due_at >= deadline && now < last {
            due_at = last;
        }
    }
    JobOutcome::Retried { due_at, fault }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use touchline_domain::{JobId, JobStatus};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn running(name: &str, attempt: u32) -> Job {
        let what = catalogue::by_name(name).unwrap().job("k".to_owned(), at(0), json!({}));
        Job {
            id: JobId(1),
            status: JobStatus::Running,
            what,
            attempt,
            worker: Some("w".to_owned()),
            lease_until: Some(at(60)),
            stop_requested: false,
            enqueued_at: at(0),
            started_at: Some(at(0)),
            ended_at: None,
            fault: None,
            result: None,
        }
    }

    fn due(outcome: &JobOutcome) -> i64 {
        let JobOutcome::Retried { due_at, .. } = outcome else { panic!("{outcome:?} is no other try") };
        (*due_at - at(0)).num_seconds()
    }

    #[test]
    fn only_what_may_go_better_is_tried_again() {
        let job = running("odds_collection", 1);
        let busy = || Err(JobError::transient("busy", "the source is busy"));
        assert!((60..67).contains(&due(&outcome(&job, busy(), StopReason::None, at(0)))));
        let third = running("odds_collection", 3);
        assert!((240..265).contains(&due(&outcome(&third, busy(), StopReason::None, at(0)))));
        let last = running("odds_collection", 4);
        assert!(matches!(outcome(&last, busy(), StopReason::None, at(0)), JobOutcome::Failed(_)));
        let wrong = Err(JobError::permanent("key", "no key"));
        assert!(matches!(outcome(&job, wrong, StopReason::None, at(0)), JobOutcome::Failed(_)));
    }

    #[test]
    fn who_says_when_is_heeded() {
        let mut busy = JobError::transient("quota", "wait");
        busy.retry_after = Some(Duration::seconds(900));
        assert_eq!(due(&outcome(&running("odds_collection", 1), Err(busy), StopReason::None, at(0))), 900);
    }

    #[test]
    fn a_last_try_comes_before_the_deadline() {
        let mut job = running("prediction", 3);
        job.what.deadline = Some(at(150));
        let busy = || Err(JobError::transient("busy", "the database is busy"));
        assert_eq!(due(&outcome(&job, busy(), StopReason::None, at(0))), 90);
        assert!(due(&outcome(&job, busy(), StopReason::None, at(100))) >= 280, "no time for another");
    }

    #[test]
    fn a_job_that_was_stopped_ends_as_it_was_asked_to() {
        let job = running("backup_full", 1);
        let stopped = |reason| outcome(&job, Err(Stopped.into()), reason, at(0));
        assert_eq!(stopped(StopReason::Cancelled), JobOutcome::Cancelled);
        assert_eq!(stopped(StopReason::Shutdown), JobOutcome::Returned);
        let JobOutcome::Retried { fault, .. } = stopped(StopReason::TimeLimit) else { panic!("another try") };
        assert_eq!(fault.kind, "time_limit");
        let done = outcome(&job, Ok(json!({})), StopReason::Cancelled, at(0));
        assert_eq!(done, JobOutcome::Succeeded(json!({})), "it was done before it heard");
    }

    #[test]
    fn the_first_reason_to_stop_stays() {
        let progress = RunProgress::new(1);
        assert!(!progress.stop_requested());
        progress.stop(StopReason::TimeLimit);
        progress.stop(StopReason::Shutdown);
        assert_eq!(progress.reason(), StopReason::TimeLimit);
    }
}
