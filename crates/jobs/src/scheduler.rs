//! The scheduler: of any number one leads, and makes due what the timetable, the fixture list and the feed of changes ask
//! for. Each step is one transaction of the store that holds only while it leads, and jobs are known by what they are for:
//! one that died in the middle, or that leads no longer without knowing, changes nothing twice.

use crate::flows::settle;
use crate::timetable::{self, Due, Gate, TRIGGERS};
use crate::triggers::{self, HORIZON, PREDICTION, SEALING, Trigger};
use crate::worker::task_error;
use crate::{catalogue, supervision};
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::sleep;
use touchline_domain::ports::{
    ChangeFeed, ChangeFeedWriter, CollectionWriter, JobReader, JobWriter, MatchFilter, MatchReader,
    StoreError,
};
use touchline_domain::telemetry::TASK_FAILURES;
use touchline_domain::{
    ChangeKind, ChangeScope, Clock, Decree, FeedPosition, Job, JobFilter, JobStatus, Leadership, Match,
    MatchStatus, NewJob, Schedule, Swept,
};

/// What a scheduler asks of a store.
pub trait SchedulerStore:
    JobReader + JobWriter + MatchReader + ChangeFeed + ChangeFeedWriter + CollectionWriter
{
}

impl<T> SchedulerStore for T where
    T: JobReader + JobWriter + MatchReader + ChangeFeed + ChangeFeedWriter + CollectionWriter + ?Sized
{
}

/// The name under which it follows the feed of changes.
const READER: &str = "scheduler";
/// Changes that are read at a time.
const CHANGES: u32 = 1_000;
/// Matches that are read at a time.
const MATCHES: u32 = 1_000;
/// Open jobs of triggers that are looked at.
const OPEN: u32 = 20_000;
/// The fixture list is looked at so often where nothing says that it changed.
const LOOK: Duration = Duration::seconds(60);
/// A match may be on for so long.
const LONGEST_MATCH: Duration = Duration::hours(3);

/// Whether there is room to write.
pub trait DiskGauge: std::fmt::Debug + Send + Sync {
    /// Whether there is hardly any: then only what is essential becomes due, and what makes room.
    fn is_nearly_full(&self) -> bool;
}

/// A disk that nobody watches.
#[derive(Debug)]
struct Unwatched;

impl DiskGauge for Unwatched {
    fn is_nearly_full(&self) -> bool {
        false
    }
}

/// How a scheduler works.
#[derive(Debug, Clone)]
pub struct SchedulerSettings {
    /// Sources that are collected by themselves.
    pub sources: Vec<String>,
    /// What is due before a kick-off.
    pub triggers: Vec<Trigger>,
    /// Without a sign of life for so long it leads no longer.
    pub lease: Duration,
    /// How often it looks at the clock.
    pub pace: std::time::Duration,
    /// The disk that jobs write to.
    pub disk: Arc<dyn DiskGauge>,
}

impl Default for SchedulerSettings {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            triggers: vec![PREDICTION],
            lease: Duration::seconds(8),
            pace: std::time::Duration::from_secs(1),
            disk: Arc::new(Unwatched),
        }
    }
}

/// What a look at the clock came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Another leads.
    Following,
    /// This one leads.
    Leading,
}

/// See the module.
pub struct Scheduler<S: ?Sized> {
    store: Arc<S>,
    clock: Arc<dyn Clock>,
    name: String,
    settings: SchedulerSettings,
    /// While it leads.
    reign: Option<Reign>,
}

/// What a leader knows.
struct Reign {
    leadership: Leadership,
    /// When it last gave a sign of life.
    renewed: DateTime<Utc>,
    /// How far it has read the feed.
    read: Option<FeedPosition>,
    /// When it last looked at the fixture list.
    looked: Option<DateTime<Utc>>,
    /// Matches that are on, or kick off soon, by kick-off.
    calendar: Vec<Match>,
}

impl<S: SchedulerStore + ?Sized> Scheduler<S> {
    /// A scheduler by a name that no other has.
    pub fn new(store: Arc<S>, clock: Arc<dyn Clock>, name: String, settings: SchedulerSettings) -> Self {
        Self { store, clock, name, settings, reign: None }
    }

