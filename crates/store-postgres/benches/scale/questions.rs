//! The interface's questions, through the ports and, for comparison, to copies without partitions and without indexes.

use crate::{load, milliseconds, report};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr};
use std::time::{Duration, Instant};
use touchline_domain::ports::{
    AsOf, MatchFilter, MatchReader, Origin, SummaryReader, SummaryView, SummaryWriter,
};
use touchline_domain::{MatchId, TeamId};
use touchline_store_postgres::PostgresStore;
use touchline_store_postgres::testing::Cluster;

const LATEST: &str = include_str!("../../queries/summaries/latest_odds.sql");
/// The same by reading every quote of the match: without an index there are no steps to take.
const LATEST_OF_ALL: &str = "SELECT DISTINCT ON (market_type, bookmaker, line_quarters) *
    FROM odds WHERE match_id = $1 AND known_at BETWEEN $2 AND $3
    ORDER BY market_type, bookmaker, line_quarters, known_at DESC, phase";
const RECENT: &str = include_str!("../../queries/summaries/recent_live.sql");
const PAGE: &str = include_str!("../../queries/matches/page_by_time.sql");
const MONTH: [&str; 2] = ["2024-03-01T00:00:00Z", "2024-04-01T00:00:00Z"];
/// Different matches or clubs asked for in turn.
const SUBJECTS: usize = 50;

pub async fn run(cluster: &Cluster, store: &PostgresStore, dense: MatchId) {
    let mut raw = PgConnection::connect(&cluster.url("postgres")).await.expect("a connection");
    execute(&mut raw, "VACUUM ANALYZE".to_owned()).await;
    let now: DateTime<Utc> = load::NOW.parse().expect("a time");
    for view in SummaryView::ALL {
        let start = Instant::now();
        store.refresh(&[view]).await.expect("refreshed");
        report(&format!("{} refreshed while readers go on", view.name()), milliseconds(start.elapsed()));
    }
    let ids = ids(&mut raw, "SELECT DISTINCT match_id FROM mv_odds_trends ORDER BY 1").await;
    let clubs = ids_of_clubs(&mut raw).await;
    through_the_ports(store, &ids, &clubs, now).await;
    let latest = async |_| store.latest_odds(dense, now).await.expect("read").len();
    median("latest odds of a match priced every five minutes", 200, latest).await;
    copies(&mut raw).await;
    without(&mut raw, &ids, &clubs, now).await;
    raw.close().await.expect("a farewell");
}

async fn through_the_ports(store: &PostgresStore, ids: &[i64], clubs: &[i64], now: DateTime<Utc>) {
    let latest =
        async |i: usize| store.latest_odds(MatchId(ids[i % ids.len()]), now).await.expect("read").len();
    median("latest odds of one match per bookmaker", 200, latest).await;
    let recent = async |as_of: AsOf, origin: Origin, i: usize| {
        let found = store.recent_performance(TeamId(clubs[i % clubs.len()]), as_of).await.expect("read");
        assert_eq!(found.origin, origin);
        found.value.total().played as usize
    };
    median("recent performance of a club, by the view", 200, async |i| {
        recent(AsOf::Latest, Origin::View, i).await
    })
    .await;
    median("the same without the view, by the indexes", 200, async |i| {
        recent(AsOf::At(now), Origin::Live, i).await
    })
    .await;
    let trends = async |as_of: AsOf, origin: Origin, i: usize| {
        let found =
            store.odds_trends(MatchId(ids[i % ids.len()]), as_of).await.expect("read").expect("stored");
        assert_eq!(found.origin, origin);
        found.value.trends.len()
    };
    median("odds trends of a match, by the view", 200, async |i| trends(AsOf::Latest, Origin::View, i).await)
        .await;
    median("the same without the view", 200, async |i| trends(AsOf::At(now), Origin::Live, i).await).await;
    let filter = MatchFilter {
        from: Some(MONTH[0].parse().expect("a time")),
        to: Some(MONTH[1].parse().expect("a time")),
        ..MatchFilter::default()
    };
    let page = async |_| store.page(&filter, None, 5_000).await.expect("read").matches.len();
    median("a month of matches", 200, page).await;
}

