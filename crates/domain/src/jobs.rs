//! Work that is done by itself: jobs with what they are for, schedules that make them due, and who leads.

use crate::MatchId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// A job, by its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// A step of a flow whose earlier steps have not ended.
    Blocked,
    /// It begins once it is due and a worker is free.
    Waiting,
    /// A worker has it.
    Running,
    /// It did what it is for.
    Succeeded,
    /// It did not, and is not tried again.
    Failed,
    /// Its deadline passed before it was done.
    Missed,
    /// Somebody, or a change of its match, called it off.
    Cancelled,
    /// A step of its flow that it needs has failed.
    Skipped,
}

impl JobStatus {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 8] = [
        Self::Blocked,
        Self::Waiting,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::Missed,
        Self::Cancelled,
        Self::Skipped,
    ];

    /// The name in stores and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Missed => "missed",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }

    /// Whether nothing more happens to it by itself.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::Blocked | Self::Waiting | Self::Running)
    }
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for JobStatus {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|status| status.name() == name);
        known.ok_or_else(|| {
            format!("{name:?} is not a status of a job: {}", Self::ALL.map(Self::name).join(", "))
        })
    }
}

/// What jobs wait in, the most urgent first. A deadline goes before all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Live scores.
    Scores,
    /// Bookmakers' prices.
    Odds,
    /// Matches to come, and what belongs to them.
    Fixtures,
    /// Everything else.
    Default,
    /// Streams.
    Streaming,
    /// Quality, health and tidying up.
    Maintenance,
    /// Backups.
    Backup,
}

impl Queue {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 7] = [
        Self::Scores,
        Self::Odds,
        Self::Fixtures,
        Self::Default,
        Self::Streaming,
        Self::Maintenance,
        Self::Backup,
    ];

    /// The name in stores and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scores => "scores",
            Self::Odds => "odds",
            Self::Fixtures => "fixtures",
            Self::Default => "default",
            Self::Streaming => "streaming",
            Self::Maintenance => "maintenance",
            Self::Backup => "backup",
        }
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Queue {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|queue| queue.name() == name);
        known.ok_or_else(|| format!("{name:?} is not a queue: {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// The place of a job in a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowStep {
    /// The run of the flow, such as `daily_data_collection@2026-11-29T02:00:00Z`.
    pub flow: String,
    /// The step, unique within the run.
    pub step: String,
    /// Steps that must have succeeded; where one has not, this one is skipped.
    pub needs: Vec<String>,
    /// Steps that must have ended, however.
    pub follows: Vec<String>,
}

impl FlowStep {
    /// Whether it waits for no other step.
    pub fn is_first(&self) -> bool {
        self.needs.is_empty() && self.follows.is_empty()
    }
}

/// A job to be done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewJob {
    /// What kind of job, such as `odds_collection`.
    pub name: String,
    /// What it is for, such as `prediction:match 17:T-30:1764428400`. A job is there once, whoever asks for it how often.
    pub key: String,
    /// Where it waits.
    pub queue: Queue,
    /// A JSON object.
    pub parameters: Value,
    /// The match that it is about.
    pub match_id: Option<MatchId>,
    /// Not before.
    pub due_at: DateTime<Utc>,
    /// Not at this time or later: then it is missed.
    pub deadline: Option<DateTime<Utc>>,
    /// Of jobs that exclude each other, one runs at a time.
    pub exclusion: Option<String>,
    /// Whether it takes long: such jobs have workers of their own.
    pub long: bool,
    /// How often it is tried.
    pub attempts: u32,
    /// Its place in a flow.
    pub flow: Option<FlowStep>,
}

impl NewJob {
    /// Where a job begins: a step that waits for others is blocked.
    pub fn first_status(&self) -> JobStatus {
        match &self.flow {
            Some(step) if !step.is_first() => JobStatus::Blocked,
            _ => JobStatus::Waiting,
        }
    }
}

/// Why a job ended without success, or was tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobFault {
    /// A name that messages and metrics group by, such as `timeout`.
    pub kind: String,
    /// What went wrong and what to do, without secrets.
    pub message: String,
}

/// A job as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Job {
    /// Its row.
    pub id: JobId,
    /// What it is.
    #[serde(flatten)]
    pub what: NewJob,
    /// Where it stands.
    pub status: JobStatus,
    /// Tries that were begun.
    pub attempt: u32,
    /// The worker that has it.
    pub worker: Option<String>,
    /// Until when that worker has it without a sign of life.
    pub lease_until: Option<DateTime<Utc>>,
    /// Whether its worker is asked to stop it.
    pub stop_requested: bool,
    /// When it was asked for.
    pub enqueued_at: DateTime<Utc>,
    /// When the last try began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub fault: Option<JobFault>,
    /// What it says of what it did, a JSON object.
    pub result: Option<Value>,
}

