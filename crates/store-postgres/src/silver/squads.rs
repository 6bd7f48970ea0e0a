//! Line-ups and absences of matches.

use crate::columns::{ROWS, column};
use crate::error::Mapped;
use crate::{Connection, whole};
use chrono::{DateTime, Utc};
use touchline_domain::ports::{MatchFacts, StoreError};
use touchline_domain::{Formation, Listed, MatchId, Position, STARTERS};

const INSERT_LINEUPS: &str = include_str!("../../queries/squads/insert_lineups.sql");
const INSERT_PLAYERS: &str = include_str!("../../queries/squads/insert_players.sql");
const INSERT_INJURIES: &str = include_str!("../../queries/squads/insert_injuries.sql");

/// Adds line-ups with their players; one that is known is left as it is.
pub(super) async fn insert_lineups(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let new: Vec<_> =
        facts.iter().flat_map(|(id, facts)| facts.lineups.iter().map(|lineup| (*id, lineup))).collect();
    if new.is_empty() {
        return Ok(());
    }
    // Nobody else writes silver: see `write_alone`.
    let last: i64 = sqlx::query_scalar(include_str!("../../queries/squads/last_lineup.sql"))
        .fetch_one(&mut *connection)
        .await
        .mapped()?;
    let rows: Vec<_> = (last + 1..).zip(new).collect();
    for rows in rows.chunks(ROWS) {
        sqlx::query(INSERT_LINEUPS)
            .bind(column(rows, |(id, _)| *id))
            .bind(column(rows, |(_, (match_id, _))| match_id.0))
            .bind(column(rows, |(_, (_, l))| l.side.name()))
            .bind(column(rows, |(_, (_, l))| &*l.source))
            .bind(column(rows, |(_, (_, l))| l.kind.name()))
            .bind(column(rows, |(_, (_, l))| whole(l.known_at)))
            .bind(column(rows, |(_, (_, l))| l.known_at_imputed))
            .bind(column(rows, |(_, (_, l))| l.formation.as_ref().map(Formation::name)))
            .bind(now)
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    let players: Vec<(i64, usize, &Listed)> = rows
        .iter()
        .flat_map(|(id, (_, lineup))| {
            let starters = (1..).zip(lineup.squad.starters());
            let substitutes = (STARTERS + 1..).zip(lineup.squad.substitutes());
            starters.chain(substitutes).map(|(place, listed)| (*id, place, listed))
        })
        .collect();
    for rows in players.chunks(ROWS) {
        sqlx::query(INSERT_PLAYERS)
            .bind(column(rows, |(id, _, _)| *id))
            .bind(column(rows, |(_, place, _)| *place as i16))
            .bind(column(rows, |(_, _, listed)| &**listed.player.id()))
            .bind(column(rows, |(_, _, listed)| &**listed.player.name()))
            .bind(column(rows, |(_, _, listed)| listed.position.map(Position::name)))
            .bind(column(rows, |(_, _, listed)| listed.shirt.map(i16::from)))
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}

/// Adds absences; what is known of one is left as it is.
pub(super) async fn insert_injuries(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows: Vec<_> =
        facts.iter().flat_map(|(id, facts)| facts.injuries.iter().map(|injury| (*id, injury))).collect();
    for rows in rows.chunks(ROWS) {
        sqlx::query(INSERT_INJURIES)
            .bind(column(rows, |(id, _)| id.0))
            .bind(column(rows, |(_, i)| i.side.name()))
            .bind(column(rows, |(_, i)| &*i.source))
            .bind(column(rows, |(_, i)| &**i.player.id()))
            .bind(column(rows, |(_, i)| &**i.player.name()))
            .bind(column(rows, |(_, i)| i.kind.name()))
            .bind(column(rows, |(_, i)| i.reason.as_deref()))
            .bind(column(rows, |(_, i)| whole(i.known_at)))
            .bind(column(rows, |(_, i)| i.known_at_imputed))
            .bind(now)
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}
