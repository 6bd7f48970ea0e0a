//! All matches as the chronological pass reads them.

use crate::Connection;
use crate::error::{Mapped, corrupt};
use crate::row::{Read, time};
use futures::TryStreamExt;
use touchline_domain::ports::{ResultRow, StoreError};
use touchline_domain::{KickoffPrecision, LeagueId, MatchId, MatchStatus, Score, Season, TeamId};

/// By kick-off, then identifier. Read in the order of storage and sorted here: following an index through
/// 300,000 rows takes longer.
pub(super) async fn results(connection: &mut Connection) -> Result<Vec<ResultRow>, StoreError> {
    let mut rows = sqlx::query(include_str!("../../queries/matches/results.sql")).fetch(connection);
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        all.push(unpack([row.value(0)?, row.value(1)?, row.value(2)?, row.value(3)?])?);
    }
    all.sort_unstable_by_key(|row| (row.kickoff, row.id));
    Ok(all)
}

/// Takes apart what `results.sql` put together.
fn unpack([id, teams, kickoff, packed]: [i64; 4]) -> Result<ResultRow, StoreError> {
    let bits = |from: u32, width: u32| (packed >> from) & ((1 << width) - 1);
    let year = 1000 + bits(19, 12) as u16;
    let season = if bits(18, 1) == 1 { Season::calendar_year(year) } else { Season::cross_year(year) };
    let status = match bits(14, 3) {
        0 => MatchStatus::Scheduled,
        1 => MatchStatus::Live,
        2 => MatchStatus::Finished,
        3 => MatchStatus::Postponed,
        4 => MatchStatus::Cancelled,
        5 => MatchStatus::Abandoned,
        6 => MatchStatus::Awarded,
        _ => return Err(corrupt(format!("match {id} has an unknown status"))),
    };
    let score = match (bits(7, 7), bits(0, 7)) {
        (127, _) | (_, 127) => None,
        (home, away) => Some(Score::new(home, away).map_err(corrupt)?),
    };
    Ok(ResultRow {
        id: MatchId(id),
        league: LeagueId(packed >> 32),
        season: season.map_err(corrupt)?,
        home: TeamId(teams >> 32),
        away: TeamId(teams & 0xffff_ffff),
        kickoff: time(kickoff)?,
        precision: if bits(17, 1) == 1 { KickoffPrecision::Day } else { KickoffPrecision::Minute },
        status,
        score,
        neutral_ground: bits(31, 1) == 1,
    })
}
