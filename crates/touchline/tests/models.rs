//! The registry of models through the command line: what training registers, what answers, and on which machine.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::Value;
use std::path::Path;
use support::{Place, results};
use touchline_store_postgres::testing::TestDatabase;

/// Results of five seasons, and a few of a sixth.
fn fill(place: &mut Place) {
    place.set("TOUCHLINE__TRAINING__ROUNDS", "8");
    let teams: Vec<usize> = (0..10).collect();
    let lines: Vec<_> = (2017..2022).flat_map(|start| results::season("XAA1", start, &teams)).collect();
    let file = place.write("results.csv", results::text(&lines));
    place.ingest(0, "challenge", &[&file]);
}

fn train(place: &Place, more: &[&str]) -> String {
    let trained = place.run(&[&["train", "--json"], more].concat()).ending(0).json();
    trained["version"].as_str().unwrap().to_owned()
}

/// Aliases with their versions, by name.
fn aliases(place: &Place) -> Vec<(String, String)> {
    let listed = place.run(&["models", "list", "--json"]).ending(0).json();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let of = |v: &Value| Some((text(&v["alias"])?, text(&v["version"])?));
    let mut aliases: Vec<_> = listed.as_array().unwrap().iter().filter_map(of).collect();
    aliases.sort();
    aliases
}

fn forecast(place: &Place) -> Value {
    let fixture =
        format!("ID,Sea,Lge,Date,HT,AT\n1,22-23,XAA1,20/08/2022,{},{}\n", results::club(0), results::club(9));
    let file = place.write("fixtures.csv", fixture);
    place.run(&["predict", "--fixtures", file.to_str().unwrap(), "--json"]).ending(0).json()
}

#[test]
fn training_registers_and_a_person_promotes() {
    let mut place = Place::new();
    fill(&mut place);
    let first = train(&place, &[]);
    assert_eq!(aliases(&place), []);
    let refused = place.run(&["predict"]).ending(1);
    assert!(refused.err.contains(&format!("touchline models promote {first}")), "{refused:?}");
    let doctor = place.run(&["doctor"]).ending(0);
    assert!(doctor.out.contains("none is promoted"), "{doctor:?}");

    place.run(&["models", "promote", &first]).ending(0);
    let second = train(&place, &["--until", "2021-09-01"]);
    place.run(&["models", "promote", &second, "--challenger"]).ending(0);
    let of = |alias: &str, version: &str| (alias.to_owned(), version.to_owned());
    assert_eq!(aliases(&place), [of("challenger", &second), of("champion", &first)]);
    place.run(&["models", "promote", &first, "--challenger"]).ending(1);
    place.run(&["models", "promote", "challenger"]).ending(0);
    assert_eq!(aliases(&place), [of("champion", &second), of("previous", &first)]);
    assert!(forecast(&place)["model"].as_str().unwrap().contains(&second));
    place.run(&["models", "rollback"]).ending(0);
    assert_eq!(aliases(&place), [of("champion", &first), of("previous", &second)]);
    assert!(forecast(&place)["model"].as_str().unwrap().contains(&first));

    let unknown = place.run(&["models", "promote", "20000101T000000000Z"]).ending(1);
    assert!(unknown.err.contains("touchline models list"), "{unknown:?}");
    let shown = place.run(&["models", "show", "previous", "--json"]).ending(0).json();
    assert_eq!(shown["version"], second.as_str());
}

#[test]
fn models_are_compared_on_matches_that_neither_learned_from() {
    let mut place = Place::new();
    fill(&mut place);
    let [early, late] =
        ["2021-06-01", "2021-11-01"].map(|until| train(&place, &["--activate", "--until", until]));
    let compared = place.run(&["models", "compare", "previous", "champion", "--json"]).ending(0).json();
    assert_eq!(compared["first"]["version"], early.as_str());
    assert_eq!(compared["second"]["version"], late.as_str());
    let paired = &compared["paired"];
    assert!(paired["from"].as_str().unwrap() >= "2021-11-01", "{paired}");
    assert!(paired["rps"]["matches"].as_u64().unwrap() > 20, "{paired}");
    let [first, second] = ["first", "second"].map(|side| paired[side]["rps"]["value"].as_f64().unwrap());
    let difference = paired["rps"]["difference"].as_f64().unwrap();
    assert!((first - second - difference).abs() < 1e-12, "{paired}");
    let said = place.run(&["models", "compare", "champion", "previous"]).ending(0);
    assert!(said.out.contains("on the same"), "{said:?}");
    place.run(&["models", "compare", "champion"]).ending(1);

    // Nothing was played after a model that learned from everything.
    train(&place, &["--activate"]);
    let said = place.run(&["models", "compare", "champion", "previous"]).ending(0);
    assert!(said.out.contains("nothing compares them on equal terms"), "{said:?}");
}

