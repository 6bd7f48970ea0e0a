//! Scheduler and worker under a steady load with ten thousand jobs waiting for their time: each job begins within a second of
//! its own, and memory stays flat. `TOUCHLINE_LOAD_SECONDS` says for how long (`./dev bench` asks for an hour).
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use async_trait::async_trait;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use touchline_domain::ports::JobWriter;
use touchline_domain::{Clock, SystemClock};
use touchline_jobs::{
    Bodies, Body, JobError, Run, Scheduler, SchedulerSettings, Worker, WorkerSettings, catalogue,
};
use touchline_store_sqlite::SqliteStore;

/// Jobs that become due each second.
const LOAD: u64 = 200;
/// Jobs that wait for a time that does not come.
const WAITING: u64 = 10_000;
/// Ended jobs are removed so often, as the timetable does it once a week.
const PURGE: u64 = 20;

/// Notes how late jobs begin.
#[derive(Default)]
struct Punctual {
    done: AtomicU64,
    latest_ms: AtomicI64,
}

#[async_trait]
impl Body for Punctual {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let late = (run.clock.now() - run.job.what.due_at).num_milliseconds();
        self.latest_ms.fetch_max(late, Ordering::SeqCst);
        self.done.fetch_add(1, Ordering::SeqCst);
        Ok(json!({}))
    }
}

/// Resident KiB of this process.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_punctual_and_memory_is_flat() {
    let seconds: u64 = std::env::var("TOUCHLINE_LOAD_SECONDS").map_or(12, |n| n.parse().unwrap());
    let folder = tempfile::TempDir::new().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Arc::new(SqliteStore::open(&folder.path().join("jobs.db"), clock.clone()).await.unwrap());
    let (now, kind) = (clock.now(), catalogue::by_name("verification").unwrap());
    let later = now + chrono::Duration::days(30);
    let waiting: Vec<_> = (0..WAITING).map(|i| kind.job(format!("waiting {i}"), later, json!({}))).collect();
    store.enqueue(&waiting, now).await.unwrap();

    let punctual = Arc::new(Punctual::default());
    let bodies: Bodies = HashMap::from([("verification", punctual.clone() as Arc<dyn Body>)]);
    let (stop, stopped) = watch::channel(false);
    let settings = WorkerSettings::default();
    let worker = Worker::new(store.clone(), Arc::new(bodies), clock.clone(), "worker".to_owned(), settings);
    let scheduler =
        Scheduler::new(store.clone(), clock.clone(), "scheduler".to_owned(), SchedulerSettings::default());
    let working = [tokio::spawn(worker.run(stopped.clone())), tokio::spawn(scheduler.run(stopped))];

    let (begun, mut settled) = (Instant::now(), 0);
    for second in 0..seconds {
        let due = clock.now() + chrono::Duration::seconds(2);
        let jobs: Vec<_> = (0..LOAD)
            .map(|i| {
                let at = due + chrono::Duration::milliseconds((i * 1_000 / LOAD) as i64);
                kind.job(format!("{second}:{i}"), at, json!({}))
            })
            .collect();
        store.enqueue(&jobs, clock.now()).await.unwrap();
        if second % PURGE == 0 {
            store.purge_jobs(clock.now() - chrono::Duration::seconds(5)).await.unwrap();
        }
        if second == seconds / 4 {
            settled = resident();
        }
        if second % 60 == 0 {
            eprintln!("{second} s: {} KiB, {} done", resident(), punctual.done.load(Ordering::SeqCst));
        }
        let next = begun + Duration::from_secs(second + 1);
        tokio::time::sleep_until(next.into()).await;
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    let (at_end, latest) = (resident(), punctual.latest_ms.load(Ordering::SeqCst));
    stop.send_replace(true);
    for task in working {
        task.await.unwrap();
    }
    let done = punctual.done.load(Ordering::SeqCst);
    eprintln!(
        "{done} jobs, the latest began {latest} ms late; {settled} KiB after a quarter, {at_end} KiB at the end"
    );
    assert!(done >= LOAD * seconds, "{done} of {}", LOAD * seconds);
    // Other tests share the processors, and the first seconds settle; what is measured by itself and for long is asked for the
    // second that is promised, and for the memory that it had.
    let (most_late, most_kib) =
        if seconds > 600 { (1_000, settled * 105 / 100) } else { (10_000, settled + 65_536) };
    assert!(latest < most_late, "{latest} ms late");
    assert!(at_end < most_kib, "{settled} KiB became {at_end}");
}
