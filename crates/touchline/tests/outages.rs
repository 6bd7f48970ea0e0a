//! What fails around the real program: the database is away, the disk is nearly full, jobs fail; and who is told.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use support::Place;
use support::line::Line;
use support::server::Server;
use touchline_domain::ports::{JobReader, JobWriter};
use touchline_domain::{Clock, JobStatus, SystemClock};
use touchline_jobs::catalogue;
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::{SmallDisk, TestDatabase};

/// Nothing that is waited for here takes as long.
const LONG: Duration = Duration::from_mins(3);
/// For so long the database is away.
const AWAY: Duration = Duration::from_secs(20);

fn wait<T>(what: &str, within: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < within, "{what} did not come within {within:?}");
        thread::sleep(Duration::from_millis(100));
    }
}

struct Process(Child);

impl Process {
    fn start(place: &Place, role: &str) -> Self {
        let mut command = place.command(&[role]);
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_away_for_twenty_seconds_costs_no_job() {
    let database = TestDatabase::create().await;
    let (line, url) = Line::to_database(database.url());
    let mut place = Place::new();
    place.set("DATABASE_URL", &url);
    place.run(&["db", "migrate"]).ending(0);
    let store = PostgresStore::connect(database.url(), Arc::new(SystemClock)).await.unwrap();
    let _scheduler = Process::start(&place, "scheduler");
    let _workers = [Process::start(&place, "worker"), Process::start(&place, "worker")];
    wait("workers", LONG, || {
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let (workers, leader) = (store.workers().await.unwrap(), store.leader().await.unwrap());
                (workers.len() == 2 && leader.is_some()).then_some(())
            })
        })
    });
    let kind = catalogue::by_name("verification").unwrap();
    let ask = async |name: &str, count: usize| {
        let now = SystemClock.now();
        let jobs: Vec<_> = (0..count).map(|i| kind.job(format!("{name} {i}"), now, json!({}))).collect();
        store.enqueue(&jobs, now).await.unwrap();
        jobs.into_iter().map(|job| job.key).collect::<Vec<_>>()
    };
    let mut keys = ask("before", 300).await;
    let standing = async |keys: &[String], is: fn(JobStatus) -> bool| {
        store.jobs_of_keys(keys).await.unwrap().iter().filter(|(.., status)| is(*status)).count()
    };
    while standing(&keys, JobStatus::has_ended).await < 20 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    line.cut();
    tokio::time::sleep(AWAY / 2).await;
    // What becomes due meanwhile waits for them.
    keys.extend(ask("meanwhile", 100).await);
    let ended = standing(&keys, JobStatus::has_ended).await;
    tokio::time::sleep(AWAY / 2).await;
    assert_eq!(standing(&keys, JobStatus::has_ended).await, ended, "nobody reaches the database");
    assert!(ended < keys.len());
    line.mend();
    let started = Instant::now();
    while standing(&keys, JobStatus::has_ended).await == ended {
        assert!(started.elapsed() < Duration::from_secs(10), "nobody came back within 10 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    while standing(&keys, JobStatus::has_ended).await < keys.len() {
        assert!(started.elapsed() < LONG, "jobs are left");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for (_, id, status) in store.jobs_of_keys(&keys).await.unwrap() {
        let job = store.job(id).await.unwrap();
        assert_eq!(status, JobStatus::Succeeded, "{job:#?}");
    }
    let lease = wait("a leader", LONG, || {
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(store.leader()).unwrap())
            .filter(|lease| lease.until > SystemClock.now())
    });
    assert!(lease.leadership.holder.starts_with("scheduler"), "{lease:?}");
}

/// A mail server and a webhook of this machine; both remember what they were given.
struct Sink {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    fn mail() -> Self {
        Self::serving(|stream, taken| {
            let mut write = stream.try_clone().unwrap();
            let mut said = |text: &str| write.write_all(format!("{text}\r\n").as_bytes());
            said("220 sink").unwrap();
            let (mut mail, mut is_data) = (String::new(), false);
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if is_data && line == "." {
                    is_data = false;
                    taken.lock().unwrap().push(std::mem::take(&mut mail));
                    let _ = said("250 taken");
                    continue;
                }
                mail.push_str(&line);
                mail.push('\n');
                is_data |= line == "DATA";
                let answer = match line.as_str() {
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    _ => "250 ok",
                };
                if !is_data || line == "DATA" {
                    let _ = said(answer);
                }
            }
        })
    }

    fn webhook() -> Self {
        Self::serving(|mut stream, taken| {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                    break;
                }
                if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
                    length = text.trim().parse().unwrap();
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            taken.lock().unwrap().push(format!("{head}\n{}", String::from_utf8(body).unwrap()));
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        })
    }

    fn serving(serve: fn(TcpStream, &Mutex<Vec<String>>)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Self { address: listener.local_addr().unwrap(), taken: Arc::default() };
        let taken = Arc::clone(&sink.taken);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let taken = Arc::clone(&taken);
                thread::spawn(move || serve(stream, &taken));
            }
        });
        sink
    }

    fn with(&self, words: &str) -> Option<String> {
        self.taken.lock().unwrap().iter().find(|text| text.contains(words)).cloned()
    }
}

