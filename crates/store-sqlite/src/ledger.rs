//! The ledger of sealed forecasts.

use crate::error::{Mapped, corrupt};
use crate::export::identifiers;
use crate::row::Read;
use crate::{Connection, SqliteStore, predictions};
use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use std::collections::HashMap;
use touchline_domain::MatchId;
use touchline_domain::ports::{
    FeatureSet, LedgerEnd, LedgerEntry, LedgerHead, LedgerMatch, LedgerPosition, LedgerReader,
    SealedForecast, StoreError,
};

/// Keeps sets of features that are not held yet.
pub(crate) async fn keep_features(
    connection: &mut Connection,
    features: &[FeatureSet],
) -> Result<(), StoreError> {
    for set in features {
        sqlx::query(include_str!("../queries/ledger/insert_features.sql"))
            .bind(set.hash())
            .bind(serde_json::json!(set.names()).to_string())
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}

/// How the matches of some forecasts are called.
pub(crate) async fn matches(
    connection: &mut Connection,
    forecasts: &[SealedForecast],
) -> Result<HashMap<MatchId, LedgerMatch>, StoreError> {
    let ids: Vec<MatchId> = forecasts.iter().map(|f| f.match_id).collect();
    let rows = sqlx::query(include_str!("../queries/ledger/matches.sql"))
        .bind(identifiers(&ids))
        .fetch_all(connection)
        .await
        .mapped()?;
    rows.iter().map(|row| Ok((MatchId(row.value(0)?), called(row, 1)?))).collect()
}

/// The end of the ledger; nobody else can add to it until the transaction ends.
pub(crate) async fn end(connection: &mut Connection) -> Result<LedgerEnd, StoreError> {
    let row = sqlx::query(include_str!("../queries/ledger/last.sql"))
        .fetch_optional(connection)
        .await
        .mapped()?
        .ok_or_else(no_head)?;
    Ok(LedgerEnd::new(|bytes| *blake3::hash(bytes).as_bytes(), row.number(0)?, row.value(1)?))
}

fn no_head() -> StoreError {
    corrupt("the ledger has no head; restore the database from a backup")
}

fn called(row: &SqliteRow, first: usize) -> Result<LedgerMatch, StoreError> {
    Ok(LedgerMatch {
        league: row.value(first)?,
        season: row.parsed(first + 1)?,
        home: row.value(first + 2)?,
        away: row.value(first + 3)?,
        leg: row.number(first + 4)?,
    })
}

fn entry(row: &SqliteRow) -> Result<LedgerEntry, StoreError> {
    let link = predictions::link(row)?.ok_or_else(|| corrupt("an entry of the ledger has no number"))?;
    let content = || {
        let sealed = predictions::sealed(row)?;
        let result: &str = row.value(31)?;
        if result != sealed.forecast.most_likely().name() {
            return Err(corrupt(format!(
                "predicted_result {result:?} does not follow from the probabilities"
            )));
        }
        Ok((called(row, 26)?, sealed))
    };
    Ok(LedgerEntry {
        id: row.value(21)?,
        link,
        version: row.number(25).unwrap_or_default(),
        sealed_at: row.time(9)?,
        content: content().map_err(|error: StoreError| error.to_string()),
    })
}

#[async_trait]
impl LedgerReader for SqliteStore {
    async fn ledger_head(&self) -> Result<LedgerHead, StoreError> {
        let mut snapshot = self.snapshot().await?;
        let row = sqlx::query(include_str!("../queries/ledger/head.sql"))
            .fetch_optional(&mut *snapshot)
            .await
            .mapped()?
            .ok_or_else(no_head)?;
        let strays = sqlx::query_scalar(include_str!("../queries/ledger/strays.sql"))
            .bind(row.value::<i64>(4)?)
            .fetch_all(&mut *snapshot)
            .await
            .mapped()?;
        Ok(LedgerHead {
            sequence: row.number(0)?,
            entry_hash: row.value(1)?,
            outside: row.number(2)?,
            outside_held: row.number(3)?,
            strays,
        })
    }

    async fn ledger_entries(
        &self,
        after: Option<LedgerPosition>,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let (sequence, id) = match after {
            None => (i64::MIN, i64::MIN),
            Some((sequence, id)) => (i64::try_from(sequence).unwrap_or(i64::MAX), id),
        };
        let rows = sqlx::query(include_str!("../queries/ledger/entries.sql"))
            .bind(sequence)
            .bind(id)
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(entry).collect()
    }

    async fn feature_sets(&self) -> Result<Vec<(String, Vec<String>)>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/ledger/feature_sets.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        let set =
            |row: &SqliteRow| Ok((row.value(0)?, serde_json::from_str(row.value(1)?).map_err(corrupt)?));
        rows.iter().map(set).collect()
    }
}
