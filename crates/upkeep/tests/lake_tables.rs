//! What a store holds of matches, seasons and documents reaches the lake, table by table.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{Duration, NaiveDate};
use std::sync::Arc;
use tempfile::TempDir;
use touchline_domain::lake::{DeductionRow, LakeRow, LakeTable, ReadingRow};
use touchline_domain::ports::contract::samples::{clock, one_match};
use touchline_domain::ports::{BronzeWriter, Lake, MatchFacts, RosterWriter, SilverChange, SilverWriter};
use touchline_domain::{
    Clock, DecimalOdds, EventKind, EventList, InPlayQuote, MarketType, Match, MatchEvent, NewDocument,
    PlayOffRules, Player, PointsDeduction, SeasonRules, Side, Silent,
};
use touchline_lake::ParquetLake;
use touchline_store_sqlite::SqliteStore;
use touchline_upkeep::lake::{Export, ExportReport, PartitionOutcome, export};

fn player(id: &str) -> Player {
    Player::new(id, format!("Player {id}")).unwrap()
}

fn goal(minute: u8, by: &str) -> MatchEvent {
    let (kind, side) = (EventKind::Goal, Side::Home);
    MatchEvent { minute, stoppage: Some(2), side, kind, player: Some(player(by)), related: Some(player("9")) }
}

/// Two lists of one source, the later with one goal more.
fn lists(m: &Match) -> Vec<EventList> {
    let list = |minutes, events| EventList {
        source: "live".into(),
        events,
        known_at: m.kickoff.at + Duration::minutes(minutes),
        known_at_imputed: false,
    };
    vec![list(30, vec![goal(23, "7")]), list(100, vec![goal(23, "7"), goal(90, "8")])]
}

fn quote(m: &Match) -> InPlayQuote {
    InPlayQuote {
        bookmaker: "B365".into(),
        market: MarketType::OverUnder,
        line_quarters: Some(10),
        prices: [DecimalOdds::new(1.9).ok(), None, DecimalOdds::new(1.95).ok()],
        known_at: m.kickoff.at + Duration::minutes(10),
    }
}

fn rules(m: &Match) -> SeasonRules {
    SeasonRules {
        league: "E0".to_owned(),
        season: m.season,
        split: None,
        play_offs_from: NaiveDate::from_ymd_opt(1901, 5, 1),
        play_offs: vec![PlayOffRules {
            name: "promotion".to_owned(),
            places: [3, 6],
            legs: 2,
            final_legs: Some(1),
            neutral_final: true,
            decides_places: false,
        }],
        deductions: vec![PointsDeduction {
            team: "T0".to_owned(),
            points: 6,
            from: NaiveDate::from_ymd_opt(1901, 2, 3).unwrap(),
            reason: "accounts".to_owned(),
        }],
    }
}

async fn filled(folder: &TempDir) -> (SqliteStore, Match) {
    let store = SqliteStore::open(&folder.path().join("touchline.db"), clock()).await.unwrap();
    let m = one_match(&store).await;
    let facts = MatchFacts { events: lists(&m), in_play: vec![quote(&m)], ..MatchFacts::default() };
    store.apply(&SilverChange { facts: vec![(m.id, facts)], ..SilverChange::default() }).await.unwrap();
    store.put_season_rules(&[rules(&m)]).await.unwrap();
    let hash = blake3::hash(b"table").to_hex();
    let document = NewDocument {
        source: "table",
        name: "results.csv",
        bytes: b"table",
        hash: hash.as_str(),
        collected_at: clock().now(),
        records: &[],
    };
    let stored = store.store_document(&document).await.unwrap();
    store.keep_reading(stored.id, "a map").await.unwrap();
    (store, m)
}

async fn rows(lake: &ParquetLake, table: LakeTable) -> Vec<LakeRow> {
    let mut all = Vec::new();
    for state in lake.partitions().await.unwrap().iter().filter(|state| state.partition.table == table) {
        let mut reader = lake.read(state).await.unwrap();
        while let Some(rows) = reader.next().await.unwrap() {
            all.extend(rows);
        }
    }
    all
}

#[tokio::test]
async fn events_prices_during_matches_players_readings_and_rules_are_exported() {
    let folder = TempDir::new().unwrap();
    let (store, m) = filled(&folder).await;
    let path = folder.path().join("lake").display().to_string();
    let lake = ParquetLake::open(&path, std::iter::empty(), clock()).unwrap();
    let first: ExportReport = export(&store, &lake, Export::default(), &Silent).await.unwrap();
    assert_eq!(first.count(PartitionOutcome::Written), first.partitions.len());

    let events = rows(&lake, LakeTable::MatchEvents).await;
    let said: Vec<_> = events
        .iter()
        .map(|row| match row {
            LakeRow::Event(row) => (row.of.id, row.known_at, row.place, row.event.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    let wanted = lists(&m).into_iter().flat_map(|list| {
        (1_u16..).zip(list.events).map(move |(place, event)| (m.id, list.known_at, place, event))
    });
    assert_eq!(said, wanted.collect::<Vec<_>>());
    let [LakeRow::InPlay(of, held)] = &rows(&lake, LakeTable::InPlayOdds).await[..] else {
        panic!("one quote")
    };
    assert_eq!((of.id, held), (m.id, &quote(&m)));
    let known = ["7", "8", "9"].map(|id| LakeRow::Player(Arc::from("live"), player(id)));
    assert_eq!(rows(&lake, LakeTable::Players).await, known);
    let SeasonRules { deductions, .. } = rules(&m);
    let of_season = SeasonRules { deductions: Vec::new(), ..rules(&m) };
    assert_eq!(rows(&lake, LakeTable::SeasonRules).await, [LakeRow::SeasonRules(of_season)]);
    let row = |deduction| DeductionRow { league: "E0".to_owned(), season: m.season, deduction };
    let taken: Vec<_> = deductions.into_iter().map(row).map(LakeRow::Deduction).collect();
    assert_eq!(rows(&lake, LakeTable::PointsDeductions).await, taken);
    let reading = ReadingRow {
        source: "table".into(),
        document_hash: blake3::hash(b"table").to_hex().as_str().into(),
        collected_at: clock().now(),
        reading: "a map".to_owned(),
    };
    assert_eq!(rows(&lake, LakeTable::DocumentReadings).await, [LakeRow::Reading(reading)]);

    let again = export(&store, &lake, Export::default(), &Silent).await.unwrap();
    assert_eq!(again.count(PartitionOutcome::Unchanged), first.partitions.len(), "{again:?}");
    // Rules that hold no more leave the lake when it is to follow.
    store
        .put_season_rules(&[SeasonRules {
            deductions: vec![],
            play_offs_from: None,
            play_offs: vec![],
            ..rules(&m)
        }])
        .await
        .unwrap();
    let kept = export(&store, &lake, Export::default(), &Silent).await.unwrap();
    assert_eq!(kept.count(PartitionOutcome::Absent), 2);
    let pruned = export(&store, &lake, Export { prune: true, ..Export::default() }, &Silent).await.unwrap();
    assert_eq!(pruned.count(PartitionOutcome::Emptied), 2);
    assert_eq!(rows(&lake, LakeTable::PointsDeductions).await, []);
}
