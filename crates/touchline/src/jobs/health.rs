//! Looking whether data and system are as they should be.

use super::disk::Disk;
use super::{Desk, failed};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::Arc;
use touchline_intake::quality::check::{CheckOptions, check};
use touchline_jobs::{Body, JobError, Run, supervision};
use touchline_quality::baseline::Profile;

/// Rules, suites and drift: of what came in since the last check, or of everything.
pub struct Quality {
    pub desk: Desk,
}

#[async_trait]
impl Body for Quality {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let options = CheckOptions { full: run.is_set("full"), profile: Profile::Default };
        let (store, clock, progress) = (self.desk.store.clone(), run.clock.clone(), run.progress.clone());
        // Judging is computing: a server that answers beside it keeps its threads.
        let runtime = tokio::runtime::Handle::current();
        let work =
            move || runtime.block_on(check(store.as_ref(), &options, clock.as_ref(), progress.as_ref()));
        let report = tokio::task::spawn_blocking(work).await;
        let report =
            report.map_err(|_| JobError::transient("panic", "the check broke off; the log says where"))?;
        let report = report.map_err(|error| failed("quality", &error))?;
        Ok(json!({
            "matches": report.matches,
            "quotes": report.quotes,
            "findings": report.findings.len(),
            "new_findings": report.new_findings,
            "scores": report.scores,
        }))
    }
}

/// The database, the disk, and jobs that should have run.
pub struct SystemHealth {
    pub desk: Desk,
    pub disk: Arc<Disk>,
}

#[async_trait]
impl Body for SystemHealth {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let store = self.desk.store.as_ref();
        let before = std::time::Instant::now();
        let database = store.check().await?;
        let milliseconds = before.elapsed().as_secs_f64() * 1000.0;
        let jobs = supervision::look(store, run.clock.now()).await?;
        let mut problems = jobs.problems.clone();
        problems.extend(self.disk.condition().map(|condition| condition.summary));
        let free = self.disk.space().ok().map(|(free, _)| free);
        let said = json!({
            "database": database,
            "database_ms": milliseconds,
            "free_bytes": free,
            "jobs": jobs,
            "problems": problems,
        });
        // It did what it is for: what is wrong is told by alerts, and by `touchline jobs health`.
        Ok(said)
    }
}
