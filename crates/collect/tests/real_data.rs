//! The readers against recorded files, which are not part of the repository: each test says so and ends where
//! they are absent. `TOUCHLINE_SHARED_DATA` names their folder; without it `shared/data` beside the repository.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use touchline_collect::sources::api_football::ApiFootball;
use touchline_collect::sources::challenge::{Challenge, read_fixtures};
use touchline_collect::sources::football_data::FootballData;
use touchline_collect::sources::openfootball::OpenFootball;
use touchline_collect::{Document, DocumentError, Parsed, Source, SourceFact};
use touchline_domain::MatchStatus;

fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TOUCHLINE_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    println!("skipped: {} is absent", found.display());
    None
}

fn today() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn read(source: &dyn Source, path: &Path) -> Parsed {
    let folder = path.parent().and_then(Path::file_name).unwrap().to_str().unwrap();
    let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
    let bytes = std::fs::read(path).unwrap();
    source.parse(&Document { name: &name, bytes: &bytes }, today()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Counts by kind.
fn kinds(parsed: &[Parsed]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for rejection in parsed.iter().flat_map(|p| &p.rejections) {
        *counts.entry(rejection.kind.name()).or_default() += 1;
    }
    counts
}

#[test]
fn football_data_since_1993_is_read_without_loss() {
    let Some(folder) = shared("football-data") else { return };
    let paths = files(&folder, "csv");
    let parsed: Vec<Parsed> = paths.iter().map(|path| read(&FootballData, path)).collect();
    let mut by_league = BTreeMap::new();
    for document in &parsed {
        for found in &document.matches {
            assert_eq!(found.status, MatchStatus::Finished);
            *by_league.entry(document.leagues[found.league].code.as_str()).or_insert(0) += 1;
        }
    }
    assert_eq!(paths.len(), 145);
    let expected = [("D1", 8874), ("E0", 11184), ("F1", 10549), ("I1", 10206), ("SP1", 11184)];
    assert_eq!(by_league.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(parsed.iter().map(|p| p.rows).sum::<u64>(), 51_997);
    assert_eq!(parsed.iter().map(|p| p.empty_rows).sum::<u64>(), 5_050);
    // Odds of 0, totals of 0.42, a handicap as a price, handicaps of -1.2, 1.28 and 3.4, ten blank ones.
    assert_eq!(kinds(&parsed), BTreeMap::from([("malformed_odds", 18)]));
    for rejection in parsed.iter().flat_map(|p| &p.rejections) {
        assert!(rejection.kind.keeps_match(), "{rejection:?}");
    }
    for (path, document) in paths.iter().zip(&parsed) {
        let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let season = touchline_domain::Season::from_short(folder).unwrap();
        assert!(document.matches.iter().all(|m| m.season == season), "{}", path.display());
    }
    let odds = || parsed.iter().flat_map(|p| &p.matches).flat_map(|m| &m.odds);
    let mut counts = BTreeMap::new();
    for quote in odds() {
        *counts.entry((quote.market.name(), quote.phase.name())).or_insert(0) += 1;
    }
    // As counted by an independent script over the same headings, less the 21 quotes that are rejected.
    let expected = [
        (("1x2", "closing"), 55_765),
        (("1x2", "pre_match"), 365_584),
        (("asian_handicap", "closing"), 21_506),
        (("asian_handicap", "pre_match"), 82_137),
        (("over_under", "closing"), 21_495),
        (("over_under", "pre_match"), 81_202),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    println!("{} quotes", odds().count());
}

#[test]
fn the_season_of_a_file_follows_from_its_dates_alone() {
    let Some(folder) = shared("football-data") else { return };
    for path in files(&folder, "csv") {
        let expected = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let expected = touchline_domain::Season::from_short(expected).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let parsed = FootballData.parse(&Document { name: "results.csv", bytes: &bytes }, today()).unwrap();
        assert!(parsed.matches.iter().all(|m| m.season == expected), "{}", path.display());
    }
}

#[test]
fn every_recorded_shape_of_football_data_is_read() {
    let Some(folder) = shared("payloads/football-data-co-uk") else { return };
    for path in files(&folder, "csv") {
        let parsed = read(&FootballData, &path);
        println!(
            "{}: {} rows, {} matches, {} leagues, {} quotes, rejected {:?}",
            path.file_name().unwrap().display(),
            parsed.rows,
            parsed.matches.len(),
            parsed.leagues.len(),
            parsed.matches.iter().map(|m| m.odds.len()).sum::<usize>(),
            kinds(std::slice::from_ref(&parsed)),
        );
        for rejection in &parsed.rejections {
            println!("    {rejection:?}");
            assert!(rejection.kind.keeps_match(), "{rejection:?}");
        }
        assert_eq!(parsed.matches.len() as u64, parsed.rows);
    }
}

#[test]
fn the_challenge_has_299_214_matches_of_51_leagues() {
    let Some(path) = shared("soccer-prediction-challenge-2023/train.csv.gz") else { return };
    let started = std::time::Instant::now();
    let parsed = read(&Challenge, &path);
    println!("{} matches in {:?}", parsed.matches.len(), started.elapsed());
    assert_eq!((parsed.matches.len(), parsed.rows, parsed.leagues.len()), (299_214, 299_214, 51));
    // Clubs that withdrew after a few matches, two clubs whose place another one took over, and one under two names; dates
    // that are wrong, and matches that the data do not have.
    assert_eq!(
        kinds(std::slice::from_ref(&parsed)),
        BTreeMap::from([
            ("club_with_few_matches", 6),
            ("lacking_matches", 1),
            ("repeated_match", 1),
            ("split_club", 2),
            ("two_matches_a_day", 8)
        ])
    );
    assert!(parsed.rejections.iter().all(|r| r.kind.is_note()), "{:?}", parsed.rejections);
    let unplayed = parsed.matches.iter().filter(|m| m.status == MatchStatus::Scheduled);
    assert_eq!(unplayed.inspect(|m| assert!(m.score.is_none())).count(), 7);
    let mut teams = std::collections::HashSet::new();
    for found in &parsed.matches {
        teams.insert((found.league, found.home.as_str()));
        teams.insert((found.league, found.away.as_str()));
    }
    assert_eq!(teams.len(), 2_225);
    assert!(parsed.leagues.iter().all(|l| l.country.len() > 3), "every country has its name");
}

#[test]
fn the_challenge_asks_for_714_forecasts() {
    let Some(path) = shared("soccer-prediction-challenge-2023/fixtures.csv") else { return };
    let bytes = std::fs::read(path).unwrap();
    let fixtures = read_fixtures(&Document { name: "fixtures.csv", bytes: &bytes }).unwrap();
    println!("{} rows, {:?}", fixtures.rows.len(), fixtures.rejections);
    assert_eq!((fixtures.rows.len(), fixtures.rejections.len()), (714, 0));
}

#[test]
fn every_recorded_shape_of_openfootball_is_read() {
    let Some(folder) = shared("payloads/openfootball") else { return };
    let expected = [
        ("2010-11-en.1.json", 380, "2010-11"),
        ("2014-15-en.1-old-rounds-shape.json", 20, "2014-15"),
        ("2018-19-ch.1-awarded-rows.json", 13, "2018-19"),
        ("2019-20-be.1-cancelled-rows.json", 12, "2019-20"),
        ("2019-20-uefa.cl.json", 119, "2019-20"),
        ("2020-21-mx.1-penalties-without-et-rows.json", 13, "2020-21"),
        ("2021-22-en.2-playoff-rows.json", 60, "2021-22"),
        ("2022-23-de.1.json", 306, "2022-23"),
        ("2023-24-en.1.json", 380, "2023-24"),
    ];
    let paths = files(&folder, "json");
    for (path, (name, matches, season)) in paths.iter().zip(expected) {
        assert_eq!(path.file_name().unwrap(), name);
        let parsed = read(&OpenFootball, path);
        assert_eq!(parsed.rejections, [], "{name}");
        assert_eq!(parsed.matches.len(), matches, "{name}");
        assert!(parsed.matches.iter().all(|m| m.season.to_string() == season), "{name}");
        let count = |status| parsed.matches.iter().filter(|m| m.status == status).count();
        println!(
            "{name}: {} finished, {} cancelled, {} awarded, {} scheduled",
            count(MatchStatus::Finished),
            count(MatchStatus::Cancelled),
            count(MatchStatus::Awarded),
            count(MatchStatus::Scheduled)
        );
    }
    assert_eq!(paths.len(), expected.len());
}

#[test]
fn every_recorded_answer_of_api_football_is_read_or_refused() {
    let Some(folder) = shared("payloads/api-football") else { return };
    // Matches, facts, and values that are left out.
    let expected = [
        ("docs-fixtures-events.json", (0, 18, 0)),
        ("docs-fixtures-headtohead.json", (1, 0, 0)),
        ("docs-fixtures-lineups.json", (0, 2, 0)),
        ("docs-fixtures-live.json", (1, 0, 0)),
        ("docs-fixtures-statistics.json", (0, 1, 0)),
        ("docs-odds-live.json", (0, 2, 0)),
        ("fixture-events.json", (0, 9, 0)),
        ("fixture-lineup-full.json", (0, 2, 0)),
        ("fixture-lineup-startXI.json", (0, 2, 0)),
        ("fixture-stats-ball-possession.json", (0, 1, 0)),
        ("fixtures-bundes-ns-pst.json", (71, 0, 0)),
        ("fixtures-live-all-20240228.json", (14, 0, 0)),
        ("fixtures-rpl-2022-range.json", (8, 0, 0)),
        ("head-to-head-mu-mc-2021.json", (8, 0, 0)),
        ("odds-fixture-all-bookmakers.json", (0, 121, 3)),
        ("odds-match-winner-bet365.json", (0, 1, 0)),
    ];
    let mut read = Vec::new();
    for path in files(&folder, "json") {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        match ApiFootball.parse(&Document { name: &name, bytes: &bytes }, today()) {
            Ok(parsed) => {
                assert!(parsed.rejections.iter().all(|r| r.kind.keeps_match()), "{:?}", parsed.rejections);
                for fact in &parsed.facts {
                    if let SourceFact::Lineup { squad, .. } = &fact.fact {
                        assert_eq!(squad.starters().len(), 11, "{name}");
                    }
                }
                read.push((name, (parsed.matches.len(), parsed.facts.len(), parsed.rejections.len())));
            }
            Err(DocumentError::Provider(_)) => {
                let refused = ["error", "plan"].iter().any(|part| name.contains(part));
                assert!(refused, "{name}");
            }
            Err(error) => {
                assert!(error.to_string().contains("this is not the JSON of this source"), "{name}: {error}");
            }
        }
    }
    let read: Vec<_> = read.iter().map(|(name, found)| (name.as_str(), *found)).collect();
    assert_eq!(read, expected);
}
