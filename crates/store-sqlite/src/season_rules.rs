//! What holds for seasons of leagues: deductions, splits, play-offs. It is kept by the names that it was given with, so
//! that it follows merges and new names.

use crate::error::{Mapped, corrupt};
use crate::outbox;
use crate::row::Read;
use crate::{Connection, SqliteStore};
use touchline_domain::ports::{StoreError, texts};
use touchline_domain::{LeagueId, RulesInForce, SeasonRules, TeamId};

/// As they were given; where nothing holds any more, an empty row is passed over.
pub(crate) async fn season_rules(connection: &mut Connection) -> Result<Vec<SeasonRules>, StoreError> {
    let rows =
        sqlx::query(include_str!("../queries/season_rules/all.sql")).fetch_all(connection).await.mapped()?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let rules: SeasonRules = serde_json::from_str(row.value(0)?).map_err(corrupt)?;
        all.extend(Some(rules).filter(|rules| !rules.is_empty()));
    }
    Ok(all)
}

/// With the leagues and teams that their names stand for now.
pub(crate) async fn in_force(connection: &mut Connection) -> Result<Vec<RulesInForce>, StoreError> {
    let mut found = Vec::new();
    for rules in season_rules(connection).await? {
        let Some(league) = league(connection, &rules.league).await? else { continue };
        let mut deductions = Vec::with_capacity(rules.deductions.len());
        for deduction in &rules.deductions {
            if let Some(team) = team(connection, league, &deduction.team).await? {
                deductions.push((team, deduction.points, deduction.from));
            }
        }
        let SeasonRules { season, split, play_offs_from, .. } = rules;
        found.push(RulesInForce { league, season, split, play_offs_from, deductions });
    }
    Ok(found)
}

async fn league(connection: &mut Connection, name: &str) -> Result<Option<LeagueId>, StoreError> {
    let query = sqlx::query_scalar(include_str!("../queries/season_rules/find_league.sql")).bind(name);
    Ok(query.fetch_optional(connection).await.mapped()?.map(LeagueId))
}

async fn team(
    connection: &mut Connection,
    league: LeagueId,
    name: &str,
) -> Result<Option<TeamId>, StoreError> {
    let query =
        sqlx::query_scalar(include_str!("../queries/season_rules/find_team.sql")).bind(league.0).bind(name);
    Ok(query.fetch_optional(connection).await.mapped()?.map(TeamId))
}

impl SqliteStore {
    pub(crate) async fn replace_season_rules(&self, rules: &[SeasonRules]) -> Result<u64, StoreError> {
        texts::season_rules(rules)?;
        let mut transaction = self.write().await?;
        let held = season_rules(&mut transaction).await?;
        let mut changed = 0;
        for new in rules {
            let unknown = |what: &str| {
                StoreError::Constraint(format!(
                    "rules of {} {}: {what} is not held, or its name is that of several",
                    new.league, new.season
                ))
            };
            let id = league(&mut transaction, &new.league).await?.ok_or_else(|| unknown("the league"))?;
            for deduction in &new.deductions {
                let known = team(&mut transaction, id, &deduction.team).await?;
                known.ok_or_else(|| unknown(&format!("the team {:?}", deduction.team)))?;
            }
            for other in held.iter().chain(rules).filter(|other| !other.is_empty() && !new.is_empty()) {
                if other.season == new.season
                    && other.league != new.league
                    && league(&mut transaction, &other.league).await? == Some(id)
                {
                    let name = &other.league;
                    return Err(StoreError::Constraint(format!(
                        "rules of {} {}: the league has some under the name {name:?} already; write that one",
                        new.league, new.season
                    )));
                }
            }
            let same = |held: &&SeasonRules| held.league == new.league && held.season == new.season;
            let before = held.iter().find(same);
            if before == Some(new) || before.is_none() && new.is_empty() {
                continue;
            }
            sqlx::query(include_str!("../queries/season_rules/put.sql"))
                .bind(&new.league)
                .bind(new.season.to_string())
                .bind(serde_json::to_string(new).map_err(corrupt)?)
                .execute(&mut *transaction)
                .await
                .mapped()?;
            outbox::corrected_season(&mut transaction, id, new.season, self.now()).await?;
            changed += 1;
        }
        transaction.commit().await.mapped()?;
        Ok(changed)
    }
}
