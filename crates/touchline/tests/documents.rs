//! Documents judged as a whole, seen on the real binary: what is refused, what is named, and with which exit code.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::Datelike;
use std::fmt::Write as _;
use std::io::Read;
use std::process::Stdio;
use support::Place;
use touchline_domain::{Clock, SystemClock};

const CLUBS: [&str; 6] = ["Ashmoor", "Fenby", "Lorne", "Penrose", "Kelby", "Garside"];

/// A season in which everybody plays at home against everybody.
fn season(start: u16) -> String {
    let mut text = String::from("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n");
    let mut day = 0;
    for home in CLUBS {
        for away in CLUBS.iter().filter(|away| **away != home) {
            day += 1;
            writeln!(text, "E0,{:02}/{:02}/{start},{home},{away},1,0,H", 1 + day % 28, 8 + day / 28).unwrap();
        }
    }
    text
}

#[test]
fn a_club_with_fixtures_alone_is_named_where_it_matters() {
    let place = Place::new();
    // A season that is over, and fixtures to come, whenever the test runs.
    let year = u16::try_from(SystemClock.now().year()).unwrap();
    let name = format!("{:02}{:02}/E0.csv", (year - 2) % 100, (year - 1) % 100);
    let results = place.write(&name, season(year - 2));
    let next = year + 1;
    let fixtures = format!(
        "Div,Date,Time,HomeTeam,AwayTeam\nE0,05/12/{next},15:00,Penrose,Fenby\nE0,06/12/{next},15:00,Penroze,Fenby\n"
    );
    let fixtures = place.write("fixtures.csv", fixtures);
    place.ingest(0, "football-data", &[&results]);
    let said = place.run(&["ingest", "football-data", fixtures.to_str().unwrap()]).ending(0);
    let doctor = place.run(&["doctor"]).ending(0);
    for said in [said.out, doctor.out] {
        let line = said.lines().find(|line| line.contains("has fixtures and no result"));
        assert!(line.is_some_and(|l| l.contains("Penroze") && l.contains("resembles Penrose")), "{said}");
        assert!(said.contains("names merge"), "{said}");
    }
}

#[test]
fn overdue_fixtures_are_counted_by_the_doctor() {
    let place = Place::new();
    let fixtures = "Div,Date,Time,HomeTeam,AwayTeam\nE0,01/11/2025,15:00,Ashmoor,Fenby\nE0,02/11/2025,20:00,Lorne,Kelby\n";
    let fixtures = place.write("fixtures.csv", fixtures);
    let report = place.ingest(0, "football-data", &[&fixtures]);
    assert_eq!((&report["new"], &report["findings"]["missing_score"]["count"]), (&2.into(), &1.into()));
    let doctor = place.run(&["doctor"]).ending(0);
    assert!(
        doctor.out.contains("2 matches were due more than a day ago and have no result (E0 2)"),
        "{doctor:?}"
    );
}

#[test]
fn what_a_person_says_of_a_file_is_remembered() {
    let place = Place::new();
    let file = place.write("premier-league/season.csv", season(2022).replace("Div,", "").replace("E0,", ""));
    let refused = place.run(&["ingest", "football-data", file.to_str().unwrap()]).ending(4);
    assert!(refused.out.contains("--league E0"), "{refused:?}");
    let arguments = ["ingest", "football-data", "--json", "--league", "E0", file.to_str().unwrap()];
    let report = place.run(&arguments).ending(0).json();
    assert_eq!((&report["new"], &report["store"]["leagues"]), (&30.into(), &1.into()));
    let again = place.run(&["reprocess", "--json"]).ending(0).json();
    assert_eq!((&again["unchanged"], &again["rejected_documents"]), (&30.into(), &0.into()), "{again:#}");
}

#[test]
fn an_explanation_shows_how_a_file_is_understood_and_writes_nothing() {
    let place = Place::new();
    let file = place.write("2223/E0.csv", season(2022).replace(',', ";"));
    let cup = place.write("2223/cup.csv", "a,b\n1,2\n");
    let said = place
        .run(&["ingest", "football-data", "--explain", file.to_str().unwrap(), cup.to_str().unwrap()])
        .ending(3);
    for words in [
        "semicolons",
        "day first",
        "the column Div",
        "2022-23",
        "Ashmoor - Fenby 1-0",
        "refused",
        "nothing was written",
    ] {
        assert!(said.out.contains(words), "{words:?} is missing: {said:?}");
    }
    assert!(!place.data().join("touchline.db").exists());
}

#[test]
fn whoever_stops_reading_is_no_error() {
    let place = Place::new();
    let file = place.write("2223/E0.csv", season(2022).replace(",H\n", ",A\n").replace(",1,0,A", ",x,0,A"));
    place.run(&["ingest", "football-data", file.to_str().unwrap()]);
    let file = file.to_str().unwrap();
    for arguments in [
        &["ingest", "football-data", file][..],
        &["ingest", "football-data", "--explain", file],
        &["doctor"],
        &["names", "list"],
        &["config", "show"],
        &["models", "list"],
        &["reprocess", "--json"],
        &["--help"],
    ] {
        let mut child =
            place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let status = child.wait().unwrap();
        assert!(!said.contains("panicked") && !said.contains("roken pipe"), "{arguments:?}: {said}");
        assert!(status.code().is_some(), "{arguments:?} was killed: {status}");
    }
}
