//! Statistics and quotes of matches.

use crate::columns::{ROWS, column};
use crate::error::Mapped;
use crate::matches::NO_LINE;
use crate::{Connection, whole};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use touchline_domain::ports::{MatchFacts, StoreError};
use touchline_domain::{DecimalOdds, MarketType, MatchId, MatchStats, OddsQuote, SideStats};

const MERGE_STATS: &str = include_str!("../../queries/silver/merge_stats.sql");
const INSERT_ODDS: &str = include_str!("../../queries/silver/insert_odds.sql");

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

/// Adds quotes; one that is known is left as it is.
pub(super) async fn insert_odds(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows: Vec<_> =
        facts.iter().flat_map(|(id, facts)| facts.odds.iter().map(|quote| (*id, quote))).collect();
    for (_, quote) in &rows {
        check(quote)?;
    }
    for rows in rows.chunks(ROWS) {
        let price = |place: usize, markets: &'static [MarketType]| {
            column(rows, |(_, quote)| {
                let price = quote.prices[place].filter(|_| markets.contains(&quote.market));
                // Prices end at 999,999.999.
                price.map(|p: DecimalOdds| p.thousandths() as i32)
            })
        };
        let sides = &[MarketType::OneXTwo, MarketType::AsianHandicap];
        // A draw of another market than 1X2 is for the database to refuse.
        let draw = &[
            MarketType::OneXTwo,
            MarketType::AsianHandicap,
            MarketType::OverUnder,
            MarketType::BothTeamsScore,
        ];
        sqlx::query(INSERT_ODDS)
            .bind(column(rows, |(id, _)| id.0))
            .bind(column(rows, |(_, q)| q.market.name()))
            .bind(column(rows, |(_, q)| &*q.bookmaker))
            .bind(column(rows, |(_, q)| q.line_quarters.unwrap_or(NO_LINE)))
            .bind(column(rows, |(_, q)| q.phase.name()))
            .bind(column(rows, |(_, q)| whole(q.known_at)))
            .bind(column(rows, |(_, q)| q.known_at_imputed))
            .bind(price(0, sides))
            .bind(price(1, draw))
            .bind(price(2, sides))
            .bind(price(0, &[MarketType::OverUnder]))
            .bind(price(2, &[MarketType::OverUnder]))
            .bind(price(0, &[MarketType::BothTeamsScore]))
            .bind(price(2, &[MarketType::BothTeamsScore]))
            .bind(column(rows, |(_, q)| q.is_suspicious()))
            .bind(now)
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}

/// A line that stands for none in the schema must not come in as a line.
fn check(quote: &OddsQuote) -> Result<(), StoreError> {
    if quote.line_quarters == Some(NO_LINE) {
        return Err(StoreError::Constraint(format!("ck_odds_line_range: {NO_LINE} quarters are no line")));
    }
    Ok(())
}
