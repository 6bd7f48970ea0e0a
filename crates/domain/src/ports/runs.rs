//! Runs of jobs and the datasets that they read and wrote, as events told of them: what lineage between jobs and datasets is
//! answered from. Bodies are JSON that this layer does not look into.

use super::{ChannelError, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use std::str::FromStr;

/// What an event says of its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RunEventKind {
    /// It has begun.
    Start,
    /// It did what it is for.
    Complete,
    /// It did not.
    Fail,
    /// It was stopped.
    Abort,
}

impl RunEventKind {
    const ALL: [Self; 4] = [Self::Start, Self::Complete, Self::Fail, Self::Abort];

    /// The name in stores and events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "START",
            Self::Complete => "COMPLETE",
            Self::Fail => "FAIL",
            Self::Abort => "ABORT",
        }
    }

    /// Where its run stands then.
    pub fn state(self) -> &'static str {
        match self {
            Self::Start => "RUNNING",
            Self::Complete => "COMPLETED",
            Self::Fail => "FAILED",
            Self::Abort => "ABORTED",
        }
    }
}

impl FromStr for RunEventKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| format!("{name:?} is not a kind of event of a run"))
    }
}

/// A job or a dataset by its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct NodeName {
    /// The namespace, such as `football_db.silver`.
    pub namespace: String,
    /// The name within it, such as `matches`.
    pub name: String,
}

impl NodeName {
    /// Of its two parts.
    pub fn new(namespace: &str, name: &str) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

/// What stands in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A job.
    Job,
    /// A dataset.
    Dataset,
}

impl NodeKind {
    /// The name in stores.
    pub fn name(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Dataset => "dataset",
        }
    }
}

impl FromStr for NodeKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = [Self::Job, Self::Dataset].into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| format!("{name:?} is not a kind of node"))
    }
}

/// What is known of a job or a dataset now; takes the place of what was known before.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNode {
    /// Which.
    pub kind: NodeKind,
    /// Its name.
    pub name: NodeName,
    /// What is known of it.
    pub body: Value,
}

/// A job or a dataset as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredNode {
    /// Which.
    pub kind: NodeKind,
    /// Its name.
    pub name: NodeName,
    /// When it was first told of.
    pub created_at: DateTime<Utc>,
    /// When it was last told of.
    pub updated_at: DateTime<Utc>,
    /// What is known of it.
    pub body: Value,
}

/// An event about a run, with what it says of the graph: all of it is written, or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRunEvent {
    /// The run, a UUID in lower case.
    pub run: String,
    /// What happened.
    pub kind: RunEventKind,
    /// When.
    pub at: DateTime<Utc>,
    /// The job that runs.
    pub job: NodeName,
    /// The event as others are told of it.
    pub body: Value,
    /// Whether others are to be told.
    pub is_to_send: bool,
    /// Jobs and datasets of which it says something.
    pub nodes: Vec<NewNode>,
}

/// A run as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRun {
    /// Its UUID.
    pub id: String,
    /// The job.
    pub job: NodeName,
    /// What its last event says of it.
    pub kind: RunEventKind,
    /// When it began, or was first told of.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Its last event.
    pub body: Value,
}

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRunEvent {
    /// Its row.
    pub id: i64,
    /// Its run.
    pub run: String,
    /// What happened.
    pub kind: RunEventKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether others are still to be told.
    pub is_to_send: bool,
    /// How often telling others has failed.
    pub failures: u32,
    /// What went wrong last.
    pub fault: Option<String>,
    /// The event.
    pub body: Value,
}

/// How handing over an event went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEventEnd {
    /// Its row.
    pub id: i64,
    /// What went wrong, and when to try again (none: never); none where it was handed over.
    pub fault: Option<(String, Option<DateTime<Utc>>)>,
}

/// A column of a table, as the database itself says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemaColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// Its type, as the database calls it.
    pub kind: String,
    /// Whether it always holds a value.
    pub is_required: bool,
    /// Its place in the primary key, from 1; 0 where it is no part of it.
    pub key_position: u32,
}

/// A backend outside that takes events of runs.
#[async_trait]
pub trait LineageBackend: Send + Sync {
    /// Hands over an event, as JSON.
    ///
    /// # Errors
    /// It was not taken, with when to try again.
    async fn send(&self, event: &str) -> Result<(), ChannelError>;
}

/// What is known of runs, jobs and datasets.
#[async_trait]
pub trait RunReader: Send + Sync {
    /// Jobs, or datasets, by namespace and name; of one namespace where it is given.
    ///
    /// # Errors
    /// The store is not available.
    async fn graph_nodes(
        &self,
        kind: NodeKind,
        namespace: Option<&str>,
    ) -> Result<Vec<StoredNode>, StoreError>;

    /// Runs of a job, the latest first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn runs_of(&self, job: &NodeName, limit: u32) -> Result<Vec<StoredRun>, StoreError>;

    /// A run by its UUID.
    ///
    /// # Errors
    /// The store is not available.
    async fn find_run(&self, id: &str) -> Result<Option<StoredRun>, StoreError>;

    /// The latest run of each job that has one.
    ///
    /// # Errors
    /// The store is not available.
    async fn latest_runs(&self) -> Result<Vec<StoredRun>, StoreError>;

    /// Events, the latest first, at most `limit`; of one run where it is given.
    ///
    /// # Errors
    /// The store is not available.
    async fn run_events(&self, run: Option<&str>, limit: u32) -> Result<Vec<StoredRunEvent>, StoreError>;

    /// Events that others are to be told of now, in the order in which they happened, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn unsent_run_events(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<StoredRunEvent>, StoreError>;

    /// The columns of all tables, by table and place.
    ///
    /// # Errors
    /// The store is not available.
    async fn schema_columns(&self) -> Result<Vec<SchemaColumn>, StoreError>;
}

/// Keeping what happens to runs.
#[async_trait]
pub trait RunWriter: Send + Sync {
    /// Keeps an event. One of the same run and kind that is kept already changes nothing.
    ///
    /// # Errors
    /// The store is not available, or a text is refused.
    async fn record_run_event(&self, event: &NewRunEvent) -> Result<(), StoreError>;

    /// Notes how handing over events went.
    ///
    /// # Errors
    /// The store is not available.
    async fn finish_run_events(&self, ends: &[RunEventEnd]) -> Result<(), StoreError>;

    /// Removes runs that began before a time, with their events; what is known of jobs and datasets stays. Returns how many
    /// runs were removed.
    ///
    /// # Errors
    /// The store is not available.
    async fn purge_runs(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}
