//! Bulk paths: importing 100,000 matches, reading 300,000 results.
//!
//! `cargo bench -p touchline-store-sqlite`

use chrono::DateTime;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use touchline_domain::ports::{
    BronzeWriter, MatchFacts, MatchReader, RosterWriter, SilverChange, SilverWriter,
};
use touchline_domain::{
    CompetitionKind, FixedClock, Kickoff, MatchSetting, MatchStatus, NewDocument, NewLeague, NewMatch,
    NewTeam, RawRecord, RecordKind, Score, Season,
};
use touchline_store_sqlite::SqliteStore;

/// Leagues, each of clubs of its own.
const LEAGUES: usize = 50;
const CLUBS: usize = 20;

async fn open(folder: &TempDir) -> SqliteStore {
    let clock = Arc::new(FixedClock(DateTime::UNIX_EPOCH));
    SqliteStore::open(&folder.path().join("touchline.db"), clock).await.expect("a store")
}

/// Double round robins, league after league, season after season from 1900.
async fn seasons(store: &SqliteStore, n: usize) -> Vec<NewMatch> {
    let league = |i: usize| NewLeague {
        code: format!("L{i}"),
        name: format!("League {i}"),
        country: format!("Country {i}"),
        level: 1,
        source: "bench".to_owned(),
        kind: CompetitionKind::League,
    };
    let leagues = store.ensure_leagues(&(0..LEAGUES).map(league).collect::<Vec<_>>()).await.expect("leagues");
    let club = |i: usize| NewTeam { name: format!("Club {i}"), country: format!("Country {}", i / CLUBS) };
    let clubs: Vec<_> = (0..LEAGUES * CLUBS).map(club).collect();
    let clubs = store.ensure_teams("bench", &clubs).await.expect("clubs");
    let pairings: Vec<_> = (0..CLUBS)
        .flat_map(|home| (0..CLUBS).map(move |away| (home, away)))
        .filter(|(h, a)| h != a)
        .collect();
    let a_match = |i: usize| {
        let (home, away) = pairings[i % pairings.len()];
        let (league, season) = (i / pairings.len() % LEAGUES, i / pairings.len() / LEAGUES);
        let day = season as i64 * 365 + (i % 300) as i64;
        NewMatch {
            league: leagues[league],
            season: Season::cross_year(1900 + season as u16).expect("a year"),
            home: clubs[league * CLUBS + home],
            away: clubs[league * CLUBS + away],
            leg: 1,
            kickoff: Kickoff::at(DateTime::from_timestamp(day * 86_400, 0).expect("a time")),
            status: MatchStatus::Finished,
            score: Some(Score { home: (i % 5) as u8, away: (i % 3) as u8 }),
            half_time: None,
            referee: None,
            attendance: None,
            source: "bench".to_owned(),
            external_id: None,
            setting: MatchSetting::default(),
        }
    };
    (0..n).map(a_match).collect()
}

fn change(matches: Vec<NewMatch>) -> SilverChange {
    let new = matches.into_iter().map(|m| (m, MatchFacts::default())).collect();
    SilverChange { new, ..SilverChange::default() }
}

async fn import(store: &SqliteStore, mut change: SilverChange) {
    let bytes = b"Sea,Lge,Date,HT,AT,HS,AS,GD,WDL\n".repeat(change.new.len());
    let record = |(locator, (m, _)): (u32, &(NewMatch, MatchFacts))| RawRecord {
        kind: RecordKind::Match,
        locator,
        external_match_id: None,
        external_league_id: Some("L1".to_owned()),
        match_time: Some(m.kickoff.at),
        payload: None,
    };
    let records: Vec<_> = (1..).zip(&change.new).map(record).collect();
    let document = NewDocument {
        source: "bench",
        name: "bench.csv",
        bytes: &bytes,
        hash: &blake3::hash(&bytes).to_hex(),
        collected_at: DateTime::UNIX_EPOCH,
        records: &records,
    };
    change.document = Some(store.store_document(&document).await.expect("a document").id);
    store.apply(&change).await.expect("applied");
}

fn bulk(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("bulk");
    group.sample_size(10);

    group.throughput(Throughput::Elements(100_000));
    group.bench_function("import 100,000 matches", |b| {
        b.iter_batched(
            || {
                let folder = TempDir::new().expect("a folder");
                let (store, change) = runtime.block_on(async {
                    let store = open(&folder).await;
                    let matches = seasons(&store, 100_000).await;
                    (store, change(matches))
                });
                (folder, store, change)
            },
            |(folder, store, change)| {
                runtime.block_on(import(&store, change));
                (folder, store)
            },
            BatchSize::PerIteration,
        );
    });

    let folder = TempDir::new().expect("a folder");
    let store = runtime.block_on(async {
        let store = open(&folder).await;
        store.apply(&change(seasons(&store, 300_000).await)).await.expect("applied");
        store
    });
    group.throughput(Throughput::Elements(300_000));
    group.bench_function("results of 300,000 matches", |b| {
        b.iter(|| runtime.block_on(store.results()).expect("results").len());
    });
    group.finish();
}

criterion_group!(benches, bulk);
criterion_main!(benches);
