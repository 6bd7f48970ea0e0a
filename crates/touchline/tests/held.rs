//! Rows that rules hold back, with the real binary: decisions from the command line, and kills at every step.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;
use support::server::Server;
use support::{Place, results};

/// Seasons, in each of which one score has a digit too many and one season's date a wrong year.
fn files(place: &Place, wrong: bool) -> Vec<PathBuf> {
    let season = |start: i32| {
        let mut lines = results::season("XAA1", start, &(0..20).collect::<Vec<_>>());
        if wrong {
            lines[100].goals = (31, 0);
        }
        place.write(&format!("{start}{wrong}.csv"), results::text(&lines))
    };
    (2000..2008).map(season).collect()
}

fn paths(files: &[PathBuf]) -> Vec<&Path> {
    files.iter().map(PathBuf::as_path).collect()
}

fn held(place: &Place, arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["quality", "held", "--json"];
    all.extend(arguments);
    place.run(&all).ending(0).json().as_array().unwrap().clone()
}

fn numbers(rows: &[Value], key: &str) -> Vec<String> {
    rows.iter().map(|row| row[key].to_string()).collect()
}

/// What a wrong line should have said.
fn right_line(start: i32) -> String {
    let line = &results::season("XAA1", start, &(0..20).collect::<Vec<_>>())[100];
    line.text().trim_end().to_owned()
}

#[test]
fn rows_are_held_listed_and_decided_about() {
    let place = Place::new();
    let wrong = files(&place, true);
    let report = place.ingest(3, "challenge", &paths(&wrong[..2]));
    assert_eq!((&report["held_rows"], &report["new"]), (&2.into(), &(2 * 379).into()));
    let rows = held(&place, &[]);
    assert_eq!(numbers(&rows, "rule"), ["\"improbable_score\"", "\"improbable_score\""]);
    let ids = numbers(&rows, "id");
    let said = place.run(&["quality", "held"]).ending(0);
    assert!(said.out.contains("31,0,31,W") && said.out.contains("quality correct"), "{said:?}");
    let refused = place.run(&["quality", "refuse", &ids[0], "--reason", "a joke", "--by", "Ann"]).ending(0);
    assert!(refused.out.contains("is refused"), "{refused:?}");
    let released = place.run(&["quality", "release", &ids[1], "--reason", "seen", "--json"]).ending(0).json();
    let decision = released[0]["decision"].to_string();
    assert_eq!(released[0]["report"]["new"], 1);
    assert_eq!(held(&place, &[]).len(), 0);
    assert_eq!(numbers(&held(&place, &["--all"]), "state"), ["\"refused\"", "\"released\""]);
    place.run(&["quality", "take-back", &decision]).ending(0);
    assert_eq!(held(&place, &["--state", "held"]).len(), 1);
    let unknown = place.run(&["quality", "release", "999", "--reason", "x"]).ending(1);
    assert!(unknown.err.contains("there is no held row 999"), "{unknown:?}");
    let rules = place.run(&["quality", "rules"]).ending(0);
    assert!(rules.out.contains("duplicated_round (version 1)"), "{rules:?}");
}

