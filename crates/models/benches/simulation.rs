//! 100,000 seasons of 380 matches on two threads, with goal-difference and with head-to-head rules.

use criterion::{Criterion, criterion_group, criterion_main};
use touchline_models::goals::poisson_grid;
use touchline_models::simulation::{RuleSet, SeasonSimulation, SimulationRng};

fn league(rules: RuleSet) -> SeasonSimulation {
    let mut season = SeasonSimulation::new(20, rules);
    for home in 0..20 {
        for away in (0..20).filter(|away| *away != home) {
            let rate = |team: usize| 1.9 - 0.05 * team as f64;
            season.fixture(home, away, &poisson_grid([rate(home) + 0.2, rate(away)], 14));
        }
    }
    season
}

fn seasons(c: &mut Criterion) {
    let mut group = c.benchmark_group("simulate_100000_seasons_of_380_matches");
    group.sample_size(10);
    let rules = [
        ("premier_league", RuleSet::premier_league()),
        ("la_liga", RuleSet::la_liga()),
        ("serie_a", RuleSet::serie_a(20, 3)),
    ];
    for (name, rules) in rules {
        let season = league(rules);
        group.bench_function(name, |b| b.iter(|| season.simulate(100_000, 2, &mut SimulationRng::new(7, 0))));
    }
    group.finish();
}

criterion_group!(benches, seasons);
criterion_main!(benches);
