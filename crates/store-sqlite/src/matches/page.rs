//! Pages by kick-off: each kind of filter has an index that gives the order, so that a page costs the same
//! wherever it lies.

use crate::Connection;
use crate::error::Mapped;
use crate::rows::matches::a_match;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{Cursor, MatchFilter, MatchPage, StoreError, texts};
use touchline_domain::{Match, MatchStatus};

pub(super) async fn page(
    connection: &mut Connection,
    filter: &MatchFilter,
    after: Option<Cursor>,
    limit: u32,
) -> Result<MatchPage, StoreError> {
    filter.league.as_deref().map_or(Ok(()), |code| texts::key("the code of a league", code))?;
    let sql = statement(filter);
    // "From a time" is "after everything before it": the later of both starts the range.
    let after = after.map_or((i64::MIN, i64::MIN), |c| (c.kickoff.timestamp(), c.id.0));
    let from = filter.from.map_or((i64::MIN, i64::MIN), |t| (ceiling(t), i64::MIN));
    let start = after.max(from);
    let rows = sqlx::query(sql)
        .bind(start.0)
        .bind(start.1)
        .bind(filter.to.map_or(i64::MAX, ceiling))
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

/// The first whole second not before the time.
fn ceiling(time: DateTime<Utc>) -> i64 {
    time.timestamp() + i64::from(time.timestamp_subsec_nanos() > 0)
}

/// The statement whose index gives the matches of the filter in order, or nearly so.
fn statement(filter: &MatchFilter) -> &'static str {
    match filter {
        MatchFilter { team: Some(_), .. } => include_str!("../../queries/matches/page_by_team.sql"),
        MatchFilter { status: Some(status), .. } if *status != MatchStatus::Finished => {
            include_str!("../../queries/matches/page_open.sql")
        }
        MatchFilter { league: Some(_), season: Some(_), .. } => {
            include_str!("../../queries/matches/page_by_league_season.sql")
        }
        MatchFilter { league: Some(_), .. } => include_str!("../../queries/matches/page_by_league.sql"),
        MatchFilter { season: Some(_), .. } => include_str!("../../queries/matches/page_by_season.sql"),
        _ => include_str!("../../queries/matches/page_by_time.sql"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SqliteStore;
    use chrono::DateTime;
    use sqlx::{AssertSqlSafe, Row};
    use std::sync::Arc;
    use touchline_domain::{FixedClock, Season, TeamId};

    #[tokio::test]
    async fn each_filter_has_an_index_that_gives_its_order() {
        let store = SqliteStore::in_memory(Arc::new(FixedClock(DateTime::UNIX_EPOCH))).await.unwrap();
        let season = Some(Season::cross_year(2023).unwrap());
        let all = MatchFilter::default;
        for (filter, index, is_sorted) in [
            (all(), "idx_matches_time (", true),
            (MatchFilter { status: Some(MatchStatus::Finished), ..all() }, "idx_matches_time (", true),
            (
                MatchFilter { status: Some(MatchStatus::Live), ..all() },
                "idx_matches_open_status_time (",
                true,
            ),
            (MatchFilter { season, ..all() }, "idx_matches_season_time (season=? AND match_time", true),
            (
                MatchFilter { league: Some(String::new()), ..all() },
                "idx_matches_league_time (league_id=? AND",
                true,
            ),
            (
                MatchFilter { team: Some(TeamId(1)), ..all() },
                "idx_matches_away_team_time (away_team_id=? AND",
                true,
            ),
            (
                MatchFilter { league: Some(String::new()), season, ..all() },
                "sqlite_autoindex_matches_1 (league_id=? AND season=?",
                false,
            ),
        ] {
            let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement(&filter)));
            let mut query = sqlx::query(sql);
            for _ in 0..8 {
                query = query.bind(1);
            }
            let rows = query.fetch_all(&mut *store.read().await.unwrap()).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
            assert!(plan.iter().any(|step| step.contains(index)), "{filter:?}: {plan:?}");
            assert!(!plan.iter().any(|step| step.starts_with("SCAN matches")), "{filter:?}: {plan:?}");
            let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
            assert_eq!(sorts, !is_sorted, "{filter:?}: {plan:?}");
        }
    }
}
