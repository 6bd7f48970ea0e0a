//! Partitions: made when a write needs them, left out where a read does not, put away by maintenance.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use sqlx::{AssertSqlSafe, PgConnection, SqlSafeStr};
use support::{Fresh, change, execute, fresh, matches};
use touchline_domain::ports::{
    MatchFacts, MatchReader, SilverChange, SilverReader, SilverWriter, StoreError,
};
use touchline_domain::{DecimalOdds, MarketType, MatchId, NewMatch, OddsPhase, OddsQuote, Season};
use touchline_store_postgres::Maintenance;

fn time(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().unwrap()
}

fn quote(known_at: &str) -> OddsQuote {
    OddsQuote {
        bookmaker: "B365".into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [2.0, 3.0, 4.0].map(|price| Some(DecimalOdds::new(price).unwrap())),
        phase: OddsPhase::PreMatch,
        known_at: time(known_at),
        known_at_imputed: false,
    }
}

async fn add_quotes(store: &Fresh, id: MatchId, known_at: &[&str]) {
    let odds = known_at.iter().map(|t| quote(t)).collect();
    let facts = vec![(id, MatchFacts { odds, ..MatchFacts::default() })];
    store.apply(&SilverChange { facts, ..SilverChange::default() }).await.unwrap();
}

async fn partitions(raw: &mut PgConnection, parent: &str) -> Vec<String> {
    let sql = "SELECT partition FROM partition_sizes WHERE parent = $1 ORDER BY 1";
    sqlx::query_scalar(sql).bind(parent).fetch_all(raw).await.unwrap()
}

/// The plan of a statement of the store whose parameters have these values.
async fn plan(raw: &mut PgConnection, how: &str, query: &str, values: &[&str]) -> String {
    let mut sql = format!("EXPLAIN ({how}) {query}");
    for (i, value) in values.iter().enumerate().rev() {
        sql = sql.replace(&format!("${}", i + 1), value);
    }
    let lines: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(sql).into_sql_str()).fetch_all(raw).await.unwrap();
    lines.join("\n")
}

/// Two matches in each of ten seasons, the first with a quote in each of twelve months.
async fn ten_seasons() -> (Fresh, PgConnection) {
    let store = fresh().await;
    let mut rows = Vec::new();
    for start in 2010..2020 {
        let season = Season::cross_year(start).unwrap();
        rows.extend(matches(&store, 0, 2).await.into_iter().map(|m| NewMatch { season, ..m }));
    }
    store.apply(&change(rows)).await.unwrap();
    let months: Vec<_> = (1..=12).map(|month| format!("2019-{month:02}-15T12:00:00Z")).collect();
    let months: Vec<_> = months.iter().map(String::as_str).collect();
    add_quotes(&store, MatchId(1), &months).await;
    add_quotes(&store, MatchId(2), &["2019-05-01T00:00:00Z", "2019-05-31T23:59:59Z"]).await;
    let mut raw = store.database.connection().await;
    execute(&mut raw, "ANALYZE").await.unwrap();
    (store, raw)
}

