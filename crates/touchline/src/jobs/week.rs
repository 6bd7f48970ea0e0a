//! A demo left alone for days: the real scheduler and the real worker with the real bodies, over a clock that goes on
//! whenever there is nothing to do. What they did is read from the store.
//!
//! `TOUCHLINE_ALONE_DAYS` makes it longer (`./dev bench`).

use super::{bodies, disk_of, scheduler_settings};
use crate::config::{Config, Role};
use crate::wiring::Session;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use touchline_collect::sources::simulated::{Simulated, World};
use touchline_domain::ports::{MatchFilter, ModelAlias, SealedFilter, Store};
use touchline_domain::{Clock, Job, JobFilter, JobStatus, Match, MatchStatus};
use touchline_intake::import::import_documents;
use touchline_intake::ingest::Incoming;
use touchline_jobs::{Scheduler, Tick, Worker, WorkerSettings, supervision};
use touchline_learning::model::MODEL_NAME;
use touchline_learning::train::{Training, train};

/// A clock that its test moves.
#[derive(Debug)]
struct Hand(Mutex<DateTime<Utc>>);

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A Friday noon, before a matchday.
fn noon() -> DateTime<Utc> {
    "2026-11-27T12:00:30Z".parse().unwrap()
}

/// A demo in a folder, with a model that answers.
async fn demo(folder: &std::path::Path, clock: Arc<Hand>) -> (Session, Arc<dyn Store>) {
    let folder = folder.display().to_string();
    let settings = [
        ("TOUCHLINE__STORAGE__DATA_DIR", folder.as_str()),
        ("TOUCHLINE__TRAINING__ROUNDS", "40"),
        ("TOUCHLINE__TRAINING__SEEDS", "1"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::load(None, settings.into_iter()).unwrap();
    let world = World { seed: 7, founded: noon().date_naive() };
    let mut session = Session::of(config, clock, false);
    session.simulated = Some(world);
    let session = session.sharing().await.unwrap();
    let store = session.store(Role::Writer).await.unwrap();
    let documents = world.files(world.founded).into_iter().map(|(name, bytes)| Incoming { name, bytes });
    let (order, progress) = (session.config.source_order(), session.progress.as_ref());
    let (clock, documents) = (session.clock.as_ref(), documents.collect());
    import_documents(store.as_ref(), &Simulated, documents, &order, clock, progress).await.unwrap();
    let training = Training {
        data_dir: session.data_dir(),
        until: None,
        recipe: session.recipe(),
        artifacts: None,
        activate: true,
    };
    train(store.as_ref(), &training, session.clock.as_ref(), session.progress.clone()).await.unwrap();
    (session, store)
}

async fn all_jobs(store: &dyn Store) -> Vec<Job> {
    let (mut jobs, mut before) = (Vec::new(), None);
    loop {
        let page = store.jobs(&JobFilter { before, ..JobFilter::default() }, 5_000).await.unwrap();
        let Some(last) = page.last() else { return jobs };
        before = Some(last.id);
        jobs.extend(page);
    }
}

/// Whether work is under way, or due.
async fn is_busy(store: &dyn Store, now: DateTime<Utc>) -> bool {
    for long in [false, true] {
        if store.next_due(long).await.unwrap().is_some_and(|due| due <= now) {
            return true;
        }
    }
    // Asked last: what was taken in between runs now.
    let running = JobFilter { statuses: vec![JobStatus::Running], ..JobFilter::default() };
    !store.jobs(&running, 1).await.unwrap().is_empty()
}

/// Lets scheduler and worker do all there is to do at a time.
async fn settle(scheduler: &mut Scheduler<dyn Store>, store: &dyn Store, now: DateTime<Utc>) {
    loop {
        assert_eq!(scheduler.tick().await.unwrap(), Tick::Leading);
        if !is_busy(store, now).await {
            return;
        }
        while is_busy(store, now).await {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}

async fn matches(store: &dyn Store, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Match> {
    let filter = MatchFilter { from: Some(from), to: Some(to), ..MatchFilter::default() };
    store.page(&filter, None, 1_000).await.unwrap().matches
}

/// Every match was forecast in the half hour before it, and what came of it was noted once it was known.
async fn check_forecasts(store: &dyn Store, until: DateTime<Utc>) {
    let played = matches(store, noon(), until).await;
    assert!(played.len() >= 30, "{} matches", played.len());
    let mut verified = 0;
    for m in &played {
        let filter = SealedFilter { match_id: Some(m.id), verified: false };
        let sealed = store.sealed_page(filter, None, 100).await.unwrap();
        let before = |at: DateTime<Utc>| (m.kickoff.at - Duration::minutes(30)..m.kickoff.at).contains(&at);
        assert!(!sealed.is_empty(), "nobody forecast {m:?}");
        for entry in &sealed {
            let at = entry.forecast.sealed_at;
            assert!(before(at), "{at}: {m:?}");
        }
        if m.kickoff.at.date_naive() < until.date_naive() {
            assert_eq!(m.status, MatchStatus::Finished, "{m:?}");
            let noted = sealed[0].verification.as_ref().unwrap_or_else(|| panic!("nobody looked at {m:?}"));
            assert_eq!(Some(noted.score), m.score);
            assert!(noted.verified_at > m.kickoff.at);
            verified += 1;
        }
    }
    eprintln!("{} matches forecast, {verified} verified", played.len());
    assert!(verified >= 30, "{verified} verified");
    // The week's next matches are not touched before their time.
    let next = matches(store, until + Duration::hours(1), until + Duration::days(14)).await;
    assert!(!next.is_empty());
    for m in next {
        let filter = SealedFilter { match_id: Some(m.id), verified: false };
        assert!(store.sealed_page(filter, None, 1).await.unwrap().is_empty(), "{m:?}");
    }
}

/// Nothing failed, and all that the timetable promises was done.
async fn check_jobs(store: &dyn Store, until: DateTime<Utc>) {
    let mut ends: BTreeMap<(String, JobStatus), usize> = BTreeMap::new();
    let jobs = all_jobs(store).await;
    for job in &jobs {
        *ends.entry((job.what.name.clone(), job.status)).or_default() += 1;
        let is_fine = job.status == JobStatus::Succeeded
            || (job.status == JobStatus::Waiting && job.what.due_at > until);
        assert!(is_fine, "{job:#?}");
    }
    eprintln!("{ends:?}");
    let done = |name: &str| ends.get(&(name.to_owned(), JobStatus::Succeeded)).copied().unwrap_or(0);
    let days = (until - noon()).num_days() as usize;
    assert_eq!(done("backup_full"), days);
    assert_eq!(done("backup_incremental"), 24 * days);
    assert_eq!(done("fixtures_collection"), days + 6 * days, "each day, and asked whether it falls short");
    assert!(done("feature_calculation") > days, "before matches, and each day");
    assert!(supervision::look(store, until).await.unwrap().overdue.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_left_alone_forecasts_verifies_and_challenges_its_model() {
    let days = std::env::var("TOUCHLINE_ALONE_DAYS").map_or(3, |days| days.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(Hand(Mutex::new(noon())));
    let (session, store) = demo(folder.path(), clock.clone()).await;
    let champion = store.aliased(MODEL_NAME, ModelAlias::Champion).await.unwrap().unwrap();
    let disk = disk_of(&session);
    let (stop, stopped) = watch::channel(false);
    let settings = WorkerSettings { poll: std::time::Duration::from_millis(5), ..WorkerSettings::default() };
    let bodies = Arc::new(bodies(&session, &store, &disk).unwrap());
    let worker = Worker::new(store.clone(), bodies, session.clock.clone(), "worker".to_owned(), settings);
    let worker = tokio::spawn(worker.run(stopped));
    let settings = scheduler_settings(&session);
    let mut scheduler =
        Scheduler::new(store.clone(), session.clock.clone(), "scheduler".to_owned(), settings);

    let (mut now, until) = (noon(), noon() + Duration::days(days));
    while now <= until {
        *clock.0.lock().unwrap() = now;
        settle(&mut scheduler, store.as_ref(), now).await;
        now += Duration::minutes(5);
    }
    stop.send_replace(true);
    worker.await.unwrap();

    check_forecasts(store.as_ref(), until).await;
    check_jobs(store.as_ref(), until).await;
    // On Monday a model was trained on the new results, which has to prove itself.
    let challenger = store.aliased(MODEL_NAME, ModelAlias::Challenger).await.unwrap().unwrap();
    let monday: DateTime<Utc> = "2026-11-30T03:00:00Z".parse().unwrap();
    assert!((monday..monday + Duration::minutes(30)).contains(&challenger.trained_at), "{challenger:?}");
    assert_eq!(store.aliased(MODEL_NAME, ModelAlias::Champion).await.unwrap(), Some(champion));
}
