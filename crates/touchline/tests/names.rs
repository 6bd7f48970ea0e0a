//! Names of several sources, seen on the real binary.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::{Place, shared};
use touchline_collect::Document;
use touchline_collect::names::NameIndex;
use touchline_collect::sources::challenge::read_fixtures;
use touchline_domain::SystemClock;
use touchline_domain::ports::{NameReader, TeamReader};
use touchline_forecasting::predict::{KnownNames, unresolved_fixtures};
use touchline_learning::dataset::Facts;
use touchline_store_sqlite::SqliteStore;

const RESULTS: &str = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR
E0,12/08/2023,Ashford,Man Corley,1,0,H
E0,19/08/2023,Man Corley,Ashford,2,0,H
";

const OTHER: &str = r#"{"name": "A league 2023/24", "matches": [
{"date": "2023-08-12", "team1": "Ashford FC", "team2": "Manchester Corley", "score": {"ft": [1, 1]}},
{"date": "2023-08-19", "team1": "Manchester Corley", "team2": "Ashford FC", "score": {"ft": [2, 0]}}]}"#;

fn two_sources(place: &Place) -> [PathBuf; 2] {
    [place.write("2324/E0.csv", RESULTS), place.write("2023-24/en.1.json", OTHER)]
}

#[test]
fn a_waiting_name_is_listed_suggested_and_accepted() {
    let place = Place::new();
    let [first, second] = two_sources(&place);
    place.ingest(0, "football-data", &[&first]);
    let report = place.ingest(3, "openfootball", &[&second]);
    assert_eq!(
        (&report["waiting_names"], &report["waiting_rows"], &report["new"]),
        (&1.into(), &2.into(), &0.into())
    );
    assert_eq!(report["rejections_by_reason"]["unknown_team_name"], 1);

    let listed = place.run(&["names", "list", "--open", "--json"]).ending(0).json();
    assert_eq!((&listed[0]["name"], &listed[0]["status"]), (&"Manchester Corley".into(), &"open".into()));
    assert_eq!((&listed[0]["league"], &listed[0]["season"]), (&"E0".into(), &"2023-24".into()));
    let suggested = place.run(&["names", "suggest", "--all", "--json"]).ending(0).json();
    assert_eq!(suggested[0]["suggestions"][0]["name"], "Man Corley");
    assert_eq!(suggested[0]["suggestions"][0]["results_compared"], 2);
    assert_eq!(suggested[0]["suggestions"][0]["results_agreeing"], 1);
    let said = place.run(&["names", "suggest", "Manchester Corley"]).ending(0);
    assert!(said.out.contains("Man Corley") && said.out.contains("1 of 2"), "{said:?}");
    let doctor = place.run(&["doctor"]).ending(0);
    assert!(doctor.out.contains("1 names wait for a decision"), "{doctor:?}");

    let said = place.run(&["names", "accept", "Manchester Corley", "Nobody"]).ending(1);
    assert!(said.err.contains("has no team \"Nobody\""), "{said:?}");
    let said = place.run(&["names", "accept", "Manchester Corley", "Man Corley", "--json"]).ending(0).json();
    assert_eq!(
        (&said["documents"]["waiting_names"], &said["documents"]["disagreements"]),
        (&0.into(), &1.into())
    );
    assert_eq!(place.run(&["names", "list", "--open", "--json"]).ending(0).json(), Value::Array(Vec::new()));
    assert_eq!(place.matches().len(), 2);
    let again = place.ingest(0, "openfootball", &[&second]);
    assert_eq!((&again["unchanged"], &again["disagreements"]), (&2.into(), &1.into()));
}

