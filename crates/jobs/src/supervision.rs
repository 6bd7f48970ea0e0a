//! Whether jobs are as they should be: errors, backlog and delay within limits, no kind of job silent for longer than it
//! may be, and none that failed and has not succeeded since.

use crate::catalogue::{self, Definition, JOBS};
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use touchline_domain::ports::{JobReader, StoreError};
use touchline_domain::telemetry::{QUEUE_SIZE, TASK_ERROR_RATE};
use touchline_domain::{Condition, JobCount, JobFilter, JobStatus, Queue, Severity};

/// Jobs that ended in so long count.
const WINDOW: Duration = Duration::hours(1);
/// More than this share of failures is unhealthy.
pub const MOST_FAILURES: f64 = 0.10;
/// More jobs that wait for a worker are unhealthy.
pub const LONGEST_BACKLOG: u64 = 100;
/// A job that waits longer for a worker is unhealthy.
pub const LONGEST_DELAY: Duration = Duration::minutes(10);
/// Shares of fewer jobs say nothing.
const FEWEST: u64 = 10;
/// A failure that nothing followed is told of for so long.
const REMEMBERED: Duration = Duration::hours(26);

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Health {
    /// Whether nothing is wrong.
    pub healthy: bool,
    /// What is wrong, for people.
    pub problems: Vec<String>,
    /// Jobs that ended in the last hour.
    pub ended: u64,
    /// Those of them that failed or were missed.
    pub failed: u64,
    /// Jobs that are due and wait, by queue.
    pub backlog: BTreeMap<Queue, u64>,
    /// Seconds for which the first of them waits for a worker.
    pub delay_seconds: i64,
    /// Workers that gave a sign of life in the last minute.
    pub workers: u64,
    /// Kinds of jobs whose last success is older than it may be, with its time.
    pub overdue: BTreeMap<&'static str, Option<DateTime<Utc>>>,
    /// What is wrong, as alerts tell it.
    #[serde(skip)]
    pub conditions: Vec<Condition>,
}

/// Looks at all jobs.
///
/// # Errors
/// The store is not available.
pub async fn look<S: JobReader + ?Sized>(store: &S, now: DateTime<Utc>) -> Result<Health, StoreError> {
    let (ended, failed) = rates(&store.job_counts(now - WINDOW).await?);
    let (backlog, delay) = backlog(store, now).await?;
    let workers =
        store.workers().await?.iter().filter(|w| now - w.seen_at < Duration::minutes(1)).count() as u64;
    let overdue = overdue(store, now).await?;
    let mut health = Health {
        healthy: true,
        problems: Vec::new(),
        ended,
        failed,
        backlog,
        delay_seconds: delay.num_seconds(),
        workers,
        overdue,
        conditions: Vec::new(),
    };
    health.conditions = conditions(&health, delay);
    health.problems = health.conditions.iter().map(|condition| condition.summary.clone()).collect();
    health.healthy = health.problems.is_empty();
    Ok(health)
}

/// Jobs that ended, and those that failed; sets the gauges by kind.
fn rates(counts: &[JobCount]) -> (u64, u64) {
    let mut rates: HashMap<&str, (u64, u64)> = HashMap::new();
    for count in counts {
        let bad = matches!(count.status, JobStatus::Failed | JobStatus::Missed);
        if bad || count.status == JobStatus::Succeeded {
            let rate = rates.entry(&count.name).or_default();
            *rate = (rate.0 + count.jobs, rate.1 + u64::from(bad) * count.jobs);
        }
    }
    for (name, (all, bad)) in &rates {
        metrics::gauge!(TASK_ERROR_RATE.name, "task_name" => (*name).to_owned())
            .set(*bad as f64 / *all as f64);
    }
    rates.values().fold((0, 0), |sum, rate| (sum.0 + rate.0, sum.1 + rate.1))
}

