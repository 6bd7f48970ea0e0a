//! Native inference, SHAP and importances against LightGBM's own.

#[path = "../tests/common/mod.rs"]
mod common;

use std::ffi::CString;

use common::{COLUMNS, Matches, OUTCOME, fit, quick};

use crate::ffi::peer::{Kind, Peer};
use crate::ffi::{NativeBooster, NativeDataset};
use crate::{LightGbmConfig, Matrix, Objective, TreeEnsemble, gate};

/// A model that LightGBM trains with settings that this crate does not offer.
fn train_text(data: &Matches, labels: &[f32], parameters: &str) -> String {
    let _pass = gate::enter(1);
    let parameters = CString::new(format!("{parameters} num_threads=1 verbosity=-1")).unwrap();
    let mut dataset = NativeDataset::new(&data.matrix(), &parameters, None).unwrap();
    dataset.set_f32(c"label", labels).unwrap();
    let mut booster = NativeBooster::new(&dataset, &parameters).unwrap();
    for _ in 0..20 {
        assert!(booster.update().unwrap());
    }
    booster.to_text(20).unwrap()
}

fn bits(scores: &[f64]) -> Vec<u64> {
    scores.iter().map(|score| score.to_bits()).collect()
}

/// Every way to predict must equal the peer's raw scores, bit for bit.
fn assert_same_scores(ensemble: &TreeEnsemble, data: &Matches) {
    let peer = Peer::from_text(ensemble.to_text()).unwrap();
    let expected = peer.predict(&data.matrix(), Kind::Raw).unwrap();
    assert!(expected.iter().any(|score| (score - expected[0]).abs() > 0.1), "the model tells rows apart");

    let outputs = ensemble.outputs();
    let mut one_by_one = vec![f64::NAN; data.rows() * outputs];
    for (index, out) in one_by_one.chunks_exact_mut(outputs).enumerate() {
        ensemble.predict_raw(data.row(index), out).unwrap();
    }
    assert_eq!(bits(&one_by_one), bits(&expected));
    for threads in [1, 3] {
        let batch = ensemble.predict_raw_batch(&data.matrix(), threads).unwrap();
        assert_eq!(bits(&batch), bits(&expected), "{threads} threads");
    }

    let transformed = peer.predict(&data.matrix(), Kind::Transformed).unwrap();
    let ours = ensemble.predict_batch(&data.matrix(), 2).unwrap();
    for (ours, theirs) in ours.iter().zip(&transformed) {
        assert!((ours - theirs).abs() <= 1e-15 * theirs.abs().max(1.0), "{ours} for {theirs}");
    }
}

#[test]
fn outcome_scores_equal_lightgbms_bit_for_bit() {
    // 1,001 rows: the last block and the last lanes are not full.
    let (train, later) = (Matches::simulate(3000, 1), Matches::simulate(1001, 2));
    let ensemble = fit(quick(OUTCOME), &train.dataset(OUTCOME));
    assert_eq!(ensemble.rounds(), 30);
    assert!(ensemble.forest().answers_from_masks(), "such trees are small");
    assert_same_scores(&ensemble, &later);
}

#[test]
fn goal_scores_equal_lightgbms_bit_for_bit() {
    let (train, later) = (Matches::simulate(3000, 3), Matches::simulate(130, 4));
    assert_same_scores(&fit(quick(Objective::Poisson), &train.dataset(Objective::Poisson)), &later);
}

#[test]
fn deep_and_stump_trees_equal_lightgbms() {
    let (train, later) = (Matches::simulate(2000, 5), Matches::simulate(200, 6));
    for leaves in [2, 300] {
        let config =
            LightGbmConfig { leaves, min_rows_per_leaf: 1, max_bin: 255, lambda_l2: 0.0, ..quick(OUTCOME) };
        assert_same_scores(&fit(config, &train.dataset(OUTCOME)), &later);
    }
}

