//! The feed of changes between processes on one server.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use sqlx::Connection;
use std::time::{Duration, Instant};
use support::{Fresh, change, clock, execute, fresh, matches, one_match};
use touchline_domain::ports::{ChangeFeed, ChangeFeedWriter, ModelVersion, ModelWriter, SilverWriter};
use touchline_domain::{ChangeKind, FeedPosition};
use touchline_store_postgres::PostgresStore;

/// Something that goes into the feed by hand.
const CHANGE: &str =
    "INSERT INTO outbox (kind, subject, details, recorded_at) VALUES ('corrected', 'a', '{}', now())";
/// Longer than any wait that ends by itself.
const LONG: Duration = Duration::from_mins(1);

/// Somebody who waits for changes after a place, and when they were seen.
fn waiting(
    store: &PostgresStore,
    position: FeedPosition,
) -> tokio::task::JoinHandle<(FeedPosition, Instant)> {
    let store = store.clone();
    tokio::spawn(async move { (store.wait(position, LONG).await.unwrap(), Instant::now()) })
}

impl Fresh {
    /// Processes of the server that listen for changes of this database.
    async fn listeners(&self) -> i64 {
        let mut raw = self.database.connection().await;
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND query LIKE 'LISTEN %' AND state = 'idle'";
        let count = sqlx::query_scalar(sql).fetch_one(&mut raw).await.unwrap();
        raw.close().await.unwrap();
        count
    }

    async fn until_somebody_listens(&self) {
        let started = Instant::now();
        while self.listeners().await == 0 {
            assert!(started.elapsed() < LONG, "nobody listens");
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_of_another_process_is_announced() {
    let store = fresh().await;
    // Two handles share nothing but the server, like two processes.
    let other = store.again().await.unwrap();
    one_match(&store).await;
    for n in 1..4 {
        let position = store.latest().await.unwrap();
        let (first, second) = (waiting(&store, position), waiting(&store, position));
        store.until_somebody_listens().await;
        let rows = change(matches(&other, n, 1).await);
        other.apply(&rows).await.unwrap();
        let committed = Instant::now();
        for waiter in [first, second] {
            let (latest, seen) = waiter.await.unwrap();
            assert!(latest > position);
            let delay = seen.saturating_duration_since(committed);
            assert!(delay < Duration::from_secs(1), "{delay:?}");
        }
    }
    assert_eq!(store.listeners().await, 1, "one connection, whoever waits");
    store.close().await;
    assert_eq!(store.listeners().await, 0, "closed is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_while_nobody_waits() {
    let store = fresh().await;
    one_match(&store).await;
    store.after(FeedPosition::START, 10).await.unwrap();
    assert_eq!(store.listeners().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_loses_no_change() {
    let store = fresh().await;
    let other = store.again().await.unwrap();
    one_match(&store).await;
    let position = store.latest().await.unwrap();
    let waiter = waiting(&store, position);
    store.until_somebody_listens().await;
    let mut raw = store.database.connection().await;
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND query LIKE 'LISTEN %'";
    let ended: i64 = sqlx::query_scalar(sql).fetch_one(&mut raw).await.unwrap();
    assert_eq!(ended, 1);
    raw.close().await.unwrap();
    other.apply(&change(matches(&other, 1, 1).await)).await.unwrap();
    let (latest, _) = waiter.await.unwrap();
    assert!(latest > position);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_become_visible_in_order_whoever_writes() {
    let store = fresh().await;
    matches(&store, 0, 1).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4_u32 {
        let handle = store.again().await.unwrap();
        writers.spawn(async move {
            for n in 0..10 {
                // Silver and models: writers that share no other lock.
                if writer % 2 == 0 {
                    handle.apply(&change(matches(&handle, writer * 10 + n, 1).await)).await.unwrap();
                } else {
                    handle.register(&model(writer, n)).await.unwrap();
                }
            }
        });
    }
    let (mut read, mut position) = (Vec::new(), FeedPosition::START);
    // Twenty matches with their results, and twenty models.
    while read.len() < 60 {
        store.wait(position, LONG).await.unwrap();
        for change in store.after(position, 7).await.unwrap().changes {
            assert!(change.position > position);
            position = change.position;
            read.push(change);
        }
    }
    writers.join_all().await;
    assert_eq!(store.after(FeedPosition::START, 1000).await.unwrap().changes, read);
    assert_eq!(read.iter().filter(|change| change.kind == ChangeKind::Result).count(), 20);
}

fn model(writer: u32, n: u32) -> ModelVersion {
    ModelVersion {
        name: format!("m{writer}"),
        version: n.to_string(),
        path: "p".to_owned(),
        manifest_hash: "h".to_owned(),
        trained_at: chrono::DateTime::UNIX_EPOCH,
        metrics: serde_json::json!({}),
    }
}

#[tokio::test]
async fn a_higher_number_waits_for_a_lower_one_that_is_not_committed() {
    let store = fresh().await;
    let (mut first, mut second) = (store.database.connection().await, store.database.connection().await);
    execute(&mut first, "BEGIN").await.unwrap();
    execute(&mut first, CHANGE).await.unwrap();
    execute(&mut second, "SET lock_timeout = 50").await.unwrap();
    let error = execute(&mut second, CHANGE).await.unwrap_err();
    assert!(error.contains("lock timeout"), "{error}");
    execute(&mut first, "COMMIT").await.unwrap();
    execute(&mut second, CHANGE).await.unwrap();
    let changes = store.after(FeedPosition::START, 10).await.unwrap().changes;
    assert_eq!(changes.len(), 2);
    for raw in [first, second] {
        raw.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_alone_moves_a_reader_on() {
    let store = fresh().await;
    store.advance("jobs", None, FeedPosition::START).await.unwrap();
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let handle = PostgresStore::connect(store.database.url(), clock()).await.unwrap();
        racers.spawn(async move {
            handle.advance("jobs", Some(FeedPosition::START), FeedPosition(5)).await.unwrap()
        });
    }
    assert_eq!(racers.join_all().await.into_iter().filter(|moved| *moved).count(), 1);
}
