//! Tests of what all families share: covariates, leagues, groups, warm starts, the two Newton systems.

use super::linear::Lower;
use super::newton::maximise;
use super::objective::Objective;
use super::stored::Stored;
use super::*;
use crate::simulation::rng::normal;
use crate::simulation::{ScoreSampler, SimulationRng};

/// Simulated matches of two leagues of ten teams linked by a cup, with rest days as covariate.
fn simulated(matches_per_pair: usize) -> GoalMatches {
    let mut rng = SimulationRng::new(99, 0);
    let strengths: Vec<[f64; 2]> = (0..20)
        .map(|t| {
            let tier = if t < 10 { 0.25 } else { -0.25 };
            [tier + 0.2 * normal(&mut rng), 0.2 * normal(&mut rng) - tier]
        })
        .collect();
    let groups = (0..20).map(|t| usize::from(t >= 10)).collect();
    let mut matches = GoalMatches::new(20).with_groups(groups).with_leagues(3).with_covariates(&["rest"]);
    for (home, away) in (0..20).flat_map(|h| (0..20).map(move |a| (h, a))).filter(|(h, a)| h != a) {
        let cup = (home < 10) != (away < 10);
        let league = if cup { 2 } else { usize::from(home >= 10) };
        for _ in 0..matches_per_pair {
            let rest = SideValues { home: normal(&mut rng), away: normal(&mut rng) };
            let level = if league == 1 { 0.3 } else { 0.1 };
            let advantage = if cup { 0.0 } else { 0.3 };
            let rates = [
                (level + advantage + strengths[home][0] + strengths[away][1] + 0.1 * rest.home).exp(),
                (level + strengths[away][0] + strengths[home][1] + 0.1 * rest.away).exp(),
            ];
            let score = ScoreSampler::new(&poisson_grid(rates, 14)).sample(&mut rng);
            let m = GoalObservation { league, neutral: cup, ..GoalObservation::new(home, away, score) };
            matches.push_with(m, &[rest]);
        }
    }
    matches
}

fn config() -> FitConfig {
    FitConfig {
        goal_level: GoalLevel::PerLeague,
        home_advantage: HomeAdvantage::PerLeague,
        ..FitConfig::default()
    }
}

#[test]
fn what_was_simulated_is_found_again() {
    let matches = simulated(6);
    let fitted = Poisson.fit(&matches, &config()).unwrap();
    let rest = fitted.coefficient("rest").unwrap();
    assert!((rest - 0.1).abs() < 0.04, "{rest}");
    let advantage = fitted.home_advantage(0, FixtureTeam::Known(0));
    assert!((advantage - 0.3).abs() < 0.1, "{advantage}");
    // Whatever splits between level and strengths, each league's goals come out right.
    for league in 0..3 {
        let (mut expected, mut observed) = (0.0, 0.0);
        for (k, m) in matches.observations().iter().enumerate().filter(|(_, m)| m.league == league) {
            let covariates = matches.covariates(k);
            let fixture =
                GoalFixture { league, neutral: m.neutral, covariates, ..GoalFixture::new(m.home, m.away) };
            expected += fitted.rates(&fixture).iter().sum::<f64>();
            observed += f64::from(m.score.home + m.score.away);
        }
        assert!((expected / observed - 1.0).abs() < 0.01, "league {league}: {expected} for {observed}");
    }
    // Newcomers of the lower group are weaker.
    let (upper, lower) = (
        fitted.strength(FixtureTeam::Newcomer { group: 0 }),
        fitted.strength(FixtureTeam::Newcomer { group: 1 }),
    );
    assert!(upper.0 > lower.0 && upper.1 < lower.1);
    let fixture = GoalFixture {
        home: FixtureTeam::Newcomer { group: 0 },
        away: FixtureTeam::Newcomer { group: 1 },
        ..GoalFixture::new(0, 0)
    };
    assert!(fitted.grid_for(&fixture).forecast().home() > 0.5);
    assert_eq!(fitted.coefficient("weather"), None);
}

