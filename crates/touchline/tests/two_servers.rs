//! Two servers on one store, and a result that another process brings: both answer with it within a second.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use std::time::{Duration, Instant};
use support::server::Server;
use support::{Place, results};
use touchline_domain::{Clock, SystemClock};
use touchline_store_postgres::testing::TestDatabase;

/// From the end of the import to the answer.
const SOON: Duration = Duration::from_secs(1);
/// Nothing that is waited for here takes as long.
const LONG: Duration = Duration::from_mins(1);

/// The chance of the home side, once the first forecasts are there.
fn home_win(server: &Server, id: i64) -> f64 {
    let started = Instant::now();
    loop {
        let answer = server.get(&format!("/api/v1/predictions/{id}"));
        if let Some(chance) = answer["data"]["home_win_prob"].as_f64() {
            return chance;
        }
        assert!(started.elapsed() < LONG, "{answer}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A line of the season that runs on a date.
fn line(date: NaiveDate, home: usize, away: usize, goals: Option<(u32, u32)>) -> String {
    let start = date.year() - i32::from(date.month() < 7);
    let season = format!("{:02}-{:02}", start % 100, (start + 1) % 100);
    let (home, away) = (results::club(home), results::club(away));
    match goals {
        Some(goals) => results::Line { season, league: "XAA1".into(), date, home, away, goals }.text(),
        None => format!("{season},XAA1,{},{home},{away},-1,-1,0,D\n", date.format("%d/%m/%Y")),
    }
}

fn a_result_reaches_both_servers(place: &Place) {
    let now: DateTime<Utc> = SystemClock.now();
    let today = now.date_naive();
    let clubs: Vec<usize> = (0..10).collect();
    let lines: Vec<_> =
        (today.year() - 5..today.year() - 1).flat_map(|year| results::season("XAA1", year, &clubs)).collect();
    let fixture = line(today + Days::new(3), 0, 1, None);
    let file = place.write("results.csv", results::text(&lines) + &fixture);
    place.ingest(0, "challenge", &[&file]);

    let servers = [Server::start(place), Server::start(place)];
    let listed = servers[0].get("/api/v1/matches?status=scheduled");
    let id = listed["data"]["items"][0]["id"].as_i64().unwrap_or_else(|| panic!("{listed}"));
    let mut before = [home_win(&servers[0], id), home_win(&servers[1], id)];
    // Known since midnight at the latest.
    for (n, goals) in [(0, 9), (9, 0), (0, 9)].into_iter().enumerate() {
        let date = today - Days::new(2 + n as u64);
        let file = place.write(
            &format!("more{n}.csv"),
            results::HEADINGS.to_owned() + &line(date, 0, 5 + n, Some(goals)),
        );
        let mut ingest = place.command(&["ingest", "challenge", file.to_str().unwrap()]);
        let done = ingest.output().unwrap();
        let committed = Instant::now();
        assert!(done.status.success(), "{done:?}");
        for (server, before) in servers.iter().zip(&mut before) {
            let chance = loop {
                let chance = home_win(server, id);
                if (chance - *before).abs() > 1e-9 {
                    break chance;
                }
                assert!(committed.elapsed() < LONG, "the result is not in the answer");
                std::thread::sleep(Duration::from_millis(5));
            };
            *before = chance;
        }
        let took = committed.elapsed();
        assert!(took < SOON, "{took:?}");
    }
}

#[test]
fn a_result_reaches_both_servers_of_one_file_within_a_second() {
    a_result_reaches_both_servers(&Place::new());
}

#[tokio::test]
async fn a_result_reaches_both_servers_of_one_postgresql_within_a_second() {
    let database = TestDatabase::create().await;
    let mut place = Place::new();
    place.set("DATABASE_URL", database.url());
    a_result_reaches_both_servers(&place);
}
