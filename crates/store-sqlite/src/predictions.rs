//! Sealed forecasts.

use crate::error::{Mapped, corrupt};
use crate::row::{Read, time};
use crate::{Connection, SqliteStore, ledger, outbox};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use touchline_domain::ports::{
    ExportedForecast, FeatureSet, LEDGER_VERSION, LedgerLink, LedgerMatch, PredictionReader,
    PredictionWriter, SealedDetails, SealedForecast, StoreError, texts,
};
use touchline_domain::{Forecast, Kickoff, MatchId, ScoreGrid};

/// More than any packed grid has.
const MOST_GRID_BYTES: usize = 1 << 16;

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
        outbox::sealed(&mut transaction, &kept, self.now()).await?;
        transaction.commit().await.mapped()?;
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
    let grid = details.map(|d| zstd::bulk::compress(&d.grid.packed(), zstd::DEFAULT_COMPRESSION_LEVEL));
    let grid = grid.transpose().map_err(corrupt)?;
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

/// The first 21 columns of the queries of forecasts.
pub(crate) fn sealed(row: &SqliteRow) -> Result<SealedForecast, StoreError> {
    Ok(SealedForecast {
        match_id: MatchId(row.value(0)?),
        model_name: row.value(1)?,
        model_version: row.value(2)?,
        forecast: Forecast::new(row.value(3)?, row.value(4)?, row.value(5)?).map_err(corrupt)?,
        expected_goals: (row.value(6)?, row.value(7)?),
        as_of: row.time(8)?,
        sealed_at: row.time(9)?,
        details: details(row)?.map(Box::new),
    })
}

fn details(row: &SqliteRow) -> Result<Option<SealedDetails>, StoreError> {
    let Some(grid) = row.value::<Option<&[u8]>>(10)? else { return Ok(None) };
    let grid = zstd::bulk::decompress(grid, MOST_GRID_BYTES)
        .map_err(|error| corrupt(format!("the score grid of a forecast: {error}")))?;
    Ok(Some(SealedDetails {
        kickoff: Kickoff { at: time(row.value(11)?)?, precision: row.parsed(12)? },
        grid: ScoreGrid::unpacked(&grid).map_err(corrupt)?,
        confidence: row.value(13)?,
        score: (row.number(14)?, row.number(15)?),
        over_2_5: row.value(16)?,
        both_teams_score: row.value(17)?,
        features: row.value(18)?,
        bundle: row.value(19)?,
        data: row.value(20)?,
    }))
}

/// The place in the ledger, from the four columns after those of the forecast.
pub(crate) fn link(row: &SqliteRow) -> Result<Option<LedgerLink>, StoreError> {
    let Some(sequence) = row.optional_number::<i64>(22)? else { return Ok(None) };
    Ok(Some(LedgerLink {
        // One that no store gives comes before all others.
        sequence: u64::try_from(sequence).unwrap_or_default(),
        previous_hash: row.value::<Option<String>>(23)?.unwrap_or_default(),
        entry_hash: row.value::<Option<String>>(24)?.unwrap_or_default(),
    }))
}

/// A row of the export: a forecast with its place in the ledger.
pub(crate) fn exported(row: &SqliteRow) -> Result<ExportedForecast, StoreError> {
    Ok(ExportedForecast { id: row.value(21)?, forecast: sealed(row)?, link: link(row)? })
}
