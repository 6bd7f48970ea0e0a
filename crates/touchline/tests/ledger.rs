//! The ledger of sealed forecasts by the command line: checked, exported, and changed behind the program's back.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::Value;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use support::Place;

async fn execute(place: &Place, sql: &'static str) {
    let options = SqliteConnectOptions::new().filename(place.data().join("touchline.db"));
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn forecasts_of_matches_that_are_over_are_scored_once() {
    let place = Place::new();
    place.run(&["demo", "--no-serve"]).ending(0);
    let none = place.run(&["ledger", "score"]).ending(0);
    assert!(none.out.contains("no forecast was sealed for a match that is over"), "{none:?}");
    execute(
        &place,
        "UPDATE matches SET match_status = 'finished', home_score = 1, away_score = 0
         WHERE id IN (SELECT match_id FROM predictions)",
    )
    .await;
    let first = place.run(&["ledger", "score", "--json"]).ending(0).json();
    let verified = first["noted"]["verified"].as_u64().unwrap();
    assert!(verified > 0 && first["models"][0]["matches"].as_u64().unwrap() > 0, "{first}");
    let again = place.run(&["ledger", "score"]).ending(0);
    assert!(again.out.contains("0 forecasts verified, 0 verified again"), "{again:?}");
    assert!(again.out.contains("RPS"), "{again:?}");
    execute(&place, "UPDATE matches SET away_score = 1 WHERE id IN (SELECT match_id FROM predictions)").await;
    let corrected = place.run(&["ledger", "score", "--json"]).ending(0).json();
    assert_eq!(corrected["noted"]["repeated"], verified);
    place.run(&["ledger", "verify"]).ending(0);
}

#[tokio::test]
async fn a_ledger_is_verified_exported_and_found_changed() {
    let place = Place::new();
    place.run(&["demo", "--no-serve"]).ending(0);
    let whole = place.run(&["ledger", "verify", "--json"]).ending(0).json();
    let entries = whole["entries"].as_u64().unwrap();
    assert!(whole["whole"] == Value::Bool(true) && entries > 0, "{whole}");
    let said = place.run(&["ledger", "verify"]).ending(0);
    assert!(said.out.contains("the ledger is whole"), "{said:?}");

    let roots = place.path("roots.json");
    let path = roots.to_str().unwrap();
    place.run(&["ledger", "root", "--out", path]).ending(0);
    let exported: Value = serde_json::from_slice(&std::fs::read(&roots).unwrap()).unwrap();
    assert_eq!(exported[0]["count"].as_u64(), Some(entries));
    let day = exported[0]["day"].as_str().unwrap();
    assert_eq!(place.run(&["ledger", "root", "--day", day, "--json"]).ending(0).json(), exported);
    let none = place.run(&["ledger", "root", "--day", "2001-01-01"]).ending(1);
    assert!(none.err.contains("no forecast in the ledger was sealed on 2001-01-01"), "{none:?}");
    place.run(&["ledger", "verify", "--against", path]).ending(0);

    execute(
        &place,
        "DROP TRIGGER tr_predictions_never_rewritten;
         UPDATE predictions SET expected_home_goals = expected_home_goals + 0.001 WHERE ledger_sequence = 2",
    )
    .await;
    let said = place.run(&["ledger", "verify"]).ending(1);
    assert!(said.out.contains("entry 2 (forecast 2) does not say what was sealed"), "{said:?}");
    let found = place.run(&["ledger", "verify", "--json"]).ending(1).json();
    assert_eq!(
        (&found["faults"][0]["kind"], &found["faults"][0]["sequence"]),
        (&"changed".into(), &2.into())
    );

    // Nothing of the ledger is left, and it says of itself that nothing was there.
    execute(
        &place,
        "DROP TRIGGER tr_predictions_never_removed; DROP TRIGGER tr_ledger_head_grows; DELETE FROM predictions;
         UPDATE ledger_head SET sequence = 0, entry_hash = printf('%064d', 0)",
    )
    .await;
    place.run(&["ledger", "verify"]).ending(0);
    let said = place.run(&["ledger", "verify", "--against", path]).ending(1);
    assert!(said.out.contains("the root of") && said.out.contains("NOT whole"), "{said:?}");
    let unreadable = place.write("other.json", "{}");
    let said = place.run(&["ledger", "verify", "--against", unreadable.to_str().unwrap()]).ending(1);
    assert!(said.err.contains("does not hold roots"), "{said:?}");
}

#[test]
fn a_forecast_is_explained_by_shares_that_add_up() {
    let place = Place::new();
    place.run(&["demo", "--no-serve"]).ending(0);
    let to_come = place.run(&["predict", "--json"]).ending(0).json();
    let first = &to_come.as_array().unwrap()[0];
    let id = first["match_id"].to_string();
    let why = place.run(&["predict", "--explain", &id, "--json"]).ending(0).json();
    for (class, name) in ["home_win", "draw", "away_win"].into_iter().enumerate() {
        let points = |row: &Value| row[name].as_f64().unwrap() / 100.0;
        let factors: f64 = why["factors"].as_array().unwrap().iter().map(points).sum();
        let whole = why["start"][class].as_f64().unwrap()
            + points(&why["calibration"])
            + factors
            + points(&why["others"]);
        let said = why["forecast"][class].as_f64().unwrap();
        assert!((whole - said).abs() < 1e-9, "{name}: {whole} {said}");
        let forecast = first[format!("{name}_prob")].as_f64().unwrap();
        assert!((said - forecast).abs() < 1e-6, "{name}: {said} {forecast}");
    }
    let said = place.run(&["predict", "--explain", &id]).ending(0);
    assert!(said.out.contains("percentage points") && said.out.contains("recent form"), "{said:?}");
    let none = place.run(&["predict", "--explain", "999999"]).ending(1);
    assert!(none.err.contains("is not to come"), "{none:?}");
}
