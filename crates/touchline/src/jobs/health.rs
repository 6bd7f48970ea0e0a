//! Looking whether data and system are as they should be.

use super::{Desk, failed};
use async_trait::async_trait;
use serde_json::{Value, json};
use touchline_intake::quality::check::{CheckOptions, check};
use touchline_jobs::{Body, JobError, Run, supervision};
use touchline_quality::baseline::Profile;

/// Less free space than this share of the disk, and than so many bytes, is too little.
const LEAST_SHARE: f64 = 0.05;
const LEAST_BYTES: u64 = 1 << 30;

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
}

#[async_trait]
impl Body for SystemHealth {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let store = self.desk.store.as_ref();
        let before = std::time::Instant::now();
        let database = store.check().await?;
        let milliseconds = before.elapsed().as_secs_f64() * 1000.0;
        let jobs = supervision::look(store, run.clock.now()).await?;
        let space = free_space(self.desk.session.data_dir());
        let mut problems = jobs.problems.clone();
        if let Ok((free, whole)) = space
            && free < LEAST_BYTES
            && (free as f64) < LEAST_SHARE * whole as f64
        {
            problems.push(format!(
                "{} MiB are left on the disk of {}: make room, or point storage.data_dir elsewhere",
                free >> 20,
                self.desk.session.data_dir().display()
            ));
        }
        let said = json!({
            "database": database,
            "database_ms": milliseconds,
            "free_bytes": space.ok().map(|(free, _)| free),
            "jobs": jobs,
            "problems": problems,
        });
        if problems.is_empty() {
            Ok(said)
        } else {
            Err(JobError::permanent("unhealthy", problems.join("; ")))
        }
    }
}

/// Bytes that may still be written where a folder lies, and all that its disk has.
fn free_space(folder: &std::path::Path) -> std::io::Result<(u64, u64)> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok((disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize))
}
