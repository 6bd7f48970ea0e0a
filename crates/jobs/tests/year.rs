//! The whole timetable over a season of fixtures that move, with two schedulers and four workers that die at any point, on
//! both stores: no run is lost, none is doubled, and no forecast is made at or after its kick-off.
//!
//! `TOUCHLINE_YEAR_DAYS` and `TOUCHLINE_YEAR_FIXTURES` make it a whole year (`./dev bench`).
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::{DateTime, Duration, NaiveDate, Timelike, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use support::Hand;
use touchline_domain::ports::contract::samples;
use touchline_domain::ports::{MatchFilter, SilverChange, Store};
use touchline_domain::{
    Claim, Clock, Job, JobEnd, JobFilter, JobStatus, Kickoff, Match, MatchStatus, NewMatch, Score,
};
use touchline_jobs::triggers::{LINEUPS, PREDICTION};
use touchline_jobs::{JobError, Scheduler, SchedulerSettings, StopReason, Tick, outcome};
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::TestDatabase;
use touchline_store_sqlite::SqliteStore;

fn start() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(2026, 8, 1).unwrap().and_hms_opt(0, 0, 30).unwrap().and_utc()
}

fn setting(name: &str, default: i64) -> i64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().unwrap())
}

/// What was done for each job, by its key.
#[derive(Default)]
struct Effects {
    done: HashMap<String, Vec<DateTime<Utc>>>,
    /// Times that a worker died after it had done a job and before it could say so.
    unsaid: HashMap<String, usize>,
}

struct World<S> {
    store: Arc<S>,
    clock: Arc<Hand>,
    rng: StdRng,
    schedulers: Vec<Option<Scheduler<S>>>,
    born: usize,
    effects: Effects,
    /// Kick-offs at which somebody could have sealed: at each, whether anything ran in the half hour before.
    dead_until: DateTime<Utc>,
}

