//! Values of matches that were corrected.

use crate::error::Mapped;
use crate::matches::pairs;
use crate::rows::names::{correction, season};
use crate::{Connection, PostgresStore, whole};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{CorrectionReader, StoreError};
use touchline_domain::{Correction, LeagueId, Season};

#[async_trait]
impl CorrectionReader for PostgresStore {
    async fn corrections_of(&self, seasons: &[(LeagueId, Season)]) -> Result<Vec<Correction>, StoreError> {
        let (leagues, seasons) = pairs(seasons);
        let rows = sqlx::query(include_str!("../queries/corrections/of_seasons.sql"))
            .bind(leagues)
            .bind(seasons)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(correction).collect()
    }

    async fn all_corrections(&self) -> Result<Vec<Correction>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/corrections/all.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(correction).collect()
    }

    async fn seasons_with_claims(&self) -> Result<Vec<(LeagueId, Season)>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/corrections/seasons_with_claims.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(season).collect()
    }
}

/// Adds corrections; one that is kept already stays as it is.
pub(crate) async fn insert(
    connection: &mut Connection,
    corrections: &[Correction],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for correction in corrections {
        sqlx::query(include_str!("../queries/corrections/insert.sql"))
            .bind(correction.match_id.0)
            .bind(correction.field.name())
            .bind(&correction.source)
            .bind(&correction.old)
            .bind(&correction.new)
            .bind(whole(correction.said.at))
            .bind(correction.said.document.map(|document| document.0))
            .bind(whole(correction.known_at))
            .bind(correction.verdict.name())
            .bind(&correction.by)
            .bind(now)
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}
