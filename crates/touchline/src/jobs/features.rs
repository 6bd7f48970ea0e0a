//! Computing features of what came in, and looking whether matches about to begin have theirs.

use super::{Desk, failed};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;
use touchline_domain::MatchId;
use touchline_jobs::{Body, JobError, Run};
use touchline_learning::matrices::{FeatureBuildError, features_of_stored};

/// Brings the features of all matches up to date where facts changed, and says how many of a match are not known.
///
/// As with forecasts, the first job of several matches of one time does the work of all.
pub struct FeatureCalculation {
    desk: Desk,
    /// Whoever holds it works; the others wait.
    done: Mutex<Done>,
}

/// What was computed last.
#[derive(Default)]
struct Done {
    as_of: Option<DateTime<Utc>>,
    width: usize,
    /// Features without a value, of matches to come.
    unknown: HashMap<MatchId, usize>,
    matches: usize,
}

impl FeatureCalculation {
    pub fn new(desk: Desk) -> Self {
        Self { desk, done: Mutex::default() }
    }

    async fn compute(&self, run: &Run) -> Result<Done, JobError> {
        let as_of = run.clock.now();
        let (session, store) = (&self.desk.session, self.desk.store.as_ref());
        let progress = Arc::clone(&run.progress);
        let stored = features_of_stored(store, session.data_dir(), session.config.threads(), progress).await;
        let matrix = match stored {
            Ok(stored) => stored.matrix,
            Err(FeatureBuildError::NoMatches) => return Ok(Done { as_of: Some(as_of), ..Done::default() }),
            Err(error) => return Err(failed("features", &error)),
        };
        let to_come = touchline_forecasting::to_come::matches_to_come(store, as_of).await?;
        let rows: HashMap<MatchId, usize> =
            matrix.ids().iter().enumerate().map(|(row, id)| (*id, row)).collect();
        let unknown = to_come.iter().filter_map(|m| {
            let values = matrix.row(*rows.get(&m.id)?);
            Some((m.id, values.into_iter().filter(|value| value.is_nan()).count()))
        });
        let unknown = unknown.collect();
        Ok(Done { as_of: Some(as_of), width: matrix.width(), unknown, matches: matrix.rows() })
    }
}

#[async_trait]
impl Body for FeatureCalculation {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let mut done = self.done.lock().await;
        // Times of jobs are whole seconds: what was asked for within one was not seen at its beginning.
        let since = run.job.what.due_at.max(run.job.enqueued_at) + chrono::Duration::seconds(1);
        if done.as_of.is_none_or(|as_of| as_of < since) {
            *done = self.compute(run).await?;
        }
        let said = json!({ "matches": done.matches, "features": done.width });
        let Some(id) = run.job.what.match_id else { return Ok(said) };
        match done.unknown.get(&id) {
            Some(unknown) if *unknown == done.width => Err(JobError::permanent(
                "features",
                format!("none of the {} features of match {id} is known", done.width),
            )),
            Some(unknown) => Ok(json!({ "features": done.width, "unknown": unknown })),
            None => Ok(json!({ "features": done.width, "why": "the match is not to come" })),
        }
    }
}
