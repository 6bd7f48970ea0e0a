//! Damaged tables, maps, answers and archives: no reader panics, every row is accounted for, and what is read obeys the
//! rules of matches.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use touchline_collect::sources::fbref::Fbref;
use touchline_collect::sources::football_data_org::FootballDataOrg;
use touchline_collect::sources::openfootball::OpenFootball;
use touchline_collect::sources::understat::Understat;
use touchline_collect::tables::guess::guess;
use touchline_collect::tables::{Map, TableSource, Told, presets};
use touchline_collect::{Document, Parsed, Source, archive};
use touchline_domain::MatchStatus;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Mutations of each fixture.
const ROUNDS: u64 = 2_000;

const TABLE: &str = "timestamp,date_GMT,status,attendance,home_team_name,away_team_name,referee,home_team_goal_count,away_team_goal_count,home_team_goal_count_half_time,away_team_goal_count_half_time,home_team_shots,away_team_shots,team_a_xg,team_b_xg,odds_ft_home_team_win,odds_ft_draw,odds_ft_away_team_win\n\
1659794400,Aug 06 2022 - 2:00pm,complete,41234,Aau,B\u{e4}u,P Fiff,2,1,1,0,9,8,1.4,0.8,2.1,3.4,3.6\n\
x,Aug 07 2022 - 2:00pm,suspended,-1,Cau,\"Dau, Stadt\",N/A,0,0,0,0,-1,-1,0,0,0,0,0\n\
1685196000,May 27 2023 - 2:00pm,incomplete,-1,Bau,Aau,,,,,,,,,,1.9,3.5,4\n";

const PRICES: &str = "game_id;commence_time;in_play;bookmaker;last_update;home_team;away_team;market;label;price;point\n\
a1;2023-07-02T14:00:00Z;0;Wette;2023-02-28T09:00:00Z;Aau;Bau;h2h;Aau;2.1;\n\
a1;2023-07-02T14:00:00Z;0;Wette;2023-02-28T09:00:00Z;Aau;Bau;h2h;Draw;3,2;\n\
a2;2023-07-03T14:00:00Z;0;Wette;2023-02-28T09:00:00Z;Cau;Dau;spreads;Dau;1.9;0.5\n";

const ORG: &str = r#"{"competition": {"code": "PL", "name": "Premier League", "type": "LEAGUE"}, "matches": [
{"id": 1, "utcDate": "2022-08-06T14:00:00Z", "status": "FINISHED", "area": {"name": "England"}, "season": {"startDate": "2022-08-05", "endDate": "2023-05-28"},
"homeTeam": {"name": "Aau"}, "awayTeam": {"name": "B\u00e4u"}, "score": {"duration": "REGULAR", "fullTime": {"home": 2, "away": 1}, "halfTime": {"home": 1, "away": 0}}, "referees": []},
{"id": 2, "utcDate": "2022-08-07T14:00:00Z", "status": "FINISHED", "season": {"startDate": "2022-08-05", "endDate": "2023-05-28"}, "homeTeam": {"name": "Cau"}, "awayTeam": {"name": "Dau"},
"score": {"duration": "EXTRA_TIME", "fullTime": {"home": 3, "away": 2}, "regularTime": {"home": 2, "away": 2}}},
{"id": 3, "utcDate": "2023-05-07T14:00:00Z", "status": "TIMED", "season": {"startDate": "2022-08-05", "endDate": "2023-05-28"}, "homeTeam": {"name": null}, "awayTeam": {"name": "Dau"}, "score": {}}]}"#;

const XG: &str = r#"[{"id": "7", "isResult": true, "h": {"title": "Aau"}, "a": {"title": "Bau"}, "goals": {"h": "2", "a": "1"}, "xG": {"h": "1.25", "a": "0.5"}, "datetime": "2022-08-06 14:00:00"},
{"id": "8", "isResult": false, "h": {"title": "Bau"}, "a": {"title": "Aau"}, "goals": {"h": null, "a": null}, "xG": {"h": null, "a": null}, "datetime": "2023-05-06 14:00:00"}]"#;

