//! Recorded answers of API-Football through the command line: from files to features and a model that sees line-ups.
//! All names and numbers are invented.

mod support;

use serde_json::{Value, json};
use support::Place;
use support::results::{club, season};

const CLUBS: usize = 8;
const SEASONS: std::ops::Range<i32> = 2016..2022;

fn answer(get: &str, parameters: &Value, response: &[Value]) -> String {
    json!({
        "get": get, "parameters": parameters, "errors": [], "results": response.len(),
        "paging": {"current": 1, "total": 1}, "response": response
    })
    .to_string()
}

/// A finished match, its line-ups and who is missing.
struct Match {
    id: usize,
    start: i32,
    fixture: Value,
    lineups: Vec<Value>,
    injuries: Vec<Value>,
}

/// Eleven of thirteen players, another pair missing every time.
fn lineup(number: usize, id: usize) -> Value {
    let absent = [id % 13, (id + 5) % 13];
    let listed = |n: usize| {
        json!({"player": {"id": 100 * number + n + 1, "name": format!("P. {number}-{n}"), "number": n,
            "pos": if n == 0 { "G" } else { "M" }, "grid": null}})
    };
    let start: Vec<Value> = (0..13).filter(|n| !absent.contains(n)).map(listed).collect();
    json!({"team": {"id": number + 1, "name": club(number)}, "formation": "4-4-2", "startXI": start,
        "substitutes": [listed(20)]})
}

fn matches() -> Vec<Match> {
    let numbers: Vec<usize> = (0..CLUBS).collect();
    let number = |name: &str| numbers.iter().copied().find(|n| club(*n) == name).expect("one of the clubs");
    let lines =
        SEASONS.flat_map(|start| season("X", start, &numbers).into_iter().map(move |line| (start, line)));
    lines
        .enumerate()
        .map(|(n, (start, line))| {
            let id = 5_000 + n;
            let (home, away) = (number(&line.home), number(&line.away));
            let goals = json!({"home": line.goals.0, "away": line.goals.1});
            let fixture = json!({
                "fixture": {"id": id, "referee": null, "date": format!("{}T15:00:00+00:00", line.date),
                    "status": {"short": "FT"}},
                "league": {"id": 9_000, "name": "Invented League", "country": "Nowhere", "season": start},
                "teams": {"home": {"id": home + 1, "name": line.home}, "away": {"id": away + 1, "name": line.away}},
                "goals": goals, "score": {"halftime": {"home": 0, "away": 0}, "fulltime": goals}
            });
            let missing = json!({
                "player": {"id": 100 * home + id % 13 + 1, "name": "P.", "type": "Missing Fixture", "reason": "Knee"},
                "team": {"id": home + 1, "name": line.home}, "fixture": {"id": id}, "league": {"id": 9_000}
            });
            Match { id, start, fixture, lineups: vec![lineup(home, id), lineup(away, id)], injuries: vec![missing] }
        })
        .collect()
}

/// A folder of answers: fixtures and absences of a season in a file each, line-ups a file per match.
fn place() -> Place {
    let mut place = Place::new();
    place.set("TOUCHLINE__TRAINING__ROUNDS", "8");
    place.set("TOUCHLINE__COMPUTE__THREADS", "1");
    let all = matches();
    for start in SEASONS {
        let of: Vec<&Match> = all.iter().filter(|m| m.start == start).collect();
        let fixtures: Vec<Value> = of.iter().map(|m| m.fixture.clone()).collect();
        let injuries: Vec<Value> = of.iter().flat_map(|m| m.injuries.clone()).collect();
        let parameters = json!({"league": "9000", "season": start.to_string()});
        place.write(&format!("answers/z-fixtures-{start}.json"), answer("fixtures", &parameters, &fixtures));
        place.write(&format!("answers/injuries-{start}.json"), answer("injuries", &parameters, &injuries));
    }
    for m in &all {
        let parameters = json!({"fixture": m.id.to_string()});
        place.write(
            &format!("answers/lineups-{}.json", m.id),
            answer("fixtures/lineups", &parameters, &m.lineups),
        );
    }
    place
}

