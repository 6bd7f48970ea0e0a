//! Reading what happened in matches, and prices during them.

use crate::error::Mapped;
use crate::rows::events::{a_player, events, in_play};
use crate::{Connection, PostgresStore};
use async_trait::async_trait;
use touchline_domain::ports::{EventReader, InPlayOddsReader, StoreError, texts};
use touchline_domain::{EventList, InPlayQuote, MatchId, Player};

#[async_trait]
impl EventReader for PostgresStore {
    async fn all_events(&self) -> Result<Vec<(MatchId, EventList)>, StoreError> {
        all_events(&mut *self.read().await?).await
    }

    async fn events_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, EventList)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/events/events_of.sql")).bind(ids(matches));
        events(query.fetch(&mut *self.read().await?)).await
    }

    async fn players(&self, source: &str) -> Result<Vec<Player>, StoreError> {
        texts::key("the source of a player", source)?;
        let rows = sqlx::query(include_str!("../queries/events/players.sql"))
            .bind(source)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(a_player).collect()
    }
}

#[async_trait]
impl InPlayOddsReader for PostgresStore {
    async fn all_in_play_odds(&self) -> Result<Vec<(MatchId, InPlayQuote)>, StoreError> {
        all_in_play(&mut *self.read().await?).await
    }

    async fn in_play_odds_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, InPlayQuote)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/events/in_play_of.sql")).bind(ids(matches));
        in_play(query.fetch(&mut *self.read().await?)).await
    }
}

/// All lists of events by match.
pub(crate) async fn all_events(connection: &mut Connection) -> Result<Vec<(MatchId, EventList)>, StoreError> {
    events(sqlx::query(include_str!("../queries/events/all_events.sql")).fetch(connection)).await
}

/// All prices during matches by match.
pub(crate) async fn all_in_play(
    connection: &mut Connection,
) -> Result<Vec<(MatchId, InPlayQuote)>, StoreError> {
    in_play(sqlx::query(include_str!("../queries/events/all_in_play.sql")).fetch(connection)).await
}

fn ids(matches: &[MatchId]) -> Vec<i64> {
    matches.iter().map(|id| id.0).collect()
}
