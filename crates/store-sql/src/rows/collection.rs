//! Runs of collecting, watermarks and errors of tasks.

use crate::row::Read;
use touchline_domain::ports::StoreError;
use touchline_domain::{CollectionCounts, CollectionId, CollectionRun, JobId, TaskError, Watermark};

/// Identifier, source, kind, start, end, status, answers, failures, read, new, changed, rejected, message,
/// job.
pub fn run(row: &impl Read) -> Result<CollectionRun, StoreError> {
    Ok(CollectionRun {
        id: CollectionId(row.value(0)?),
        source: row.value(1)?,
        kind: row.parsed(2)?,
        started_at: row.time(3)?,
        ended_at: row.optional_time(4)?,
        status: row.parsed(5)?,
        counts: CollectionCounts {
            answers: row.number(6)?,
            failures: row.number(7)?,
            read: row.number(8)?,
            new: row.number(9)?,
            changed: row.number(10)?,
            rejected: row.number(11)?,
        },
        message: row.value(12)?,
        job: row.whole(13)?.map(JobId),
    })
}

/// Source, kind, scope, hash, when it came and when it was confirmed.
pub fn watermark(row: &impl Read) -> Result<Watermark, StoreError> {
    Ok(Watermark {
        source: row.value(0)?,
        kind: row.parsed(1)?,
        scope: row.value(2)?,
        hash: row.value(3)?,
        collected_at: row.time(4)?,
        checked_at: row.time(5)?,
    })
}

/// Task, its number, kind, text, retries, what else is known, time.
pub fn task_error(row: &impl Read) -> Result<TaskError, StoreError> {
    Ok(TaskError {
        task: row.value(0)?,
        task_id: row.value(1)?,
        error_type: row.value(2)?,
        message: row.value(3)?,
        retries: row.number(4)?,
        context: row.value(5)?,
        at: row.time(6)?,
    })
}
