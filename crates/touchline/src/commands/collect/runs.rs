//! The latest runs and their errors.

use crate::commands::Ending;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Serialize;
use touchline_domain::{CollectionRun, TaskError};

/// Rows of each that are shown.
const SHOWN: u32 = 20;

#[derive(Serialize)]
struct Printed {
    runs: Vec<CollectionRun>,
    errors: Vec<PrintedError>,
}

#[derive(Serialize)]
struct PrintedError {
    at: DateTime<Utc>,
    task: String,
    error_type: String,
    message: String,
    retries: u32,
    context: Option<serde_json::Value>,
}

impl From<TaskError> for PrintedError {
    fn from(error: TaskError) -> Self {
        Self {
            at: error.at,
            task: error.task,
            error_type: error.error_type,
            message: error.message,
            retries: error.retries,
            context: error.context.and_then(|json| serde_json::from_str(&json).ok()),
        }
    }
}

pub async fn run(session: &Session) -> Result<Ending> {
    let store = session.store(Role::Reader).await?;
    let runs = store.collections(SHOWN).await?;
    let errors = store.task_errors(SHOWN).await?;
    if session.json {
        output::json(&Printed { runs, errors: errors.into_iter().map(PrintedError::from).collect() })?;
        return Ok(Ending::Done);
    }
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S").to_string();
    let row = |run: &CollectionRun| {
        let c = &run.counts;
        let numbers = [c.answers, c.failures, c.read, c.new, c.changed, c.rejected].map(count);
        let head =
            [run.source.clone(), run.kind.to_string(), time(run.started_at), run.status.name().to_owned()];
        head.into_iter().chain(numbers).collect()
    };
    let heading = [
        "source",
        "kind",
        "began (UTC)",
        "status",
        "answers",
        "failures",
        "read",
        "new",
        "changed",
        "rejected",
    ];
    output::table(&heading, &runs.iter().map(row).collect::<Vec<_>>());
    for run in runs.iter().filter(|run| run.message.is_some()) {
        let message = run.message.as_deref().unwrap_or_default();
        output::line(format!("{} {} {}: {message}", time(run.started_at), run.source, run.kind));
    }
    for error in &errors {
        output::line(format!("{} {} {}: {}", time(error.at), error.task, error.error_type, error.message));
    }
    Ok(Ending::Done)
}
