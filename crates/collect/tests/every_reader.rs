//! Damaged bytes for every reader of the program and every preset of tables: none panics, no row goes missing without a word,
//! and what is read holds what its type promises. 200,000 inputs, the same in every run; the recordings that lie beside the
//! repository, where they are there, seed a part of them.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what it did")]

use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use touchline_collect::sources::{self, by_name};
use touchline_collect::tables::{TableSource, Told, presets};
use touchline_collect::{Document, Parsed, Source};

/// Inputs of a run in the tests; `TOUCHLINE_MUTATIONS` asks for more.
const INPUTS: u64 = 200_000;
/// Seeds that are larger take too long to read so often.
const LARGEST: usize = 6 << 10;
const THREADS: u64 = 2;

/// Source, name of the document, and a small answer of our own.
const SEEDS: &[(&str, &str, &str)] = &[
    (
        "football-data",
        "2223/E0.csv",
        "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,QQH,QQD,QQA,AHh,QQAHH,QQAHA\nE0,06/08/2022,15:00,Aau,Bäu,2,1,H,1.8,3.6,4.75,-0.75,1.93,1.97\n\
         E0,07/08/2022,17:30,Cau,\"Dau, Stadt\",0,0,D,2.8,3.1,2.6,0.25,2.03,1.87\n,,,,,,,,,,,,,\nE0,27/02/2023,15:00,Bäu,Aau,,,,,,,,,\n",
    ),
    (
        "challenge",
        "train.csv",
        "Sea,Lge,Date,HT,AT,HS,AS,GD,WDL\n22-23,GER1,04/02/2023,Aau,Bau,3,1,2,W\n22-23,GER1,05/02/2023,Cau,Dau,0,0,0,D\n",
    ),
    (
        "openfootball",
        "2022-23/en.1.json",
        r#"{"name": "L 2022/23", "matches": [{"round": "1", "date": "2022-08-06", "time": "15:00", "team1": "Aau", "team2": "Bäu",
        "score": {"ht": [1, 0], "ft": [2, 1], "et": [3, 1], "p": [4, 2]}}, {"date": "2022-08-07", "team1": {"name": "Cau"}, "team2": "Dau", "score1": 0, "score2": 0}]}"#,
    ),
    (
        "openfootball",
        "2019-20-cl.txt",
        "= UEFA Champions League 2019/20\n\nGroup A | Aau  Bäu\n\nMatchday 1\n\nTue Sep/17\n 18:55  Aau (ENG)  3-0 (2-0)  Bäu (GER)\n   21.00 Cau (ESP)  2-3 a.e.t. (1-0, 1-0)  Dau (FRA)\n",
    ),
    (
        "api-football",
        "fixtures.json",
        r#"{"get": "fixtures", "parameters": {"league": "79"}, "errors": [], "response": [{"fixture": {"id": 11, "referee": null,
        "date": "2022-08-06T13:00:00+00:00", "status": {"short": "FT"}}, "league": {"id": 79, "name": "Z", "country": "Germany", "season": 2022},
        "teams": {"home": {"id": 1, "name": "Aau"}, "away": {"id": 2, "name": "B\u00e4u"}}, "goals": {"home": 2, "away": 1},
        "score": {"halftime": {"home": 1, "away": 0}, "fulltime": {"home": 2, "away": 1}}}]}"#,
    ),
    (
        "api-football",
        "odds.json",
        r#"{"get": "odds", "errors": [], "response": [{"league": {"id": 79}, "fixture": {"id": 11}, "update": "2022-08-05T08:00:00+00:00",
        "bookmakers": [{"id": 8, "name": "Wette", "bets": [{"id": 1, "name": "Match Winner", "values": [{"value": "Home", "odd": "2.10"},
        {"value": "Draw", "odd": "3.40"}, {"value": "Away", "odd": "3.25"}]}, {"id": 4, "name": "Asian Handicap", "values": [{"value": "Home -0.25", "odd": "1.90"}, {"value": "Away -0.25", "odd": "1.95"}]}]}]}]}"#,
    ),
    (
        "football-data-org",
        "PL/2022.json",
        r#"{"competition": {"code": "PL", "type": "LEAGUE"}, "matches": [{"id": 1, "utcDate": "2022-08-06T14:00:00Z", "status": "FINISHED", "matchday": 1,
        "competition": {"code": "PL", "type": "LEAGUE"}, "season": {"startDate": "2022-08-05", "endDate": "2023-05-28"},
        "homeTeam": {"id": 1, "name": "Aau FC"}, "awayTeam": {"id": 2, "name": "B\u00e4u"}, "score": {"winner": "HOME_TEAM", "duration": "REGULAR",
        "fullTime": {"home": 2, "away": 1}, "halfTime": {"home": 1, "away": 0}}}]}"#,
    ),
    (
        "the-odds-api",
        "odds/soccer_epl.json",
        r#"[{"id": "a1", "sport_key": "soccer_epl", "commence_time": "2023-03-05T14:00:00Z", "home_team": "Aau", "away_team": "B\u00e4u", "bookmakers":
        [{"key": "wette", "title": "Wette", "last_update": "2023-03-01T10:00:00Z", "markets": [{"key": "h2h", "last_update": "2023-03-01T10:00:00Z", "outcomes":
        [{"name": "Aau", "price": 1.8}, {"name": "B\u00e4u", "price": 4.5}, {"name": "Draw", "price": 3.6}]}, {"key": "totals", "outcomes":
        [{"name": "Over", "price": 1.9, "point": 2.5}, {"name": "Under", "price": 1.95, "point": 2.5}]}]}]}]"#,
    ),
    (
        "understat",
        "understat/EPL_2022.json",
        r#"{"dates": [{"id": "7", "isResult": true, "h": {"title": "Aau"}, "a": {"title": "Bau"}, "goals": {"h": "2", "a": "1"}, "xG": {"h": "1.25", "a": "0.5"},
        "datetime": "2022-08-06 14:00:00"}, {"id": "8", "isResult": false, "h": {"title": "Bau"}, "a": {"title": "Aau"}, "goals": {"h": null, "a": null}, "datetime": "2023-03-06 14:00:00"}]}"#,
    ),
    (
        "understat",
        "match.html",
        r"<html><script>var match_info = JSON.parse('\x7B\x22id\x22:\x229\x22,\x22date\x22:\x222022-08-06 14:00:00\x22,\x22season\x22:\x222022\x22,\x22h_goals\x22:\x220\x22,\x22a_goals\x22:\x223\x22,\x22team_h\x22:\x22Aau\x22,\x22team_a\x22:\x22Bau\x22,\x22league\x22:\x22EPL\x22\x7D');</script>",
    ),
    (
        "fbref",
        "fbref/2022-2023-Premier-League-Scores-and-Fixtures.html",
        r#"<table id="sched"><tbody><tr><th data-stat="gameweek">1</th><td data-stat="date" csk="20220806">2022-08-06</td><td data-stat="start_time"><span class="venuetime" data-venue-epoch="1659794400">15:00</span></td>
        <td data-stat="home_team">Aau</td><td data-stat="home_xg">1.9</td><td data-stat="score"><a href="/en/matches/ab12cd34/A">2&ndash;1</a></td><td data-stat="away_xg">0.8</td><td data-stat="away_team">B&auml;u</td>
        <td data-stat="attendance">41,234</td><td data-stat="referee">P Fiff</td><td data-stat="notes"></td></tr></tbody></table>"#,
    ),
    (
        "fotmob",
        "matches/20220806.json",
        r#"{"leagues": [{"id": 47, "primaryId": 47, "matches": [{"id": 11, "timeTS": 1659794400000, "home": {"id": 1, "name": "Aau", "score": 2}, "away": {"id": 2, "name": "B\u00e4u", "score": 1},
        "status": {"finished": true, "started": true, "cancelled": false, "scoreStr": "2 - 1", "reason": {"short": "FT"}}}]}]}"#,
    ),
    (
        "fotmob",
        "match/31.json",
        r#"{"general": {"matchId": "31", "leagueId": 47, "matchTimeUTCDate": "2022-08-06T14:00:00.000Z", "homeTeam": {"name": "Aau"}, "awayTeam": {"name": "Bau"}},
        "header": {"teams": [{"score": 1}, {"score": 0}], "status": {"finished": true, "started": true}}, "content": {"stats": {"Periods": {"All": {"stats": [{"key": "top_stats", "stats":
        [{"key": "expected_goals", "stats": ["1.75", "0.20"]}, {"key": "corners", "stats": [4, 3]}]}]}}}, "lineup": {"lineupType": "standard", "homeTeam": {"formation": "4-4-2", "starters":
        [{"id": 5, "name": "A. Aal", "usualPlayingPositionId": 0, "shirtNumber": "1"}], "subs": [], "unavailable": [{"id": 9, "name": "U", "unavailability": {"type": "injury"}}]}}}}"#,
    ),
    (
        "clubelo",
        "clubelo/2023-02-01.csv",
        "Rank,Club,Country,Level,Elo,From,To\n1,Aau,ENG,1,2038.4,2023-01-09,2023-02-03\nNone,Bau,SMR,0,716.1,2022-08-29,2023-12-04\n\n",
    ),
    (
        "odds-import",
        "odds.json",
        r#"[{"league": "E0", "commence_time": "2023-03-05T15:00:00Z", "home_team": "Aau", "away_team": "Bau", "bookmaker": "Wette", "market": "h2h", "outcome": "Aau", "price": 1.8, "last_update": "2023-02-28T18:00:00Z"},
        {"league": "E0", "commence_time": "2023-03-05T15:00:00Z", "home_team": "Aau", "away_team": "Bau", "bookmaker": "Wette", "market": "h2h", "outcome": "Bau", "price": "4.4", "last_update": "2023-02-28T18:00:00Z"}]"#,
    ),
    (
        "open-meteo",
        "match-7/20230301T1400Z.json",
        r#"{"utc_offset_seconds": 0, "hourly_units": {"temperature_2m": "°C", "wind_speed_10m": "m/s", "precipitation": "mm"}, "hourly": {"time": ["2023-03-01T14:00", "2023-03-01T15:00", "2023-03-01T16:00"],
        "temperature_2m": [4.0, 4.5, 5.0], "wind_speed_10m": [3.0, 3.5, 4.0], "precipitation": [0.0, 0.4, 1.2]}}"#,
    ),
    (
        "openweathermap",
        "match-7/20230301T1400Z.json",
        r#"{"cod": "200", "list": [{"dt": 1677672000, "main": {"temp": 278.1}, "wind": {"speed": 2.5}}, {"dt": 1677682800, "main": {"temp": 279.1}, "wind": {"speed": 2.5}, "rain": {"3h": 0.3}}, {"dt": 1677693600, "main": {"temp": 277.1}, "wind": {"speed": 2.0}, "rain": {"3h": 0.6}}]}"#,
    ),
    (
        "news",
        "feeds.example/1.xml",
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><item><title><![CDATA[Aau &amp; Bau: striker ruled out]]></title><description>He &lt;b&gt;needs&lt;/b&gt; surgery &#33;</description>\
         <link>https://f.example/a?x=1&amp;y=2</link><guid>1</guid><pubDate>Tue, 28 Feb 2023 18:30:00 +0100</pubDate></item></channel></rss>",
    ),
];

