//! The HTTP layer against a server that does everything wrong: what came of it, and what the server's own log says.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{Play, Server, gzip};
use tempfile::TempDir;
use touchline_collect::http::breaker::BreakerPolicy;
use touchline_collect::http::budget::{Allowance, Budget, Period, Priority};
use touchline_collect::http::cache::ResponseCache;
use touchline_collect::http::limit::Rate;
use touchline_collect::http::retry::RetryPolicy;
use touchline_collect::http::time::{SeededJitter, SystemTimer};
use touchline_collect::http::{
    Answer, Etiquette, Expects, Failure, FailureKind, Fetcher, KeyPlace, Limits, Origin, QuotaReading,
    Request, Secret, Settings,
};
use touchline_domain::ports::Retry;
use touchline_domain::{Clock, SystemClock};

const TABLE: &str = "Div,Date,HomeTeam,AwayTeam\nE0,01/01/2026,Alpha,Beta\n";
const KEY: &str = "k3y-0f-an-0perat0r";

fn etiquette() -> Etiquette {
    Etiquette {
        rate: Rate::per_second(1_000.0, 1_000),
        hosts: &["source.example"],
        headers: &[],
        robots: false,
        expects: Expects::Text,
        key: None,
        quota: |_| QuotaReading::default(),
        judge: |_, _| None,
    }
}

fn settings(server: &Server) -> Settings {
    Settings {
        user_agent: "touchline/0 (tests)".to_owned(),
        limits: Limits {
            connect: Duration::from_secs(2),
            head: Duration::from_millis(1_500),
            whole: Duration::from_secs(6),
            idle: Duration::from_secs(1),
            floor: 1_000,
            grace: Duration::from_millis(200),
            largest: 1 << 20,
            largest_unpacked: 4 << 20,
            redirects: 5,
        },
        retry: RetryPolicy {
            retries: 3,
            base: Duration::from_millis(20),
            cap: Duration::from_millis(100),
            longest_wait: Duration::from_secs(3),
        },
        breaker: BreakerPolicy { failures: 100, pause: Duration::from_secs(1) },
        cache: None,
        key: None,
        token: None,
        proxies: vec![],
        plain_http: false,
        budget: None,
        mirror: Some(server.address.clone()),
    }
}

fn fetcher(etiquette: Etiquette, settings: Settings) -> Fetcher {
    let timer = Arc::new(SystemTimer::new(Arc::new(SystemClock)));
    Fetcher::new(etiquette, settings, timer, Arc::new(SeededJitter::new(1))).unwrap()
}

fn request(path: &str) -> Request {
    let url = format!("https://source.example/{path}");
    Request { url, max_age: Duration::ZERO, credits: 1, priority: Priority::Ordinary }
}

async fn ask(server: &Server) -> Result<Answer, Failure> {
    fetcher(etiquette(), settings(server)).fetch(&request("table.csv")).await
}

fn told(answer: &Result<Answer, Failure>) -> (FailureKind, u32) {
    let failure = answer.as_ref().unwrap_err();
    assert!(
        !failure.message.is_empty() && failure.endpoint == "https://source.example/table.csv",
        "{failure:?}"
    );
    (failure.kind, failure.retries)
}

