//! Leagues and clubs.

use crate::error::Mapped;
use crate::rows::names::team_alias;
use crate::rows::roster::{league, league_summary, team};
use crate::{Connection, SqliteStore, season_rules};
use async_trait::async_trait;
use touchline_domain::ports::{
    LeagueReader, LeagueSummary, RosterWriter, StoreError, TeamAlias, TeamReader, texts,
};
use touchline_domain::{
    League, LeagueId, NewLeague, NewTeam, RulesInForce, SeasonRules, Team, TeamId, UnresolvedRules,
};

#[async_trait]
impl LeagueReader for SqliteStore {
    async fn leagues(&self) -> Result<Vec<League>, StoreError> {
        all_leagues(&mut *self.read().await?).await
    }

    async fn league_summaries(&self) -> Result<Vec<LeagueSummary>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/roster/league_summaries.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(league_summary).collect()
    }

    async fn league(&self, code: &str) -> Result<Option<League>, StoreError> {
        texts::key("the code of a league", code)?;
        let row = sqlx::query(include_str!("../queries/roster/league.sql"))
            .bind(code)
            .fetch_optional(&mut *self.read().await?)
            .await
            .mapped()?;
        row.as_ref().map(league).transpose()
    }

    async fn leagues_by_id(&self, ids: &[LeagueId]) -> Result<Vec<League>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/roster/leagues_by_id.sql"))
            .bind(json(ids.iter().map(|id| id.0)))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(league).collect()
    }

    async fn season_rules(&self) -> Result<Vec<SeasonRules>, StoreError> {
        season_rules::all::<SqliteStore>(&mut *self.read().await?).await
    }

    async fn rules_in_force(&self) -> Result<Vec<RulesInForce>, StoreError> {
        season_rules::in_force::<SqliteStore>(&mut *self.read().await?).await
    }

    async fn unresolved_rules(&self) -> Result<Vec<UnresolvedRules>, StoreError> {
        season_rules::unresolved::<SqliteStore>(&mut *self.read().await?).await
    }
}

#[async_trait]
impl TeamReader for SqliteStore {
    async fn teams(&self) -> Result<Vec<Team>, StoreError> {
        all_teams(&mut *self.read().await?).await
    }

    async fn team(&self, id: TeamId) -> Result<Option<Team>, StoreError> {
        let row = sqlx::query(include_str!("../queries/roster/team.sql"))
            .bind(id.0)
            .fetch_optional(&mut *self.read().await?)
            .await
            .mapped()?;
        row.as_ref().map(team).transpose()
    }

    async fn teams_by_id(&self, ids: &[TeamId]) -> Result<Vec<Team>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/roster/teams_by_id.sql"))
            .bind(json(ids.iter().map(|id| id.0)))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(team).collect()
    }

    async fn teams_after(&self, after: Option<&Team>, limit: u32) -> Result<Vec<Team>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/roster/teams_after.sql"))
            .bind(after.map_or("", |team| &team.name))
            .bind(after.map_or(i64::MIN, |team| team.id.0))
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(team).collect()
    }

    async fn teams_of_league(&self, league: LeagueId) -> Result<Vec<Team>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/roster/teams_of_league.sql"))
            .bind(league.0)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(team).collect()
    }
}

#[async_trait]
impl RosterWriter for SqliteStore {
    async fn put_season_rules(&self, rules: &[SeasonRules]) -> Result<u64, StoreError> {
        season_rules::put(self, rules).await
    }

    async fn ensure_leagues(&self, leagues: &[NewLeague]) -> Result<Vec<LeagueId>, StoreError> {
        texts::leagues(leagues)?;
        let mut transaction = self.write().await?;
        let mut ids = Vec::with_capacity(leagues.len());
        for league in leagues {
            sqlx::query(include_str!("../queries/roster/insert_league.sql"))
                .bind(&league.code)
                .bind(&league.name)
                .bind(&league.country)
                .bind(league.level)
                .bind(&league.source)
                .bind(league.kind.name())
                .execute(&mut *transaction)
                .await
                .mapped()?;
            let id: i64 = sqlx::query_scalar(include_str!("../queries/roster/find_league.sql"))
                .bind(&league.code)
                .bind(&league.source)
                .fetch_one(&mut *transaction)
                .await
                .mapped()?;
            // The other store cannot look for a longer one.
            if league.source.len() <= texts::LONGEST_KEY {
                sqlx::query(include_str!("../queries/names/insert_league_alias.sql"))
                    .bind(&league.source)
                    .bind(&league.code)
                    .bind(id)
                    .execute(&mut *transaction)
                    .await
                    .mapped()?;
            }
            ids.push(LeagueId(id));
        }
        transaction.commit().await?;
        Ok(ids)
    }

    async fn ensure_teams(&self, source: &str, teams: &[NewTeam]) -> Result<Vec<TeamId>, StoreError> {
        texts::teams(source, teams)?;
        let mut transaction = self.write().await?;
        let mut ids = Vec::with_capacity(teams.len());
        for team in teams {
            let known: Option<i64> = sqlx::query_scalar(include_str!("../queries/roster/find_team.sql"))
                .bind(source)
                .bind(&team.country)
                .bind(&team.name)
                .fetch_one(&mut *transaction)
                .await
                .mapped()?;
            let id = match known {
                Some(id) => id,
                None => create_team(&mut transaction, source, team).await?,
            };
            ids.push(TeamId(id));
        }
        transaction.commit().await?;
        Ok(ids)
    }
}

async fn create_team(connection: &mut Connection, source: &str, team: &NewTeam) -> Result<i64, StoreError> {
    let id: i64 = sqlx::query_scalar(include_str!("../queries/roster/insert_team.sql"))
        .bind(&team.country)
        .bind(&team.name)
        .fetch_one(&mut *connection)
        .await
        .mapped()?;
    sqlx::query(include_str!("../queries/roster/insert_alias.sql"))
        .bind(source)
        .bind(&team.country)
        .bind(&team.name)
        .bind(id)
        .execute(connection)
        .await
        .mapped()?;
    Ok(id)
}

pub(crate) async fn all_leagues(connection: &mut Connection) -> Result<Vec<League>, StoreError> {
    let query = sqlx::query(include_str!("../queries/roster/leagues.sql"));
    query.fetch_all(connection).await.mapped()?.iter().map(league).collect()
}

pub(crate) async fn all_teams(connection: &mut Connection) -> Result<Vec<Team>, StoreError> {
    let query = sqlx::query(include_str!("../queries/roster/teams.sql"));
    query.fetch_all(connection).await.mapped()?.iter().map(team).collect()
}

pub(crate) async fn all_aliases(connection: &mut Connection) -> Result<Vec<TeamAlias>, StoreError> {
    let query = sqlx::query(include_str!("../queries/roster/aliases.sql"));
    query.fetch_all(connection).await.mapped()?.iter().map(team_alias).collect()
}

/// An array of numbers.
fn json(numbers: impl Iterator<Item = i64>) -> String {
    numbers.collect::<serde_json::Value>().to_string()
}
