//! Property tests over all families: hostile training sets give an error or a finite answer, never a panic
//! and never a grid that does not sum to 1.

use super::*;
use proptest::prelude::*;
use touchline_outcomes::Score;

/// Runs the same check for every family.
macro_rules! for_all_families {
    ($check:ident ( $($argument:expr),* )) => {{
        $check(&Poisson, $($argument),*);
        $check(&DixonColes, $($argument),*);
        $check(&BivariatePoisson, $($argument),*);
        $check(&DiagonalInflated { diagonal: Diagonal::Geometric }, $($argument),*);
        $check(&DiagonalInflated { diagonal: Diagonal::Poisson }, $($argument),*);
        $check(&DiagonalInflated { diagonal: Diagonal::NilNil }, $($argument),*);
        $check(&NegativeBinomial, $($argument),*);
        $check(&ZeroInflatedPoisson, $($argument),*);
        $check(&ConwayMaxwellPoisson, $($argument),*);
        $check(&DoublePoisson, $($argument),*);
        $check(&Skellam, $($argument),*);
        $check(&WeibullCopula, $($argument),*);
    }};
}

fn observation(home: usize, away: usize, h: u8, a: u8) -> GoalObservation {
    GoalObservation::new(home, away, Score { home: h, away: a })
}

fn assert_sound<F: ScoreFamily>(fitted: &Fitted<F>, context: &str) {
    assert!(fitted.parameters().iter().all(|p| p.is_finite()), "{context}: {:?}", fitted.parameters());
    assert!(fitted.log_likelihood().is_finite(), "{context}");
    let n = fitted.teams();
    for home in 0..=n {
        for away in 0..=n {
            let grid = fitted.grid(home, away);
            let sum: f64 = grid.cells().iter().sum();
            assert!((sum - 1.0).abs() < 1e-9, "{context}: {home}-{away} sums to {sum}");
            assert!(grid.cells().iter().all(|p| *p >= 0.0), "{context}");
        }
    }
}

/// With shrinkage the fit must succeed; without, it may refuse.
fn fits<F: ScoreFamily>(family: &F, matches: &GoalMatches, context: &str) {
    let highest = matches.observations().iter().map(|m| m.score.home.max(m.score.away)).max();
    match family.fit(matches, &FitConfig::default()) {
        Ok(fitted) => assert_sound(&fitted, &format!("{} {context}", F::NAME)),
        Err(FitError::TooManyGoals { .. }) if highest > Some(F::GOAL_LIMIT) => {}
        Err(error) => panic!("{} {context}: {error}", F::NAME),
    }
    match family.fit(matches, &FitConfig::maximum_likelihood()) {
        Ok(fitted) => assert_sound(&fitted, &format!("{} {context}, no shrinkage", F::NAME)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

#[test]
fn one_match_is_enough_with_shrinkage_and_refused_without() {
    let matches = GoalMatches::from_observations(vec![observation(0, 1, 2, 1)]);
    for_all_families!(fits(&matches, "one match"));
    assert_eq!(Poisson.fit(&matches, &FitConfig::maximum_likelihood()), Err(FitError::NotIdentified));
}

#[test]
fn a_team_without_goals_gets_a_finite_attack() {
    let rounds = (0..10)
        .flat_map(|k| [observation(0, 1, 0, 2), observation(1, 2, 1, 1), observation(2, 0, 1 + k % 2, 0)]);
    let matches = GoalMatches::from_observations(rounds.collect());
    for_all_families!(fits(&matches, "no goals"));
    let refused = DixonColes.fit(&matches, &FitConfig::maximum_likelihood());
    assert!(matches!(refused, Err(FitError::Unbounded { team: 0, parameter: "attack", .. })), "{refused:?}");
}

#[test]
fn all_draws_fit() {
    for goals in [0, 1, 2] {
        let matches = GoalMatches::from_observations(
            (0..4)
                .flat_map(|h| (0..4).filter(move |a| *a != h).map(move |a| observation(h, a, goals, goals)))
                .collect(),
        );
        for_all_families!(fits(&matches, "all draws"));
    }
}

#[test]
fn leagues_that_never_meet_fit_with_shrinkage_only() {
    let matches = GoalMatches::from_observations(vec![
        observation(0, 1, 2, 1),
        observation(1, 0, 1, 1),
        observation(2, 3, 0, 1),
        observation(3, 2, 2, 2),
    ]);
    for_all_families!(fits(&matches, "disconnected"));
    let refused = Poisson.fit(&matches, &FitConfig::maximum_likelihood());
    assert_eq!(refused, Err(FitError::Disconnected { components: 2 }));
}

#[test]
fn weights_of_zero_or_nan_are_refused() {
    let mut matches = GoalMatches::from_observations(vec![observation(0, 1, 2, 1), observation(1, 0, 0, 0)]);
    for (weight, expected) in
        [(0.0, "no match carries weight"), (f64::NAN, "weight of match 0"), (-1.0, "weight")]
    {
        matches.set_weights(|_, _| weight);
        let error = DixonColes.fit(&matches, &FitConfig::default()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_fifty_goal_score_fits() {
    let mut rounds: Vec<_> =
        (0..12).map(|k| observation(k % 3, (k + 1) % 3, (k % 4) as u8, (k % 3) as u8)).collect();
    rounds.push(observation(0, 2, 50, 0));
    let matches = GoalMatches::from_observations(rounds);
    for_all_families!(fits(&matches, "fifty goals"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_training_set_fits_or_says_why(
        rounds in prop::collection::vec((0_usize..5, 0_usize..5, 0_u8..9, 0_u8..9, 0.0_f64..2.0), 1..40),
    ) {
        let rounds = rounds.into_iter().filter(|r| r.0 != r.1);
        let matches: Vec<_> = rounds.map(|(h, a, x, y, w)| observation(h, a, x, y).weighted(w)).collect();
        prop_assume!(matches.iter().map(|m| m.weight).sum::<f64>() > 1e-3);
        let matches = GoalMatches::from_observations(matches);
        for_all_families!(fits(&matches, "random"));
    }
}
