//! All matches as the chronological pass reads them.

use crate::Connection;
use crate::row::Read;
use crate::rows::each;
use crate::rows::matches::score;
use sqlx::postgres::PgRow;
use touchline_domain::ports::{ResultRow, StoreError};
use touchline_domain::{LeagueId, MatchId, TeamId};

/// By kick-off, then identifier. Read in the order of storage and sorted here, which spares the server a sort.
pub(super) async fn results(connection: &mut Connection) -> Result<Vec<ResultRow>, StoreError> {
    let rows = sqlx::query(include_str!("../../queries/matches/results.sql")).fetch(connection);
    let mut all = each(rows, result).await?;
    all.sort_unstable_by_key(|row| (row.kickoff, row.id));
    Ok(all)
}

fn result(row: &PgRow) -> Result<ResultRow, StoreError> {
    Ok(ResultRow {
        id: MatchId(row.value(0)?),
        league: LeagueId(row.value(1)?),
        season: row.parsed(2)?,
        home: TeamId(row.value(3)?),
        away: TeamId(row.value(4)?),
        kickoff: row.time(5)?,
        precision: row.parsed(6)?,
        status: row.parsed(7)?,
        score: score(row, 8)?,
        neutral_ground: row.value(10)?,
    })
}