/// Pieces that mean something somewhere.
const PIECES: [&str; 26] = [
    ",",
    "\"",
    "\"\"",
    "\n",
    "\r",
    "\0",
    "-1",
    "120",
    "1e308",
    "NaN",
    "29/02/1900",
    "{",
    "[",
    "null",
    "\\u0000",
    "\\ud800",
    "99999999999999999999",
    "<",
    "</tr>",
    "<![CDATA[",
    "]]>",
    "&#x110000;",
    "<!DOCTYPE x [",
    "0000-00-00",
    "\u{feff}",
    "𝟘",
];

/// A linear congruential generator is random enough to choose bytes.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

fn mutate(original: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len());
        let to = (at + dice.roll(16)).min(bytes.len());
        match dice.roll(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.roll(8),
            1 => drop(bytes.drain(at..to)),
            2 => bytes.truncate(at),
            3 => {
                let copied = bytes[at..to].to_vec();
                let target = dice.roll(bytes.len());
                drop(bytes.splice(target..target, copied));
            }
            4 if bytes.len() > 1 => {
                let other = dice.roll(bytes.len());
                bytes.swap(at, other);
            }
            _ => drop(bytes.splice(at..to, PIECES[dice.roll(PIECES.len())].bytes())),
        }
    }
    bytes
}

