//! Whether anything was committed, by whatever process.

use crate::SqliteStore;
use crate::error::Mapped;
use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use touchline_domain::ports::{Revision, RevisionReader, StoreError};

/// A connection that does nothing but see others commit. SQLite's number of the data's version holds for one
/// connection only, so it is told apart from any that stood here before.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    pool: SqlitePool,
    opened: Arc<AtomicU64>,
}

impl Watch {
    /// On the database of these options; connects when it is first asked.
    pub fn new(options: SqliteConnectOptions) -> Self {
        let opened = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&opened);
        let pool = crate::pool(1).after_connect(move |_, _| {
            count.fetch_add(1, Ordering::SeqCst);
            Box::pin(async { Ok(()) })
        });
        Self { pool: pool.connect_lazy_with(options), opened }
    }

    /// Closes the connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn revision(&self) -> Result<Revision, StoreError> {
        let mut connection = self.pool.acquire().await.mapped()?;
        let opened = self.opened.load(Ordering::SeqCst);
        let query = sqlx::query_scalar(include_str!("../queries/revision.sql"));
        let version: i64 = query.fetch_one(&mut *connection).await.mapped()?;
        Ok(Revision::new(&format!("{opened}.{version}")))
    }
}

#[async_trait]
impl RevisionReader for SqliteStore {
    async fn revision(&self) -> Result<Option<Revision>, StoreError> {
        match &self.watch {
            Some(watch) => watch.revision().await.map(Some),
            None => Ok(None),
        }
    }
}
