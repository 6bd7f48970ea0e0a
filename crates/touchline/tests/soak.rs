//! A server under mixed load while models are exchanged, its Redis dies and comes back, and its database stands still: every
//! answer is right for the model that it names, nothing fails but what is refused with a time to come back, and memory does not
//! grow.
//!
//! `TOUCHLINE_SOAK_SECONDS` makes it ten minutes (`./dev bench`).
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use support::line::Line;
use support::server::Server;
use support::{Place, results};
use touchline_cache::testing::TestRedis;
use touchline_domain::{Clock, SystemClock};
use touchline_store_postgres::testing::TestDatabase;

/// Nothing that is waited for here takes as long.
const LONG: Duration = Duration::from_mins(2);
/// So long the database answers nothing.
const PAUSE: Duration = Duration::from_secs(5);
const CLIENTS: u64 = 8;
const FIXTURES: usize = 40;

/// A connection that stays open.
struct Client {
    address: String,
    stream: BufReader<TcpStream>,
}

/// A status, whether it says when to come back, and a body.
struct Said {
    status: u16,
    comes_back: bool,
    body: Vec<u8>,
}

impl Client {
    fn of(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { address: address.to_owned(), stream: BufReader::new(stream) }
    }

    fn ask(&mut self, method: &str, path: &str, key: Option<&str>, body: &[u8]) -> Said {
        let key = key.map_or(String::new(), |key| format!("X-API-Key: {key}\r\n"));
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\n{key}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let request = [head.as_bytes(), body].concat();
        self.stream.get_mut().write_all(&request).unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap_or_else(|| panic!("{path}: {line:?}")).parse().unwrap();
        let (mut length, mut comes_back, mut closes) = (0, false, false);
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "retry-after" => comes_back = true,
                "connection" => closes = value == "close",
                "transfer-encoding" => panic!("{path} is not of a known length"),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        if closes {
            *self = Self::of(&self.address);
        }
        Said { status, comes_back, body }
    }
}

/// What the clients saw.
#[derive(Default)]
struct Seen {
    /// The three chances of each match by each version of the model, in bits.
    forecasts: HashMap<(i64, String), [u64; 3]>,
    /// Requests by kind and status.
    counts: BTreeMap<(&'static str, u16), usize>,
    faults: Vec<String>,
    slowest: Duration,
}

impl Seen {
    fn fault(&mut self, text: String) {
        if self.faults.len() < 20 {
            self.faults.push(text);
        }
    }

    fn forecast(&mut self, forecast: &Value) {
        let chance = |name: &str| forecast[name].as_f64().unwrap_or(f64::NAN).to_bits();
        let chances = [chance("home_win_prob"), chance("draw_prob"), chance("away_win_prob")];
        let id = forecast["match_id"].as_i64().unwrap();
        let version = forecast["model"]["version"].as_str().unwrap_or("none").to_owned();
        let first = *self.forecasts.entry((id, version.clone())).or_insert(chances);
        if first != chances || forecast["mode"] != "real" {
            self.fault(format!("match {id} by {version}: {first:?} and then {forecast}"));
        }
    }

