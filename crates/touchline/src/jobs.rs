//! What each kind of job does: the use cases that the commands call, with what the configuration says.

mod collection;
mod disk;
mod features;
mod forecasts;
mod health;
mod held;
mod imports;
mod recorded;
mod reporting;
mod simulated;
mod tickets;
mod training;
mod upkeep;
mod watching;
#[cfg(test)]
mod week;

use self::disk::Disk;
use self::recorded::{Forwarding, Recorded};
use self::watching::Watch;
use crate::config::{Role, WatchedSource};
use crate::lineage;
use crate::output;
use crate::wiring::Session;
use anyhow::Result;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;
use touchline_domain::CollectionKind;
use touchline_domain::ports::{Retry, Store, StoreError};
use touchline_jobs::triggers::{FEATURES, LINEUPS, PREDICTION, WEATHER};
use touchline_jobs::{
    Bodies, Body, DiskGauge, JobError, Scheduler, SchedulerSettings, Worker, WorkerSettings,
};

/// What a body works with.
#[derive(Clone)]
struct Desk {
    session: Session,
    /// With the rights of a writer.
    store: Arc<dyn Store>,
}

/// Which parts of the automation a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Makes work due.
    pub scheduler: bool,
    /// Does it.
    pub worker: bool,
}

/// Runs parts of the automation until `stop`. What is under way then is finished or given back.
pub async fn run(session: &Session, parts: Parts, stop: watch::Receiver<bool>) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    let name = |role: &str| {
        let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "localhost".to_owned());
        format!("{role}-{host}-{}-{}", std::process::id(), session.clock.now().timestamp())
    };
    let mut running = JoinSet::new();
    let disk = disk_of(session);
    if parts.scheduler {
        let name = name("scheduler");
        if let Some(forwarding) = Forwarding::new(session, &store, &name)? {
            running.spawn(forwarding.run(stop.clone()));
        }
        let watch = Watch::new(session, Arc::clone(&store), name.clone(), Arc::clone(&disk))?;
        let settings = SchedulerSettings {
            disk: Arc::clone(&disk) as Arc<dyn DiskGauge>,
            ..scheduler_settings(session)
        };
        let scheduler = Scheduler::new(Arc::clone(&store), session.clock.clone(), name, settings);
        running.spawn(scheduler.run(stop.clone()));
        running.spawn(watch.run(stop.clone()));
    }
    if parts.worker {
        let bodies = Arc::new(bodies(session, &store, &disk)?);
        let worker =
            Worker::new(Arc::clone(&store), bodies, session.clock.clone(), name("worker"), settings(session));
        running.spawn(worker.run(stop));
    }
    while running.join_next().await.is_some() {}
    Ok(())
}

fn settings(session: &Session) -> WorkerSettings {
    let mut settings = WorkerSettings::default();
    if session.config.jobs.slots > 0 {
        settings.slots = session.config.jobs.slots;
    }
    settings
}

/// What the scheduler knows of the configuration.
pub fn scheduler_settings(session: &Session) -> SchedulerSettings {
    let sources = &session.config.jobs.sources;
    let mut triggers = vec![PREDICTION, FEATURES];
    if sources.iter().any(|source| source.has(CollectionKind::Lineups)) {
        triggers.push(LINEUPS);
    }
    if sources.iter().any(|source| source.has(CollectionKind::Weather)) {
        triggers.push(WEATHER);
    }
    let simulated = session.simulated.map(|_| simulated::NAME.to_owned());
    SchedulerSettings {
        sources: sources.iter().map(|source| source.name.clone()).chain(simulated).collect(),
        triggers,
        ..SchedulerSettings::default()
    }
}

fn disk_of(session: &Session) -> Arc<Disk> {
    let least = u64::from(session.config.jobs.least_free_mib) << 20;
    Arc::new(Disk::of(session.data_dir().to_owned(), least))
}

