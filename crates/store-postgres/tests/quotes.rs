//! Quotes by the hundred and by the thousand, and the match that they belong to.

mod support;

use chrono::Duration;
use sqlx::Connection;
use support::{Fresh, change, clock, execute, fresh, matches, one_match};
use touchline_domain::ports::{MatchFacts, SilverChange, SilverReader, SilverWriter};
use touchline_domain::{Clock, DecimalOdds, MarketType, MatchId, OddsPhase, OddsQuote};

#[tokio::test]
async fn many_quotes_and_few_are_stored_alike() {
    let store = fresh().await;
    store.apply(&change(matches(&store, 0, 3).await)).await.unwrap();
    let quote = |n: i64| OddsQuote {
        bookmaker: format!("B{}", n % 7).into(),
        market: [MarketType::OneXTwo, MarketType::OverUnder, MarketType::BothTeamsScore][n as usize % 3],
        line_quarters: (n % 3 == 1).then_some((n % 5) as i16),
        prices: [DecimalOdds::new(1.5 + n as f64 / 1000.0).ok(), None, DecimalOdds::new(2.5).ok()],
        phase: if n % 2 == 0 { OddsPhase::PreMatch } else { OddsPhase::Closing },
        known_at: clock().now() - Duration::milliseconds(n * 500_300),
        known_at_imputed: n % 4 == 0,
    };
    let quotes = |range: std::ops::Range<i64>| {
        let odds: Vec<_> = range.clone().map(quote).collect();
        let facts = (1..=3)
            .map(|id| (MatchId(id), MatchFacts { odds: odds.clone(), ..MatchFacts::default() }))
            .collect();
        SilverChange { facts, ..SilverChange::default() }
    };
    // The second copy finds some there, and each quote twice.
    store.apply(&quotes(100..900)).await.unwrap();
    let mut again = quotes(0..1500);
    again.facts.extend(again.facts.clone());
    store.apply(&again).await.unwrap();
    let few = fresh().await;
    few.apply(&change(matches(&few, 0, 3).await)).await.unwrap();
    for start in (0..1500).step_by(500) {
        few.apply(&quotes(start..start + 500)).await.unwrap();
    }
    assert_eq!(few.counts().await.unwrap().odds, 4500);
    assert_eq!(store.content_hash().await.unwrap(), few.content_hash().await.unwrap());
    let before = store.content_hash().await.unwrap();
    let mut unknown = quotes(2000..4000);
    unknown.facts.push((MatchId(99), unknown.facts[0].1.clone()));
    let error = store.apply(&unknown).await.unwrap_err();
    assert!(error.to_string().contains("fk_odds_match: match 99 is not stored"), "{error}");
    assert_eq!(store.content_hash().await.unwrap(), before, "as a whole or not at all");
}

async fn raw_quote(store: &Fresh, id: i64) -> Result<u64, String> {
    let mut raw = store.database.connection().await;
    execute(&mut raw, "SELECT ensure_month_partitions('odds', '{2023-11-01}')").await?;
    let sql = "INSERT INTO odds (match_id, market_type, bookmaker, phase, known_at, known_at_imputed, home_thousandths, \
               collected_at) VALUES ($1, '1x2', 'B', 'closing', '2023-11-02', false, 2000, now())";
    let done = sqlx::query(sql).bind(id).execute(&mut raw).await;
    done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_match_cannot_go_while_its_quotes_come() {
    let store = fresh().await;
    let id = one_match(&store).await.id;
    assert!(raw_quote(&store, 99).await.unwrap_err().contains("fk_odds_match"));
    let (mut adding, mut removing) = (store.database.connection().await, store.database.connection().await);
    execute(&mut adding, "SELECT ensure_month_partitions('odds', '{2023-11-01}')").await.unwrap();
    execute(&mut adding, "BEGIN").await.unwrap();
    let sql = "INSERT INTO odds (match_id, market_type, bookmaker, phase, known_at, known_at_imputed, home_thousandths, \
               collected_at) VALUES (1, '1x2', 'B', 'closing', '2023-11-02', false, 2000, now())";
    execute(&mut adding, sql).await.unwrap();
    execute(&mut removing, "SET lock_timeout = '50ms'").await.unwrap();
    let error = execute(&mut removing, "DELETE FROM matches").await.unwrap_err();
    assert!(error.contains("lock timeout"), "it waits for whoever adds: {error}");
    execute(&mut adding, "COMMIT").await.unwrap();
    let error = execute(&mut removing, "DELETE FROM matches").await.unwrap_err();
    assert!(error.contains("fk_odds_match: match 1 has quotes"), "{error}");
    assert!(raw_quote(&store, id.0).await.unwrap_err().contains("duplicate key"), "the quote is there");
    adding.close().await.unwrap();
}
