//! What survives: kills of the program and of the server, a full disk, other programs.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use sqlx::Connection;
use std::future::poll_fn;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::task::Poll;
use support::{change, clock, execute, fresh, matches, one_match};
use touchline_domain::ports::{
    ChangeFeed, HealthCheck, MatchReader, Retry, RosterWriter, SilverReader, SilverWriter, StoreError,
};
use touchline_domain::{ChangeKind, FeedPosition, NewTeam};
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::Cluster;

const CHILD: &str = "TOUCHLINE_TEST_CHILD_DATABASE";
const BATCH: u32 = 300;

/// Not a test of its own: the process that writes while it or its server is killed. Prints a line after each
/// acknowledgement.
#[tokio::test]
async fn child_that_writes_until_it_is_killed() {
    let Ok(url) = std::env::var(CHILD) else { return };
    let store = PostgresStore::connect(&url, clock()).await.unwrap();
    for batch in 0.. {
        if store.apply(&change(matches(&store, batch * BATCH, BATCH).await)).await.is_err() {
            return;
        }
        println!("acknowledged {}", batch + 1);
    }
}

/// Starts the child and returns once it has had so many batches acknowledged, with how many those were.
fn after(url: &str, batches: u64, kill: impl FnOnce()) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_writes_until_it_is_killed", "--nocapture"])
        .env(CHILD, url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = 0;
    let mut kill = Some(kill);
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        if let Some((_, count)) = line.split_once("acknowledged ") {
            acknowledged = count.trim().parse().unwrap();
        }
        if acknowledged >= batches
            && let Some(kill) = kill.take()
        {
            kill();
            // SIGKILL; where the server was killed, the child ends by itself.
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged >= batches, "the child did not write");
    acknowledged
}

/// Matches that the feed says were added.
async fn noted(store: &PostgresStore) -> u64 {
    let changes = store.after(FeedPosition::START, 100_000).await.unwrap().changes;
    let added = changes.iter().filter(|change| change.kind == ChangeKind::MatchAdded);
    added.map(|change| change.details["matches"].as_u64().unwrap()).sum()
}

async fn whole_batches(store: &PostgresStore, acknowledged: u64) {
    let stored = store.counts().await.unwrap().matches;
    assert!(stored >= acknowledged * u64::from(BATCH), "{stored} of {acknowledged} batches");
    assert_eq!(stored % u64::from(BATCH), 0, "a batch is whole or absent");
    assert_eq!(noted(store).await, stored, "a batch and its change come together");
    store.apply(&change(matches(store, stored as u32, 1).await)).await.unwrap();
    assert_eq!(store.counts().await.unwrap().matches, stored + 1);
}

#[tokio::test]
async fn acknowledged_writes_survive_a_kill_of_the_program() {
    let store = fresh().await;
    let acknowledged = after(store.database.url(), 3, || {});
    whole_batches(&store, acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_writes_survive_a_kill_of_the_server_and_the_store_comes_back_by_itself() {
    let cluster = Cluster::start("");
    let store = PostgresStore::connect(&cluster.url("postgres"), clock()).await.unwrap();
    let acknowledged = after(&cluster.url("postgres"), 3, || cluster.crash());
    let error = store.check().await.unwrap_err();
    assert!(matches!(error.retry(), Retry::After(_)), "{error:?}");
    cluster.resume();
    whole_batches(&store, acknowledged).await;
    store.close().await;
}

#[tokio::test]
async fn another_import_is_waited_for_and_then_told() {
    let store = fresh().await;
    one_match(&store).await;
    let mut raw = store.database.connection().await;
    execute(&mut raw, "BEGIN").await.unwrap();
    execute(&mut raw, "SELECT pg_advisory_xact_lock(hashtextextended('touchline silver', 0))").await.unwrap();
    let impatient = format!("{}&options=-c%20lock_timeout%3D50", store.database.url());
    let other = PostgresStore::connect(&impatient, clock()).await.unwrap();
    let rows = matches(&store, 5, 1).await;
    let error = other.apply(&change(rows.clone())).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(std::time::Duration::from_secs(1)), "{error:?}");
    assert_eq!(store.counts().await.unwrap().matches, 1, "readers do not wait");
    execute(&mut raw, "COMMIT").await.unwrap();
    other.apply(&change(rows)).await.unwrap();
    raw.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_handles_write_at_the_same_time() {
    let store = fresh().await;
    let other = store.again().await.unwrap();
    matches(&store, 0, 1).await;
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..20_u32 {
        let handle = if i % 2 == 0 { store.store.clone() } else { other.clone() };
        tasks.spawn(async move {
            let club = NewTeam { name: "Shared".to_owned(), country: "Wales".to_owned() };
            let id = handle.ensure_teams("test", &[club]).await.unwrap()[0];
            handle.apply(&change(matches(&handle, i * 50, 50).await)).await.unwrap();
            id
        });
    }
    let ids = tasks.join_all().await;
    assert!(ids.iter().all(|id| *id == ids[0]), "one club for all");
    assert_eq!(store.counts().await.unwrap().matches, 1000);
    assert_eq!(other.results().await.unwrap(), store.results().await.unwrap());
}

#[tokio::test]
async fn a_schema_of_another_program_is_refused() {
    let store = fresh().await;
    let mut raw = store.database.connection().await;
    let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
               VALUES (99, 'from the future', TRUE, '', 0)";
    execute(&mut raw, sql).await.unwrap();
    let Err(StoreError::Schema(reason)) = store.again().await else { panic!("a newer schema was opened") };
    assert!(reason.contains("99") && reason.contains("update the program"), "{reason}");
    execute(&mut raw, "DELETE FROM _sqlx_migrations WHERE version = 99").await.unwrap();
    store.again().await.unwrap();
    execute(&mut raw, "UPDATE _sqlx_migrations SET checksum = '' WHERE version = 2").await.unwrap();
    assert!(matches!(store.again().await, Err(StoreError::Schema(_))), "a rewritten schema was opened");
}

#[tokio::test]
async fn what_is_not_there_is_told() {
    let store = fresh().await;
    let absent = store.database.url().replace("/t_", "/no_such_");
    let error = PostgresStore::connect(&absent, clock()).await.unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
    store.close().await;
    assert!(matches!(store.check().await, Err(StoreError::Unavailable { .. })), "closed is closed");
}

/// Whoever asks may go away at any moment; what comes after must not find itself inside a transaction of theirs.
#[tokio::test]
async fn a_question_that_is_dropped_half_way_disturbs_nobody() {
    let store = fresh().await;
    let hash = store.content_hash().await.unwrap();
    for polls in 1..40 {
        let mut asked = Box::pin(store.content_hash());
        for _ in 0..polls {
            if poll_fn(|context| Poll::Ready(asked.as_mut().poll(context).is_ready())).await {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(asked);
        assert_eq!(store.content_hash().await.unwrap(), hash, "after {polls} steps");
    }
}