fn now() -> DateTime<Utc> {
    "2023-03-01T12:00:00Z".parse().unwrap()
}

/// Every row is something or was refused, and values are what their types promise.
fn check(parsed: &Parsed, name: &str, source: &str) {
    let mut told: BTreeSet<u32> = parsed.matches.iter().map(|m| m.line).collect();
    told.extend(parsed.facts.iter().map(|fact| fact.line));
    told.extend(parsed.ratings.iter().map(|rating| rating.line));
    told.extend(parsed.news.iter().map(|item| item.line));
    told.extend(parsed.rejections.iter().map(|rejection| rejection.line));
    told.remove(&0);
    // Prices of one match stand in a row each, and are told together; of undamaged ones see below.
    let least = if source == "odds-import" { parsed.rows.min(1) } else { parsed.rows };
    assert!(told.len() as u64 >= least, "{name}: {} rows, {} told", parsed.rows, told.len());
    for found in &parsed.matches {
        assert!(found.home != found.away && found.league < parsed.leagues.len(), "{name}");
        if let (Some(half), Some(score)) = (found.half_time, found.score) {
            assert!(half.home <= score.home && half.away <= score.away, "{name}");
        }
    }
    assert!(
        parsed
            .news
            .iter()
            .all(|n| (0.0..=1.0).contains(&n.importance) && (-1.0..=1.0).contains(&n.sentiment))
    );
    assert!(parsed.ratings.iter().all(|r| r.rating.is_finite() && r.from <= r.to));
    assert!(parsed.rejections.iter().all(|r| !r.message.is_empty() && r.data.len() < 4_000));
}

