//! Fits of the goal models on 1,140 simulated matches of 26 clubs, grids, and a walk-forward backtest.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use touchline_domain::Score;
use touchline_models::goals::{DixonColes, FitConfig, GoalMatches, GoalObservation, Poisson, ScoreFamily};

fn matches() -> GoalMatches {
    let mut matches = GoalMatches::new(26);
    for line in include_str!("../tests/golden/goal_matches.csv").lines().skip(1) {
        let row: Vec<u32> = line.split(',').map(|f| f.parse().expect("the fixture holds integers")).collect();
        matches.push(GoalObservation::new(row[1], row[2], Score { home: row[3] as u8, away: row[4] as u8 }));
    }
    matches
}

fn fits(c: &mut Criterion) {
    let matches = matches();
    let config = FitConfig::maximum_likelihood();
    let mut group = c.benchmark_group("fit_1140_matches");
    group.bench_function("poisson", |b| b.iter(|| Poisson.fit(black_box(&matches), &config)));
    group.bench_function("dixon_coles", |b| b.iter(|| DixonColes.fit(black_box(&matches), &config)));
    group.finish();
}

fn grids(c: &mut Criterion) {
    let fitted = DixonColes.fit(&matches(), &FitConfig::default()).expect("the fixture fits");
    let mut group = c.benchmark_group("grid_15x15");
    group.bench_function("dixon_coles", |b| b.iter(|| fitted.grid(black_box(3), black_box(17))));
    group.finish();
}

criterion_group!(benches, fits, grids);
criterion_main!(benches);
