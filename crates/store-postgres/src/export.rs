//! Reading everything, some rows at a time.

use crate::error::Mapped;
use crate::matches::{Span, known_between};
use crate::rows::count_of_match;
use crate::rows::documents::{document_info, record};
use crate::rows::forecasts::exported;
use crate::rows::matches::{recorded_quotes as quotes_of_rows, stats};
use crate::{Connection, PostgresStore, roster};
use async_trait::async_trait;
use touchline_domain::ports::{
    After, DocumentInfo, ExportRepository, ExportedForecast, RecordedQuote, StoreError, TeamAlias,
};
use touchline_domain::{DocumentId, MatchId, MatchStats, RawRecord};

pub(crate) fn identifiers(matches: &[MatchId]) -> Vec<i64> {
    matches.iter().map(|id| id.0).collect()
}

/// The first and the last time at which a quote of some matches was known.
async fn span(connection: &mut Connection, matches: &[MatchId]) -> Result<Option<Span>, StoreError> {
    let span = sqlx::query(include_str!("../queries/export/odds_span.sql"))
        .bind(identifiers(matches))
        .fetch_optional(connection)
        .await
        .mapped()?;
    known_between(span)
}

/// All quotes of some matches.
pub(crate) async fn recorded_quotes(
    connection: &mut Connection,
    matches: &[MatchId],
) -> Result<Vec<RecordedQuote>, StoreError> {
    let Some((first, last)) = span(connection, matches).await? else { return Ok(Vec::new()) };
    let query = sqlx::query(include_str!("../queries/export/quotes.sql"))
        .bind(identifiers(matches))
        .bind(first)
        .bind(last);
    quotes_of_rows(query.fetch(connection)).await
}

/// How many quotes each of some matches has.
pub(crate) async fn quote_counts(
    connection: &mut Connection,
    matches: &[MatchId],
) -> Result<Vec<(MatchId, u64)>, StoreError> {
    let Some((first, last)) = span(connection, matches).await? else { return Ok(Vec::new()) };
    let rows = sqlx::query(include_str!("../queries/export/quote_counts.sql"))
        .bind(identifiers(matches))
        .bind(first)
        .bind(last)
        .fetch_all(connection)
        .await
        .mapped()?;
    rows.iter().map(count_of_match).collect()
}

#[async_trait]
impl ExportRepository for PostgresStore {
    async fn aliases(&self) -> Result<Vec<TeamAlias>, StoreError> {
        roster::all_aliases(&mut *self.read().await?).await
    }

    async fn documents(&self, after: Option<After>, limit: u32) -> Result<Vec<DocumentInfo>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/export/documents.sql"))
            .bind(after.map(|after| after.time))
            .bind(after.map(|after| after.id))
            .bind(i64::from(limit))
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
        let rows = sqlx::query(include_str!("../queries/export/forecasts.sql"))
            .bind(after.map(|after| after.time))
            .bind(after.map(|after| after.id))
            .bind(i64::from(limit))
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
