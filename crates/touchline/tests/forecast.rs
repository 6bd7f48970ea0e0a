//! From results to a file of forecasts: train, predict, and everything that may be wrong with the fixtures.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::path::PathBuf;
use support::results::{Line, club, season, text};
use support::{Place, Said};

const COLUMNS: &str = "ID,Sea,Lge,Date,HT,AT,prd_HS,prd_AS,prd_W,prd_D,prd_L";

/// Three seasons of two tiers of one country; in the last one, a team that was never there before.
fn history() -> Vec<Line> {
    let mut lines = Vec::new();
    for start in 2019..2022 {
        let guest = if start == 2021 { 30 } else { 9 };
        lines.extend(season("XAA1", start, &[0, 1, 2, 3, 4, 5, 6, 7, 8, guest]));
        lines.extend(season("XAA2", start, &(10..20).collect::<Vec<_>>()));
    }
    lines.sort_by_key(|line| line.date);
    lines
}

/// A place that holds some results. Few rounds of training: the tests ask how, not how well.
fn place_with(lines: &[Line]) -> Place {
    let mut place = Place::new();
    place.set("TOUCHLINE__TRAINING__ROUNDS", "8");
    let file = place.write("results.csv", text(lines));
    place.ingest(0, "challenge", &[&file]);
    place
}

fn trained() -> Place {
    let place = place_with(&history());
    place.run(&["train", "--activate"]).ending(0);
    place
}

/// A fixtures file and what `predict` makes of it.
fn predict(place: &Place, code: i32, fixtures: &str, more: &[&str]) -> (Said, Vec<Vec<String>>) {
    let file = place.write("fixtures.csv", format!("ID,Sea,Lge,Date,HT,AT\n{fixtures}"));
    let out = place.path("forecasts.csv");
    let _ = std::fs::remove_file(&out);
    let mut arguments = vec!["predict", "--fixtures", file.to_str().unwrap(), "--out", out.to_str().unwrap()];
    arguments.extend(more);
    let said = place.run(&arguments).ending(code);
    let written = std::fs::read_to_string(&out).unwrap();
    let mut lines = written.lines();
    assert_eq!(lines.next(), Some(COLUMNS));
    (said, lines.map(|line| line.split(',').map(str::to_owned).collect()).collect())
}

/// Expected goals of both sides, then the probabilities of home win, draw and away win.
fn numbers(row: &[String]) -> [f64; 5] {
    assert_eq!(row.len(), 11, "{row:?}");
    let n: Vec<f64> = row[6..].iter().map(|x| x.parse().unwrap()).collect();
    assert!(n[2..].iter().all(|p| (0.0..=1.0).contains(p)), "{row:?}");
    assert!((n[2] + n[3] + n[4] - 1.0).abs() < 1e-9, "{row:?}");
    assert!(n[..2].iter().all(|g| (0.0..9.0).contains(g)), "{row:?}");
    n.try_into().unwrap()
}

fn fixture(id: &str, league: &str, home: &str, away: &str) -> String {
    format!("{id},22-23,{league},20/08/2022,{home},{away}\n")
}

#[test]
fn fixtures_of_known_teams_become_forecasts_in_their_order() {
    let place = trained();
    let fixtures = [
        fixture("7", "XAA1", &club(0), &club(8)),
        fixture("x-2", "XAA1", &club(8), &club(0)),
        fixture("1", "XAA2", &club(15), &club(14)),
    ];
    let (said, rows) = predict(&place, 0, &fixtures.concat(), &[]);
    assert!(said.out.contains("3 forecasts"), "{said:?}");
    for (row, fixture) in rows.iter().zip(&fixtures) {
        assert_eq!(row[..6].join(","), fixture.trim_end());
    }
    let [strong_at_home, weak_at_home, even] = [0, 1, 2].map(|n| numbers(&rows[n]));
    assert!(strong_at_home[2] > 0.5 && strong_at_home[0] > strong_at_home[1], "{strong_at_home:?}");
    assert!(weak_at_home[4] > weak_at_home[2], "{weak_at_home:?}");
    assert!((0.2..0.6).contains(&even[2]), "{even:?}");
    // Without --out the same lines come on standard output.
    let file = place.path("fixtures.csv");
    let said = place.run(&["predict", "--fixtures", file.to_str().unwrap()]).ending(0);
    let printed: Vec<&str> = said.out.lines().collect();
    assert_eq!(printed[0], COLUMNS);
    assert_eq!(printed[1..], rows.iter().map(|row| row.join(",")).collect::<Vec<_>>());
}

