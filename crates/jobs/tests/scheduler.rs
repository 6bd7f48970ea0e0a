//! What a scheduler asks for when fixtures, results and prices change.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use support::Hand;
use touchline_domain::ports::contract::samples;
use touchline_domain::ports::{
    JobReader, JobWriter, MatchFacts, MatchFilter, MatchReader, SilverChange, SilverWriter,
};
use touchline_domain::{
    Claim, DecimalOdds, Job, JobEnd, JobFault, JobFilter, JobOutcome, JobStatus, Kickoff, MarketType, Match,
    MatchStatus, NewMatch, OddsPhase, OddsQuote, Score, Severity,
};
use touchline_jobs::{DiskGauge, Scheduler, SchedulerSettings, catalogue, supervision, timetable};
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

/// A disk that is as full as the test says.
#[derive(Debug, Default)]
struct Gauge(AtomicBool);

impl DiskGauge for Gauge {
    fn is_nearly_full(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn with_hardly_any_room_only_what_is_essential_becomes_due() {
    let world = World::new().await;
    let gauge = Arc::new(Gauge::default());
    let settings = SchedulerSettings { disk: gauge.clone(), ..SchedulerSettings::default() };
    world.clock.set(noon() + Duration::hours(1));
    let mut scheduler =
        Scheduler::new(world.store.clone(), world.clock.clone(), "other".to_owned(), settings);
    let at = async |scheduler: &mut Scheduler<SqliteStore>, hours: i64, minutes: i64| {
        world.clock.set(noon() + Duration::hours(hours) + Duration::minutes(minutes));
        scheduler.tick().await.unwrap();
    };
    gauge.0.store(true, Ordering::SeqCst);
    // From one o'clock to four in the morning, a minute at a time.
    for minutes in 0..(15 * 60) {
        at(&mut scheduler, 1, minutes).await;
    }
    assert_eq!(world.jobs("backup_full").await, [], "03:00 has passed");
    assert_eq!(world.jobs("quality_check").await, []);
    assert!(!world.jobs("verification").await.is_empty());
    assert!(!world.jobs("system_health").await.is_empty());
    assert_eq!(world.statuses().await, [JobStatus::Missed], "asked for, and there is no worker");
    let cleaned = world.jobs("data_cleaning").await;
    let by_disk = cleaned.iter().filter(|job| job.what.key.contains(":disk ")).count();
    assert_eq!(by_disk, 15, "once an hour");

    gauge.0.store(false, Ordering::SeqCst);
    at(&mut scheduler, 16, 30).await;
    let backups = world.jobs("backup_full").await;
    assert_eq!(backups.len(), 1, "made up for once");
    assert!(backups[0].what.key.ends_with("@2026-11-30T03:00:00Z"), "{}", backups[0].what.key);
    let checks = world.jobs("quality_check").await;
    assert_eq!(checks.iter().filter(|job| job.what.flow.is_none()).count(), 1, "of many hours the last");
}

#[tokio::test]
async fn what_failed_is_told_until_it_succeeds_and_what_waits_for_its_group_is_no_delay() {
    let world = World::new().await;
    let store = world.store.as_ref();
    let names = async |minutes: i64| {
        let found = supervision::failures(store, noon() + Duration::minutes(minutes)).await.unwrap();
        found.into_iter().map(|condition| condition.name + " " + &condition.subject).collect::<Vec<_>>()
    };
    assert_eq!(names(1).await, Vec::<String>::new());
    let kind = catalogue::by_name("backup_full").unwrap();
    let run = async |key: &str, minutes: i64, outcome: JobOutcome| {
        let now = noon() + Duration::minutes(minutes);
        store.enqueue(&[kind.job(key.to_owned(), now, json!({}))], now).await.unwrap();
        let claim = Claim {
            worker: "w".to_owned(),
            now,
            lease_until: now + Duration::minutes(5),
            long: true,
            limit: 1,
        };
        let job = store.claim(&claim).await.unwrap().remove(0);
        let end = JobEnd { id: job.id, worker: "w".to_owned(), attempt: job.attempt, outcome, at: now };
        assert_eq!(store.finish(&[end]).await.unwrap(), 1);
    };
    let fault = JobFault { kind: "disk".to_owned(), message: "no space left".to_owned() };
    run("first", 2, JobOutcome::Failed(fault)).await;
    assert_eq!(names(3).await, ["BackupFailure backup_full"]);
    let [told] = &supervision::failures(store, noon() + Duration::minutes(3)).await.unwrap()[..] else {
        panic!("one failure")
    };
    assert!(told.details.contains("no space left"), "{}", told.details);
    assert_eq!(told.severity, Severity::Critical);
    run("second", 5, JobOutcome::Succeeded(json!({}))).await;
    assert_eq!(names(6).await, Vec::<String>::new());

    // One of the group runs; the other waits for it, for hours.
    let now = noon() + Duration::minutes(10);
    store.enqueue(&[kind.job("third".to_owned(), now, json!({}))], now).await.unwrap();
    let lease_until = now + Duration::hours(9);
    let claim = Claim { worker: "w".to_owned(), now, lease_until, long: true, limit: 1 };
    assert_eq!(store.claim(&claim).await.unwrap().len(), 1);
    let cleaning = catalogue::by_name("data_cleaning").unwrap();
    store.enqueue(&[cleaning.job("fourth".to_owned(), now, json!({}))], now).await.unwrap();
    let health = supervision::look(store, now + Duration::hours(2)).await.unwrap();
    assert_eq!(health.delay_seconds, 0, "{health:#?}");
}
