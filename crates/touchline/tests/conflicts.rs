//! Corrections and conflicts, seen on the real binary.

mod support;

use serde_json::Value;
use support::Place;

const HEADINGS: &str = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,Referee,HS,AS\n";
const FIRST: &str = "E0,13/08/2022,15:00,Alder,Birch,2,2,D,1,0,R Pine,11,7\nE0,13/08/2022,15:00,Cedar,Dogwood,1,0,H,0,0,S Oak,8,8\n";
const SECOND: &str = "E0,14/08/2022,16:30,Alder,Birch,2,2,D,1,1,T Ash,12,7\nE0,13/08/2022,15:00,Cedar,Dogwood,0,3,A,0,1,S Oak,8,8\n";

fn editions(place: &Place) -> [std::path::PathBuf; 2] {
    let write =
        |folder: &str, rows: &str| place.write(&format!("{folder}/2223/E0.csv"), format!("{HEADINGS}{rows}"));
    [write("a", FIRST), write("b", SECOND)]
}

#[test]
fn a_conflict_is_listed_and_accepted_once() {
    let place = Place::new();
    let [first, second] = editions(&place);
    place.ingest(0, "football-data", &[&first]);
    let report = place.ingest(3, "football-data", &[&second]);
    assert_eq!(
        (&report["new"], &report["corrected"], &report["conflicting"]),
        (&0.into(), &1.into(), &1.into())
    );
    assert_eq!(place.matches().len(), 2);

    let listed = place.run(&["conflicts", "list", "--field", "score", "--json"]).ending(0).json();
    assert_eq!(
        (&listed[0]["held"], &listed[0]["claimed"], &listed[0]["state"]),
        (&"1-0".into(), &"0-3".into(), &"open".into())
    );
    let said = place.run(&["conflicts", "list", "--league", "E0", "--season", "2022-23"]).ending(0);
    assert!(said.out.contains("Cedar - Dogwood") && said.out.contains("0-3"), "{said:?}");
    let name = listed[0]["id"].as_str().unwrap_or_default().to_owned();
    let accepted = place.run(&["conflicts", "accept", &name, "--json"]).ending(0).json();
    assert_eq!((&accepted["changed_matches"], &accepted["already"]), (&1.into(), &0.into()));
    let again = place.run(&["conflicts", "accept", &name, "--json"]).ending(0).json();
    assert_eq!((&again["changed_matches"], &again["already"]), (&0.into(), &1.into()));
    let none = place.run(&["conflicts", "list", "--json"]).ending(0).json();
    assert_eq!(none, Value::Array(Vec::new()));
    let report = place.ingest(0, "football-data", &[&second]);
    assert_eq!((&report["unchanged"], &report["conflicting"]), (&2.into(), &0.into()));
}

#[test]
fn a_flag_says_what_becomes_of_a_newer_word() {
    let place = Place::new();
    let [first, second] = editions(&place);
    place.ingest(0, "football-data", &[&first]);
    let second = second.to_str().unwrap_or_default();
    let report = place
        .run(&["ingest", "football-data", second, "--corrections", "newer-wins", "--json"])
        .ending(0)
        .json();
    assert_eq!((&report["corrected"], &report["conflicting"]), (&2.into(), &0.into()));

    let place = Place::new();
    place.ingest(0, "football-data", &[&first]);
    let report =
        place.run(&["ingest", "football-data", second, "--corrections", "first", "--json"]).ending(0).json();
    assert_eq!((&report["corrected"], &report["unchanged"]), (&0.into(), &2.into()));
    let kept = place.run(&["conflicts", "keep", "--all", "--json"]).ending(0).json();
    assert!(kept["settled"].as_array().is_some_and(|settled| settled.len() >= 4), "{kept}");
    assert_eq!(kept["changed_matches"], 0);
}

#[test]
fn a_name_that_is_none_is_explained() {
    let place = Place::new();
    let said = place.run(&["conflicts", "accept", "17"]).ending(2);
    assert!(said.err.contains("touchline conflicts list"), "{said:?}");
    let said = place.run(&["conflicts", "keep", "17:score"]).ending(1);
    assert!(said.err.contains("no source contradicts 17:score"), "{said:?}");
    place.run(&["conflicts", "accept"]).ending(2);
    let said = place.run(&["conflicts", "list", "--league", "XX"]).ending(1);
    assert!(said.err.contains("holds no league XX"), "{said:?}");
}
