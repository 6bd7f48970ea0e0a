//! What this store gives to the use cases that it shares with the other one, and the ports that these serve.

use crate::error::Mapped;
use crate::partitions::{self, Monthly};
use crate::{Connection, PostgresStore, Write, export, matches, silver, whole};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use sqlx::{Postgres, Transaction};
use touchline_domain::ports::StoreError;
use touchline_domain::{LeagueId, Match, MatchId, NewDocument, RecordKind, Season};
use touchline_store_sql::store::{Lock, SqlStore};
use touchline_store_sql::texts::Texts;

#[async_trait]
impl SqlStore for PostgresStore {
    type Database = Postgres;
    const TEXTS: Texts = touchline_store_sql::texts!();
    const ANALYZE_MERGE: Option<&'static str> = Some(include_str!("../queries/merges/analyze.sql"));

    fn now(&self) -> DateTime<Utc> {
        whole(self.clock.now())
    }

    async fn read(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        Self::read(self).await
    }

    async fn snapshot(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        Self::snapshot(self).await
    }

    async fn write(&self, locks: &[Lock]) -> Result<Write, StoreError> {
        let mut write = Write::new(begin(&self.pool, "BEGIN").await?, self);
        for lock in locks {
            sqlx::query(include_str!("../queries/lock.sql"))
                .bind(lock.name())
                .execute(&mut *write)
                .await
                .mapped()?;
        }
        Ok(write)
    }

    /// Every read that follows sees it, also where that goes to a replica.
    async fn committed(&self) {
        self.replicas.wrote(&self.pool).await;
        self.written.send_replace(());
    }

    async fn make_room(&self, document: &NewDocument<'_>) -> Result<(), StoreError> {
        if document.records.iter().any(|record| record.kind == RecordKind::Odds) {
            let month = partitions::months(std::iter::once(document.collected_at));
            self.ensure_months(Monthly::RawOdds, month).await?;
        }
        Ok(())
    }

    async fn matches_of(
        connection: &mut Connection,
        seasons: &[(LeagueId, Season)],
    ) -> Result<Vec<Match>, StoreError> {
        matches::matches_of(connection, seasons).await
    }

    async fn update_matches(connection: &mut Connection, changed: &[Match]) -> Result<(), StoreError> {
        silver::update_matches(connection, changed).await
    }

    async fn quote_counts(
        connection: &mut Connection,
        matches: &[MatchId],
    ) -> Result<Vec<(MatchId, u64)>, StoreError> {
        export::quote_counts(connection, matches).await
    }
}

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

touchline_store_sql::ports!(PostgresStore);