#[test]
fn line_ups_reach_the_model_that_asks_for_them_and_no_other() {
    let place = place();
    let folder = place.path("answers");
    let first = place.ingest(0, "api-football", &[&folder]);
    let matches = SEASONS.len() * CLUBS * (CLUBS - 1);
    assert_eq!((&first["new"], &first["new_facts"]), (&matches.into(), &(3 * matches).into()));
    let store = &first["store"];
    assert_eq!((&store["lineups"], &store["injuries"]), (&(2 * matches).into(), &matches.into()));
    let (hash, database) = (place.content_hash(), place.database());
    let again = place.ingest(0, "api-football", &[&folder]);
    assert_eq!((&again["new_facts"], &again["unchanged_facts"]), (&0.into(), &(3 * matches).into()));
    assert_eq!(place.content_hash(), hash);
    assert!(place.database() == database, "the second run wrote to the database");

    place.run(&["lake", "export"]).ending(0);
    let lake = place.run(&["lake", "list", "--verify", "--json"]).ending(0).json();
    let rows = |table: &str| -> u64 {
        let partitions = lake["partitions"].as_array().expect("partitions").iter();
        partitions.filter(|p| p["table"] == table).map(|p| p["rows"].as_u64().expect("a count")).sum()
    };
    let players = 2 * matches * 12;
    assert_eq!((rows("lineup_players"), rows("injuries")), (players as u64, matches as u64));

    let plain = place.run(&["train", "--activate", "--json"]).ending(0).json();
    let seeing = place.run(&["train", "--activate", "--lineups", "announced", "--json"]).ending(0).json();
    assert_eq!(
        (&plain["recipe"]["lineups"], &seeing["recipe"]["lineups"]),
        (&"none".into(), &"announced".into())
    );
    assert_ne!(plain["data_hash"], seeing["data_hash"]);
    let names = |manifest: &Value| -> Vec<String> {
        let features = manifest["variants"][0]["features"].as_array().expect("columns");
        features.iter().map(|f| f["name"].as_str().expect("a name").to_owned()).collect()
    };
    let (without, with) = (names(&plain), names(&seeing));
    assert_eq!(with[..without.len()], without);
    assert_eq!(with.len(), without.len() + 36);
    assert!(with.contains(&"home_regulars_out_worth".to_owned()));

    let period = ["evaluate", "--from", "2021-08-01", "--to", "2022-06-30", "--ablate", "--json"];
    let report = place.run(&[&period[..], &["--lineups", "announced"]].concat()).ending(0).json();
    let forecasters = report[0]["forecasters"].as_array().expect("forecasters");
    let left_out =
        forecasters.iter().find(|f| f["name"] == "without lineups").expect("the family is one of those");
    let gain = left_out["first_minus_this"]["rps"]["difference"].as_f64().expect("a number");
    assert!(gain != 0.0, "the trees use what line-ups say");
}

#[test]
fn what_belongs_to_no_held_match_is_recorded_with_its_reason() {
    let place = Place::new();
    let m = matches().remove(0);
    let other = json!({"team": {"id": 77, "name": "Nobody"}, "formation": null,
        "startXI": [{"player": {"id": 1, "name": "P.", "number": 1, "pos": "G"}}]});
    let parameters = json!({"fixture": m.id.to_string()});
    let early = place.write("early.json", answer("fixtures/lineups", &parameters, &m.lineups));
    let report = place.ingest(4, "api-football", &[&early]);
    assert_eq!(report["rejections_by_reason"], json!({"unknown_fixture": 2}));
    let fixtures = place.write("fixtures.json", answer("fixtures", &json!({}), &[m.fixture]));
    let wrong = place.write("wrong.json", answer("fixtures/lineups", &parameters, &[other]));
    let errors =
        json!({"get": "injuries", "errors": {"plan": "not in your plan"}, "response": []}).to_string();
    let errors = place.write("errors.json", errors);
    let report = place.ingest(3, "api-football", &[&early, &errors, &fixtures, &wrong]);
    assert_eq!((&report["new"], &report["new_facts"]), (&1.into(), &2.into()));
    assert_eq!(report["rejections_by_reason"], json!({"provider_error": 1, "unknown_side": 1}));
    let issues = place.issues();
    assert!(
        issues.iter().any(|issue| issue.message.contains("ingest the answer to /fixtures")),
        "{issues:?}"
    );
    assert!(issues.iter().any(|issue| issue.message.contains("not in your plan")), "{issues:?}");
}
