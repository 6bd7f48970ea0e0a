//! Sealing forecasts before kick-offs, and scoring them after.

use super::{Desk, failed};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Mutex;
use touchline_domain::MatchStatus;
use touchline_domain::ports::ArtifactStore;
use touchline_forecasting::paper::settle;
use touchline_forecasting::seal::{self, Forecasters};
use touchline_forecasting::verify::verify_new;
use touchline_jobs::triggers::SEALING;
use touchline_jobs::{Body, JobError, Run};
use touchline_learning::registry::RegistryError;

/// Forecasts all matches that are about to begin, and seals the forecasts.
///
/// Matches of one time have a job each. The first of them does the work of all: it loads the facts once, and the others
/// find their forecasts sealed.
pub struct Sealing {
    desk: Desk,
    /// Whoever holds it works; the others wait.
    done: Mutex<Done>,
}

/// What was loaded, and done, last.
#[derive(Default)]
struct Done {
    /// The champions, and the version that is tried beside one of them.
    forecasters: Option<Forecasters>,
    /// As of when forecasts were made by them, and of matches up to when.
    forecast: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Sealing {
    pub fn new(desk: Desk) -> Self {
        Self { desk, done: Mutex::default() }
    }

    fn artifacts(&self) -> Result<Option<Arc<dyn ArtifactStore>>, JobError> {
        let artifacts = self.desk.session.artifacts(&self.desk.store);
        artifacts.map_err(|e| JobError::permanent("model", crate::output::told(e.as_ref())))
    }

    /// The champions, and the version that is tried while an experiment is in effect. Where other champions answer than before,
    /// what they did counts no more.
    async fn forecasters(&self, done: &mut Done) -> Result<Forecasters, JobError> {
        let (artifacts, folder) = (self.artifacts()?, self.desk.session.data_dir());
        let (store, held) = (self.desk.store.as_ref(), done.forecasters.as_ref());
        let opened = match Forecasters::open(store, artifacts.as_deref(), folder, held).await {
            Ok(opened) => opened,
            Err(error @ RegistryError::NoChampion { .. }) => {
                return Err(JobError::permanent("no_model", error));
            }
            Err(error) => return Err(failed("model", &error)),
        };
        if !held.is_some_and(|held| held.has_champions_of(&opened)) {
            done.forecast = None;
        }
        done.forecasters = Some(opened.clone());
        Ok(opened)
    }
}

#[async_trait]
impl Body for Sealing {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let store = &self.desk.store;
        let Some(id) = run.job.what.match_id else {
            return Err(JobError::permanent("parameters", "a prediction is of a match"));
        };
        let mut done = self.done.lock().await;
        let forecasters = self.forecasters(&mut done).await?;
        let Some(m) = store.get_match(id).await? else {
            return Ok(json!({ "sealed": 0, "why": "the match is gone" }));
        };
        let now = run.clock.now();
        if m.status != MatchStatus::Scheduled || now >= m.kickoff.latest() {
            return Ok(json!({ "sealed": 0, "why": "the match is not to come" }));
        }
        let version = forecasters.champion.model.manifest.version.as_str();
        // Times of jobs are whole seconds: what was asked for within one was not seen at its beginning.
        let since = run.job.what.due_at.max(run.job.enqueued_at) + chrono::Duration::seconds(1);
        if done.forecast.is_some_and(|(as_of, until)| as_of >= since && m.kickoff.at < until) {
            return Ok(json!({ "sealed": 0, "why": "done together with another match of its time" }));
        }
        let until = (now + SEALING).max(m.kickoff.at + chrono::Duration::seconds(1));
        let sealing =
            seal::Sealing { as_of: None, until: Some(until), threads: self.desk.session.config.threads() };
        let progress = Arc::clone(&run.progress);
        let report =
            seal::forecast_to_come(store.as_ref(), &forecasters, sealing, run.clock.as_ref(), progress).await;
        let report = report.map_err(|error| failed("sealing", &error))?;
        done.forecast = Some((now, until));
        Ok(json!({ "sealed": report.sealed, "forecast": report.upcoming.len(), "model_version": version }))
    }
}

/// Scores sealed forecasts, and settles paper bets, whose match is over.
pub struct Verification {
    pub desk: Desk,
}

#[async_trait]
impl Body for Verification {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let report = verify_new(self.desk.store.as_ref(), run.clock.as_ref(), run.progress.as_ref()).await;
        let report = report.map_err(|error| failed("verification", &error))?;
        let bets = settle(self.desk.store.as_ref(), run.clock.as_ref(), run.progress.as_ref()).await;
        let bets = bets.map_err(|error| failed("paper", &error))?;
        Ok(json!({ "forecasts": report, "paper_bets": bets }))
    }
}
