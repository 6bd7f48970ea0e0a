//! What the doctor finds, each provoked.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use support::{Fresh, execute, fresh, one_match};
use touchline_domain::ports::{BronzeWriter, Finding, SelfDiagnosis};
use touchline_domain::{Clock, NewDocument, RawRecord, RecordKind};

/// What is not well, each with advice.
async fn sick(store: &Fresh) -> Vec<Finding> {
    let findings = store.diagnose().await.unwrap();
    let checks: Vec<_> = findings.iter().map(|f| f.check).collect();
    assert_eq!(checks, ["schema", "integrity", "orphans", "totals", "space", "bronze"]);
    assert!(findings.iter().all(|f| f.healthy == f.advice.is_none()));
    findings.into_iter().filter(|f| !f.healthy).collect()
}

async fn only(store: &Fresh, check: &str) -> Finding {
    let [found] = sick(store).await.try_into().unwrap();
    assert_eq!(found.check, check);
    found
}

async fn healthy() -> (Fresh, SqliteConnection) {
    let store = fresh().await;
    one_match(&store).await;
    assert_eq!(sick(&store).await, []);
    let raw = store.raw().await;
    (store, raw)
}

#[tokio::test]
async fn rows_that_lost_what_they_refer_to_are_orphans() {
    let (store, mut raw) = healthy().await;
    execute(&mut raw, "PRAGMA foreign_keys = OFF").await.unwrap();
    execute(&mut raw, "DELETE FROM leagues").await.unwrap();
    let found = only(&store, "orphans").await;
    // The match, the code by which its source knows the league, and the totals of its season and of its two teams.
    assert!(found.details.starts_with("5 rows refer") && found.advice.unwrap().contains("backup"));
}

#[tokio::test]
async fn an_index_that_lost_a_row_is_found() {
    let (store, mut raw) = healthy().await;
    // Hidden from the schema, an index is not kept up.
    execute(&mut raw, "PRAGMA writable_schema = ON").await.unwrap();
    execute(&mut raw, "UPDATE sqlite_schema SET sql = 'CREATE INDEX idx_matches_open_status_time ON matches (match_status, match_time) WHERE match_status = ''finished''' WHERE name = 'idx_matches_open_status_time'")
        .await
        .unwrap();
    raw.close().await.unwrap();
    let again = Fresh { store: store.again().await.unwrap(), folder: store.folder };
    let found = only(&again, "integrity").await;
    assert!(found.details.contains("idx_matches_open_status_time"), "{found:?}");
}

#[tokio::test]
async fn a_file_that_is_mostly_free_is_told() {
    let (store, mut raw) = healthy().await;
    execute(&mut raw, "CREATE TABLE large (content BLOB)").await.unwrap();
    execute(&mut raw, "INSERT INTO large SELECT zeroblob(72000000)").await.unwrap();
    execute(&mut raw, "DROP TABLE large").await.unwrap();
    let found = only(&store, "space").await;
    assert!(found.advice.unwrap().contains("VACUUM"));
    execute(&mut raw, "VACUUM").await.unwrap();
    assert_eq!(sick(&store).await, []);
}

#[tokio::test]
async fn records_that_did_not_reach_silver_are_counted() {
    let (store, _) = healthy().await;
    let record = |locator| RawRecord {
        kind: RecordKind::Match,
        locator,
        external_match_id: None,
        external_league_id: None,
        match_time: None,
        payload: None,
    };
    let records: Vec<_> = (1..=3).map(record).collect();
    let document = NewDocument {
        source: "test",
        name: "file.csv",
        bytes: b"",
        hash: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
        collected_at: support::clock().now(),
        records: &records,
    };
    store.store_document(&document).await.unwrap();
    let found = only(&store, "bronze").await;
    assert!(found.details.starts_with("3 records") && found.advice.unwrap().contains("ingest"));
}
