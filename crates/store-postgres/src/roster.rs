//! Leagues and clubs.

use crate::columns::column;
use crate::error::{Mapped, corrupt};
use crate::replicas::tolerant;
use crate::rows::names::team_alias;
use crate::rows::roster::{league, league_summary, team};
use crate::{Connection, Lock, PostgresStore, season_rules};
use async_trait::async_trait;
use touchline_domain::ports::{
    LeagueReader, LeagueSummary, RosterWriter, StoreError, TeamAlias, TeamReader, texts,
};
use touchline_domain::{
    League, LeagueId, NewLeague, NewTeam, RulesInForce, SeasonRules, Team, TeamId, UnresolvedRules,
};

#[async_trait]
impl LeagueReader for PostgresStore {
    async fn leagues(&self) -> Result<Vec<League>, StoreError> {
        tolerant!(self, connection => all_leagues(connection).await)
    }

    async fn league_summaries(&self) -> Result<Vec<LeagueSummary>, StoreError> {
        tolerant!(self, connection => league_summaries(connection).await)
    }

    async fn league(&self, code: &str) -> Result<Option<League>, StoreError> {
        texts::key("the code of a league", code)?;
        tolerant!(self, connection => one_league(connection, code).await)
    }

    async fn leagues_by_id(&self, ids: &[LeagueId]) -> Result<Vec<League>, StoreError> {
        tolerant!(self, connection => leagues_by_id(connection, ids).await)
    }

    async fn season_rules(&self) -> Result<Vec<SeasonRules>, StoreError> {
        tolerant!(self, connection => season_rules::all::<PostgresStore>(connection).await)
    }

    async fn rules_in_force(&self) -> Result<Vec<RulesInForce>, StoreError> {
        tolerant!(self, connection => season_rules::in_force::<PostgresStore>(connection).await)
    }

    async fn unresolved_rules(&self) -> Result<Vec<UnresolvedRules>, StoreError> {
        tolerant!(self, connection => season_rules::unresolved::<PostgresStore>(connection).await)
    }
}

#[async_trait]
impl TeamReader for PostgresStore {
    async fn teams(&self) -> Result<Vec<Team>, StoreError> {
        tolerant!(self, connection => all_teams(connection).await)
    }

    async fn team(&self, id: TeamId) -> Result<Option<Team>, StoreError> {
        tolerant!(self, connection => one_team(connection, id).await)
    }

    async fn teams_by_id(&self, ids: &[TeamId]) -> Result<Vec<Team>, StoreError> {
        tolerant!(self, connection => teams_by_id(connection, ids).await)
    }

    async fn teams_after(&self, after: Option<&Team>, limit: u32) -> Result<Vec<Team>, StoreError> {
        tolerant!(self, connection => teams_after(connection, after, limit).await)
    }

    async fn teams_of_league(&self, league: LeagueId) -> Result<Vec<Team>, StoreError> {
        tolerant!(self, connection => teams_of_league(connection, league).await)
    }
}

#[async_trait]
impl RosterWriter for PostgresStore {
    async fn put_season_rules(&self, rules: &[SeasonRules]) -> Result<u64, StoreError> {
        season_rules::put(self, rules).await
    }

    async fn ensure_leagues(&self, leagues: &[NewLeague]) -> Result<Vec<LeagueId>, StoreError> {
        texts::leagues(leagues)?;
        let known = find_leagues(&mut *self.read().await?, leagues).await?;
        if known.len() == leagues.len() {
            return Ok(known);
        }
        let mut transaction = self.write_alone(Lock::Roster).await?;
        sqlx::query(include_str!("../queries/roster/insert_leagues.sql"))
            .bind(column(leagues, |l| l.code.as_str()))
            .bind(column(leagues, |l| l.name.as_str()))
            .bind(column(leagues, |l| l.country.as_str()))
            .bind(column(leagues, |l| i16::from(l.level)))
            .bind(column(leagues, |l| l.source.as_str()))
            .bind(column(leagues, |l| l.kind.name()))
            .execute(&mut *transaction)
            .await
            .mapped()?;
        sqlx::query(include_str!("../queries/roster/insert_league_aliases.sql"))
            .bind(column(leagues, |l| l.code.as_str()))
            .execute(&mut *transaction)
            .await
            .mapped()?;
        let ids = find_leagues(&mut transaction, leagues).await?;
        transaction.commit().await?;
        Ok(ids)
    }