/// Jobs that are due and wait, by queue, and how long the first of them waits for a worker: one that waits for the end of a
/// job of its group waits for no worker.
async fn backlog<S: JobReader + ?Sized>(
    store: &S,
    now: DateTime<Utc>,
) -> Result<(BTreeMap<Queue, u64>, Duration), StoreError> {
    let mut backlog: BTreeMap<Queue, u64> = Queue::ALL.into_iter().map(|queue| (queue, 0)).collect();
    let mut delay = Duration::zero();
    for due in store.due_jobs(now).await? {
        backlog.insert(due.queue, due.jobs);
        delay = delay.max(due.since.map_or(Duration::zero(), |since| now - since));
    }
    for (queue, jobs) in &backlog {
        metrics::gauge!(QUEUE_SIZE.name, "queue_name" => queue.name()).set(*jobs as f64);
    }
    Ok((backlog, delay))
}

/// Kinds that have been silent for too long, among those that were asked for long enough ago.
async fn overdue<S: JobReader + ?Sized>(
    store: &S,
    now: DateTime<Utc>,
) -> Result<BTreeMap<&'static str, Option<DateTime<Utc>>>, StoreError> {
    let successes: HashMap<String, DateTime<Utc>> = store.last_successes().await?.into_iter().collect();
    let silent = JOBS.iter().filter_map(|kind| {
        let limit = now - Duration::hours(kind.objective?.into());
        let last = successes.get(kind.name).copied();
        last.is_none_or(|last| last < limit).then_some((kind.name, limit, last))
    });
    let silent: Vec<_> = silent.collect();
    let mut overdue = BTreeMap::new();
    if silent.is_empty() {
        // As it should be: all jobs that were ever asked for need not be looked at.
        return Ok(overdue);
    }
    let counts = store.job_counts(DateTime::UNIX_EPOCH).await?;
    for (name, limit, last) in silent {
        // One that was never asked for, or only just now, is not silent.
        if counts.iter().any(|count| count.name == name && count.first_due < limit) {
            overdue.insert(name, last);
        }
    }
    Ok(overdue)
}

fn condition(name: &str, severity: Severity, summary: String, details: &str, advice: &[&str]) -> Condition {
    Condition {
        name: name.to_owned(),
        component: "scheduler".to_owned(),
        subject: String::new(),
        severity,
        summary,
        details: details.to_owned(),
        advice: advice.iter().map(|&step| step.to_owned()).collect(),
    }
}

/// What is beyond its limit.
fn conditions(health: &Health, delay: Duration) -> Vec<Condition> {
    let mut found = Vec::new();
    let share = health.failed as f64 / health.ended.max(1) as f64;
    if health.ended >= FEWEST && share > MOST_FAILURES {
        found.push(condition(
            "JobFailureRateHigh",
            Severity::High,
            format!(
                "{} of {} jobs of the last hour failed ({:.0}%; {:.0}% is the limit): see `touchline jobs list --status failed`",
                health.failed,
                health.ended,
                100.0 * share,
                100.0 * MOST_FAILURES
            ),
            "More than a tenth of the jobs that ended in the last hour failed for good or were missed.",
            &[
                "See which: `touchline jobs list --status failed`.",
                "See why: `touchline jobs show NUMBER`.",
                "Stop what does harm: `touchline schedule pause NAME`.",
                "Mend the cause, then `touchline jobs retry NUMBER`.",
            ],
        ));
    }
    let waiting: u64 = health.backlog.values().sum();
    if waiting > LONGEST_BACKLOG {
        found.push(condition(
            "JobBacklogLong",
            Severity::Medium,
            format!("{waiting} jobs wait for a worker ({LONGEST_BACKLOG} is the limit): start another"),
            "Work becomes due faster than it is done.",
            &["See what waits: `touchline jobs list --status waiting`.", "Start another `touchline worker`."],
        ));
    }
    if delay > LONGEST_DELAY {
        found.push(condition(
            "SchedulerDelayHigh",
            Severity::Medium,
            format!(
                "a job waits for a worker since {} minutes ({} is the limit)",
                delay.num_minutes(),
                LONGEST_DELAY.num_minutes()
            ),
            "A job that is due has not begun.",
            &["See what runs: `touchline jobs list --status running`.", "Start another `touchline worker`."],
        ));
    }
    if health.workers == 0 && waiting > 0 {
        found.push(condition(
            "NoWorker",
            Severity::Critical,
            "no worker gives a sign of life: start `touchline worker`".to_owned(),
            "Jobs are due and nobody does them: no forecast will be sealed.",
            &["Start `touchline worker`, or `touchline serve` on a database in a file."],
        ));
    }
    found.extend(health.overdue.iter().map(|(name, last)| silent(name, *last)));
    found
}

