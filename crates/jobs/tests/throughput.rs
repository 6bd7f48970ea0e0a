//! Many small jobs through a worker, on both stores: each is done once. `TOUCHLINE_SMALL_JOBS` says how many; the rate is
//! printed (`./dev bench` asks for 100,000).
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use async_trait::async_trait;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use touchline_domain::ports::{JobWriter, Store};
use touchline_domain::{Claim, Clock, JobStatus, SystemClock};
use touchline_jobs::{Bodies, Body, JobError, Run, Worker, WorkerSettings, catalogue};
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::TestDatabase;
use touchline_store_sqlite::SqliteStore;

/// Counts how often it was done.
struct Counting(AtomicU64);

#[async_trait]
impl Body for Counting {
    async fn run(&self, _: &Run) -> Result<Value, JobError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(json!({}))
    }
}

async fn many_small_jobs<S: Store + 'static>(store: Arc<S>, name: &str) {
    let jobs: u64 = std::env::var("TOUCHLINE_SMALL_JOBS").map_or(3_000, |n| n.parse().unwrap());
    let now = SystemClock.now();
    let kind = catalogue::by_name("verification").unwrap();
    let keys: Vec<String> = (0..jobs).map(|i| format!("job {i}")).collect();
    let begun = Instant::now();
    for keys in keys.chunks(10_000) {
        let jobs: Vec<_> = keys.iter().map(|key| kind.job(key.clone(), now, json!({}))).collect();
        store.enqueue(&jobs, now).await.unwrap();
    }
    let asked = begun.elapsed();
    let counting = Arc::new(Counting(AtomicU64::new(0)));
    let bodies: Bodies = HashMap::from([("verification", counting.clone() as Arc<dyn Body>)]);
    let (stop, stopped) = watch::channel(false);
    let (clock, settings) = (Arc::new(SystemClock), WorkerSettings::default());
    let worker = Worker::new(store.clone(), Arc::new(bodies), clock, "worker".to_owned(), settings);
    let begun = Instant::now();
    let working = tokio::spawn(worker.run(stopped));
    // What none waits for any more may still be under way, and be given back when the worker stops.
    let open = async || {
        let counts = store.job_counts(now - chrono::Duration::hours(1)).await.unwrap();
        counts
            .iter()
            .filter(|count| count.status != JobStatus::Succeeded)
            .map(|count| count.jobs)
            .sum::<u64>()
    };
    while store.next_due(false).await.unwrap().is_some() || open().await > 0 {
        assert!(begun.elapsed() < Duration::from_mins(10), "{} jobs are open", open().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = begun.elapsed();
    stop.send_replace(true);
    working.await.unwrap();
    assert_eq!(counting.0.load(Ordering::SeqCst), jobs);
    assert_eq!(store.workers().await.unwrap(), []);
    eprintln!(
        "{name}: {jobs} jobs asked for in {asked:.2?}, done in {took:.2?}: {:.0} a second",
        jobs as f64 / took.as_secs_f64()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_worker_never_heard_of_it_is_given_back() {
    let store = Arc::new(SqliteStore::in_memory(Arc::new(SystemClock)).await.unwrap());
    let now = SystemClock.now();
    let job = catalogue::by_name("verification").unwrap().job("lost".to_owned(), now, json!({}));
    store.enqueue(&[job], now).await.unwrap();
    // It was taken, and the connection broke before the answer.
    let lease_until = now + chrono::Duration::seconds(30);
    let claim = Claim { worker: "worker".to_owned(), now, lease_until, long: false, limit: 1 };
    assert_eq!(store.claim(&claim).await.unwrap().len(), 1);
    let counting = Arc::new(Counting(AtomicU64::new(0)));
    let bodies: Bodies = HashMap::from([("verification", counting.clone() as Arc<dyn Body>)]);
    let (stop, stopped) = watch::channel(false);
    let (clock, settings) = (Arc::new(SystemClock), WorkerSettings::default());
    let worker = Worker::new(store.clone(), Arc::new(bodies), clock, "worker".to_owned(), settings);
    let working = tokio::spawn(worker.run(stopped));
    let begun = Instant::now();
    while counting.0.load(Ordering::SeqCst) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is held for ever");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.send_replace(true);
    working.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_small_jobs_on_sqlite() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = SqliteStore::open(&folder.path().join("jobs.db"), Arc::new(SystemClock)).await.unwrap();
    many_small_jobs(Arc::new(store), "SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_small_jobs_on_postgresql() {
    let database = TestDatabase::migrated().await;
    let store = PostgresStore::connect(database.url(), Arc::new(SystemClock)).await.unwrap();
    many_small_jobs(Arc::new(store), "PostgreSQL").await;
}