#[test]
fn people_are_told_of_a_backup_that_fails_and_can_take_it_up() {
    let (mail, webhook) = (Sink::mail(), Sink::webhook());
    let mut place = Place::new();
    place.set("TOUCHLINE__ALERTS__MAIL_SERVER", &format!("smtp://{}", mail.address));
    place.set("TOUCHLINE__ALERTS__MAIL_FROM", "alerts@example.org");
    place.set("TOUCHLINE__ALERTS__MAIL_TO", "ops@example.org");
    place.set("TOUCHLINE__ALERTS__WEBHOOK_URL", &format!("http://{}/hook", webhook.address));
    place.set("TOUCHLINE__ALERTS__WEBHOOK_SECRET", "0123456789abcdef01234567");
    place.set("TOUCHLINE__JOBS__IN_SERVER", "always");
    let tested = place.run(&["alerts", "test", "--json"]).ending(0).json();
    assert_eq!(tested["channels"].as_array().unwrap().len(), 3, "{tested}");
    assert!(mail.with("nothing is wrong").is_some() && webhook.with("nothing is wrong").is_some());

    // A file in the place of its folder.
    std::fs::create_dir_all(place.data()).unwrap();
    std::fs::write(place.data().join("backups"), "in the way").unwrap();
    let server = Server::start(&place);
    let asked = place.run(&["jobs", "run", "backup_full", "--json"]).ending(0).json();
    wait("the failure", LONG, || {
        let job = place.run(&["jobs", "show", &asked["job"].to_string(), "--json"]).ending(0).json();
        (job["status"] == "failed").then_some(())
    });
    let failed = Instant::now();
    let text = wait("a mail", LONG, || mail.with("Alert: BackupFailure"));
    let took = failed.elapsed();
    assert!(took < Duration::from_mins(1), "told {took:?} after the failure");
    assert!(text.contains("What to do:") && text.contains("[critical]"), "{text}");
    let posted = wait("a post", LONG, || webhook.with("BackupFailure"));
    assert!(posted.to_lowercase().contains("webhook-signature: v1,"), "{posted}");

    let listed = server.get("/api/v1/alerts?open=true&component=backup");
    let alert = &listed["data"]["items"][0];
    assert_eq!((&alert["name"], &alert["told_times"]), (&json!("BackupFailure"), &json!(1)), "{listed:#}");
    let number = alert["id"].to_string();
    place.run(&["alerts", "ack", &number, "--by", "ann"]).ending(0);
    let shown = place.run(&["alerts", "show", &number, "--json"]).ending(0).json();
    assert_eq!(shown["alert"]["acknowledged_by"], "ann");
    let channels: Vec<_> =
        shown["notices"].as_array().unwrap().iter().map(|n| n["channel"].clone()).collect();
    assert_eq!(channels, [json!("log"), json!("mail"), json!("webhook")]);
    assert!(shown["notices"].as_array().unwrap().iter().all(|n| n["delivered_at"].is_string()), "{shown:#}");

    let silence =
        ["alerts", "silence", "--component", "backup", "--for", "2h", "--reason", "a new disk", "--json"];
    let silence = place.run(&silence).ending(0).json()["silence"].to_string();
    assert!(place.run(&["alerts", "silences"]).ending(0).out.contains("a new disk"));
    place.run(&["alerts", "unsilence", &silence]).ending(0);
    assert!(place.run(&["alerts", "unsilence", &silence]).ending(1).err.contains("alerts silences"));
    assert!(place.run(&["alerts", "ack", "999"]).ending(1).err.contains("alerts list"));
}

#[test]
fn on_a_full_disk_no_job_that_was_promised_is_lost_and_people_know_what_waits() {
    // Less than 40 MiB and a twentieth of 64 MiB are too little.
    let Some(disk) = SmallDisk::mount(64) else { return };
    let mut place = Place::new();
    place.set("TOUCHLINE__JOBS__LEAST_FREE_MIB", "40");
    place.set("TOUCHLINE__JOBS__IN_SERVER", "always");
    std::os::unix::fs::symlink(disk.path().join("data"), place.data()).unwrap();
    std::fs::create_dir(disk.path().join("data")).unwrap();
    let _server = Server::start(&place);
    let filler = disk.fill_up_to(2_000);
    let alert = wait("the alert", LONG, || {
        let listed = place.run(&["alerts", "list", "--json"]).ending(0).json();
        listed["alerts"].as_array().unwrap().iter().find(|alert| alert["name"] == "DiskSpaceLow").cloned()
    });
    let details = alert["details"].as_str().unwrap();
    assert!(details.contains("Paused") && details.contains("backup_full"), "{details}");
    let cleaning = wait("the clean-up", LONG, || {
        let listed = place.run(&["jobs", "list", "--kind", "data_cleaning", "--json"]).ending(0).json();
        listed["jobs"].get(0).cloned()
    });
    assert!(cleaning["key"].as_str().unwrap().contains(":disk "), "{cleaning:#}");

    drop(filler);
    let filler = disk.fill_up_to(0);
    let (mut promised, mut refused) = (Vec::new(), 0);
    for _ in 0..40 {
        let said = place.run(&["jobs", "run", "system_health", "--json"]);
        if said.code == Some(0) {
            promised.push(said.json()["job"].to_string());
        } else {
            assert!(said.err.contains("full"), "{said:?}");
            refused += 1;
        }
    }
    assert!(refused > 0, "there was room for all {} jobs", promised.len());
    drop(filler);
    // Somebody has made room.
    let after = place.run(&["jobs", "run", "system_health", "--json"]).ending(0).json()["job"].to_string();
    promised.push(after);
    for job in &promised {
        wait("a job that was promised", LONG, || {
            let job = place.run(&["jobs", "show", job, "--json"]).ending(0).json();
            (job["status"] == "succeeded").then_some(())
        });
    }
}