#[test]
fn home_advantage_per_team_is_found() {
    let mut matches = GoalMatches::new(6);
    let mut rng = SimulationRng::new(5, 0);
    for (home, away) in (0..6).flat_map(|h| (0..6).map(move |a| (h, a))).filter(|(h, a)| h != a) {
        for _ in 0..40 {
            let advantage = if home == 0 { 0.6 } else { 0.2 };
            let sampler = ScoreSampler::new(&poisson_grid([f64::exp(0.2 + advantage), f64::exp(0.2)], 14));
            matches.push(GoalObservation::new(home, away, sampler.sample(&mut rng)));
        }
    }
    let config =
        FitConfig { home_advantage: HomeAdvantage::PerTeam, home_deviation_sd: 0.3, ..FitConfig::default() };
    let fitted = Poisson.fit(&matches, &config).unwrap();
    let [first, second] = [0, 1].map(|t| fitted.home_advantage(0, FixtureTeam::Known(t)));
    assert!(first - second > 0.2, "{first} {second}");
}

#[test]
fn a_neutral_ground_takes_the_advantage_away() {
    let fitted = Poisson.fit(&simulated(1), &config()).unwrap();
    let at_home = fitted.rates(&GoalFixture::new(0, 1));
    let neutral = fitted.rates(&GoalFixture { neutral: true, ..GoalFixture::new(0, 1) });
    let advantage = fitted.home_advantage(0, FixtureTeam::Known(0));
    assert!((at_home[0] / neutral[0] - advantage.exp()).abs() < 1e-12);
    assert!((at_home[1] - neutral[1]).abs() < 1e-12);
}

#[test]
fn a_warm_start_ends_where_a_cold_one_does() {
    let matches = simulated(2);
    let cold = DixonColes.fit(&matches, &config()).unwrap();
    let mut more = matches.clone();
    let newcomer = more.add_team(1);
    more.push(GoalObservation::new(newcomer, 0, touchline_outcomes::Score { home: 0, away: 2 }));
    let warm = DixonColes.fit_from(&more, &config(), &cold).unwrap();
    let anew = DixonColes.fit(&more, &config()).unwrap();
    for (a, b) in warm.parameters().iter().zip(anew.parameters()) {
        assert!((a - b).abs() < 1e-5);
    }
    assert!(warm.iterations() <= anew.iterations());
}

#[test]
fn conjugate_gradients_reach_the_dense_maximum() {
    let matches = simulated(1);
    for rue_salvesen in [None, Some(0.1)] {
        let config = FitConfig { rue_salvesen, ..config() };
        let objective = Objective::new(&BivariatePoisson, &matches, &config);
        let start = vec![0.05; objective.layout.len()];
        let dense = maximise(&objective, start.clone(), true, 700).unwrap();
        let iterative = maximise(&objective, start, false, 0).unwrap();
        assert!((dense.value.total() - iterative.value.total()).abs() < 1e-7);
    }
}

#[test]
fn the_plain_path_agrees_with_the_general_one() {
    // A covariate that is always 0 forces the general path without changing the model.
    let mut plain = GoalMatches::new(20);
    let mut general = GoalMatches::new(20).with_covariates(&["nothing"]);
    for m in simulated(1).observations() {
        let m = GoalObservation { league: 0, ..*m };
        plain.push(m);
        general.push(m);
    }
    for gamma in [None, Some(1e-12)] {
        let config = FitConfig { rue_salvesen: gamma, ..FitConfig::default() };
        let a = DixonColes.fit(&plain, &FitConfig::default()).unwrap();
        let b = DixonColes.fit(&general, &config).unwrap();
        assert!((a.log_likelihood() - b.log_likelihood()).abs() < 1e-8);
        assert!((a.attack(3) - b.attack(3)).abs() < 1e-6);
    }
}

