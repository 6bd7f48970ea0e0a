//! Collecting with the real binary from a server on this machine: what is asked, what is stored, what a kill leaves.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::Value;
use std::fmt::Write;
use std::process::Stdio;
use support::Place;
use support::web::{Answers, Web};

const CLUBS: [&str; 8] = ["Alder", "Birch", "Cedar", "Damson", "Elder", "Fir", "Gorse", "Hazel"];

/// A season of eight invented clubs in the shape of football-data.co.uk: 56 matches.
fn season(start: u16) -> String {
    let mut text = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n".to_owned();
    let first = chrono::NaiveDate::from_ymd_opt(start.into(), 8, 10).unwrap();
    for round in 0..14_usize {
        let day = (first + chrono::Days::new(7 * round as u64)).format("%d/%m/%Y");
        for pair in 0..4_usize {
            // The circle method: one club stays, the others move on.
            let turn = |seat: usize| if seat == 0 { 7 } else { (round + seat - 1) % 7 };
            let (a, b) = (turn(pair), turn(7 - pair));
            let (home, away) = if round < 7 { (a, b) } else { (b, a) };
            let (hg, ag) = ((home + round) % 4, (away + usize::from(start)) % 3);
            let result = ["A", "D", "H"][(hg.cmp(&ag) as i8 + 1) as usize];
            writeln!(text, "E0,{day},{},{},{hg},{ag},{result}", CLUBS[home], CLUBS[away]).unwrap();
        }
    }
    text
}

fn code(start: u16) -> String {
    format!("{:02}{:02}", start % 100, (start + 1) % 100)
}

fn path(start: u16) -> String {
    format!("/football-data/mmz4281/{}/E0.csv", code(start))
}

fn seasons(starts: impl IntoIterator<Item = u16>) -> Web {
    Web::start(starts.into_iter().map(|start| (path(start), (200, season(start)))).collect::<Answers>())
}

/// A place that asks this server instead of the sources.
fn place(web: &Web) -> Place {
    let mut place = Place::new();
    place.set("TOUCHLINE__COLLECT__MIRROR", &web.address);
    place
}

fn collect(place: &Place, code: i32, arguments: &[&str]) -> Value {
    place.run(&[&["collect", "--json"], arguments].concat()).ending(code).json()
}

fn counts(said: &Value, names: &[&str]) -> Vec<u64> {
    names.iter().map(|name| said[*name].as_u64().unwrap_or_else(|| panic!("no {name} in {said:#}"))).collect()
}

