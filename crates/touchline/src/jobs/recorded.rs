//! Jobs whose runs are told of, and a backend outside that is told of all runs.

use crate::lineage::{numbers, untold};
use crate::wiring::Session;
use anyhow::Result;
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;
use touchline_domain::Clock;
use touchline_domain::ports::Store;
use touchline_integrations::OpenLineage;
use touchline_jobs::{Body, FaultKind, JobError, Run};
use touchline_lineage::forward::forward;
use touchline_lineage::{Ended, JobIo, Recorder, RunAbout, run_id};

/// How often it is looked whether something is to be sent.
const PACE: Duration = Duration::from_secs(5);

/// A body whose runs are told of.
pub struct Recorded {
    pub body: Arc<dyn Body>,
    pub job: &'static JobIo,
    pub recorder: Recorder<dyn Store>,
    /// Sources that it asks where its parameters name none.
    pub sources: Vec<String>,
}

#[async_trait]
impl Body for Recorded {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let about = self.about(run);
        let began = run.clock.now();
        untold(self.recorder.begin(&about, began).await);
        let result = self.body.run(run).await;
        let ended = match &result {
            Ok(_) => Ended::Complete,
            Err(error) if error.kind == FaultKind::Stopped => Ended::Abort,
            Err(error) => Ended::Fail(error.message.clone()),
        };
        let said = result.as_ref().unwrap_or(&Value::Null);
        match numbers(self.job.name, said, self.recorder.store(), began).await {
            Ok(numbers) => untold(self.recorder.end(&about, run.clock.now(), &ended, &numbers).await),
            Err(error) => untold(Err(error)),
        }
        result
    }
}

impl Recorded {
    fn about(&self, run: &Run) -> RunAbout {
        let what = &run.job.what;
        let named = run.texts("source");
        let parent = what.flow.as_ref().map(|step| {
            let name = step.flow.split('@').next().unwrap_or_default().to_owned();
            (run_id(&["flow", &step.flow]), name)
        });
        // Another try is another run.
        let words = [run.job.id.0.to_string(), run.job.attempt.to_string(), run.job.enqueued_at.to_string()];
        RunAbout {
            job: self.job,
            run: run_id(&["job", &what.name, &words[0], &words[1], &words[2]]),
            nominal: Some(what.due_at),
            parent,
            sources: if named.is_empty() { self.sources.clone() } else { named },
            kind: "JOB",
        }
    }
}

/// Tells a backend of all runs, while the scheduler of this process leads.
pub struct Forwarding {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub scheduler: String,
    pub backend: OpenLineage,
}

impl Forwarding {
    /// To the backend of the configuration, if there is one.
    pub fn new(session: &Session, store: &Arc<dyn Store>, scheduler: &str) -> Result<Option<Self>> {
        let backend = session.config.lineage.backend()?;
        Ok(backend.map(|backend| Self {
            store: Arc::clone(store),
            clock: session.clock.clone(),
            scheduler: scheduler.to_owned(),
            backend,
        }))
    }

    /// Tells it until it is told to stop.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            tokio::select! {
                () = self.tick() => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
            tokio::select! {
                () = sleep(PACE) => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
    }

    async fn tick(&self) {
        let now = self.clock.now();
        let leads = match self.store.leader().await {
            Ok(leader) => {
                leader.is_some_and(|lease| lease.until > now && lease.leadership.holder == self.scheduler)
            }
            Err(error) => return untold(Err(error)),
        };
        if !leads {
            return;
        }
        match forward(self.store.as_ref(), &self.backend, now).await {
            Ok(done) => {
                if let Some(fault) = done.fault {
                    tracing::warn!(done.sent, done.refused, "{fault}");
                }
            }
            Err(error) => untold(Err(error)),
        }
    }
}
