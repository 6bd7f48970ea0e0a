//! Real files hold nothing back: where they are there, all of football-data.co.uk and openfootball, each in a store of its own,
//! and the three hundred thousand results of the Soccer Prediction Challenge.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::sync::Arc;
use support::shared;
use touchline_domain::ports::{HeldFilter, QualityReader};
use touchline_domain::{Silent, SystemClock};
use touchline_intake::files::FileProvider;
use touchline_intake::identity::SourceOrder;
use touchline_intake::import::import_files;
use touchline_store_sqlite::SqliteStore;

/// Matches that came in, once no row was held.
async fn held_none(provider: FileProvider, path: &str) {
    let Some(path) = shared(path) else { return };
    let clock = SystemClock;
    let store = SqliteStore::in_memory(Arc::new(clock)).await.unwrap();
    let order = SourceOrder::default();
    let report =
        import_files(&store, provider, std::slice::from_ref(&path), &order, &clock, &Silent).await.unwrap();
    let held = store.held_rows(&HeldFilter::default(), 100).await.unwrap();
    let reasons: Vec<&str> = held.iter().map(|held| held.row.reason.as_str()).collect();
    eprintln!("{}: {} rows, {} held", path.display(), report.rows, report.held_rows);
    assert!(report.rows > 1_000, "{report:#?}");
    assert_eq!(reasons, [""; 0]);
}

#[tokio::test]
async fn football_data_holds_nothing_back() {
    held_none(FileProvider::FootballData, "football-data").await;
}

#[tokio::test]
async fn openfootball_holds_nothing_back() {
    held_none(FileProvider::OpenFootball, "openfootball").await;
}

#[tokio::test]
async fn the_challenge_holds_nothing_back() {
    held_none(FileProvider::Challenge, "soccer-prediction-challenge-2023/train.csv.gz").await;
}
