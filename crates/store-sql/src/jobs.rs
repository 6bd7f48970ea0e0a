//! Jobs, schedules, workers and who leads.

use crate::row::Read;
use crate::rows::jobs as rows;
use crate::statements::Statements;
use crate::store::{Lock, SqlStore, Write};
use crate::values;
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use std::collections::HashSet;
use touchline_domain::ports::{StoreError, texts};
use touchline_domain::{
    Claim, Decree, DueJobs, HeldJob, Job, JobCount, JobEnd, JobFault, JobFilter, JobId, JobOutcome,
    JobStatus, Leadership, Lease, NewJob, Schedule, Swept, WorkerSeen,
};

/// A worker that gave no sign of life for so long is forgotten.
const FORGOTTEN: Duration = Duration::days(1);

pub async fn job<S: SqlStore>(store: &S, id: JobId) -> Result<Option<Job>, StoreError> {
    store.read().await?.first(S::TEXTS.jobs.get, &values![id.0], rows::job).await
}

pub async fn jobs<S: SqlStore>(store: &S, filter: &JobFilter, limit: u32) -> Result<Vec<Job>, StoreError> {
    let statuses: Vec<String> = filter.statuses.iter().map(|status| status.name().to_owned()).collect();
    let values = values![
        &statuses[..],
        &filter.name,
        filter.queue.map(touchline_domain::Queue::name),
        &filter.flow,
        filter.match_id,
        filter.before.map(|id| id.0),
        limit,
    ];
    // By what few jobs have: those that ended are many.
    let texts = &S::TEXTS.jobs;
    let is_open = !filter.statuses.is_empty() && filter.statuses.iter().all(|status| !status.has_ended());
    let text = match filter {
        JobFilter { flow: Some(_), .. } => texts.list_of_flow,
        JobFilter { match_id: Some(_), .. } => texts.list_of_match,
        _ if is_open => texts.list_open,
        _ => texts.list,
    };
    store.read().await?.all(text, &values, rows::job).await
}

pub async fn jobs_of_keys<S: SqlStore>(
    store: &S,
    keys: &[String],
) -> Result<Vec<(String, JobId, JobStatus)>, StoreError> {
    let found = |row: &<crate::store::Connection<S> as Statements>::Row| {
        Ok((row.value(0)?, JobId(row.value(1)?), row.parsed(2)?))
    };
    store.read().await?.all(S::TEXTS.jobs.of_keys, &values![keys], found).await
}

pub async fn job_counts<S: SqlStore>(store: &S, since: DateTime<Utc>) -> Result<Vec<JobCount>, StoreError> {
    store.read().await?.all(S::TEXTS.jobs.counts, &values![since], rows::count).await
}

pub async fn due_jobs<S: SqlStore>(store: &S, now: DateTime<Utc>) -> Result<Vec<DueJobs>, StoreError> {
    store.read().await?.all(S::TEXTS.jobs.due, &values![now], rows::due).await
}

pub async fn next_due<S: SqlStore>(store: &S, long: bool) -> Result<Option<DateTime<Utc>>, StoreError> {
    store.read().await?.one(S::TEXTS.jobs.next_due, &values![long], |row| row.optional_time(0)).await
}

pub async fn last_successes<S: SqlStore>(store: &S) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
    let of = |row: &<crate::store::Connection<S> as Statements>::Row| Ok((row.value(0)?, row.time(1)?));
    store.read().await?.all(S::TEXTS.jobs.last_successes, &values![], of).await
}

pub async fn schedules<S: SqlStore>(store: &S) -> Result<Vec<Schedule>, StoreError> {
    store.read().await?.all(S::TEXTS.jobs.schedules, &values![], rows::schedule).await
}

pub async fn leader<S: SqlStore>(store: &S) -> Result<Option<Lease>, StoreError> {
    store.read().await?.first(S::TEXTS.jobs.leader, &values![], rows::lease).await
}

pub async fn workers<S: SqlStore>(store: &S) -> Result<Vec<WorkerSeen>, StoreError> {
    store.read().await?.all(S::TEXTS.jobs.workers, &values![], rows::worker).await
}

pub async fn enqueue<S: SqlStore>(store: &S, jobs: &[NewJob], now: DateTime<Utc>) -> Result<u64, StoreError> {
    let mut write = store.write(&[]).await?;
    let added = insert(&mut write, jobs, None, now).await?;
    write.commit().await?;
    Ok(added)
}