    /// Leads, or waits to lead, until it is told to stop.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = self.tick().await {
                tracing::warn!(%error, "the scheduler could not look at its timetable; trying again");
            }
            tokio::select! {
                () = sleep(self.settings.pace) => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        let now = self.clock.now();
        if let Some(reign) = self.reign.take()
            && let Err(error) = self.store.step_down(&reign.leadership, now).await
        {
            tracing::warn!(%error, "the scheduler could not step down; another leads when its time is over");
        }
    }

    /// Looks at the clock once, and makes due what is.
    ///
    /// # Errors
    /// The store is not available. What was made due until then holds.
    pub async fn tick(&mut self) -> Result<Tick, StoreError> {
        let now = self.clock.now();
        let lease = self.settings.lease;
        let mut reign = match self.reign.take() {
            // Half of its time is left, and every decree asks whether it still leads.
            Some(reign) if (reign.renewed..reign.renewed + lease / 2).contains(&now) => reign,
            former => {
                let Some(leadership) = self.store.lead(&self.name, now, now + lease).await? else {
                    return Ok(Tick::Following);
                };
                match former {
                    Some(reign) if reign.leadership == leadership => Reign { renewed: now, ..reign },
                    _ => self.begin(leadership, now).await?,
                }
            }
        };
        let led = self.lead(&mut reign, now).await;
        self.reign = Some(reign);
        if led? {
            return Ok(Tick::Leading);
        }
        self.reign = None;
        Ok(Tick::Following)
    }

    /// What a new leader has to find in the store.
    async fn begin(&self, leadership: Leadership, now: DateTime<Utc>) -> Result<Reign, StoreError> {
        tracing::info!(name = self.name, fencing = leadership.fencing, "leads");
        let held: BTreeMap<String, Schedule> = self
            .store
            .schedules()
            .await?
            .into_iter()
            .map(|schedule| (schedule.id.clone(), schedule))
            .collect();
        for new in timetable::defaults(now) {
            let kept = match held.get(&new.id) {
                None => new,
                Some(held) if held.edited => continue,
                Some(held) => Schedule { done_until: held.done_until, ..new },
            };
            if held.get(&kept.id) != Some(&kept) {
                self.store.put_schedule(&kept).await?;
            }
        }
        let read = self.store.reader_position(READER).await?;
        Ok(Reign { leadership, renewed: now, read, looked: None, calendar: Vec::new() })
    }

    /// One round of everything. Answers whether it still leads.
    async fn lead(&self, reign: &mut Reign, now: DateTime<Utc>) -> Result<bool, StoreError> {
        // What was called off while nobody looked is called off, and only what is left after that was missed.
        if !self.follow_changes(reign, now).await? || !self.look_at_fixtures(reign, now).await? {
            return Ok(false);
        }
        let swept = self.store.sweep(now).await?;
        self.report(&swept, now).await?;
        Ok(self.look_at_clock(reign, now).await? && self.go_on_with_flows(reign, now).await?)
    }

    /// Leaves a word of jobs that nobody did in time.
    async fn report(&self, swept: &Swept, now: DateTime<Utc>) -> Result<(), StoreError> {
        for job in swept.taken_back.iter().chain(&swept.missed) {
            let Some(fault) = job.fault.clone().filter(|_| job.status != JobStatus::Cancelled) else {
                continue;
            };
            tracing::warn!(job = job.id.0, name = job.what.name, key = job.what.key, "{}", fault.message);
            let labels = [("task_name", job.what.name.clone()), ("failure_reason", fault.kind.clone())];
            metrics::counter!(TASK_FAILURES.name, &labels).increment(1);
            self.store.record_task_error(&task_error(job, &fault, now)).await?;
        }
        Ok(())
    }

    async fn decree(&self, reign: &Reign, decree: &Decree, now: DateTime<Utc>) -> Result<bool, StoreError> {
        if decree.is_empty() {
            return Ok(true);
        }
        self.store.decree(&reign.leadership, decree, now).await
    }

    /// Reads what changed since it last did: results are to be verified, forecasts of matches about to begin to be sealed
    /// anew, and fixtures to be looked at.
    async fn follow_changes(&self, reign: &mut Reign, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let latest = self.store.latest().await?;
        let Some(read) = reign.read else {
            // What came before there was a scheduler is not news.
            self.store.advance(READER, None, latest).await?;
            reign.read = self.store.reader_position(READER).await?;
            return Ok(true);
        };
        if latest == read {
            return Ok(true);
        }
        if latest < read {
            // An older copy of the store took its place: it knows how far its own feed was read.
            (reign.read, reign.looked) = (self.store.reader_position(READER).await?, None);
            return Ok(true);
        }
        let page = self.store.after(read, CHANGES).await?;
        let to = page.changes.last().map_or(latest, |change| change.position);
        let mut decree = Decree::default();
        let mut results = page.has_gap;
        let mut renewed = BTreeMap::new();
        for change in &page.changes {
            use ChangeKind::{
                Corrected, ExperimentChanged, Injury, Lineup, MatchAdded, MatchChanged, ModelActivated,
                NamesMerged, Odds, Result,
            };
            match (change.kind, &change.scope) {
                (MatchAdded | MatchChanged | NamesMerged, _) => reign.looked = None,
                (Result | Corrected, _) => (results, reign.looked) = (true, None),
                (Odds | Lineup | Injury, ChangeScope::Match(m)) => {
                    renewed.insert(*m, change.position);
                }
                (Odds | Lineup | Injury, ChangeScope::Season(league, season)) => {
                    let of = reign.calendar.iter().filter(|m| m.league == *league && m.season == *season);
                    renewed.extend(of.map(|m| (m.id, change.position)));
                }
                (ModelActivated | ExperimentChanged, _) => {
                    renewed.extend(reign.calendar.iter().map(|m| (m.id, change.position)));
                }
                _ => {}
            }
        }
        if results {
            let job = catalogue::known("verification");
            decree.enqueue.push(job.job(format!("verification:change {to}"), now, json!({})));
        }
        decree.enqueue.extend(reign.calendar.iter().filter_map(|m| {
            let change = renewed.get(&m.id)?;
            let sealed = m.kickoff.at - SEALING;
            let is_due = m.status == MatchStatus::Scheduled && sealed <= now && now < m.kickoff.latest();
            is_due.then(|| triggers::resealing(m.id, m.kickoff, change.0, now))
        }));
        if !self.decree(reign, &decree, now).await? {
            return Ok(false);
        }
        // Where another was faster, it read the same and asked for the same; this one goes on where that one is.
        let moved = self.store.advance(READER, Some(read), to).await?;
        reign.read = if moved { Some(to) } else { self.store.reader_position(READER).await? };
        Ok(true)
    }

    /// Derives from the fixture list what is due before kick-offs.
    async fn look_at_fixtures(&self, reign: &mut Reign, now: DateTime<Utc>) -> Result<bool, StoreError> {
        if reign.looked.is_some_and(|looked| (looked..looked + LOOK).contains(&now)) {
            return Ok(true);
        }
        let schedules = self.store.schedules().await?;
        let Some(dealt) = schedules.iter().find(|schedule| schedule.id == TRIGGERS) else { return Ok(true) };
        let since = dealt.done_until.min(now);
        // Where only the date is known, a kick-off is the start of its day.
        reign.calendar = self.matches(since - Duration::days(1), now + HORIZON).await?;
        if !dealt.enabled {
            reign.looked = Some(now);
            return Ok(true);
        }
        let open = self.open_triggers().await?;
        let keys: Vec<String> = reign
            .calendar
            .iter()
            .flat_map(|m| self.settings.triggers.iter().map(|trigger| trigger.of(m.id, m.kickoff).key))
            .collect();
        let asked: BTreeSet<String> = self
            .store
            .jobs_of_keys(&keys)
            .await?
            .into_iter()
            // What a change called off may be asked for again, when the kick-off moves back.
            .filter(|(.., status)| *status != JobStatus::Cancelled)
            .map(|(key, ..)| key)
            .collect();
        let mut decree = triggers::plan(&self.settings.triggers, &reign.calendar, &open, &asked, since, now);
        decree.advance.push((TRIGGERS.to_owned(), dealt.done_until, now));
        for job in &decree.missed {
            let labels = [("task_name", job.name.clone()), ("failure_reason", "missed".to_owned())];
            metrics::counter!(TASK_FAILURES.name, &labels).increment(1);
        }
        let holds = self.decree(reign, &decree, now).await?;
        // Only now: a store that does not answer in between is asked again at the next look.
        reign.looked = Some(now);
        Ok(holds)
    }

    async fn matches(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Match>, StoreError> {
        let filter = MatchFilter { from: Some(from), to: Some(to), ..MatchFilter::default() };
        let (mut matches, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.page(&filter, after, MATCHES).await?;
            matches.extend(page.matches);
            after = page.next;
            if after.is_none() {
                return Ok(matches);
            }
        }
    }

    async fn open_triggers(&self) -> Result<Vec<Job>, StoreError> {
        let mut open = Vec::new();
        for trigger in &self.settings.triggers {
            let filter = JobFilter {
                statuses: vec![JobStatus::Waiting],
                name: Some(trigger.job.to_owned()),
                ..JobFilter::default()
            };
            open.extend(self.store.jobs(&filter, OPEN).await?);
        }
        Ok(open)
    }

    /// Makes due what the timetable says.
    async fn look_at_clock(&self, reign: &Reign, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let is_short_of_room = self.settings.disk.is_nearly_full();
        if is_short_of_room && !self.make_room(reign, now).await? {
            return Ok(false);
        }
        for schedule in self.store.schedules().await? {
            if schedule.id == TRIGGERS || !schedule.enabled {
                continue;
            }
            // Its times are not dealt with: once there is room, what became of them is up to its rule.
            if is_short_of_room && !catalogue::by_name(&schedule.job).is_some_and(|kind| kind.essential) {
                continue;
            }
            let due = match timetable::due(&schedule, now) {
                Ok(Some(due)) => due,
                Ok(None) => continue,
                Err(error) => {
                    tracing::error!(schedule = schedule.id, error, "a schedule cannot be read");
                    continue;
                }
            };
            let enqueue = match due.run {
                Some(at) if self.counts(&schedule, reign, now).await? => {
                    timetable::jobs_of(&schedule, at, &self.settings.sources)
                }
                _ => Vec::new(),
            };
            let Due { done_until, .. } = due;
            let advance = vec![(schedule.id.clone(), schedule.done_until, done_until)];
            let decree = Decree { enqueue, advance, ..Decree::default() };
            if !self.decree(reign, &decree, now).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Asks for the jobs that clean up, once an hour. Answers whether it still leads.
    async fn make_room(&self, reign: &Reign, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let hour = now.format("%Y-%m-%dT%H");
        let of = |name| catalogue::known(name).job(format!("{name}:disk {hour}"), now, json!({}));
        let enqueue: Vec<NewJob> = ["backup_cleanup", "data_cleaning"].map(of).into();
        let keys: Vec<String> = enqueue.iter().map(|job| job.key.clone()).collect();
        if self.store.jobs_of_keys(&keys).await?.len() == keys.len() {
            return Ok(true);
        }
        self.decree(reign, &Decree { enqueue, ..Decree::default() }, now).await
    }

    /// Whether a time of a schedule counts: a poll does not where the one before is still under way, nor where nothing is
    /// to be polled for.
    async fn counts(
        &self,
        schedule: &Schedule,
        reign: &Reign,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let gate = timetable::gate(&schedule.id);
        if gate == Gate::WhileMatchesAreOn {
            let is_on = |m: &Match| {
                m.status == MatchStatus::Live
                    || (m.status == MatchStatus::Scheduled
                        && m.kickoff.at <= now
                        && now < m.kickoff.latest() + LONGEST_MATCH)
            };
            if !reign.calendar.iter().any(is_on) {
                return Ok(false);
            }
        }
        if gate == Gate::Always {
            return Ok(true);
        }
        let filter = JobFilter { name: Some(schedule.job.clone()), ..JobFilter::default() };
        let Some(last) = self.store.jobs(&filter, 1).await?.pop() else { return Ok(true) };
        if !last.status.has_ended() {
            return Ok(false);
        }
        if gate == Gate::ByKickoff {
            let to_come = |m: &&Match| m.status == MatchStatus::Scheduled && m.kickoff.latest() > now;
            let nearest = reign.calendar.iter().filter(to_come).map(|m| m.kickoff.at - now).min();
            let cadence = timetable::odds_cadence(nearest.unwrap_or(Duration::MAX));
            // A minute less, so that the time of the timetable that is next is not too early by a second.
            return Ok(now >= last.what.due_at + cadence - Duration::minutes(1));
        }
        Ok(true)
    }

    /// Lets steps begin whose turn it is.
    async fn go_on_with_flows(&self, reign: &Reign, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let blocked = JobFilter { statuses: vec![JobStatus::Blocked], ..JobFilter::default() };
        let blocked = self.store.jobs(&blocked, OPEN).await?;
        let runs: HashSet<&str> =
            blocked.iter().filter_map(|job| Some(job.what.flow.as_ref()?.flow.as_str())).collect();
        let mut decree = Decree::default();
        for run in runs {
            let filter = JobFilter { flow: Some(run.to_owned()), ..JobFilter::default() };
            let (release, skip) = settle(&self.store.jobs(&filter, OPEN).await?);
            decree.release.extend(release);
            decree.skip.extend(skip);
        }
        self.decree(reign, &decree, now).await
    }

    /// Whether jobs are as they should be.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn health(&self) -> Result<supervision::Health, StoreError> {
        supervision::look(self.store.as_ref(), self.clock.now()).await
    }
}
