//! Damaged bytes: no reader panics, no row goes missing without a word, and damage to one row costs no other.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Utc};
use flate2::{Compression, write::GzEncoder};
use std::collections::BTreeSet;
use std::io::Write;
use touchline_collect::sources::api_football::ApiFootball;
use touchline_collect::sources::challenge::{Challenge, read_fixtures};
use touchline_collect::sources::football_data::FootballData;
use touchline_collect::sources::openfootball::OpenFootball;
use touchline_collect::sources::simulated::Simulated;
use touchline_collect::{Document, DocumentError, Parsed, Source};
use touchline_domain::MatchStatus;

/// Mutations of each fixture.
const ROUNDS: u64 = 5_000;

const MODERN: &str = "\u{feff}Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,Referee,HS,AS,QQH,QQD,QQA,QQCH,QQCD,QQCA,QQ>2.5,QQ<2.5,AHh,QQAHH,QQAHA\n\
E0,06/08/2022,15:00,Aau,Bäu,2,1,H,1,0,A Pfiff,12,7,1.8,3.6,4.75,1.75,3.7,4.9,1.9,1.95,-0.75,1.93,1.97\n\
E0,06/08/2022,17:30,Cau,\"Dau, Stadt\",0,0,D,0,0,B Pfiff,3,4,2.8,3.1,2.6,2.75,3.2,2.7,2.1,1.8,0.25,2.03,1.87\n\
,,,,,,,,,,,,,,,,,,,,,,,\n\
E1,13/08/2022,15:00,Eau,Fau,1,3,A,1,1,C Pfiff,9,9,3.1,3.3,2.3,,,,,,,,\n\
E0,27/05/2023,15:00,Bäu,Aau,,,,,,,,,,,,,,,,,,,\n";

const OLD: &[u8] = b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,,,GBH,GBD,GBA,GBAHH,GBAHA,GBAH\r\n\
D1,09/08/02,K\xf6nau,Lau,1,0,H,,,1.8,3.3,4,1.9,1.9,-0.5,,\r\n\
D1,10/08/02,Mau,Nau,2,2,D,,,2.1,3.2,3\r\n\
D1,17/08/02,Lau,Mau,0,4,A,,,2.4,3.2,2.6,1.9,1.9,0,,,,\r\n";

const EXTRA: &str = "Country,League,Season,Date,Time,Home,Away,HG,AG,Res,PSCH,PSCD,PSCA\n\
Argentina,Liga ,2012/2013,03/08/2012,23:00,Aau,Bau,1,0,H,1.9,3.4,5\nArgentina,Liga,2022,14/02/2022,00:15,Bau,Aau,2,2,D,,,\n";

const CHALLENGE: &str = "Sea,Lge,Date,HT,AT,HS,AS,GD,WDL\n22-23,GER1,04/02/2023,Aau,Bau,3,1,2,W\n\
22-23,GER1,05/02/2023,Cau,Dau,0,0,0,D\n22-23,ENG5,05/02/2023,Eau,Fau,0,2,-2,L\n22-23,GER1,01/04/2023,Bau,Aau,-1,-1,0,D\n";

const FIXTURES: &str =
    "ID,Sea,Lge,Date,HT,AT\n1,22-23,GER1,14/04/2023,Aau,Bau\n2,22-23,GER2,15/04/2023,Cau,Dau\n";

const JSON: &str = r#"{"name": "Eine Liga 2022/23", "matches": [
{"round": "1", "date": "2022-08-06", "time": "15:00", "team1": "Aau", "team2": "Bäu", "score": {"ht": [1, 0], "ft": [2, 1]}},
{"date": "2022-08-07", "team1": {"name": "Cau"}, "team2": "Dau", "score1": 0, "score2": 0},
{"date": "2022-09-07", "team1": "Cau", "team2": "Aau", "score": {}, "status": "cancelled"},
{"date": "2023-05-07", "team1": "Dau", "team2": "Bäu"}]}"#;

const API_FIXTURES: &str = r#"{"get": "fixtures", "parameters": {"league": "79"}, "errors": [], "response": [
{"fixture": {"id": 11, "referee": null, "date": "2022-08-06T13:00:00+00:00", "status": {"short": "FT"}},
"league": {"id": 79, "name": "Zweite", "country": "Germany", "season": 2022},
"teams": {"home": {"id": 1, "name": "Aau"}, "away": {"id": 2, "name": "B\u00e4u"}}, "goals": {"home": 2, "away": 1},
"score": {"halftime": {"home": 1, "away": 0}, "fulltime": {"home": 2, "away": 1}, "extratime": {"home": null, "away": null}}},
{"fixture": {"id": 12, "referee": "P. Fiff", "date": "2023-02-06T19:30:00+00:00", "status": {"short": "PEN"}},
"league": {"id": 81, "name": "Pokal", "country": "Germany", "season": 2022},
"teams": {"home": {"id": 2, "name": "B\u00e4u"}, "away": {"id": 3, "name": "Cau"}}, "goals": {"home": 3, "away": 3},
"score": {"halftime": {"home": 1, "away": 0}, "fulltime": {"home": 2, "away": 2}, "penalty": {"home": 5, "away": 4}}}]}"#;

