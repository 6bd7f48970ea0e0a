//! Whether jobs are as they should be: errors, backlog and delay within limits, and no kind of job silent for longer than it
//! may be.

use crate::catalogue::JOBS;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use touchline_domain::ports::{JobReader, StoreError};
use touchline_domain::telemetry::{QUEUE_SIZE, TASK_ERROR_RATE};
use touchline_domain::{JobFilter, JobStatus, Queue};

/// Jobs that ended in so long count.
const WINDOW: Duration = Duration::hours(1);
/// More than this share of failures is unhealthy.
pub const MOST_FAILURES: f64 = 0.10;
/// More jobs that wait for a worker are unhealthy.
pub const LONGEST_BACKLOG: u64 = 100;
/// A job that waits longer for a worker is unhealthy.
pub const LONGEST_DELAY: Duration = Duration::minutes(10);
/// More jobs that wait are not counted.
const MOST_WAITING: u32 = 10_000;
/// Shares of fewer jobs say nothing.
const FEWEST: u64 = 10;

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
    /// Seconds for which the first of them waits.
    pub delay_seconds: i64,
    /// Workers that gave a sign of life in the last minute.
    pub workers: u64,
    /// Kinds of jobs whose last success is older than it may be, with its time.
    pub overdue: BTreeMap<&'static str, Option<DateTime<Utc>>>,
}

/// Looks at all jobs.
///
/// # Errors
/// The store is not available.
pub async fn look<S: JobReader + ?Sized>(store: &S, now: DateTime<Utc>) -> Result<Health, StoreError> {
    let counts = store.job_counts(now - WINDOW).await?;
    let (mut ended, mut failed, mut delay) = (0, 0, Duration::zero());
    let mut backlog: BTreeMap<Queue, u64> = Queue::ALL.into_iter().map(|queue| (queue, 0)).collect();
    let mut rates: HashMap<&str, (u64, u64)> = HashMap::new();
    for count in &counts {
        let bad = matches!(count.status, JobStatus::Failed | JobStatus::Missed);
        if bad || count.status == JobStatus::Succeeded {
            let rate = rates.entry(&count.name).or_default();
            rate.0 += count.jobs;
            rate.1 += u64::from(bad) * count.jobs;
            ended += count.jobs;
            failed += u64::from(bad) * count.jobs;
        }
    }
    // One by one: those that wait for their time, as before a day of many matches, wait for no worker.
    let waiting = JobFilter { statuses: vec![JobStatus::Waiting], ..JobFilter::default() };
    for job in store.jobs(&waiting, MOST_WAITING).await?.iter().filter(|job| job.what.due_at <= now) {
        *backlog.entry(job.what.queue).or_default() += 1;
        delay = delay.max(now - job.what.due_at);
    }
    for (name, (all, bad)) in &rates {
        metrics::gauge!(TASK_ERROR_RATE.name, "task_name" => (*name).to_owned())
            .set(*bad as f64 / *all as f64);
    }
    for (queue, jobs) in &backlog {
        metrics::gauge!(QUEUE_SIZE.name, "queue_name" => queue.name()).set(*jobs as f64);
    }
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
    };
    health.problems = problems(&health, delay);
    health.healthy = health.problems.is_empty();
    Ok(health)
}

/// Kinds that have been silent for too long, among those that were asked for long enough ago.
async fn overdue<S: JobReader + ?Sized>(
    store: &S,
    now: DateTime<Utc>,
) -> Result<BTreeMap<&'static str, Option<DateTime<Utc>>>, StoreError> {
    let successes: HashMap<String, DateTime<Utc>> = store.last_successes().await?.into_iter().collect();
    let counts = store.job_counts(DateTime::UNIX_EPOCH).await?;
    let mut overdue = BTreeMap::new();
    for kind in &JOBS {
        let Some(hours) = kind.objective else { continue };
        let limit = now - Duration::hours(hours.into());
        let last = successes.get(kind.name).copied();
        if last.is_some_and(|last| last >= limit) {
            continue;
        }
        // One that was never asked for, or only just now, is not silent.
        if counts.iter().any(|count| count.name == kind.name && count.first_due < limit) {
            overdue.insert(kind.name, last);
        }
    }
    Ok(overdue)
}

fn problems(health: &Health, delay: Duration) -> Vec<String> {
    let mut problems = Vec::new();
    let share = health.failed as f64 / health.ended.max(1) as f64;
    if health.ended >= FEWEST && share > MOST_FAILURES {
        problems.push(format!(
            "{} of {} jobs of the last hour failed ({:.0}%; {:.0}% is the limit): see `touchline jobs list --status failed`",
            health.failed,
            health.ended,
            100.0 * share,
            100.0 * MOST_FAILURES
        ));
    }
    let waiting: u64 = health.backlog.values().sum();
    if waiting > LONGEST_BACKLOG {
        problems.push(format!(
            "{waiting} jobs wait for a worker ({LONGEST_BACKLOG} is the limit): start another"
        ));
    }
    if delay > LONGEST_DELAY {
        problems.push(format!(
            "a job waits for a worker since {} minutes ({} is the limit)",
            delay.num_minutes(),
            LONGEST_DELAY.num_minutes()
        ));
    }
    if health.workers == 0 && waiting > 0 {
        problems.push("no worker gives a sign of life: start `touchline worker`".to_owned());
    }
    for (name, last) in &health.overdue {
        let since =
            last.map_or_else(|| "never succeeded".to_owned(), |last| format!("last succeeded at {last}"));
        problems.push(format!("{name} {since}, which is too long ago"));
    }
    problems
}
