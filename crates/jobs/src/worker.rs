//! A worker: takes jobs that are due, does a few at a time, and gives signs of life meanwhile.
//!
//! Whatever happens to it, no job is lost: what it does not finish, others take once its time is over. While the store is
//! away it goes on with what it has, keeps how its jobs ended, and writes that down when the store is back.

use crate::catalogue;
use crate::run::{Body, JobError, Run, RunProgress, StopReason, outcome};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout_at};
use touchline_domain::ports::{CollectionWriter, JobReader, JobWriter, StoreError};
use touchline_domain::telemetry::{ACTIVE_TASKS, TASK_DELAY, TASK_DURATION, TASK_RETRIES, TASKS};
use touchline_domain::{
    Claim, Clock, HeldJob, Job, JobEnd, JobFault, JobId, JobOutcome, TaskError, WorkerSeen, acting_for,
};

/// What a worker asks of a store.
pub trait WorkerStore: JobReader + JobWriter + CollectionWriter {}

impl<T: JobReader + JobWriter + CollectionWriter + ?Sized> WorkerStore for T {}

/// What each kind of job does, by its name.
pub type Bodies = HashMap<&'static str, Arc<dyn Body>>;

/// How a worker works.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// Jobs at a time, beside one that takes long.
    pub slots: u32,
    /// Jobs that take long at a time; 0: none.
    pub long_slots: u32,
    /// How often it looks for jobs.
    pub poll: Duration,
    /// Without a sign of life for so long it loses its jobs.
    pub lease: Duration,
    /// How long it waits for its jobs when it ends.
    pub grace: Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as u32;
        Self {
            slots: (2 * cores).min(8),
            long_slots: 1,
            poll: Duration::from_millis(500),
            lease: Duration::from_secs(30),
            grace: Duration::from_secs(30),
        }
    }
}

/// See the module.
pub struct Worker<S: ?Sized> {
    store: Arc<S>,
    bodies: Arc<Bodies>,
    clock: Arc<dyn Clock>,
    name: String,
    settings: WorkerSettings,
}

/// A job that is under way.
struct Running {
    attempt: u32,
    name: String,
    progress: Arc<RunProgress>,
    task: AbortHandle,
    soft_limit: Instant,
    hard_limit: Instant,
}

/// How a task of a job ended.
type Ended = (Job, Duration, Result<Value, JobError>);

/// Jobs that are this short are taken ahead, so that the store is not asked for each.
const SHORT: Duration = Duration::from_millis(20);
/// So many of them.
const AHEAD: u32 = 128;
/// A worker without jobs gives signs of life so often.
const IDLE: chrono::Duration = chrono::Duration::seconds(25);
/// How jobs ended is written together, and not later than this.
const TOGETHER: Duration = Duration::from_millis(20);

impl<S: WorkerStore + ?Sized + 'static> Worker<S> {
    /// A worker by a name that no other has.
    pub fn new(
        store: Arc<S>,
        bodies: Arc<Bodies>,
        clock: Arc<dyn Clock>,
        name: String,
        settings: WorkerSettings,
    ) -> Self {
        Self { store, bodies, clock, name, settings }
    }

    /// Works until it is told to stop, then waits for what is under way, asks the rest to stop, and gives it back.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut shift = Shift::new(&self);
        let mut alive = interval(self.settings.lease / 3);
        alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !*stop.borrow() {
            if shift.has_enough_to_write() {
                shift.write_down().await;
            }
            shift.take().await;
            tokio::select! {
                ended = shift.tasks.join_next_with_id(), if !shift.tasks.is_empty() => {
                    shift.ended(ended);
                    while let Some(ended) = shift.tasks.try_join_next_with_id() {
                        shift.ended(Some(ended));
                    }
                }
                _ = alive.tick() => shift.give_sign_of_life().await,
                () = sleep(self.settings.poll) => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
            shift.enforce_limits();
        }
        shift.close().await;
    }
}

