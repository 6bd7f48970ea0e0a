//! Backups, and tidying up.

use super::{Desk, failed};
use crate::config::{Database, Role};
use async_trait::async_trait;
use chrono::Duration;
use serde_json::{Value, json};
use touchline_domain::Progress;
use touchline_jobs::{Body, JobError, Run};
use touchline_store_postgres::Maintenance;
use touchline_upkeep::backup::{self, BackupError, BackupKind};

/// Errors of tasks are kept for so long.
const ERRORS: Duration = Duration::days(7);
/// Jobs that ended, and changes that everybody has read.
const HISTORY: Duration = Duration::days(30);
/// Alerts that are over.
const ALERTS: Duration = Duration::days(90);
/// Checks of the data: long enough for their trend.
const CHECKS: Duration = Duration::days(90);
/// Months ahead whose partitions are made.
const MONTHS_AHEAD: u32 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    FullBackup,
    IncrementalBackup,
    BackupCleanup,
    ErrorCleanup,
    DataCleaning,
    DatabaseMaintenance,
}

pub struct Upkeep {
    pub desk: Desk,
    pub task: Task,
}

#[async_trait]
impl Body for Upkeep {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        run.progress.check()?;
        let (store, now) = (&self.desk.store, run.clock.now());
        match self.task {
            Task::FullBackup => self.back_up(BackupKind::Full, run).await,
            Task::IncrementalBackup => self.back_up(BackupKind::Incremental, run).await,
            Task::BackupCleanup => {
                let keep = self.desk.session.config.backup.retention();
                let removed = backup::retain(&self.folder(), keep, now);
                Ok(json!({ "removed": removed.map_err(|error| failed("backup", &error))?.len() }))
            }
            Task::ErrorCleanup => Ok(json!({ "removed": store.purge_task_errors(now - ERRORS).await? })),
            Task::DataCleaning => {
                let jobs = store.purge_jobs(now - HISTORY).await?;
                let changes = store.prune(now - HISTORY).await?;
                let alerts = store.purge_alerts(now - ALERTS).await?;
                let checks = store.purge_quality_checks(now - CHECKS).await?;
                let tickets = store.purge_tickets(now).await?;
                let keep = Duration::days(self.desk.session.config.lineage.keep_days.get().into());
                let runs = store.purge_runs(now - keep).await?;
                Ok(json!({
                    "jobs": jobs, "changes": changes, "alerts": alerts, "quality_checks": checks, "tickets": tickets,
                    "runs": runs,
                }))
            }
            Task::DatabaseMaintenance => self.maintain().await,
        }
    }
}

impl Upkeep {
    fn folder(&self) -> std::path::PathBuf {
        self.desk.session.data_dir().join("backups")
    }

    async fn back_up(&self, kind: BackupKind, run: &Run) -> Result<Value, JobError> {
        let store = self.desk.session.store(Role::Admin).await;
        let store = store.map_err(|error| failed("backup", error.as_ref()))?;
        let (clock, progress) = (run.clock.as_ref(), run.progress.as_ref());
        let made = match backup::back_up(store.as_ref(), &self.folder(), kind, clock, progress).await {
            // The first one is whole.
            Err(BackupError::NothingToBuildOn { kind, .. }) => {
                backup::back_up(store.as_ref(), &self.folder(), kind, clock, progress).await
            }
            made => made,
        };
        let made = made.map_err(|error| match error {
            BackupError::Busy(_) => JobError::transient("busy", error),
            error => failed("backup", &error),
        })?;
        let m = &made.manifest;
        Ok(
            json!({ "path": made.path, "kind": m.kind, "bytes": m.size(), "matches": m.matches, "odds": m.odds }),
        )
    }

    /// Partitions and views of a server; a file keeps itself in order.
    async fn maintain(&self) -> Result<Value, JobError> {
        let session = &self.desk.session;
        if !matches!(session.config.database(Role::Admin), Ok(Database::Postgres(_))) {
            return Ok(json!({ "why": "a database in a file needs none" }));
        }
        let store = session.served_store().await.map_err(|error| failed("maintenance", error.as_ref()))?;
        let maintenance = Maintenance { months_ahead: MONTHS_AHEAD, keep_odds_months: None };
        let done = store.maintain(maintenance).await?;
        Ok(json!({ "created": done.created, "refreshed": done.refreshed }))
    }
}
