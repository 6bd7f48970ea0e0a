//! Every constraint of the schema, attacked by raw SQL.

mod attacks;
mod competitions;
mod paper;
#[path = "../support/mod.rs"]
mod support;

use attacks::{ATTACKS, ODDS};
use sqlx::{AssertSqlSafe, PgConnection, Row, SqlSafeStr};
use std::collections::BTreeSet;
use support::{Fresh, execute, fresh};

/// A row in every table, and a connection that knows no rules.
async fn populated() -> (Fresh, PgConnection) {
    let store = fresh().await;
    let mut raw = store.database.connection().await;
    sqlx::raw_sql(include_str!("population.sql")).execute(&mut raw).await.expect("a row in every table");
    (store, raw)
}

#[tokio::test]
async fn every_constraint_refuses_what_it_is_for() {
    let (_store, mut raw) = populated().await;
    for (constraint, values, insert) in ATTACKS.iter().chain(competitions::ATTACKS).chain(paper::ATTACKS) {
        let sql = AssertSqlSafe(format!("{insert}{values}")).into_sql_str();
        let error = sqlx::raw_sql(sql).execute(&mut raw).await.expect_err(values).to_string();
        assert!(error.contains(constraint), "{values}\nwas refused with {error}\ninstead of {constraint}");
    }
}

#[tokio::test]
async fn no_constraint_is_left_untried() {
    let store = fresh().await;
    let mut raw = store.database.connection().await;
    let sql = "SELECT c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
               WHERE c.contype IN ('c', 'f') AND t.relnamespace = 'public'::regnamespace AND NOT t.relispartition \
               UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0";
    let names: BTreeSet<String> = sqlx::query(sql)
        .fetch_all(&mut raw)
        .await
        .unwrap()
        .iter()
        .map(|row| row.get_unchecked::<String, _>(0))
        .collect();
    assert!(names.len() > 100, "{} constraints were found", names.len());
    let attacks = ATTACKS.iter().chain(competitions::ATTACKS).chain(paper::ATTACKS);
    let mut tried: BTreeSet<String> = attacks.map(|(name, ..)| (*name).to_owned()).collect();
    // A trigger refuses the same before it.
    let before =
        ["predictions_match", "paper_ledger_match", "paper_ledger_bet", "experiment_forecasts_match"];
    tried.extend(before.map(|name| format!("fk_{name}")));
    // These refuse nothing; see `the_span_of_quotes_is_kept_whoever_adds_them`, and the tests of roles.
    tried.extend(["tr_odds_span", "tr_audit", "tr_matches_keys_added"].map(str::to_owned));
    // See the tests of the feed.
    tried.extend(["tr_outbox_in_order", "tr_outbox_announced"].map(str::to_owned));
    // Triggers refuse every direct change of totals before these, and matches have the same references.
    tried.extend(
        ["season_totals_league", "league_teams_league", "league_teams_team"].map(|name| format!("fk_{name}")),
    );
    tried.extend(["ck_season_totals_range", "ck_league_teams_matches"].map(str::to_owned));
    // See `totals_follow_whoever_changes_matches`.
    tried.extend(
        ["inserted", "deleted", "updated_1", "updated_2"].map(|when| format!("tr_matches_totals_{when}")),
    );
    // See `a_match_leaves_with_its_key`.
    tried.insert("tr_matches_keys_removed".to_owned());
    let untried: Vec<_> = names.difference(&tried).collect();
    assert!(untried.is_empty(), "no attack on {untried:?}");
}

#[tokio::test]
async fn what_may_be_noted_beside_a_forecast_is_noted() {
    let (_store, mut raw) = populated().await;
    let sql = "UPDATE predictions SET verified_at = now(), actual_result = 'draw', is_correct = true, actual_away_score = 0, rps = 0, log_loss = 0, brier = 0, ignorance = 0, actual_home_score = 0";
    assert_eq!(execute(&mut raw, sql).await, Ok(1));
    assert_eq!(execute(&mut raw, "UPDATE odds SET suspicious_odds = true").await, Ok(1));
    let sql = "UPDATE matches SET match_time = match_time + interval '400 days'";
    assert_eq!(execute(&mut raw, sql).await, Ok(2), "re-dating moves no row");
    assert_eq!(execute(&mut raw, "DELETE FROM matches WHERE id = 3").await, Ok(0));
}

