//! From forecasts to decisions on the command line: a season, a running match, prices.

mod support;

use serde_json::Value;
use support::Place;
use support::results::{season, text};
use touchline_domain::MatchStatus;

/// Two seasons of eight teams; of the second one, matches before the end of the year.
fn world() -> Place {
    let place = Place::new();
    let clubs: Vec<usize> = (0..8).collect();
    let mut lines = season("GER1", 2021, &clubs);
    lines.extend(
        season("GER1", 2022, &clubs).into_iter().filter(|line| line.date.to_string().as_str() < "2022-10-01"),
    );
    let file = place.write("results.csv", text(&lines));
    place.ingest(0, "challenge", &[&file]);
    place
}

#[test]
fn the_rest_of_a_season_is_played_without_a_model_and_without_fixtures() {
    let place = world();
    let ask = |more: &[&str]| {
        let as_of = ["simulate", "--league", "GER1", "--runs", "2000", "--json", "--as-of", "2022-12-01"];
        let arguments = [&as_of[..], more].concat();
        place.run(&arguments).ending(0).json()
    };
    let answer = ask(&[]);
    assert_eq!((&answer["season"], &answer["model_name"]), (&"2022-23".into(), &"strength-filter".into()));
    assert_eq!(answer["played"].as_u64().unwrap() + answer["assumed"].as_u64().unwrap(), 56);
    let title: f64 =
        answer["teams"].as_array().unwrap().iter().map(|t| t["places"][0].as_f64().unwrap()).sum();
    assert!((title - 1.0).abs() < 1e-9);
    assert_eq!(ask(&["--threads", "1"]), answer, "the same whatever the threads");
    assert_ne!(ask(&["--seed", "5"])["teams"], answer["teams"]);
    let over = ask(&["--season", "2021-22"]);
    assert_eq!((&over["played"], &over["teams"][0]["places"][0]), (&56.into(), &1.0.into()));
    let untouched = place.database();
    ask(&["--dry-run"]);
    assert_eq!(place.database(), untouched, "nothing is kept of a dry run");
    let shown = place.run(&["simulate", "--league", "GER1", "--place", "last=-1"]).ending(0).out;
    assert!(shown.contains("last") && shown.contains("no source has told of"), "{shown}");
    let wrong = place.run(&["simulate", "--league", "E0"]).ending(1);
    assert!(wrong.err.contains("GER1"), "{wrong:?}");
    for usage in [&["--place", "last"][..], &["--suppose", "1=1-0"], &["--runs", "0"]] {
        place.run(&[&["simulate", "--league", "GER1"], usage].concat()).ending(2);
    }
}

#[test]
fn a_model_that_learned_from_later_results_does_not_answer_for_the_past() {
    let mut place = Place::new();
    place.set("TOUCHLINE__TRAINING__ROUNDS", "8");
    let clubs: Vec<usize> = (0..12).collect();
    let lines: Vec<_> = (2018..2023).flat_map(|year| season("GER1", year, &clubs)).collect();
    let file = place.write("results.csv", text(&lines));
    place.ingest(0, "challenge", &[&file]);
    place.run(&["train", "--activate"]).ending(0);
    let ask = |more: &[&str]| {
        let arguments = ["simulate", "--league", "GER1", "--runs", "200", "--dry-run", "--json"];
        place.run(&[&arguments[..], more].concat()).ending(0)
    };
    assert_eq!(ask(&[]).json()["model_name"], "touchline");
    let past = ask(&["--as-of", "2023-01-01"]);
    assert_eq!(past.json()["model_name"], "strength-filter");
    assert!(past.err.contains("learned from results up to"), "{past:?}");
    let id = place.matches().last().unwrap().id.to_string();
    let running = place.run(&["inplay", &id, "--minute", "10", "--score", "0-0", "--json"]).ending(0).json();
    assert_eq!(running["before"]["model_name"], "strength-filter");
}

#[test]
fn a_running_match_is_forecast_from_before_its_kick_off() {
    let place = world();
    let id = place.matches().iter().find(|m| m.status == MatchStatus::Finished).unwrap().id.to_string();
    let ask = |more: &[&str]| place.run(&[&["inplay", &id, "--json"], more].concat()).ending(0).json();
    let home = |answer: &Value| answer["markets"]["one_x_two"]["home"].as_f64().unwrap();
    let ahead = ask(&["--minute", "63", "--score", "1-0"]);
    let short = ask(&["--minute", "63", "--score", "1-0", "--red", "home"]);
    assert!(home(&ahead) > home(&short));
    assert_eq!(ahead["before"]["sealed"], false);
    let shown = place.run(&["inplay", &id, "--minute", "90+2", "--score", "0-1"]).ending(0).out;
    assert!(shown.contains("next goal") && shown.contains("before kick-off"), "{shown}");
    place.run(&["inplay", &id, "--minute", "91", "--score", "0-1"]).ending(2);
    let unknown = place.run(&["inplay", "99999", "--minute", "1", "--score", "0-0"]).ending(1);
    assert!(unknown.err.contains("no match 99999"), "{unknown:?}");
}

#[test]
fn prices_are_taken_apart_in_any_notation() {
    let place = Place::new();
    let json = |arguments: &[&str]| place.run(&[arguments, &["--json"]].concat()).ending(0).json();
    let fair = json(&["odds", "fair", "2.10", "12/5", "+260"]);
    for method in fair["methods"].as_array().unwrap() {
        let sum: f64 = method["probabilities"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{method}");
    }
    let converted = json(&["odds", "convert", "-120", "evens"]);
    assert_eq!((&converted[0]["fractional"], &converted[1]["decimal"]), (&"5/6".into(), &2.0.into()));
    let sure = json(&["odds", "arbitrage", "2.1", "3.9", "4.6", "--stake", "200"]);
    assert!(sure["guaranteed"].as_f64().unwrap() > 10.0);
    let hedge = json(&["odds", "hedge", "2.0", "3.5", "4.0", "--on", "1", "--stake", "10", "--at", "4.0"]);
    assert!((hedge["guaranteed"].as_f64().unwrap() - (40.0 - 10.0 - 40.0 / 3.5 - 10.0)).abs() < 1e-9);
    let shown = place.run(&["odds", "arbitrage", "2.0", "3.0", "3.0"]).ending(0).out;
    assert!(
        shown.contains("do not make an arbitrage") && shown.contains("most people who bet lose"),
        "{shown}"
    );
    place.run(&["odds", "fair", "2.0"]).ending(2);
    place.run(&["odds", "fair", "2.0", "1/0"]).ending(2);
    place.run(&["odds", "hedge", "2.0", "3.0", "--on", "3", "--stake", "1", "--at", "2"]).ending(1);
}