/// How a try ended, as its worker says.
#[derive(Debug, Clone, PartialEq)]
pub struct JobEnd {
    /// The job.
    pub id: JobId,
    /// Who had it.
    pub worker: String,
    /// Which try.
    pub attempt: u32,
    /// How.
    pub outcome: JobOutcome,
    /// When.
    pub at: DateTime<Utc>,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq)]
pub enum JobOutcome {
    /// It did what it is for.
    Succeeded(Value),
    /// It is tried again.
    Retried {
        /// When.
        due_at: DateTime<Utc>,
        /// What went wrong.
        fault: JobFault,
    },
    /// It is not tried again.
    Failed(JobFault),
    /// It was called off.
    Cancelled,
    /// Its worker stops; the try does not count.
    Returned,
}

/// What a worker asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The worker.
    pub worker: String,
    /// The time.
    pub now: DateTime<Utc>,
    /// Until when it has them without a sign of life.
    pub lease_until: DateTime<Utc>,
    /// Whether it asks for jobs that take long.
    pub long: bool,
    /// At most so many.
    pub limit: u32,
}

/// A job that a worker still has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldJob {
    /// The job.
    pub id: JobId,
    /// Which try.
    pub attempt: u32,
    /// Whether it is asked to stop.
    pub stop_requested: bool,
}

/// What a sweep found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Swept {
    /// Jobs of workers that gave no sign of life: waiting again, or failed where no try is left.
    pub taken_back: Vec<Job>,
    /// Jobs whose deadline passed.
    pub missed: Vec<Job>,
}

/// Which jobs to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// Of these statuses; any where it is empty.
    pub statuses: Vec<JobStatus>,
    /// Of this name.
    pub name: Option<String>,
    /// Of this queue.
    pub queue: Option<Queue>,
    /// Of this run of a flow.
    pub flow: Option<String>,
    /// About this match.
    pub match_id: Option<MatchId>,
    /// With a lower number.
    pub before: Option<JobId>,
}

/// Jobs of one name and queue in one status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobCount {
    /// The kind of job.
    pub name: String,
    /// Where it waits.
    pub queue: Queue,
    /// Where they stand.
    pub status: JobStatus,
    /// How many.
    pub jobs: u64,
    /// When the earliest of them was or is due.
    pub first_due: DateTime<Utc>,
    /// When the latest of them ended.
    pub last_ended: Option<DateTime<Utc>>,
}

/// Jobs of a queue that are due and wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DueJobs {
    /// The queue.
    pub queue: Queue,
    /// How many.
    pub jobs: u64,
    /// Since when the first of them waits for a worker, rather than for the end of a job of its group; none where all wait
    /// for that.
    pub since: Option<DateTime<Utc>>,
}

/// What becomes of times that passed while nobody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Misfire {
    /// Only the next one counts.
    Skip,
    /// It is made up for once.
    RunOnce,
}

impl Misfire {
    /// The name in stores.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::RunOnce => "run_once",
        }
    }
}

impl FromStr for Misfire {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        [Self::Skip, Self::RunOnce]
            .into_iter()
            .find(|misfire| misfire.name() == name)
            .ok_or_else(|| format!("{name:?} is not a rule for missed times: skip, run_once"))
    }
}

/// When a job or a flow becomes due, again and again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Schedule {
    /// Its name, such as `collect-odds-regular`.
    pub id: String,
    /// The job or flow.
    pub job: String,
    /// Five fields of cron, in UTC.
    pub cron: String,
    /// A JSON object.
    pub parameters: Value,
    /// Whether it counts; paused otherwise.
    pub enabled: bool,
    /// What becomes of missed times.
    pub misfire: Misfire,
    /// Whether a person changed it: a new version of the program leaves it alone.
    pub edited: bool,
    /// Up to when its times are dealt with.
    pub done_until: DateTime<Utc>,
}

/// Who leads, and the number of that leadership: it grows with each leader, so that one who led before is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leadership {
    /// Who.
    pub holder: String,
    /// The number.
    pub fencing: i64,
}

/// A leadership as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lease {
    /// Who leads.
    #[serde(flatten)]
    pub leadership: Leadership,
    /// Until when, without a sign of life.
    pub until: DateTime<Utc>,
}

/// A worker as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkerSeen {
    /// Its name.
    pub name: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Its last sign of life.
    pub seen_at: DateTime<Utc>,
    /// Jobs that it does at a time.
    pub slots: u32,
}

/// What a leader found to be done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decree {
    /// Jobs to be done.
    pub enqueue: Vec<NewJob>,
    /// Jobs that were not asked for while there was time.
    pub missed: Vec<NewJob>,
    /// Jobs that have become wrong.
    pub cancel: Vec<JobId>,
    /// Steps that may begin.
    pub release: Vec<JobId>,
    /// Steps that will not begin.
    pub skip: Vec<JobId>,
    /// Schedules whose times are dealt with: from when to when.
    pub advance: Vec<(String, DateTime<Utc>, DateTime<Utc>)>,
}

impl Decree {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
