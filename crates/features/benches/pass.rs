//! The chronological pass over the Soccer Prediction Challenge data: every feature of 299,214 matches, and the
//! strength filter alone, which is sequential within a country and so bounds what threads can bring.
//!
//! `cargo bench -p touchline-features`. The data are not part of the repository: `TOUCHLINE_SHARED_DATA` names
//! their folder, without it `shared/data` beside the repository.

use chrono::NaiveDate;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::collections::HashMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use touchline_collect::sources::challenge::Challenge;
use touchline_collect::{Document, Source};
use touchline_domain::ports::ResultRow;
use touchline_domain::{League, LeagueId, MatchId, TeamId};
use touchline_features::{History, Knowledge, Settings, compute};
use touchline_models::dynamic::{FilterConfig, GoalFilter};

fn file() -> PathBuf {
    std::env::var_os("TOUCHLINE_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
        .join("soccer-prediction-challenge-2023/train.csv.gz")
}

fn history(path: &Path) -> History {
    let bytes = std::fs::read(path).expect("the file can be read");
    let today = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
    let parsed =
        Challenge.parse(&Document { name: "train.csv.gz", bytes: &bytes }, today).expect("it is whole");
    let leagues: Vec<League> = parsed
        .leagues
        .into_iter()
        .enumerate()
        .map(|(id, details)| League { id: LeagueId(id as i64), details })
        .collect();
    let mut teams: HashMap<(String, String), TeamId> = HashMap::new();
    let mut rows = Vec::with_capacity(parsed.matches.len());
    for (id, m) in parsed.matches.into_iter().enumerate() {
        let mut team = |name: String| {
            let next = TeamId(teams.len() as i64);
            *teams.entry((leagues[m.league].country.clone(), name)).or_insert(next)
        };
        rows.push(ResultRow {
            id: MatchId(id as i64),
            league: leagues[m.league].id,
            season: m.season,
            home: team(m.home),
            away: team(m.away),
            kickoff: m.kickoff.at,
            precision: m.kickoff.precision,
            status: m.status,
            score: m.score,
        });
    }
    History::new(&rows, &leagues, &[])
}

fn pass(c: &mut Criterion) {
    let path = file();
    if !path.exists() {
        eprintln!("skipped: {} is absent", path.display());
        return;
    }
    let history = history(&path);
    let all: Vec<u32> = (0..history.len() as u32).collect();
    let mut group = c.benchmark_group("pass over the challenge data");
    group.throughput(Throughput::Elements(history.len() as u64)).sample_size(10);
    for threads in [1, 2] {
        group.bench_function(format!("all features, {threads} threads"), |b| {
            b.iter(|| compute(black_box(&history), &all, Knowledge::AT_KICKOFF, &Settings::FRESH, threads));
        });
    }
    group.bench_function("strength filter alone, 1 thread", |b| b.iter(|| filter(black_box(&history))));
    group.finish();
}

/// Expectation before, update after each match.
fn filter(history: &History) -> f64 {
    let mut filter = GoalFilter::new(FilterConfig::FRESH);
    let mut sum = 0.0;
    for (position, f) in history.fixtures().iter().enumerate() {
        sum += filter.expect(f.clubs(), f.occasion()).goals().0;
        if let Some(goals) = history.goals(position) {
            filter.update(f.clubs(), f.occasion(), goals.map(f64::from));
        }
    }
    sum
}

criterion_group!(benches, pass);
criterion_main!(benches);
