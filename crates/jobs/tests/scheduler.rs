//! What a scheduler asks for when fixtures, results and prices change.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use std::sync::Arc;
use support::Hand;
use touchline_domain::ports::contract::samples;
use touchline_domain::ports::{
    JobReader, JobWriter, MatchFacts, MatchFilter, MatchReader, SilverChange, SilverWriter,
};
use touchline_domain::{
    DecimalOdds, Job, JobFilter, JobStatus, Kickoff, MarketType, Match, MatchStatus, NewMatch, OddsPhase,
    OddsQuote, Score,
};
use touchline_jobs::{Scheduler, SchedulerSettings, catalogue, supervision, timetable};
use touchline_store_sqlite::SqliteStore;

fn noon() -> DateTime<Utc> {
    "2026-11-29T12:00:00Z".parse().unwrap()
}

struct World {
    store: Arc<SqliteStore>,
    clock: Arc<Hand>,
    scheduler: Scheduler<SqliteStore>,
    m: Match,
}

impl World {
    /// A match at 15:00, and a scheduler that has looked at it at noon.
    async fn new() -> Self {
        let clock = Arc::new(Hand::at(noon()));
        let store = Arc::new(SqliteStore::in_memory(clock.clone()).await.unwrap());
        let settings = SchedulerSettings::default();
        let mut scheduler = Scheduler::new(store.clone(), clock.clone(), "s".to_owned(), settings);
        scheduler.tick().await.unwrap();
        let first = samples::matches(store.as_ref(), 0, 1).await.swap_remove(0);
        let kickoff = Kickoff::at(noon() + Duration::hours(3));
        let new = NewMatch { kickoff, status: MatchStatus::Scheduled, score: None, ..first };
        store.apply(&samples::change(vec![new])).await.unwrap();
        let page = store.page(&MatchFilter::default(), None, 1).await.unwrap();
        let mut world = Self { store, clock, scheduler, m: page.matches[0].clone() };
        world.at(1).await;
        world
    }

    /// The scheduler looks at the clock so many minutes after noon.
    async fn at(&mut self, minutes: i64) {
        self.clock.set(noon() + Duration::minutes(minutes));
        self.scheduler.tick().await.unwrap();
    }

    async fn change(&self, m: &Match) {
        let changed = vec![m.clone()];
        self.store.apply(&SilverChange { changed, ..SilverChange::default() }).await.unwrap();
    }

    async fn jobs(&self, name: &str) -> Vec<Job> {
        let filter = JobFilter { name: Some(name.to_owned()), ..JobFilter::default() };
        let mut jobs = self.store.jobs(&filter, 100).await.unwrap();
        jobs.reverse();
        jobs
    }

    async fn statuses(&self) -> Vec<JobStatus> {
        self.jobs("prediction").await.iter().map(|job| job.status).collect()
    }
}

#[tokio::test]
async fn a_kick_off_moves_and_moves_back() {
    let mut world = World::new().await;
    let [job] = &world.jobs("prediction").await[..] else { panic!("one job") };
    assert_eq!(job.what.due_at, noon() + Duration::minutes(150));
    let mut moved = world.m.clone();
    moved.details.kickoff = Kickoff::at(noon() + Duration::hours(5));
    world.change(&moved).await;
    world.at(2).await;
    assert_eq!(world.statuses().await, [JobStatus::Cancelled, JobStatus::Waiting]);
    world.change(&world.m).await;
    world.at(3).await;
    assert_eq!(world.statuses().await, [JobStatus::Waiting, JobStatus::Cancelled]);
}

#[tokio::test]
async fn what_a_person_called_off_stays_so() {
    let mut world = World::new().await;
    let job = world.jobs("prediction").await.swap_remove(0);
    world.store.cancel(job.id, noon()).await.unwrap();
    for minutes in [2, 4, 6] {
        world.at(minutes).await;
        assert_eq!(world.statuses().await, [JobStatus::Cancelled]);
    }
}

