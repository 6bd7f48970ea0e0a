//! Sealed forecasts.

use crate::columns::column;
use crate::error::{Mapped, corrupt};
use crate::partitions::{self, Monthly};
use crate::replicas::tolerant;
use crate::rows::forecasts::{packed, sealed};
use crate::{Connection, Lock, PostgresStore, ledger, outbox, whole};
use async_trait::async_trait;
use std::collections::HashMap;
use touchline_domain::MatchId;
use touchline_domain::ports::{
    FeatureSet, LEDGER_VERSION, LedgerLink, LedgerMatch, PredictionReader, PredictionWriter, SealedDetails,
    SealedForecast, StoreError, texts,
};

/// Forecasts per statement: their grids take a few kilobytes each.
const ROWS: usize = 2_000;

/// A forecast that is about to be an entry of the ledger.
struct Entry<'a> {
    forecast: &'a SealedForecast,
    details: &'a SealedDetails,
    of: &'a LedgerMatch,
    link: LedgerLink,
    sequence: i64,
    grid: Vec<u8>,
}

#[async_trait]
impl PredictionReader for PostgresStore {
    async fn sealed(&self, id: MatchId) -> Result<Vec<SealedForecast>, StoreError> {
        tolerant!(self, connection => of_match(connection, id).await)
    }
}

#[async_trait]
impl PredictionWriter for PostgresStore {
    async fn seal(&self, forecasts: &[SealedForecast], features: &[FeatureSet]) -> Result<u64, StoreError> {
        texts::forecasts(forecasts, features)?;
        let months = partitions::months(forecasts.iter().map(|f| f.sealed_at));
        self.ensure_months(Monthly::Predictions, months).await?;
        // Sealers take turns until the end of their transactions, so that the ledger does not fork.
        let mut transaction = self.write_alone(Lock::Forecasts).await?;
        ledger::keep_features(&mut transaction, features).await?;
        let called = ledger::matches(&mut transaction, forecasts).await?;
        let mut end = ledger::end(&mut transaction).await?;
        let stored = latest(&mut transaction, forecasts).await?;
        let mut last: HashMap<_, _> = stored.iter().map(|f| (series(f), f)).collect();
        let mut entries = Vec::new();
        for forecast in forecasts {
            if last.get(&series(forecast)).is_some_and(|last| forecast.repeats(last)) {
                continue;
            }
            last.insert(series(forecast), forecast);
            let of = called.get(&forecast.match_id).ok_or_else(|| {
                StoreError::Constraint(format!("match {} of a forecast is not held", forecast.match_id))
            })?;
            let link = end.append(of, forecast)?;
            let sequence = i64::try_from(link.sequence).map_err(corrupt)?;
            let Some(details) = forecast.details.as_deref() else { continue };
            let grid = packed(&details.grid)?;
            entries.push(Entry { forecast, details, of, link, sequence, grid });
        }
        for entries in entries.chunks(ROWS) {
            insert(&mut transaction, entries).await?;
        }
        let sealed: Vec<_> = entries.iter().map(|entry| entry.forecast).collect();
        outbox::sealed(&mut transaction, &sealed).await?;
        transaction.commit().await?;
        Ok(entries.len() as u64)
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

async fn insert(connection: &mut Connection, entries: &[Entry<'_>]) -> Result<(), StoreError> {
    sqlx::query(include_str!("../queries/predictions/insert.sql"))
        .bind(column(entries, |e| e.forecast.match_id.0))
        .bind(column(entries, |e| e.forecast.model_name.as_str()))
        .bind(column(entries, |e| e.forecast.model_version.as_str()))
        .bind(column(entries, |e| e.forecast.forecast.home()))
        .bind(column(entries, |e| e.forecast.forecast.draw()))
        .bind(column(entries, |e| e.forecast.forecast.away()))
        .bind(column(entries, |e| e.forecast.forecast.most_likely().name()))
        .bind(column(entries, |e| e.forecast.expected_goals.0))
        .bind(column(entries, |e| e.forecast.expected_goals.1))
        .bind(column(entries, |e| whole(e.forecast.as_of)))
        .bind(column(entries, |e| whole(e.forecast.sealed_at)))
        .bind(column(entries, |e| e.grid.as_slice()))
        .bind(column(entries, |e| whole(e.details.kickoff.at)))
        .bind(column(entries, |e| e.details.kickoff.precision.name()))
        .bind(column(entries, |e| e.details.confidence))
        .bind(column(entries, |e| i32::from(e.details.score.0)))
        .bind(column(entries, |e| i32::from(e.details.score.1)))
        .bind(column(entries, |e| e.details.over_2_5))
        .bind(column(entries, |e| e.details.both_teams_score))
        .bind(column(entries, |e| e.details.features.as_str()))
        .bind(column(entries, |e| e.details.bundle.as_str()))
        .bind(column(entries, |e| e.details.data.as_str()))
        .bind(column(entries, |e| e.of.league.as_str()))
        .bind(column(entries, |e| e.of.season.to_string()))
        .bind(column(entries, |e| e.of.home.as_str()))
        .bind(column(entries, |e| e.of.away.as_str()))
        .bind(column(entries, |e| i16::from(e.of.leg)))
        .bind(column(entries, |_| i16::from(LEDGER_VERSION)))
        .bind(column(entries, |e| e.sequence))
        .bind(column(entries, |e| e.link.previous_hash.as_str()))
        .bind(column(entries, |e| e.link.entry_hash.as_str()))
        .execute(connection)
        .await
        .mapped()?;
    Ok(())
}
