//! Pages by kick-off: each kind of filter has an index that gives the order, so that a page costs the same
//! wherever it lies.

use crate::Connection;
use crate::error::Mapped;
use crate::rows::matches::a_match;
use chrono::{DateTime, Duration, Utc};
use touchline_domain::ports::{Cursor, MatchFilter, MatchPage, StoreError, texts};
use touchline_domain::{Match, MatchStatus};

pub(super) async fn page(
    connection: &mut Connection,
    filter: &MatchFilter,
    after: Option<Cursor>,
    limit: u32,
) -> Result<MatchPage, StoreError> {
    filter.league.as_deref().map_or(Ok(()), |code| texts::key("the code of a league", code))?;
    let sql = match filter {
        MatchFilter { team: Some(_), .. } => include_str!("../../queries/matches/page_by_team.sql"),
        MatchFilter { status: Some(status), .. } if *status != MatchStatus::Finished => {
            include_str!("../../queries/matches/page_open.sql")
        }
        MatchFilter { season: Some(_), .. } => include_str!("../../queries/matches/page_by_season.sql"),
        MatchFilter { league: Some(_), .. } => include_str!("../../queries/matches/page_by_league.sql"),
        _ => include_str!("../../queries/matches/page_by_time.sql"),
    };
    // "From a time" is "after everything before it": the later of both starts the range.
    let after = after.map_or((EARLIEST, i64::MIN), |c| (c.kickoff.max(EARLIEST), c.id.0));
    let from = filter.from.map_or((EARLIEST, i64::MIN), |t| (ceiling(t), i64::MIN));
    let start = after.max(from);
    let rows = sqlx::query(sql)
        .bind(start.0.min(LATEST))
        .bind(start.1)
        .bind(filter.to.map_or(LATEST, ceiling))
        .bind(filter.status.map(MatchStatus::name))
        .bind(filter.season.map(|season| season.to_string()))
        .bind(i64::from(limit) + 1)
        .bind(filter.league.as_deref())
        .bind(filter.team.map(|team| team.0))
        .fetch_all(connection)
        .await
        .mapped()?;
    let mut matches: Vec<Match> = rows.iter().map(a_match).collect::<Result<_, _>>()?;
    let more = matches.len() > limit as usize;
    matches.truncate(limit as usize);
    let next = matches.last().filter(|_| more).map(|last| Cursor { kickoff: last.kickoff.at, id: last.id });
    Ok(MatchPage { matches, next })
}

/// No match kicks off before the first or from the second on, and the database knows both; not so every time that may be
/// asked for.
const EARLIEST: DateTime<Utc> = year_from_1970(-170);
const LATEST: DateTime<Utc> = year_from_1970(330);

const fn year_from_1970(years: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(years * 31_556_952, 0).expect("a time in reach")
}

/// The time, or the end of the range that is nearer to it.
pub(crate) fn within_reach(time: DateTime<Utc>) -> DateTime<Utc> {
    time.clamp(EARLIEST, LATEST)
}

/// The first whole second not before the time, within the range of times that are asked for.
fn ceiling(time: DateTime<Utc>) -> DateTime<Utc> {
    let time = within_reach(time);
    let floor = crate::whole(time);
    if floor < time { floor + Duration::seconds(1) } else { floor }
}
