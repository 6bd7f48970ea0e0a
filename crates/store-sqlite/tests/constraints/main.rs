//! Every constraint of the schema, attacked by raw SQL.

mod attacks;
mod competitions;
mod paper;
mod population;
#[path = "../support/mod.rs"]
mod support;

use attacks::{ATTACKS, ODDS};
use population::populated;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Row, SqlSafeStr};
use std::collections::BTreeSet;
use support::{execute, fresh, one_match};

#[tokio::test]
async fn every_constraint_refuses_what_it_is_for() {
    let store = populated().await;
    let mut raw = store.raw().await;
    for (constraint, values, insert) in ATTACKS.iter().chain(competitions::ATTACKS).chain(paper::ATTACKS) {
        let sql = sqlx::AssertSqlSafe(format!("{insert}{values}")).into_sql_str();
        let error = sqlx::raw_sql(sql).execute(&mut raw).await.expect_err(values).to_string();
        // A trigger for updates speaks in the name of its rule.
        let rule = constraint.trim_end_matches("_update").trim_end_matches("_delete");
        let rule =
            if rule == "tr_predictions_never_removed" { "tr_predictions_never_rewritten" } else { rule };
        assert!(error.contains(rule), "{values}\nwas refused with {error}\ninstead of {rule}");
    }
}

#[tokio::test]
async fn no_constraint_is_left_untried() {
    let store = fresh().await;
    let mut raw = store.raw().await;
    let sql = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '\\_%' ESCAPE '\\'";
    let rows = sqlx::query(sql).fetch_all(&mut raw).await.unwrap();
    let mut names = BTreeSet::new();
    for row in &rows {
        let (kind, name, sql): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        match kind.as_str() {
            "trigger" => drop(names.insert(name)),
            "table" => {
                assert!(sql.contains("STRICT"), "{name} is strict");
                let named = sql.split("CONSTRAINT ").skip(1);
                let unnamed = sql.matches("CHECK (").count() + sql.matches("REFERENCES").count();
                let mut checks = 0;
                for rest in named {
                    let constraint = rest.split_whitespace().next().unwrap();
                    checks += usize::from(!constraint.starts_with("uq_"));
                    if constraint.starts_with("ck_") {
                        names.insert(constraint.to_owned());
                    }
                }
                assert_eq!(checks, unnamed, "every check and reference of {name} has a name");
            }
            _ => {}
        }
    }
    assert!(names.len() > 100, "{} constraints were found", names.len());
    let attacks = ATTACKS.iter().chain(competitions::ATTACKS).chain(paper::ATTACKS);
    let mut tried: BTreeSet<String> = attacks.map(|(name, ..)| (*name).to_owned()).collect();
    // These refuse nothing; see `totals_follow_whoever_changes_matches`.
    let counting = ["tr_matches_totals_update", "tr_matches_league_teams_update", "tr_matches_totals_delete"];
    tried.extend(counting.map(str::to_owned));
    let untried: Vec<_> = names.difference(&tried).collect();
    assert!(untried.is_empty(), "no attack on {untried:?}");
}

#[tokio::test]
async fn totals_follow_whoever_changes_matches() {
    let store = fresh().await;
    let id = one_match(&store).await.id.0;
    let mut raw = store.raw().await;
    let totals = async |raw: &mut SqliteConnection| -> (String, String) {
        let seasons = "SELECT coalesce(group_concat(league_id || ' ' || season || ' ' || matches || ' ' || finished), '') \
                       FROM season_totals";
        let teams = "SELECT coalesce(group_concat(league_id || ' ' || team_id || ' ' || matches), '') FROM league_teams";
        let seasons: String = sqlx::query_scalar(seasons).fetch_one(&mut *raw).await.unwrap();
        (seasons, sqlx::query_scalar(teams).fetch_one(raw).await.unwrap())
    };
    sqlx::raw_sql(
        "INSERT INTO leagues (id, code, name, country, level, source) VALUES (77, 'X', 'x', 'x', 1, 's'); \
         INSERT INTO teams (id, name, country) VALUES (88, 'x', 'x')",
    )
    .execute(&mut raw)
    .await
    .unwrap();
    let sql = format!(
        "UPDATE matches SET league_id = 77, season = '1999-00', home_team_id = 88, away_team_id = 1, \
         match_status = 'finished', home_score = 1, away_score = 0 WHERE id = {id}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    assert_eq!(totals(&mut raw).await, ("77 1999-00 1 1".to_owned(), "77 1 1,77 88 1".to_owned()));
    let sql = format!("UPDATE matches SET match_status = 'abandoned' WHERE id = {id}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    assert_eq!(totals(&mut raw).await.0, "77 1999-00 1 0");
    let sql = format!("DELETE FROM matches WHERE id = {id}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    assert_eq!(totals(&mut raw).await, (String::new(), String::new()));
}

#[tokio::test]
async fn what_may_be_noted_beside_a_forecast_is_noted() {
    let store = populated().await;
    let mut raw = store.raw().await;
    let sql = "UPDATE predictions SET verified_at = 1, actual_result = 'draw', is_correct = 1, actual_away_score = 0, rps = 0, log_loss = 0, brier = 0, ignorance = 0, actual_home_score = 0";
    assert_eq!(execute(&mut raw, sql).await, Ok(1));
    assert_eq!(execute(&mut raw, "UPDATE odds SET suspicious_odds = 1").await, Ok(1));
}

#[tokio::test]
async fn prices_and_lines_read_as_decimals() {
    let store = populated().await;
    let mut raw = store.raw().await;
    let sql = format!(
        "{ODDS} (1, 'asian_handicap', 'PS', -3, 'closing', 0, 0, 0, 1875, NULL, 2025, NULL, NULL, NULL, NULL)"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    let sql = "SELECT home_odds, draw_odds, away_odds, line_value FROM odds ORDER BY bookmaker";
    let rows = sqlx::query(sql).fetch_all(&mut raw).await.unwrap();
    let decimals = rows.iter().map(|row| [0, 1, 2, 3].map(|column| row.get::<Option<f64>, _>(column)));
    let wanted = [[Some(2.0), None, None, None], [Some(1.875), None, Some(2.025), Some(-0.75)]];
    assert_eq!(decimals.collect::<Vec<_>>(), wanted);
}
