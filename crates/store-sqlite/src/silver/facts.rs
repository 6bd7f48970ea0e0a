//! Statistics and quotes of matches.

use crate::rows::matches::NO_LINE;
use crate::{Connection, bulk};
use touchline_domain::ports::{MatchFacts, StoreError};
use touchline_domain::{DecimalOdds, MarketType, MatchId, OddsQuote};

const MERGE_STATS: &str = include_str!("../../queries/silver/merge_stats.sql");
const INSERT_ODDS: &str = include_str!("../../queries/silver/insert_odds.sql");

/// Adds statistics field by field: what is not given stays.
pub(super) async fn merge_stats(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
) -> Result<(), StoreError> {
    let rows: Vec<_> =
        facts.iter().filter_map(|(id, f)| Some((*id, f.stats.filter(|s| !s.is_empty())?))).collect();
    bulk::run(connection, MERGE_STATS, &rows, |row, (id, stats)| {
        let (h, a) = (&stats.home, &stats.away);
        row.put(id.0)
            .put(h.shots)
            .put(a.shots)
            .put(h.shots_on_target)
            .put(a.shots_on_target)
            .put(h.woodwork)
            .put(a.woodwork)
            .put(h.corners)
            .put(a.corners)
            .put(h.fouls)
            .put(a.fouls)
            .put(h.offsides)
            .put(a.offsides)
            .put(h.yellow_cards)
            .put(a.yellow_cards)
            .put(h.red_cards)
            .put(a.red_cards)
            .put(h.expected_goals)
            .put(a.expected_goals)
            .put(h.possession)
            .put(a.possession);
    })
    .await?;
    Ok(())
}

/// Adds quotes; one that is known is left as it is.
pub(super) async fn insert_odds(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: i64,
) -> Result<(), StoreError> {
    let rows: Vec<_> =
        facts.iter().flat_map(|(id, facts)| facts.odds.iter().map(|quote| (*id, quote, now))).collect();
    insert_quotes(connection, &rows).await?;
    Ok(())
}

/// Adds quotes with the time of storing; one that is known is left as it is. Returns how many were added.
pub(crate) async fn insert_quotes(
    connection: &mut Connection,
    rows: &[(MatchId, &OddsQuote, i64)],
) -> Result<u64, StoreError> {
    for (_, quote, _) in rows {
        check(quote)?;
    }
    bulk::run(connection, INSERT_ODDS, rows, |row, (id, quote, recorded_at)| {
        let [first, second, third] = quote.prices.map(|price| price.map(DecimalOdds::thousandths));
        let of = |market: MarketType, price: Option<u32>| price.filter(|_| quote.market == market);
        let both = |price: Option<u32>| {
            price.filter(|_| matches!(quote.market, MarketType::OneXTwo | MarketType::AsianHandicap))
        };
        row.put(id.0)
            .put(quote.market.name())
            .put(&*quote.bookmaker)
            .put(quote.line_quarters.unwrap_or(NO_LINE))
            .put(quote.phase.name())
            .put(quote.known_at.timestamp())
            .put(quote.known_at_imputed)
            .put(both(first))
            .put(second)
            .put(both(third))
            .put(of(MarketType::OverUnder, first))
            .put(of(MarketType::OverUnder, third))
            .put(of(MarketType::BothTeamsScore, first))
            .put(of(MarketType::BothTeamsScore, third))
            .put(quote.is_suspicious())
            .put(*recorded_at);
    })
    .await
}

/// A line that stands for none in the schema must not come in as a line.
fn check(quote: &OddsQuote) -> Result<(), StoreError> {
    if quote.line_quarters == Some(NO_LINE) {
        return Err(StoreError::Constraint(format!("ck_odds_line_range: {NO_LINE} quarters are no line")));
    }
    Ok(())
}
