//! What holds for seasons of leagues: deductions, splits, play-offs. It is kept by the names that it was given with, so
//! that it follows merges and new names.

use crate::error::corrupt;
use crate::outbox;
use crate::row::Read;
use crate::statements::Statements;
use crate::store::{Connection, Lock, SqlStore};
use crate::values;
use touchline_domain::ports::{StoreError, texts};
use touchline_domain::{LeagueId, RulesInForce, SeasonRules, TeamId, UnresolvedRules};

/// As they were given; where nothing holds any more, an empty row is passed over.
pub async fn all<S: SqlStore>(connection: &mut Connection<S>) -> Result<Vec<SeasonRules>, StoreError> {
    let held = connection.all(S::TEXTS.season_rules.all, &values![], |row| {
        serde_json::from_str::<SeasonRules>(row.value(0)?).map_err(corrupt)
    });
    Ok(held.await?.into_iter().filter(|rules| !rules.is_empty()).collect())
}

/// With the leagues and teams that their names stand for now.
pub async fn in_force<S: SqlStore>(connection: &mut Connection<S>) -> Result<Vec<RulesInForce>, StoreError> {
    Ok(resolved::<S>(connection).await?.0)
}

/// Names that stand for nothing, or for several leagues or teams.
pub async fn unresolved<S: SqlStore>(
    connection: &mut Connection<S>,
) -> Result<Vec<UnresolvedRules>, StoreError> {
    Ok(resolved::<S>(connection).await?.1)
}

async fn resolved<S: SqlStore>(
    connection: &mut Connection<S>,
) -> Result<(Vec<RulesInForce>, Vec<UnresolvedRules>), StoreError> {
    let (mut found, mut unresolved) = (Vec::new(), Vec::new());
    for rules in all::<S>(connection).await? {
        let without = |team| UnresolvedRules { league: rules.league.clone(), season: rules.season, team };
        let Some(league) = league::<S>(connection, &rules.league).await? else {
            unresolved.push(without(None));
            continue;
        };
        let mut deductions = Vec::with_capacity(rules.deductions.len());
        for deduction in &rules.deductions {
            match team::<S>(connection, league, &deduction.team).await? {
                Some(team) => deductions.push((team, deduction.points, deduction.from)),
                None => unresolved.push(without(Some(deduction.team.clone()))),
            }
        }
        let SeasonRules { season, split, play_offs_from, play_offs, .. } = rules;
        found.push(RulesInForce { league, season, split, play_offs_from, play_offs, deductions });
    }
    unresolved.dedup();
    Ok((found, unresolved))
}

async fn league<S: SqlStore>(
    connection: &mut Connection<S>,
    name: &str,
) -> Result<Option<LeagueId>, StoreError> {
    connection
        .first(S::TEXTS.season_rules.find_league, &values![name], |row| row.value(0).map(LeagueId))
        .await
}

async fn team<S: SqlStore>(
    connection: &mut Connection<S>,
    league: LeagueId,
    name: &str,
) -> Result<Option<TeamId>, StoreError> {
    let values = values![league, name];
    connection.first(S::TEXTS.season_rules.find_team, &values, |row| row.value(0).map(TeamId)).await
}

/// Replaces what holds for some seasons; gives for how many it is different now.
pub async fn put<S: SqlStore>(store: &S, rules: &[SeasonRules]) -> Result<u64, StoreError> {
    texts::season_rules(rules)?;
    let mut write = store.write(&[Lock::Roster]).await?;
    let held = all::<S>(&mut write).await?;
    let mut changed = 0;
    for new in rules {
        let unknown = |what: &str| {
            StoreError::Constraint(format!(
                "rules of {} {}: {what} is not held, or its name is that of several",
                new.league, new.season
            ))
        };
        let id = league::<S>(&mut write, &new.league).await?.ok_or_else(|| unknown("the league"))?;
        for deduction in &new.deductions {
            let known = team::<S>(&mut write, id, &deduction.team).await?;
            known.ok_or_else(|| unknown(&format!("the team {:?}", deduction.team)))?;
        }
        for other in held.iter().chain(rules).filter(|other| !other.is_empty() && !new.is_empty()) {
            if other.season == new.season
                && other.league != new.league
                && league::<S>(&mut write, &other.league).await? == Some(id)
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
        let text = serde_json::to_string(new).map_err(corrupt)?;
        write.run(S::TEXTS.season_rules.put, &values![&new.league, new.season.to_string(), text]).await?;
        outbox::corrected_season(&mut write, id, new.season).await?;
        changed += 1;
    }
    write.commit().await?;
    Ok(changed)
}
