//! Recorded real answers: each is read right or refused for its reason. They lie outside this repository; without them
//! these tests say so and pass.

#![expect(clippy::print_stderr, clippy::unwrap_used, reason = "tests say why they did nothing")]

use chrono::{DateTime, Utc};
use std::path::PathBuf;
use touchline_collect::sources::by_name;
use touchline_collect::tables::{TableSource, Told, presets};
use touchline_collect::{Document, DocumentError, Parsed, Source};

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("TOUCHLINE_SHARED_DATA").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = named.unwrap_or(beside).join("payloads");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no recorded answers under {}", folder.display());
    None
}

fn now() -> DateTime<Utc> {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

fn parse(source: &dyn Source, name: &str, bytes: &[u8]) -> Result<Parsed, DocumentError> {
    source.parse(&Document { name, bytes }, now())
}

/// Matches, finished ones and rows left out.
fn counts(parsed: &Parsed) -> (usize, usize, usize) {
    let finished = parsed.matches.iter().filter(|m| m.score.is_some()).count();
    let lost = parsed.rejections.iter().filter(|r| !r.kind.keeps_match() && r.line > 0).count();
    (parsed.matches.len(), finished, lost)
}

#[test]
fn answers_that_hold_matches_are_read() {
    let Some(folder) = folder() else { return };
    for (source, file, hint, league, told) in [
        (
            "football-data-org",
            "football-data-org/matches-PL-2025-status-SCHEDULED.json",
            "",
            "PL",
            (12, 0, 0),
        ),
        ("football-data-org", "football-data-org/matches-date-range.json", "", "SA", (18, 0, 0)),
        // Rows of the Champions League are left out: cups are not read from this source.
        ("football-data-org", "football-data-org/team-65-matches.json", "", "PL", (38, 18, 8)),
        ("understat", "understat/league_ajax.json", " [league=EPL]", "E0", (380, 276, 0)),
        ("understat", "understat/league_datesdata.json", " [league=EPL]", "E0", (380, 276, 0)),
        ("understat", "understat/match_matchinfo.json", "", "E0", (1, 1, 0)),
        ("understat", "understat/match.html", "", "E0", (1, 1, 0)),
        ("fbref", "fbref/schedule-premier-league-2020-21-rows.html", "", "E0", (6, 4, 0)),
        ("fbref", "fbref/schedule-premier-league-2024-25-rows.html", "", "E0", (2, 2, 0)),
        ("openfootball", "openfootball/2019-20-cl.txt", "", "uefa.cl", (119, 119, 0)),
        ("openfootball", "openfootball/2025-26-cl.txt", "", "uefa.cl", (189, 188, 0)),
    ] {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let parsed = parse(by_name(source).unwrap(), &format!("{file}{hint}"), &bytes);
        let parsed = parsed.unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(
            counts(&parsed),
            told,
            "{file}: {:?}",
            parsed.rejections.iter().take(5).collect::<Vec<_>>()
        );
        assert_eq!(parsed.leagues[0].code, league, "{file}");
    }
}

#[test]
fn scores_are_those_of_90_minutes() {
    let Some(folder) = folder() else { return };
    let bytes = std::fs::read(folder.join("openfootball/2025-26-cl.txt")).unwrap();
    let parsed = parse(by_name("openfootball").unwrap(), "2025-26-cl.txt", &bytes).unwrap();
    let of = |home: &str, away: &str| {
        let found = parsed.matches.iter().find(|m| m.home.starts_with(home) && m.away.starts_with(away));
        found.unwrap().score.unwrap().to_string()
    };
    assert_eq!(of("Juventus", "Galatasaray"), "3-0", "3-2 after extra time");
    assert_eq!(of("Sporting", "FK Bod"), "3-0", "5-0 after extra time");
    let bytes = std::fs::read(folder.join("understat/league_datesdata.json")).unwrap();
    let parsed = parse(by_name("understat").unwrap(), "EPL.json", &bytes).unwrap();
    let first = &parsed.matches[0];
    assert_eq!((first.home.as_str(), first.score.unwrap().to_string()), ("Fulham", "0-3".to_owned()));
    assert_eq!(first.stats.unwrap().away.expected_goals, Some(2.16287));
    assert_eq!(first.kickoff.at.to_rfc3339(), "2020-09-12T11:30:00+00:00");
}

#[test]
fn answers_without_matches_are_refused_for_their_reason() {
    let Some(folder) = folder() else { return };
    for (source, file, reason) in [
        ("football-data-org", "football-data-org/error-403.json", "provider_error"),
        ("football-data-org", "football-data-org/error-429.json", "provider_error"),
        ("football-data-org", "football-data-org/standings-PL-2025.json", "malformed_json"),
        ("football-data-org", "football-data-org/matches-WC-2026-scheduled.json", "cup"),
        ("football-data-org", "football-data-org/matches-CL-2025.json", "cup"),
        ("understat", "understat/match_shotsdata.json", "malformed_json"),
        ("fbref", "fbref/cloudflare-challenge-head.html", "html"),
    ] {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let error = parse(by_name(source).unwrap(), file, &bytes).unwrap_err();
        assert_eq!(error.name(), reason, "{file}: {error}");
    }
}

#[test]
fn no_recorded_answer_of_any_provider_makes_a_reader_panic() {
    let Some(folder) = folder() else { return };
    let mut files = 0;
    for provider in std::fs::read_dir(folder).unwrap().filter_map(Result::ok).filter(|e| e.path().is_dir()) {
        for file in std::fs::read_dir(provider.path()).unwrap().filter_map(Result::ok) {
            let bytes = std::fs::read(file.path()).unwrap();
            let name = format!("{}/{}", provider.file_name().display(), file.file_name().display());
            for source in ["football-data-org", "understat", "fbref", "openfootball"] {
                drop(parse(by_name(source).unwrap(), &name, &bytes));
            }
            for map in presets::all() {
                drop(parse(&TableSource::new(map.clone(), Told::default()).unwrap(), &name, &bytes));
            }
            files += 1;
        }
    }
    assert!(files > 100, "{files} recorded answers");
}
