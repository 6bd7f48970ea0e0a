//! Two servers that share a Redis, which dies, comes back, holds its breath and holds nonsense under load: no answer is wrong,
//! and none fails.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::server::Server;
use support::{Place, results};
use touchline_cache::testing::TestRedis;
use touchline_store_postgres::testing::TestDatabase;

/// Nothing that is waited for here takes as long.
const LONG: Duration = Duration::from_mins(1);
const PASSWORD: &str = "correct horse battery";

/// Fills a place with five seasons of results.
fn stock(place: &mut Place) {
    place.set("SECRET_KEY", "0123456789abcdef0123456789abcdef");
    let clubs: Vec<usize> = (0..10).collect();
    let lines: Vec<_> = (2015..2020).flat_map(|year| results::season("XAA1", year, &clubs)).collect();
    let file = place.write("results.csv", results::text(&lines));
    place.ingest(0, "challenge", &[&file]);
}

fn wait<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < LONG, "{what} did not come within {LONG:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What a server answers: status, head and body.
fn ask(server: &Server, method: &str, path: &str, headers: &str, body: &str) -> (u16, String, Value) {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{path}: {answer:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {answer}")))
}

fn get(server: &Server, path: &str) -> (u16, Value) {
    let (status, _, body) = ask(server, "GET", path, "", "");
    (status, body["data"].clone())
}

/// Whether a server says that Redis answers, or does not.
fn sees_redis(server: &Server, answers: bool) {
    wait("the word of /health about Redis", || {
        let (_, health) = get(server, "/health");
        (health["checks"]["redis"]["healthy"] == answers).then_some(())
    });
}

/// Paths that are answered from what servers share, more than one for each kind.
fn paths() -> Vec<String> {
    let day = |n: u64| NaiveDate::from_ymd_opt(2015, 8, 1).unwrap() + Days::new(n);
    let lists = (0..1000).map(|n| format!("/api/v1/matches?limit=3&status=finished&from={}", day(n)));
    let teams = (1..=10).map(|id| format!("/api/v1/teams/{id}/recent_stats?as_of=2019-12-01"));
    let nobody = (1..=5).map(|n| format!("/api/v1/predictions/{}", 900_000 + n));
    lists.chain(teams).chain(nobody).collect()
}

#[test]
fn no_answer_is_wrong_or_fails_while_redis_dies_comes_back_and_holds_nonsense() {
    whatever_becomes_of_redis(Place::new());
}

#[tokio::test]
async fn the_same_where_servers_share_a_postgresql() {
    let database = TestDatabase::create().await;
    let mut place = Place::new();
    place.set("DATABASE_URL", database.url());
    whatever_becomes_of_redis(place);
}

/// Brings matches a day before some that are there, so that lists from that day on begin with them.
fn another_league(place: &Place) {
    let mut lines = results::season("XBB1", 2017, &[20, 21, 22, 23]);
    for line in &mut lines {
        line.date = line.date - Days::new(1);
    }
    let more = place.write("more.csv", results::text(&lines));
    place.ingest(0, "challenge", &[&more]);
}

fn whatever_becomes_of_redis(mut place: Place) {
    let mut redis = TestRedis::start();
    stock(&mut place);
    let alone = Server::start(&place);
    let paths = paths();
    let expected: Vec<(u16, Value)> = paths.iter().map(|path| get(&alone, path)).collect();
    assert!(expected.iter().all(|(status, _)| *status == 200 || *status == 404));
    assert!(get(&alone, "/health").1["checks"].get("redis").is_none(), "nobody named a Redis");

    place.set("REDIS_URL", &redis.url());
    let servers = [Server::start(&place), Server::start(&place)];
    for server in &servers {
        sees_redis(server, true);
    }
    let (stop, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (servers, paths, expected, stop, asked) = (&servers, &paths, &expected, &stop, &asked);
            scope.spawn(move || {
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    // One server after the other, so that the second finds what the first has left.
                    let at = (worker * paths.len() / 4 + n / 2) % paths.len();
                    let answer = get(&servers[n % 2], &paths[at]);
                    assert_eq!(answer, expected[at], "{}", paths[at]);
                    asked.fetch_add(1, Ordering::Relaxed);
                    n += 1;
                }
            });
        }
        let go_on = |requests: usize| {
            let from = asked.load(Ordering::Relaxed);
            wait("more answers", || (asked.load(Ordering::Relaxed) >= from + requests).then_some(()));
        };
        go_on(200);
        redis.kill();
        for server in &servers {
            sees_redis(server, false);
        }
        go_on(200);
        redis.restart();
        for server in &servers {
            sees_redis(server, true);
        }
        go_on(200);
        stop.store(true, Ordering::Relaxed);
    });
    // What stands there belongs to a state of the store: of another one it is asked anew.
    another_league(&place);
    let before = expected;
    let expected: Vec<(u16, Value)> = paths.iter().map(|path| get(&alone, path)).collect();
    assert_ne!(before, expected);
    let check = |server: &Server| {
        for (path, expected) in paths.iter().zip(&expected) {
            assert_eq!(&get(server, path), expected, "{path}");
        }
    };
    check(&servers[0]);
    let entries = redis.keys("touchline:answer:*");
    assert!(entries.len() >= paths.len(), "{entries:?}");
    for (n, entry) in entries.iter().enumerate() {
        let spoil: &[&str] = match n % 4 {
            0 => &["SET", entry, "nonsense"],
            1 => &["SETRANGE", entry, "9", "???"],
            2 => &["APPEND", entry, "x"],
            _ => &["RPUSH", "another kind", "x"],
        };
        redis.ask(spoil).unwrap();
        if n % 4 == 3 {
            redis.ask(&["RENAME", "another kind", entry]).unwrap();
        }
    }
    check(&servers[1]);
    redis.freeze(true);
    let started = Instant::now();
    for n in 0..20 {
        let path = format!("/api/v1/matches?limit={}&status=finished", 100 + n);
        assert_eq!(get(&servers[0], &path), get(&alone, &path));
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    redis.freeze(false);
    sees_redis(&servers[0], true);
    check(&servers[0]);
}

