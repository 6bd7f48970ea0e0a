//! Judging and parsing text of football-data.co.uk on one core, in bytes a second: the files of
//! `TOUCHLINE_SHARED_DATA` (or `shared/data` beside the repository) where they are there, and a generated season with the
//! columns of 2019 and later always.

use chrono::{DateTime, Days, NaiveDate, Utc};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use touchline_collect::sources::football_data::FootballData;
use touchline_collect::sources::the_odds_api::TheOddsApi;
use touchline_collect::{Document, Source};

/// Bookmakers with prices of 1X2; some also price the other markets.
const BOOKMAKERS: [&str; 8] = ["B365", "BW", "IW", "PS", "WH", "VC", "Max", "Avg"];
const CLUBS: usize = 20;

fn today() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().expect("a time")
}

/// A season of twenty clubs: results, counts, and prices before kick-off and at closing.
fn generated() -> String {
    let mut headings = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR,Referee,HS,AS,HST,AST,HF,AF,HC,AC,HY,AY,HR,AR".to_owned();
    for closing in ["", "C"] {
        for code in BOOKMAKERS {
            for side in ["H", "D", "A"] {
                let _ = write!(headings, ",{code}{closing}{side}");
            }
        }
        for code in ["B365", "P", "Max", "Avg"] {
            let _ = write!(headings, ",{code}{closing}>2.5,{code}{closing}<2.5");
        }
        let _ = write!(headings, ",AH{closing}h");
        for code in ["B365", "P", "Max", "Avg"] {
            let _ = write!(headings, ",{code}{closing}AHH,{code}{closing}AHA");
        }
    }
    let prices = headings.split(',').count() - 24;
    let handicap = |column: usize| column % (prices / 2) == 32;
    let mut text = headings + "\n";
    let first = NaiveDate::from_ymd_opt(2021, 8, 7).expect("a day");
    let pairings = (0..CLUBS).flat_map(|home| (0..CLUBS).map(move |away| (home, away)));
    for (n, (home, away)) in pairings.filter(|(home, away)| home != away).enumerate() {
        let date = (first + Days::new(n as u64 * 280 / 380)).format("%d/%m/%Y");
        let (goals, conceded) = (n % 4, n % 3);
        let letter = ["H", "D", "A"][match goals.cmp(&conceded) {
            std::cmp::Ordering::Greater => 0,
            std::cmp::Ordering::Equal => 1,
            std::cmp::Ordering::Less => 2,
        }];
        let _ = write!(
            text,
            "E0,{date},15:00,Rovers of {home},Town of {away},{goals},{conceded},{letter},0,0,D,A Whistle,13,9,5,3,11,12,4,6,1,2,0,0"
        );
        for column in 0..prices {
            if handicap(column) {
                text.push_str(",-0.25");
            } else {
                let _ = write!(text, ",{:.2}", 1.5 + ((n * 7 + column * 13) % 300) as f64 / 100.0);
            }
        }
        text.push('\n');
    }
    text
}

fn shared() -> Vec<(String, Vec<u8>)> {
    let root = std::env::var_os("TOUCHLINE_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let listed = |path: &Path| {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    };
    let folders = listed(&root.join("football-data"));
    let files = folders.iter().flat_map(|folder| listed(folder));
    let named = files.filter_map(|file| {
        let name = file.iter().rev().take(2).map(|part| part.to_string_lossy()).collect::<Vec<_>>();
        Some((format!("{}/{}", name.get(1)?, name.first()?), std::fs::read(&file).ok()?))
    });
    named.collect()
}

fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("football_data");
    let season = generated();
    group.throughput(Throughput::Bytes(season.len() as u64));
    group.bench_function("a generated season", |b| {
        let document = Document { name: "2122/E0.csv", bytes: season.as_bytes() };
        b.iter(|| FootballData.parse(black_box(&document), today()).expect("a season").matches.len());
    });
    let files = shared();
    if files.is_empty() {
        eprintln!("no shared files: the generated season alone is measured");
    } else {
        group.sample_size(20);
        group.throughput(Throughput::Bytes(files.iter().map(|(_, bytes)| bytes.len() as u64).sum()));
        group.bench_function(format!("{} files", files.len()), |b| {
            b.iter(|| {
                let documents = files.iter().map(|(name, bytes)| Document { name, bytes });
                documents
                    .map(|document| {
                        FootballData.parse(black_box(&document), today()).map_or(0, |p| p.matches.len())
                    })
                    .sum::<usize>()
            });
        });
    }
    group.finish();
}

/// An answer of The Odds API as large as a recorded one: twenty events with twenty bookmakers.
fn odds_answer() -> String {
    let mut text = "[".to_owned();
    for event in 0..20 {
        let (home, away) = (format!("Rovers of {event}"), format!("Town of {event}"));
        let comma = if event == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"id":"e{event:032x}","sport_key":"soccer_epl","sport_title":"EPL","commence_time":"2026-11-28T15:00:00Z","home_team":"{home}","away_team":"{away}","bookmakers":["#
        );
        for book in 0..20 {
            let comma = if book == 0 { "" } else { "," };
            let price = 1.5 + f64::from((event * 7 + book * 13) % 300) / 100.0;
            let _ = write!(
                text,
                r#"{comma}{{"key":"bookmaker{book}","title":"Bookmaker {book}","last_update":"2026-11-20T11:58:04Z","markets":[{{"key":"h2h","last_update":"2026-11-20T11:58:04Z","outcomes":[{{"name":"{home}","price":{price:.2}}},{{"name":"{away}","price":4.3}},{{"name":"Draw","price":3.6}}]}},{{"key":"totals","last_update":"2026-11-20T11:58:04Z","outcomes":[{{"name":"Over","price":1.9,"point":2.5}},{{"name":"Under","price":1.95,"point":2.5}}]}}]}}"#
            );
        }
        text.push_str("]}");
    }
    text.push(']');
    text
}

fn odds(c: &mut Criterion) {
    let mut group = c.benchmark_group("odds_answers");
    let answer = odds_answer();
    group.throughput(Throughput::Bytes(answer.len() as u64));
    group.bench_function(format!("{} KiB of The Odds API", answer.len() >> 10), |b| {
        let document = Document { name: "odds/soccer_epl.json", bytes: answer.as_bytes() };
        b.iter(|| TheOddsApi.parse(black_box(&document), today()).expect("prices").matches.len());
    });
    group.finish();
}

criterion_group!(benches, reading, odds);
criterion_main!(benches);
