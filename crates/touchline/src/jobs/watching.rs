//! Looking what is wrong, and telling people, for as long as this process leads.

use super::disk::Disk;
use crate::wiring::Session;
use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::sleep;
use touchline_alerting::Alerting;
use touchline_domain::ports::{IssueCount, IssueFilter, Store, StoreError};
use touchline_domain::{Clock, Condition, IssueStatus, NoticeKind, Severity};
use touchline_integrations::Heartbeat;
use touchline_jobs::supervision;

/// How often messages are looked at.
const PACE: std::time::Duration = std::time::Duration::from_secs(5);
/// How often the system is looked at.
const LOOK: Duration = Duration::seconds(15);
/// How often the watcher outside is given a sign of life.
const BEAT: Duration = Duration::minutes(1);
/// A database that has been away for so long is told of, and again after each hour.
const AWAY: Duration = Duration::minutes(1);
const STILL_AWAY: Duration = Duration::hours(1);
/// Findings from so long ago are told of.
const RECENT: Duration = Duration::hours(24);
/// A score of data quality below this wakes somebody.
const LOWEST_SCORE: f64 = 80.0;

/// See the module.
pub struct Watch {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// The scheduler of this process: while it leads, this one watches.
    scheduler: String,
    alerting: Alerting<dyn Store>,
    heartbeat: Option<Heartbeat>,
    disk: Arc<Disk>,
    led: bool,
    looked: Option<DateTime<Utc>>,
    beaten: Option<DateTime<Utc>>,
    away: Option<Away>,
}

/// A database that does not answer.
struct Away {
    since: DateTime<Utc>,
    told: Option<DateTime<Utc>>,
}

impl Watch {
    /// Over a store, by the channels of the configuration.
    pub fn new(session: &Session, store: Arc<dyn Store>, scheduler: String, disk: Arc<Disk>) -> Result<Self> {
        let config = &session.config.alerts;
        let alerting = Alerting::new(
            Arc::clone(&store),
            config.channels(&session.clock)?,
            config.routes()?,
            config.public_url(),
        );
        let (clock, heartbeat) = (session.clock.clone(), config.heartbeat()?);
        let (led, looked, beaten, away) = (false, None, None, None);
        Ok(Self { store, clock, scheduler, alerting, heartbeat, disk, led, looked, beaten, away })
    }

    /// Watches until it is told to stop.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let now = self.clock.now();
            match self.tick(now).await {
                Ok(()) => self.is_back(now).await,
                Err(error) => self.is_away(&error, now).await,
            }
            tokio::select! {
                () = sleep(PACE) => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
    }

    async fn tick(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let leader = self.store.leader().await?;
        self.led = leader.is_some_and(|lease| lease.until > now && lease.leadership.holder == self.scheduler);
        if !self.led {
            return Ok(());
        }
        if is_due(self.looked, LOOK, now) {
            let conditions = self.conditions(now).await?;
            self.alerting.observe(&conditions, now).await?;
            self.looked = Some(now);
        }
        self.alerting.tell(now).await?;
        if let Some(heartbeat) = self.heartbeat.as_ref().filter(|_| is_due(self.beaten, BEAT, now)) {
            self.beaten = Some(now);
            if let Err(error) = heartbeat.beat().await {
                tracing::warn!("no sign of life could be given: {}", error.message);
            }
        }
        Ok(())
    }

    /// Everything that is wrong now.
    async fn conditions(&self, now: DateTime<Utc>) -> Result<Vec<Condition>, StoreError> {
        let store = self.store.as_ref();
        let mut found = supervision::look(store, now).await?.conditions;
        found.extend(supervision::failures(store, now).await?);
        found.extend(quality_scores(store).await?);
        found.extend(refused_documents(store, now).await?);
        found.extend(self.disk.condition());
        Ok(found)
    }

    /// The database does not answer: people are told without it, by whoever led last.
    async fn is_away(&mut self, error: &StoreError, now: DateTime<Utc>) {
        tracing::warn!(%error, "nobody can be told what is wrong; trying again");
        let away = self.away.get_or_insert(Away { since: now, told: None });
        if !self.led || now - away.since < AWAY || !is_due(away.told, STILL_AWAY, now) {
            return;
        }
        away.told = Some(now);
        let since = away.since;
        self.alerting.tell_without_store(&database_away(since, error), NoticeKind::Firing, now).await;
    }

