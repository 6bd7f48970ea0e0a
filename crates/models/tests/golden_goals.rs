//! Our goal models against the numbers of penaltyblog 1.13, written by `bench/penaltyblog/goldens_goals.py`
//! from simulated matches: the same likelihoods, the same constraints, shrinkage off.

#![expect(clippy::unwrap_used, reason = "a broken fixture fails the test")]

use serde::Deserialize;
use touchline_domain::Score;
use touchline_models::goals::{
    BivariatePoisson, DixonColes, FitConfig, GoalMatches, GoalObservation, NegativeBinomial, Poisson, ScoreFamily,
    TimeDecay, WeibullCopula, ZeroInflatedPoisson,
};

#[derive(Deserialize)]
struct Golden {
    xi_per_day: f64,
    grid: usize,
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "model")]
    family: String,
    weights: String,
    log_likelihood: f64,
    attack: Vec<f64>,
    defence: Vec<f64>,
    tail: Vec<f64>,
    grids: Vec<Grid>,
}

#[derive(Deserialize)]
struct Grid {
    home: usize,
    away: usize,
    cells: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/goals.json")).unwrap()
}

fn matches(weights: &str, xi: f64) -> GoalMatches {
    let rows: Vec<[u32; 5]> = include_str!("golden/goal_matches.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split(',').map(|f| f.parse().unwrap());
            std::array::from_fn(|_| fields.next().unwrap())
        })
        .collect();
    let last = rows.iter().map(|r| r[0]).max().unwrap();
    let decay = if weights == "even" { TimeDecay::NONE } else { TimeDecay::xi_per_day(xi).unwrap() };
    let mut matches = GoalMatches::new(26);
    for [day, home, away, h, a] in rows {
        let score = Score { home: h as u8, away: a as u8 };
        let weight = decay.weight(f64::from(last - day));
        matches.push(GoalObservation::new(home, away, score).weighted(weight));
    }
    matches
}

/// Fits as they did, compares the optimum, and rebuilds their grids from their parameters.
fn check<F: ScoreFamily>(family: &F, name: &str, shapes: impl Fn(&[f64]) -> Vec<f64>) {
    let golden = golden();
    let mut found = 0;
    for theirs in golden.models.iter().filter(|m| m.family == name) {
        found += 1;
        let context = format!("{name}, {} weights", theirs.weights);
        let matches = matches(&theirs.weights, golden.xi_per_day);
        let ours = family.fit(&matches, &FitConfig::maximum_likelihood()).unwrap();
        assert!(
            ours.log_likelihood() >= theirs.log_likelihood - 1e-6,
            "{context}: {} below {}",
            ours.log_likelihood(),
            theirs.log_likelihood
        );
        for grid in &theirs.grids {
            let home = (theirs.attack[grid.home] + theirs.defence[grid.away] + theirs.tail[0]).exp();
            let away = (theirs.attack[grid.away] + theirs.defence[grid.home]).exp();
            // They leave the grid unscaled, ours sums to 1.
            let sum: f64 = grid.cells.iter().sum();
            let ours = family.grid([home, away], &shapes(&theirs.tail[1..]), golden.grid - 1);
            for (k, (p, q)) in ours.cells().iter().zip(&grid.cells).enumerate() {
                assert!((p - q / sum).abs() < 1e-9, "{context}: cell {k} is {p}, theirs {}", q / sum);
            }
        }
    }
    assert_eq!(found, 2, "{name} is in the fixture with both weightings");
}

#[test]
fn poisson_agrees() {
    check(&Poisson, "poisson", |_| Vec::new());
}

#[test]
fn dixon_coles_agrees() {
    check(&DixonColes, "dixon_coles", <[f64]>::to_vec);
}

#[test]
fn bivariate_poisson_agrees() {
    // Theirs is the logarithm of the shared rate.
    check(&BivariatePoisson, "bivariate_poisson", |tail| vec![tail[0].exp()]);
}

#[test]
fn negative_binomial_agrees() {
    // Theirs is the size, ours its inverse.
    check(&NegativeBinomial, "negative_binomial", |tail| vec![1.0 / tail[0]]);
}

#[test]
fn zero_inflated_poisson_agrees() {
    check(&ZeroInflatedPoisson, "zero_inflated_poisson", <[f64]>::to_vec);
}

#[test]
fn weibull_copula_agrees() {
    // Their likelihood, but not their grid: they cut the series of each count after 15 terms, which moves cells by
    // up to 2e-6. The fixture holds the grid at their parameters in 60-digit arithmetic instead.
    check(&WeibullCopula, "weibull_copula", <[f64]>::to_vec);
}
