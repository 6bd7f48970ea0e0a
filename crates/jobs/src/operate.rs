//! What operators do with jobs, flows and the timetable: the same for a command and for a route.

use crate::timetable::TRIGGERS;
use crate::{catalogue, flows, timetable};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use thiserror::Error;
use touchline_domain::ports::{JobReader, JobWriter, MatchReader, StoreError};
use touchline_domain::{JobId, JobStatus, MatchId, Misfire, NewJob, Schedule};

/// Why something cannot be done.
#[derive(Debug, Error)]
pub enum OperateError {
    /// No kind of job has the name.
    #[error("no kind of job is called {0:?}; `touchline jobs kinds` and /api/v1/tasks/kinds list them")]
    UnknownKind(String),
    /// No flow has the name.
    #[error("no flow is called {0:?}; `touchline flows list` and /api/v1/flows list them")]
    UnknownFlow(String),
    /// Neither a job nor a flow has the name.
    #[error(
        "no job or flow is called {0:?}; `touchline jobs kinds` and `touchline flows list` list them, as /api/v1/tasks/kinds and /api/v1/flows do"
    )]
    UnknownWork(String),
    /// The timetable has no such line.
    #[error(
        "{0:?} is not in the timetable, which `touchline schedule list` and /api/v1/schedules show; a new line wants a job and times"
    )]
    UnknownSchedule(String),
    /// No job has the number.
    #[error("no job has the number {0}; `touchline jobs list` and /api/v1/tasks list them")]
    UnknownJob(JobId),
    /// No match has the number.
    #[error("no match has the number {0}; `touchline predict` and /api/v1/matches list them")]
    UnknownMatch(i64),
    /// Parameters are a JSON object.
    #[error("parameters are a JSON object, such as {{\"source\": \"football-data\"}}")]
    Parameters,
    /// The times cannot be read.
    #[error("{0}")]
    Times(String),
    /// A line does one thing.
    #[error("{id} does {job}: add another line for another job")]
    OtherJob {
        /// The line.
        id: String,
        /// What it does.
        job: String,
    },
    /// The line of the fixture list has no times.
    #[error(
        "{TRIGGERS} follows the fixture list and has no times; it can be paused, and the job `prediction` seals the forecast of one match"
    )]
    Triggers,
    /// It has ended.
    #[error("job {id} has ended already: it {status}")]
    Ended {
        /// The job.
        id: JobId,
        /// How.
        status: JobStatus,
    },
    /// It succeeded, has not ended, or its deadline has passed.
    #[error("job {id} cannot be tried again: it is {status}, or its deadline has passed")]
    NotAgain {
        /// The job.
        id: JobId,
        /// Where it stands.
        status: JobStatus,
    },
    /// The store is not available.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What operating asks of a store.
pub trait OperateStore: JobReader + JobWriter + MatchReader {}

impl<T: JobReader + JobWriter + MatchReader + ?Sized> OperateStore for T {}

fn checked(parameters: &Value) -> Result<(), OperateError> {
    if parameters.is_object() { Ok(()) } else { Err(OperateError::Parameters) }
}

/// Asks for a job now; a worker does it.
///
/// # Errors
/// There is no such kind of job or match, or the store is not available.
pub async fn run_job<S: OperateStore + ?Sized>(
    store: &S,
    name: &str,
    parameters: &Value,
    match_id: Option<i64>,
    now: DateTime<Utc>,
) -> Result<(JobId, &'static catalogue::Definition), OperateError> {
    let kind = catalogue::by_name(name).ok_or_else(|| OperateError::UnknownKind(name.to_owned()))?;
    checked(parameters)?;
    let key = format!("{}:by hand {}", kind.name, now.timestamp_millis());
    let mut job = NewJob { match_id: match_id.map(MatchId), ..kind.job(key, now, parameters.clone()) };
    if let Some(id) = job.match_id {
        let m = store.get_match(id).await?.ok_or(OperateError::UnknownMatch(id.0))?;
        // Nothing about a match that is asked for before its kick-off is of use after it.
        job.deadline = Some(m.kickoff.latest()).filter(|deadline| *deadline > now);
    }
    store.enqueue(std::slice::from_ref(&job), now).await?;
    match &store.jobs_of_keys(&[job.key]).await?[..] {
        [(_, id, _)] => Ok((*id, kind)),
        _ => Err(StoreError::Corrupt("a job that was asked for is gone".to_owned()).into()),
    }
}

/// Calls a job off, or asks the worker that has it to stop it. Answers where it stands then.
///
/// # Errors
/// There is no such job, it has ended, or the store is not available.
pub async fn cancel<S: OperateStore + ?Sized>(
    store: &S,
    id: JobId,
    now: DateTime<Utc>,
) -> Result<JobStatus, OperateError> {
    match store.cancel(id, now).await?.ok_or(OperateError::UnknownJob(id))? {
        status @ (JobStatus::Cancelled | JobStatus::Running) => Ok(status),
        status => Err(OperateError::Ended { id, status }),
    }
}

/// Lets a job that has ended without success wait again.
///
/// # Errors
/// There is no such job, it cannot be tried again, or the store is not available.
pub async fn retry<S: OperateStore + ?Sized>(
    store: &S,
    id: JobId,
    now: DateTime<Utc>,
) -> Result<(), OperateError> {
    if store.retry(id, now).await? {
        return Ok(());
    }
    let job = store.job(id).await?.ok_or(OperateError::UnknownJob(id))?;
    Err(OperateError::NotAgain { id, status: job.status })
}

