//! The ledger of sealed forecasts.

use crate::row::Read;
use crate::rows::forecasts::{self, called_match, entry, feature_set};
use crate::statements::Statements;
use crate::store::{SqlStore, Write};
use crate::values;
use serde_json::json;
use std::collections::HashMap;
use touchline_domain::MatchId;
use touchline_domain::ports::{
    FeatureSet, LedgerEnd, LedgerEntry, LedgerHead, LedgerMatch, LedgerPosition, SealedForecast, StoreError,
};

/// Keeps sets of features that are not held yet.
pub async fn keep_features<S: SqlStore>(
    write: &mut Write<S>,
    features: &[FeatureSet],
) -> Result<(), StoreError> {
    for set in features {
        let values = values![set.hash(), json!(set.names()).to_string()];
        write.run(S::TEXTS.ledger.insert_features, &values).await?;
    }
    Ok(())
}

/// How the matches of some forecasts are called.
pub async fn matches<S: SqlStore>(
    write: &mut Write<S>,
    forecasts: &[SealedForecast],
) -> Result<HashMap<MatchId, LedgerMatch>, StoreError> {
    let ids: Vec<MatchId> = forecasts.iter().map(|f| f.match_id).collect();
    let called = write.all(S::TEXTS.ledger.matches, &values![ids.as_slice()], called_match).await?;
    Ok(called.into_iter().collect())
}

/// The end of the ledger; nobody else can add to it until the transaction ends.
pub async fn end<S: SqlStore>(write: &mut Write<S>) -> Result<LedgerEnd, StoreError> {
    forecasts::end(write.rows(S::TEXTS.ledger.last, &values![]).await?.first())
}

pub async fn ledger_head<S: SqlStore>(store: &S) -> Result<LedgerHead, StoreError> {
    let mut snapshot = store.snapshot().await?;
    let rows = snapshot.rows(S::TEXTS.ledger.head, &values![]).await?;
    let (head, last_outside) = forecasts::head(rows.first())?;
    let strays = snapshot.all(S::TEXTS.ledger.strays, &values![last_outside], |row| row.value(0)).await?;
    Ok(LedgerHead { strays, ..head })
}

pub async fn ledger_entries<S: SqlStore>(
    store: &S,
    after: Option<LedgerPosition>,
    limit: u32,
) -> Result<Vec<LedgerEntry>, StoreError> {
    let (sequence, id) = match after {
        None => (i64::MIN, i64::MIN),
        Some((sequence, id)) => (i64::try_from(sequence).unwrap_or(i64::MAX), id),
    };
    store.read().await?.all(S::TEXTS.ledger.entries, &values![sequence, id, limit], entry).await
}

pub async fn feature_sets<S: SqlStore>(store: &S) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    store.read().await?.all(S::TEXTS.ledger.feature_sets, &values![], feature_set).await
}