const PAGE: &str = r#"<html><table id="sched"><tr><th data-stat="home_team">Home</th></tr>
<tr><td data-stat="date"><a href="/en/matches/2022-08-06">2022-08-06</a></td><td data-stat="start_time"><span class="venuetime" data-venue-epoch="1659794400">15:00</span></td>
<td data-stat="home_team">Aau</td><td data-stat="home_xg">1.4</td><td data-stat="score"><a href="/en/matches/0a1b2c3d/x-Premier-League">2&ndash;1</a></td><td data-stat="away_xg">0.8</td><td data-stat="away_team">B&auml;u</td><td data-stat="attendance">41,234</td><td data-stat="notes"></td></tr>
<tr><td data-stat="date">2023-05-06</td><td data-stat="home_team">Cau</td><td data-stat="score"></td><td data-stat="away_team">Dau</td><td data-stat="notes">Match Postponed</td></tr></table>"#;

const TEXT: &str = "= English Premier League 2022/23\n\n» Matchday 1\n  Sat Aug/6 2022\n    15.00  Aau FC        v Bäu            2-1 (1-0)\n           Cau           v Dau            0-0\n  [Sun Aug 7]\n    Eau   3-1 (2-0)   Fau\nMon Jan/2\n  17:30  Bäu v Aau FC   2-3 a.e.t. (1-1, 0-1)\n  Dau v Fau  [cancelled]\nSat May/27\n  Dau v Aau FC\n";

const MAP: &str = r#"name = "my-table"
[file]
separator = ","
missing = ["", "k.A."]
[columns]
date = "Tag"
home = ["Heim", "Home"]
away = "Gast"
score = "Ergebnis"
league = "Liga"
[dates]
formats = ["%d.%m.%Y", "%Y-%m-%d %H:%M %z"]
timezone = "Europe/Berlin"
[seasons]
year = "end"
[statuses]
gespielt = "finished"
[leagues]
Oberhaus = "D1"
Unterhaus = { code = "X9", name = "Unterhaus", country = "Germany", level = 9 }
[statistics]
shots = ["S1", "S2"]
[[odds]]
bookmaker = "Toto"
market = "over_under"
phase = "closing"
columns = ["Mehr", "Weniger"]
line = 2.5
"#;

/// A linear congruential generator is random enough to choose bytes.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

fn now() -> DateTime<Utc> {
    "2023-03-01T12:00:00Z".parse().unwrap()
}

