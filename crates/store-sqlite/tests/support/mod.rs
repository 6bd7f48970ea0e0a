//! Stores in a folder of their own.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "used by tests alone")]

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Executor, SqlSafeStr};
use std::ops::Deref;
use std::path::PathBuf;
use tempfile::TempDir;
#[allow(unused_imports, reason = "each test file uses a part")]
pub use touchline_domain::ports::contract::samples::{change, clock, details};
use touchline_domain::ports::{StoreError, contract::samples};
use touchline_domain::{Match, NewMatch};
use touchline_store_sqlite::SqliteStore;

/// A store that takes its folder with it.
pub struct Fresh {
    pub store: SqliteStore,
    pub folder: TempDir,
}

impl Deref for Fresh {
    type Target = SqliteStore;
    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

pub async fn fresh() -> Fresh {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(&folder.path().join("touchline.db"), clock()).await.unwrap();
    Fresh { store, folder }
}

impl Fresh {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("touchline.db")
    }

    /// Another handle on the same file.
    pub async fn again(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(&self.path(), clock()).await
    }

    /// A connection that knows nothing of the store's rules except what the database enforces.
    pub async fn raw(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.path()).foreign_keys(true).connect().await.unwrap()
    }
}

pub async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<u64, String> {
    let done = connection.execute(sql.into_sql_str()).await;
    done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
}

/// See [`samples::matches`].
pub async fn matches(store: &SqliteStore, from: u32, n: u32) -> Vec<NewMatch> {
    samples::matches(store, from, n).await
}

/// Stores one match and returns it.
pub async fn one_match(store: &SqliteStore) -> Match {
    samples::one_match(store).await
}