/// The state of a worker at work.
struct Shift<'w, S: ?Sized> {
    worker: &'w Worker<S>,
    started_at: DateTime<Utc>,
    /// Its last sign of life.
    seen_at: Option<DateTime<Utc>>,
    tasks: JoinSet<Ended>,
    running: HashMap<JobId, Running>,
    /// Which job a task does, for one that panics.
    jobs: HashMap<tokio::task::Id, Job>,
    /// Taken ahead.
    ahead: VecDeque<Job>,
    /// To be written down.
    ends: Vec<JobEnd>,
    /// When that was done last.
    written: Instant,
    /// How long jobs took lately.
    pace: Duration,
    /// Nothing is taken before, after the store did not answer.
    not_before: Instant,
}

impl<'w, S: WorkerStore + ?Sized + 'static> Shift<'w, S> {
    fn new(worker: &'w Worker<S>) -> Self {
        Self {
            worker,
            started_at: worker.clock.now(),
            seen_at: None,
            tasks: JoinSet::new(),
            running: HashMap::new(),
            jobs: HashMap::new(),
            ahead: VecDeque::new(),
            ends: Vec::new(),
            written: Instant::now(),
            pace: Duration::from_secs(1),
            not_before: Instant::now(),
        }
    }

    fn count(&self, long: bool) -> u32 {
        self.running.values().filter(|job| is_long(&job.name) == long).count() as u32
    }

    /// Takes what is due and begins it, as far as there is room.
    async fn take(&mut self) {
        if Instant::now() < self.not_before {
            return;
        }
        let settings = &self.worker.settings;
        for (long, slots) in [(false, settings.slots), (true, settings.long_slots)] {
            let mut free = slots.saturating_sub(self.count(long));
            if !long {
                while free > 0
                    && let Some(job) = self.ahead.pop_front()
                {
                    self.begin(&job);
                    free -= 1;
                }
            }
            if free == 0 {
                continue;
            }
            let limit = if !long && self.pace < SHORT { free + AHEAD } else { free };
            let taken = match self.claim(long, limit).await {
                Ok(taken) => taken,
                Err(error) => {
                    tracing::warn!(%error, "no jobs can be taken; trying again");
                    self.not_before = Instant::now() + settings.poll;
                    return;
                }
            };
            for job in taken {
                if free > 0 {
                    self.begin(&job);
                    free -= 1;
                } else {
                    self.ahead.push_back(job);
                }
            }
        }
    }

    async fn claim(&self, long: bool, limit: u32) -> Result<Vec<Job>, StoreError> {
        let now = self.worker.clock.now();
        // Most of the time nothing is due, and looking costs less than taking.
        if self.worker.store.next_due(long).await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let lease_until = now + self.worker.settings.lease;
        let claim = Claim { worker: self.worker.name.clone(), now, lease_until, long, limit };
        self.worker.store.claim(&claim).await
    }

    fn begin(&mut self, job: &Job) {
        let what = &job.what;
        let definition = catalogue::by_name(&what.name);
        let limit = |minutes: Option<u32>| Duration::from_secs(60 * u64::from(minutes.unwrap_or(10)));
        let progress = Arc::new(RunProgress::new(job.id.0));
        let run =
            Run { job: job.clone(), clock: Arc::clone(&self.worker.clock), progress: Arc::clone(&progress) };
        let late = (run.clock.now() - what.due_at).num_milliseconds() as f64 / 1000.0;
        metrics::gauge!(TASK_DELAY.name, "task_name" => what.name.clone()).set(late.max(0.0));
        metrics::gauge!(ACTIVE_TASKS.name, "task_name" => what.name.clone()).increment(1.0);
        if job.attempt > 1 {
            let retry = (job.attempt - 1).to_string();
            metrics::counter!(TASK_RETRIES.name, "task_name" => what.name.clone(), "retry_count" => retry)
                .increment(1);
        }
        tracing::info!(job = job.id.0, name = what.name, key = what.key, attempt = job.attempt, "begins");
        let body = self.worker.bodies.get(what.name.as_str()).cloned();
        let begun = Instant::now();
        let task = self.tasks.spawn(async move {
            let result = match body {
                Some(body) => acting_for(run.job.id, body.run(&run)).await,
                None => Err(JobError::permanent(
                    "unknown_job",
                    format!("this program has no job {:?}; a newer one asked for it", run.job.what.name),
                )),
            };
            (run.job, begun.elapsed(), result)
        });
        self.jobs.insert(task.id(), job.clone());
        let running = Running {
            attempt: job.attempt,
            name: job.what.name.clone(),
            progress,
            task,
            soft_limit: begun + limit(definition.map(|d| d.soft_limit)),
            hard_limit: begun + limit(definition.map(|d| d.hard_limit)),
        };
        self.running.insert(job.id, running);
    }

    /// Notes how a task ended.
    fn ended(&mut self, ended: Option<Result<(tokio::task::Id, Ended), JoinError>>) {
        let (job, took, result) = match ended {
            None => return,
            Some(Ok((task, ended))) => {
                self.jobs.remove(&task);
                ended
            }
            Some(Err(error)) => {
                let Some(job) = self.jobs.remove(&error.id()) else { return };
                let error = if error.is_panic() {
                    JobError::transient("panic", "it broke off; the log says where")
                } else {
                    JobError::transient("time_limit", "it took longer than its kind of job may")
                };
                (job, Duration::ZERO, Err(error))
            }
        };
        self.pace = (self.pace * 7 + took) / 8;
        let Some(running) = self.running.remove(&job.id) else { return };
        metrics::gauge!(ACTIVE_TASKS.name, "task_name" => running.name.clone()).decrement(1.0);
        let reason = running.progress.reason();
        if reason == StopReason::Lost {
            return;
        }
        let at = self.worker.clock.now();
        let outcome = outcome(&job, result, reason, at);
        let status = match &outcome {
            JobOutcome::Succeeded(_) => "success",
            JobOutcome::Retried { .. } | JobOutcome::Failed(_) => "failure",
            JobOutcome::Cancelled | JobOutcome::Returned => "cancelled",
        };
        metrics::counter!(TASKS.name, "task_name" => running.name.clone(), "status" => status).increment(1);
        metrics::histogram!(TASK_DURATION.name, "task_name" => running.name).record(took.as_secs_f64());
        match &outcome {
            JobOutcome::Failed(fault) | JobOutcome::Retried { fault, .. } => {
                tracing::warn!(job = job.id.0, name = job.what.name, kind = fault.kind, "{}", fault.message);
            }
            _ => tracing::info!(job = job.id.0, name = job.what.name, status, "ended"),
        }
        self.ends.push(JobEnd {
            id: job.id,
            worker: self.worker.name.clone(),
            attempt: job.attempt,
            outcome,
            at,
        });
        if let Some(JobEnd { outcome: JobOutcome::Failed(fault), .. }) = self.ends.last() {
            self.report(&job, fault, at);
        }
    }

    /// Leaves a word in `error_logs` of a job that is given up.
    fn report(&self, job: &Job, fault: &JobFault, at: DateTime<Utc>) {
        let error = task_error(job, fault, at);
        let store = Arc::clone(&self.worker.store);
        tokio::spawn(async move {
            if let Err(error) = store.record_task_error(&error).await {
                tracing::warn!(%error, "an error of a job could not be kept");
            }
        });
    }

    /// Whether it is time to write: while there are more short jobs at hand, one transaction does for many.
    fn has_enough_to_write(&self) -> bool {
        self.ahead.is_empty() || self.ends.len() >= AHEAD as usize || self.written.elapsed() >= TOGETHER
    }

    /// Writes down how jobs ended; what cannot be written now is kept.
    async fn write_down(&mut self) {
        if self.ends.is_empty() || Instant::now() < self.not_before {
            return;
        }
        match self.worker.store.finish(&self.ends).await {
            Ok(_) => {
                self.ends.clear();
                self.written = Instant::now();
            }
            Err(error) => {
                tracing::warn!(%error, jobs = self.ends.len(), "how jobs ended cannot be written; trying again");
                self.not_before = Instant::now() + self.worker.settings.poll;
            }
        }
    }

    async fn give_sign_of_life(&mut self) {
        let now = self.worker.clock.now();
        // With nothing at hand there is nothing to lose: now and then is enough.
        let is_idle = self.running.is_empty() && self.ahead.is_empty() && self.ends.is_empty();
        if is_idle && self.seen_at.is_some_and(|seen| (seen..seen + IDLE).contains(&now)) {
            return;
        }
        let seen = WorkerSeen {
            name: self.worker.name.clone(),
            started_at: self.started_at,
            seen_at: now,
            slots: self.worker.settings.slots + self.worker.settings.long_slots,
        };
        match self.worker.store.extend(&seen, now + self.worker.settings.lease).await {
            Ok(held) => {
                self.seen_at = Some(now);
                self.compare(&held);
            }
            Err(error) => tracing::warn!(%error, "no sign of life can be given"),
        }
    }

    /// Stops what is not held any more, and what is asked to stop.
    fn compare(&mut self, held: &[HeldJob]) {
        let held: HashMap<(JobId, u32), bool> =
            held.iter().map(|job| ((job.id, job.attempt), job.stop_requested)).collect();
        for (id, running) in &self.running {
            match held.get(&(*id, running.attempt)) {
                None => running.progress.stop(StopReason::Lost),
                Some(true) => running.progress.stop(StopReason::Cancelled),
                Some(false) => {}
            }
        }
        let at = self.worker.clock.now();
        let end =
            |id, attempt, outcome| JobEnd { id, worker: self.worker.name.clone(), attempt, outcome, at };
        let mut ends = Vec::new();
        for ((id, attempt), stop) in &held {
            let is_ahead = self.ahead.iter().any(|job| (job.id, job.attempt) == (*id, *attempt));
            let is_known = self.running.get(id).is_some_and(|running| running.attempt == *attempt)
                || self.ends.iter().any(|end| (end.id, end.attempt) == (*id, *attempt));
            if is_ahead && *stop {
                ends.push(end(*id, *attempt, JobOutcome::Cancelled));
            } else if !is_ahead && !is_known {
                // Taken, but the answer that said so was lost: without this word it would be held for ever.
                ends.push(end(*id, *attempt, JobOutcome::Returned));
            }
        }
        self.ends.extend(ends);
        self.ahead.retain(|job| held.get(&(job.id, job.attempt)) == Some(&false));
    }

    fn enforce_limits(&mut self) {
        let now = Instant::now();
        for running in self.running.values() {
            if now >= running.soft_limit {
                running.progress.stop(StopReason::TimeLimit);
            }
            if now >= running.hard_limit {
                running.task.abort();
            }
        }
    }

    /// Waits for what is under way, and gives back what does not end in time.
    async fn close(mut self) {
        self.running.values().for_each(|job| job.progress.stop(StopReason::Shutdown));
        let end = Instant::now() + self.worker.settings.grace;
        while !self.tasks.is_empty() {
            match timeout_at(end, self.tasks.join_next_with_id()).await {
                Ok(ended) => self.ended(ended),
                Err(_) => break,
            }
        }
        let at = self.worker.clock.now();
        let left = self.jobs.drain().map(|(_, job)| job).chain(self.ahead.drain(..));
        let returned = left.map(|job| JobEnd {
            id: job.id,
            worker: self.worker.name.clone(),
            attempt: job.attempt,
            outcome: JobOutcome::Returned,
            at,
        });
        self.ends.extend(returned.collect::<Vec<_>>());
        self.tasks.abort_all();
        self.not_before = Instant::now();
        self.write_down().await;
        if let Err(error) = self.worker.store.sign_off(&self.worker.name).await {
            tracing::warn!(%error, "the worker could not sign off");
        }
    }
}

fn is_long(name: &str) -> bool {
    catalogue::by_name(name).is_some_and(|job| job.long)
}

/// A job that is given up, for `error_logs`.
pub(crate) fn task_error(job: &Job, fault: &JobFault, at: DateTime<Utc>) -> TaskError {
    TaskError {
        task: job.what.name.clone(),
        task_id: Some(job.id.to_string()),
        error_type: fault.kind.clone(),
        message: fault.message.clone(),
        retries: job.attempt.saturating_sub(1),
        context: Some(
            serde_json::json!({ "key": job.what.key, "parameters": job.what.parameters }).to_string(),
        ),
        at,
    }
}
