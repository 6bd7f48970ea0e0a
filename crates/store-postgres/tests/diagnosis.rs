//! What the doctor finds, each provoked.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::Duration;
use std::sync::Arc;
use support::{Fresh, clock, execute, fresh, one_match};
use touchline_domain::ports::{
    Finding, MatchFacts, SelfDiagnosis, SilverChange, SilverWriter, SummaryView, SummaryWriter,
};
use touchline_domain::{Clock, DecimalOdds, FixedClock, MarketType, MatchId, OddsPhase, OddsQuote};
use touchline_store_postgres::{Maintenance, PostgresStore};

/// A store with a match and its price, maintained: nothing is to be done.
async fn healthy() -> Fresh {
    let store = fresh().await;
    let id = one_match(&store).await.id;
    price(&store, id).await;
    store.maintain(Maintenance { months_ahead: 1, keep_odds_months: None }).await.unwrap();
    assert_eq!(sick(&store).await, []);
    store
}

async fn price(store: &Fresh, id: MatchId) {
    let quote = OddsQuote {
        bookmaker: "B365".into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [2.0, 3.0, 4.0].map(|price| DecimalOdds::new(price).ok()),
        phase: OddsPhase::PreMatch,
        known_at: clock().now(),
        known_at_imputed: false,
    };
    let facts = vec![(id, MatchFacts { odds: vec![quote], ..MatchFacts::default() })];
    store.apply(&SilverChange { facts, ..SilverChange::default() }).await.unwrap();
}

/// What is not well, each with advice.
async fn sick(store: &PostgresStore) -> Vec<Finding> {
    let findings = store.diagnose().await.unwrap();
    let checks: Vec<_> = findings.iter().map(|f| f.check).collect();
    assert_eq!(
        checks,
        ["schema", "partitions", "integrity", "orphans", "totals", "bloat", "views", "space", "bronze"]
    );
    assert!(findings.iter().all(|f| f.healthy == f.advice.is_none()));
    findings.into_iter().filter(|f| !f.healthy).collect()
}

async fn only(store: &PostgresStore, check: &str) -> Finding {
    let [found] = sick(store).await.try_into().unwrap();
    assert_eq!(found.check, check);
    found
}

#[tokio::test]
async fn months_without_partition_are_named() {
    let store = healthy().await;
    let mut raw = store.database.connection().await;
    execute(&mut raw, "DROP TABLE predictions_2023_12").await.unwrap();
    let found = only(&store, "partitions").await;
    assert!(found.details.contains("predictions_2023_12"), "{found:?}");
    assert_eq!(found.advice.as_deref(), Some("touchline db maintain"));
    store.maintain(Maintenance { months_ahead: 1, keep_odds_months: None }).await.unwrap();
    assert_eq!(sick(&store).await, []);
}

#[tokio::test]
async fn a_view_that_is_a_day_old_is_stale() {
    let store = healthy().await;
    let tomorrow = Arc::new(FixedClock(clock().now() + Duration::days(1) + Duration::seconds(1)));
    let later = PostgresStore::connect(store.database.url(), tomorrow).await.unwrap();
    let found = only(&later, "views").await;
    assert!(found.details.contains("mv_odds_trends (as of 2023-11-14 22:13 UTC)"), "{found:?}");
    assert_eq!(later.refresh(&[SummaryView::OddsTrends]).await.unwrap(), ["mv_odds_trends"]);
    let found = only(&later, "views").await;
    assert!(
        found.details.contains("mv_team_recent_performance") && !found.details.contains("odds"),
        "{found:?}"
    );
    later.refresh(&SummaryView::ALL).await.unwrap();
    assert_eq!(sick(&later).await, []);
}

#[tokio::test]
async fn a_view_that_was_never_computed_is_named() {
    let store = healthy().await;
    execute(&mut store.database.connection().await, "DELETE FROM view_refreshes").await.unwrap();
    let found = only(&store, "views").await;
    assert_eq!(found.details.matches("never computed").count(), 2, "{found:?}");
}

#[tokio::test]
async fn rows_written_into_a_partition_are_strays() {
    let store = healthy().await;
    let mut raw = store.database.connection().await;
    let sql = "INSERT INTO odds_2023_12 (match_id, market_type, bookmaker, phase, known_at, known_at_imputed, \
               home_thousandths, collected_at) SELECT match_id, market_type, bookmaker, phase, '2023-12-05', false, \
               home_thousandths, collected_at FROM odds";
    execute(&mut raw, sql).await.unwrap();
    assert!(only(&store, "orphans").await.details.starts_with("1 matches without key, or quotes"));
    execute(&mut raw, "DELETE FROM odds_2023_12").await.unwrap();
    let sql = "INSERT INTO odds_2023_11 (match_id, market_type, bookmaker, phase, known_at, known_at_imputed, \
               home_thousandths, collected_at) SELECT 99, market_type, bookmaker, phase, known_at, false, \
               home_thousandths, collected_at FROM odds";
    execute(&mut raw, sql).await.unwrap();
    assert!(only(&store, "orphans").await.advice.unwrap().contains("insert them into matches or odds"));
}

#[tokio::test]
async fn constraints_and_indexes_that_do_not_hold_are_named() {
    let store = healthy().await;
    let mut raw = store.database.connection().await;
    execute(&mut raw, "ALTER TABLE teams ADD CONSTRAINT ck_longer CHECK (name > 'T5') NOT VALID")
        .await
        .unwrap();
    assert!(only(&store, "integrity").await.details.contains("constraint ck_longer"));
    execute(&mut raw, "ALTER TABLE teams DROP CONSTRAINT ck_longer").await.unwrap();
    // An index whose making failed half-way stays behind.
    let failed = execute(&mut raw, "CREATE UNIQUE INDEX CONCURRENTLY uq_country ON teams (country)").await;
    assert!(failed.unwrap_err().contains("uq_country"));
    assert!(only(&store, "integrity").await.details.contains("index uq_country"));
}

#[tokio::test]
async fn many_dead_rows_are_told() {
    let store = healthy().await;
    let mut raw = store.database.connection().await;
    let sql = "INSERT INTO error_logs (task_name, error_type, error_message, created_at) \
               SELECT 't', 'e', 'm', now() FROM generate_series(1, 100001)";
    execute(&mut raw, sql).await.unwrap();
    execute(&mut raw, "DELETE FROM error_logs").await.unwrap();
    // Counts reach the statistics when a session has been idle for a moment, or ends.
    sqlx::Connection::close(raw).await.unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while sick(&store).await.is_empty() && std::time::Instant::now() < deadline {
        tokio::task::yield_now().await;
    }
    assert!(only(&store, "bloat").await.details.contains("error_logs (100001 of 100001 rows dead)"));
    let mut raw = store.database.connection().await;
    execute(&mut raw, "VACUUM error_logs").await.unwrap();
    sqlx::Connection::close(raw).await.unwrap();
    while !sick(&store).await.is_empty() && std::time::Instant::now() < deadline {
        tokio::task::yield_now().await;
    }
    assert_eq!(sick(&store).await, []);
}