#[test]
fn a_season_comes_once_and_is_confirmed_after() {
    let web = seasons([2023]);
    let place = place(&web);
    let asked = ["football-data", "--league", "E0", "--season", "2324"];
    let names = ["answers", "fetched", "confirmed", "kept", "held_before", "new"];
    assert_eq!(counts(&collect(&place, 0, &asked), &names), [1, 1, 0, 0, 0, 56]);
    assert_eq!(web.hits(), [path(2023)]);
    let hash = place.content_hash();
    // Fresh on disk: nobody is asked.
    assert_eq!(counts(&collect(&place, 0, &asked), &names), [1, 0, 0, 1, 1, 0]);
    assert!(web.hits().is_empty());
    let again = [&asked[..], &["--refresh"]].concat();
    assert_eq!(counts(&collect(&place, 0, &again), &names), [1, 0, 1, 0, 1, 0]);
    assert_eq!(web.hits(), [path(2023)]);
    assert_eq!(place.content_hash(), hash);

    // The same bytes as a file give the same store.
    let files = Place::new();
    let file = files.write("2324/E0.csv", season(2023));
    files.ingest(0, "football-data", &[&file]);
    assert_eq!(files.content_hash(), hash);

    let log = place.run(&["collect", "--runs", "--json"]).ending(0).json();
    let runs = log["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 3);
    assert!(runs.iter().all(|run| run["status"] == "success" && run["kind"] == "results"), "{log:#}");
    assert_eq!(counts(&runs[2]["counts"], &["answers", "failures", "read", "new"]), [1, 0, 56, 56]);
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was() {
    let starts = 2014..2024;
    let web = seasons(starts.clone());
    let whole = place(&web);
    let mut arguments = vec!["football-data", "--league", "E0"];
    let codes: Vec<String> = starts.clone().map(code).collect();
    for code in &codes {
        arguments.extend(["--season", code.as_str()]);
    }
    let said = collect(&whole, 0, &arguments);
    assert_eq!(counts(&said, &["answers", "new"]), [10, 560]);

    let mut place = Place::new();
    let mut asked = Vec::new();
    for wanted in [3, 4] {
        // A server for each run: what the killed one had sent may be answered after its death.
        let web = seasons(starts.clone());
        place.set("TOUCHLINE__COLLECT__MIRROR", &web.address);
        let command = [&["collect"][..], &arguments].concat();
        let mut child = place.command(&command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        web.wait_for(wanted);
        // SIGKILL: nothing is cleaned up.
        child.kill().unwrap();
        child.wait().unwrap();
        asked.extend(web.hits());
    }
    assert!(asked.len() < 10, "it was killed in the middle: {asked:?}");
    let web = seasons(starts.clone());
    place.set("TOUCHLINE__COLLECT__MIRROR", &web.address);
    let said = collect(&place, 0, &arguments);
    assert_eq!(counts(&said, &["answers", "not_asked"]), [10, 0]);
    asked.extend(web.hits());
    for start in starts {
        let times = asked.iter().filter(|asked| **asked == path(start)).count();
        // An answer that was on its way when the process died is asked for again.
        assert!((1..=3).contains(&times), "{start} was asked for {times} times");
    }
    assert!(asked.len() <= 10 + 2 * 4, "{} requests", asked.len());
    assert_eq!(place.content_hash(), whole.content_hash());
    assert_eq!(place.matches().len(), 560);

    let log = place.run(&["collect", "--runs", "--json"]).ending(0).json();
    let status: Vec<&str> =
        log["runs"].as_array().unwrap().iter().map(|run| run["status"].as_str().unwrap()).collect();
    assert_eq!(status, ["success", "failed", "failed"]);
}

#[test]
fn what_does_not_come_is_named_and_the_rest_goes_on() {
    let web = seasons([2022, 2023]);
    let place = place(&web);
    let three =
        ["football-data", "--league", "E0", "--season", "2122", "--season", "2223", "--season", "2324"];
    let said = collect(&place, 3, &three);
    assert_eq!(counts(&said, &["answers", "new", "not_asked"]), [2, 112, 0]);
    let failure = &said["failures"][0];
    assert_eq!((failure["kind"].as_str(), failure["status"].as_u64()), (Some("empty"), Some(404)));
    assert_eq!(failure["endpoint"], "https://www.football-data.co.uk/mmz4281/2122/E0.csv");

    // A source that refuses is not asked for the rest.
    for start in 2016..2022 {
        web.set(&path(start), 403, "<html>no</html>");
    }
    web.hits();
    let codes: Vec<String> = (2016..2022).map(code).collect();
    let mut arguments = vec!["football-data", "--league", "E0"];
    for code in &codes {
        arguments.extend(["--season", code.as_str()]);
    }
    let said = collect(&place, 4, &arguments);
    let failed = said["failures"].as_array().unwrap();
    assert!(failed.iter().all(|failure| failure["kind"] == "blocked"), "{said:#}");
    assert_eq!(failed.len() as u64 + said["not_asked"].as_u64().unwrap(), 6);
    assert!(web.hits().len() < 6);

    // A page instead of a table, with status 200, and a table of another shape.
    web.set(&path(2015), 200, "<html>closed</html>");
    web.set(&path(2014), 200, "Name,Colour\nred,blue\n");
    let said =
        collect(&place, 4, &["football-data", "--league", "E0", "--season", "1516", "--season", "1415"]);
    let kinds: Vec<_> = said["failures"].as_array().unwrap().iter().map(|f| f["kind"].clone()).collect();
    assert_eq!(kinds, ["changed_shape", "changed_shape"]);

    let log = place.run(&["collect", "--runs", "--json"]).ending(0).json();
    let errors = log["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1 + failed.len() + 2);
    let first = errors.last().unwrap();
    assert_eq!((&first["task"], &first["error_type"]), (&"results_collection".into(), &"empty".into()));
    assert_eq!(first["context"]["http_status"], 404);
    assert_eq!(log["runs"][2]["status"], "partial");
    let shown = place.run(&["collect", "--runs"]).ending(0);
    assert!(shown.out.contains("blocked") && shown.out.contains("football-data"), "{shown:?}");
}

#[test]
fn a_plan_sends_nothing_a_rehearsal_stores_nothing_and_recordings_need_no_network() {
    let web = seasons([2023]);
    let place = place(&web);
    let asked = ["football-data", "--league", "E0", "--season", "2324"];
    let plan = collect(&place, 0, &[&asked[..], &["--plan"]].concat());
    assert_eq!(plan["calls"][0]["document"], "2324/E0.csv");
    assert_eq!(plan["calls"][0]["url"], "https://www.football-data.co.uk/mmz4281/2324/E0.csv");
    assert!(web.hits().is_empty());

    let said = collect(&place, 0, &[&asked[..], &["--dry-run"]].concat());
    assert_eq!(counts(&said, &["answers", "rows"]), [1, 56]);
    assert_eq!(web.hits().len(), 1);
    assert!(!place.data().join("touchline.db").exists());

    let mut offline = Place::new();
    offline.set("TOUCHLINE__COLLECT__MIRROR", "http://127.0.0.1:1");
    offline.write("recorded/2324/E0.csv", season(2023));
    let said = collect(&offline, 0, &[&asked[..], &["--replay", "recorded"]].concat());
    assert_eq!(counts(&said, &["new"]), [56]);
    let said = collect(
        &offline,
        4,
        &["football-data", "--league", "D1", "--season", "2324", "--replay", "recorded"],
    );
    assert_eq!(said["failures"][0]["kind"], "empty");
}

#[test]
fn wrong_usage_is_told_apart_and_two_runs_of_a_source_wait_for_each_other() {
    let web = seasons(2014..2024);
    let place = place(&web);
    for arguments in [
        &["collect", "football-data", "--league", "PL"][..],
        &["collect", "football-data", "--league", "E0", "--season", "soon"],
        &["collect", "football-data", "--kind", "weather"],
        &["collect", "nobody"],
        &["collect"],
    ] {
        let said = place.run(arguments).ending(2);
        assert!(said.err.contains("error:"), "{said:?}");
    }
    let mut arguments = vec!["collect", "football-data", "--league", "E0"];
    let codes: Vec<String> = (2014..2024).map(code).collect();
    for code in &codes {
        arguments.extend(["--season", code.as_str()]);
    }
    let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // robots.txt, a season that is taken in at once, and one a second later.
    web.wait_for(3);
    let second = place.run(&["collect", "football-data", "--league", "E0", "--season", "2324"]).ending(1);
    assert!(second.err.contains("another process collects football-data already"), "{second:?}");
    // SIGTERM: it ends between two answers, and says so.
    let sent =
        std::process::Command::new("/bin/sh").arg("-c").arg(format!("kill -TERM {}", child.id())).status();
    assert!(sent.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let log = place.run(&["collect", "--runs", "--json"]).ending(0).json();
    let runs = log["runs"].as_array().unwrap();
    assert!(runs.iter().all(|run| run["status"] != "running"), "{log:#}");
    let stopped = |run: &Value| run["message"].as_str().is_some_and(|message| message.contains("stopped"));
    assert!(runs.iter().any(stopped), "{log:#}");
}
