//! The embedded store: SQLite behind the ports of the domain.
//!
//! [`SqliteStore::open`] gives a store that implements every port ([`touchline_domain::ports::Store`]). One
//! connection writes, a few others read; each write of a port is one transaction. The write-ahead log lets
//! readers go on while a document is imported, and the writer syncs it at each commit: what was acknowledged
//! survives the loss of the process and of power. Several processes may use one file at a time.
//!
//! SQL lies under `queries/`, one file per statement, the schema under `migrations/`. Times are kept as whole
//! seconds: fractions are cut off.

mod archive;
mod backup;
mod bulk;
mod diagnosis;
mod events;
mod export;
mod feed;
mod files;
mod health;
mod matches;
mod migrations;
mod predictions;
mod revision;
mod roster;
mod shared;
mod silver;
mod squads;
mod summaries;

use revision::Watch;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, SqlSafeStr, Sqlite, SqliteConnection, Transaction};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use touchline_domain::Clock;
use touchline_domain::ports::StoreError;
use touchline_store_sql::error::Mapped;
use touchline_store_sql::{
    bronze, corrections, error, ledger, lineage, names, outbox, quality, row, rows, season_rules,
    surroundings,
};

/// How long a call waits for another writer before it gives up with a hint to try again.
const BUSY: Duration = Duration::from_secs(10);
/// Connections that read at the same time.
const READERS: u32 = 4;

/// A SQLite file (or memory) behind the ports. Clones share the connections.
#[derive(Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    /// Absent in memory, where the one connection does not see its own commits.
    watch: Option<Watch>,
    clock: Arc<dyn Clock>,
    /// Wakes whoever waits for changes.
    written: Arc<watch::Sender<()>>,
    /// Absent in memory.
    path: Option<PathBuf>,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the database at `path`, creating it and its folder (readable by their owner alone) where absent,
    /// and brings its schema up to date. `clock` dates what the store notes by itself.
    ///
    /// # Errors
    /// The file cannot be opened ([`StoreError::Unavailable`]), is not a database ([`StoreError::Corrupt`]) or has
    /// a schema that this program does not know ([`StoreError::Schema`]).
    pub async fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        files::create_private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(BUSY)
            .foreign_keys(true)
            .row_buffer_size(1024)
            // Not more than this of the log is left on disk after a big import.
            .pragma("journal_size_limit", "67108864");
        let writer = pool(1)
            .connect_with(
                options
                    .clone()
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    // 64 MiB: the indexes of a bulk import stay in memory.
                    .pragma("cache_size", "-65536"),
            )
            .await
            .mapped()?;
        migrations::run(&writer).await?;
        // Readers must not write, yet need to be able to: they take part in the log's shared memory.
        let options = options.pragma("query_only", "ON");
        let watch = Some(Watch::new(options.clone()));
        let readers = pool(READERS).connect_with(options).await.mapped()?;
        Ok(Self { writer, readers, watch, clock, written: Arc::default(), path: Some(path.to_owned()) })
    }

    /// A store in memory, gone with its last clone: for tests.
    ///
    /// # Errors
    /// No memory.
    pub async fn in_memory(clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().in_memory(true).foreign_keys(true);
        let writer = pool(1).min_connections(1).connect_with(options).await.mapped()?;
        migrations::run(&writer).await?;
        Ok(Self { readers: writer.clone(), writer, watch: None, clock, written: Arc::default(), path: None })
    }

    /// Closes all connections and folds the log into the database file.
    pub async fn close(&self) {
        if let Some(watch) = &self.watch {
            watch.close().await;
        }
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Starts a write that no other writer can interfere with.
    async fn write(&self) -> Result<Write, StoreError> {
        let mut connection = self.writer.acquire().await.mapped()?;
        if connection.is_in_transaction() {
            // The last one was dropped; the answer comes after what it left to do.
            connection.ping().await.mapped()?;
        }
        if connection.is_in_transaction() {
            // SQLite rolled it back by itself, as it does when the disk is full; the driver could not do so a second
            // time, and believes that it is open.
            connection.close().await.mapped()?;
            connection = self.writer.acquire().await.mapped()?;
        }
        let transaction =
            Transaction::begin(connection, Some("BEGIN IMMEDIATE".into_sql_str())).await.mapped()?;
        Ok(Write::new(transaction, self))
    }

    /// A connection to read with.
    async fn read(&self) -> Result<sqlx::pool::PoolConnection<Sqlite>, StoreError> {
        self.readers.acquire().await.mapped()
    }

    /// A consistent view over several reads.
    async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.readers.begin().await.mapped()
    }
}

/// A transaction that is under way; committed, it wakes whoever waits for changes.
type Write = touchline_store_sql::store::Write<SqliteStore>;

/// What the statements run on.
type Connection = SqliteConnection;

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_mins(1))
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use touchline_domain::ports::{LeagueReader, Retry, RosterWriter, TeamReader};
    use touchline_domain::{FixedClock, NewTeam};

    async fn store(folder: &tempfile::TempDir) -> SqliteStore {
        let clock = Arc::new(FixedClock(DateTime::UNIX_EPOCH));
        SqliteStore::open(&folder.path().join("touchline.db"), clock).await.unwrap()
    }

    fn clubs(n: u32) -> Vec<NewTeam> {
        (0..n).map(|i| NewTeam { name: format!("{i:0>200}"), country: "x".to_owned() }).collect()
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_leaves_the_store_whole() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = store(&folder).await;
        // The writer's own limit stands for the disk's end.
        sqlx::query("PRAGMA max_page_count = 120").execute(&store.writer).await.unwrap();
        let error = store.ensure_teams("s", &clubs(5000)).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Unavailable { message, retry: Retry::After(_) } if message == "disk full"),
            "{error:?}"
        );
        assert_eq!(store.teams().await.unwrap(), []);
        sqlx::query("PRAGMA max_page_count = 1000000").execute(&store.writer).await.unwrap();
        assert_eq!(store.ensure_teams("s", &clubs(5000)).await.unwrap().len(), 5000);
    }

    #[tokio::test]
    async fn a_locked_database_says_to_try_again() {
        let folder = tempfile::TempDir::new().unwrap();
        let (holder, store) = (store(&folder).await, store(&folder).await);
        let held = holder.write().await.unwrap();
        sqlx::query("PRAGMA busy_timeout = 50").execute(&store.writer).await.unwrap();
        let error = store.ensure_teams("s", &clubs(1)).await.unwrap_err();
        assert_eq!(error.retry(), Retry::After(Duration::from_secs(1)), "{error:?}");
        assert_eq!(store.leagues().await.unwrap(), [], "readers do not wait");
        drop(held);
        assert_eq!(store.ensure_teams("s", &clubs(1)).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_reader_cannot_write_and_the_writer_syncs() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = store(&folder).await;
        assert!(sqlx::query("DELETE FROM leagues").execute(&store.readers).await.is_err());
        let full: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&store.writer).await.unwrap();
        assert_eq!(full, 2);
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&store.readers).await.unwrap();
        assert_eq!(mode, "wal");
    }
}
