//! Recent performance and trends of odds: from the materialised views where these were computed of late, else from the
//! tables.

use crate::error::{Mapped, corrupt};
use crate::matches::{odds_span, within_reach};
use crate::row::Read;
use crate::rows::matches::{line, quotes};
use crate::rows::roster::tally;
use crate::{Connection, PostgresStore, whole};
use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use sqlx::postgres::PgRow;
use touchline_domain::ports::{
    AsOf, OddsTrends, StoreError, Summary, SummaryReader, SummaryView, SummaryWriter,
};
use touchline_domain::{
    DecimalOdds, MatchId, OddsQuote, OddsTrend, OutcomeTrend, RecentPerformance, Tally, TeamId,
};

/// A view that was computed longer ago than this does not answer: the tables do, more slowly.
pub(crate) const FRESH: Duration = Duration::days(1);

#[async_trait]
impl SummaryReader for PostgresStore {
    async fn recent_performance(
        &self,
        team: TeamId,
        as_of: AsOf,
    ) -> Result<Summary<RecentPerformance>, StoreError> {
        let mut connection = self.read().await?;
        let at = match as_of {
            AsOf::At(time) => time,
            AsOf::Latest => {
                let now = self.now();
                if let Some(found) = recent_from_view(&mut connection, team, now).await? {
                    return Ok(Summary::view(found));
                }
                now
            }
        };
        recent_from_matches(&mut connection, team, at).await.map(Summary::live)
    }

    async fn latest_odds(&self, id: MatchId, as_of: DateTime<Utc>) -> Result<Vec<OddsQuote>, StoreError> {
        let mut connection = self.read().await?;
        let Some((first, last)) = odds_span(&mut connection, id).await? else { return Ok(Vec::new()) };
        let query = sqlx::query(include_str!("../queries/summaries/latest_odds.sql"));
        let query = query.bind(id.0).bind(first).bind(whole(within_reach(as_of).min(last)));
        let found = quotes(query.fetch(&mut *connection)).await?;
        Ok(found.into_iter().map(|stored| stored.quote).collect())
    }

    async fn odds_trends(&self, id: MatchId, as_of: AsOf) -> Result<Option<Summary<OddsTrends>>, StoreError> {
        let at = match as_of {
            AsOf::At(time) => time,
            AsOf::Latest => {
                let now = self.now();
                let found = trends_from_view(&mut *self.read().await?, id, now).await?;
                if found.is_some() {
                    return Ok(found.map(Summary::view));
                }
                now
            }
        };
        self.live_odds_trends(id, at).await
    }
}

#[async_trait]
impl SummaryWriter for PostgresStore {
    async fn refresh(&self, views: &[SummaryView]) -> Result<Vec<String>, StoreError> {
        let names: Vec<_> = views.iter().map(|view| view.name()).collect();
        let query = sqlx::query_scalar(include_str!("../queries/summaries/refresh.sql"));
        query.bind(names).bind(self.now()).fetch_all(&self.pool).await.mapped()
    }
}

async fn recent_from_view(
    connection: &mut Connection,
    team: TeamId,
    now: DateTime<Utc>,
) -> Result<Option<RecentPerformance>, StoreError> {
    let rows = sqlx::query(include_str!("../queries/summaries/recent_view.sql"))
        .bind(team.0)
        .bind(now - FRESH)
        .bind(now)
        .fetch_all(connection)
        .await
        .mapped()?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut found = nothing(team, first.value(0)?);
    for row in &rows {
        if let Some(venue) = row.value::<Option<&str>>(1)? {
            *at_venue(&mut found, venue)? = tally(row, 2)?;
        }
    }
    Ok(Some(found))
}

async fn recent_from_matches(
    connection: &mut Connection,
    team: TeamId,
    as_of: DateTime<Utc>,
) -> Result<RecentPerformance, StoreError> {
    let mut found = nothing(team, as_of);
    let until = whole(within_reach(as_of));
    let rows = sqlx::query(include_str!("../queries/summaries/recent_live.sql"))
        .bind(team.0)
        .bind(whole(within_reach(RecentPerformance::since(as_of))))
        .bind(until)
        .fetch_all(connection)
        .await
        .mapped()?;
    for row in &rows {
        *at_venue(&mut found, row.value(0)?)? = tally(row, 1)?;
    }
    Ok(found)
}

fn nothing(team: TeamId, as_of: DateTime<Utc>) -> RecentPerformance {
    RecentPerformance { team, as_of, home: Tally::default(), away: Tally::default() }
}

fn at_venue<'p>(found: &'p mut RecentPerformance, venue: &str) -> Result<&'p mut Tally, StoreError> {
    match venue {
        "home" => Ok(&mut found.home),
        "away" => Ok(&mut found.away),
        other => Err(corrupt(format!("{other:?} is no venue"))),
    }
}

async fn trends_from_view(
    connection: &mut Connection,
    id: MatchId,
    now: DateTime<Utc>,
) -> Result<Option<OddsTrends>, StoreError> {
    let rows = sqlx::query(include_str!("../queries/summaries/trends_view.sql"))
        .bind(id.0)
        .bind(now - FRESH)
        .bind(now)
        .fetch_all(connection)
        .await
        .mapped()?;
    let Some(first) = rows.first() else { return Ok(None) };
    let as_of = first.value(0)?;
    let mut trends: Vec<_> = rows.iter().map(trend).collect::<Result<_, _>>()?;
    trends.sort_by(|a, b| a.key().cmp(&b.key()));
    Ok(Some(OddsTrends { match_id: id, as_of, trends }))
}

fn trend(row: &PgRow) -> Result<OddsTrend, StoreError> {
    Ok(OddsTrend {
        market: row.parsed(1)?,
        bookmaker: row.value::<&str>(2)?.into(),
        line_quarters: line(row, 3)?,
        quotes: row.number(4)?,
        first_at: row.value(5)?,
        latest_at: row.value(6)?,
        outcomes: [outcome(row, 7)?, outcome(row, 12)?, outcome(row, 17)?],
    })
}

fn outcome(row: &PgRow, first: usize) -> Result<Option<OutcomeTrend>, StoreError> {
    let price = |column: usize| -> Result<DecimalOdds, StoreError> {
        DecimalOdds::new(row.number::<u32>(column).map(f64::from)? / 1000.0).map_err(corrupt)
    };
    let Some(average) = row.value(first + 4)? else { return Ok(None) };
    Ok(Some(OutcomeTrend {
        opening: price(first)?,
        latest: price(first + 1)?,
        lowest: price(first + 2)?,
        highest: price(first + 3)?,
        average,
    }))
}