/// Copies of the tables as they would be without partitions, at first without any index.
async fn copies(raw: &mut PgConnection) {
    for sql in [
        "CREATE SCHEMA plain",
        "CREATE UNLOGGED TABLE plain.odds AS SELECT * FROM odds",
        "CREATE UNLOGGED TABLE plain.matches AS SELECT * FROM matches",
        "CREATE VIEW plain.team_results AS
            SELECT home_team_id AS team_id, 'home' AS venue, match_time, match_time + interval '3 hours' AS known_at,
                home_score AS goals_for, away_score AS goals_against
            FROM plain.matches WHERE match_status = 'finished'
            UNION ALL
            SELECT away_team_id, 'away', match_time, match_time + interval '3 hours', away_score, home_score
            FROM plain.matches WHERE match_status = 'finished'",
        "ANALYZE plain.odds",
        "ANALYZE plain.matches",
        "SET search_path = plain, public",
    ] {
        execute(raw, sql.to_owned()).await;
    }
}

/// The same statements on the copies; then with the same keys, but in one table.
async fn without(raw: &mut PgConnection, ids: &[i64], clubs: &[i64], now: DateTime<Utc>) {
    ask_copies(raw, "without partitions and indexes", LATEST_OF_ALL, 7, ids, clubs, now).await;
    for sql in [
        "ALTER TABLE plain.odds ADD PRIMARY KEY (match_id, market_type, bookmaker, line_quarters, phase, known_at)",
        "CREATE INDEX ON plain.matches (match_time, id)",
        "CREATE INDEX ON plain.matches (home_team_id, match_time, id)",
        "CREATE INDEX ON plain.matches (away_team_id, match_time, id)",
        "ANALYZE plain.odds",
        "ANALYZE plain.matches",
    ] {
        execute(raw, sql.to_owned()).await;
    }
    ask_copies(raw, "without partitions, same indexes", LATEST, 200, ids, clubs, now).await;
}

async fn ask_copies(
    raw: &mut PgConnection,
    what: &str,
    latest_odds: &'static str,
    times: usize,
    ids: &[i64],
    clubs: &[i64],
    now: DateTime<Utc>,
) {
    let time = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
    let mut spent = [Vec::new(), Vec::new(), Vec::new()];
    for i in 0..times {
        let latest =
            sqlx::query(latest_odds).bind(ids[i % ids.len()]).bind(time("1990-01-01T00:00:00Z")).bind(now);
        let recent =
            sqlx::query(RECENT).bind(clubs[i % clubs.len()]).bind(now - chrono::Duration::days(30)).bind(now);
        let page = sqlx::query(PAGE)
            .bind(time(MONTH[0]))
            .bind(i64::MIN)
            .bind(time(MONTH[1]))
            .bind(None::<&str>)
            .bind(None::<String>)
            .bind(5_001_i64)
            .bind(None::<&str>)
            .bind(None::<i64>);
        for (query, spent) in [latest, recent, page].into_iter().zip(&mut spent) {
            let start = Instant::now();
            assert!(!query.fetch_all(&mut *raw).await.expect("an answer").is_empty());
            spent.push(start.elapsed());
        }
    }
    let questions =
        ["latest odds of one match per bookmaker", "recent performance of a club", "a month of matches"];
    for (question, spent) in questions.into_iter().zip(spent) {
        report(&format!("{question}, {what}"), summary(spent));
    }
}

/// Asks once for each subject to warm up, then so many times; reports the median and the 95th percentile.
async fn median(what: &str, times: usize, ask: impl AsyncFn(usize) -> usize) {
    let mut rows = 0;
    for i in 0..SUBJECTS {
        rows = ask(i).await;
    }
    let mut spent = Vec::with_capacity(times);
    for i in 0..times {
        let start = Instant::now();
        assert!(ask(i).await > 0, "{what}: nothing was found");
        spent.push(start.elapsed());
    }
    report(&format!("{what} ({rows} rows)"), summary(spent));
}

fn summary(mut spent: Vec<Duration>) -> String {
    spent.sort();
    // The least is what it takes when nothing else runs, whatever the load.
    let [least, median, late] = [0, 50, 95].map(|percent| milliseconds(spent[spent.len() * percent / 100]));
    format!("least {least}, median {median}, 95% within {late}")
}

async fn ids(raw: &mut PgConnection, sql: &'static str) -> Vec<i64> {
    let mut all: Vec<i64> = sqlx::query_scalar(sql).fetch_all(raw).await.expect("identifiers");
    let step = (all.len() / SUBJECTS).max(1);
    all = all.into_iter().step_by(step).take(SUBJECTS).collect();
    assert!(!all.is_empty(), "there is something to ask for");
    all
}

async fn ids_of_clubs(raw: &mut PgConnection) -> Vec<i64> {
    ids(raw, "SELECT DISTINCT team_id FROM mv_team_recent_performance ORDER BY 1").await
}

async fn execute(raw: &mut PgConnection, sql: String) {
    raw.execute(AssertSqlSafe(sql).into_sql_str()).await.expect("a statement of the benchmark");
}
