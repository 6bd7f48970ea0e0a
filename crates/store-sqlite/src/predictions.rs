//! Sealed forecasts.

use crate::error::{Mapped, corrupt};
use crate::row::Read;
use crate::{Connection, SqliteStore, outbox};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use touchline_domain::ports::{PredictionReader, PredictionWriter, SealedForecast, StoreError, texts};
use touchline_domain::{Forecast, MatchId};

#[async_trait]
impl PredictionReader for SqliteStore {
    async fn sealed(&self, id: MatchId) -> Result<Vec<SealedForecast>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/predictions/of_match.sql"))
            .bind(id.0)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(sealed).collect()
    }
}

#[async_trait]
impl PredictionWriter for SqliteStore {
    async fn seal(&self, forecasts: &[SealedForecast]) -> Result<u64, StoreError> {
        texts::forecasts(forecasts)?;
        let mut transaction = self.write().await?;
        let mut kept = Vec::new();
        for forecast in forecasts {
            if latest(&mut transaction, forecast).await?.is_some_and(|last| forecast.repeats(&last)) {
                continue;
            }
            insert(&mut transaction, forecast).await?;
            kept.push(forecast);
        }
        outbox::sealed(&mut transaction, &kept, self.now()).await?;
        transaction.commit().await.mapped()?;
        Ok(kept.len() as u64)
    }
}

async fn latest(
    connection: &mut Connection,
    forecast: &SealedForecast,
) -> Result<Option<SealedForecast>, StoreError> {
    let row = sqlx::query(include_str!("../queries/predictions/latest.sql"))
        .bind(forecast.match_id.0)
        .bind(&forecast.model_name)
        .bind(&forecast.model_version)
        .fetch_optional(connection)
        .await
        .mapped()?;
    row.as_ref().map(sealed).transpose()
}

async fn insert(connection: &mut Connection, f: &SealedForecast) -> Result<(), StoreError> {
    sqlx::query(include_str!("../queries/predictions/insert.sql"))
        .bind(f.match_id.0)
        .bind(&f.model_name)
        .bind(&f.model_version)
        .bind(f.forecast.home())
        .bind(f.forecast.draw())
        .bind(f.forecast.away())
        .bind(f.expected_goals.0)
        .bind(f.expected_goals.1)
        .bind(f.as_of.timestamp())
        .bind(f.sealed_at.timestamp())
        .bind(f.forecast.most_likely().name())
        .execute(connection)
        .await
        .mapped()?;
    Ok(())
}

pub(crate) fn sealed(row: &SqliteRow) -> Result<SealedForecast, StoreError> {
    Ok(SealedForecast {
        match_id: MatchId(row.value(0)?),
        model_name: row.value(1)?,
        model_version: row.value(2)?,
        forecast: Forecast::new(row.value(3)?, row.value(4)?, row.value(5)?).map_err(corrupt)?,
        expected_goals: (row.value(6)?, row.value(7)?),
        as_of: row.time(8)?,
        sealed_at: row.time(9)?,
    })
}