/// Trained by the peer with each treatment of missing values that LightGBM has.
#[test]
fn every_kind_of_missing_value_equals_lightgbms() {
    let (train, later) = (Matches::simulate(2000, 7), Matches::simulate(500, 8));
    for (use_missing, zero_as_missing, kind) in [(true, false, 2), (true, true, 1), (false, false, 0)] {
        let parameters = format!(
            "objective=multiclass num_class=3 num_leaves=12 use_missing={use_missing} \
             zero_as_missing={zero_as_missing}"
        );
        let text = train_text(&train, &train.outcomes, &parameters);
        // `decision_type` has the kind of missing value in bits 2 and 3.
        let kinds = text.lines().filter_map(|line| line.strip_prefix("decision_type="));
        let kinds: Vec<u8> =
            kinds.flat_map(|line| line.split(' ').map(|bits| bits.parse().unwrap())).collect();
        assert!(kinds.iter().any(|bits| bits >> 2 == kind), "the mode is in use");
        let ensemble = TreeEnsemble::from_text(&text).unwrap();
        assert_same_scores(&ensemble, &later);
        assert_same_contributions(&ensemble, &later, 20);
    }
}

/// Each contribution within 1e-9 of the peer's, relative to the largest of the row, and the sum equal to the score.
fn assert_same_contributions(ensemble: &TreeEnsemble, data: &Matches, rows: usize) {
    let peer = Peer::from_text(ensemble.to_text()).unwrap();
    let some = Matrix::row_major(&data.features[..rows * COLUMNS], rows, COLUMNS).unwrap();
    let expected = peer.predict(&some, Kind::Contributions).unwrap();
    let outputs = ensemble.outputs();
    assert_eq!(expected.len(), rows * outputs * (COLUMNS + 1));
    for (row, expected) in expected.chunks_exact(outputs * (COLUMNS + 1)).enumerate() {
        let mut raw = vec![0.0; outputs];
        ensemble.predict_raw(data.row(row), &mut raw).unwrap();
        let explained = ensemble.explain(data.row(row)).unwrap();
        for ((ours, theirs), raw) in explained.iter().zip(expected.chunks_exact(COLUMNS + 1)).zip(raw) {
            let scale = theirs.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
            for (ours, theirs) in ours.features.iter().chain([&ours.base]).zip(theirs) {
                assert!((ours - theirs).abs() <= 1e-9 * scale, "{ours} for {theirs} in row {row}");
            }
            let sum = ours.base + ours.features.iter().sum::<f64>();
            assert!((sum - raw).abs() <= 1e-9 * scale, "{sum} for {raw} in row {row}");
        }
    }
}

#[test]
fn contributions_equal_lightgbms_and_sum_to_the_score() {
    let (train, later) = (Matches::simulate(3000, 9), Matches::simulate(100, 10));
    for objective in [OUTCOME, Objective::Poisson] {
        let ensemble = fit(quick(objective), &train.dataset(objective));
        assert_same_contributions(&ensemble, &later, 100);
    }
    // Many splits on one feature along a path.
    let deep = LightGbmConfig { leaves: 64, min_rows_per_leaf: 2, rounds: 10, ..quick(OUTCOME) };
    assert_same_contributions(&fit(deep, &train.dataset(OUTCOME)), &later, 40);
}

#[test]
fn importances_equal_lightgbms() {
    let train = Matches::simulate(2000, 11);
    let ensemble = fit(quick(OUTCOME), &train.dataset(OUTCOME));
    let peer = Peer::from_text(ensemble.to_text()).unwrap();
    let splits = peer.importances(false, COLUMNS).unwrap();
    let gains = peer.importances(true, COLUMNS).unwrap();
    for ((ours, splits), gain) in ensemble.importances().iter().zip(splits).zip(gains) {
        assert!((ours.splits as f64 - splits).abs() < 0.5);
        assert!((ours.gain - gain).abs() <= 1e-6 * gain.abs(), "{} for {gain}", ours.gain);
    }
    assert!(ensemble.importances()[0].splits > 0);
}

#[test]
fn models_that_native_inference_cannot_run_say_so() {
    let mut train = Matches::simulate(2000, 12);
    // Categories are numbered from 0, and only one that decides much is split on.
    for (row, goals) in train.features.chunks_exact_mut(COLUMNS).zip(&train.goals) {
        row[4] = *goals;
    }
    for (parameters, expected) in [
        ("objective=regression", "objective `regression`"),
        ("objective=poisson categorical_feature=4 min_data_per_group=1 cat_smooth=0", "a categorical split"),
        ("objective=poisson linear_tree=true", "a linear model"),
        ("objective=poisson boosting=rf bagging_freq=1 bagging_fraction=0.5", "random forest"),
    ] {
        let text = train_text(&train, &train.goals, parameters);
        let error = TreeEnsemble::from_text(&text).expect_err(parameters);
        assert!(error.to_string().contains(expected), "{error}");
    }
}