/// Value, gradient and Hessian times a vector, from sums per pairing and from the matches one by one.
fn assert_sums_agree<F: ScoreFamily>(family: &F, matches: &GoalMatches) {
    let config = FitConfig::default();
    let objective = Objective::new(family, matches, &config);
    let size = objective.layout.len();
    let mut rng = SimulationRng::new(7, 0);
    let mut theta: Vec<f64> = (0..size).map(|_| 0.3 * normal(&mut rng)).collect();
    for (k, shape) in objective.shapes.iter().enumerate() {
        theta[objective.layout.shape(k)] = shape.start + 0.01;
    }
    let (mut dense, mut stored) = (Lower::zeros(size), Stored::default());
    let mut gradients = [vec![0.0; size], vec![0.0; size]];
    let by_sums = objective.evaluate(&theta, &mut gradients[0], &mut dense);
    let by_match = objective.evaluate(&theta, &mut gradients[1], &mut stored);
    let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * (1.0 + a.abs());
    assert!(close(by_sums.total(), by_match.total()), "{}", F::NAME);
    assert!(gradients[0].iter().zip(&gradients[1]).all(|(a, b)| close(*a, *b)), "{}", F::NAME);
    objective.add_prior_curvature(&mut dense);
    let vector: Vec<f64> = (0..size).map(|_| normal(&mut rng)).collect();
    let mut product = vec![0.0; size];
    objective.product(&stored, &vector, &mut product);
    for (i, expected) in product.iter().enumerate() {
        let cell = |j: usize| if j <= i { dense.row(i)[j] } else { dense.row(j)[i] };
        let found: f64 = (0..size).map(|j| cell(j) * vector[j]).sum();
        assert!(close(found, *expected), "{} row {i}: {found} for {expected}", F::NAME);
    }
}

#[test]
fn sums_per_pairing_agree_with_matches_one_by_one() {
    // Neutral cup matches are among them; weights differ.
    let mut matches = GoalMatches::new(20);
    for (k, m) in simulated(2).observations().iter().enumerate() {
        matches.push(GoalObservation { league: 0, ..*m }.weighted(0.2 + (k % 7) as f64 / 7.0));
    }
    assert_sums_agree(&Poisson, &matches);
    assert_sums_agree(&DixonColes, &matches);
    assert_sums_agree(&BivariatePoisson, &matches);
    assert_sums_agree(&DiagonalInflated { diagonal: Diagonal::Geometric }, &matches);
}

#[test]
fn a_search_that_stops_early_stops_at_the_maximum() {
    let matches = simulated(2);
    for tolerance in [1e-9, 1e-4] {
        let config = FitConfig { tolerance, ..FitConfig::default() };
        let fitted = DixonColes.fit(&matches, &config).unwrap();
        let objective = Objective::new(&DixonColes, &matches, &config);
        let again = maximise(&objective, fitted.parameters().to_vec(), false, 700).unwrap();
        assert!(again.value.total() - fitted.log_posterior() < tolerance);
    }
}

#[test]
fn the_estimated_spread_is_near_the_simulated_one() {
    let estimated = FitConfig { shrinkage: Shrinkage::Estimated, ..config() };
    let (attack, defence) = Poisson.fit(&simulated(4), &estimated).unwrap().spread().unwrap();
    assert!((0.1..0.3).contains(&attack), "{attack}");
    assert!((0.1..0.3).contains(&defence), "{defence}");
}

#[test]
fn a_fitted_model_survives_serialisation() {
    let fitted = WeibullCopula.fit(&simulated(1), &config()).unwrap();
    let text = serde_json::to_string(&fitted).unwrap();
    let back: Fitted<WeibullCopula> = serde_json::from_str(&text).unwrap();
    assert!((back.grid(2, 7).forecast().home() - fitted.grid(2, 7).forecast().home()).abs() < 1e-12);
}