#[tokio::test]
async fn reads_leave_out_what_they_do_not_need() {
    let (store, mut raw) = ten_seasons().await;
    assert_eq!(partitions(&mut raw, "matches").await.len(), 10);
    assert_eq!(partitions(&mut raw, "odds").await.len(), 12);
    let touched = |plan: &str, parent: &str| {
        let mut names: Vec<_> = plan
            .lines()
            .filter(|line| line.contains(" on ") && !line.contains("never executed"))
            .filter_map(|line| line.split_whitespace().find(|word| word.starts_with(parent)))
            .map(str::to_owned)
            .collect();
        names.sort();
        names.dedup();
        names
    };

    let sql = include_str!("../queries/matches/odds_of_match.sql");
    let span = ["2", "'2019-05-01 00:00:00+00'", "'2019-05-31 23:59:59+00'"];
    let found = plan(&mut raw, "COSTS OFF", sql, &span).await;
    assert_eq!(touched(&found, "odds_2"), ["odds_2019_05"], "{found}");
    assert_eq!(store.odds_of_match(MatchId(2)).await.unwrap().len(), 2);
    assert_eq!(store.odds_of_match(MatchId(1)).await.unwrap().len(), 12);
    assert_eq!(store.odds_of_match(MatchId(3)).await.unwrap(), []);

    let sql = include_str!("../queries/matches/of_seasons.sql");
    let found = plan(&mut raw, "COSTS OFF", sql, &["'{1,1}'", "'{2012-13,2017-18}'"]).await;
    assert_eq!(touched(&found, "matches_2"), ["matches_2012_13", "matches_2017_18"], "{found}");

    let sql = include_str!("../queries/matches/get.sql");
    let found = plan(&mut raw, "ANALYZE, COSTS OFF, TIMING OFF", sql, &["5"]).await;
    assert_eq!(touched(&found, "matches_2"), ["matches_2012_13"], "{found}");

    let sql = include_str!("../queries/matches/odds_of_seasons.sql");
    let values = ["'{1}'", "'{2010-11}'", "'2019-05-01 00:00:00+00'", "'2019-06-30 00:00:00+00'"];
    let found = plan(&mut raw, "COSTS OFF", sql, &values).await;
    assert_eq!(touched(&found, "odds_2"), ["odds_2019_05", "odds_2019_06"], "{found}");
    assert_eq!(touched(&found, "matches_2"), ["matches_2010_11"], "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_that_need_the_same_new_partition_do_not_collide() {
    let store = fresh().await;
    let rows = matches(&store, 0, 8).await;
    store.apply(&change(rows)).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for id in 1..=8 {
        let handle = store.again().await.unwrap();
        tasks.spawn(async move {
            let odds = (1..=6).map(|month| quote(&format!("2021-{month:02}-15T12:00:00Z"))).collect();
            let facts = vec![(MatchId(id), MatchFacts { odds, ..MatchFacts::default() })];
            handle.apply(&SilverChange { facts, ..SilverChange::default() }).await
        });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(store.counts().await.unwrap().odds, 48);
}

#[tokio::test]
async fn maintenance_makes_partitions_ahead_and_puts_old_months_away() {
    let store = fresh().await;
    store.apply(&change(matches(&store, 0, 1).await)).await.unwrap();
    add_quotes(&store, MatchId(1), &["2023-08-31T23:59:59Z", "2023-09-01T00:00:00Z"]).await;
    let mut raw = store.database.connection().await;

    // The clock of these stores stands in November 2023.
    let ahead = Maintenance { months_ahead: 2, keep_odds_months: None };
    let done = store.maintain(ahead).await.unwrap();
    assert_eq!((done.created, done.detached.len()), (5 + 3 * 3, 0));
    assert_eq!(store.maintain(ahead).await.unwrap().created, 0, "again");
    let made = partitions(&mut raw, "predictions").await;
    assert_eq!(made, ["predictions_2023_11", "predictions_2023_12", "predictions_2024_01"]);
    assert!(partitions(&mut raw, "matches").await.contains(&"matches_2024_25".to_owned()));

    let keep = Maintenance { months_ahead: 0, keep_odds_months: Some(2) };
    assert_eq!(store.maintain(keep).await.unwrap().detached, ["detached.odds_2023_08"]);
    assert_eq!(store.odds_of_match(MatchId(1)).await.unwrap(), [quote("2023-09-01T00:00:00Z")]);
    let kept: i64 =
        sqlx::query_scalar("SELECT count(*) FROM detached.odds_2023_08").fetch_one(&mut raw).await.unwrap();
    assert_eq!(kept, 1, "detached, not dropped");

    // A late quote of that month makes it anew, and it can be put away again.
    add_quotes(&store, MatchId(1), &["2023-08-02T00:00:00Z"]).await;
    assert_eq!(store.counts().await.unwrap().odds, 2);
    assert_eq!(store.maintain(keep).await.unwrap().detached, ["detached.odds_2023_08_again"]);
}

#[tokio::test]
async fn a_match_keeps_its_season() {
    let store = fresh().await;
    store.apply(&change(matches(&store, 0, 1).await)).await.unwrap();
    let mut held = store.get_match(MatchId(1)).await.unwrap().unwrap();
    held.details.season = Season::cross_year(1950).unwrap();
    let moved = SilverChange { changed: vec![held], ..SilverChange::default() };
    let error = store.apply(&moved).await.unwrap_err();
    assert!(matches!(&error, StoreError::Constraint(m) if m.contains("of another season")), "{error}");
}