/// Asks for jobs, or notes why they will not be done.
pub(crate) async fn insert<S: SqlStore>(
    write: &mut Write<S>,
    jobs: &[NewJob],
    missed: Option<&JobFault>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    jobs.iter().try_for_each(texts::job)?;
    // A statement may meet a key once.
    let mut seen = HashSet::new();
    let jobs: Vec<&NewJob> = jobs.iter().filter(|job| seen.insert(job.key.as_str())).collect();
    let inserted = write.run_all(S::TEXTS.jobs.enqueue, &jobs, |job| {
        let names = |names: fn(&touchline_domain::FlowStep) -> &Vec<String>| {
            job.flow.as_ref().map_or_else(|| "[]".to_owned(), |step| json!(names(step)).to_string())
        };
        let status = if missed.is_some() { JobStatus::Missed } else { job.first_status() };
        values![
            &job.name,
            &job.key,
            job.queue.name(),
            i64::from(job.queue as u8),
            job.parameters.to_string(),
            job.match_id,
            job.due_at,
            job.deadline,
            &job.exclusion,
            job.long,
            job.attempts,
            job.flow.as_ref().map(|step| step.flow.as_str()),
            job.flow.as_ref().map(|step| step.step.as_str()),
            names(|step| &step.needs),
            names(|step| &step.follows),
            status.name(),
            now,
            missed.map(|_| now),
            missed.map(|fault| fault.kind.as_str()),
            missed.map(|fault| fault.message.as_str()),
        ]
    });
    inserted.await
}

pub async fn claim<S: SqlStore>(store: &S, claim: &Claim) -> Result<Vec<Job>, StoreError> {
    texts::key("the name of a worker", &claim.worker)?;
    let Claim { worker, now, lease_until, long, limit } = claim;
    let values = values![worker, *lease_until, *now, *long, *limit];
    let mut write = store.write(&[]).await?;
    let mut jobs = write.all(S::TEXTS.jobs.claim, &values, rows::job).await?;
    write.commit().await?;
    let is_full = jobs.len() >= *limit as usize;
    let due = values![*long, *now];
    if !is_full && store.read().await?.first(S::TEXTS.jobs.exclusive_due, &due, |_| Ok(())).await?.is_some() {
        let mut write = store.write(&[Lock::Jobs]).await?;
        jobs.extend(write.all(S::TEXTS.jobs.claim_exclusive, &values[..4], rows::job).await?);
        write.commit().await?;
    }
    // A statement that changes rows answers them in any order.
    jobs.sort_by_key(|job| {
        let what = &job.what;
        (what.deadline.is_none(), what.deadline, what.queue, what.due_at, job.id)
    });
    Ok(jobs)
}

pub async fn extend<S: SqlStore>(
    store: &S,
    worker: &WorkerSeen,
    lease_until: DateTime<Utc>,
) -> Result<Vec<HeldJob>, StoreError> {
    let WorkerSeen { name, started_at, seen_at, slots } = worker;
    texts::key("the name of a worker", name)?;
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.jobs.see_worker, &values![name, *started_at, *seen_at, *slots]).await?;
    let held = write.all(S::TEXTS.jobs.extend, &values![name, lease_until], rows::held).await?;
    write.commit().await?;
    Ok(held)
}

pub async fn finish<S: SqlStore>(store: &S, ends: &[JobEnd]) -> Result<u64, StoreError> {
    if ends.is_empty() {
        return Ok(0);
    }
    ends.iter().try_for_each(texts::job_end)?;
    let mut write = store.write(&[]).await?;
    let finished = write.run_all(S::TEXTS.jobs.finish, ends, |end| {
        let (status, due_at, fault, result) = match &end.outcome {
            JobOutcome::Succeeded(result) => (JobStatus::Succeeded, None, None, Some(result.to_string())),
            JobOutcome::Retried { due_at, fault } => (JobStatus::Waiting, Some(*due_at), Some(fault), None),
            JobOutcome::Failed(fault) => (JobStatus::Failed, None, Some(fault), None),
            JobOutcome::Cancelled => (JobStatus::Cancelled, None, None, None),
            JobOutcome::Returned => (JobStatus::Waiting, None, None, None),
        };
        let counted = end.attempt - u32::from(end.outcome == JobOutcome::Returned);
        values![
            end.id.0,
            &end.worker,
            end.attempt,
            status.name(),
            counted,
            due_at,
            end.at,
            fault.map(|fault| fault.kind.as_str()),
            fault.map(|fault| fault.message.as_str()),
            result,
        ]
    });
    let finished = finished.await?;
    write.commit().await?;
    Ok(finished)
}

pub async fn sign_off<S: SqlStore>(store: &S, worker: &str) -> Result<(), StoreError> {
    let mut write = store.write(&[]).await?;
    let silent_since = write.now() - FORGOTTEN;
    write.run(S::TEXTS.jobs.forget_workers, &values![worker, silent_since]).await?;
    write.commit().await
}