fn recordings() -> Vec<(String, Vec<u8>)> {
    let named = std::env::var_os("TOUCHLINE_SHARED_DATA").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folders = std::fs::read_dir(named.unwrap_or(beside).join("payloads")).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let mut files: Vec<_> = files
        .filter(|file| file.metadata().is_ok_and(|meta| meta.len() <= LARGEST as u64))
        .map(|file| {
            let folder = file.path().parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
            (format!("{folder}/{}", file.file_name().display()), std::fs::read(file.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn no_damage_makes_any_reader_panic_or_lose_a_row_silently() {
    let seeds: Vec<(&dyn Source, String, Vec<u8>)> = SEEDS
        .iter()
        .map(|(source, name, text)| (by_name(source).unwrap(), (*name).to_owned(), text.as_bytes().to_vec()))
        .collect();
    let seeded: BTreeSet<&str> = SEEDS.iter().map(|(source, ..)| *source).collect();
    let left: Vec<&str> =
        sources::ALL.iter().map(|s| s.name()).filter(|s| !seeded.contains(s) && *s != "simulated").collect();
    assert!(left.is_empty(), "readers without a seed: {left:?}");
    for (source, name, bytes) in &seeds {
        let parsed = source.parse(&Document { name, bytes }, now()).unwrap_or_else(|e| panic!("{name}: {e}"));
        check(&parsed, name, source.name());
        if source.name() == "odds-import" {
            let quotes = parsed.matches.iter().flat_map(|m| &m.odds);
            let prices = quotes.flat_map(|quote| quote.prices).flatten().count();
            assert_eq!(prices as u64, parsed.rows, "every row is a price");
        }
        let found = parsed.matches.len() + parsed.facts.len() + parsed.ratings.len() + parsed.news.len();
        assert!(found > 0, "{name}: {:?}", parsed.rejections);
    }
    let tables: Vec<TableSource> =
        presets::all().iter().map(|map| TableSource::new(map.clone(), Told::default()).unwrap()).collect();
    let recordings = recordings();
    let inputs = std::env::var("TOUCHLINE_MUTATIONS").map_or(INPUTS, |n| n.parse().unwrap());
    let run = |thread: u64| {
        let mut dice = Dice(7 + thread);
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for _ in 0..inputs / THREADS {
            // Three of four are of the seeds with their own reader; the others any bytes with any reader.
            let (source, name, bytes) = if dice.roll(4) > 0 {
                let (source, name, bytes) = &seeds[dice.roll(seeds.len())];
                (*source, name.as_str(), bytes)
            } else {
                let other = dice.roll(sources::ALL.len() + tables.len());
                let source =
                    sources::ALL.get(other).copied().unwrap_or_else(|| &tables[other - sources::ALL.len()]);
                let pick = dice.roll(seeds.len() + recordings.len());
                if let Some((name, bytes)) = recordings.get(pick) {
                    (source, name.as_str(), bytes)
                } else {
                    let (_, name, bytes) = &seeds[pick - recordings.len()];
                    (source, name.as_str(), bytes)
                }
            };
            let mutated = mutate(bytes, &mut dice);
            let said = match source.parse(&Document { name, bytes: &mutated }, now()) {
                Ok(parsed) => {
                    check(&parsed, name, source.name());
                    "read"
                }
                Err(error) => error.name(),
            };
            *counts.entry(said.to_owned()).or_default() += 1;
        }
        counts
    };
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    std::thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = (0..THREADS).map(|n| scope.spawn(move || run(n))).collect();
        for thread in threads {
            for (said, n) in thread.join().unwrap() {
                *counts.entry(said).or_default() += n;
            }
        }
    });
    println!("{counts:?}");
    assert!(counts["read"] > inputs / 10, "too little is left to read to say much: {counts:?}");
    for name in ["malformed_json", "html", "wrong_columns", "malformed_feed", "empty"] {
        assert!(counts.contains_key(name), "nothing was refused as {name}: {counts:?}");
    }
}
