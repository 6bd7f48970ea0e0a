//! Following what changes, always on the primary. Within a process a commit wakes whoever waits; of other processes
//! the server tells (`LISTEN`), and looking now and then makes up for what it could not tell. Nothing is looked for
//! while nobody waits.

mod announcements;

pub(crate) use announcements::Announcements;

use crate::PostgresStore;
use crate::error::Mapped;
use crate::row::Read;
use crate::rows::feed::{change, kind_count};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::Instant;
use touchline_domain::ports::{ChangeFeed, ChangeFeedWriter, FeedPage, StoreError, texts};
use touchline_domain::{ChangeKind, FeedPosition, JobId};

/// How often somebody who waits looks, where the server tells of changes.
const POLL_BEHIND: Duration = Duration::from_secs(2);
/// How often, where it does not.
const POLL: Duration = Duration::from_millis(250);

#[async_trait]
impl ChangeFeed for PostgresStore {
    async fn latest(&self) -> Result<FeedPosition, StoreError> {
        let latest = sqlx::query_scalar(include_str!("../queries/outbox/latest.sql"))
            .fetch_one(&mut *self.read().await?)
            .await
            .mapped()?;
        // Whoever reads facts next takes them for those of this place: no replica that is behind it may answer.
        self.replicas.wrote(&self.pool).await;
        Ok(FeedPosition(latest))
    }

    async fn after(&self, position: FeedPosition, limit: u32) -> Result<FeedPage, StoreError> {
        let mut connection = self.read().await?;
        let rows = sqlx::query(include_str!("../queries/outbox/after.sql"))
            .bind(position.0)
            .bind(i64::from(limit))
            .fetch_all(&mut *connection)
            .await
            .mapped()?;
        // After the rows: what was pruned meanwhile shows as a gap.
        let pruned: i64 = sqlx::query_scalar(include_str!("../queries/outbox/pruned.sql"))
            .fetch_one(&mut *connection)
            .await
            .mapped()?;
        drop(connection);
        if !rows.is_empty() {
            // As for the latest.
            self.replicas.wrote(&self.pool).await;
        }
        let changes = rows.iter().map(change).collect::<Result<_, _>>()?;
        Ok(FeedPage { changes, has_gap: pruned > position.0 })
    }

    async fn wait(&self, position: FeedPosition, timeout: Duration) -> Result<FeedPosition, StoreError> {
        let deadline = Instant::now() + timeout;
        let mut written = self.written.subscribe();
        loop {
            // Before the look: what is committed after it is heard.
            let mut listener = self.announcements.listen().await;
            written.mark_unchanged();
            let latest = self.latest().await?;
            if latest != position || Instant::now() >= deadline {
                return Ok(latest);
            }
            let poll = if listener.is_some() { POLL_BEHIND } else { POLL };
            let until = deadline.min(Instant::now() + poll);
            let heard = async {
                match &mut listener {
                    Some(listener) => listener.hear().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = written.changed() => {}
                // Those who do not listen themselves are woken by the one that does.
                () = heard => {
                    self.written.send_replace(());
                }
                () = tokio::time::sleep_until(until) => {}
            }
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
impl ChangeFeedWriter for PostgresStore {
    async fn advance(
        &self,
        name: &str,
        from: Option<FeedPosition>,
        to: FeedPosition,
    ) -> Result<bool, StoreError> {
        texts::reader_moves(name, from, to)?;
        let now = self.now();
        let mut transaction = self.write().await?;
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
        let row = sqlx::query(include_str!("../queries/outbox/prune.sql"))
            .bind(before)
            .fetch_one(&mut *transaction)
            .await
            .mapped()?;
        let pruned = row.number(0)?;
        transaction.commit().await?;
        Ok(pruned)
    }
}
