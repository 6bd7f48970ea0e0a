//! Reports of backtests.

use crate::error::corrupt;
use crate::row::Read;
use crate::statements::Statements;
use crate::store::SqlStore;
use crate::values;
use touchline_domain::BacktestId;
use touchline_domain::ports::{BacktestEntry, KeptBacktest, NewBacktest, StoreError, texts};

pub async fn backtests<S: SqlStore>(
    store: &S,
    before: Option<BacktestId>,
    limit: u32,
) -> Result<Vec<BacktestEntry>, StoreError> {
    let values = values![before.map_or(i64::MAX, |id| id.0), limit];
    store.read().await?.all(S::TEXTS.backtests.list, &values, entry).await
}

pub async fn backtest<S: SqlStore>(store: &S, id: BacktestId) -> Result<Option<KeptBacktest>, StoreError> {
    store.read().await?.first(S::TEXTS.backtests.get, &values![id.0], kept).await
}

pub async fn keep_backtest<S: SqlStore>(store: &S, backtest: &NewBacktest) -> Result<BacktestId, StoreError> {
    let (summary, report) = (backtest.summary.to_string(), backtest.report.to_string());
    texts::free("what a list says of a backtest", &summary)?;
    texts::free("what a backtest says", &report)?;
    let digest = blake3::hash(report.as_bytes()).to_hex().to_string();
    let mut write = store.write(&[]).await?;
    let values = values![&digest, backtest.made_at, summary, report];
    write.run(S::TEXTS.backtests.insert, &values).await?;
    let id = write.one(S::TEXTS.backtests.id_of, &values![&digest], |row| row.value(0)).await?;
    write.commit().await?;
    Ok(BacktestId(id))
}

fn kept(row: &impl Read) -> Result<KeptBacktest, StoreError> {
    let report = serde_json::from_str(row.value(3)?).map_err(corrupt)?;
    Ok(KeptBacktest { entry: entry(row)?, report })
}

/// Identifier, time, and what a list says.
fn entry(row: &impl Read) -> Result<BacktestEntry, StoreError> {
    Ok(BacktestEntry {
        id: BacktestId(row.value(0)?),
        made_at: row.time(1)?,
        summary: serde_json::from_str(row.value(2)?).map_err(corrupt)?,
    })
}
