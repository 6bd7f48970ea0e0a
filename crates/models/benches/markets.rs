//! Markets of one 15 x 15 grid, and the laws of markets and odds on ten million random inputs:
//! `cargo bench -p touchline-models --bench markets -- --invariants 10000000`.

#![expect(clippy::print_stdout, reason = "the run of the laws reports to the terminal")]

use criterion::{Criterion, criterion_group};
use rand::{SeedableRng, rngs::StdRng};
use std::hint::black_box;
use touchline_models::markets::{HalfTimeSplit, Line, Markets};
use touchline_models::odds::GoalExpectancy;
use touchline_outcomes::{ScoreGrid, Side};

fn grid_of_means() -> ScoreGrid {
    let means = GoalExpectancy { home: 1.55, away: 1.15, rho: -0.06, error: 0.0 };
    means.grid(14).expect("the cells are positive")
}

fn markets(c: &mut Criterion) {
    let grid = grid_of_means();
    let m = Markets::of(&grid);
    let split = HalfTimeSplit::new(0.45, 0.45, 14).expect("a share");
    let mut group = c.benchmark_group("markets_15x15");
    group.bench_function("of_grid", |b| b.iter(|| Markets::of(black_box(&grid))));
    group.bench_function("of_grid_and_overview", |b| b.iter(|| Markets::of(black_box(&grid)).overview()));
    group.bench_function("asian_handicap", |b| {
        b.iter(|| black_box(&m).asian_handicap(Side::Home, black_box(Line::from_quarters(-3))));
    });
    group.bench_function("half_time_full_time", |b| b.iter(|| split.half_time_full_time(black_box(&grid))));
    group.bench_function("first_half_grid", |b| b.iter(|| split.first_half(black_box(&grid))));
    group.bench_function("grid_of_expectancy", |b| b.iter(grid_of_means));
    group.finish();
}

criterion_group!(benches, markets);

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let count = args.iter().position(|a| a == "--invariants").and_then(|i| args.get(i + 1));
    if let Some(count) = count.and_then(|n| n.parse().ok()) {
        let markets = touchline_models::markets::self_check(count, &mut StdRng::seed_from_u64(1));
        let odds = touchline_models::odds::self_check(count, &mut StdRng::seed_from_u64(1));
        println!("grids and lines: {markets:?}\nbooks: {odds:?}");
        std::process::exit(i32::from(markets.is_err() || odds.is_err()));
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
