//! Reading who plays and who is missing.

use crate::rows::squads::{injuries, lineups};
use crate::{Connection, SqliteStore};
use async_trait::async_trait;
use touchline_domain::ports::{SquadReader, StoreError};
use touchline_domain::{Injury, Lineup, MatchId};

#[async_trait]
impl SquadReader for SqliteStore {
    async fn all_lineups(&self) -> Result<Vec<(MatchId, Lineup)>, StoreError> {
        all_lineups(&mut *self.read().await?).await
    }

    async fn lineups_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, Lineup)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/squads/lineups_of.sql")).bind(json(matches));
        lineups(query.fetch(&mut *self.read().await?)).await
    }

    async fn all_injuries(&self) -> Result<Vec<(MatchId, Injury)>, StoreError> {
        all_injuries(&mut *self.read().await?).await
    }

    async fn injuries_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, Injury)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/squads/injuries_of.sql")).bind(json(matches));
        injuries(query.fetch(&mut *self.read().await?)).await
    }
}

/// All line-ups by match.
pub(crate) async fn all_lineups(connection: &mut Connection) -> Result<Vec<(MatchId, Lineup)>, StoreError> {
    lineups(sqlx::query(include_str!("../queries/squads/all_lineups.sql")).fetch(connection)).await
}

/// All absences by match.
pub(crate) async fn all_injuries(connection: &mut Connection) -> Result<Vec<(MatchId, Injury)>, StoreError> {
    injuries(sqlx::query(include_str!("../queries/squads/all_injuries.sql")).fetch(connection)).await
}

fn json(matches: &[MatchId]) -> String {
    serde_json::json!(matches).to_string()
}