/// A decision over HTTP is carried out by the server's own workers, and so is its being taken back.
#[test]
fn a_decision_over_http_reaches_the_store() {
    let place = Place::new();
    place.ingest(3, "challenge", &paths(&files(&place, true)[..1]));
    place.run_with(&["users", "add", "ann", "--role", "operator"], "correct horse battery").ending(0);
    let key = ["keys", "create", "k", "--user", "ann", "--scope", "read", "--scope", "review_data", "--json"];
    let key = place.run(&key).ending(0).json()["key"].as_str().unwrap().to_owned();
    let server = Server::start(&place);
    let first = |path: &str| server.get(path)["data"]["items"][0].clone();
    let row = first("/api/v1/quality/held");
    assert_eq!((&row["state"], &row["rule"]), (&"held".into(), &"improbable_score".into()), "{row}");
    let id = row["id"].as_i64().unwrap();
    let path = format!("/api/v1/quality/held/{id}");
    let verdict = r#"{"verdict": "release", "reason": "seen on the club's page"}"#;
    assert_eq!(server.post(&path, "", verdict).0, 401);
    let (status, answer) = server.post(&path, &key, verdict);
    assert_eq!(status, 200, "{answer}");
    let decision = answer["data"]["decision"].to_string();
    let until = |state: &str| {
        let started = Instant::now();
        while first("/api/v1/quality/held")["state"] != state || place.matches().len() != 380 {
            assert!(started.elapsed().as_secs() < 60, "{} matches", place.matches().len());
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    };
    until("released");
    let path = format!("/api/v1/quality/decisions/{decision}");
    assert_eq!(server.send("DELETE", &path, &key, "").0, 200);
    until("held");
    assert_eq!(server.send("DELETE", &path, &key, "").0, 404, "taken back already");
}

/// Imports, decides and corrects; kills each step at several points and runs it again. The content is that of files that
/// came right.
#[test]
fn killed_at_any_step_nothing_is_lost() {
    let clean = Place::new();
    clean.ingest(0, "challenge", &paths(&files(&clean, false)));
    let wanted = clean.content_hash();

    let place = Place::new();
    let wrong = files(&place, true);
    let mut import: Vec<&str> = vec!["ingest", "challenge"];
    import.extend(wrong.iter().map(|path| path.to_str().unwrap()));
    let mut killed = repeatedly(&place, &import, 3);
    let rows = held(&place, &[]);
    assert_eq!(rows.len(), 8);
    // The first three are put right by their lines, the others refused, and mended by a second edition of their files.
    for (row, start) in rows.iter().zip((2000..2008).rev()) {
        let (id, finding) = (row["id"].to_string(), row["finding"].to_string());
        if start >= 2005 {
            let line = right_line(start);
            let correct = ["quality", "correct", &finding, "--line", &line, "--reason", "a digit too many"];
            killed += repeatedly(&place, &correct, 0);
        } else {
            killed += repeatedly(&place, &["quality", "refuse", &id, "--reason", "a digit too many"], 0);
        }
    }
    assert_eq!(held(&place, &[]).len(), 0);
    assert_eq!(held(&place, &["--state", "corrected"]).len(), 3);
    let right = files(&place, false);
    let mut import: Vec<&str> = vec!["ingest", "challenge"];
    import.extend(right.iter().map(|path| path.to_str().unwrap()));
    killed += repeatedly(&place, &import, 0);
    assert_eq!(place.content_hash(), wanted);
    place.run(&["reprocess"]).ending(0);
    assert_eq!(place.content_hash(), wanted, "read again");
    eprintln!("{killed} commands were killed");
    assert!(killed >= 10, "only {killed} were still running when they were to be killed");
}

/// Kills a command at five points on its way, on copies of nothing: each run goes on where the last one died. Then runs it to
/// its end.
fn repeatedly(place: &Place, arguments: &[&str], code: i32) -> u32 {
    let before = place.data().exists().then(|| place.database());
    let started = Instant::now();
    let first = place.run(arguments);
    assert_eq!(first.code, Some(code), "{first:?}");
    let whole = started.elapsed();
    match before {
        Some(bytes) => {
            let _ = std::fs::remove_file(place.data().join("touchline.db-wal"));
            let _ = std::fs::remove_file(place.data().join("touchline.db-shm"));
            place.write("data/touchline.db", bytes);
        }
        None => std::fs::remove_dir_all(place.data()).unwrap(),
    }
    let mut killed = 0;
    for n in 1..=5 {
        let mut child = place.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * n / 6);
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = place.run(arguments);
    assert_eq!(last.code, Some(code), "{last:?}");
    killed
}

#[test]
fn a_version_of_the_data_is_built_anew_and_compared() {
    let place = Place::new();
    let wrong = files(&place, true);
    place.ingest(3, "challenge", &paths(&wrong[..2]));
    let named = place.run(&["data", "version", "first", "--json"]).ending(0).json();
    assert_eq!(named["content_hash"], place.content_hash());
    // A version has the decisions up to its second.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let id = numbers(&held(&place, &[]), "id").remove(0);
    place.run(&["quality", "release", &id, "--reason", "seen"]).ending(0);
    place.ingest(3, "challenge", &paths(&wrong[2..]));
    let built = place.run(&["data", "rebuild", "first", "--json"]).ending(0).json();
    assert_eq!((&built["same"], &built["documents"]), (&true.into(), &2.into()));
    let into = place.path("first.db");
    let into = into.to_str().unwrap();
    let kept = place.run(&["data", "rebuild", "first", "--into", into]).ending(0);
    assert!(kept.out.contains("as it was"), "{kept:?}");
    let again = place.run(&["data", "rebuild", "first", "--into", into]).ending(1);
    assert!(again.err.contains("exists already"), "{again:?}");
    let unknown = place.run(&["data", "rebuild", "none"]).ending(1);
    assert!(unknown.err.contains("touchline data list"), "{unknown:?}");
    assert!(place.run(&["data", "list"]).ending(0).out.contains("first"));
}
