//! Jobs, schedules and leadership, kept where the data are: what makes a job necessary and the job commit together.
//!
//! A job is identified by what it is for ([`NewJob::key`]): asking for it again changes nothing, except that one that was
//! called off waits again. A worker has a job for a time that it extends; who gives no sign of life loses it.

use super::StoreError;
use crate::{
    Claim, Decree, DueJobs, HeldJob, Job, JobCount, JobEnd, JobFilter, JobId, JobStatus, Leadership, Lease,
    NewJob, Schedule, Swept, WorkerSeen,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Reading jobs and schedules.
#[async_trait]
pub trait JobReader: Send + Sync {
    /// The job of a number; none where there is none.
    ///
    /// # Errors
    /// The store is not available.
    async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError>;

    /// The latest jobs first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn jobs(&self, filter: &JobFilter, limit: u32) -> Result<Vec<Job>, StoreError>;

    /// Where the jobs of some keys stand; keys without a job are left out.
    ///
    /// # Errors
    /// The store is not available.
    async fn jobs_of_keys(&self, keys: &[String]) -> Result<Vec<(String, JobId, JobStatus)>, StoreError>;

    /// Jobs that are open, and those that ended at a time or later, by name, queue and status.
    ///
    /// # Errors
    /// The store is not available.
    async fn job_counts(&self, since: DateTime<Utc>) -> Result<Vec<JobCount>, StoreError>;

    /// Jobs that are due at a time and wait, by queue; queues without any are left out.
    ///
    /// # Errors
    /// The store is not available.
    async fn due_jobs(&self, now: DateTime<Utc>) -> Result<Vec<DueJobs>, StoreError>;

    /// When the next waiting job is due, among those that take long or those that do not; none where none waits.
    ///
    /// # Errors
    /// The store is not available.
    async fn next_due(&self, long: bool) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// When a job of each name last succeeded.
    ///
    /// # Errors
    /// The store is not available.
    async fn last_successes(&self) -> Result<Vec<(String, DateTime<Utc>)>, StoreError>;

    /// All schedules by name.
    ///
    /// # Errors
    /// The store is not available.
    async fn schedules(&self) -> Result<Vec<Schedule>, StoreError>;

    /// Who leads, if anybody does or did.
    ///
    /// # Errors
    /// The store is not available.
    async fn leader(&self) -> Result<Option<Lease>, StoreError>;

    /// Workers by their last sign of life, the latest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn workers(&self) -> Result<Vec<WorkerSeen>, StoreError>;
}

/// Asking for jobs, doing them, and leading.
#[async_trait]
pub trait JobWriter: Send + Sync {
    /// Asks for jobs. One whose key is there stays as it is, unless it was called off: then it waits again. Returns how
    /// many are new or wait again.
    ///
    /// # Errors
    /// The store is not available, or refuses one of them; then none is asked for.
    async fn enqueue(&self, jobs: &[NewJob], now: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Takes jobs that are due, those with the earliest deadline first, then by queue, then by time. Of jobs that exclude
    /// each other one is given, and none while one runs.
    ///
    /// # Errors
    /// The store is not available.
    async fn claim(&self, claim: &Claim) -> Result<Vec<Job>, StoreError>;

    /// A sign of life: the worker has its jobs until a later time. Returns those that it has; any other it has lost.
    ///
    /// # Errors
    /// The store is not available.
    async fn extend(
        &self,
        worker: &WorkerSeen,
        lease_until: DateTime<Utc>,
    ) -> Result<Vec<HeldJob>, StoreError>;

    /// Notes how tries ended, of jobs that their worker still has. Returns how many that were.
    ///
    /// # Errors
    /// The store is not available.
    async fn finish(&self, ends: &[JobEnd]) -> Result<u64, StoreError>;

    /// Forgets a worker that has ended.
    ///
    /// # Errors
    /// The store is not available.
    async fn sign_off(&self, worker: &str) -> Result<(), StoreError>;

    /// Takes jobs back from workers whose time is over, and ends those whose deadline has passed as missed.
    ///
    /// # Errors
    /// The store is not available.
    async fn sweep(&self, now: DateTime<Utc>) -> Result<Swept, StoreError>;

    /// Calls a job off: one that has not begun at once, one that runs by asking its worker. Returns where it stands then;
    /// none where there is no such job.
    ///
    /// # Errors
    /// The store is not available.
    async fn cancel(&self, id: JobId, now: DateTime<Utc>) -> Result<Option<JobStatus>, StoreError>;

    /// Lets a job that has ended without success wait again, with all its tries. Returns whether it does: not where it
    /// has not ended, succeeded, or its deadline has passed.
    ///
    /// # Errors
    /// The store is not available.
    async fn retry(&self, id: JobId, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Removes jobs that ended before a time. Returns how many.
    ///
    /// # Errors
    /// The store is not available.
    async fn purge_jobs(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Removes errors of tasks from before a time. Returns how many.
    ///
    /// # Errors
    /// The store is not available.
    async fn purge_task_errors(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Keeps a schedule in the place of the one of its name.
    ///
    /// # Errors
    /// The store is not available, or refuses it.
    async fn put_schedule(&self, schedule: &Schedule) -> Result<(), StoreError>;

    /// Leads until a time, if nobody else does: as the leader of before, or as a new one.
    ///
    /// # Errors
    /// The store is not available.
    async fn lead(
        &self,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<Leadership>, StoreError>;

    /// Leads no longer.
    ///
    /// # Errors
    /// The store is not available.
    async fn step_down(&self, leadership: &Leadership, now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Puts what a leader found into effect, all or nothing. Returns whether it holds: not where another leads by now, or
    /// where a schedule does not stand where the leader believed.
    ///
    /// # Errors
    /// The store is not available, or refuses a job.
    async fn decree(
        &self,
        leadership: &Leadership,
        decree: &Decree,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;
}