#[test]
fn what_is_wrong_with_a_row_costs_that_row_alone() {
    let place = trained();
    let fixtures = [
        fixture("1", "XAA1", &club(0), &club(1)),
        fixture("2", "XZZ1", &club(0), &club(1)),
        fixture("3", "XAA1", &club(2), &club(2)),
        "4,22-23,XAA1,31/02/2022,Norheim,Suedheim\n".to_owned(),
        fixture("1", "XAA1", &club(3), &club(4)),
        "6,22-23,XAA1\n".to_owned(),
        "7,22-24,XAA1,20/08/2022,Norheim,Suedheim\n".to_owned(),
        fixture("", "XAA1", &club(3), &club(4)),
        fixture("9", "XAA2", &club(11), &club(12)),
    ];
    let (said, rows) = predict(&place, 3, &fixtures.concat(), &["--json"]);
    let ids: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ids, ["1", "9"]);
    for row in &rows {
        numbers(row);
    }
    let report = said.json();
    let told: BTreeMap<u64, &str> = report["rejections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["line"].as_u64().unwrap(), r["reason"].as_str().unwrap()))
        .collect();
    let expected = [
        (3, "known are XAA1, XAA2"),
        (4, "itself"),
        (5, "not a date"),
        (6, "earlier line"),
        (7, ""),
        (8, "not a season"),
        (9, "no ID"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (line, words) in expected {
        assert!(told[&line].contains(words), "line {line}: {told:?}");
    }
    // The same in words, with the file's name.
    let (said, _) = predict(&place, 3, &fixtures.concat(), &[]);
    assert!(said.out.contains("fixtures.csv, line 3: ") && said.out.contains("XZZ1"), "{said:?}");
}

#[test]
fn a_new_team_starts_as_a_newcomer_and_is_listed_with_the_teams_it_resembles() {
    let place = trained();
    let near = format!("{} Town", club(3));
    let fixtures = [
        fixture("1", "XAA1", &club(0), &near),
        fixture("2", "XAA1", &club(0), "Qqqq"),
        fixture("3", "XAA1", &club(0), &club(3)),
        fixture("4", "XAA1", &club(8), &near),
        fixture("5", "XAA2", "Qqqq", &club(12)),
    ];
    let (said, rows) = predict(&place, 0, &fixtures.concat(), &["--json"]);
    let report = said.json();
    let newcomers = report["newcomers"].as_array().unwrap();
    assert_eq!(newcomers.len(), 2, "{report:#}");
    let of = |name: &str| newcomers.iter().find(|c| c["name"] == name).unwrap();
    assert_eq!(of(&near)["resembles"][0], club(3));
    assert_eq!(of(&near)["lines"], serde_json::json!([2, 5]));
    assert_eq!(
        (&of("Qqqq")["resembles"], &of("Qqqq")["lines"]),
        (&serde_json::json!([]), &serde_json::json!([3, 6]))
    );
    let [_, at_strong, _, at_weak, _] = [0, 1, 2, 3, 4].map(|n| numbers(&rows[n]));
    assert_eq!(rows[0][6..], rows[1][6..], "a name that resembles a team's must not change a forecast");
    assert_ne!(rows[0][6..], rows[2][6..], "the team that it resembles is another one");
    assert!(at_strong[2] > at_weak[2], "a newcomer finds the strongest team harder than the weakest");
    // In words, and refused where that is asked for.
    let (said, _) = predict(&place, 0, &fixtures.concat(), &[]);
    assert!(
        said.out.contains("newcomer") && said.out.contains(&format!("resembles {}", club(3))),
        "{said:?}"
    );
    let (said, rows) = predict(&place, 3, &fixtures.concat(), &["--strict"]);
    assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["3"]);
    assert!(said.out.contains(&format!("did you mean {}", club(3))), "{said:?}");
    assert!(
        said.out.contains("line 2: not forecast") && said.out.contains("line 6: not forecast"),
        "{said:?}"
    );
}

#[test]
fn a_forecast_as_of_a_date_knows_nothing_of_what_came_later() {
    let date = NaiveDate::from_ymd_opt(2021, 11, 10).unwrap();
    let mut lines = history();
    lines.extend(season("XAA1", 2022, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 32]));
    let whole = place_with(&lines);
    lines.retain(|line| line.date < date);
    let then = place_with(&lines);
    // Team 30 has played by then, 32 comes into the league later, 31 never.
    let fixtures: String = [(0, 8), (8, 30), (5, 4), (31, 1), (2, 32)]
        .iter()
        .enumerate()
        .map(|(n, (home, away))| fixture(&n.to_string(), "XAA1", &club(*home), &club(*away)))
        .collect();
    let mut written = Vec::new();
    for place in [&whole, &then] {
        place.run(&["train", "--activate", "--until", "2021-11-10"]).ending(0);
        let (_, rows) = predict(place, 0, &fixtures, &["--as-of", "2021-11-10"]);
        written.push((trees(place), rows));
    }
    assert!(written[0].0 == written[1].0, "training until a date depends on what came later");
    assert_eq!(written[0].1, written[1].1);
    // What came later does change forecasts where it may be used.
    let (_, today) = predict(&whole, 0, &fixtures, &[]);
    assert_ne!(today, written[0].1);
    let (_, future) = predict(&whole, 0, &fixtures, &["--as-of", "2999-01-01"]);
    assert_eq!(future, today);
}

