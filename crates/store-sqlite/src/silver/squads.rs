//! Line-ups and absences of matches.

use crate::error::Mapped;
use crate::{Connection, bulk};
use touchline_domain::ports::{MatchFacts, StoreError};
use touchline_domain::{Formation, Listed, MatchId, Position, STARTERS};

const INSERT_LINEUPS: &str = include_str!("../../queries/squads/insert_lineups.sql");
const INSERT_PLAYERS: &str = include_str!("../../queries/squads/insert_players.sql");
const INSERT_INJURIES: &str = include_str!("../../queries/squads/insert_injuries.sql");

/// Adds line-ups with their players; one that is known is left as it is.
pub(super) async fn insert_lineups(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: i64,
) -> Result<(), StoreError> {
    let new: Vec<_> =
        facts.iter().flat_map(|(id, facts)| facts.lineups.iter().map(|lineup| (*id, lineup))).collect();
    if new.is_empty() {
        return Ok(());
    }
    let last: i64 = sqlx::query_scalar(include_str!("../../queries/squads/last_lineup.sql"))
        .fetch_one(&mut *connection)
        .await
        .mapped()?;
    let rows: Vec<_> = (last + 1..).zip(new).collect();
    bulk::run(connection, INSERT_LINEUPS, &rows, |row, (id, (match_id, lineup))| {
        row.put(*id)
            .put(match_id.0)
            .put(lineup.side.name())
            .put(&*lineup.source)
            .put(lineup.kind.name())
            .put(lineup.known_at.timestamp())
            .put(lineup.known_at_imputed)
            .put(lineup.formation.as_ref().map(Formation::name))
            .put(now);
    })
    .await?;
    let players: Vec<(i64, usize, &Listed)> = rows
        .iter()
        .flat_map(|(id, (_, lineup))| {
            let starters = (1..).zip(lineup.squad.starters());
            let substitutes = (STARTERS + 1..).zip(lineup.squad.substitutes());
            starters.chain(substitutes).map(|(place, listed)| (*id, place, listed))
        })
        .collect();
    bulk::run(connection, INSERT_PLAYERS, &players, |row, (id, place, listed)| {
        row.put(*id)
            .put(*place as i64)
            .put(&**listed.player.id())
            .put(&**listed.player.name())
            .put(listed.position.map(Position::name))
            .put(listed.shirt);
    })
    .await?;
    Ok(())
}

/// Adds absences; what is known of one is left as it is.
pub(super) async fn insert_injuries(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: i64,
) -> Result<(), StoreError> {
    let rows: Vec<_> =
        facts.iter().flat_map(|(id, facts)| facts.injuries.iter().map(|injury| (*id, injury))).collect();
    bulk::run(connection, INSERT_INJURIES, &rows, |row, (id, injury)| {
        row.put(id.0)
            .put(injury.side.name())
            .put(&*injury.source)
            .put(&**injury.player.id())
            .put(&**injury.player.name())
            .put(injury.kind.name())
            .put(injury.reason.as_deref())
            .put(injury.known_at.timestamp())
            .put(injury.known_at_imputed)
            .put(now);
    })
    .await?;
    Ok(())
}