fn add_user(place: &Place, name: &str, role: &str) {
    let mut command = place.command(&["users", "add", name, "--role", role]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn limits_logins_and_keys_of_writes_hold_over_all_servers_and_for_each_alone_without_redis() {
    let mut redis = TestRedis::start();
    let mut place = Place::new();
    place.set("SECRET_KEY", "0123456789abcdef0123456789abcdef");
    place.set("REDIS_URL", &redis.url());
    place.set("TOUCHLINE__AUTH__REQUESTS_PER_MINUTE", "40");
    add_user(&place, "ann", "admin");
    add_user(&place, "ben", "viewer");
    let key = place.run(&["keys", "create", "x", "--user", "ben", "--json"]).ending(0).json()["key"].clone();
    let key = format!("X-API-Key: {}\r\n", key.as_str().unwrap());
    let servers = [Server::start(&place), Server::start(&place)];
    for server in &servers {
        sees_redis(server, true);
    }
    let login = |server: &Server, name: &str, password: &str| {
        let body = json!({ "name": name, "password": password }).to_string();
        ask(server, "POST", "/api/v1/auth/login", "", &body)
    };
    let (_, _, body) = login(&servers[0], "ann", PASSWORD);
    let bearer = format!("Authorization: Bearer {}\r\n", body["data"]["access_token"].as_str().unwrap());

    let add = |server: &Server, name: &str| {
        let headers = format!("{bearer}Idempotency-Key: k-{name}\r\n");
        let body = json!({ "name": name, "password": PASSWORD, "role": "viewer" }).to_string();
        ask(server, "POST", "/api/v1/admin/users", &headers, &body)
    };
    let (made, again) = (add(&servers[0], "cleo"), add(&servers[1], "cleo"));
    assert_eq!((made.0, again.0, &again.2["data"]), (200, 200, &made.2["data"]));
    assert!(again.1.contains("idempotency-replayed: true") && !made.1.contains("replayed"), "{}", again.1);

    // Five failures are free, wherever they happen; the sixth is the first that makes somebody wait.
    for n in 0..6 {
        assert_eq!(login(&servers[n % 2], "ben", "wrong horse battery").0, 401, "{n}");
    }
    let waits = [login(&servers[0], "ben", PASSWORD).0, login(&servers[1], "ben", PASSWORD).0];
    assert_eq!(waits, [429, 429]);

    let passed = |server: &Server| ask(server, "GET", "/api/v1/leagues", &key, "").0 == 200;
    let shared = (0..100).filter(|n| passed(&servers[n % 2])).count();
    // One more comes every 1.5 s.
    assert!((40..=44).contains(&shared), "{shared} of 40 passed");

    redis.kill();
    for server in &servers {
        sees_redis(server, false);
    }
    let health = get(&servers[0], "/health").1;
    assert_eq!(health["status"], "degraded", "{health}");
    let alone = (0..100).filter(|_| passed(&servers[1])).count();
    assert!(
        (15..=44).contains(&alone),
        "{alone} passed at one server, which has let half of the others through"
    );
    assert_eq!(add(&servers[0], "dan").0, 200);
    assert!(add(&servers[0], "dan").1.contains("replayed"));
    redis.restart();
    for server in &servers {
        sees_redis(server, true);
    }
    assert!(passed(&servers[0]), "the buckets of all are full again, and this server's is not empty");
}

#[test]
fn the_doctor_looks_at_redis_where_one_is_named() {
    let redis = TestRedis::start();
    let mut place = Place::new();
    let finding = |place: &Place| {
        let report = place.run(&["doctor", "--json"]).json();
        report["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "redis").cloned()
    };
    assert_eq!(finding(&place), None);
    place.set("REDIS_URL", &redis.url());
    let good = finding(&place).unwrap();
    assert!(good.to_string().contains("version"), "{good}");
    drop(redis);
    let bad = finding(&place).unwrap();
    assert!(bad.to_string().contains("REDIS_URL"), "{bad}");
}

/// A certificate authority and a certificate of localhost that it signed, below a folder: `ca.pem`, `cert.pem` and `key.pem`.
fn certificates(folder: &Path) {
    std::fs::write(folder.join("names.cnf"), "subjectAltName = DNS:localhost, IP:127.0.0.1\n").unwrap();
    for command in [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=Tests -keyout ca.key -out ca.pem",
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout key.pem -out cert.csr",
        "x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names.cnf -out cert.pem",
    ] {
        let made = Command::new("openssl").args(command.split(' ')).current_dir(folder).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
}

#[test]
fn redis_behind_tls_is_believed_only_where_its_certificate_is_known() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (cert, key, ca) = (file("cert.pem"), file("key.pem"), file("ca.pem"));
    let _redis = TestRedis::start_with(&[
        "--tls-port",
        &port.to_string(),
        "--tls-cert-file",
        &cert,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &ca,
        "--tls-auth-clients",
        "no",
    ]);
    let mut place = Place::new();
    place.set("REDIS_URL", &format!("rediss://localhost:{port}"));
    let finding = |place: &Place| {
        let report = place.run(&["doctor", "--json"]).json();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["check"] == "redis").unwrap().to_string()
    };
    let unknown = finding(&place);
    assert!(!unknown.contains("version") && unknown.contains("REDIS_URL"), "{unknown}");
    place.set("SSL_CERT_FILE", &ca);
    let known = finding(&place);
    assert!(known.contains("version"), "{known}");
    stock(&mut place);
    sees_redis(&Server::start(&place), true);
}

#[test]
fn an_address_that_cannot_be_used_is_told_at_the_start() {
    let mut place = Place::new();
    place.set("REDIS_URL", "memcached://:secret@cache");
    let said = place.run(&["serve", "--port", "0"]).ending(1);
    assert!(said.err.contains("REDIS_URL") && said.err.contains("redis-sentinel://"), "{said:?}");
    assert!(!said.err.contains("secret"), "{said:?}");
}
