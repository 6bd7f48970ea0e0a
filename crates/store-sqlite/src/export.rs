//! Reading everything, some rows at a time.

use crate::error::Mapped;
use crate::matches::{Bookmakers, a_quote, stats};
use crate::row::Read;
use crate::{Connection, SqliteStore, predictions, roster};
use async_trait::async_trait;
use futures::TryStreamExt;
use touchline_domain::ports::{
    After, DocumentInfo, ExportRepository, ExportedForecast, RecordedQuote, StoreError, TeamAlias,
};
use touchline_domain::{DocumentId, MatchId, MatchStats, RawRecord, RecordKind};

/// Identifiers as JSON.
pub(crate) fn identifiers(matches: &[MatchId]) -> String {
    serde_json::json!(matches).to_string()
}

fn start(after: Option<After>) -> (i64, i64) {
    after.map_or((i64::MIN, i64::MIN), |after| (after.time.timestamp(), after.id))
}

/// All quotes of some matches.
pub(crate) async fn recorded_quotes(
    connection: &mut Connection,
    matches: &[MatchId],
) -> Result<Vec<RecordedQuote>, StoreError> {
    let mut rows = sqlx::query(include_str!("../queries/export/quotes.sql"))
        .bind(identifiers(matches))
        .fetch(connection);
    let (mut bookmakers, mut all) = (Bookmakers::default(), Vec::new());
    while let Some(row) = rows.try_next().await.mapped()? {
        let stored = a_quote(&row, &mut bookmakers)?;
        let recorded_at = row.time(10)?;
        all.push(RecordedQuote { match_id: stored.match_id, quote: stored.quote, recorded_at });
    }
    Ok(all)
}

#[async_trait]
impl ExportRepository for SqliteStore {
    async fn aliases(&self) -> Result<Vec<TeamAlias>, StoreError> {
        roster::all_aliases(&mut *self.read().await?).await
    }

    async fn documents(&self, after: Option<After>, limit: u32) -> Result<Vec<DocumentInfo>, StoreError> {
        let (time, id) = start(after);
        let rows = sqlx::query(include_str!("../queries/export/documents.sql"))
            .bind(time)
            .bind(id)
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        let info = |row: &sqlx::sqlite::SqliteRow| {
            Ok(DocumentInfo {
                id: DocumentId(row.value(0)?),
                source: row.value(1)?,
                hash: row.value(2)?,
                collected_at: row.time(3)?,
            })
        };
        rows.iter().map(info).collect()
    }

    async fn records(&self, document: DocumentId) -> Result<Vec<RawRecord>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/export/records.sql"))
            .bind(document.0)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        let record = |row: &sqlx::sqlite::SqliteRow| {
            let kind = match row.value::<i64>(0)? {
                0 => RecordKind::Match,
                1 => RecordKind::Odds,
                _ => RecordKind::Score,
            };
            Ok(RawRecord {
                kind,
                locator: row.number(1)?,
                external_match_id: row.value(2)?,
                external_league_id: row.value(3)?,
                match_time: row.value::<Option<i64>>(4)?.map(crate::row::time).transpose()?,
                payload: row.value(5)?,
            })
        };
        rows.iter().map(record).collect()
    }

    async fn forecasts(&self, after: Option<After>, limit: u32) -> Result<Vec<ExportedForecast>, StoreError> {
        let (time, id) = start(after);
        let rows = sqlx::query(include_str!("../queries/export/forecasts.sql"))
            .bind(time)
            .bind(id)
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(predictions::exported).collect()
    }

    async fn stats_of_matches(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, MatchStats)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/export/stats.sql"));
        stats(&mut *self.read().await?, query.bind(identifiers(matches))).await
    }

    async fn quote_counts(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, u64)>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/export/quote_counts.sql"))
            .bind(identifiers(matches))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(|row| Ok((MatchId(row.value(0)?), row.number(1)?))).collect()
    }

    async fn recorded_quotes(&self, matches: &[MatchId]) -> Result<Vec<RecordedQuote>, StoreError> {
        recorded_quotes(&mut *self.read().await?, matches).await
    }
}
