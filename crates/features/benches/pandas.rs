//! Our side of `bench/pandas_features/run.sh`. After `--` comes a folder: `matches.csv` is written into it, all matches
//! as numbers in the order of the history; `ours.csv`, ten features of each; and `ours.tsv`, a line
//! `measure<TAB>seconds` for the pass over all features, the best of several runs.

#![expect(clippy::print_stderr, reason = "the reason for skipping is for the person at the terminal")]
#![expect(clippy::unwrap_used, reason = "a script's part: files that cannot be written end it")]

mod challenge;

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use touchline_features::{FeatureMatrix, History, Knowledge, Settings, compute};

/// The features that pandas computes too.
const TEN: [&str; 10] = [
    "home_goals_for_5",
    "home_goals_for_20",
    "home_goals_against_10",
    "home_points_5",
    "home_points_10",
    "away_points_20",
    "points_10_difference",
    "home_rest_days",
    "away_experience",
    "h2h_total_matches",
];
const RUNS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let (Some(folder), data) = (arguments.first(), challenge::file()) else {
        eprintln!("skipped: `bench/pandas_features/run.sh` names the folder to write to");
        return;
    };
    if !data.exists() {
        eprintln!("skipped: {} is absent", data.display());
        return;
    }
    let history = challenge::history(&data);
    // A match without a result has features too, but a table of results has no row for it.
    let all: Vec<u32> = (0..history.len() as u32).filter(|p| history.goals(*p as usize).is_some()).collect();
    let mut best = f64::INFINITY;
    let run = || compute(black_box(&history), &all, Knowledge::AT_KICKOFF, &Settings::FRESH, 2);
    let mut matrix = run();
    for _ in 0..RUNS {
        let start = Instant::now();
        matrix = run();
        best = best.min(start.elapsed().as_secs_f64());
    }
    let folder = Path::new(folder);
    std::fs::write(folder.join("matches.csv"), matches(&history, &all)).unwrap();
    std::fs::write(folder.join("ours.csv"), features(&matrix)).unwrap();
    let measure =
        format!("ten features of {} matches (ours: all {})\t{best}\n", matrix.rows(), matrix.width());
    std::fs::write(folder.join("ours.tsv"), measure).unwrap();
}

fn matches(history: &History, positions: &[u32]) -> String {
    let mut text = String::from("day,home,away,home_goals,away_goals\n");
    for position in positions {
        let f = history.fixtures()[*position as usize];
        let [home, away] = history.goals(*position as usize).unwrap();
        writeln!(text, "{},{},{},{home},{away}", f.day, f.home, f.away).unwrap();
    }
    text
}

fn features(matrix: &FeatureMatrix) -> String {
    let columns = TEN.map(|name| matrix.column(matrix.column_named(name).unwrap()));
    let mut text = TEN.join(",") + "\n";
    for row in 0..matrix.rows() {
        let values = columns.map(|c| if c[row].is_nan() { String::new() } else { c[row].to_string() });
        writeln!(text, "{}", values.join(",")).unwrap();
    }
    text
}