const API_LINEUPS: &str = r#"{"get": "fixtures/lineups", "parameters": {"fixture": "11"}, "errors": [], "response": [
{"team": {"id": 1, "name": "Aau"}, "formation": "4-4-2",
"startXI": [{"player": {"id": 5, "name": "A. Aal", "number": 1, "pos": "G", "grid": "1:1"}}, {"player": {"id": 6, "name": "B. Barsch", "number": 9, "pos": "F"}}],
"substitutes": [{"player": {"id": 7, "name": "C. Dorsch", "number": null, "pos": "M", "grid": null}}]},
{"team": {"id": 2, "name": "B\u00e4u"}, "formation": null,
"startXI": [{"player": {"id": 8, "name": "D. Esche", "number": 4, "pos": null}}]}]}"#;

const API_EVENTS: &str = r#"{"get": "fixtures/events", "parameters": {"fixture": "11"}, "errors": [], "response": [
{"time": {"elapsed": 12, "extra": null}, "team": {"id": 1, "name": "Aau"}, "player": {"id": 5, "name": "A. Aal"},
"assist": {"id": 6, "name": "B. Barsch"}, "type": "Goal", "detail": "Normal Goal", "comments": null},
{"time": {"elapsed": 45, "extra": 2}, "team": {"id": 2, "name": "Bäu"}, "player": {"id": null, "name": "X."},
"assist": {"id": null, "name": null}, "type": "Card", "detail": "Yellow Card", "comments": "Foul"},
{"time": {"elapsed": 61, "extra": null}, "team": {"id": 1, "name": "Aau"}, "player": {"id": 5, "name": "A. Aal"},
"assist": {"id": 7, "name": "C. Dorsch"}, "type": "subst", "detail": "Substitution 1", "comments": null}]}"#;

const API_ODDS: &str = r#"{"get": "odds", "parameters": {"league": "79"}, "errors": [], "response": [
{"league": {"id": 79}, "fixture": {"id": 11}, "update": "2022-08-05T08:00:00+00:00", "bookmakers": [
{"id": 8, "name": "Wette", "bets": [
{"id": 1, "name": "Match Winner", "values": [{"value": "Home", "odd": "2.10"}, {"value": "Draw", "odd": "3.40"}, {"value": "Away", "odd": "3.25"}]},
{"id": 4, "name": "Asian Handicap", "values": [{"value": "Home -0.25", "odd": "1.90"}, {"value": "Away -0.25", "odd": "1.95"}]},
{"id": 5, "name": "Goals Over/Under", "values": [{"value": "Over 2.5", "odd": "1.85"}, {"value": "Under 2.5", "odd": "1.95"}]}]}]}]}"#;

const API_LIVE: &str = r#"{"get": "odds/live", "parameters": {"fixture": "11"}, "errors": [], "response": [
{"fixture": {"id": 11, "status": {"elapsed": 62}}, "league": {"id": 79}, "update": "2022-08-06T14:20:00+00:00", "odds": [
{"id": 59, "name": "Fulltime Result", "values": [{"value": "Home", "odd": "1.3", "handicap": null, "suspended": false}, {"value": "Draw", "odd": "4.333", "handicap": null, "suspended": true}]},
{"id": 69, "name": "Both Teams to Score", "values": [{"value": "Yes", "odd": "1.6", "handicap": null, "suspended": false}]}]}]}"#;

const API_INJURIES: &str = r#"{"get": "injuries", "parameters": {"league": "79"}, "errors": [], "response": [
{"player": {"id": 9, "name": "E. Fichte", "type": "Missing Fixture", "reason": "Knee Injury"}, "team": {"id": 1, "name": "Aau"}, "fixture": {"id": 11}},
{"player": {"id": 10, "name": "F. Ginster", "type": "Questionable", "reason": null}, "team": {"id": 2, "name": "B\u00e4u"}, "fixture": {"id": 11}}]}"#;

