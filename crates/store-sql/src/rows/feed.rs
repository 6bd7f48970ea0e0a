//! Changes of the feed.

use crate::error::corrupt;
use crate::row::Read;
use touchline_domain::ports::StoreError;
use touchline_domain::{Change, ChangeKind, ChangeScope, FeedPosition, JobId, LeagueId, MatchId};

/// Position, kind, match, league, season, subject, details, time and job.
pub fn change(row: &impl Read) -> Result<Change, StoreError> {
    let match_id: Option<i64> = row.value(2)?;
    let league_id: Option<i64> = row.value(3)?;
    let scope = match (match_id, league_id) {
        (Some(id), _) => ChangeScope::Match(MatchId(id)),
        (None, Some(league)) => ChangeScope::Season(LeagueId(league), row.parsed(4)?),
        (None, None) => ChangeScope::Subject(row.value(5)?),
    };
    Ok(Change {
        position: FeedPosition(row.value(0)?),
        kind: ChangeKind::named(row.value(1)?),
        scope,
        details: serde_json::from_str(row.value(6)?).map_err(corrupt)?,
        recorded_at: row.time(7)?,
        job: row.value::<Option<i64>>(8)?.map(JobId),
    })
}

/// A kind of change, and how many there are.
pub fn kind_count(row: &impl Read) -> Result<(ChangeKind, u64), StoreError> {
    let count: i64 = row.value(1)?;
    Ok((ChangeKind::named(row.value(0)?), count.try_into().map_err(corrupt)?))
}
