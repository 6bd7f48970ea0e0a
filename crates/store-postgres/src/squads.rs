//! Reading who plays and who is missing.

use crate::error::{Mapped, corrupt};
use crate::row::Read;
use crate::{Connection, PostgresStore};
use async_trait::async_trait;
use futures::TryStreamExt;
use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::query::Query;
use std::collections::HashSet;
use std::sync::Arc;
use touchline_domain::ports::{SquadReader, StoreError};
use touchline_domain::{Formation, Injury, Lineup, Listed, MatchId, Player, Position, STARTERS, Squad};

type Select = Query<'static, Postgres, PgArguments>;

#[async_trait]
impl SquadReader for PostgresStore {
    async fn all_lineups(&self) -> Result<Vec<(MatchId, Lineup)>, StoreError> {
        all_lineups(&mut *self.read().await?).await
    }

    async fn lineups_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, Lineup)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/squads/lineups_of.sql")).bind(ids(matches));
        lineups(&mut *self.read().await?, query).await
    }

    async fn all_injuries(&self) -> Result<Vec<(MatchId, Injury)>, StoreError> {
        all_injuries(&mut *self.read().await?).await
    }

    async fn injuries_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, Injury)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/squads/injuries_of.sql")).bind(ids(matches));
        injuries(&mut *self.read().await?, query).await
    }
}

/// All line-ups by match.
pub(crate) async fn all_lineups(connection: &mut Connection) -> Result<Vec<(MatchId, Lineup)>, StoreError> {
    lineups(connection, sqlx::query(include_str!("../queries/squads/all_lineups.sql"))).await
}

/// All absences by match.
pub(crate) async fn all_injuries(connection: &mut Connection) -> Result<Vec<(MatchId, Injury)>, StoreError> {
    injuries(connection, sqlx::query(include_str!("../queries/squads/all_injuries.sql"))).await
}

fn ids(matches: &[MatchId]) -> Vec<i64> {
    matches.iter().map(|id| id.0).collect()
}

/// Line-ups of rows that hold a player each; those of a line-up stand together.
async fn lineups(connection: &mut Connection, query: Select) -> Result<Vec<(MatchId, Lineup)>, StoreError> {
    let mut rows = query.fetch(connection);
    let mut names = Names::default();
    let mut all = Vec::new();
    let mut open: Option<(i64, Vec<PgRow>)> = None;
    while let Some(row) = rows.try_next().await.mapped()? {
        let id: i64 = row.value(0)?;
        match &mut open {
            Some((last, players)) if *last == id => players.push(row),
            _ => {
                if let Some((_, players)) = open.replace((id, vec![row])) {
                    all.push(lineup(&players, &mut names)?);
                }
            }
        }
    }
    if let Some((_, players)) = open {
        all.push(lineup(&players, &mut names)?);
    }
    Ok(all)
}

fn lineup(rows: &[PgRow], names: &mut Names) -> Result<(MatchId, Lineup), StoreError> {
    let head = &rows[0];
    let (mut starters, mut substitutes) = (Vec::with_capacity(STARTERS), Vec::new());
    for row in rows {
        // A line-up without players comes as one row without a place.
        let Some(place) = row.optional_number::<usize>(8)? else { continue };
        let position: Option<&str> = row.value(11)?;
        let listed = Listed {
            player: names.player(row.value(9)?, row.value(10)?)?,
            position: position.map(|name| name.parse::<Position>().map_err(corrupt)).transpose()?,
            shirt: row.optional_number(12)?,
        };
        if place <= STARTERS { starters.push(listed) } else { substitutes.push(listed) }
    }
    let formation: Option<&str> = head.value(7)?;
    let lineup = Lineup {
        side: head.parsed(2)?,
        source: names.shared(head.value(3)?),
        kind: head.parsed(4)?,
        known_at: head.value(5)?,
        known_at_imputed: head.value(6)?,
        formation: formation.map(|name| name.parse::<Formation>().map_err(corrupt)).transpose()?,
        squad: Squad::new(starters, substitutes).map_err(corrupt)?,
    };
    Ok((MatchId(head.value(1)?), lineup))
}

async fn injuries(connection: &mut Connection, query: Select) -> Result<Vec<(MatchId, Injury)>, StoreError> {
    let mut rows = query.fetch(connection);
    let mut names = Names::default();
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        let reason: Option<&str> = row.value(6)?;
        let injury = Injury {
            side: row.parsed(1)?,
            source: names.shared(row.value(2)?),
            player: names.player(row.value(3)?, row.value(4)?)?,
            kind: row.parsed(5)?,
            reason: reason.map(|reason| names.shared(reason)),
            known_at: row.value(7)?,
            known_at_imputed: row.value(8)?,
        };
        all.push((MatchId(row.value(0)?), injury));
    }
    Ok(all)
}

/// Texts that stand in many rows, each held once.
#[derive(Default)]
struct Names(HashSet<Arc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = name.into();
        self.0.insert(Arc::clone(&shared));
        shared
    }

    fn player(&mut self, id: &str, name: &str) -> Result<Player, StoreError> {
        Player::new(self.shared(id), self.shared(name)).map_err(corrupt)
    }
}
