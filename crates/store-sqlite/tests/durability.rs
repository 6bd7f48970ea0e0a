//! What survives: kills, other processes, other programs, damage.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use sqlx::Connection;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use support::{change, clock, execute, fresh, matches, one_match};
use touchline_domain::ports::{
    BronzeReader, BronzeWriter, ChangeFeed, HealthCheck, MatchReader, RosterWriter, SilverReader,
    SilverWriter, StoreError,
};
use touchline_domain::{ChangeKind, FeedPosition, NewDocument, NewTeam};
use touchline_store_sqlite::SqliteStore;

const CHILD: &str = "TOUCHLINE_TEST_CHILD_DATABASE";
const BATCH: u32 = 300;

/// Not a test of its own: the process that `acknowledged_writes_survive_a_kill` kills. Writes batch after
/// batch and prints a line after each acknowledgement.
#[tokio::test]
async fn child_that_writes_until_it_is_killed() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let store = SqliteStore::open(Path::new(&path), clock()).await.unwrap();
    for batch in 0.. {
        store.apply(&change(matches(&store, batch * BATCH, BATCH).await)).await.unwrap();
        println!("acknowledged {}", batch + 1);
    }
}

/// Matches that the feed says were added.
async fn noted(store: &SqliteStore) -> u64 {
    let changes = store.after(FeedPosition::START, 100_000).await.unwrap().changes;
    let added = changes.iter().filter(|change| change.kind == ChangeKind::MatchAdded);
    added.map(|change| change.details["matches"].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn acknowledged_writes_survive_a_kill() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("touchline.db");
    let mut kept = 0;
    for kill_after in [1, 4, 9] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_writes_until_it_is_killed", "--nocapture"])
            .env(CHILD, path.with_extension(kill_after.to_string()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut acknowledged = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            if let Some((_, count)) = line.unwrap().split_once("acknowledged ") {
                acknowledged = count.trim().parse::<u64>().unwrap();
            }
            if acknowledged == kill_after {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(acknowledged, kill_after, "the child did not write");
        let store = SqliteStore::open(&path.with_extension(kill_after.to_string()), clock()).await.unwrap();
        let stored = store.counts().await.unwrap().matches;
        assert!(stored >= acknowledged * u64::from(BATCH), "{stored} of {acknowledged} batches");
        assert_eq!(stored % u64::from(BATCH), 0, "a batch is whole or absent");
        assert_eq!(noted(&store).await, stored, "a batch and its change come together");
        kept += stored;
        // The next run goes on where the killed one stopped.
        store.apply(&change(matches(&store, stored as u32, 1).await)).await.unwrap();
        assert_eq!(store.counts().await.unwrap().matches, stored + 1);
    }
    assert!(kept > 0);
}

#[tokio::test]
async fn a_store_that_was_dropped_without_closing_opens_again() {
    let store = fresh().await;
    let held = one_match(&store).await;
    let hash = store.content_hash().await.unwrap();
    let again = store.again().await.unwrap();
    drop(store.store);
    assert_eq!(again.get_match(held.id).await.unwrap(), Some(held));
    assert_eq!(again.content_hash().await.unwrap(), hash);
    again.close().await;
    assert!(matches!(again.check().await, Err(StoreError::Unavailable { .. })), "closed is closed");
    let last = SqliteStore::open(&store.folder.path().join("touchline.db"), clock()).await.unwrap();
    assert_eq!(last.content_hash().await.unwrap(), hash);
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
async fn readers_see_whole_changes_while_a_writer_works() {
    let store = fresh().await;
    one_match(&store).await;
    let mut raw = store.raw().await;
    execute(&mut raw, "BEGIN IMMEDIATE").await.unwrap();
    execute(&mut raw, "UPDATE matches SET attendance = 5").await.unwrap();
    assert_eq!(store.again().await.unwrap().counts().await.unwrap().matches, 1, "opening does not wait");
    let seen = store.get_match(store.results().await.unwrap()[0].id).await.unwrap().unwrap();
    assert_eq!(seen.attendance, None);
    execute(&mut raw, "COMMIT").await.unwrap();
    assert_eq!(store.get_match(seen.id).await.unwrap().unwrap().attendance, Some(5));
}

#[tokio::test]
async fn a_schema_of_another_program_is_refused() {
    let store = fresh().await;
    let mut raw = store.raw().await;
    let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
               VALUES (99, 'from the future', TRUE, x'00', 0)";
    execute(&mut raw, sql).await.unwrap();
    let Err(StoreError::Schema(reason)) = store.again().await else { panic!("a newer schema was opened") };
    assert!(reason.contains("99") && reason.contains("update the program"), "{reason}");
    execute(&mut raw, "DELETE FROM _sqlx_migrations WHERE version = 99").await.unwrap();
    store.again().await.unwrap();
    execute(&mut raw, "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2").await.unwrap();
    assert!(matches!(store.again().await, Err(StoreError::Schema(_))), "a rewritten schema was opened");
}

#[tokio::test]
async fn what_is_no_database_is_corrupt() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("page.db");
    std::fs::write(&path, "<html>this is not a database</html>".repeat(500)).unwrap();
    let error = SqliteStore::open(&path, clock()).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
    let error = SqliteStore::open(folder.path(), clock()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "a folder: {error:?}");
}

#[tokio::test]
async fn damage_is_told_apart_from_absence() {
    let store = fresh().await;
    store.apply(&change(matches(&store, 0, 3000).await)).await.unwrap();
    let bytes = b"the bytes of a document";
    let document = NewDocument {
        source: "test",
        name: "file",
        bytes,
        hash: &blake3::hash(bytes).to_hex(),
        collected_at: chrono::DateTime::UNIX_EPOCH,
        records: &[],
    };
    let id = store.store_document(&document).await.unwrap().id;
    let mut raw = store.raw().await;
    execute(&mut raw, "UPDATE raw_documents SET hash = 'e' || substr(hash, 2)").await.unwrap();
    let error = store.document(id).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
    execute(&mut raw, "UPDATE raw_documents SET content = x'00'").await.unwrap();
    let error = store.document(id).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");

    // Everything into the file itself, whichever connection is the last to close.
    execute(&mut raw, "PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    raw.close().await.unwrap();
    store.close().await;
    let mut file = std::fs::OpenOptions::new().write(true).open(store.path()).unwrap();
    let length = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(8192)).unwrap();
    file.write_all(&vec![0xa5; (length - 8192) as usize]).unwrap();
    drop(file);
    let error = match store.again().await {
        Ok(damaged) => damaged.content_hash().await.unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("data/deep/touchline.db");
    let store = SqliteStore::open(&path, clock()).await.unwrap();
    one_match(&store).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&path.with_extension("db-wal")), 0o600);
}

#[tokio::test]
async fn an_alias_leads_to_its_club() {
    let store = fresh().await;
    let club = |name: &str, country: &str| NewTeam { name: name.to_owned(), country: country.to_owned() };
    let id = store.ensure_teams("one", &[club("Manchester United", "England")]).await.unwrap()[0];
    let mut raw = store.raw().await;
    let sql =
        "INSERT INTO team_aliases (source, country, alias, team_id) VALUES ('two', 'England', 'Man Utd', 1)";
    execute(&mut raw, sql).await.unwrap();
    assert_eq!(store.ensure_teams("two", &[club("Man Utd", "England")]).await.unwrap(), [id]);
    let others = [club("Man Utd", "Malta")];
    assert_ne!(store.ensure_teams("two", &others).await.unwrap(), [id], "an alias holds in its country");
    assert_ne!(store.ensure_teams("three", &[club("Man Utd", "England")]).await.unwrap(), [id]);
}

#[tokio::test]
async fn a_store_in_memory_is_a_store() {
    let store = SqliteStore::in_memory(clock()).await.unwrap();
    let held = one_match(&store).await;
    assert_eq!(store.clone().get_match(held.id).await.unwrap(), Some(held));
    assert_eq!(store.content_hash().await.unwrap().len(), 64);
    assert!(store.check().await.unwrap().starts_with("SQLite 3."));
}
