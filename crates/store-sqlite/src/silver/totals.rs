//! Totals of new matches, added in the transaction that inserts them. Updates and deletions reach the totals through
//! triggers.

use crate::error::Mapped;
use crate::row::Read;
use crate::{Connection, bulk};
use std::collections::BTreeMap;
use touchline_domain::ports::StoreError;
use touchline_domain::{MatchStatus, NewMatch};

/// Adds matches that were inserted just now to the totals of their seasons and teams.
pub(super) async fn add<'a>(
    connection: &mut Connection,
    inserted: impl Iterator<Item = &'a NewMatch> + Send,
) -> Result<(), StoreError> {
    let (mut seasons, mut teams) = (BTreeMap::new(), BTreeMap::new());
    for m in inserted {
        let (matches, finished) = seasons.entry((m.league, m.season)).or_insert((0_i64, 0_i64));
        *matches += 1;
        *finished += i64::from(m.status == MatchStatus::Finished);
        for team in [m.home, m.away] {
            *teams.entry((m.league, team)).or_insert(0_i64) += 1;
        }
    }
    let seasons: Vec<_> = seasons.into_iter().collect();
    let sql = include_str!("../../queries/silver/add_season_totals.sql");
    bulk::run(connection, sql, &seasons, |row, ((league, season), (matches, finished))| {
        row.put(league.0).put(season.to_string()).put(*matches).put(*finished);
    })
    .await?;
    let teams: Vec<_> = teams.into_iter().collect();
    let sql = include_str!("../../queries/silver/add_league_teams.sql");
    bulk::run(connection, sql, &teams, |row, ((league, team), matches)| {
        row.put(league.0).put(team.0).put(*matches);
    })
    .await?;
    Ok(())
}

/// How many totals differ from what the matches give.
pub(crate) async fn wrong(connection: &mut Connection) -> Result<u64, StoreError> {
    let query = sqlx::query(include_str!("../../queries/diagnosis/totals.sql"));
    query.fetch_one(connection).await.mapped()?.number(0)
}
