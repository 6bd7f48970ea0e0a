//! Reading matches and their facts.

mod page;
mod read;
mod results;

pub(crate) use read::{all_matches, all_quotes, all_stats, matches_of, pairs};

use crate::SqliteStore;
use crate::error::Mapped;
use crate::rows::matches::{a_match, quotes, stats};
use async_trait::async_trait;
use touchline_domain::ports::{
    Cursor, MatchFilter, MatchPage, MatchReader, ResultRow, StoreError, StoredQuote, texts,
};
use touchline_domain::{LeagueId, Match, MatchId, MatchStats, OddsQuote, Season};

#[async_trait]
impl MatchReader for SqliteStore {
    async fn get_match(&self, id: MatchId) -> Result<Option<Match>, StoreError> {
        let row = sqlx::query(include_str!("../queries/matches/get.sql"))
            .bind(id.0)
            .fetch_optional(&mut *self.read().await?)
            .await
            .mapped()?;
        row.as_ref().map(a_match).transpose()
    }

    async fn matches_named(&self, source: &str, external_ids: &[String]) -> Result<Vec<Match>, StoreError> {
        texts::names_of_matches(source, external_ids)?;
        let rows = sqlx::query(include_str!("../queries/matches/named.sql"))
            .bind(source)
            .bind(serde_json::json!(external_ids).to_string())
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
        page::page(&mut *self.read().await?, filter, after, limit).await
    }

    async fn matches_of(&self, seasons: &[(LeagueId, Season)]) -> Result<Vec<Match>, StoreError> {
        matches_of(&mut *self.read().await?, seasons).await
    }

    async fn results(&self) -> Result<Vec<ResultRow>, StoreError> {
        results::results(&mut *self.read().await?).await
    }

    async fn all_stats(&self) -> Result<Vec<(MatchId, MatchStats)>, StoreError> {
        all_stats(&mut *self.read().await?).await
    }

    async fn stats_of(
        &self,
        seasons: &[(LeagueId, Season)],
    ) -> Result<Vec<(MatchId, MatchStats)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/matches/stats_of_seasons.sql"));
        stats(query.bind(pairs(seasons)).fetch(&mut *self.read().await?)).await
    }

    async fn odds_of(&self, seasons: &[(LeagueId, Season)]) -> Result<Vec<StoredQuote>, StoreError> {
        let query = sqlx::query(include_str!("../queries/matches/odds_of_seasons.sql"));
        quotes(query.bind(pairs(seasons)).fetch(&mut *self.read().await?)).await
    }

    async fn odds_of_match(&self, id: MatchId) -> Result<Vec<OddsQuote>, StoreError> {
        let query = sqlx::query(include_str!("../queries/matches/odds_of_match.sql"));
        let found = quotes(query.bind(id.0).fetch(&mut *self.read().await?)).await?;
        Ok(found.into_iter().map(|stored| stored.quote).collect())
    }
}