impl<S: Store + 'static> World<S> {
    fn new(store: Arc<S>, clock: Arc<Hand>) -> Self {
        let rng = StdRng::seed_from_u64(20_261_129);
        let schedulers = vec![None, None];
        Self { store, clock, rng, schedulers, born: 0, effects: Effects::default(), dead_until: start() }
    }

    /// `fixtures` matches over so many days, and where each of them moves.
    async fn fixtures(&mut self, fixtures: i64, days: i64) -> Vec<Plan> {
        let first = samples::matches(self.store.as_ref(), 0, fixtures as u32).await;
        let times = [12, 15, 17, 20];
        let kickoff = |rng: &mut StdRng| {
            let day = start() + Duration::days(rng.random_range(0..days));
            day.with_hour(times[rng.random_range(0..times.len())]).unwrap().with_second(0).unwrap()
        };
        let mut new = Vec::new();
        for m in first {
            let at = kickoff(&mut self.rng);
            new.push(NewMatch { kickoff: Kickoff::at(at), status: MatchStatus::Scheduled, score: None, ..m });
        }
        self.store.apply(&samples::change(new)).await.unwrap();
        let mut plans = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.page(&MatchFilter::default(), after, 1_000).await.unwrap();
            for m in page.matches {
                // Three of twenty move, some of them in the last hours, and some are called off.
                let moves = self.rng.random_bool(0.15).then(|| {
                    let notice = Duration::minutes(self.rng.random_range(5..3 * 24 * 60));
                    let by = Duration::minutes(15 * self.rng.random_range(-20..2000));
                    (
                        m.kickoff.at - notice,
                        (m.kickoff.at + by).max(m.kickoff.at - notice + Duration::minutes(10)),
                    )
                });
                let called_off = self.rng.random_bool(0.02).then(|| m.kickoff.at - Duration::minutes(100));
                plans.push(Plan { m, moves, called_off });
            }
            after = page.next;
            if after.is_none() {
                return plans;
            }
        }
    }

    /// What happens to fixtures by now: they move, are called off, and are played.
    async fn live(&mut self, plans: &mut [Plan]) {
        let now = self.clock.now();
        let mut changed = Vec::new();
        for plan in plans {
            let m = &mut plan.m;
            if m.status != MatchStatus::Scheduled {
                continue;
            }
            if let Some((at, to)) = plan.moves
                && at <= now
            {
                plan.moves = None;
                if now < m.kickoff.at {
                    m.details.kickoff = Kickoff::at(to.max(now + Duration::minutes(10)));
                    changed.push(m.clone());
                }
            } else if plan.called_off.is_some_and(|at| at <= now) {
                plan.called_off = None;
                if now < m.kickoff.at {
                    m.details.status = MatchStatus::Postponed;
                    changed.push(m.clone());
                }
            } else if m.kickoff.at + Duration::hours(2) <= now {
                m.details.status = MatchStatus::Finished;
                m.details.score = Some(Score { home: 1, away: 0 });
                changed.push(m.clone());
            }
        }
        if !changed.is_empty() {
            self.store.apply(&SilverChange { changed, ..SilverChange::default() }).await.unwrap();
        }
    }

    /// Both schedulers look at the clock; one in a while dies and another begins.
    async fn schedule(&mut self) {
        let mut leaders = 0;
        for seat in 0..self.schedulers.len() {
            if self.rng.random_bool(0.01) {
                self.schedulers[seat] = None;
            }
            if self.schedulers[seat].is_none() {
                self.born += 1;
                let settings = SchedulerSettings {
                    sources: vec!["football-data".to_owned(), "openfootball".to_owned()],
                    triggers: vec![PREDICTION, LINEUPS],
                    ..SchedulerSettings::default()
                };
                let name = format!("scheduler-{}", self.born);
                let clock: Arc<dyn Clock> = self.clock.clone();
                self.schedulers[seat] = Some(Scheduler::new(self.store.clone(), clock, name, settings));
            }
            let scheduler = self.schedulers[seat].as_mut().unwrap();
            leaders += usize::from(scheduler.tick().await.unwrap() == Tick::Leading);
        }
        assert!(leaders <= 1, "{leaders} lead");
    }

    /// Four workers take what is due, and do it or die.
    async fn work(&mut self) {
        for worker in 0..4 {
            for long in [false, true] {
                self.born += 1;
                let name = format!("worker-{worker}-{}", self.born);
                let now = self.clock.now();
                if self.store.next_due(long).await.unwrap().is_none_or(|due| due > now) {
                    continue;
                }
                let lease_until = now + Duration::seconds(30);
                let claim = Claim { worker: name.clone(), now, lease_until, long, limit: 40 };
                let mut ends = Vec::new();
                for job in self.store.claim(&claim).await.unwrap() {
                    match self.rng.random_range(0..100) {
                        0..3 => {}
                        3..5 => {
                            self.effect(&job);
                            *self.effects.unsaid.entry(job.what.key.clone()).or_default() += 1;
                        }
                        5..10 => ends.push(self.end(&job, Err(JobError::transient("busy", "busy")))),
                        _ => {
                            self.effect(&job);
                            ends.push(self.end(&job, Ok(json!({}))));
                        }
                    }
                }
                self.store.finish(&ends).await.unwrap();
            }
        }
    }

    fn effect(&mut self, job: &Job) {
        let now = self.clock.now();
        assert!(job.what.deadline.is_none_or(|deadline| now < deadline), "{} at {now}", job.what.key);
        self.effects.done.entry(job.what.key.clone()).or_default().push(now);
    }

    fn end(&self, job: &Job, result: Result<serde_json::Value, JobError>) -> JobEnd {
        let at = self.clock.now();
        let outcome = outcome(job, result, StopReason::None, at);
        JobEnd { id: job.id, worker: job.worker.clone().unwrap(), attempt: job.attempt, outcome, at }
    }

    async fn all_jobs(&self) -> BTreeMap<String, Job> {
        let (mut jobs, mut before) = (BTreeMap::new(), None);
        loop {
            let page = self.store.jobs(&JobFilter { before, ..JobFilter::default() }, 5_000).await.unwrap();
            let Some(last) = page.last() else { return jobs };
            before = Some(last.id);
            for job in page {
                assert!(jobs.insert(job.what.key.clone(), job).is_none(), "a key stands twice");
            }
        }
    }
}

struct Plan {
    m: Match,
    moves: Option<(DateTime<Utc>, DateTime<Utc>)>,
    called_off: Option<DateTime<Utc>>,
}

async fn season<S: Store + 'static>(store: Arc<S>, clock: Arc<Hand>, days: i64, fixtures: i64) {
    let mut world = World::new(store, clock.clone());
    world.schedule().await;
    let mut plans = world.fixtures(fixtures, days).await;
    let end = start() + Duration::days(days + 1);
    let (mut now, mut outages, mut jumps) = (start(), Vec::new(), 0);
    while now < end {
        // A look every minute in the half hours before kick-offs, else every five.
        let soon = now + Duration::minutes(40);
        let is_near =
            |plan: &Plan| plan.m.status == MatchStatus::Scheduled && (now..soon).contains(&plan.m.kickoff.at);
        now += Duration::minutes(if plans.iter().any(is_near) { 1 } else { 5 });
        clock.set(now);
        world.live(&mut plans).await;
        if world.rng.random_bool(0.0005) {
            // Nothing runs for some hours; the fixtures go on.
            let back = now + Duration::minutes(world.rng.random_range(30..600));
            outages.push((now, back));
            world.dead_until = back;
            world.schedulers = vec![None, None];
        }
        if now < world.dead_until {
            continue;
        }
        world.schedule().await;
        world.work().await;
        if world.rng.random_bool(0.0005) {
            jumps += 1;
            // A clock that is put back by some minutes, and catches up.
            clock.set(now - Duration::minutes(world.rng.random_range(1..4)));
            world.schedule().await;
            world.work().await;
        }
    }
    // What died last is taken up, and everything open is done.
    for _ in 0..200 {
        now += Duration::minutes(1);
        clock.set(now);
        world.schedule().await;
        world.work().await;
    }
    check(&world, &plans, &outages, days).await;
    eprintln!(
        "{days} days, {} outages, {jumps} jumps of the clock, {} schedulers and workers",
        outages.len(),
        world.born
    );
}

