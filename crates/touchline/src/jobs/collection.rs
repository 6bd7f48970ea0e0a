//! Collecting from the sources that are watched.

use super::{Desk, failed, simulated};
use crate::cli::Collect;
use crate::commands::collect::{GatherError, gather};
use crate::config::WatchedSource;
use async_trait::async_trait;
use chrono::Duration;
use serde_json::{Value, json};
use touchline_collect::http::FailureKind;
use touchline_collect::providers;
use touchline_domain::ports::Retry;
use touchline_domain::{CollectionKind, Progress};
use touchline_intake::collect::{CollectReport, gaps};
use touchline_jobs::{Body, FaultKind, JobError, Run};

/// A source whose last collection is younger is not stale.
const STALE: Duration = Duration::hours(20);
/// So many failures are told with a job; `error_logs` has all of them.
const TOLD: usize = 5;

/// Collects these kinds of data from every watched source that has them, or from the one that its parameters name.
pub struct Collecting {
    pub desk: Desk,
    pub kinds: &'static [CollectionKind],
    /// Whether sources are asked also where what is kept is fresh.
    pub full: bool,
}

/// Collects the whole season that is played once more, and says what is missing against the fixture list.
pub struct GapCheck {
    pub desk: Desk,
}

#[async_trait]
impl Body for GapCheck {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let kinds = &[CollectionKind::Fixtures, CollectionKind::Results];
        let collecting = Collecting { desk: self.desk.clone(), kinds, full: true };
        // A source that is out of order is no reason not to look at what is held.
        let collected = match collecting.run(run).await {
            Ok(collected) => collected,
            Err(error) if error.kind == FaultKind::Stopped => return Err(error),
            Err(error) => json!({ "error": error.message }),
        };
        let found = gaps(self.desk.store.as_ref(), run.clock.now()).await?;
        for gap in &found {
            tracing::warn!(kind = %gap.kind, gap.league, gap.season, gap.missing, gap.of, "something is missing");
        }
        let missing: u64 = found.iter().map(|gap| gap.missing).sum();
        let first: Vec<_> = found.iter().take(TOLD).collect();
        Ok(json!({ "collected": collected, "gaps": found.len(), "missing": missing, "first_gaps": first }))
    }
}

#[async_trait]
impl Body for Collecting {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let mut said = Vec::new();
        let mut worst: Option<JobError> = None;
        for source in self.desk.sources(run.text("source"), self.kinds) {
            run.progress.check()?;
            if run.is_set("only_stale") && !self.is_stale(&source, run).await? {
                said.push(json!({ "source": source.name, "stale": false }));
                continue;
            }
            match self.collect(&source, run).await {
                Ok(collected) => said.push(collected),
                // One source that fails never stops another.
                Err(error) if error.kind == FaultKind::Stopped => return Err(error),
                Err(error) => {
                    said.push(json!({ "source": source.name, "error": error.message }));
                    let is_worse = worst.as_ref().is_none_or(|worst| worst.kind == FaultKind::Permanent);
                    worst = if is_worse { Some(error) } else { worst };
                }
            }
        }
        if let Some(world) = self.desk.session.simulated
            && self.kinds.contains(&CollectionKind::Results)
            && run.text("source").is_none_or(|source| source == simulated::NAME)
        {
            let store = self.desk.store.as_ref();
            said.push(simulated::collect(&self.desk.session, store, world, run).await?);
        }
        match worst {
            Some(error) => Err(error),
            None => Ok(json!({ "sources": said })),
        }
    }
}

impl Collecting {
    /// Whether nothing came of a source for long.
    async fn is_stale(&self, source: &WatchedSource, run: &Run) -> Result<bool, JobError> {
        let since = run.clock.now() - STALE;
        let runs = self.desk.store.collections(500).await?;
        let is_fresh = |r: &touchline_domain::CollectionRun| {
            r.source == source.name
                && self.kinds.contains(&r.kind)
                && r.status == touchline_domain::CollectionStatus::Success
                && r.started_at >= since
        };
        Ok(!runs.iter().any(is_fresh))
    }

    async fn collect(&self, source: &WatchedSource, run: &Run) -> Result<Value, JobError> {
        let provider = providers::by_name(&source.name).ok_or_else(|| {
            JobError::permanent("unknown_source", format!("there is no source {:?}", source.name))
        })?;
        let asked = |name: &str, configured: &[String]| {
            let asked = run.texts(name);
            if asked.is_empty() { configured.to_vec() } else { asked }
        };
        let today = run.clock.now().date_naive();
        // Line-ups are of matches about to begin; where days are asked for, no other is wanted.
        let day = (self.kinds == [CollectionKind::Lineups]).then_some(today);
        let command = Collect {
            source: Some(source.name.clone()),
            leagues: asked("leagues", &source.leagues),
            seasons: run.texts("seasons"),
            match_id: run.job.what.match_id.map(|id| id.0),
            from: day,
            to: day,
            kinds: self.kinds.iter().copied().filter(|kind| source.has(*kind)).collect(),
            plan: false,
            dry_run: false,
            replay: None,
            refresh: self.full || run.is_set("refresh"),
            runs: false,
            gaps: false,
        };
        let store = self.desk.store.as_ref();
        let gathered =
            gather(&self.desk.session, &command, provider, store, run.progress.as_ref(), Some(run.job.id))
                .await;
        judge(&source.name, gathered)
    }
}

/// What a job says of a collection: it fails where nothing came of it.
fn judge(source: &str, gathered: Result<CollectReport, GatherError>) -> Result<Value, JobError> {
    let report = match gathered {
        Ok(report) => report,
        Err(GatherError::Wish(error)) => return Err(JobError::permanent("wish", error)),
        Err(GatherError::Other(error)) => return Err(failed("collection", error.as_ref())),
    };
    if report.fetched.answers == 0
        && let Some(failure) = report.failures.first()
    {
        let message = format!("{source}: {failure}");
        return Err(match failure.retry {
            Retry::Never => JobError::permanent(failure.kind.name(), message),
            Retry::After(wait) => JobError {
                retry_after: (failure.kind != FailureKind::Unavailable)
                    .then(|| Duration::from_std(wait).unwrap_or(Duration::hours(1))),
                ..JobError::transient(failure.kind.name(), message)
            },
        });
    }
    let failures: Vec<String> = report.failures.iter().take(TOLD).map(ToString::to_string).collect();
    Ok(json!({
        "source": source,
        "answers": report.fetched.answers,
        "matches": report.ingested.matches,
        "facts": report.ingested.facts,
        "failures": report.failures.len(),
        "not_asked": report.not_asked,
        "first_failures": failures,
    }))
}