/// The files of trees of the latest model, by name.
fn trees(place: &Place) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(bundle(place)).unwrap().map(|e| e.unwrap().path());
    let trees = files.filter(|path| path.extension().is_some_and(|e| e == "txt"));
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let trees: BTreeMap<_, _> = trees.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect();
    assert!(
        ["fresh-0.txt", "stale-0.txt"].iter().all(|name| trees.contains_key(*name)),
        "{:?}",
        trees.keys()
    );
    trees
}

/// The folder of the latest model.
fn bundle(place: &Place) -> PathBuf {
    let folder = place.data().join("models/touchline");
    std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).max().unwrap()
}

#[test]
fn the_same_seed_and_data_give_the_same_trees() {
    let places = [place_with(&history()), place_with(&history())];
    let trained = |place: &Place, more: &[&str]| {
        place.run(&[&["train", "--activate"], more].concat()).ending(0);
        trees(place)
    };
    let first = trained(&places[0], &["--seed", "5", "--threads", "1"]);
    assert!(first == trained(&places[0], &["--seed", "5", "--threads", "1"]), "the second training differs");
    assert!(first == trained(&places[1], &["--seed", "5", "--threads", "1"]), "another place differs");
    assert!(
        first == trained(&places[1], &["--seed", "5", "--threads", "2"]),
        "more threads give other files"
    );
    assert_eq!(std::fs::read_dir(places[0].data().join("models/touchline")).unwrap().count(), 2);
}

#[test]
fn without_results_or_a_model_the_next_step_is_named() {
    let place = Place::new();
    for (arguments, words) in [
        (&["predict"][..], "touchline train"),
        (&["train"], "touchline ingest"),
        (&["features", "build"], "touchline ingest"),
        (&["features", "show", "1"], ""),
        (&["evaluate", "--from", "2022-01-01", "--to", "2022-02-01"], "touchline doctor"),
    ] {
        let said = place.run(arguments).ending(1);
        assert!(said.err.starts_with("error: ") && said.err.contains(words), "{arguments:?}: {said:?}");
        assert_eq!(said.out, "", "{arguments:?}");
    }
    let doctor = place.run(&["doctor"]).ending(0);
    assert!(doctor.out.contains("touchline ingest") && doctor.out.contains("touchline train"), "{doctor:?}");
}

