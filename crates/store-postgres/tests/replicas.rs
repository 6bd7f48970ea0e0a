//! Reads and writes with a real streaming replica: what goes where, and what happens when it goes and comes.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use sqlx::Connection;
use std::time::{Duration, Instant};
use support::{change, clock, execute, matches};
use touchline_domain::FeedPosition;
use touchline_domain::ports::{
    ChangeFeed, HealthCheck, LeagueReader, MatchReader, SelfDiagnosis, SilverReader, SilverWriter, TeamReader,
};
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::{Cluster, connect};

/// Asks again until it is so; a minute is more than enough.
async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_so().await {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A primary, its replica, a store that reads from both, and another program that writes to the primary.
struct Pair {
    primary: Cluster,
    replica: Cluster,
    store: PostgresStore,
    other: PostgresStore,
}

impl Pair {
    async fn start() -> Self {
        let primary = Cluster::start("");
        let other = PostgresStore::connect(&primary.url("postgres"), clock()).await.unwrap();
        let replica = primary.replica();
        let urls = [replica.url("postgres")];
        let store =
            PostgresStore::connect_with_replicas(&primary.url("postgres"), &urls, clock()).await.unwrap();
        Self { primary, replica, store, other }
    }

    /// Another program writes so many matches more.
    async fn others_write(&self, n: u32) {
        let stored = self.other.counts().await.unwrap().matches as u32;
        self.other.apply(&change(matches(&self.other, stored, n).await)).await.unwrap();
    }

    /// How many matches a read sees that tolerates to be behind.
    async fn seen(&self) -> usize {
        self.store.results().await.unwrap().len()
    }

    async fn on_replica(&self, sql: &'static str) {
        let mut connection = connect(&self.replica.url("postgres")).await;
        execute(&mut connection, sql).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Whether reads go to the replica: with its replay paused they do not see what is new.
    async fn reads_from_replica(&self) -> bool {
        let before = self.seen().await;
        self.on_replica("SELECT pg_wal_replay_pause()").await;
        self.others_write(1).await;
        let seen = self.seen().await;
        self.on_replica("SELECT pg_wal_replay_resume()").await;
        let all = self.other.results().await.unwrap().len();
        eventually("the replica does not catch up", async || self.seen().await == all).await;
        seen == before
    }

    async fn health(&self) -> String {
        self.store.check().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_takes_reads_that_may_be_behind_and_no_others() {
    let pair = Pair::start().await;
    pair.others_write(3).await;
    eventually("the replica is not read from", async || pair.reads_from_replica().await).await;

    pair.on_replica("SELECT pg_wal_replay_pause()").await;
    let (before, clubs) = (pair.seen().await, pair.store.teams().await.unwrap().len());
    pair.others_write(5).await;
    assert_eq!(pair.seen().await, before, "what others wrote may be late");
    assert_eq!(pair.store.counts().await.unwrap().matches as usize, before + 5, "counts are the primary's");
    let news = matches(&pair.store, before as u32 + 5, 2).await;
    pair.store.apply(&change(news)).await.unwrap();
    assert_eq!(pair.seen().await, before + 7, "what this process wrote is there at once");
    assert_eq!(pair.store.teams().await.unwrap().len(), clubs);
    let clone = pair.store.clone();
    assert_eq!(clone.results().await.unwrap().len(), before + 7, "also for clones");
    assert!(pair.health().await.ends_with("1 of 1 replicas answer"), "{}", pair.health().await);

    pair.others_write(1).await;
    assert!(!pair.store.after(FeedPosition::START, 1000).await.unwrap().changes.is_empty());
    assert_eq!(pair.seen().await, before + 8, "what the feed told of is there at once");
    pair.others_write(1).await;
    pair.store.latest().await.unwrap();
    assert_eq!(pair.seen().await, before + 9, "and what a place in it covers");

    pair.on_replica("SELECT pg_wal_replay_resume()").await;
    eventually("the replica is not read from again", async || pair.reads_from_replica().await).await;
    assert_eq!(pair.store.leagues().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_dies_is_left_out_and_comes_back_by_itself() {
    let pair = Pair::start().await;
    pair.others_write(3).await;
    eventually("the replica is not read from", async || pair.reads_from_replica().await).await;

    pair.replica.crash();
    pair.others_write(1).await;
    for _ in 0..5 {
        assert_eq!(
            pair.seen().await,
            pair.other.results().await.unwrap().len(),
            "no read fails or is behind"
        );
    }
    let health = pair.health().await;
    assert!(health.contains("0 of 1 replicas answer; postgres://postgres@localhost"), "{health}");
    let findings = pair.store.diagnose().await.unwrap();
    let finding = findings.iter().find(|finding| finding.check == "replicas").unwrap();
    assert!(!finding.healthy && finding.details.contains("left out"), "{finding:?}");
    let urls = [pair.replica.url("postgres")];
    let late =
        PostgresStore::connect_with_replicas(&pair.primary.url("postgres"), &urls, clock()).await.unwrap();
    assert_eq!(late.results().await.unwrap().len(), pair.seen().await, "a start needs no replica");

    pair.replica.resume();
    // Reads alone bring it back: nobody asks for health.
    eventually("the replica is not read from again", async || pair.reads_from_replica().await).await;
    assert!(pair.health().await.ends_with("1 of 1 replicas answer"));

    pair.on_replica("SELECT pg_promote()").await;
    eventually("a promoted replica is used", async || pair.health().await.contains("it takes writes")).await;
    pair.others_write(1).await;
    assert_eq!(pair.seen().await, pair.other.results().await.unwrap().len(), "it is no replica any more");
}
