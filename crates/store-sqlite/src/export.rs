//! Reading everything, some rows at a time.

use crate::error::Mapped;
use crate::rows::count_of_match;
use crate::rows::documents::{document_info, record};
use crate::rows::forecasts::exported;
use crate::rows::matches::{recorded_quotes as quotes_of_rows, stats};
use crate::{Connection, SqliteStore, roster};
use async_trait::async_trait;
use touchline_domain::ports::{
    After, DocumentInfo, ExportRepository, ExportedForecast, RecordedQuote, StoreError, TeamAlias,
};
use touchline_domain::{DocumentId, MatchId, MatchStats, RawRecord};

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
    let query = sqlx::query(include_str!("../queries/export/quotes.sql")).bind(identifiers(matches));
    quotes_of_rows(query.fetch(connection)).await
}

/// How many quotes each of some matches has.
pub(crate) async fn quote_counts(
    connection: &mut Connection,
    matches: &[MatchId],
) -> Result<Vec<(MatchId, u64)>, StoreError> {
    let rows = sqlx::query(include_str!("../queries/export/quote_counts.sql"))
        .bind(identifiers(matches))
        .fetch_all(connection)
        .await
        .mapped()?;
    rows.iter().map(count_of_match).collect()
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
        rows.iter().map(document_info).collect()
    }

    async fn records(&self, document: DocumentId) -> Result<Vec<RawRecord>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/export/records.sql"))
            .bind(document.0)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
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
        rows.iter().map(exported).collect()
    }

    async fn stats_of_matches(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, MatchStats)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/export/stats.sql"));
        stats(query.bind(identifiers(matches)).fetch(&mut *self.read().await?)).await
    }

    async fn quote_counts(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, u64)>, StoreError> {
        quote_counts(&mut *self.read().await?, matches).await
    }

    async fn recorded_quotes(&self, matches: &[MatchId]) -> Result<Vec<RecordedQuote>, StoreError> {
        recorded_quotes(&mut *self.read().await?, matches).await
    }
}