/// Starts a flow now. Answers what its run is known by, and how many steps it has.
///
/// # Errors
/// There is no such flow, or the store is not available.
pub async fn run_flow<S: OperateStore + ?Sized>(
    store: &S,
    name: &str,
    parameters: &Value,
    sources: &[String],
    now: DateTime<Utc>,
) -> Result<(String, u64), OperateError> {
    let flow = flows::by_name(name).ok_or_else(|| OperateError::UnknownFlow(name.to_owned()))?;
    checked(parameters)?;
    let run = flow.run_at(now);
    let steps = flow.jobs(&run, now, parameters, sources);
    let asked = store.enqueue(&steps, now).await?;
    Ok((run, asked))
}

/// A line of the timetable, with its next times.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The line.
    #[serde(flatten)]
    pub schedule: Schedule,
    /// When it is due next; empty while it is paused.
    pub next: Vec<DateTime<Utc>>,
}

impl Line {
    /// A line, with at most so many of its next times.
    ///
    /// # Errors
    /// Its times cannot be read.
    pub fn of(schedule: Schedule, now: DateTime<Utc>, times: usize) -> Result<Self, OperateError> {
        let after = now.max(schedule.done_until);
        let next = if schedule.enabled {
            timetable::next(&schedule.cron, after, times).map_err(OperateError::Times)?
        } else {
            Vec::new()
        };
        Ok(Self { schedule, next })
    }
}

/// The timetable as it stands, with the lines that a scheduler will add when it begins, by name.
///
/// # Errors
/// The store is not available.
pub async fn schedules<S: JobReader + ?Sized>(
    store: &S,
    now: DateTime<Utc>,
) -> Result<Vec<Schedule>, StoreError> {
    let mut lines = store.schedules().await?;
    let held: HashSet<String> = lines.iter().map(|line| line.id.clone()).collect();
    lines.extend(timetable::defaults(now).into_iter().filter(|line| !held.contains(&line.id)));
    lines.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(lines)
}

/// The line of a name or an alias.
///
/// # Errors
/// There is none, or the store is not available.
pub async fn schedule<S: JobReader + ?Sized>(
    store: &S,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Schedule, OperateError> {
    let canonical = timetable::canonical(id);
    let found = schedules(store, now).await?.into_iter().find(|schedule| schedule.id == canonical);
    found.ok_or_else(|| OperateError::UnknownSchedule(id.to_owned()))
}

/// What is to change of a line of the timetable.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScheduleChange {
    /// Its times.
    pub cron: Option<String>,
    /// What it does, for a line that is new.
    pub job: Option<String>,
    /// With which parameters.
    pub parameters: Option<Value>,
    /// Whether it counts.
    pub enabled: Option<bool>,
}

/// Changes a line of the timetable, or adds one. It holds within a second, and from now on: times of the new table before
/// now are nothing that was missed.
///
/// # Errors
/// There is no such line, job or flow, the times cannot be read, or the store is not available.
pub async fn set_schedule<S: OperateStore + ?Sized>(
    store: &S,
    id: &str,
    change: &ScheduleChange,
    now: DateTime<Utc>,
) -> Result<Schedule, OperateError> {
    let held = match schedule(store, id, now).await {
        Ok(held) => Some(held),
        Err(OperateError::UnknownSchedule(_)) => None,
        Err(error) => return Err(error),
    };
    let mut line = match (held, &change.job, &change.cron) {
        (Some(held), None, _) => held,
        (Some(held), Some(job), _) if *job == held.job => held,
        (Some(held), Some(_), _) => return Err(OperateError::OtherJob { id: held.id, job: held.job }),
        (None, Some(job), Some(cron)) => Schedule {
            id: id.to_owned(),
            job: job.clone(),
            cron: cron.clone(),
            parameters: json!({}),
            enabled: true,
            misfire: Misfire::RunOnce,
            edited: true,
            done_until: now,
        },
        (None, ..) => return Err(OperateError::UnknownSchedule(id.to_owned())),
    };
    if line.id == TRIGGERS && (change.cron.is_some() || change.parameters.is_some()) {
        return Err(OperateError::Triggers);
    }
    if !timetable::is_known(&line.job) {
        return Err(OperateError::UnknownWork(line.job));
    }
    if let Some(cron) = &change.cron {
        timetable::parse(cron).map_err(OperateError::Times)?;
        line.cron.clone_from(cron);
    }
    if let Some(parameters) = &change.parameters {
        checked(parameters)?;
        line.parameters = parameters.clone();
    }
    line.enabled = change.enabled.unwrap_or(line.enabled);
    (line.edited, line.done_until) = (true, now);
    store.put_schedule(&line).await?;
    Ok(line)
}

/// Does what a line does, now. Answers how many jobs that are.
///
/// # Errors
/// There is no such line, or the store is not available.
pub async fn run_schedule<S: OperateStore + ?Sized>(
    store: &S,
    id: &str,
    sources: &[String],
    now: DateTime<Utc>,
) -> Result<(Schedule, u64), OperateError> {
    let line = schedule(store, id, now).await?;
    if line.id == TRIGGERS {
        return Err(OperateError::Triggers);
    }
    let asked = store.enqueue(&timetable::jobs_of(&line, now, sources), now).await?;
    Ok((line, asked))
}
