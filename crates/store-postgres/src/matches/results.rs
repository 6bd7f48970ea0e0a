//! All matches as the chronological pass reads them.

use crate::Connection;
use crate::error::{Mapped, corrupt};
use crate::row::Read;
use futures::TryStreamExt;
use sqlx::postgres::PgRow;
use touchline_domain::ports::{ResultRow, StoreError};
use touchline_domain::{LeagueId, MatchId, Score, TeamId};

/// By kick-off, then identifier. Read in the order of storage and sorted here, which spares the server a sort.
pub(super) async fn results(connection: &mut Connection) -> Result<Vec<ResultRow>, StoreError> {
    let mut rows = sqlx::query(include_str!("../../queries/matches/results.sql")).fetch(connection);
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        all.push(result(&row)?);
    }
    all.sort_unstable_by_key(|row| (row.kickoff, row.id));
    Ok(all)
}

fn result(row: &PgRow) -> Result<ResultRow, StoreError> {
    let goals: (Option<i64>, Option<i64>) = (row.optional_number(8)?, row.optional_number(9)?);
    let score = match goals {
        (Some(home), Some(away)) => Some(Score::new(home, away).map_err(corrupt)?),
        _ => None,
    };
    Ok(ResultRow {
        id: MatchId(row.value(0)?),
        league: LeagueId(row.value(1)?),
        season: row.parsed(2)?,
        home: TeamId(row.value(3)?),
        away: TeamId(row.value(4)?),
        kickoff: row.value(5)?,
        precision: row.parsed(6)?,
        status: row.parsed(7)?,
        score,
    })
}