#[test]
fn each_view_of_prices_has_a_model_with_aliases_of_its_own() {
    let mut place = Place::new();
    place.set("TOUCHLINE__TRAINING__ROUNDS", "8");
    place.run(&["demo", "--no-serve"]).ending(0);
    let champions = || -> Vec<[String; 2]> {
        let listed = place.run(&["models", "list", "--json"]).ending(0).json();
        let is_champion = |v: &&Value| v["alias"] == "champion";
        let of = |v: &Value| ["name", "version"].map(|part| v[part].as_str().unwrap().to_owned());
        let mut champions: Vec<_> = listed.as_array().unwrap().iter().filter(is_champion).map(of).collect();
        champions.sort();
        champions
    };
    let first = champions();
    let names: Vec<&str> = first.iter().map(|[name, _]| name.as_str()).collect();
    assert_eq!(names, ["touchline", "touchline-earlier", "touchline-pre-match"]);
    let forecast = place.run(&["predict", "--json"]).ending(0).json();
    let rows = forecast.as_array().unwrap();
    for [name, version] in &first {
        let of =
            |row: &&Value| row["model_name"] == name.as_str() && row["model_version"] == version.as_str();
        assert!(rows.iter().any(|row| of(&row)), "{name} answers no match of {}", rows.len());
    }

    let trained = place.run(&["train", "--odds", "pre-match", "--json"]).ending(0).json();
    assert_eq!(
        (&trained["name"], &trained["others"]),
        (&"touchline-pre-match".into(), &serde_json::json!([]))
    );
    let version = trained["version"].as_str().unwrap();
    let named = format!("touchline-pre-match/{version}");
    place.run(&["models", "promote", &named]).ending(0);
    let second = champions();
    assert_eq!((&second[..2], second[2][1].as_str()), (&first[..2], version));
    let said =
        place.run(&["models", "compare", "touchline-pre-match/previous", "touchline-pre-match/champion"]);
    assert!(said.ending(0).out.contains(version));
    place.run(&["models", "rollback", "--odds", "pre-match"]).ending(0);
    assert_eq!(champions(), first);
    place.run(&["models", "rollback"]).ending(1);
    place.run(&["models", "promote", version]).ending(0);
    assert_eq!(champions(), second, "a version that only one model has needs no name");
    let unknown = place.run(&["models", "promote", &format!("touchline-earlier/{version}")]).ending(1);
    assert!(unknown.err.contains("touchline-earlier has no version"), "{unknown:?}");

    let all = place.run(&["train", "--json"]).ending(0).json();
    let others: Vec<&str> =
        all["others"].as_array().unwrap().iter().map(|other| other["name"].as_str().unwrap()).collect();
    assert_eq!(
        (all["name"].as_str().unwrap(), others),
        ("touchline", vec!["touchline-earlier", "touchline-pre-match"])
    );
}

/// Two machines: folders that share nothing but what the settings name.
fn on_another_machine(place: &mut Place, other: &mut Place) {
    fill(place);
    train(place, &["--activate"]);
    other.set("TOUCHLINE__TRAINING__ROUNDS", "8");
    let bundles = other.data().join("models");
    assert!(!bundles.exists());
    assert_eq!(forecast(place), forecast(other));
    let file = trees(&bundles.join("touchline"));
    std::fs::remove_file(&file).unwrap();
    let damaged = other.run(&["predict"]).ending(1);
    assert!(damaged.err.contains(file.file_name().unwrap().to_str().unwrap()), "{damaged:?}");
    std::fs::remove_dir_all(&bundles).unwrap();
    assert_eq!(forecast(place), forecast(other), "fetched again");
}

/// A file of trees of the only bundle below a folder.
fn trees(models: &Path) -> std::path::PathBuf {
    let bundle = std::fs::read_dir(models).unwrap().next().unwrap().unwrap().path();
    let mut files = std::fs::read_dir(bundle).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|extension| extension == "txt")).unwrap()
}

#[tokio::test]
async fn two_machines_on_one_server_have_the_same_model() {
    let database = TestDatabase::create().await;
    let (mut place, mut other) = (Place::new(), Place::new());
    for machine in [&mut place, &mut other] {
        machine.set("DATABASE_URL", database.url());
    }
    on_another_machine(&mut place, &mut other);
}

#[test]
fn two_machines_have_the_same_model_by_a_folder_that_both_see() {
    let (mut place, mut other) = (Place::new(), Place::new());
    let shared = place.path("shared");
    let database = format!("sqlite:{}", place.path("shared.db").display());
    for machine in [&mut place, &mut other] {
        machine.set("TOUCHLINE__MODELS__ARTIFACTS", shared.to_str().unwrap());
        machine.set("DATABASE_URL", &database);
    }
    on_another_machine(&mut place, &mut other);
}
