//! Sealed forecasts.

use crate::columns::column;
use crate::error::{Mapped, corrupt};
use crate::partitions::{self, Monthly};
use crate::replicas::tolerant;
use crate::row::Read;
use crate::{Connection, Lock, PostgresStore, outbox, whole};
use async_trait::async_trait;
use sqlx::postgres::PgRow;
use std::collections::HashMap;
use touchline_domain::ports::{PredictionReader, PredictionWriter, SealedForecast, StoreError, texts};
use touchline_domain::{Forecast, MatchId};

#[async_trait]
impl PredictionReader for PostgresStore {
    async fn sealed(&self, id: MatchId) -> Result<Vec<SealedForecast>, StoreError> {
        tolerant!(self, connection => of_match(connection, id).await)
    }
}

#[async_trait]
impl PredictionWriter for PostgresStore {
    async fn seal(&self, forecasts: &[SealedForecast]) -> Result<u64, StoreError> {
        texts::forecasts(forecasts)?;
        let months = partitions::months(forecasts.iter().map(|f| f.sealed_at));
        self.ensure_months(Monthly::Predictions, months).await?;
        let mut transaction = self.write_alone(Lock::Forecasts).await?;
        let stored = latest(&mut transaction, forecasts).await?;
        let mut last: HashMap<_, _> = stored.iter().map(|f| (series(f), f)).collect();
        let news: Vec<_> = forecasts
            .iter()
            .filter(|forecast| {
                let is_news = last.get(&series(forecast)).is_none_or(|last| !forecast.repeats(last));
                if is_news {
                    last.insert(series(forecast), forecast);
                }
                is_news
            })
            .collect();
        insert(&mut transaction, &news).await?;
        outbox::sealed(&mut transaction, &news, self.now()).await?;
        transaction.commit().await.mapped()?;
        Ok(news.len() as u64)
    }
}

async fn of_match(connection: &mut Connection, id: MatchId) -> Result<Vec<SealedForecast>, StoreError> {
    let rows = sqlx::query(include_str!("../queries/predictions/of_match.sql"))
        .bind(id.0)
        .fetch_all(connection)
        .await
        .mapped()?;
    rows.iter().map(sealed).collect()
}

/// Forecasts of one match by one model follow on each other.
fn series(f: &SealedForecast) -> (MatchId, &str, &str) {
    (f.match_id, &f.model_name, &f.model_version)
}

/// What was sealed last of the same matches.
async fn latest(
    connection: &mut Connection,
    forecasts: &[SealedForecast],
) -> Result<Vec<SealedForecast>, StoreError> {
    let rows = sqlx::query(include_str!("../queries/predictions/latest.sql"))
        .bind(column(forecasts, |f| f.match_id.0))
        .fetch_all(connection)
        .await
        .mapped()?;
    rows.iter().map(sealed).collect()
}

async fn insert(connection: &mut Connection, forecasts: &[&SealedForecast]) -> Result<(), StoreError> {
    sqlx::query(include_str!("../queries/predictions/insert.sql"))
        .bind(column(forecasts, |f| f.match_id.0))
        .bind(column(forecasts, |f| f.model_name.as_str()))
        .bind(column(forecasts, |f| f.model_version.as_str()))
        .bind(column(forecasts, |f| f.forecast.home()))
        .bind(column(forecasts, |f| f.forecast.draw()))
        .bind(column(forecasts, |f| f.forecast.away()))
        .bind(column(forecasts, |f| f.expected_goals.0))
        .bind(column(forecasts, |f| f.expected_goals.1))
        .bind(column(forecasts, |f| whole(f.as_of)))
        .bind(column(forecasts, |f| whole(f.sealed_at)))
        .bind(column(forecasts, |f| f.forecast.most_likely().name()))
        .execute(connection)
        .await
        .mapped()?;
    Ok(())
}

pub(crate) fn sealed(row: &PgRow) -> Result<SealedForecast, StoreError> {
    Ok(SealedForecast {
        match_id: MatchId(row.value(0)?),
        model_name: row.value(1)?,
        model_version: row.value(2)?,
        forecast: Forecast::new(row.value(3)?, row.value(4)?, row.value(5)?).map_err(corrupt)?,
        expected_goals: (row.value(6)?, row.value(7)?),
        as_of: row.value(8)?,
        sealed_at: row.value(9)?,
    })
}
