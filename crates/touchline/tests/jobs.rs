//! What runs by itself, with the real binary: a server that seals and backs up, and schedulers and workers that are killed.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::server::Server;
use support::{Place, results};
use touchline_domain::ports::{JobReader, JobWriter};
use touchline_domain::{Clock, JobStatus, SystemClock};
use touchline_jobs::catalogue;
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::TestDatabase;

/// Nothing that is waited for here takes as long.
const LONG: Duration = Duration::from_mins(2);
/// After the death of a leader.
const TAKEOVER: Duration = Duration::from_secs(10);

/// What comes of asking until it is there.
fn wait<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < LONG, "{what} did not come");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A match of today, of which only the date is known.
fn fixture(date: NaiveDate) -> String {
    let start = date.year() - i32::from(date.month() < 7);
    let season = format!("{:02}-{:02}", start % 100, (start + 1) % 100);
    let (home, away) = (results::club(0), results::club(1));
    format!("{season},XAA1,{},{home},{away},-1,-1,0,D\n", date.format("%d/%m/%Y"))
}

fn ended(place: &Place, id: &Value) -> Value {
    wait("the end of a job", || {
        let job = place.run(&["jobs", "show", &id.to_string(), "--json"]).ending(0).json();
        job["ended_at"].is_string().then_some(job)
    })
}

#[test]
fn a_server_left_alone_seals_before_a_kick_off_and_does_what_is_asked_of_it() {
    let place = Place::new();
    let today = SystemClock.now().date_naive();
    let clubs: Vec<usize> = (0..10).collect();
    let lines: Vec<_> =
        (today.year() - 5..today.year() - 1).flat_map(|year| results::season("XAA1", year, &clubs)).collect();
    let file = place.write("results.csv", results::text(&lines) + &fixture(today));
    place.ingest(0, "challenge", &[&file]);
    place.run(&["train", "--activate"]).ending(0);

    let server = Server::start(&place);
    let sealed = wait("the forecast of the match of today", || {
        let listed = place.run(&["jobs", "list", "--kind", "prediction", "--json"]).ending(0).json();
        let job = listed["jobs"].get(0)?.clone();
        (job["status"] == "succeeded").then_some(job)
    });
    assert_eq!(sealed["result"]["sealed"], 1, "{sealed:#}");
    let ledger = place.run(&["ledger", "verify", "--json"]).ending(0).json();
    assert_eq!(ledger["entries"], 1, "{ledger:#}");

    // By hand, by an alias, and once more: a job of its own each time.
    for kind in ["daily-full-backup", "backup_full"] {
        let asked = place.run(&["jobs", "run", kind, "--json"]).ending(0).json();
        let job = ended(&place, &asked["job"]);
        assert_eq!((&job["status"], &job["name"]), (&json!("succeeded"), &json!("backup_full")), "{job:#}");
    }
    let backups = place.run(&["db", "backups", "--json"]).ending(0).json();
    assert!(!backups["backups"].as_array().unwrap().is_empty(), "{backups:#}");

    // What cannot succeed is given up at once, and says why.
    let asked = place.run(&["jobs", "run", "prediction", "--json"]).ending(0).json();
    let job = ended(&place, &asked["job"]);
    assert_eq!((&job["status"], &job["attempt"]), (&json!("failed"), &json!(1)), "{job:#}");
    assert!(place.run(&["jobs", "retry", &asked["job"].to_string()]).ending(0).out.contains("waits again"));
    ended(&place, &asked["job"]);

    let health = place.run(&["jobs", "health", "--json"]).ending(0).json();
    assert_eq!(
        (&health["health"]["healthy"], &health["health"]["workers"]),
        (&json!(true), &json!(1)),
        "{health:#}"
    );
    drop(server);
}

