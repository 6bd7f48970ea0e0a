//! Bad input: each fault is told in words and recorded with its place, and nothing else is lost by it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use support::{Place, results, shared};
use touchline_domain::Score;

/// A file with the faults that are expected of it: line (0 is the file as a whole), kind, and words that the
/// message must have.
struct Bad {
    name: &'static str,
    bytes: Vec<u8>,
    faults: Vec<(u32, &'static str, &'static str)>,
    /// Matches of it that are good.
    good: u64,
}

fn bad(name: &'static str, bytes: impl Into<Vec<u8>>, faults: &[(u32, &'static str, &'static str)]) -> Bad {
    Bad { name, bytes: bytes.into(), faults: faults.to_vec(), good: 0 }
}

impl Bad {
    fn with_good(self, good: u64) -> Self {
        Self { good, ..self }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const PAGE: &str =
    "<!DOCTYPE html>\n<html><head><title>503</title></head><body>Service unavailable</body></html>\n";

/// Faults that need no knowledge of the source, in a file that would be good otherwise.
fn damaged(good: &str) -> Vec<Bad> {
    let packed = gzip(good.as_bytes());
    let mut flipped = packed.clone();
    let place = flipped.len() - 5;
    flipped[place] ^= 0x40;
    vec![
        bad("page.csv", PAGE, &[(0, "html", "web page")]),
        bad("blank.csv", "\r\n \r\n", &[(0, "empty", "empty")]),
        bad("cut.csv.gz", &packed[..packed.len() * 2 / 3], &[(0, "truncated_gzip", "fetch the file again")]),
        bad("flipped.csv.gz", flipped, &[(0, "corrupt_gzip", "damaged")]),
        bad("zeros.csv", vec![0; 4096], &[(0, "not_text", "not text")]),
        bad(
            "utf16.csv",
            good.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
            &[(0, "not_text", "not text")],
        ),
        bad("photo.csv", &b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x02"[..], &[(0, "not_text", "not text")]),
    ]
}

fn challenge() -> (String, Vec<Bad>) {
    let good = results::text(&results::season("XAA1", 2012, &[0, 1, 2, 3]));
    let with = |rows: &str| format!("{}{rows}", results::HEADINGS);
    let mut files = damaged(&good);
    files.extend([
        bad("columns.csv", "Date;Home;Away;Score\n14/08/2012;A;B;2-1\n", &[(0, "wrong_columns", "Lge")]),
        bad(
            "rows.csv",
            with(
                "12-13,XBB1,14/08/2012,Alpha,Beta,2,1,1,W\n\
             12-13,XBB1,14/08/2099,Alpha,Gamma,2,1,1,W\n\
             12-13,XBB1,14/08/2012,Alpha,Delta,120,1,119,W\n\
             12-13,XBB1,14/08/2012,Alpha,Alpha,2,1,1,W\n\
             12-13,XBB1,31/02/2012,Beta,Alpha,2,1,1,W\n\
             12-13,XBB1,14/08/2012,Be\0ta,Alpha,2,1,1,W\n\
             12-13,XBB1,21/08/2012,Beta,Gamma,2,2,0,W\n\
             12-13,Bundesliga,21/08/2012,Beta,Gamma,2,2,0,D\n\
             12-13,XBB1,21/08/2012,Gamma,Beta,0,0,0,D\n",
            ),
            &[
                (3, "future_result", "2099"),
                (4, "score_out_of_range", "120"),
                (5, "same_team", "Alpha"),
                (6, "malformed_date", "dd/mm/yyyy"),
                (7, "malformed_row", "control characters"),
                (8, "contradictory_result", "contradicts"),
                (9, "unknown_league", "Bundesliga"),
            ],
        )
        .with_good(2),
        bad(
            "twice.csv",
            with(
                "12-13,XCC1,14/08/2012,Alpha,Beta,2,1,1,W\n\
             12-13,XCC1,14/08/2012,Alpha,Beta,2,2,0,D\n\
             12-13,XCC1,14/08/2012,Alpha,Beta,2,1,1,W\n",
            ),
            &[(3, "conflicting_score", "2-2")],
        )
        .with_good(1),
        bad(
            "twice_later.csv",
            with("12-13,XCC1,14/08/2012,Alpha,Beta,0,5,-5,L\n"),
            &[(2, "conflicting_score", "0-5")],
        ),
    ]);
    (good, files)
}

fn football_data() -> (String, Vec<Bad>) {
    const HEADINGS: &str = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,B365H,B365D,B365A\n";
    let with = |rows: &str| format!("{HEADINGS}{rows}");
    let pairs = ["Alpha,Beta", "Beta,Gamma", "Gamma,Alpha", "Beta,Alpha", "Gamma,Beta", "Alpha,Gamma"];
    let rows: Vec<String> =
        (1..).zip(pairs).map(|(day, pair)| format!("SP1,{day:02}/09/12,{pair},1,0,H,1.5,3.4,6\n")).collect();
    let good = with(&rows.concat());
    let mut files = damaged(&good);
    files.extend([
        bad("columns.csv", "Liga,Tag,Heim,Gast\nD1,14/08/12,A,B\n", &[(0, "wrong_columns", "Div")]),
        bad(
            "rows.csv",
            with(
                "D1,01/09/12,Alpha,Beta,2,1,H,1.5,3.4,6\n\
             D1,01/09/12,Alpha,Gamma,120,1,H,1.5,3.4,6\n\
             D1,01/09/12,Alpha,Alpha,2,1,H,1.5,3.4,6\n\
             D1,01/09/12,,Alpha,2,1,H,1.5,3.4,6\n\
             D1,01/09/12,Beta,Delta,2,,H,1.5,3.4,6\n\
             D1,01/09/12,Be\0ta,Alpha,2,1,H,1.5,3.4,6\n\
             D1,08/09/12,Beta,Gamma,2,1,H,0,-3.4,six\n\
             D1,15/09/12,Beta,Alpha,0,0,H,1.5,3.4,6\n\
             D1,22/09/12,Gamma,Beta,0,0,D,1.5,3.4,6,,,,,,\n",
            ),
            &[
                (3, "score_out_of_range", "120"),
                (4, "same_team", "Alpha"),
                (5, "missing_team", "home"),
                (6, "malformed_score", "goals"),
                (7, "malformed_row", "control characters"),
                (8, "malformed_odds", "B365"),
                (9, "contradictory_result", "contradicts"),
            ],
        )
        .with_good(3),
        bad(
            "future.csv",
            with("I1,14/08/2099,Alpha,Beta,2,1,H,1.5,3.4,6\n"),
            &[(2, "future_result", "2099")],
        ),
        bad(
            "twice.csv",
            with("F1,01/09/12,Alpha,Beta,2,1,H,1.5,3.4,6\nF1,01/09/12,Alpha,Beta,2,2,D,1.5,3.4,6\n"),
            &[(3, "conflicting_score", "2-2")],
        )
        .with_good(1),
    ]);
    (good, files)
}

fn nothing_else_is_lost(source: &str, (good, files): (String, Vec<Bad>)) {
    let place = Place::new();
    let good_rows = good.lines().count() as u64 - 1;
    // One good file before all bad ones and one, packed, behind them; both hold the same matches.
    place.write("in/1.csv", &good);
    place.write("in/~.csv.gz", gzip(good.as_bytes()));
    for file in &files {
        place.write(&format!("in/{}", file.name), &file.bytes);
    }
    let mut paths: Vec<_> = std::fs::read_dir(place.path("in")).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let paths: Vec<&Path> = paths.iter().map(std::path::PathBuf::as_path).collect();
    let report = place.ingest(3, source, &paths);

    let matches = good_rows + files.iter().map(|f| f.good).sum::<u64>();
    assert_eq!(report["store"]["matches"], matches, "{report:#}");
    assert_eq!(report["documents"], files.len() + 2);
    let faults =
        files.iter().flat_map(|f| f.faults.iter().map(|(line, kind, words)| (f.name, *line, *kind, *words)));
    let mut expected: Vec<_> = faults.collect();
    expected.sort_unstable();
    assert_eq!(report["rejections"], expected.len(), "{report:#}");

    // A price that is none costs its row nothing.
    let whole_rows = expected.iter().filter(|(_, line, kind, _)| *line > 0 && *kind != "malformed_odds");
    assert_eq!(report["rejected_rows"], whole_rows.count(), "{report:#}");

    let issues = place.issues();
    let mut recorded = Vec::new();
    for (name, line, kind, words) in &expected {
        let document = format!("in/{name}");
        let issue = issues.iter().find(|i| {
            i.document_name.as_deref() == Some(&document) && i.locator == *line && i.error_type == *kind
        });
        let issue =
            issue.unwrap_or_else(|| panic!("{document}, line {line}: {kind} is not recorded: {issues:#?}"));
        assert!(
            issue.message.contains(words),
            "{document}, line {line}: {:?} lacks {words:?}",
            issue.message
        );
        recorded.push(issue.id);
    }
    assert_eq!(issues.len(), recorded.len(), "{issues:#?}");

    // Again: nothing new, in the store and in the log.
    let database = place.database();
    let again = place.ingest(3, source, &paths);
    assert_eq!((&again["new"], &again["changed"]), (&0.into(), &0.into()), "{again:#}");
    assert_eq!(again["rejections"], report["rejections"]);
    assert!(place.database() == database, "the second run wrote to the database");
}

#[test]
fn every_fault_of_challenge_files_is_told_and_costs_nothing_else() {
    nothing_else_is_lost("challenge", challenge());
}

#[test]
fn every_fault_of_football_data_files_is_told_and_costs_nothing_else() {
    nothing_else_is_lost("football-data", football_data());
}

#[test]
fn people_read_what_is_wrong_where_and_what_to_do() {
    let place = Place::new();
    let page = place.write("2223/E0.csv", PAGE);
    let said = place.run(&["ingest", "football-data", page.to_str().unwrap()]).ending(4);
    for words in ["2223/E0.csv", "web page", "fetch the file again", "data_quality_logs"] {
        assert!(said.out.contains(words), "{words:?} is missing: {said:?}");
    }
    let (_, files) = challenge();
    let rows = files.iter().find(|f| f.name == "rows.csv").unwrap();
    let path = place.write("in/rows.csv", &rows.bytes);
    let said = place.run(&["ingest", "challenge", path.to_str().unwrap()]).ending(3);
    for (line, kind, words) in &rows.faults {
        let place = format!("in/rows.csv, line {line}: ");
        assert!(
            said.out.lines().any(|l| l.contains(&place) && l.contains(words)),
            "{place}{words}: {said:?}"
        );
        assert!(said.out.contains(kind), "{kind}: {said:?}");
    }
}

#[test]
fn of_two_scores_the_first_stays() {
    let place = Place::new();
    let line = "12-13,XCC1,14/08/2012,Alpha,Beta";
    let first = place.write("a.csv", format!("{}{line},2,1,1,W\n", results::HEADINGS));
    let second = place.write("b.csv", format!("{}{line},1,1,0,D\n", results::HEADINGS));
    place.ingest(3, "challenge", &[&first, &second]);
    let matches = place.matches();
    assert_eq!(matches.iter().map(|m| m.score).collect::<Vec<_>>(), [Some(Score { home: 2, away: 1 })]);
}

#[test]
fn an_unreadable_path_is_an_error_that_names_it() {
    let place = Place::new();
    let good = place.write("good.csv", results::text(&results::season("XAA1", 2012, &[0, 1])));
    let missing = place.path("missing.csv");
    let said =
        place.run(&["ingest", "challenge", good.to_str().unwrap(), missing.to_str().unwrap()]).ending(1);
    assert!(said.err.contains("missing.csv"), "{said:?}");
    let empty = place.path("empty");
    std::fs::create_dir(&empty).unwrap();
    let said = place.run(&["ingest", "challenge", empty.to_str().unwrap()]).ending(1);
    assert!(said.err.contains("csv or gz"), "{said:?}");
    let huge = place.path("huge.csv");
    std::fs::File::create(&huge).unwrap().set_len(600 << 20).unwrap();
    let said = place.run(&["ingest", "challenge", huge.to_str().unwrap()]).ending(1);
    assert!(said.err.contains("huge.csv") && said.err.contains("split"), "{said:?}");
    let database = place.write("no-folder", "a file");
    let url = format!("sqlite:{}/x/touchline.db", database.display());
    let said = place.run(&["ingest", "challenge", good.to_str().unwrap(), "--database-url", &url]).ending(1);
    assert!(said.err.contains("database"), "{said:?}");
}

#[test]
fn a_line_of_200_megabytes_costs_neither_memory_nor_time() {
    const MIB: usize = 1 << 20;
    let place = Place::new();
    place.write("in/a.csv", results::text(&results::season("XAA1", 2012, &[0, 1, 2, 3])));
    place.write("in/z.csv", results::text(&results::season("XAA1", 2013, &[0, 1, 2, 3])));
    let mut plain = std::fs::File::create(place.path("in/plain.csv")).unwrap();
    let mut packed =
        GzEncoder::new(std::fs::File::create(place.path("in/packed.csv.gz")).unwrap(), Compression::fast());
    let (part, headings) = (vec![b'7'; MIB], results::HEADINGS.as_bytes());
    plain.write_all(headings).unwrap();
    packed.write_all(headings).unwrap();
    for _ in 0..200 {
        plain.write_all(&part).unwrap();
        packed.write_all(&part).unwrap();
    }
    packed.finish().unwrap();
    drop(plain);

    let folder = place.path("in");
    let started = Instant::now();
    let arguments = ["ingest", "challenge", "--json", folder.to_str().unwrap()];
    let (said, peak) = place.run_measured(&arguments);
    let took = started.elapsed();
    eprintln!("took {took:?}, {peak} MiB");
    let report = said.ending(3).json();
    assert_eq!((&report["rejected_documents"], &report["store"]["matches"]), (&2.into(), &24.into()));
    assert_eq!(report["rejections_by_reason"], serde_json::json!({"line_too_long": 2}));
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(peak < 700, "{peak} MiB");
}

#[test]
fn recorded_answers_of_other_kinds_are_refused_in_words() {
    let Some(folder) = shared("payloads") else { return };
    let place = Place::new();
    // The answers of services are JSON and HTML: no results in the challenge's format, and no reason to fall over.
    let mut files = Vec::new();
    collect(&folder, &mut files);
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for source in ["challenge", "football-data", "openfootball"] {
        let mut arguments = vec!["ingest", source, "--json"];
        arguments.extend(files.iter().map(String::as_str));
        let said = place.run(&arguments);
        assert!(matches!(said.code, Some(0 | 3 | 4)), "{source}: {said:?}");
        assert_eq!(said.json()["documents"], files.len());
    }
}

fn collect(folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path.to_str().unwrap().to_owned());
        }
    }
}