    fn take(&mut self, kind: &'static str, said: &Said) {
        *self.counts.entry((kind, said.status)).or_default() += 1;
        let is_refused = said.status == 503 && said.comes_back;
        if said.status != 200 && !is_refused {
            self.fault(format!("{kind}: {} {}", said.status, String::from_utf8_lossy(&said.body)));
        }
        if said.status != 200 {
            return;
        }
        let body: Value = serde_json::from_slice(&said.body).unwrap();
        match kind {
            "prediction" => self.forecast(&body["data"]),
            "batch" => {
                for item in body["data"]["items"].as_array().unwrap() {
                    self.forecast(&item["prediction"]);
                }
            }
            _ => {}
        }
    }
}

/// What is asked, by turns: kind, method, path and body.
fn request(turn: u64, matches: &[i64]) -> (&'static str, &'static str, String, Vec<u8>) {
    let id = matches[(turn as usize * 7) % matches.len()];
    let get = |kind, path: String| (kind, "GET", path, Vec::new());
    match turn % 20 {
        0..11 => get("prediction", format!("/api/v1/predictions/{id}")),
        11..14 => get("matches", format!("/api/v1/matches?limit=20&from=20{:02}-01-01", 20 + turn % 6)),
        14 => get("leagues", "/api/v1/leagues".to_owned()),
        15 => get("features", format!("/api/v1/matches/{id}/features")),
        16 => get("in-play", format!("/api/v1/predictions/{id}/in-play?minute={}", turn % 90)),
        17 => {
            let ids: Vec<i64> = matches.iter().copied().cycle().skip(turn as usize % 40).take(20).collect();
            let body = serde_json::to_vec(&json!({ "match_ids": ids })).unwrap();
            ("batch", "POST", "/api/v1/predictions/batch".to_owned(), body)
        }
        18 => get("model", "/api/v1/models/info".to_owned()),
        _ => get("health", "/health/live".to_owned()),
    }
}

/// Asks until it is told to end, so many requests a second in all; without a rate as many as are answered.
struct Load {
    ends: Arc<AtomicBool>,
    threads: Vec<thread::JoinHandle<()>>,
    asked: Arc<AtomicU64>,
}

impl Load {
    fn begin(address: &str, matches: &[i64], rate: Option<f64>, seen: &Arc<Mutex<Seen>>) -> Self {
        let (ends, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let thread = |number: u64| {
            let (ends, asked, seen) = (Arc::clone(&ends), Arc::clone(&asked), Arc::clone(seen));
            let (mut client, matches) = (Client::of(address), matches.to_vec());
            thread::spawn(move || {
                let begun = Instant::now();
                let mut done = 0_u64;
                while !ends.load(Ordering::Relaxed) {
                    if let Some(rate) = rate {
                        let due = begun + Duration::from_secs_f64(done as f64 * CLIENTS as f64 / rate);
                        thread::sleep(due.saturating_duration_since(Instant::now()));
                    }
                    let (kind, method, path, body) = request(done * CLIENTS + number, &matches);
                    let sent = Instant::now();
                    let said = client.ask(method, &path, None, &body);
                    let took = sent.elapsed();
                    done += 1;
                    asked.fetch_add(1, Ordering::Relaxed);
                    let mut seen = seen.lock().unwrap();
                    seen.slowest = seen.slowest.max(took);
                    seen.take(kind, &said);
                }
            })
        };
        let threads = (0..CLIENTS).map(thread).collect();
        Self { ends, threads, asked }
    }

    /// Requests that were answered.
    fn end(self) -> u64 {
        self.ends.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().unwrap();
        }
        self.asked.load(Ordering::Relaxed)
    }
}

fn fixtures(today: NaiveDate) -> String {
    let mut text = String::new();
    for n in 0..FIXTURES {
        let date = today + Days::new(2 + n as u64 / 5);
        let start = date.year() - i32::from(date.month() < 7);
        let season = format!("{:02}-{:02}", start % 100, (start + 1) % 100);
        let (home, away) = (results::club(n % 10), results::club((n + 1 + n / 10) % 10));
        let date = date.format("%d/%m/%Y");
        writeln!(text, "{season},XAA1,{date},{home},{away},-1,-1,0,D").unwrap();
    }
    text
}

/// A key that may exchange models.
fn key(place: &Place) -> String {
    let mut adding = place.command(&["users", "add", "ben", "--role", "operator"]);
    let mut child = adding.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "correct horse battery").unwrap();
    assert!(child.wait().unwrap().success());
    let made = ["keys", "create", "x", "--user", "ben", "--scope", "read", "--scope", "promote", "--json"];
    place.run(&made).ending(0).json()["key"].as_str().unwrap().to_owned()
}