#[test]
fn the_timetable_is_shown_changed_and_paused() {
    let place = Place::new();
    let listed = place.run(&["schedule", "list", "--json"]).ending(0).json();
    assert!(listed["schedules"].as_array().unwrap().len() > 15, "as it will begin");
    let set = ["schedule", "set", "collect-odds-regular", "--cron", "*/10 * * * *", "--json"];
    let line = place.run(&set).ending(0).json();
    assert_eq!((&line["cron"], &line["edited"]), (&json!("*/10 * * * *"), &json!(true)));
    assert_eq!(line["next"].as_array().unwrap().len(), 10);
    // An alias of the original means the same line.
    let paused = place.run(&["schedule", "pause", "collect-daily-fixtures", "--json"]).ending(0).json();
    assert_eq!((&paused["id"], &paused["enabled"]), (&json!("daily-data-collection"), &json!(false)));
    let wrong = place.run(&["schedule", "set", "collect-odds-regular", "--cron", "every day"]).ending(1);
    assert!(wrong.err.contains("five fields"), "{wrong:?}");
    let unknown = place.run(&["schedule", "show", "lunch"]).ending(1);
    assert!(unknown.err.contains("schedule list"), "{unknown:?}");
    let own = ["schedule", "set", "lunch", "--cron", "0 12 * * *", "--job", "system_health", "--json"];
    assert_eq!(place.run(&own).ending(0).json()["job"], "system_health");
    let flow = place.run(&["flows", "run", "manual_data_collection", "--json"]).ending(0).json();
    let run = flow["flow"].as_str().unwrap();
    let steps = place.run(&["flows", "show", run, "--json"]).ending(0).json();
    assert_eq!(steps["steps"].as_array().unwrap().len(), flow["steps"].as_u64().unwrap() as usize);
    let first = steps["steps"][0]["id"].clone();
    assert!(place.run(&["jobs", "cancel", &first.to_string()]).ending(0).out.contains("called off"));
}

/// A process of the product that is killed with its test.
struct Process(Child);

impl Process {
    fn start(place: &Place, role: &str) -> Self {
        let mut command = place.command(&[role]);
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// SIGKILL: nothing is said, nothing is cleaned up.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_killed_is_taken_over_on_postgresql() {
    let database = TestDatabase::create().await;
    let mut place = Place::new();
    place.set("DATABASE_URL", database.url());
    place.run(&["db", "migrate"]).ending(0);
    let store = PostgresStore::connect(database.url(), Arc::new(SystemClock)).await.unwrap();
    let mut schedulers = [Process::start(&place, "scheduler"), Process::start(&place, "scheduler")];
    let mut workers = [Process::start(&place, "worker"), Process::start(&place, "worker")];

    let leader = async |other_than: Option<&str>| {
        let started = Instant::now();
        loop {
            let lease = store.leader().await.unwrap().filter(|lease| lease.until > SystemClock.now());
            if let Some(holder) =
                lease.map(|l| l.leadership.holder).filter(|h| Some(h.as_str()) != other_than)
            {
                return (holder, started.elapsed());
            }
            assert!(started.elapsed() < LONG, "nobody leads");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let (first, _) = leader(None).await;
    let number = |process: &Process| format!("-{}-", process.0.id());
    let led = schedulers.iter_mut().find(|process| first.contains(&number(process))).unwrap();
    led.kill();
    let (second, took) = leader(Some(&first)).await;
    assert!(took < TAKEOVER, "{second} took over after {took:?}");

    // Many small jobs, and a worker that dies in the middle of them.
    let now = SystemClock.now();
    let kind = catalogue::by_name("verification").unwrap();
    let jobs: Vec<_> = (0..400).map(|i| kind.job(format!("test {i}"), now, json!({}))).collect();
    store.enqueue(&jobs, now).await.unwrap();
    let keys: Vec<String> = jobs.iter().map(|job| job.key.clone()).collect();
    let count = async |is: fn(JobStatus) -> bool| {
        let found = store.jobs_of_keys(&keys).await.unwrap();
        found.iter().filter(|(.., status)| is(*status)).count()
    };
    while count(|status| status != JobStatus::Waiting).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    workers[0].kill();
    let started = Instant::now();
    while count(JobStatus::has_ended).await < keys.len() {
        assert!(started.elapsed() < LONG, "jobs of the dead are not taken over");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(count(|status| status == JobStatus::Succeeded).await, keys.len());
}
