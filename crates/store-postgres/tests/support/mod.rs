//! Stores in a database of their own.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "used by tests alone")]

use sqlx::{Executor, PgConnection, SqlSafeStr};
use std::ops::Deref;
#[allow(unused_imports, reason = "each test file uses a part")]
pub use touchline_domain::ports::contract::samples::{change, clock, details};
use touchline_domain::ports::{StoreError, contract::samples};
use touchline_domain::{Match, NewMatch};
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::TestDatabase;

/// A store that takes its database with it.
pub struct Fresh {
    pub store: PostgresStore,
    pub database: TestDatabase,
}

impl Deref for Fresh {
    type Target = PostgresStore;
    fn deref(&self) -> &PostgresStore {
        &self.store
    }
}

impl Fresh {
    /// Another handle on the same database.
    pub async fn again(&self) -> Result<PostgresStore, StoreError> {
        PostgresStore::connect(self.database.url(), clock()).await
    }
}

pub async fn fresh() -> Fresh {
    let database = TestDatabase::migrated().await;
    let store = PostgresStore::connect(database.url(), clock()).await.unwrap();
    Fresh { store, database }
}

pub async fn execute(connection: &mut PgConnection, sql: &'static str) -> Result<u64, String> {
    let done = connection.execute(sql.into_sql_str()).await;
    done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
}

/// See [`samples::matches`].
pub async fn matches(store: &PostgresStore, from: u32, n: u32) -> Vec<NewMatch> {
    samples::matches(store, from, n).await
}

/// Stores one match and returns it.
pub async fn one_match(store: &PostgresStore) -> Match {
    samples::one_match(store).await
}
