//! Evaluations and tuning through the command line, on invented results.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::Value;
use support::Place;
use support::results::{Line, season, text};

const PERIOD: [&str; 5] = ["evaluate", "--from", "2021-08-01", "--to", "2022-06-30"];

/// Five seasons of two leagues; few rounds of training: the tests ask how, not how well.
fn place() -> Place {
    let mut place = Place::new();
    place.set("TOUCHLINE__TRAINING__ROUNDS", "8");
    place.set("TOUCHLINE__COMPUTE__THREADS", "1");
    let mut lines: Vec<Line> = (2017..2022)
        .flat_map(|start| {
            let first = season("XAA1", start, &(0..10).collect::<Vec<_>>());
            first.into_iter().chain(season("XAA2", start, &(10..20).collect::<Vec<_>>()))
        })
        .collect();
    lines.sort_by_key(|line| line.date);
    let file = place.write("results.csv", text(&lines));
    place.ingest(0, "challenge", &[&file]);
    place
}

fn names(report: &Value) -> Vec<&str> {
    let forecasters = report["forecasters"].as_array().unwrap();
    forecasters.iter().map(|f| f["name"].as_str().unwrap()).collect()
}

#[test]
fn a_report_is_a_page_and_the_same_figures_as_json() {
    let place = place();
    let page = place.path("reports/new/mine.html");
    let arguments = [&PERIOD[..], &["--report", page.to_str().unwrap(), "--json"]].concat();
    let printed = place.run(&arguments).ending(0).json();
    let written: Value =
        serde_json::from_slice(&std::fs::read(page.with_extension("json")).unwrap()).unwrap();
    assert_eq!(printed, written);
    let report = &written[0];
    assert_eq!(names(report), ["touchline", "strength filter", "elo", "league base rates"]);
    assert_eq!(report["matches"], 180);
    for part in ["folds", "years", "leagues"] {
        let parts = report[part].as_array().unwrap();
        assert_eq!(parts.iter().map(|p| p["matches"].as_u64().unwrap()).sum::<u64>(), 180, "{part}");
    }
    assert_eq!(report["leagues"][0]["name"], "XAA1");
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.contains("180 matches") && html.contains("<svg"));
    // A goal model stands beside the others; one that there is not is refused with the names of those that there are.
    let arguments = [&PERIOD[..], &["--goal-model", "dixon_coles", "--json"]].concat();
    let beside = place.run(&arguments).ending(0).json();
    assert_eq!(names(&beside[0]).last(), Some(&"dixon_coles"));
    assert_eq!(beside[0]["forecasters"][0], report["forecasters"][0], "the others stay");
    let arguments = [&PERIOD[..], &["--goal-model", "dixon"]].concat();
    assert!(place.run(&arguments).ending(2).err.contains("dixon_coles"));
    // A folder gets files of its own, and the terminal says where they are.
    let folder = place.path("elsewhere");
    let arguments = [&PERIOD[..], &["--report", folder.to_str().unwrap(), "--by", "league"]].concat();
    let said = place.run(&arguments).ending(0);
    assert!(said.out.contains("evaluation.html") && folder.join("evaluation.json").exists());
    assert!(said.out.contains("XAA2") && said.out.contains("RMSE"), "{said:?}");
}

#[test]
fn recipes_and_families_are_compared_with_the_default() {
    let place = place();
    let few = place.write("few rounds.json", r#"{"trees": {"rounds": 2}}"#);
    let pool = place.write("pool.json", r#"{"pool": [{}, {"hidden": ["form"]}]}"#);
    let files = ["--forecaster", few.to_str().unwrap(), "--forecaster", pool.to_str().unwrap()];
    let said = place.run(&[&PERIOD[..], &files, &["--ablate", "--json"]].concat()).ending(0).json();
    let names = names(&said[0]);
    assert_eq!(names[4..6], ["few rounds", "pool"]);
    assert!(names.contains(&"without form") && names.contains(&"without strength"), "{names:?}");
    let versus = &said[0]["forecasters"][4]["first_minus_this"]["rps"];
    assert_eq!(versus["matches"], 180);
    assert!(versus["difference"].as_f64().unwrap() != 0.0);
}

#[test]
fn recipes_that_are_none_are_refused_by_name() {
    let place = place();
    let cases = [
        ("a.json", "no json", "not the JSON"),
        ("b.json", r#"{"trees": {"speed": 1}}"#, "trees.speed"),
        ("c.json", r#"{"pool": []}"#, "list of recipes"),
        ("d.json", r#"{"market": "pre_match"}"#, "--odds"),
        ("elo.json", "{}", "another forecaster called elo"),
        ("e.json", r#"{"hidden": ["weather"]}"#, "weather is neither"),
    ];
    for (name, content, words) in cases {
        let file = place.write(name, content);
        let said = place.run(&[&PERIOD[..], &["--forecaster", file.to_str().unwrap()]].concat()).ending(1);
        assert!(said.err.contains(words), "{name}: {said:?}");
    }
    let said = place.run(&[&PERIOD[..], &["--forecaster", "nowhere.json"]].concat()).ending(1);
    assert!(said.err.contains("nowhere.json"), "{said:?}");
}

#[test]
fn a_tuned_training_tells_its_trials_and_leaves_a_recipe() {
    let place = place();
    let first = place.run(&["train", "--tune", "2", "--json"]).ending(0).json();
    assert_eq!(first["tuning"]["trials"].as_array().unwrap().len(), 2);
    let more = place.run(&["train", "--tune", "3", "--json"]).ending(0).json();
    let trials = |v: &Value| v["tuning"]["trials"].as_array().unwrap().clone();
    assert_eq!(trials(&more)[..2], trials(&first)[..], "the first trials are not done again");
    assert_eq!(more["recipe"], more["tuning"]["recipe"]);
    let best = more["tuning"]["file"].as_str().unwrap();
    place.run(&[&PERIOD[..], &["--forecaster", best]].concat()).ending(0);
    let said = place.run(&["train", "--tune", "3"]).ending(0);
    assert!(said.out.contains("learning_rate") && said.out.contains("best"), "{said:?}");
    place.run(&["train", "--tune", "0"]).ending(2);
}
