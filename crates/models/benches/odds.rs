//! De-vig, goal expectancy and simultaneous Kelly stakes.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use touchline_models::markets::Line;
use touchline_models::odds::{DeVig, GoalExpectancy, Rho, Target};
use touchline_models::staking::{GridBet, Selection, kelly_exclusive, kelly_portfolio};
use touchline_outcomes::{Forecast, Outcome};

fn devig(c: &mut Criterion) {
    let mut group = c.benchmark_group("devig_1x2");
    for method in DeVig::ALL {
        group.bench_function(format!("{method:?}"), |b| {
            b.iter(|| method.forecast(black_box([2.15, 3.4, 3.6])));
        });
    }
    group.finish();
}

fn expectancy(c: &mut Criterion) {
    let outcome = Target::Outcome(Forecast::new(0.46, 0.27, 0.27).expect("sums to 1"));
    let over = Target::Over { line: Line::from_quarters(10), probability: 0.53 };
    let mut group = c.benchmark_group("goal_expectancy");
    group.bench_function("1x2", |b| b.iter(|| GoalExpectancy::fit(black_box(&[outcome]), Rho::Fixed(-0.05))));
    group.bench_function("1x2_and_total", |b| {
        b.iter(|| GoalExpectancy::fit(black_box(&[outcome, over]), Rho::Free));
    });
    group.finish();
}

fn stakes(c: &mut Criterion) {
    let means = GoalExpectancy { home: 1.7, away: 1.1, rho: -0.05, error: 0.0 };
    let grid = means.grid(14).expect("the cells are positive");
    let bet = |selection, odds| GridBet { selection, odds };
    let bets = [
        bet(Selection::Outcome(Outcome::HomeWin), 2.1),
        bet(Selection::Over(Line::from_quarters(11)), 2.05),
        bet(Selection::BothTeamsToScore(true), 1.95),
    ];
    let mut group = c.benchmark_group("kelly");
    group.bench_function("exclusive", |b| {
        b.iter(|| kelly_exclusive(black_box(&[0.5, 0.27, 0.23]), black_box(&[2.1, 3.6, 4.1])));
    });
    group.bench_function("three_correlated_bets", |b| {
        b.iter(|| kelly_portfolio(black_box(&grid), &bets, 1.0));
    });
    group.finish();
}

criterion_group!(benches, devig, expectancy, stakes);
criterion_main!(benches);