const API_STATISTICS: &str = r#"{"get": "fixtures/statistics", "parameters": {"fixture": 11}, "errors": [], "response": [
{"team": {"id": 1, "name": "Aau"}, "statistics": [{"type": "Total Shots", "value": 9}, {"type": "Ball Possession", "value": "39%"}]},
{"team": {"id": 2, "name": "B\u00e4u"}, "statistics": [{"type": "Red Cards", "value": null}, {"type": "expected_goals", "value": "0.25"}]}]}"#;

/// A linear congruential generator is random enough to choose bytes.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

fn today() -> DateTime<Utc> {
    "2023-03-01T12:00:00Z".parse().unwrap()
}

/// Pieces that mean something somewhere.
const PIECES: [&[u8]; 18] = [
    b",",
    b"\"",
    b"\"\"",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xc3",
    b"-1",
    b"120",
    b"1e308",
    b"NaN",
    b"29/02/1900",
    b"{",
    b"[",
    b"null",
    b"\\u0000",
    b"99999999999999999999",
];

fn mutate(original: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len());
        let to = (at + dice.roll(12)).min(bytes.len());
        match dice.roll(6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.roll(8),
            1 => drop(bytes.drain(at..to)),
            2 => drop(bytes.splice(at..at, PIECES[dice.roll(PIECES.len())].iter().copied())),
            3 => bytes.truncate(at),
            4 => {
                let copied = bytes[at..to].to_vec();
                let target = dice.roll(bytes.len());
                drop(bytes.splice(target..target, copied));
            }
            _ => drop(bytes.splice(at..to, PIECES[dice.roll(PIECES.len())].iter().copied())),
        }
    }
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What holds of everything that a reader answers.
fn check(parsed: &Parsed) {
    let lost: BTreeSet<u32> =
        parsed.rejections.iter().filter(|r| !r.kind.keeps_match() && r.line > 0).map(|r| r.line).collect();
    // A row of prices holds many facts.
    let lines = parsed.matches.iter().map(|m| m.line).chain(parsed.facts.iter().map(|fact| fact.line));
    let read: BTreeSet<u32> = lines.collect();
    assert_eq!((read.len() + lost.len()) as u64, parsed.rows, "{:?}", parsed.rejections);
    assert!(parsed.payloads.keys().all(|line| read.contains(line)));
    for rejection in &parsed.rejections {
        assert!(!rejection.message.is_empty() && !rejection.data.contains(char::is_control), "{rejection:?}");
        assert!(rejection.message.len() < 1_000, "{rejection:?}");
    }
    for found in &parsed.matches {
        assert!(found.league < parsed.leagues.len());
        assert!(found.home != found.away && !found.home.is_empty() && !found.away.is_empty());
        assert!(found.score.is_none() || found.kickoff.at.date_naive() <= today().date_naive());
        match found.status {
            MatchStatus::Finished => assert!(found.score.is_some()),
            MatchStatus::Awarded => {}
            _ => assert!(found.score.is_none()),
        }
        if let Some(half) = found.half_time {
            let score = found.score.unwrap();
            assert!(half.home <= score.home && half.away <= score.away);
        }
        for quote in &found.odds {
            assert!(quote.known_at < found.kickoff.at && quote.known_at_imputed);
            assert!(quote.prices.iter().any(Option::is_some));
        }
    }
}

fn sources() -> Vec<(Box<dyn Source>, &'static str, Vec<u8>)> {
    vec![
        (Box::new(FootballData), "2223/E0.csv", MODERN.into()),
        (Box::new(FootballData), "results.csv", OLD.into()),
        (Box::new(FootballData), "new/ARG.csv", EXTRA.into()),
        (Box::new(Challenge), "train.csv", CHALLENGE.into()),
        (Box::new(Simulated), "simulated/2223/SIM1.csv", MODERN.replace("E0,", "SIM1,").into()),
        (Box::new(OpenFootball), "2022-23/en.1.json", JSON.into()),
        (Box::new(ApiFootball), "fixtures.json", API_FIXTURES.into()),
        (Box::new(ApiFootball), "lineups.json", API_LINEUPS.into()),
        (Box::new(ApiFootball), "injuries.json", API_INJURIES.into()),
        (Box::new(ApiFootball), "statistics.json", API_STATISTICS.into()),
        (Box::new(ApiFootball), "events.json", API_EVENTS.into()),
        (Box::new(ApiFootball), "odds.json", API_ODDS.into()),
        (Box::new(ApiFootball), "live.json", API_LIVE.into()),
    ]
}

