//! The views for people say what the ports say.

mod support;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use support::{change, execute, fresh, matches};
use touchline_domain::ports::{AsOf, MatchFacts, SilverChange, SilverWriter, SummaryReader};
use touchline_domain::{DecimalOdds, MarketType, MatchId, OddsPhase, OddsQuote, OutcomeTrend, Tally, TeamId};

#[tokio::test]
async fn the_view_of_recent_performance_is_as_of_the_machines_clock() {
    let store = fresh().await;
    store.apply(&change(matches(&store, 0, 60).await)).await.unwrap();
    let mut raw = store.raw().await;
    // The first match kicks off 31 days ago, each other one a day later than the one before.
    execute(&mut raw, "UPDATE matches SET match_time = unixepoch() + (id - 32) * 86400").await.unwrap();
    execute(&mut raw, "UPDATE matches SET home_score = id % 3, away_score = id % 2").await.unwrap();
    let sql = "SELECT team_id, venue, as_of, played, won, drawn, lost, goals_for, goals_against \
               FROM mv_team_recent_performance ORDER BY team_id, venue";
    let rows = sqlx::query(sql).fetch_all(&mut raw).await.unwrap();
    assert!(rows.len() > 30);
    let mut played = 0;
    for row in &rows {
        let as_of = chrono::DateTime::from_timestamp(row.get(2), 0).unwrap();
        let found = store.recent_performance(TeamId(row.get(0)), AsOf::At(as_of)).await.unwrap().value;
        let tally = if row.get::<&str, _>(1) == "home" { found.home } else { found.away };
        let number = |column: usize| row.get::<u32, _>(column);
        let expected = Tally {
            played: number(3),
            won: number(4),
            drawn: number(5),
            lost: number(6),
            goals_for: number(7),
            goals_against: number(8),
        };
        assert_eq!(tally, expected);
        played += tally.played;
    }
    assert_eq!(played, 2 * 30, "from 30 days ago to yesterday; today's is not known yet");
}

#[tokio::test]
async fn the_view_of_trends_says_what_the_port_says() {
    let store = fresh().await;
    store.apply(&change(matches(&store, 200_000, 2).await)).await.unwrap();
    let kickoff = touchline_domain::ports::MatchReader::results(&*store).await.unwrap()[0].kickoff;
    let price = |value: f64| DecimalOdds::new(value).ok();
    let quote = |n: i32| OddsQuote {
        bookmaker: format!("B{}", n % 3).into(),
        market: if n % 2 == 0 { MarketType::OneXTwo } else { MarketType::OverUnder },
        line_quarters: (n % 2 == 1).then_some(10),
        prices: [
            price(1.8 + f64::from(n) / 100.0),
            price(3.0 + f64::from(n) / 70.0).filter(|_| n % 2 == 0 && n % 3 > 0),
            price(3.0).filter(|_| n % 2 == 0).or(price(2.0)),
        ],
        phase: if n % 4 == 0 { OddsPhase::Closing } else { OddsPhase::PreMatch },
        known_at: kickoff - chrono::Duration::minutes(i64::from(20 - n / 2)),
        known_at_imputed: false,
    };
    let facts =
        vec![(MatchId(1), MatchFacts { odds: (0..60).map(quote).collect(), ..MatchFacts::default() })];
    store.apply(&SilverChange { facts, ..SilverChange::default() }).await.unwrap();
    let sql = "SELECT market_type, bookmaker, quotes, first_at, latest_at, home_opening, home_latest, home_lowest, \
               home_highest, home_average, home_spread, home_implied, home_movement, draw_opening, draw_latest, \
               draw_lowest, draw_highest, draw_average, draw_spread, draw_implied, draw_movement \
               FROM mv_odds_trends ORDER BY market_type, line_quarters, bookmaker";
    let rows = sqlx::query(sql).fetch_all(&mut store.raw().await).await.unwrap();
    let found = store.odds_trends(MatchId(1), AsOf::At(kickoff)).await.unwrap().unwrap().value.trends;
    assert_eq!((rows.len(), found.len()), (6, 6));
    for (row, trend) in rows.iter().zip(&found) {
        assert_eq!((row.get::<&str, _>(0), row.get::<&str, _>(1)), (trend.market.name(), &*trend.bookmaker));
        let times = [trend.first_at, trend.latest_at].map(|time| time.timestamp());
        assert_eq!((row.get::<u32, _>(2), [row.get(3), row.get(4)]), (trend.quotes, times));
        outcome(row, 5, trend.outcomes[0]);
        outcome(row, 13, trend.outcomes[1]);
    }
}

fn outcome(row: &SqliteRow, first: usize, found: Option<OutcomeTrend>) {
    let Some(found) = found else {
        assert_eq!(row.get::<Option<u32>, _>(first), None);
        return;
    };
    let prices = [found.opening, found.latest, found.lowest, found.highest].map(DecimalOdds::thousandths);
    assert_eq!([0, 1, 2, 3].map(|i| row.get::<u32, _>(first + i)), prices);
    let derived = [found.average, found.spread(), found.implied(), found.movement()];
    for (i, value) in derived.into_iter().enumerate() {
        assert!((row.get::<f64, _>(first + 4 + i) - value).abs() < 1e-12);
    }
}