async fn check<S: Store + 'static>(
    world: &World<S>,
    plans: &[Plan],
    outages: &[(DateTime<Utc>, DateTime<Utc>)],
    days: i64,
) {
    let jobs = world.all_jobs().await;
    let was_away = |from: DateTime<Utc>, to: DateTime<Utc>| outages.iter().any(|(a, b)| *a < to && from < *b);
    let mut counts: BTreeMap<(&str, JobStatus), usize> = BTreeMap::new();
    for job in jobs.values() {
        *counts.entry((job.what.name.as_str(), job.status)).or_default() += 1;
        // Done as often as it succeeded, and once more for each worker that died before it could say so.
        let done = world.effects.done.get(&job.what.key).map_or(0, Vec::len);
        let unsaid = world.effects.unsaid.get(&job.what.key).copied().unwrap_or(0);
        assert_eq!(done, unsaid + usize::from(job.status == JobStatus::Succeeded), "{job:#?}");
        let old = job.what.due_at < world.clock.now() - Duration::hours(2);
        assert!(job.status.has_ended() || !old, "{job:#?} is still open");
    }
    for plan in plans {
        let m = &plan.m;
        let key = PREDICTION.of(m.id, m.kickoff).key;
        let status = jobs.get(&key).map(|job| job.status);
        if m.status == MatchStatus::Finished {
            // Tries may have run out, but no match goes without a word.
            let status = status.unwrap_or_else(|| panic!("nobody knows of {key}"));
            let fine = [JobStatus::Succeeded, JobStatus::Missed, JobStatus::Failed];
            assert!(fine.contains(&status), "{key} is {status}");
            if status == JobStatus::Missed && jobs[&key].attempt == 0 {
                let (from, to) = (m.kickoff.at - Duration::minutes(31), m.kickoff.at);
                let late = jobs[&key].enqueued_at > from || was_away(from, to);
                assert!(late, "{key} was missed without a cause: {:#?}", jobs[&key]);
            }
        } else if m.status == MatchStatus::Postponed {
            assert!(status.is_none_or(|s| s == JobStatus::Cancelled), "{key} of no match is {status:?}");
        }
    }
    for day in 1..days {
        let at = (start() + Duration::days(day)).date_naive().and_hms_opt(3, 0, 0).unwrap().and_utc();
        let key = format!("daily-full-backup@{}", at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        // Where nothing ran at its time it was made up for, unless nothing ran until the next.
        assert!(jobs.contains_key(&key) || was_away(at, at + Duration::days(1)), "{key} was lost");
    }
    // Of the matches that were played and that nothing kept anybody from, one by one.
    let is_possible = |plan: &&Plan| {
        let kickoff = plan.m.kickoff.at;
        plan.m.status == MatchStatus::Finished && !was_away(kickoff - Duration::minutes(31), kickoff)
    };
    let possible: Vec<&Plan> = plans.iter().filter(is_possible).collect();
    let is_sealed = |plan: &&&Plan| {
        let key = PREDICTION.of(plan.m.id, plan.m.kickoff).key;
        jobs.get(&key).is_some_and(|job| job.status == JobStatus::Succeeded)
    };
    let sealed = possible.iter().filter(is_sealed).count();
    assert!(
        sealed * 100 >= possible.len() * 95,
        "{sealed} forecasts of {} matches: {counts:#?}",
        possible.len()
    );
    assert!(
        possible.len() * 2 > plans.len(),
        "outages leave too little: {} of {}",
        possible.len(),
        plans.len()
    );
    eprintln!("{sealed} of {} possible forecasts, {} matches", possible.len(), plans.len());
    eprintln!("{counts:?}");
}

#[tokio::test]
async fn a_season_on_sqlite() {
    let clock = Arc::new(Hand::at(start()));
    let store = Arc::new(SqliteStore::in_memory(clock.clone()).await.unwrap());
    season(store, clock, setting("TOUCHLINE_YEAR_DAYS", 8), setting("TOUCHLINE_YEAR_FIXTURES", 250)).await;
}

#[tokio::test]
async fn some_days_on_postgresql() {
    let clock = Arc::new(Hand::at(start()));
    let database = TestDatabase::migrated().await;
    let store = Arc::new(PostgresStore::connect(database.url(), clock.clone()).await.unwrap());
    let days =
        season(store, clock, setting("TOUCHLINE_YEAR_DAYS", 2), setting("TOUCHLINE_YEAR_FIXTURES", 100));
    let tidying = async {
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(20)).await;
            database.tidy().await;
        }
    };
    tokio::select! {
        () = days => {}
        () = tidying => {}
    }
}