#[test]
fn a_table_of_aliases_goes_in_and_comes_out() {
    let place = Place::new();
    let [first, second] = two_sources(&place);
    let table = place.write("names.json", r#"{"Manchester Corley": ["Man Corley"]}"#);
    let import = ["names", "import", table.to_str().unwrap(), "--country", "England"];
    let said = place.run(&import).ending(1);
    assert!(said.err.contains("no team is called Manchester Corley"), "{said:?}");
    place.run(&[&import[..], &["--create"]].concat()).ending(0);
    place.ingest(0, "football-data", &[&first]);
    place.ingest(0, "openfootball", &[&second]);
    let out = place.path("out.json");
    place.run(&["names", "export", "--league", "en.1", "--out", out.to_str().unwrap()]).ending(0);
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(written, serde_json::json!({"Ashford": ["Ashford FC"], "Manchester Corley": ["Man Corley"]}));
    let bad = place.write("bad.json", r#"{"Man Corley": "Manchester Corley"}"#);
    let said = place.run(&["names", "import", bad.to_str().unwrap()]).ending(1);
    assert!(said.err.contains("is not a table of names"), "{said:?}");
}

/// openfootball's lists of teams as tables of aliases: a name a line, `| alias | alias` below it.
fn clubs(text: &str) -> Map<String, Value> {
    let mut table = Map::new();
    let mut name = String::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(aliases) = line.strip_prefix('|') {
            let held = table.entry(name.clone()).or_insert_with(|| Value::Array(Vec::new()));
            let aliases = aliases.split('|').map(str::trim).filter(|alias| !alias.is_empty());
            held.as_array_mut().unwrap().extend(aliases.map(Value::from));
        } else if !line.is_empty() && !line.starts_with('=') {
            line.split(',').next().unwrap_or_default().trim().clone_into(&mut name);
            table.entry(name.clone()).or_insert_with(|| Value::Array(Vec::new()));
        }
    }
    table
}

/// An alias that a table gives two teams is nobody's; so a table that was written by hand can be imported at all.
fn without_clashes(table: Map<String, Value>) -> Map<String, Value> {
    let mut seen: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    for (name, aliases) in &table {
        let all: BTreeSet<&str> =
            aliases.as_array().unwrap().iter().filter_map(Value::as_str).chain([&**name]).collect();
        for alias in all {
            *seen.entry(alias.to_owned()).or_default() += 1;
        }
    }
    let keep = |alias: &Value| seen[alias.as_str().unwrap()] == 1;
    let cleaned = |(name, aliases): (String, Value)| {
        let aliases = aliases.as_array().unwrap().iter().filter(|a| keep(a)).cloned().collect();
        (name, Value::Array(aliases))
    };
    table.into_iter().filter(|(name, _)| seen[name] == 1).map(cleaned).collect()
}

/// The challenge's fixtures by the teams of football-data.co.uk: through aliases and names that are certain. What is not
/// known is listed, and nothing is guessed: every answer is checked against the names of the team that it found.
#[test]
fn fixtures_of_the_challenge_find_the_teams_of_another_source() {
    let files = [
        ("E0", "eng", "England"),
        ("D1", "de", "Germany"),
        ("SP1", "es", "Spain"),
        ("I1", "it", "Italy"),
        ("F1", "fr", "France"),
    ];
    let Some(fixtures) = shared("soccer-prediction-challenge-2023/fixtures.csv") else { return };
    let Some(tables) = shared("payloads/names") else { return };
    let place = Place::new();
    for (file, table, country) in files {
        for season in ["2021", "2122"] {
            let Some(path) = shared(&format!("football-data/{season}/{file}.csv")) else { return };
            place.ingest(0, "football-data", &[&path]);
        }
        let text = std::fs::read_to_string(tables.join(format!("openfootball-{table}.clubs.txt"))).unwrap();
        let table = without_clashes(clubs(&text));
        let path = place.write("table.json", serde_json::to_vec(&table).unwrap());
        let said =
            place.run(&["names", "import", path.to_str().unwrap(), "--country", country, "--skip-unknown"]);
        assert!(said.code == Some(0) || said.err.contains("cannot stand for"), "{said:?}");
        eprintln!("{country}: {} {}", said.out.lines().next().unwrap_or_default(), said.err.trim());
    }
    let rows = {
        let bytes = std::fs::read(&fixtures).unwrap();
        read_fixtures(&Document { name: "fixtures.csv", bytes: &bytes }).unwrap().rows
    };
    assert_eq!(rows.len(), 714);
    let (unresolved, names) = tokio_run(&place.data().join("touchline.db"), &rows);
    let of_leagues = |line: u32| {
        rows.iter()
            .find(|row| row.line == line)
            .is_some_and(|row| ["ENG1", "GER1", "SPA1", "ITA1", "FRA1"].contains(&row.league.as_str()))
    };
    let (held, others): (Vec<_>, Vec<_>) = unresolved.iter().partition(|(line, _)| of_leagues(*line));
    assert!(others.iter().all(|(_, reason)| reason.contains("is not known")), "{others:#?}");
    assert_eq!(others.len(), 714 - 96, "leagues that the store does not hold");
    eprintln!("{} of 96 fixtures resolved", 96 - held.len());
    for (line, reason) in &held {
        eprintln!("line {line}: {reason}");
    }
    assert!(held.len() <= 60, "{held:#?}");
    assert!(names.teams().count() >= 96);
}

fn tokio_run(
    path: &Path,
    rows: &[touchline_collect::sources::challenge::FixtureRow],
) -> (Vec<(u32, String)>, NameIndex) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let store = SqliteStore::open(path, Arc::new(SystemClock)).await.unwrap();
        let facts = Facts::load(&store).await.unwrap();
        let teams = store.teams().await.unwrap();
        let countries: BTreeSet<String> = teams.iter().map(|team| team.country.clone()).collect();
        let aliases = store.team_aliases(&Vec::from_iter(countries), None).await.unwrap();
        let names = KnownNames {
            teams: NameIndex::new(teams, aliases),
            leagues: store.league_aliases().await.unwrap(),
        };
        let unresolved = unresolved_fixtures(&facts, &names, rows);
        store.close().await;
        (unresolved, names.teams)
    })
}