/// Resident memory of a process in KiB.
fn resident(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Makes a version the champion and waits until it answers; refused work is asked for again. A connection that rested between
/// two exchanges would have been closed.
fn promote(server: &Server, key: &str, version: &str, id: i64) {
    let (mut client, begun) = (Client::of(&server.address), Instant::now());
    loop {
        let path = format!("/api/v1/models/{version}/promote");
        let said = client.ask("POST", &path, Some(key), b"{}");
        if said.status == 200 {
            break;
        }
        assert!(said.status == 503 && said.comes_back, "{}", String::from_utf8_lossy(&said.body));
        assert!(begun.elapsed() < LONG, "nobody promotes {version}");
        thread::sleep(Duration::from_millis(200));
    }
    loop {
        let said = client.ask("GET", &format!("/api/v1/predictions/{id}"), None, b"");
        let body: Value = serde_json::from_slice(&said.body).unwrap();
        if body["data"]["model"]["version"] == version {
            return;
        }
        assert!(begun.elapsed() < LONG, "{version} does not answer");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Fills a place with results and fixtures, and trains two versions of a model.
fn two_models(place: &Place) -> Vec<String> {
    let today = SystemClock.now().date_naive();
    let clubs: Vec<usize> = (0..10).collect();
    let years = today.year() - 9..today.year() - 1;
    let lines: Vec<_> = years.flat_map(|year| results::season("XAA1", year, &clubs)).collect();
    let file = place.write("results.csv", results::text(&lines) + &fixtures(today));
    place.ingest(0, "challenge", &[&file]);
    let until = (today - Days::new(900)).to_string();
    place.run(&["train", "--until", &until]).ending(0);
    place.run(&["train", "--activate"]).ending(0);
    let listed = place.run(&["models", "list", "--json"]).ending(0).json();
    let listed = listed.as_array().unwrap();
    let versions: Vec<_> = listed.iter().map(|v| v["version"].as_str().unwrap().to_owned()).collect();
    assert_eq!(versions.len(), 2, "{listed:?}");
    versions
}

#[tokio::test]
async fn mixed_load_while_models_change_redis_dies_and_the_database_stands_still() {
    let seconds = std::env::var("TOUCHLINE_SOAK_SECONDS").map_or(20, |value| value.parse().unwrap());
    let whole = Duration::from_secs(seconds);
    let database = TestDatabase::create().await;
    let (line, url) = Line::to_database(database.url());
    let mut redis = TestRedis::start();
    let mut place = Place::new();
    place.set("REDIS_URL", &redis.url());
    place.set("DATABASE_URL", &url);
    place.set("TOUCHLINE__AUTH__REQUESTS_PER_MINUTE", "0");
    let versions = two_models(&place);
    let key = key(&place);
    let server = Server::start(&place);
    let found = server.get("/api/v1/matches?status=scheduled&limit=100");
    let matches: Vec<i64> =
        found["data"]["items"].as_array().unwrap().iter().map(|m| m["id"].as_i64().unwrap()).collect();
    assert_eq!(matches.len(), FIXTURES, "{found}");

    // What each version says when nothing else happens; every later answer has to equal it, to the bit.
    let seen = Arc::new(Mutex::new(Seen::default()));
    let mut client = Client::of(&server.address);
    for version in &versions {
        promote(&server, &key, version, matches[0]);
        for id in &matches {
            let said = client.ask("GET", &format!("/api/v1/predictions/{id}"), None, b"");
            seen.lock().unwrap().take("prediction", &said);
        }
    }
    let of = |version: &String| seen.lock().unwrap().forecasts[&(matches[0], version.clone())];
    assert_ne!(of(&versions[0]), of(&versions[1]), "two models that say the same prove nothing");

    let measure = Duration::from_secs((seconds / 10).clamp(2, 10));
    let load = Load::begin(&server.address, &matches, None, &seen);
    thread::sleep(measure);
    let capacity = load.end() as f64 / measure.as_secs_f64();

    let load = Load::begin(&server.address, &matches, Some(0.7 * capacity), &seen);
    let (begun, mut swaps, mut early, mut was_held) = (Instant::now(), 0_u32, 0.0, false);
    let (mut was_killed, mut is_back) = (false, false);
    let line = Arc::new(line);
    while begun.elapsed() < whole {
        thread::sleep(whole / 60);
        if early == 0.0 && begun.elapsed() >= whole / 5 {
            early = resident(server.child.id());
        }
        if !was_killed && begun.elapsed() >= whole / 4 {
            was_killed = true;
            redis.kill();
        }
        if !is_back && begun.elapsed() >= whole * 2 / 5 {
            is_back = true;
            redis.restart();
        }
        if !was_held && begun.elapsed() >= whole / 2 {
            was_held = true;
            line.hold(PAUSE);
        }
        if swaps < 50 {
            promote(&server, &key, &versions[swaps as usize % 2], matches[0]);
            swaps += 1;
        }
    }
    let late = resident(server.child.id());
    let answered = load.end();
    let health = server.get("/health");
    assert_eq!(health["data"]["checks"]["redis"]["healthy"], true, "{health}");
    let seen = seen.lock().unwrap();
    eprintln!(
        "{answered} answers in {seconds} s at 70% of {capacity:.0}/s, {swaps} exchanges of the model, memory {:.1} MiB after a \
         fifth and {:.1} MiB at the end, slowest {:?}",
        early / 1024.0,
        late / 1024.0,
        seen.slowest
    );
    eprintln!("{:?}", seen.counts);
    assert!(seen.faults.is_empty(), "{:#?}", seen.faults);
    assert!(swaps >= 10, "the model was exchanged {swaps} times");
    let right = seen.counts.iter().filter(|((_, status), _)| *status == 200).map(|(_, n)| n).sum::<usize>();
    assert!(right * 10 > answered as usize * 9, "{:?}", seen.counts);
    // In a short run caches still fill.
    let bound = if seconds >= 300 { 1.05 } else { 1.5 };
    assert!(late < early * bound, "memory grew from {early} to {late} KiB");
}
