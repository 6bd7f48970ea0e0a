//! Following what changes. Within a process a commit wakes whoever waits; what another process has written to the
//! same file is found by looking five times a second, and only while somebody waits.

use crate::SqliteStore;
use crate::error::Mapped;
use crate::rows::feed::{change, kind_count};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::Instant;
use touchline_domain::ports::{ChangeFeed, ChangeFeedWriter, FeedPage, StoreError, texts};
use touchline_domain::{ChangeKind, FeedPosition, JobId};

/// How often somebody who waits looks for what other processes have written.
const POLL: Duration = Duration::from_millis(200);

#[async_trait]
impl ChangeFeed for SqliteStore {
    async fn latest(&self) -> Result<FeedPosition, StoreError> {
        sqlx::query_scalar(include_str!("../queries/outbox/latest.sql"))
            .fetch_one(&mut *self.read().await?)
            .await
            .mapped()
            .map(FeedPosition)
    }

    async fn after(&self, position: FeedPosition, limit: u32) -> Result<FeedPage, StoreError> {
        let mut snapshot = self.snapshot().await?;
        let pruned: i64 = sqlx::query_scalar(include_str!("../queries/outbox/pruned.sql"))
            .fetch_one(&mut *snapshot)
            .await
            .mapped()?;
        let rows = sqlx::query(include_str!("../queries/outbox/after.sql"))
            .bind(position.0)
            .bind(limit)
            .fetch_all(&mut *snapshot)
            .await
            .mapped()?;
        let changes = rows.iter().map(change).collect::<Result<_, _>>()?;
        Ok(FeedPage { changes, has_gap: pruned > position.0 })
    }

    async fn wait(&self, position: FeedPosition, timeout: Duration) -> Result<FeedPosition, StoreError> {
        let deadline = Instant::now() + timeout;
        // Before the first look: what is committed after it wakes.
        let mut written = self.written.subscribe();
        loop {
            written.mark_unchanged();
            let latest = self.latest().await?;
            if latest != position || Instant::now() >= deadline {
                return Ok(latest);
            }
            // The sender lives as long as this handle.
            let _ = tokio::time::timeout_at(deadline.min(Instant::now() + POLL), written.changed()).await;
        }
    }

    async fn changes_of_job(&self, job: JobId) -> Result<Vec<(ChangeKind, u64)>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/outbox/of_job.sql"))
            .bind(job.0)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(kind_count).collect()
    }

    async fn reader_position(&self, name: &str) -> Result<Option<FeedPosition>, StoreError> {
        texts::reader(name)?;
        let position: Option<i64> = sqlx::query_scalar(include_str!("../queries/outbox/reader.sql"))
            .bind(name)
            .fetch_optional(&mut *self.read().await?)
            .await
            .mapped()?;
        Ok(position.map(FeedPosition))
    }
}

#[async_trait]
impl ChangeFeedWriter for SqliteStore {
    async fn advance(
        &self,
        name: &str,
        from: Option<FeedPosition>,
        to: FeedPosition,
    ) -> Result<bool, StoreError> {
        texts::reader_moves(name, from, to)?;
        let mut transaction = self.write().await?;
        let now = transaction.now().timestamp();
        let query = match from {
            None => sqlx::query(include_str!("../queries/outbox/add_reader.sql")).bind(name),
            Some(from) => sqlx::query(include_str!("../queries/outbox/advance.sql")).bind(name).bind(from.0),
        };
        let moved = query.bind(to.0).bind(now).execute(&mut *transaction).await.mapped()?;
        transaction.commit().await?;
        Ok(moved.rows_affected() == 1)
    }

    async fn forget_reader(&self, name: &str) -> Result<bool, StoreError> {
        texts::reader(name)?;
        let mut transaction = self.write().await?;
        let forgotten = sqlx::query(include_str!("../queries/outbox/forget_reader.sql"))
            .bind(name)
            .execute(&mut *transaction)
            .await
            .mapped()?;
        transaction.commit().await?;
        Ok(forgotten.rows_affected() == 1)
    }

    async fn prune(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let pruned = sqlx::query(include_str!("../queries/outbox/prune.sql"))
            .bind(before.timestamp())
            .execute(&mut *transaction)
            .await
            .mapped()?;
        sqlx::query(include_str!("../queries/outbox/note_pruned.sql"))
            .execute(&mut *transaction)
            .await
            .mapped()?;
        transaction.commit().await?;
        Ok(pruned.rows_affected())
    }
}
