//! A season of 380 matches with prices, collected through a server that misbehaves: complete, exact, within the limits by
//! the server's own log, and hardly slower than the limits alone demand.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../../collect/tests/support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{Hit, Play, Server};
use tempfile::TempDir;
use touchline_collect::http::breaker::BreakerPolicy;
use touchline_collect::http::limit::Rate;
use touchline_collect::http::retry::RetryPolicy;
use touchline_collect::http::time::{SeededJitter, SystemTimer};
use touchline_collect::http::{Etiquette, Fetcher, Limits, Secret, Settings};
use touchline_collect::providers::{ApiFootballRest, Provider, Wish};
use touchline_domain::ports::{MatchReader, SilverReader};
use touchline_domain::{CollectionKind, MatchStatus, Season, Silent, SystemClock};
use touchline_intake::collect::{CollectReport, Collector};
use touchline_intake::identity::SourceOrder;
use touchline_store_sqlite::SqliteStore;

const CLUBS: usize = 20;
const MATCHES: usize = CLUBS * (CLUBS - 1);
const PER_PAGE: usize = 10;
/// Requests a second, and at once.
const PACE: f64 = 20.0;
const BURST: u32 = 2;
/// A pause that the server asks for.
const PAUSE: Duration = Duration::from_secs(1);

fn pairings() -> impl Iterator<Item = (usize, usize, usize)> {
    let all = (0..CLUBS).flat_map(|home| (0..CLUBS).map(move |away| (home, away)));
    all.filter(|(home, away)| home != away).enumerate().map(|(n, (home, away))| (n, home, away))
}

fn day(n: usize) -> String {
    let first = chrono::NaiveDate::from_ymd_opt(2024, 8, 10).unwrap();
    (first + chrono::Days::new(n as u64 * 280 / MATCHES as u64)).to_string()
}

fn envelope(get: &str, rows: &[String], page: usize, pages: usize) -> String {
    format!(
        r#"{{"get": "{get}", "parameters": {{"league": "39"}}, "errors": [], "results": {}, "paging": {{"current": {page}, "total": {pages}}}, "response": [{}]}}"#,
        rows.len(),
        rows.join(",")
    )
}

fn fixtures() -> String {
    let row = |(n, home, away): (usize, usize, usize)| {
        format!(
            r#"{{"fixture": {{"id": {}, "date": "{}T14:00:00+00:00", "status": {{"short": "FT"}}}},
            "league": {{"id": 39, "name": "Premier League", "country": "England", "season": 2024}},
            "teams": {{"home": {{"id": {}, "name": "Rovers of {home}"}}, "away": {{"id": {}, "name": "Rovers of {away}"}}}},
            "goals": {{"home": {}, "away": {}}}, "score": {{"fulltime": {{"home": {}, "away": {}}}}}}}"#,
            1_000 + n,
            day(n),
            home + 1,
            away + 1,
            n % 4,
            n % 3,
            n % 4,
            n % 3
        )
    };
    envelope("fixtures", &pairings().map(row).collect::<Vec<_>>(), 1, 1)
}

/// Two bookmakers with two markets each.
fn odds(page: usize, repeated: bool) -> String {
    let first = (page - 1) * PER_PAGE;
    let from = if repeated { first.saturating_sub(PER_PAGE) } else { first };
    let mut rows = Vec::new();
    for n in from..(first + PER_PAGE).min(MATCHES) {
        let mut books = String::new();
        for (id, name) in [(8, "Wette"), (4, "Quote")] {
            let price = 1.5 + ((n * 7 + id) % 200) as f64 / 100.0;
            if !books.is_empty() {
                books.push(',');
            }
            write!(
                books,
                r#"{{"id": {id}, "name": "{name}", "bets": [{{"id": 1, "name": "Match Winner", "values": [{{"value": "Home", "odd": "{price:.2}"}},
                {{"value": "Draw", "odd": "3.40"}}, {{"value": "Away", "odd": "4.10"}}]}}, {{"id": 5, "name": "Goals Over/Under", "values":
                [{{"value": "Over 2.5", "odd": "1.85"}}, {{"value": "Under 2.5", "odd": "1.95"}}]}}]}}"#
            )
            .unwrap();
        }
        rows.push(format!(
            r#"{{"league": {{"id": 39}}, "fixture": {{"id": {}}}, "update": "{}T08:00:00+00:00", "bookmakers": [{books}]}}"#,
            1_000 + n,
            day(n)
        ));
    }
    envelope("odds", &rows, page, MATCHES / PER_PAGE)
}

fn page_of(path: &str) -> usize {
    path.split("&page=").nth(1).map_or(1, |rest| rest.split('&').next().unwrap().parse().unwrap())
}

