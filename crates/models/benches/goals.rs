//! Fits of the goal models on 1,140 simulated matches of 26 teams, grids, and a walk-forward backtest of thirty
//! seasons.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rand::RngExt;
use std::hint::black_box;
use touchline_models::goals::{
    BivariatePoisson, ConwayMaxwellPoisson, DiagonalInflated, DixonColes, DoublePoisson, FitConfig, Fitted,
    GoalMatches, GoalObservation, NegativeBinomial, Poisson, ScoreFamily, Shrinkage, Skellam, TimeDecay,
    WeibullCopula, ZeroInflatedPoisson,
};
use touchline_models::simulation::{ScoreSampler, SimulationRng};
use touchline_outcomes::Score;

fn matches() -> GoalMatches {
    let mut matches = GoalMatches::new(26);
    for line in include_str!("../tests/golden/goal_matches.csv").lines().skip(1) {
        let row: Vec<usize> =
            line.split(',').map(|f| f.parse().expect("the fixture holds integers")).collect();
        matches.push(GoalObservation::new(row[1], row[2], Score { home: row[3] as u8, away: row[4] as u8 }));
    }
    matches
}

fn fit<F: ScoreFamily>(c: &mut Criterion, family: &F, config: &FitConfig, name: &str) {
    let matches = matches();
    c.bench_function(&format!("fit_1140_matches/{name}"), |b| {
        b.iter(|| family.fit(black_box(&matches), config));
    });
}

fn fits(c: &mut Criterion) {
    let config = FitConfig::maximum_likelihood();
    fit(c, &Poisson, &config, "poisson");
    fit(c, &DixonColes, &config, "dixon_coles");
    fit(c, &BivariatePoisson, &config, "bivariate_poisson");
    fit(c, &DiagonalInflated::default(), &config, "diagonal_inflated");
    fit(c, &NegativeBinomial, &config, "negative_binomial");
    fit(c, &ZeroInflatedPoisson, &config, "zero_inflated_poisson");
    fit(c, &ConwayMaxwellPoisson, &config, "conway_maxwell_poisson");
    fit(c, &DoublePoisson, &config, "double_poisson");
    fit(c, &Skellam, &config, "skellam");
    fit(c, &WeibullCopula, &config, "weibull_copula");
    fit(c, &DixonColes, &FitConfig::default(), "dixon_coles_shrunk");
    let estimated = FitConfig { shrinkage: Shrinkage::Estimated, ..FitConfig::default() };
    fit(c, &DixonColes, &estimated, "dixon_coles_spread_estimated");
}

fn grid<F: ScoreFamily>(c: &mut Criterion, family: &F, name: &str) {
    let fitted = family.fit(&matches(), &FitConfig::default()).expect("the fixture fits");
    c.bench_function(&format!("grid_15x15/{name}"), |b| {
        b.iter(|| fitted.grid(black_box(3), black_box(17)));
    });
}

fn grids(c: &mut Criterion) {
    grid(c, &Poisson, "poisson");
    grid(c, &DixonColes, "dixon_coles");
    grid(c, &BivariatePoisson, "bivariate_poisson");
    grid(c, &NegativeBinomial, "negative_binomial");
    grid(c, &ConwayMaxwellPoisson, "conway_maxwell_poisson");
    grid(c, &WeibullCopula, "weibull_copula");
}

/// Standard normal, by the polar method.
fn normal(rng: &mut SimulationRng) -> f64 {
    loop {
        let (x, y) = (2.0 * rng.random::<f64>() - 1.0, 2.0 * rng.random::<f64>() - 1.0);
        let s = x * x + y * y;
        if s > 0.0 && s < 1.0 {
            return x * (-2.0 * s.ln() / s).sqrt();
        }
    }
}

/// Thirty seasons of 20 teams, three new ones each season, in 38 rounds a week apart.
fn thirty_seasons() -> Vec<Vec<GoalObservation>> {
    let mut rng = SimulationRng::new(1888, 0);
    let strength: Vec<[f64; 2]> =
        (0..107).map(|_| [0.28 * normal(&mut rng), 0.22 * normal(&mut rng)]).collect();
    let mut rounds = Vec::new();
    for season in 0..30_usize {
        let teams: Vec<usize> = (3 * season..3 * season + 20).collect();
        for round in 0..38 {
            let mut matches = Vec::new();
            for k in 0..10 {
                // The circle method: one team stays, the others turn.
                let turn = |p: usize| if p == 0 { 0 } else { 1 + (p - 1 + round) % 19 };
                let (mut home, mut away) = (teams[turn(k)], teams[turn(19 - k)]);
                if (round >= 19) != (k % 2 == 1) {
                    std::mem::swap(&mut home, &mut away);
                }
                let rates = [
                    (0.38 + strength[home][0] + strength[away][1]).exp(),
                    (0.12 + strength[away][0] + strength[home][1]).exp(),
                ];
                let score = ScoreSampler::new(&DixonColes.grid(rates, &[-0.06], 14)).sample(&mut rng);
                matches.push(GoalObservation::new(home, away, score));
            }
            rounds.push(matches);
        }
    }
    rounds
}

/// Forecasts every match from a Dixon-Coles fit on all earlier rounds, refitted each round. Returns the mean log
/// loss of the scores.
fn walk_forward(rounds: &[Vec<GoalObservation>]) -> f64 {
    let config = FitConfig { tolerance: 1e-6, ..FitConfig::default() };
    let decay = TimeDecay::half_life_days(390.0).expect("the half-life is positive");
    let (week, summer) = (decay.weight(7.0), decay.weight(98.0));
    let mut matches = GoalMatches::new(107);
    let mut model: Option<Fitted<DixonColes>> = None;
    let (mut loss, mut count) = (0.0, 0);
    for (k, round) in rounds.iter().enumerate() {
        if let Some(model) = &model {
            for m in round {
                let grid = model.grid(m.home, m.away);
                loss -= grid.probability(m.score.home.into(), m.score.away.into()).max(1e-12).ln();
                count += 1;
            }
        }
        matches.scale_weights(if k % 38 == 0 { summer } else { week });
        for m in round {
            matches.push(*m);
        }
        let fitted = match &model {
            Some(previous) => DixonColes.fit_from(&matches, &config, previous),
            None => DixonColes.fit(&matches, &config),
        };
        model = Some(fitted.expect("the simulated matches fit"));
    }
    loss / f64::from(count)
}

fn backtest(c: &mut Criterion) {
    let rounds = thirty_seasons();
    let mut group = c.benchmark_group("walk_forward");
    group.sample_size(10);
    group.bench_function("dixon_coles_30_seasons_1140_refits", |b| {
        b.iter_batched(|| rounds.clone(), |rounds| walk_forward(&rounds), BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, fits, grids, backtest);
criterion_main!(benches);
