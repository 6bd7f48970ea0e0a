//! Jobs, schedules, workers and leases.

use crate::error::corrupt;
use crate::row::Read;
use touchline_domain::ports::StoreError;
use touchline_domain::{
    DueJobs, FlowStep, HeldJob, Job, JobCount, JobFault, JobId, Leadership, Lease, MatchId, NewJob, Schedule,
    WorkerSeen,
};

/// All columns of a job, as its queries name them.
pub fn job(row: &impl Read) -> Result<Job, StoreError> {
    let flow = match (row.value::<Option<String>>(11)?, row.value::<Option<String>>(12)?) {
        (Some(flow), Some(step)) => {
            Some(FlowStep { flow, step, needs: names(row, 13)?, follows: names(row, 14)? })
        }
        _ => None,
    };
    let fault = match (row.value(23)?, row.value(24)?) {
        (Some(kind), Some(message)) => Some(JobFault { kind, message }),
        _ => None,
    };
    let result: Option<&str> = row.value(25)?;
    Ok(Job {
        id: JobId(row.value(0)?),
        what: NewJob {
            name: row.value(1)?,
            key: row.value(2)?,
            queue: row.parsed(3)?,
            parameters: serde_json::from_str(row.value(4)?).map_err(corrupt)?,
            match_id: row.whole(5)?.map(MatchId),
            due_at: row.time(6)?,
            deadline: row.optional_time(7)?,
            exclusion: row.value(8)?,
            long: row.value(9)?,
            attempts: row.number(10)?,
            flow,
        },
        status: row.parsed(15)?,
        attempt: row.number(16)?,
        worker: row.value(17)?,
        lease_until: row.optional_time(18)?,
        stop_requested: row.value(19)?,
        enqueued_at: row.time(20)?,
        started_at: row.optional_time(21)?,
        ended_at: row.optional_time(22)?,
        fault,
        result: result.map(serde_json::from_str).transpose().map_err(corrupt)?,
    })
}

fn names(row: &impl Read, column: usize) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(row.value(column)?).map_err(corrupt)
}

/// Queue, how many, since when the first waits for a worker.
pub fn due(row: &impl Read) -> Result<DueJobs, StoreError> {
    Ok(DueJobs { queue: row.parsed(0)?, jobs: row.number(1)?, since: row.optional_time(2)? })
}

/// Name, queue, status, how many, when the first is due, when the last ended.
pub fn count(row: &impl Read) -> Result<JobCount, StoreError> {
    Ok(JobCount {
        name: row.value(0)?,
        queue: row.parsed(1)?,
        status: row.parsed(2)?,
        jobs: row.number(3)?,
        first_due: row.time(4)?,
        last_ended: row.optional_time(5)?,
    })
}

/// Identifier, try, whether it is asked to stop.
pub fn held(row: &impl Read) -> Result<HeldJob, StoreError> {
    Ok(HeldJob { id: JobId(row.value(0)?), attempt: row.number(1)?, stop_requested: row.value(2)? })
}

/// Identifier, job, cron, parameters, enabled, misfire, edited, until when it is dealt with.
pub fn schedule(row: &impl Read) -> Result<Schedule, StoreError> {
    Ok(Schedule {
        id: row.value(0)?,
        job: row.value(1)?,
        cron: row.value(2)?,
        parameters: serde_json::from_str(row.value(3)?).map_err(corrupt)?,
        enabled: row.value(4)?,
        misfire: row.parsed(5)?,
        edited: row.value(6)?,
        done_until: row.time(7)?,
    })
}

/// Holder, number, until when.
pub fn lease(row: &impl Read) -> Result<Lease, StoreError> {
    let leadership = Leadership { holder: row.value(0)?, fencing: row.value(1)? };
    Ok(Lease { leadership, until: row.time(2)? })
}

/// Name, beginning, last sign of life, jobs at a time.
pub fn worker(row: &impl Read) -> Result<WorkerSeen, StoreError> {
    Ok(WorkerSeen {
        name: row.value(0)?,
        started_at: row.time(1)?,
        seen_at: row.time(2)?,
        slots: row.number(3)?,
    })
}