#[tokio::test]
async fn a_good_answer_comes_whole_and_unpacked() {
    let server = Server::start(|_, _| Play::packed(TABLE.as_bytes())).await;
    let answer = ask(&server).await.unwrap();
    assert_eq!((answer.body.as_slice(), answer.origin), (TABLE.as_bytes(), Origin::Network));
    let hit = &server.hits()[0];
    assert_eq!(hit.path, "/table.csv");
    assert_eq!(hit.header("user-agent"), Some("touchline/0 (tests)"));
    assert_eq!(hit.header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn bursts_of_503_and_broken_connections_are_sat_out() {
    for trouble in [
        || Play::status(503),
        || Play::status(500),
        || Play::Closed,
        || Play::Silent,
        || Play::HalfClosed { announced: 1_000, body: b"Div,Date".to_vec() },
        || Play::with(200, &[("content-encoding", "gzip")], gzip(TABLE.as_bytes())[..20].to_vec()),
    ] {
        let server = Server::start(move |_, n| if n < 3 { trouble() } else { Play::ok(TABLE) }).await;
        let answer = ask(&server).await.unwrap();
        assert_eq!((answer.body.as_slice(), server.hits().len()), (TABLE.as_bytes(), 4));
    }
    let server = Server::start(|_, _| Play::status(503)).await;
    let answer = ask(&server).await;
    assert_eq!((told(&answer), server.hits().len()), ((FailureKind::Unavailable, 3), 4));
    assert_eq!(answer.unwrap_err().status, Some(503));
}

#[tokio::test]
async fn slow_bodies_are_given_up_in_time() {
    // One stands still between its bytes, the other goes on for ever without getting anywhere.
    for every in [Duration::from_secs(5), Duration::from_millis(50)] {
        let server = Server::start(move |_, _| Play::Drip { body: vec![b'x'; 10_000], every }).await;
        let started = Instant::now();
        assert_eq!(told(&ask(&server).await), (FailureKind::Unavailable, 3));
        assert!(started.elapsed() < Duration::from_secs(20), "{every:?}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn retry_after_is_honoured_in_both_forms_and_by_the_servers_clock() {
    // The server's clock is an hour ahead: only the distance between its two dates counts.
    let ahead = SystemClock.now() + chrono::TimeDelta::hours(1);
    let date =
        |after| (ahead + chrono::TimeDelta::seconds(after)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let (now, later) = (date(0), date(1));
    let forms = [vec![("retry-after", "1".to_owned())], vec![("date", now), ("retry-after", later)]];
    for headers in forms {
        let server = Server::start(move |_, n| match n {
            0 => Play::Answer { status: 429, headers: headers.clone(), body: Vec::new() },
            _ => Play::ok(TABLE),
        })
        .await;
        ask(&server).await.unwrap();
        let hits = server.hits();
        let waited = hits[1].at - hits[0].at;
        assert!(waited >= Duration::from_secs(1) && waited < Duration::from_secs(3), "{waited:?}");
    }
}

#[tokio::test]
async fn a_pause_holds_for_every_task_and_one_that_is_too_long_ends_the_request() {
    let server = Server::start(|hit, n| match n {
        0 => Play::with(429, &[("retry-after", "1")], ""),
        _ => Play::ok(hit.path.clone()),
    })
    .await;
    let shared = Arc::new(fetcher(etiquette(), settings(&server)));
    let (first, second) = (request("first.csv"), request("second.csv"));
    let first = shared.fetch(&first);
    let second = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        shared.fetch(&second).await
    };
    let (first, second) = tokio::join!(first, second);
    assert!(first.is_ok() && second.is_ok());
    let hits = server.hits();
    assert!(hits[1..].iter().all(|hit| hit.at - hits[0].at >= Duration::from_millis(990)), "{hits:?}");

    let server = Server::start(|_, _| Play::with(429, &[("retry-after", "3600")], "")).await;
    let answer = ask(&server).await;
    assert_eq!((told(&answer), server.hits().len()), ((FailureKind::Quota, 0), 1));
    assert_eq!(answer.unwrap_err().retry, Retry::After(Duration::from_hours(1)));

    let server = Server::start(|_, _| Play::status(429)).await;
    assert_eq!((told(&ask(&server).await), server.hits().len()), ((FailureKind::Quota, 3), 4));
}

#[tokio::test]
async fn what_cannot_get_better_is_asked_once_and_named() {
    let bomb = gzip(&vec![b'0'; 64 << 20]);
    assert!(bomb.len() < 1 << 20, "it comes within the limit");
    let plays: Vec<(FailureKind, Box<dyn Fn() -> Play + Send + Sync>)> = vec![
        (FailureKind::Blocked, Box::new(|| Play::with(403, &[], "<html><title>Forbidden</title></html>"))),
        (FailureKind::Blocked, Box::new(|| Play::ok("<!DOCTYPE html><title>Just a moment...</title>"))),
        (FailureKind::Blocked, Box::new(|| Play::status(401))),
        (
            FailureKind::Blocked,
            Box::new(|| Play::with(302, &[("location", "https://elsewhere.example/x")], "")),
        ),
        (FailureKind::ChangedShape, Box::new(|| Play::ok("<html><body>We have moved</body></html>"))),
        (FailureKind::ChangedShape, Box::new(|| Play::ok("{\"not\":\"a table\"}"))),
        (FailureKind::Empty, Box::new(|| Play::ok(" \r\n"))),
        (FailureKind::Empty, Box::new(|| Play::status(404))),
        (FailureKind::Malformed, Box::new(|| Play::status(422))),
        (FailureKind::Malformed, Box::new(|| Play::status(304))),
        (FailureKind::Malformed, Box::new(|| Play::ok(vec![b'x'; 2 << 20]))),
        (FailureKind::Malformed, Box::new(|| Play::with(200, &[("content-encoding", "br")], "x"))),
        (
            FailureKind::Malformed,
            Box::new(move || Play::with(200, &[("content-encoding", "gzip")], bomb.clone())),
        ),
    ];
    for (n, (kind, play)) in plays.into_iter().enumerate() {
        let server = Server::start(move |_, _| play()).await;
        assert_eq!((told(&ask(&server).await), server.hits().len()), ((kind, 0), 1), "play {n}");
    }
}

#[tokio::test]
async fn wrong_types_of_content_do_not_matter() {
    for kind in ["text/html", "application/octet-stream", "image/png", "nonsense"] {
        let server = Server::start(move |_, _| Play::with(200, &[("content-type", kind)], TABLE)).await;
        assert_eq!(ask(&server).await.unwrap().body, TABLE.as_bytes(), "{kind}");
    }
}

#[tokio::test]
async fn redirects_are_followed_on_the_own_host_and_not_without_end() {
    let server = Server::start(|hit, _| match hit.path.as_str() {
        "/table.csv" => Play::with(301, &[("location", "/new/place.csv?a=b")], ""),
        "/new/place.csv?a=b" => Play::ok(TABLE),
        _ => Play::status(404),
    })
    .await;
    assert_eq!(ask(&server).await.unwrap().body, TABLE.as_bytes());

    let server = Server::start(|_, _| Play::with(302, &[("location", "/table.csv")], "")).await;
    let answer = ask(&server).await;
    assert_eq!((told(&answer), server.hits().len()), ((FailureKind::Malformed, 0), 6));

    // Another name of the same machine is another host; and it is never asked.
    let other = Server::start(|_, _| Play::ok(TABLE)).await;
    let location = other.address.replace("127.0.0.1", "localhost");
    let server = Server::start(move |_, _| Play::with(302, &[("location", &location)], "")).await;
    assert_eq!(told(&ask(&server).await).0, FailureKind::Blocked);
    assert!(other.hits().is_empty());
}

#[tokio::test]
async fn the_servers_log_shows_that_no_limit_was_exceeded() {
    let met = Mutex::new(HashSet::new());
    let server = Server::start(move |hit, _| {
        let is_first = met.lock().unwrap().insert(hit.path.clone());
        match hit.path.len() + usize::from(hit.path.as_bytes()[1]) {
            n if is_first && n % 3 == 0 => Play::status(503),
            n if is_first && n % 3 == 1 => Play::with(429, &[("retry-after", "0")], ""),
            _ => Play::ok(TABLE),
        }
    })
    .await;
    let etiquette = Etiquette { rate: Rate::per_second(100.0, 5), ..etiquette() };
    let shared = Arc::new(fetcher(etiquette, settings(&server)));
    let tasks: Vec<_> = (0..60)
        .map(|n| {
            let shared = Arc::clone(&shared);
            tokio::spawn(async move { shared.fetch(&request(&format!("{n}.csv"))).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    // 5 at once and one each 10 ms; times at the server differ from those at the client by the way between them.
    let most = server.most_within(Duration::from_millis(200));
    assert!(most <= 5 + 20 + 3, "{most} requests in 200 ms");
    assert!(server.hits().len() >= 60 + 20, "{}", server.hits().len());
}

#[tokio::test]
async fn the_minute_that_a_provider_counts_is_kept() {
    let server = Server::start(|_, n| match n {
        0 => Play::with(200, &[("x-left", "0"), ("x-reset", "1")], TABLE),
        _ => Play::with(200, &[("x-left", "9")], TABLE),
    })
    .await;
    let etiquette = Etiquette {
        quota: |head| QuotaReading {
            minute_left: head.number("x-left"),
            minute_reset: head.number("x-reset").map(Duration::from_secs),
            period_left: None,
        },
        ..etiquette()
    };
    let fetcher = fetcher(etiquette, settings(&server));
    for n in 0..3 {
        fetcher.fetch(&request(&format!("{n}.csv"))).await.unwrap();
    }
    let hits = server.hits();
    assert!(hits[1].at - hits[0].at >= Duration::from_millis(990));
    assert!(hits[2].at - hits[1].at < Duration::from_millis(900));
}

#[tokio::test]
async fn a_budget_is_spent_attempt_by_attempt_and_its_last_tenth_is_kept() {
    let server = Server::start(|_, n| if n == 0 { Play::status(503) } else { Play::ok(TABLE) }).await;
    let allowance = Allowance { credits: 20, period: Period::Month };
    let now = SystemClock.now();
    let budget = Arc::new(Budget::new(allowance, Period::Month.start(now), 15));
    let settings = Settings { budget: Some(Arc::clone(&budget)), ..settings(&server) };
    let fetcher = fetcher(etiquette(), settings);
    fetcher.fetch(&request("a.csv")).await.unwrap();
    assert_eq!(budget.left(now), 3, "the failed attempt was paid too");
    fetcher.fetch(&request("b.csv")).await.unwrap();
    let refused = fetcher.fetch(&request("c.csv")).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::Quota);
    assert!(refused.message.contains("kept for line-ups and results"), "{refused}");
    let essential = Request { priority: Priority::Essential, ..request("c.csv") };
    fetcher.fetch(&essential).await.unwrap();
    assert_eq!(server.hits().len(), 4);
}

#[tokio::test]
async fn answers_are_kept_confirmed_and_replaced() {
    let server = Server::start(|hit, n| match (n, hit.header("if-none-match")) {
        (0, None) => Play::with(200, &[("etag", "\"1\"")], TABLE),
        (1, Some("\"1\"")) => Play::status(304),
        (2, Some("\"1\"")) => Play::with(200, &[("etag", "\"2\"")], "Div\nnew\n"),
        _ => Play::status(500),
    })
    .await;
    let folder = TempDir::new().unwrap();
    let client = || {
        let cache = Some(ResponseCache::new(folder.path()));
        fetcher(etiquette(), Settings { cache, ..settings(&server) })
    };
    let stale = request("table.csv");
    let fresh = Request { max_age: Duration::from_mins(1), ..stale.clone() };
    let first = client().fetch(&fresh).await.unwrap();
    // Another process asks: the disk answers.
    let again = client().fetch(&fresh).await.unwrap();
    assert_eq!(
        (again.origin, &again.body, again.collected_at),
        (Origin::Kept, &first.body, first.collected_at)
    );
    let confirmed = client().fetch(&stale).await.unwrap();
    assert_eq!((confirmed.origin, &confirmed.body), (Origin::Confirmed, &first.body));
    let replaced = client().fetch(&stale).await.unwrap();
    assert_eq!((replaced.origin, replaced.body.as_slice()), (Origin::Network, &b"Div\nnew\n"[..]));
    assert_eq!(client().fetch(&fresh).await.unwrap().body, replaced.body);
    assert_eq!(server.hits().len(), 3);
}

#[tokio::test]
async fn robots_txt_is_read_once_and_kept_to() {
    let server = Server::start(|hit, _| match hit.path.as_str() {
        "/robots.txt" => Play::ok("User-agent: *\nDisallow: /private\nCrawl-delay: 0.3\n"),
        _ => Play::ok(TABLE),
    })
    .await;
    let fetcher = fetcher(Etiquette { robots: true, ..etiquette() }, settings(&server));
    for n in 0..3 {
        fetcher.fetch(&request(&format!("open{n}.csv"))).await.unwrap();
    }
    let blocked = fetcher.fetch(&request("private/a.csv")).await.unwrap_err();
    assert_eq!(blocked.kind, FailureKind::Blocked);
    let hits = server.hits();
    assert_eq!(hits.len(), 3);
    assert!(hits[2].at - hits[1].at >= Duration::from_millis(290));
}

#[tokio::test]
async fn robots_txt_holds_wherever_the_host_sends_for_it() {
    let server = Server::start(|hit, _| match hit.path.as_str() {
        "/robots.txt" => Play::with(301, &[("location", "/rules/robots.txt")], String::new()),
        "/rules/robots.txt" => Play::ok("User-agent: *\nDisallow: /private\n"),
        _ => Play::ok(TABLE),
    })
    .await;
    let careful = || fetcher(Etiquette { robots: true, ..etiquette() }, settings(&server));
    let blocked = careful().fetch(&request("private/a.csv")).await.unwrap_err();
    assert_eq!(blocked.kind, FailureKind::Blocked);
    careful().fetch(&request("open.csv")).await.unwrap();
    let elsewhere = Server::start(|hit, _| match hit.path.as_str() {
        "/robots.txt" => Play::with(302, &[("location", "https://other.example/robots.txt")], String::new()),
        _ => Play::ok(TABLE),
    })
    .await;
    let fetcher = fetcher(Etiquette { robots: true, ..etiquette() }, settings(&elsewhere));
    fetcher.fetch(&request("a.csv")).await.unwrap_err();
    assert!(elsewhere.hits().is_empty(), "without its rules nothing is asked");
}

#[tokio::test]
async fn a_key_that_a_good_answer_repeats_is_neither_kept_nor_handed_on() {
    let server = Server::start(|hit, _| {
        let echo = format!("Div,Note\nE0,you asked {} with {KEY}\n", hit.path);
        Play::ok(echo)
    })
    .await;
    let folder = TempDir::new().unwrap();
    let settings = Settings {
        key: Some(Secret::new(KEY)),
        cache: Some(ResponseCache::new(folder.path())),
        ..settings(&server)
    };
    let fetcher = fetcher(Etiquette { key: Some(KeyPlace::Query("apiKey")), ..etiquette() }, settings);
    let kept = Request { max_age: Duration::from_mins(5), ..request("table.csv") };
    for origin in [Origin::Network, Origin::Kept] {
        let answer = fetcher.fetch(&kept).await.unwrap();
        assert_eq!(answer.origin, origin);
        let text = String::from_utf8(answer.body).unwrap();
        assert!(!text.contains(KEY) && text.contains("apiKey=*** with ***"), "{text}");
    }
    assert_eq!(server.hits().len(), 1);
}

#[tokio::test]
async fn a_host_that_fails_is_left_alone_and_tried_again() {
    let server = Server::start(|_, n| if n < 4 { Play::status(500) } else { Play::ok(TABLE) }).await;
    let mut settings = settings(&server);
    settings.breaker = BreakerPolicy { failures: 4, pause: Duration::from_millis(700) };
    let fetcher = fetcher(etiquette(), settings);
    fetcher.fetch(&request("a.csv")).await.unwrap_err();
    fetcher.fetch(&request("b.csv")).await.unwrap();
    let hits = server.hits();
    assert_eq!(hits.len(), 5);
    assert!(hits[4].at - hits[3].at >= Duration::from_millis(690));
}

#[tokio::test]
async fn keys_go_to_their_host_alone_and_into_no_text() {
    let echo = format!("<html>your key {KEY} is not known</html>");
    let body = echo.clone();
    let server = Server::start(move |_, _| Play::with(401, &[], body.clone())).await;
    for place in [KeyPlace::Header("x-key"), KeyPlace::Query("apiKey")] {
        let judge = |_: &_, body: &[u8]| {
            Some(Failure::new(FailureKind::Blocked, String::from_utf8_lossy(body).into_owned()))
        };
        let etiquette = Etiquette { key: Some(place), judge, ..etiquette() };
        let settings = Settings { key: Some(Secret::new(KEY)), ..settings(&server) };
        let fetcher = fetcher(etiquette, settings);
        let failure = fetcher.fetch(&request("table.csv?a=b")).await.unwrap_err();
        let text = format!("{failure} {failure:?}");
        assert!(!text.contains(KEY) && text.contains("your key ***"), "{text}");
    }
    let hits = server.hits();
    assert_eq!((hits[0].header("x-key"), hits[0].path.as_str()), (Some(KEY), "/table.csv?a=b"));
    assert_eq!(hits[1].path, format!("/table.csv?a=b&apiKey={KEY}"));

    // A host that cannot be reached: the address with its key stands in no error.
    let mut settings = settings(&server);
    settings.mirror = Some("http://127.0.0.1:1".to_owned());
    settings.key = Some(Secret::new(KEY));
    let fetcher = fetcher(Etiquette { key: Some(KeyPlace::Query("apiKey")), ..etiquette() }, settings);
    let failure = fetcher.fetch(&request("table.csv")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(!format!("{failure:?}").contains(KEY), "{failure:?}");
}

#[tokio::test]
async fn only_https_is_asked_and_mirrors_elsewhere_too() {
    let server = Server::start(|_, _| Play::ok(TABLE)).await;
    for (mirror, url) in [
        (None, "http://source.example/a.csv"),
        (None, "file:///etc/passwd"),
        (Some("http://mirror.example/"), "https://source.example/a.csv"),
    ] {
        let settings = Settings { mirror: mirror.map(str::to_owned), ..settings(&server) };
        let fetcher = fetcher(etiquette(), settings);
        let failure = fetcher.fetch(&Request { url: url.to_owned(), ..request("") }).await.unwrap_err();
        assert_eq!((failure.kind, failure.retries), (FailureKind::Blocked, 0), "{url}");
    }
    assert!(server.hits().is_empty());
}