#[tokio::test]
async fn prices_after_the_sealing_ask_for_another_and_those_before_do_not() {
    let mut world = World::new().await;
    let quote = async |world: &World, minutes: i64| {
        let price = |value| DecimalOdds::new(value).ok();
        let quote = OddsQuote {
            bookmaker: format!("B{minutes}").into(),
            market: MarketType::OneXTwo,
            line_quarters: None,
            prices: [price(2.5), price(3.25), price(3.0)],
            phase: OddsPhase::PreMatch,
            known_at: noon() + Duration::minutes(minutes),
            known_at_imputed: false,
        };
        let facts = vec![(world.m.id, MatchFacts { odds: vec![quote], ..MatchFacts::default() })];
        world.store.apply(&SilverChange { facts, ..SilverChange::default() }).await.unwrap();
    };
    quote(&world, 10).await;
    world.at(11).await;
    assert_eq!(world.statuses().await.len(), 1);
    quote(&world, 155).await;
    world.at(156).await;
    let jobs = world.jobs("prediction").await;
    assert_eq!(jobs.len(), 2, "{jobs:#?}");
    assert_eq!(
        (jobs[1].what.due_at, jobs[1].what.deadline),
        (noon() + Duration::minutes(156), jobs[0].what.deadline)
    );
    world.at(157).await;
    assert_eq!(world.statuses().await.len(), 2, "once for a change");
}

#[tokio::test]
async fn a_result_is_verified_at_once() {
    let mut world = World::new().await;
    let before = world.jobs("verification").await.len();
    let mut played = world.m.clone();
    played.details.status = MatchStatus::Finished;
    played.details.score = Some(Score { home: 2, away: 1 });
    world.change(&played).await;
    world.at(301).await;
    let jobs = world.jobs("verification").await;
    assert!(
        jobs.len() > before && jobs.iter().any(|job| job.what.key.starts_with("verification:change")),
        "{jobs:#?}"
    );
}

#[tokio::test]
async fn scores_are_polled_while_a_match_is_on() {
    let mut world = World::new().await;
    for minutes in [60, 178] {
        world.at(minutes).await;
        assert_eq!(world.jobs("scores_collection").await.len(), 0, "nothing is on at {minutes}");
    }
    world.at(180).await;
    world.at(182).await;
    let jobs = world.jobs("scores_collection").await;
    assert_eq!(jobs.len(), 1, "the one before is still under way: {jobs:#?}");
}

#[tokio::test]
async fn a_paused_line_is_left_out_and_a_changed_one_holds() {
    let mut world = World::new().await;
    let lines = world.store.schedules().await.unwrap();
    let mut line = lines.into_iter().find(|line| line.id == "system-health-check").unwrap();
    world.at(30).await;
    assert_eq!(world.jobs("system_health").await.len(), 1);
    (line.enabled, line.edited, line.done_until) = (false, true, noon() + Duration::minutes(30));
    world.store.put_schedule(&line).await.unwrap();
    world.at(60).await;
    assert_eq!(world.jobs("system_health").await.len(), 1);
    (line.enabled, line.cron) = (true, "7 * * * *".to_owned());
    line.done_until = noon() + Duration::minutes(60);
    world.store.put_schedule(&line).await.unwrap();
    world.at(67).await;
    assert_eq!(world.jobs("system_health").await.len(), 2);
    // A new leader brings its timetable along, and leaves what a person changed.
    let settings = SchedulerSettings::default();
    let mut other = Scheduler::new(world.store.clone(), world.clock.clone(), "t".to_owned(), settings);
    world.clock.set(noon() + Duration::minutes(70));
    other.tick().await.unwrap();
    let lines = world.store.schedules().await.unwrap();
    assert_eq!(lines.len(), timetable::defaults(noon()).len());
    assert_eq!(lines.iter().find(|held| held.id == line.id).unwrap().cron, line.cron);
}

#[tokio::test]
async fn jobs_that_wait_for_their_time_are_no_backlog() {
    let world = World::new().await;
    let later: Vec<_> = (0..150)
        .map(|i| {
            catalogue::by_name("prediction").unwrap().job(
                format!("later {i}"),
                noon() + Duration::hours(2),
                json!({}),
            )
        })
        .collect();
    let now: Vec<_> = (0..3)
        .map(|i| catalogue::by_name("prediction").unwrap().job(format!("now {i}"), noon(), json!({})))
        .collect();
    world.store.enqueue(&[later, now].concat(), noon()).await.unwrap();
    let health = supervision::look(world.store.as_ref(), noon() + Duration::minutes(1)).await.unwrap();
    assert_eq!(health.backlog.values().sum::<u64>(), 3, "{health:#?}");
}