/// The first answer to each page is trouble of some sort; the next one is good.
fn script() -> impl Fn(&Hit, usize) -> Play {
    let met: Mutex<HashMap<String, usize>> = Mutex::default();
    move |hit, _| {
        let turn = {
            let mut met = met.lock().unwrap();
            let turn = met.entry(hit.path.clone()).or_default();
            *turn += 1;
            *turn
        };
        if hit.path.starts_with("/fixtures") {
            return if turn == 1 { Play::status(503) } else { Play::packed(fixtures().as_bytes()) };
        }
        let page = page_of(&hit.path);
        let body = odds(page, page.is_multiple_of(9));
        let good = |body: String| match page % 3 {
            0 => Play::packed(body.as_bytes()),
            // Names its type wrong.
            1 => Play::with(200, &[("content-type", "text/html")], body),
            _ => Play::ok(body),
        };
        if turn > 1 {
            return good(body);
        }
        match page {
            5 => Play::with(429, &[("retry-after", "1")], ""),
            8 | 20 => Play::status(429),
            11..=13 => Play::status(503),
            15 => Play::HalfClosed { announced: body.len(), body: body.into_bytes()[..500].to_vec() },
            18 => Play::Closed,
            22 => Play::Drip { body: body.into_bytes(), every: Duration::from_millis(20) },
            26 if !hit.path.contains("again=1") => {
                Play::with(302, &[("location", &format!("{}&again=1", hit.path))], "")
            }
            29 => Play::Silent,
            _ => good(body),
        }
    }
}

fn settings(server: &Server) -> Settings {
    Settings {
        user_agent: "touchline/0 (tests)".to_owned(),
        limits: Limits {
            connect: Duration::from_millis(200),
            head: Duration::from_millis(300),
            idle: Duration::from_millis(300),
            floor: 10_000,
            grace: Duration::from_millis(100),
            ..Limits::default()
        },
        retry: RetryPolicy {
            retries: 3,
            base: Duration::from_millis(20),
            cap: Duration::from_millis(100),
            longest_wait: Duration::from_secs(3),
        },
        breaker: BreakerPolicy::default(),
        cache: None,
        key: Some(Secret::new("k3y-0f-an-0perat0r")),
        token: None,
        proxies: vec![],
        plain_http: false,
        budget: None,
        mirror: Some(server.address.clone()),
    }
}

async fn season(store: &SqliteStore, server: &Server) -> CollectReport {
    let provider = ApiFootballRest;
    let rate = Rate::per_second(PACE, BURST);
    let etiquette = Etiquette { rate, ..provider.etiquette() };
    let timer = Arc::new(SystemTimer::new(Arc::new(SystemClock)));
    let fetcher = Fetcher::new(etiquette, settings(server), timer, Arc::new(SeededJitter::new(1))).unwrap();
    let wish = Wish {
        leagues: vec!["E0".to_owned()],
        seasons: vec!["2425".to_owned()],
        from: None,
        to: None,
        kinds: vec![CollectionKind::Results, CollectionKind::Odds],
        today: "2025-06-30".parse().unwrap(),
        places: vec![],
        feeds: vec![],
    };
    let order = SourceOrder::default();
    let collector = Collector {
        store,
        provider: &provider,
        answers: &fetcher,
        budget: None,
        order: &order,
        clock: &SystemClock,
        progress: &Silent,
        job: None,
    };
    collector.collect(provider.plan(&wish).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_season_with_prices_comes_whole_through_a_hostile_server_at_the_pace_of_its_limits() {
    let server = Server::start(script()).await;
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(&folder.path().join("touchline.db"), Arc::new(SystemClock)).await.unwrap();
    let started = Instant::now();
    let report = season(&store, &server).await;
    let took = started.elapsed();
    assert!(report.failures.is_empty() && report.not_asked == 0, "{:?}", report.failures);

    let counts = store.counts().await.unwrap();
    assert_eq!((counts.matches, counts.finished, counts.teams), (380, 380, 20));
    assert_eq!(counts.odds, 380 * 4, "two bookmakers with two markets, each once");
    for row in store.results().await.unwrap() {
        let found = store.get_match(row.id).await.unwrap().unwrap();
        let n = found.external_id.as_deref().unwrap().parse::<usize>().unwrap() - 1_000;
        assert_eq!(found.status, MatchStatus::Finished);
        assert_eq!(found.season, Season::cross_year(2024).unwrap());
        let score = found.score.unwrap();
        assert_eq!((usize::from(score.home), usize::from(score.away)), (n % 4, n % 3));
    }

    // By the server's own log: 2 at once and one each 50 ms; times differ by the way between them.
    let sent = server.hits().len();
    assert!(sent >= 1 + MATCHES / PER_PAGE + 10, "{sent} requests");
    let most = server.most_within(Duration::from_secs(1));
    assert!(most <= BURST as usize + PACE as usize + 2, "{most} requests in a second");
    let demanded = Rate::per_second(PACE, BURST).time_of(sent as u64) + PAUSE;
    let share = took.as_secs_f64() / demanded.as_secs_f64();
    println!(
        "{sent} requests in {took:.2?}, of which the limits alone demand {demanded:.2?}: {share:.2} times"
    );
    assert!(share <= 1.5, "{took:?} for what the limits allow in {demanded:?}");

    // Nothing is written twice.
    let hash = store.content_hash().await.unwrap();
    let again = season(&store, &server).await;
    assert_eq!((again.ingested.matches.new, again.ingested.facts.new_facts), (0, 0));
    assert_eq!(store.content_hash().await.unwrap(), hash);
}
