//! What this store gives to the use cases that it shares with the other one, and the ports that these serve.

use crate::{Connection, SqliteStore, Write, export, matches, silver};
use async_trait::async_trait;
use chrono::{DateTime, SubsecRound, Utc};
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, Transaction};
use touchline_domain::ports::StoreError;
use touchline_domain::{LeagueId, Match, MatchId, NewDocument, Season};
use touchline_store_sql::store::{Lock, SqlStore};
use touchline_store_sql::texts::Texts;

#[async_trait]
impl SqlStore for SqliteStore {
    type Database = Sqlite;
    const TEXTS: Texts = touchline_store_sql::texts!();

    fn now(&self) -> DateTime<Utc> {
        self.clock.now().trunc_subsecs(0)
    }

    async fn read(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        Self::read(self).await
    }

    async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Self::snapshot(self).await
    }

    /// One writes at a time, whatever it is.
    async fn write(&self, _: &[Lock]) -> Result<Write, StoreError> {
        Self::write(self).await
    }

    async fn committed(&self) {
        self.written.send_replace(());
    }

    /// There is always room.
    async fn make_room(&self, _: &NewDocument<'_>) -> Result<(), StoreError> {
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

touchline_store_sql::ports!(SqliteStore);