/// Pieces that mean something somewhere.
const PIECES: [&[u8]; 20] = [
    b",",
    b";",
    b"\"",
    b"\n",
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
    b"99999999999999999999",
    b"(",
    b"a.e.t.",
    b"<td data-stat=\"date\">",
    b"%",
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

/// What holds of everything that a reader answers.
fn check(parsed: &Parsed, rows_are_matches: bool) {
    let lost: BTreeSet<u32> =
        parsed.rejections.iter().filter(|r| !r.kind.keeps_match() && r.line > 0).map(|r| r.line).collect();
    let read: BTreeSet<u32> = parsed.matches.iter().map(|m| m.line).collect();
    if rows_are_matches {
        assert_eq!((read.len() + lost.len()) as u64, parsed.rows, "{:?}", parsed.rejections);
    }
    for rejection in &parsed.rejections {
        assert!(!rejection.message.is_empty() && !rejection.data.contains(char::is_control), "{rejection:?}");
        assert!(rejection.message.len() < 1_000, "{rejection:?}");
    }
    for found in &parsed.matches {
        assert!(found.league < parsed.leagues.len());
        assert!(found.home != found.away && !found.home.is_empty() && !found.away.is_empty());
        assert!(found.score.is_none() || found.kickoff.at.date_naive() <= now().date_naive());
        match found.status {
            MatchStatus::Finished => assert!(found.score.is_some()),
            MatchStatus::Awarded => {}
            _ => assert!(found.score.is_none()),
        }
        if let (Some(half), Some(score)) = (found.half_time, found.score) {
            assert!(half.home <= score.home && half.away <= score.away);
        }
        for quote in &found.odds {
            assert!(quote.prices.iter().any(Option::is_some) && !quote.bookmaker.is_empty());
        }
    }
}

fn preset(name: &str) -> TableSource {
    let told = Told { league: Some("E0".to_owned()), ..Told::default() };
    TableSource::new(presets::by_name(name).unwrap().clone(), told).unwrap()
}

#[test]
fn damaged_documents_of_every_reader_are_read_or_refused() {
    let (footystats, prices) = (preset("footystats"), preset("odds-rows"));
    let readers: [(&dyn Source, &str, &str, bool); 6] = [
        (&footystats, "england-premier-league-matches-2022-to-2023-stats.csv", TABLE, true),
        (&prices, "odds.csv", PRICES, false),
        (&FootballDataOrg, "pl.json", ORG, true),
        (&Understat, "EPL_2022.json", XG, true),
        (&Fbref, "2022-23/page.html", PAGE, true),
        (&OpenFootball, "2022-23/en.1.txt", TEXT, true),
    ];
    for (reader, name, text, rows_are_matches) in readers {
        let document = Document { name, bytes: text.as_bytes() };
        let clean = reader.parse(&document, now()).unwrap();
        check(&clean, rows_are_matches);
        assert!(clean.matches.len() >= 2, "{name}: {:?}", clean.rejections);
        let mut dice = Dice(7);
        for _ in 0..ROUNDS {
            let bytes = mutate(text.as_bytes(), &mut dice);
            if let Ok(parsed) = reader.parse(&Document { name, bytes: &bytes }, now()) {
                check(&parsed, rows_are_matches);
            }
        }
    }
}

#[test]
fn damaged_maps_are_read_or_refused_with_a_line() {
    Map::parse(MAP).unwrap();
    let mut dice = Dice(11);
    for _ in 0..ROUNDS {
        let bytes = mutate(MAP.as_bytes(), &mut dice);
        let text = String::from_utf8_lossy(&bytes);
        match Map::parse(&text) {
            Ok(map) => {
                let source = TableSource::new(map, Told::default());
                let reading = source.as_ref().ok().and_then(|source| source.reading()).map(str::to_owned);
                if let (Ok(source), Some(reading)) = (&source, reading) {
                    assert!(TableSource::of_reading(source.name(), &reading).is_ok());
                }
            }
            Err(error) => assert!(error.line >= 1 && error.line <= text.lines().count() + 1, "{error}"),
        }
    }
}

#[test]
fn a_map_is_guessed_of_anything_or_nothing() {
    let mut dice = Dice(13);
    let told = Told { league: Some("E0".to_owned()), ..Told::default() };
    for text in [TABLE, "Date;Home;Away;Score\n06/08/2022;Aau;Bau;2-1\n13/08/2022;Bau;Aau;0-0\n"] {
        for _ in 0..ROUNDS / 4 {
            let bytes = mutate(text.as_bytes(), &mut dice);
            if let Ok(guess) = guess(&Document { name: "a/b.csv", bytes: &bytes }, &told, now()) {
                let parsed = Map::parse(&guess.map);
                assert!(parsed.is_ok(), "{}\n{}", guess.map, parsed.unwrap_err());
            }
        }
    }
}

#[test]
fn damaged_archives_and_workbooks_are_read_or_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("a/E0.csv", TABLE), ("b.csv", PRICES), ("[Content_Types].xml", "<Types/>")] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let packed = writer.finish().unwrap().into_inner();
    let source = preset("footystats");
    let mut dice = Dice(17);
    for _ in 0..ROUNDS {
        let bytes = mutate(&packed, &mut dice);
        drop(archive::entries(&bytes, |_| true));
        drop(source.parse(&Document { name: "x.xlsx", bytes: &bytes }, now()));
    }
}