    async fn ensure_teams(&self, source: &str, teams: &[NewTeam]) -> Result<Vec<TeamId>, StoreError> {
        texts::teams(source, teams)?;
        let known = find_teams(&mut *self.read().await?, source, teams).await?;
        if let Some(ids) = known.into_iter().collect() {
            return Ok(ids);
        }
        let mut transaction = self.write_alone(Lock::Roster).await?;
        sqlx::query(include_str!("../queries/roster/insert_teams.sql"))
            .bind(source)
            .bind(column(teams, |t| t.country.as_str()))
            .bind(column(teams, |t| t.name.as_str()))
            .execute(&mut *transaction)
            .await
            .mapped()?;
        let ids = find_teams(&mut transaction, source, teams).await?;
        transaction.commit().await?;
        ids.into_iter().collect::<Option<_>>().ok_or_else(|| corrupt("a club is there and is not there"))
    }
}

async fn league_summaries(connection: &mut Connection) -> Result<Vec<LeagueSummary>, StoreError> {
    let query = sqlx::query(include_str!("../queries/roster/league_summaries.sql"));
    query.fetch_all(connection).await.mapped()?.iter().map(league_summary).collect()
}

async fn one_league(connection: &mut Connection, code: &str) -> Result<Option<League>, StoreError> {
    let query = sqlx::query(include_str!("../queries/roster/league.sql")).bind(code);
    query.fetch_optional(connection).await.mapped()?.as_ref().map(league).transpose()
}

async fn leagues_by_id(connection: &mut Connection, ids: &[LeagueId]) -> Result<Vec<League>, StoreError> {
    let query = sqlx::query(include_str!("../queries/roster/leagues_by_id.sql"));
    query.bind(column(ids, |id| id.0)).fetch_all(connection).await.mapped()?.iter().map(league).collect()
}

async fn teams_by_id(connection: &mut Connection, ids: &[TeamId]) -> Result<Vec<Team>, StoreError> {
    let query = sqlx::query(include_str!("../queries/roster/teams_by_id.sql"));
    query.bind(column(ids, |id| id.0)).fetch_all(connection).await.mapped()?.iter().map(team).collect()
}

async fn teams_after(
    connection: &mut Connection,
    after: Option<&Team>,
    limit: u32,
) -> Result<Vec<Team>, StoreError> {
    let query = sqlx::query(include_str!("../queries/roster/teams_after.sql"))
        .bind(after.map_or("", |team| &team.name))
        .bind(after.map_or(i64::MIN, |team| team.id.0))
        .bind(i64::from(limit));
    query.fetch_all(connection).await.mapped()?.iter().map(team).collect()
}

async fn one_team(connection: &mut Connection, id: TeamId) -> Result<Option<Team>, StoreError> {
    let query = sqlx::query(include_str!("../queries/roster/team.sql")).bind(id.0);
    query.fetch_optional(connection).await.mapped()?.as_ref().map(team).transpose()
}

async fn teams_of_league(connection: &mut Connection, league: LeagueId) -> Result<Vec<Team>, StoreError> {
    let query = sqlx::query(include_str!("../queries/roster/teams_of_league.sql")).bind(league.0);
    query.fetch_all(connection).await.mapped()?.iter().map(team).collect()
}

/// Identifiers of those that are known.
async fn find_leagues(
    connection: &mut Connection,
    leagues: &[NewLeague],
) -> Result<Vec<LeagueId>, StoreError> {
    let ids = sqlx::query_scalar(include_str!("../queries/roster/find_leagues.sql"))
        .bind(column(leagues, |l| l.code.as_str()))
        .bind(column(leagues, |l| l.source.as_str()))
        .fetch_all(connection)
        .await
        .mapped()?;
    Ok(ids.into_iter().map(LeagueId).collect())
}

/// The identifier of each, where it is known.
async fn find_teams(
    connection: &mut Connection,
    source: &str,
    teams: &[NewTeam],
) -> Result<Vec<Option<TeamId>>, StoreError> {
    let ids: Vec<Option<i64>> = sqlx::query_scalar(include_str!("../queries/roster/find_teams.sql"))
        .bind(source)
        .bind(column(teams, |t| t.country.as_str()))
        .bind(column(teams, |t| t.name.as_str()))
        .fetch_all(connection)
        .await
        .mapped()?;
    Ok(ids.into_iter().map(|id| id.map(TeamId)).collect())
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
