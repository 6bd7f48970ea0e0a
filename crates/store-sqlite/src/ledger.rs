//! The ledger of sealed forecasts.

use crate::error::Mapped;
use crate::export::identifiers;
use crate::rows::forecasts::{self, called_match, entry, feature_set};
use crate::{Connection, SqliteStore};
use async_trait::async_trait;
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
    rows.iter().map(called_match).collect()
}

/// The end of the ledger; nobody else can add to it until the transaction ends.
pub(crate) async fn end(connection: &mut Connection) -> Result<LedgerEnd, StoreError> {
    let row =
        sqlx::query(include_str!("../queries/ledger/last.sql")).fetch_optional(connection).await.mapped()?;
    forecasts::end(row.as_ref())
}

#[async_trait]
impl LedgerReader for SqliteStore {
    async fn ledger_head(&self) -> Result<LedgerHead, StoreError> {
        let mut snapshot = self.snapshot().await?;
        let row = sqlx::query(include_str!("../queries/ledger/head.sql"))
            .fetch_optional(&mut *snapshot)
            .await
            .mapped()?;
        let (head, last_outside) = forecasts::head(row.as_ref())?;
        let strays = sqlx::query_scalar(include_str!("../queries/ledger/strays.sql"))
            .bind(last_outside)
            .fetch_all(&mut *snapshot)
            .await
            .mapped()?;
        Ok(LedgerHead { strays, ..head })
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
        rows.iter().map(feature_set).collect()
    }
}
