//! The chronological pass over the Soccer Prediction Challenge data: every feature of 299,214 matches, the strength
//! filter alone, which is sequential within a country and so bounds what threads can bring, and one match more on a
//! checkpoint.
//!
//! `cargo bench -p touchline-features`. The data are not part of the repository: `TOUCHLINE_SHARED_DATA` names
//! their folder, without it `shared/data` beside the repository.

mod challenge;

use challenge::{file, history};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use touchline_features::{Checkpoint, History, Knowledge, Likeness, MarketView, Seconds, Settings, compute};
use touchline_models::dynamic::{FilterConfig, GoalFilter};

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
    let priced = Settings::FRESH.with_market(MarketView::PreMatch);
    group.bench_function("all features with the market's columns, 2 threads", |b| {
        b.iter(|| compute(black_box(&history), &all, Knowledge::AT_KICKOFF, &priced, 2));
    });
    group.bench_function("strength filter alone, 1 thread", |b| b.iter(|| filter(black_box(&history))));
    group.finish();
    c.bench_function("one new match after 299,214 others, with its features", |b| {
        let mut checkpoint = Checkpoint::new(&Settings::FRESH);
        let finished: Vec<usize> = (0..history.len()).filter(|p| history.goals(*p).is_some()).collect();
        for position in &finished {
            checkpoint.observe(&history, *position);
        }
        let mut out = vec![0.0; checkpoint.width()];
        let mut positions = finished.iter().copied().cycle();
        b.iter(|| {
            let position = positions.next().expect("a cycle has no end");
            checkpoint.observe(&history, position);
            checkpoint.snapshot(&history, position, Seconds::MAX, &mut out);
        });
    });
}

/// Past matches that were like one to come, among as many as a store has.
fn likeness(c: &mut Criterion) {
    let path = file();
    if !path.exists() {
        eprintln!("skipped: {} is absent", path.display());
        return;
    }
    let history = history(&path);
    let mut group = c.benchmark_group("past matches that looked alike");
    for past in [50_000, history.len() - 1_000] {
        let as_of = history.known_at(past);
        let to_come: Vec<u32> = (past + 1..past + 501).map(|p| p as u32).collect();
        let of = || Likeness::of(black_box(&history), &to_come, as_of, FilterConfig::FRESH);
        let likeness = of();
        let id = history.ids()[past + 400];
        group.sample_size(10);
        group.bench_function(format!("the walk, {} past matches", likeness.len()), |b| b.iter(of));
        group.bench_function(format!("one question, {} past matches", likeness.len()), |b| {
            b.iter(|| likeness.nearest(black_box(id), 5, 100));
        });
    }
    group.finish();
}

/// Expectation before, update after each match.
fn filter(history: &History) -> f64 {
    let mut filter = GoalFilter::new(FilterConfig::FRESH);
    let mut sum = 0.0;
    for (position, f) in history.fixtures().iter().enumerate() {
        sum += filter.expect(f.pairing(), f.occasion()).goals().0;
        if let Some(goals) = history.goals(position) {
            filter.update(f.pairing(), f.occasion(), goals.map(f64::from));
        }
    }
    sum
}

criterion_group!(benches, pass, likeness);
criterion_main!(benches);