#[test]
fn the_fixtures_themselves_are_read_without_loss() {
    for (source, name, bytes) in sources() {
        let parsed = source.parse(&Document { name, bytes: &bytes }, today()).unwrap();
        check(&parsed);
        // Fixtures that are overdue are a note.
        let faults: Vec<_> = parsed
            .rejections
            .iter()
            .filter(|r| r.kind.name() != "unknown_league" && !r.kind.is_note())
            .collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
        assert!(parsed.matches.len() + parsed.facts.len() >= 2, "{name}");
        let packed = gzip(&bytes);
        assert_eq!(
            source.parse(&Document { name, bytes: &packed }, today()).unwrap(),
            parsed,
            "{name}, packed"
        );
    }
}

#[test]
fn no_mutation_makes_a_reader_panic_or_lose_a_row_silently() {
    let mut dice = Dice(1);
    let (mut read, mut refused) = (0_u64, BTreeSet::new());
    for (source, name, bytes) in sources() {
        for round in 0..ROUNDS {
            let mut mutated = mutate(&bytes, &mut dice);
            if round % 10 == 0 {
                mutated = mutate(&gzip(&mutated), &mut dice);
            }
            let mutated_name = String::from_utf8_lossy(&mutate(name.as_bytes(), &mut dice)).into_owned();
            let name = if round % 3 == 0 { &mutated_name } else { name };
            match source.parse(&Document { name, bytes: &mutated }, today()) {
                Ok(parsed) => {
                    check(&parsed);
                    read += 1;
                }
                Err(error) => drop(refused.insert(error.name())),
            }
        }
    }
    println!("{read} mutations read; refused as {refused:?}");
    assert!(read > ROUNDS, "most damage leaves something to read");
    for name in ["truncated_gzip", "wrong_columns", "malformed_json", "not_text"] {
        assert!(refused.contains(name), "no mutation was refused as {name}: {refused:?}");
    }
}

#[test]
fn no_mutation_of_fixtures_to_forecast_panics() {
    let mut dice = Dice(2);
    for _ in 0..ROUNDS {
        let bytes = mutate(FIXTURES.as_bytes(), &mut dice);
        if let Ok(fixtures) = read_fixtures(&Document { name: "fixtures.csv", bytes: &bytes }) {
            let ids: BTreeSet<&str> = fixtures.rows.iter().map(|row| row.id.as_str()).collect();
            assert_eq!(ids.len(), fixtures.rows.len());
            assert!(fixtures.rows.iter().all(|row| row.home != row.away));
        }
    }
}

fn is_json(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|extension| extension == "json")
}

#[test]
fn damage_to_one_row_costs_no_other() {
    let mut dice = Dice(3);
    for (source, name, bytes) in sources().into_iter().filter(|(_, name, _)| !is_json(name)) {
        let rows = |bytes: &[u8]| -> Vec<String> {
            let parsed = source.parse(&Document { name, bytes }, today()).unwrap();
            let code = |index: usize| parsed.leagues[index].code.clone();
            let show = |m: &touchline_collect::SourceMatch| {
                let mut shown = m.clone();
                shown.league = 0;
                format!("{} {shown:?}", code(m.league))
            };
            parsed.matches.iter().map(show).collect()
        };
        let whole = rows(&bytes);
        let body = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
        for _ in 0..1_000 {
            let at = body + dice.roll(bytes.len() - body);
            let byte = dice.roll(256) as u8;
            if bytes[at] == b'\n' || byte == b'\n' {
                continue;
            }
            let mut damaged = bytes.clone();
            damaged[at] = byte;
            let left = rows(&damaged);
            let kept = whole.iter().filter(|row| left.contains(row)).count();
            assert!(kept + 1 >= whole.len(), "{name}: byte {at} as {byte:#x} cost {}", whole.len() - kept);
        }
    }
}

#[test]
fn every_document_that_is_none_is_refused_with_advice() {
    let mut huge = MODERN.as_bytes().to_vec();
    huge.resize(200 << 20, b'x');
    let packed = gzip(CHALLENGE.as_bytes());
    let documents: [(&[u8], &str); 7] = [
        (b"<!DOCTYPE html><html><title>503 Service Unavailable</title></html>", "web page"),
        (&packed[..packed.len() / 2], "broke off"),
        (&huge, "longer than"),
        (&huge[MODERN.len()..], "longer than"),
        (b"", "empty"),
        (b"D\0i\0v\0,\0", "not text"),
        (b"when,who,whom\n1,2,3\n", "no heading line"),
    ];
    for source in [&FootballData as &dyn Source, &Challenge, &Simulated] {
        for (bytes, advice) in documents {
            let started = std::time::Instant::now();
            let error = source.parse(&Document { name: "E0.csv", bytes }, today()).unwrap_err();
            assert!(
                error.to_string().contains(advice) || matches!(error, DocumentError::WrongColumns { .. }),
                "{}: {error}",
                source.name()
            );
            assert!(started.elapsed().as_secs() < 2, "refused at once");
        }
    }
}