fn bodies(session: &Session, store: &Arc<dyn Store>, disk: &Arc<Disk>) -> Result<Bodies> {
    use CollectionKind::{Fixtures, Injuries, Lineups, News, Odds, Ratings, Results, Scores, Weather};
    let desk = Desk { session: session.clone(), store: Arc::clone(store) };
    let collecting = |kinds: &'static [CollectionKind]| -> Arc<dyn Body> {
        Arc::new(collection::Collecting { desk: desk.clone(), kinds, full: false })
    };
    let upkeep =
        |task: upkeep::Task| -> Arc<dyn Body> { Arc::new(upkeep::Upkeep { desk: desk.clone(), task }) };
    let callbacks = session.config.tickets.callbacks(&session.clock)?;
    let bodies = HashMap::from([
        ("fixtures_collection", collecting(&[Fixtures, Results])),
        ("odds_collection", collecting(&[Odds])),
        ("scores_collection", collecting(&[Scores])),
        ("injuries_collection", collecting(&[Injuries])),
        ("lineups_collection", collecting(&[Lineups])),
        ("weather_collection", collecting(&[Weather])),
        ("gap_check", Arc::new(collection::GapCheck { desk: desk.clone() }) as Arc<dyn Body>),
        ("news_collection", collecting(&[News])),
        ("ratings_collection", collecting(&[Ratings])),
        ("feature_calculation", Arc::new(features::FeatureCalculation::new(desk.clone())) as Arc<dyn Body>),
        ("prediction", Arc::new(forecasts::Sealing::new(desk.clone())) as Arc<dyn Body>),
        ("held_rows", Arc::new(held::HeldRows { desk: desk.clone() })),
        ("import", Arc::new(imports::Imports { desk: desk.clone() })),
        ("prediction_batch", Arc::new(tickets::PredictionBatches::new(desk.clone(), callbacks))),
        ("verification", Arc::new(forecasts::Verification { desk: desk.clone() })),
        ("model_training", Arc::new(training::Retraining { desk: desk.clone() })),
        ("quality_check", Arc::new(health::Quality { desk: desk.clone() })),
        ("quality_report", Arc::new(reporting::QualityReport { desk: desk.clone() })),
        ("system_health", Arc::new(health::SystemHealth { desk: desk.clone(), disk: Arc::clone(disk) })),
        ("backup_full", upkeep(upkeep::Task::FullBackup)),
        ("backup_incremental", upkeep(upkeep::Task::IncrementalBackup)),
        ("backup_cleanup", upkeep(upkeep::Task::BackupCleanup)),
        ("error_cleanup", upkeep(upkeep::Task::ErrorCleanup)),
        ("data_cleaning", upkeep(upkeep::Task::DataCleaning)),
        ("database_maintenance", upkeep(upkeep::Task::DatabaseMaintenance)),
    ]);
    Ok(recorded(&desk, bodies))
}

/// The same bodies, whose runs are told of where they change datasets.
fn recorded(desk: &Desk, bodies: Bodies) -> Bodies {
    let Some(recorder) = lineage::recorder(&desk.session, &desk.store) else { return bodies };
    let told_of = |(name, body): (&'static str, Arc<dyn Body>)| {
        let Some(job) = touchline_lineage::job(name) else { return (name, body) };
        let watched = desk.session.config.jobs.sources.iter();
        let asks = name.ends_with("_collection") || name == "gap_check";
        let sources = watched.filter(|_| asks).map(|source| source.name.clone()).collect();
        let body = Recorded { body, job, recorder: recorder.clone(), sources };
        (name, Arc::new(body) as Arc<dyn Body>)
    };
    bodies.into_iter().map(told_of).collect()
}

impl Desk {
    /// Sources that are collected by themselves and have any of these kinds; of one name where it is given.
    fn sources(&self, name: Option<&str>, kinds: &[CollectionKind]) -> Vec<WatchedSource> {
        let is_meant = |source: &&WatchedSource| {
            name.is_none_or(|name| source.name == name) && kinds.iter().any(|kind| source.has(*kind))
        };
        self.session.config.jobs.sources.iter().filter(is_meant).cloned().collect()
    }
}

/// An error of a use case, with the way it is told: whether another try may go better is what its innermost store says.
fn failed(name: &str, error: &(dyn std::error::Error + 'static)) -> JobError {
    let message = output::told(error);
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(store) = error.downcast_ref::<StoreError>() {
            return match store.retry() {
                Retry::Never => JobError::permanent("store", message),
                Retry::After(_) => JobError::transient("store", message),
            };
        }
        if error.is::<touchline_domain::Stopped>() {
            return JobError::from(touchline_domain::Stopped);
        }
        cause = error.source();
    }
    JobError::permanent(name, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::Stopped;
    use touchline_forecasting::seal::SealError;
    use touchline_forecasting::verify::VerifyError;
    use touchline_jobs::FaultKind;
    use touchline_learning::registry::RegistryError;
    use touchline_learning::train::TrainError;

    fn away() -> StoreError {
        let retry = Retry::After(std::time::Duration::from_secs(1));
        StoreError::Unavailable { message: "connection reset".to_owned(), retry }
    }

    #[test]
    fn a_database_that_is_away_is_a_reason_to_try_again_however_deep_it_lies() {
        let errors: [Box<dyn std::error::Error>; 5] = [
            Box::new(VerifyError::from(away())),
            Box::new(SealError::from(away())),
            Box::new(RegistryError::from(away())),
            Box::new(TrainError::from(away())),
            Box::new(away()),
        ];
        for error in &errors {
            let failed = failed("test", error.as_ref());
            assert_eq!(failed.kind, FaultKind::Transient, "{failed:?}");
            assert_eq!(failed.message, "the store is not available: connection reset", "said once");
        }
        let refused = VerifyError::from(StoreError::Corrupt("x".to_owned()));
        assert_eq!(failed("test", &refused).kind, FaultKind::Permanent);
        assert_eq!(failed("test", &VerifyError::from(Stopped)).kind, FaultKind::Stopped);
    }
}