#[tokio::test]
async fn totals_follow_whoever_changes_matches() {
    let (_store, mut raw) = populated().await;
    let totals = async |raw: &mut PgConnection| -> (String, String) {
        let seasons = "SELECT coalesce(string_agg(league_id || ' ' || season || ' ' || matches || ' ' || finished, ',' \
                       ORDER BY league_id, season), '') FROM season_totals";
        let teams = "SELECT coalesce(string_agg(league_id || ' ' || team_id || ' ' || matches, ',' \
                     ORDER BY league_id, team_id), '') FROM league_teams";
        let seasons: String = sqlx::query_scalar(seasons).fetch_one(&mut *raw).await.unwrap();
        (seasons, sqlx::query_scalar(teams).fetch_one(raw).await.unwrap())
    };
    let before = totals(&mut raw).await;
    let insert = "INSERT INTO matches (id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision, \
                  match_status, source) VALUES (3, 1, '1901-02', 1, 2, 9, now(), 'day', 'scheduled', 's')";
    assert_eq!(execute(&mut raw, insert).await, Ok(1));
    let added = totals(&mut raw).await;
    assert_ne!(added, before);
    let played = "UPDATE matches SET match_status = 'finished', home_score = 1, away_score = 0 WHERE id = 3";
    assert_eq!(execute(&mut raw, played).await, Ok(1));
    assert_ne!(totals(&mut raw).await.0, added.0);
    assert_eq!(totals(&mut raw).await.1, added.1);
    let turned = "UPDATE matches SET home_team_id = 2, away_team_id = 1 WHERE id = 3";
    assert_eq!(execute(&mut raw, turned).await, Ok(1));
    assert_eq!(totals(&mut raw).await.1, added.1);
    assert_eq!(execute(&mut raw, "DELETE FROM matches WHERE id = 3").await, Ok(1));
    assert_eq!(totals(&mut raw).await, before);
}

#[tokio::test]
async fn prices_and_lines_read_as_decimals() {
    let (_store, mut raw) = populated().await;
    let sql = format!(
        "{ODDS} (1, 'asian_handicap', 'PS', -3, 'closing', '1970-01-01', false, now(), 1875, NULL, 2025, NULL, NULL, NULL, NULL)"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    let sql = "SELECT home_odds::float8, draw_odds::float8, away_odds::float8, line_value::float8 FROM odds_decimal \
               ORDER BY bookmaker";
    let rows = sqlx::query(sql).fetch_all(&mut raw).await.unwrap();
    let decimals = rows.iter().map(|row| [0, 1, 2, 3].map(|column| row.get::<Option<f64>, _>(column)));
    let wanted = [[Some(2.0), None, None, None], [Some(1.875), None, Some(2.025), Some(-0.75)]];
    assert_eq!(decimals.collect::<Vec<_>>(), wanted);
}

#[tokio::test]
async fn the_span_of_quotes_is_kept_whoever_adds_them() {
    let (_store, mut raw) = populated().await;
    let sql = format!(
        "SELECT ensure_month_partitions('odds', ARRAY['1969-12-31'::timestamptz, '1970-02-01'::timestamptz]); \
         {ODDS} (1, '1x2', 'a', -32768, 'closing', '1969-12-31', false, now(), 2000), \
                (1, '1x2', 'a', -32768, 'closing', '1970-02-03', false, now(), 2000), \
                (2, '1x2', 'a', -32768, 'closing', '1970-01-05', false, now(), 2000)"
    )
    .replace(
        ", draw_thousandths, away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths",
        "",
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    let sql = "SELECT id || ' ' || (odds_from AT TIME ZONE 'UTC')::date || ' ' || (odds_to AT TIME ZONE 'UTC')::date \
               FROM match_keys ORDER BY id";
    let spans: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut raw).await.unwrap();
    assert_eq!(spans, ["1 1969-12-31 1970-02-03", "2 1970-01-05 1970-01-05"]);
}

#[tokio::test]
async fn a_match_leaves_with_its_key() {
    let (_store, mut raw) = populated().await;
    for sql in [
        "INSERT INTO matches (id, league_id, season, home_team_id, away_team_id, leg, match_time, time_precision, \
         match_status, source) VALUES (3, 1, '1901-02', 1, 2, 1, now(), 'day', 'scheduled', 's')",
        "DELETE FROM matches WHERE id = 3",
    ] {
        assert_eq!(execute(&mut raw, sql).await, Ok(1));
        let sql = "SELECT (SELECT count(*) FROM match_keys) - (SELECT count(*) FROM matches)";
        let surplus: i64 = sqlx::query_scalar(sql).fetch_one(&mut raw).await.unwrap();
        assert_eq!(surplus, 0);
    }
}
