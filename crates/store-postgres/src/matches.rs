//! Reading matches and their facts.

mod page;
mod read;
mod results;

pub(crate) use page::within_reach;
pub(crate) use read::{all_matches, all_quotes, all_stats, matches_of, pairs};

use crate::error::Mapped;
use crate::replicas::tolerant;
use crate::row::Read;
use crate::rows::matches::{a_match, quotes, stats};
use crate::{Connection, PostgresStore};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use touchline_domain::ports::{
    Cursor, MatchFilter, MatchPage, MatchReader, ResultRow, StoreError, StoredQuote, texts,
};
use touchline_domain::{LeagueId, Match, MatchId, MatchStats, OddsQuote, Season};

#[async_trait]
impl MatchReader for PostgresStore {
    async fn get_match(&self, id: MatchId) -> Result<Option<Match>, StoreError> {
        tolerant!(self, connection => get(connection, id).await)
    }

    async fn matches_named(&self, source: &str, external_ids: &[String]) -> Result<Vec<Match>, StoreError> {
        texts::names_of_matches(source, external_ids)?;
        let rows = sqlx::query(include_str!("../queries/matches/named.sql"))
            .bind(source)
            .bind(external_ids)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(a_match).collect()
    }

    async fn page(
        &self,
        filter: &MatchFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<MatchPage, StoreError> {
        tolerant!(self, connection => page::page(connection, filter, after, limit).await)
    }

    async fn matches_of(&self, seasons: &[(LeagueId, Season)]) -> Result<Vec<Match>, StoreError> {
        matches_of(&mut *self.read().await?, seasons).await
    }

    async fn results(&self) -> Result<Vec<ResultRow>, StoreError> {
        tolerant!(self, connection => results::results(connection).await)
    }

    async fn all_stats(&self) -> Result<Vec<(MatchId, MatchStats)>, StoreError> {
        tolerant!(self, connection => all_stats(connection).await)
    }

    async fn stats_of(
        &self,
        seasons: &[(LeagueId, Season)],
    ) -> Result<Vec<(MatchId, MatchStats)>, StoreError> {
        let (leagues, seasons) = pairs(seasons);
        let query = sqlx::query(include_str!("../queries/matches/stats_of_seasons.sql"));
        stats(query.bind(leagues).bind(seasons).fetch(&mut *self.read().await?)).await
    }

    async fn odds_of(&self, seasons: &[(LeagueId, Season)]) -> Result<Vec<StoredQuote>, StoreError> {
        let (leagues, seasons) = pairs(seasons);
        let mut connection = self.read().await?;
        let span = sqlx::query(include_str!("../queries/matches/odds_span_of_seasons.sql"))
            .bind(&leagues)
            .bind(&seasons)
            .fetch_optional(&mut *connection)
            .await
            .mapped()?;
        let Some((first, last)) = known_between(span)? else { return Ok(Vec::new()) };
        let query = sqlx::query(include_str!("../queries/matches/odds_of_seasons.sql"));
        quotes(query.bind(leagues).bind(seasons).bind(first).bind(last).fetch(&mut *connection)).await
    }

    async fn odds_of_match(&self, id: MatchId) -> Result<Vec<OddsQuote>, StoreError> {
        tolerant!(self, connection => odds_of_match(connection, id).await)
    }
}

async fn get(connection: &mut Connection, id: MatchId) -> Result<Option<Match>, StoreError> {
    let row = sqlx::query(include_str!("../queries/matches/get.sql"))
        .bind(id.0)
        .fetch_optional(connection)
        .await
        .mapped()?;
    row.as_ref().map(a_match).transpose()
}

async fn odds_of_match(connection: &mut Connection, id: MatchId) -> Result<Vec<OddsQuote>, StoreError> {
    let Some((first, last)) = odds_span(connection, id).await? else { return Ok(Vec::new()) };
    let query = sqlx::query(include_str!("../queries/matches/odds_of_match.sql"));
    let found = quotes(query.bind(id.0).bind(first).bind(last).fetch(connection)).await?;
    Ok(found.into_iter().map(|stored| stored.quote).collect())
}

/// When quotes of a match were known.
pub(crate) async fn odds_span(connection: &mut Connection, id: MatchId) -> Result<Option<Span>, StoreError> {
    let span = sqlx::query(include_str!("../queries/matches/odds_span.sql"))
        .bind(id.0)
        .fetch_optional(connection)
        .await
        .mapped()?;
    known_between(span)
}

/// The first and the last time at which quotes were known.
pub(crate) type Span = (DateTime<Utc>, DateTime<Utc>);

/// Asked for on its own: with times that the planner sees, it leaves out all other months.
pub(crate) fn known_between(span: Option<PgRow>) -> Result<Option<Span>, StoreError> {
    let Some(row) = span else { return Ok(None) };
    Ok(row.value::<Option<_>>(0)?.zip(row.value(1)?))
}