/// A kind that has not succeeded for too long.
fn silent(name: &'static str, last: Option<DateTime<Utc>>) -> Condition {
    let kind = catalogue::known(name);
    let since = last.map_or_else(|| "never succeeded".to_owned(), |last| format!("last succeeded at {last}"));
    let (alert, severity) = match kind.component() {
        "backup" => ("BackupDelay", Severity::Medium),
        "data_collection" => ("DataStale", Severity::Critical),
        _ => ("JobOverdue", Severity::Medium),
    };
    Condition {
        component: kind.component().to_owned(),
        subject: name.to_owned(),
        ..condition(
            alert,
            severity,
            format!("{name} {since}, which is too long ago"),
            &format!(
                "It should succeed every {} hours: it {}.",
                kind.objective.unwrap_or_default(),
                kind.about
            ),
            &[
                &format!("See its last runs: `touchline jobs list --kind {name}`."),
                "See whether its schedule is paused: `touchline schedule list`.",
                &format!("Run it now: `touchline jobs run {name}`."),
            ],
        )
    }
}

/// Kinds whose last run failed for good, and forecasts that were missed.
///
/// # Errors
/// The store is not available.
pub async fn failures<S: JobReader + ?Sized>(
    store: &S,
    now: DateTime<Utc>,
) -> Result<Vec<Condition>, StoreError> {
    let counts = store.job_counts(now - REMEMBERED).await?;
    let ended = |name: &str, status: JobStatus| {
        let of = counts.iter().filter(|count| count.name == name && count.status == status);
        of.filter_map(|count| count.last_ended).max()
    };
    let mut found = Vec::new();
    for kind in &JOBS {
        if let Some(failed) = ended(kind.name, JobStatus::Failed)
            && ended(kind.name, JobStatus::Succeeded).is_none_or(|succeeded| succeeded < failed)
        {
            found.push(failure(store, kind, failed).await?);
        }
    }
    let missed = |count: &&JobCount| count.name == "prediction" && count.status == JobStatus::Missed;
    let missed: u64 = counts.iter().filter(missed).map(|count| count.jobs).sum();
    if missed > 0 {
        found.push(Condition {
            component: "predictions".to_owned(),
            subject: "prediction".to_owned(),
            ..condition(
                "ForecastMissed",
                Severity::High,
                format!("{missed} forecasts were not sealed before their kick-off"),
                "A forecast is sealed half an hour before its match. These were not asked for, or not made, in time; \
                 nothing is sealed after a kick-off.",
                &[
                    "See which: `touchline jobs list --kind prediction --status missed`.",
                    "See whether scheduler and workers run: `touchline jobs health`.",
                ],
            )
        });
    }
    Ok(found)
}

async fn failure<S: JobReader + ?Sized>(
    store: &S,
    kind: &Definition,
    at: DateTime<Utc>,
) -> Result<Condition, StoreError> {
    let filter = JobFilter {
        statuses: vec![JobStatus::Failed],
        name: Some(kind.name.to_owned()),
        ..JobFilter::default()
    };
    let last = store.jobs(&filter, 1).await?.pop();
    let why = last.as_ref().and_then(|job| job.fault.as_ref()).map_or("", |fault| fault.message.as_str());
    let number = last.as_ref().map_or_else(String::new, |job| format!(" {}", job.id));
    let alert = match kind.component() {
        "backup" => "BackupFailure",
        "data_collection" => "DataCollectionFailure",
        "models" => "TrainingFailure",
        "predictions" => "PredictionFailure",
        _ => "JobFailure",
    };
    Ok(Condition {
        component: kind.component().to_owned(),
        subject: kind.name.to_owned(),
        ..condition(
            alert,
            kind.severity,
            format!("{} failed at {}", kind.name, at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            &format!("Its last run failed after all its tries, and none has succeeded since: {why}"),
            &[
                &format!("See the run: `touchline jobs show{number}`."),
                "See all errors: the log, and the table error_logs.",
                &format!("When the cause is mended: `touchline jobs run {}`.", kind.name),
            ],
        )
    })
}