pub async fn sweep<S: SqlStore>(store: &S, now: DateTime<Utc>) -> Result<Swept, StoreError> {
    let mut write = store.write(&[]).await?;
    let taken_back = write.all(S::TEXTS.jobs.take_back, &values![now], rows::job).await?;
    let missed = write.all(S::TEXTS.jobs.miss, &values![now], rows::job).await?;
    write.commit().await?;
    Ok(Swept { taken_back, missed })
}

pub async fn cancel<S: SqlStore>(
    store: &S,
    id: JobId,
    now: DateTime<Utc>,
) -> Result<Option<JobStatus>, StoreError> {
    let mut write = store.write(&[]).await?;
    let status = write.first(S::TEXTS.jobs.cancel, &values![id.0, now], |row| row.parsed(0)).await?;
    write.commit().await?;
    match status {
        Some(status) => Ok(Some(status)),
        None => Ok(job(store, id).await?.map(|job| job.status)),
    }
}

pub async fn retry<S: SqlStore>(store: &S, id: JobId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let mut write = store.write(&[]).await?;
    let waits = write.run(S::TEXTS.jobs.retry, &values![id.0, now]).await? > 0;
    write.commit().await?;
    Ok(waits)
}

pub async fn purge_jobs<S: SqlStore>(store: &S, before: DateTime<Utc>) -> Result<u64, StoreError> {
    removed(store, S::TEXTS.jobs.purge, before).await
}

pub async fn purge_task_errors<S: SqlStore>(store: &S, before: DateTime<Utc>) -> Result<u64, StoreError> {
    removed(store, S::TEXTS.jobs.purge_errors, before).await
}

/// Runs a statement that removes rows from before a time: one that says how many in its answer, where the database has a
/// function for it, or one that is counted.
pub(crate) async fn removed<S: SqlStore>(
    store: &S,
    sql: &'static str,
    before: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut write = store.write(&[]).await?;
    let removed = if sql.starts_with("SELECT") {
        write.one(sql, &values![before], |row| row.number(0)).await?
    } else {
        write.run(sql, &values![before]).await?
    };
    write.commit().await?;
    Ok(removed)
}

pub async fn put_schedule<S: SqlStore>(store: &S, schedule: &Schedule) -> Result<(), StoreError> {
    texts::schedule(schedule)?;
    let Schedule { id, job, cron, parameters, enabled, misfire, edited, done_until } = schedule;
    let parameters = parameters.to_string();
    let values = values![id, job, cron, parameters, *enabled, misfire.name(), *edited, *done_until];
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.jobs.put_schedule, &values).await?;
    write.commit().await
}

pub async fn lead<S: SqlStore>(
    store: &S,
    holder: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Leadership>, StoreError> {
    texts::key("the name of a leader", holder)?;
    let mut write = store.write(&[]).await?;
    let values = values![holder, now, until];
    let fencing = write.first(S::TEXTS.jobs.lead, &values, |row| row.value(0)).await?;
    write.commit().await?;
    Ok(fencing.map(|fencing| Leadership { holder: holder.to_owned(), fencing }))
}

pub async fn step_down<S: SqlStore>(
    store: &S,
    leadership: &Leadership,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut write = store.write(&[]).await?;
    let values = values![&leadership.holder, leadership.fencing, now];
    write.run(S::TEXTS.jobs.step_down, &values).await?;
    write.commit().await
}

pub async fn decree<S: SqlStore>(
    store: &S,
    leadership: &Leadership,
    decree: &Decree,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let mut write = store.write(&[]).await?;
    let leader = values![&leadership.holder, leadership.fencing];
    let mut holds = write.first(S::TEXTS.jobs.still_leads, &leader, |_| Ok(())).await?.is_some();
    for (schedule, from, to) in &decree.advance {
        holds = holds && write.run(S::TEXTS.jobs.advance, &values![schedule, *from, *to]).await? == 1;
    }
    if !holds {
        write.rollback().await?;
        return Ok(false);
    }
    let ids = |jobs: &[JobId]| crate::statements::Value::Numbers(jobs.iter().map(|id| id.0).collect());
    // First what ends: a key that is called off here may be asked for again here.
    write.run(S::TEXTS.jobs.supersede, &[ids(&decree.cancel), now.into()]).await?;
    write.run(S::TEXTS.jobs.release, &[ids(&decree.release)]).await?;
    write.run(S::TEXTS.jobs.skip, &[ids(&decree.skip), now.into()]).await?;
    insert(&mut write, &decree.enqueue, None, now).await?;
    let late = JobFault {
        kind: "missed".to_owned(),
        message: "nothing was running while there was time for it".to_owned(),
    };
    insert(&mut write, &decree.missed, Some(&late), now).await?;
    write.commit().await?;
    Ok(true)
}
