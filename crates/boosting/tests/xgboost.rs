//! Training with XGBoost: the trees that are read back say what the library says.
#![cfg(feature = "xgboost")]

mod common;

use common::{COLUMNS, Matches, go_on};
use std::ops::ControlFlow;
use touchline_boosting::{Dataset, Objective, XgBoost, XgBoostConfig, XgBoostFitError};
use xgb::parameters::BoosterParameters;
use xgb::{Booster, DMatrix};

const OUTCOME: Objective = Objective::Multiclass { classes: 3 };
const ROUNDS: usize = 25;

fn config(objective: Objective) -> XgBoostConfig {
    XgBoostConfig { objective, rounds: ROUNDS, min_child_weight: 5.0, threads: 1, ..XgBoostConfig::default() }
}

/// The library by itself: raw scores of later rows, without starting scores.
fn theirs(objective: &str, train: &Matches, labels: &[f32], start: &[f32], later: &Matches) -> Vec<f32> {
    let mut data = DMatrix::from_dense(&train.features, train.rows()).unwrap();
    data.set_labels(labels).unwrap();
    data.set_base_margin(start).unwrap();
    let mut booster = Booster::new_with_cached_dmats(&BoosterParameters::default(), &[&data]).unwrap();
    let classes = if objective == "count:poisson" { "0" } else { "3" };
    for (name, value) in [
        ("objective", objective),
        ("num_class", classes),
        ("tree_method", "hist"),
        ("eta", "0.03"),
        ("max_depth", "4"),
        ("min_child_weight", "5"),
        ("subsample", "0.6"),
        ("colsample_bytree", "0.3"),
        ("lambda", "20"),
        ("max_bin", "64"),
        ("seed", "0"),
        ("nthread", "1"),
    ] {
        booster.set_param(name, value).unwrap();
    }
    for round in 0..ROUNDS {
        booster.update(&data, round as i32).unwrap();
    }
    let mut rows = DMatrix::from_dense(&later.features, later.rows()).unwrap();
    rows.set_base_margin(&vec![0.0; later.rows() * start.len() / train.rows()]).unwrap();
    booster.predict_margin(&rows).unwrap()
}

fn assert_close(ours: &[f64], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len());
    assert!(theirs.iter().any(|x| x.abs() > 0.05), "the model tells rows apart");
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert!((ours - f64::from(*theirs)).abs() < 1e-5, "{ours} for {theirs}");
    }
}

#[test]
fn outcome_scores_equal_the_librarys() {
    let (train, later) = (Matches::simulate(2_000, 1), Matches::simulate(501, 2));
    let start: Vec<f64> = (0..6_000).map(|n| f64::from(n % 7) / 8.0).collect();
    for start in [None, Some(&start)] {
        let mut data = Dataset::new(train.matrix(), &train.outcomes);
        if let Some(start) = start {
            data = data.with_init_scores(start);
        }
        let ours = XgBoost::new(config(OUTCOME)).unwrap().fit(&data, &mut go_on).unwrap();
        assert_eq!(ours.rounds(), ROUNDS);
        let margin: Vec<f32> =
            start.map_or_else(|| vec![0.0; 6_000], |start| start.iter().map(|s| *s as f32).collect());
        let theirs = theirs("multi:softprob", &train, &train.outcomes, &margin, &later);
        assert_close(&ours.predict_raw_batch(&later.matrix(), 1).unwrap(), &theirs);
    }
}

#[test]
fn goal_scores_equal_the_librarys() {
    let (train, later) = (Matches::simulate(2_000, 3), Matches::simulate(501, 4));
    let data = Dataset::new(train.matrix(), &train.goals);
    let ours = XgBoost::new(config(Objective::Poisson)).unwrap().fit(&data, &mut go_on).unwrap();
    let theirs = theirs("count:poisson", &train, &train.goals, &vec![0.0; 2_000], &later);
    assert_close(&ours.predict_raw_batch(&later.matrix(), 1).unwrap(), &theirs);
}

#[test]
fn the_same_seed_gives_the_same_text_and_names_are_kept() {
    let train = Matches::simulate(1_000, 1);
    let names: Vec<String> = (0..COLUMNS).map(|n| format!("column_{n}")).collect();
    let data = Dataset::new(train.matrix(), &train.outcomes).with_feature_names(&names);
    let fit = |seed| {
        let config = XgBoostConfig { seed, ..config(OUTCOME) };
        XgBoost::new(config).unwrap().fit(&data, &mut go_on).unwrap()
    };
    assert_eq!(fit(1).to_text(), fit(1).to_text());
    assert_ne!(fit(1).to_text(), fit(2).to_text());
    assert_eq!(fit(1).feature_names(), names);
}

#[test]
fn settings_out_of_range_and_useless_data_are_refused() {
    let bad = XgBoostConfig { depth: 15, ..XgBoostConfig::default() };
    assert_eq!(XgBoost::new(bad).unwrap_err().setting, "depth");
    let train = Matches::simulate(50, 1);
    let data = Dataset::new(train.matrix(), &train.outcomes[..49]);
    let fit = XgBoost::new(XgBoostConfig::default()).unwrap().fit(&data, &mut go_on);
    assert!(matches!(fit, Err(XgBoostFitError::Train(_))));
}

#[test]
fn a_training_that_is_stopped_ends_after_that_round() {
    let train = Matches::simulate(600, 3);
    let data = Dataset::new(train.matrix(), &train.outcomes);
    let mut seen = Vec::new();
    let stopped = XgBoost::new(config(OUTCOME)).unwrap().fit(&data, &mut |round, _| {
        seen.push(round);
        if round == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(stopped, Err(XgBoostFitError::Stopped)));
    assert_eq!(seen, [1, 2]);
}
