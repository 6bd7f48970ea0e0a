//! Statistics of matches.

use crate::Connection;
use crate::columns::{ROWS, column};
use crate::error::Mapped;
use std::collections::HashMap;
use touchline_domain::ports::{MatchFacts, StoreError};
use touchline_domain::{MatchId, MatchStats, SideStats};

const MERGE_STATS: &str = include_str!("../../queries/silver/merge_stats.sql");

/// Counts of a side, in the order of their columns.
const COUNTS: [fn(&SideStats) -> Option<u16>; 8] = [
    |s| s.shots,
    |s| s.shots_on_target,
    |s| s.woodwork,
    |s| s.corners,
    |s| s.fouls,
    |s| s.offsides,
    |s| s.yellow_cards,
    |s| s.red_cards,
];

/// Adds statistics field by field: what is not given stays.
pub(super) async fn merge_stats(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
) -> Result<(), StoreError> {
    // One statement touches a row once: statistics that are given twice go in one after the other.
    let mut rounds: Vec<Vec<(MatchId, MatchStats)>> = Vec::new();
    let mut seen: HashMap<MatchId, usize> = HashMap::new();
    for (id, facts) in facts {
        let Some(stats) = facts.stats.filter(|s| !s.is_empty()) else { continue };
        let round = seen.entry(*id).and_modify(|n| *n += 1).or_default();
        if rounds.len() <= *round {
            rounds.push(Vec::new());
        }
        rounds[*round].push((*id, stats));
    }
    for rows in rounds.iter().flat_map(|round| round.chunks(ROWS)) {
        let mut query = sqlx::query(MERGE_STATS).bind(column(rows, |(id, _)| id.0));
        for count in COUNTS {
            query = query
                .bind(column(rows, |(_, s)| count(&s.home).map(i32::from)))
                .bind(column(rows, |(_, s)| count(&s.away).map(i32::from)));
        }
        query
            .bind(column(rows, |(_, s)| s.home.expected_goals))
            .bind(column(rows, |(_, s)| s.away.expected_goals))
            .bind(column(rows, |(_, s)| s.home.possession))
            .bind(column(rows, |(_, s)| s.away.possession))
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}
