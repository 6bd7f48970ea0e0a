//! A write that is under way.

use crate::error::Mapped;
use crate::replicas::Replicas;
use crate::{Connection, PostgresStore};
use sqlx::Transaction;
use sqlx::postgres::{PgPool, Postgres};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use tokio::sync::watch;
use touchline_domain::ports::StoreError;

/// Begins a transaction. This is done in a task of its own, which nobody can stop half-way: sqlx gives a connection back to
/// its pool inside the transaction when the future that begins it is dropped, and the next user's writes would be lost.
pub(crate) async fn begin(
    pool: &PgPool,
    statement: &'static str,
) -> Result<Transaction<'static, Postgres>, StoreError> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed)).mapped()
}

/// A transaction on the primary. Dropped, it leaves no trace; committed, it is seen by every read that follows, also where
/// that goes to a replica, and wakes whoever waits for changes in this process.
pub(crate) struct Write {
    transaction: Transaction<'static, Postgres>,
    primary: PgPool,
    replicas: Arc<Replicas>,
    written: Arc<watch::Sender<()>>,
}

impl Write {
    pub async fn begin(store: &PostgresStore) -> Result<Self, StoreError> {
        let transaction = begin(&store.pool, "BEGIN").await?;
        Ok(Self {
            transaction,
            primary: store.pool.clone(),
            replicas: Arc::clone(&store.replicas),
            written: Arc::clone(&store.written),
        })
    }

    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await?;
        self.replicas.wrote(&self.primary).await;
        self.written.send_replace(());
        Ok(())
    }
}

impl Deref for Write {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.transaction
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.transaction
    }
}