    async fn is_back(&mut self, now: DateTime<Utc>) {
        let Some(away) = self.away.take() else { return };
        if away.told.is_some() {
            let back = StoreError::Unavailable {
                message: format!("it answers again since {now}"),
                retry: touchline_domain::ports::Retry::Never,
            };
            let condition = database_away(away.since, &back);
            self.alerting.tell_without_store(&condition, NoticeKind::Resolved, now).await;
        }
    }
}

fn is_due(last: Option<DateTime<Utc>>, every: Duration, now: DateTime<Utc>) -> bool {
    // A clock that was put back must not silence anybody.
    last.is_none_or(|last| now - last >= every || last > now)
}

fn database_away(since: DateTime<Utc>, error: &StoreError) -> Condition {
    Condition {
        name: "DatabaseConnectionFailure".to_owned(),
        component: "database".to_owned(),
        subject: String::new(),
        severity: Severity::Critical,
        summary: format!("the database does not answer since {since}"),
        details: format!(
            "{error}. Nothing is collected or sealed until it does; jobs go on by themselves then."
        ),
        advice: vec![
            "See whether it runs, and whether its disk is full.".to_owned(),
            "See whether this machine reaches it: `touchline db doctor`.".to_owned(),
            "Forecasts that were missed meanwhile: `touchline jobs list --status missed`.".to_owned(),
        ],
    }
}

/// Tables whose data are worse than they may be, by the last check.
async fn quality_scores(store: &dyn Store) -> Result<Vec<Condition>, StoreError> {
    let Some(check) = store.quality_checks(1).await?.pop() else { return Ok(Vec::new()) };
    let scores = check.report.get("scores").and_then(serde_json::Value::as_object);
    let low = scores.into_iter().flatten().filter_map(|(table, score)| {
        let score = score.as_f64().filter(|score| *score < LOWEST_SCORE)?;
        Some(Condition {
            name: "DataQualityLow".to_owned(),
            component: "data_quality".to_owned(),
            subject: table.clone(),
            severity: Severity::Medium,
            summary: format!("the quality of {table} is {score:.0} of 100 ({LOWEST_SCORE:.0} is the limit)"),
            details: format!("By the check of {}.", check.checked_at),
            advice: vec![
                "See what was found: `touchline quality report`.".to_owned(),
                "Decide about it: `touchline quality review`.".to_owned(),
            ],
        })
    });
    Ok(low.collect())
}

/// Whole documents that could not be used, one alert per kind: whoever watches a source learns that its shape has changed.
async fn refused_documents(store: &dyn Store, now: DateTime<Utc>) -> Result<Vec<Condition>, StoreError> {
    let since = Some(now - RECENT);
    let recent = IssueFilter { since, ..IssueFilter::default() };
    let is_meant = |count: &IssueCount| {
        count.severity == Severity::Critical.name() && count.status == IssueStatus::Open && count.count > 0
    };
    let mut found = Vec::new();
    for IssueCount { table, error_type, count, .. } in
        store.issue_counts(&recent).await?.into_iter().filter(is_meant)
    {
        let filter = IssueFilter {
            table: Some(table.clone()),
            error_type: Some(error_type.clone()),
            severity: Some(Severity::Critical),
            status: Some(IssueStatus::Open),
            since,
            ..IssueFilter::default()
        };
        let latest =
            store.find_issues(&filter, 1).await?.pop().map_or_else(String::new, |issue| issue.message);
        found.push(Condition {
            name: "DataRefused".to_owned(),
            component: "data_quality".to_owned(),
            subject: format!("{table}/{error_type}"),
            severity: Severity::High,
            summary: format!("{count} findings of {error_type} in {table} since yesterday"),
            details: format!("The latest: {latest}"),
            advice: vec![
                format!("See them: `touchline quality logs --kind {error_type}`."),
                "Decide about them: `touchline quality review`.".to_owned(),
            ],
        });
    }
    Ok(found)
}
