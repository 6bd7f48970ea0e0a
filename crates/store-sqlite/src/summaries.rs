//! Recent performance and trends of odds, computed when asked for.

use crate::SqliteStore;
use crate::error::{Mapped, corrupt};
use crate::row::Read;
use crate::rows::matches::quotes;
use crate::rows::roster::tally;
use async_trait::async_trait;
use chrono::{DateTime, SubsecRound, Utc};
use touchline_domain::ports::{
    AsOf, OddsTrends, StoreError, Summary, SummaryReader, SummaryView, SummaryWriter,
};
use touchline_domain::{MatchId, OddsQuote, RecentPerformance, Tally, TeamId};

#[async_trait]
impl SummaryReader for SqliteStore {
    async fn recent_performance(
        &self,
        team: TeamId,
        as_of: AsOf,
    ) -> Result<Summary<RecentPerformance>, StoreError> {
        let as_of = self.time_of(as_of);
        let rows = sqlx::query(include_str!("../queries/summaries/recent.sql"))
            .bind(team.0)
            .bind(RecentPerformance::since(as_of).timestamp())
            .bind(as_of.timestamp())
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        let mut found = RecentPerformance { team, as_of, home: Tally::default(), away: Tally::default() };
        for row in &rows {
            match row.value(0)? {
                "home" => found.home = tally(row, 1)?,
                "away" => found.away = tally(row, 1)?,
                other => return Err(corrupt(format!("{other:?} is no venue"))),
            }
        }
        Ok(Summary::live(found))
    }

    async fn latest_odds(&self, id: MatchId, as_of: DateTime<Utc>) -> Result<Vec<OddsQuote>, StoreError> {
        let query = sqlx::query(include_str!("../queries/summaries/latest_odds.sql"));
        let found = quotes(query.bind(id.0).bind(as_of.timestamp()).fetch(&mut *self.read().await?)).await?;
        Ok(found.into_iter().map(|stored| stored.quote).collect())
    }

    async fn odds_trends(&self, id: MatchId, as_of: AsOf) -> Result<Option<Summary<OddsTrends>>, StoreError> {
        self.live_odds_trends(id, self.time_of(as_of)).await
    }
}

#[async_trait]
impl SummaryWriter for SqliteStore {
    /// Nothing is computed ahead: there is nothing to do.
    async fn refresh(&self, _: &[SummaryView]) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

impl SqliteStore {
    fn time_of(&self, as_of: AsOf) -> DateTime<Utc> {
        match as_of {
            AsOf::At(time) => time,
            AsOf::Latest => self.clock.now().trunc_subsecs(0),
        }
    }
}
