//! The embedded store: SQLite behind the ports of the domain.
//!
//! [`SqliteStore::open`] gives a store that implements every port ([`touchline_domain::ports::Store`]). One
//! connection writes, a few others read; each write of a port is one transaction. The write-ahead log lets
//! readers go on while a document is imported, and the writer syncs it at each commit: what was acknowledged
//! survives the loss of the process and of power. Several processes may use one file at a time.
//!
//! SQL lies under `queries/`, one file per statement, the schema under `migrations/`. Times are kept as whole
//! seconds: fractions are cut off.

mod bronze;
mod bulk;
mod error;
mod files;
mod health;
mod matches;
mod migrations;
mod models;
mod predictions;
mod quality;
mod roster;
mod row;
mod silver;

use error::Mapped;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use touchline_domain::Clock;
use touchline_domain::ports::StoreError;

/// How long a call waits for another writer before it gives up with a hint to try again.
const BUSY: Duration = Duration::from_secs(10);
/// Connections that read at the same time.
const READERS: u32 = 4;

/// A SQLite file (or memory) behind the ports. Clones share the connections.
#[derive(Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
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
    /// The file cannot be opened ([`StoreError::Unavailable`]), is no database ([`StoreError::Corrupt`]) or has
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
        let readers = pool(READERS).connect_with(options.pragma("query_only", "ON")).await.mapped()?;
        Ok(Self { writer, readers, clock })
    }

    /// A store in memory, gone with its last clone: for tests.
    ///
    /// # Errors
    /// No memory.
    pub async fn in_memory(clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().in_memory(true).foreign_keys(true);
        let writer = pool(1).min_connections(1).connect_with(options).await.mapped()?;
        migrations::run(&writer).await?;
        Ok(Self { readers: writer.clone(), writer, clock })
    }

    /// Closes all connections and folds the log into the database file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Starts a write that no other writer can interfere with.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.mapped()
    }

    /// A connection to read with.
    async fn read(&self) -> Result<sqlx::pool::PoolConnection<Sqlite>, StoreError> {
        self.readers.acquire().await.mapped()
    }

    /// A consistent view over several reads.
    async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.readers.begin().await.mapped()
    }

    fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }
}

/// What the statements run on.
type Connection = SqliteConnection;

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(60))
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
}
