//! Sealed forecasts.

use crate::error::{Mapped, corrupt};
use crate::rows::forecasts::{packed, sealed};
use crate::{Connection, SqliteStore, ledger, outbox};
use async_trait::async_trait;
use touchline_domain::MatchId;
use touchline_domain::ports::{
    FeatureSet, LEDGER_VERSION, LedgerLink, LedgerMatch, PredictionReader, PredictionWriter, SealedForecast,
    StoreError, texts,
};

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
    async fn seal(&self, forecasts: &[SealedForecast], features: &[FeatureSet]) -> Result<u64, StoreError> {
        texts::forecasts(forecasts, features)?;
        let mut transaction = self.write().await?;
        ledger::keep_features(&mut transaction, features).await?;
        let called = ledger::matches(&mut transaction, forecasts).await?;
        let mut end = ledger::end(&mut transaction).await?;
        let mut kept = Vec::new();
        for forecast in forecasts {
            if latest(&mut transaction, forecast).await?.is_some_and(|last| forecast.repeats(&last)) {
                continue;
            }
            let of = called.get(&forecast.match_id).ok_or_else(|| unknown(forecast.match_id))?;
            let link = end.append(of, forecast)?;
            insert(&mut transaction, forecast, of, &link).await?;
            kept.push(forecast);
        }
        outbox::sealed(&mut transaction, &kept).await?;
        transaction.commit().await?;
        Ok(kept.len() as u64)
    }
}

fn unknown(id: MatchId) -> StoreError {
    StoreError::Constraint(format!("match {id} of a forecast is not held"))
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

async fn insert(
    connection: &mut Connection,
    f: &SealedForecast,
    of: &LedgerMatch,
    link: &LedgerLink,
) -> Result<(), StoreError> {
    let details = f.details.as_deref();
    let grid = details.map(|d| packed(&d.grid)).transpose()?;
    sqlx::query(include_str!("../queries/predictions/insert.sql"))
        .bind(f.match_id.0)
        .bind(&f.model_name)
        .bind(&f.model_version)
        .bind(f.forecast.home())
        .bind(f.forecast.draw())
        .bind(f.forecast.away())
        .bind(f.forecast.most_likely().name())
        .bind(f.expected_goals.0)
        .bind(f.expected_goals.1)
        .bind(f.as_of.timestamp())
        .bind(f.sealed_at.timestamp())
        .bind(grid)
        .bind(details.map(|d| d.kickoff.at.timestamp()))
        .bind(details.map(|d| d.kickoff.precision.name()))
        .bind(details.map(|d| d.confidence))
        .bind(details.map(|d| d.score.0))
        .bind(details.map(|d| d.score.1))
        .bind(details.map(|d| d.over_2_5))
        .bind(details.map(|d| d.both_teams_score))
        .bind(details.map(|d| &d.features))
        .bind(details.map(|d| &d.bundle))
        .bind(details.map(|d| &d.data))
        .bind(&of.league)
        .bind(of.season.to_string())
        .bind(&of.home)
        .bind(&of.away)
        .bind(of.leg)
        .bind(LEDGER_VERSION)
        .bind(i64::try_from(link.sequence).map_err(corrupt)?)
        .bind(&link.previous_hash)
        .bind(&link.entry_hash)
        .execute(connection)
        .await
        .mapped()?;
    Ok(())
}