#[test]
fn a_damaged_model_is_refused_and_a_new_training_helps() {
    let place = trained();
    let folder = bundle(&place);
    let fixtures = fixture("1", "XAA1", &club(0), &club(1));
    let file = place.write("fixtures.csv", format!("ID,Sea,Lge,Date,HT,AT\n{fixtures}"));
    let out = place.path("out.csv");
    let arguments = ["predict", "--fixtures", file.to_str().unwrap(), "--out", out.to_str().unwrap()];
    for name in ["manifest.json", "fresh-0.txt", "stale-0.txt"] {
        let path = folder.join(name);
        let whole = std::fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        // A digit of the trees, or of a number that scales every forecast.
        let place_of = |text: &[u8]| whole.windows(text.len()).position(|w| w == text).unwrap() + text.len();
        let at = if name == "manifest.json" {
            place_of(b"\"temperature\": ")
        } else {
            place_of(b"leaf_value=") + 2
        };
        flipped[at] = if flipped[at] == b'1' { b'2' } else { b'1' };
        for (how, bytes) in
            [("cut", Some(whole[..whole.len() / 2].to_vec())), ("flipped", Some(flipped)), ("gone", None)]
        {
            std::fs::remove_file(&path).unwrap();
            if let Some(bytes) = bytes {
                std::fs::write(&path, bytes).unwrap();
            }
            let said = place.run(&arguments).ending(1);
            assert!(said.err.contains(name), "{name} {how}: {said:?}");
            assert!(!out.exists(), "{name} {how}: a file of forecasts was written");
            let doctor = place.run(&["doctor"]).ending(0);
            assert!(doctor.out.contains("look  model"), "{name} {how}: {doctor:?}");
            std::fs::write(&path, &whole).unwrap();
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    place.run(&arguments).ending(1);
    place.run(&["train", "--activate"]).ending(0);
    place.run(&arguments).ending(0);
}

#[test]
fn files_of_fixtures_that_are_none_are_refused() {
    let place = trained();
    let cases: [(&[u8], &str); 3] =
        [(b"<html>gone</html>", "web page"), (b"Date,Home,Away\n1,2,3\n", "ID, Sea, Lge"), (b"", "empty")];
    for (bytes, words) in cases {
        let file = place.write("fixtures.csv", bytes);
        let said = place.run(&["predict", "--fixtures", file.to_str().unwrap()]).ending(1);
        assert!(said.err.contains("fixtures.csv") && said.err.contains(words), "{said:?}");
    }
    let said = place.run(&["predict", "--fixtures", "nowhere.csv"]).ending(1);
    assert!(said.err.contains("nowhere.csv"), "{said:?}");
    // Nothing to forecast is no error.
    let (_, rows) = predict(&place, 0, "", &[]);
    assert!(rows.is_empty());
}

#[test]
fn a_filter_is_fitted_for_both_horizons_and_the_record_is_kept() {
    let place = place_with(&history());
    let fit = ["train", "--model", "strength-filter", "--tune", "1", "--from", "2020-07-01"];
    let records = place.run(&[&fit[..], &["--json"]].concat()).ending(0).json();
    for (record, horizon) in records.as_array().unwrap().iter().zip(["fresh", "stale"]) {
        assert_eq!(record["horizon"], horizon);
        let kept = place.data().join(format!("filters/strength-filter-{horizon}.json"));
        let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(kept).unwrap()).unwrap();
        assert_eq!(kept, *record);
        assert!(record["matches"].as_u64().unwrap() > 100);
        let loss = |which: &str| record[which]["log_loss"].as_f64().unwrap();
        assert!(loss("fitted") < loss("start"), "{record}");
    }
    assert_eq!(records.as_array().unwrap().len(), 2);
    place.run(&["train", "--from", "2020-07-01"]).ending(1);
    place.run(&[&fit[..], &["--odds", "earlier"]].concat()).ending(1);
    let unpriced = place.run(&["train", "--model", "earlier-prices"]).ending(1);
    assert!(unpriced.err.contains("with bookmakers' prices"), "{unpriced:?}");
}
