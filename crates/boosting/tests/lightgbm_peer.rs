//! Native inference and SHAP against LightGBM's own, through the independent `lightgbm3` bindings.

mod common;

use std::sync::{Mutex, MutexGuard, PoisonError};

use common::{COLUMNS, Matches, OUTCOME, fit, quick};
use lightgbm3::Booster;
use serde_json::json;
use touchline_boosting::{LightGbmConfig, Objective, TreeEnsemble};

/// LightGBM's number of threads is process-wide, and the peer sets it with every call.
fn alone() -> MutexGuard<'static, ()> {
    static PEER: Mutex<()> = Mutex::new(());
    PEER.lock().unwrap_or_else(PoisonError::into_inner)
}

fn bits(scores: &[f64]) -> Vec<u64> {
    scores.iter().map(|score| score.to_bits()).collect()
}

/// Every way to predict must equal the peer's raw scores, bit for bit.
fn assert_same_scores(ensemble: &TreeEnsemble, data: &Matches) {
    let peer = Booster::from_string(ensemble.to_text()).unwrap();
    let expected = peer.raw_scores(&data.features, COLUMNS as i32, true).unwrap();
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

    let transformed = peer.predict(&data.features, COLUMNS as i32, true).unwrap();
    let ours = ensemble.predict_batch(&data.matrix(), 2).unwrap();
    for (ours, theirs) in ours.iter().zip(&transformed) {
        assert!((ours - theirs).abs() <= 1e-15 * theirs.abs().max(1.0), "{ours} for {theirs}");
    }
}

#[test]
fn outcome_scores_equal_lightgbms_bit_for_bit() {
    let _alone = alone();
    // 1,001 rows: the last block and the last lanes are not full.
    let (train, later) = (Matches::simulate(3000, 1), Matches::simulate(1001, 2));
    let ensemble = fit(quick(OUTCOME), &train.dataset(OUTCOME));
    assert_eq!(ensemble.rounds(), 30);
    assert_same_scores(&ensemble, &later);
}

#[test]
fn goal_scores_equal_lightgbms_bit_for_bit() {
    let _alone = alone();
    let (train, later) = (Matches::simulate(3000, 3), Matches::simulate(130, 4));
    assert_same_scores(&fit(quick(Objective::Poisson), &train.dataset(Objective::Poisson)), &later);
}

#[test]
fn deep_and_stump_trees_equal_lightgbms() {
    let _alone = alone();
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
    let _alone = alone();
    let (train, later) = (Matches::simulate(2000, 7), Matches::simulate(500, 8));
    for (use_missing, zero_as_missing) in [(true, false), (true, true), (false, false)] {
        let dataset =
            lightgbm3::Dataset::from_slice(&train.features, &train.outcomes, COLUMNS as i32, true).unwrap();
        let parameters = json!({
            "objective": "multiclass", "num_class": 3, "num_iterations": 20, "num_leaves": 12, "num_threads": 1,
            "use_missing": use_missing, "zero_as_missing": zero_as_missing, "verbosity": -1,
        });
        let text = Booster::train(dataset, &parameters).unwrap().save_string().unwrap();
        let ensemble = TreeEnsemble::from_text(&text).unwrap();
        assert_same_scores(&ensemble, &later);
        assert_same_contributions(&ensemble, &later, 20);
    }
}

/// Each contribution within 1e-9 of the peer's, relative to the largest of the row, and the sum equal to the score.
fn assert_same_contributions(ensemble: &TreeEnsemble, data: &Matches, rows: usize) {
    let peer = Booster::from_string(ensemble.to_text()).unwrap();
    let expected = peer.predict_contrib(&data.features[..rows * COLUMNS], COLUMNS as i32, true).unwrap();
    let outputs = ensemble.outputs();
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
    let _alone = alone();
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
    let _alone = alone();
    let train = Matches::simulate(2000, 11);
    let ensemble = fit(quick(OUTCOME), &train.dataset(OUTCOME));
    let peer = Booster::from_string(ensemble.to_text()).unwrap();
    let splits = peer.feature_importance(lightgbm3::ImportanceType::Split).unwrap();
    let gains = peer.feature_importance(lightgbm3::ImportanceType::Gain).unwrap();
    for ((ours, splits), gain) in ensemble.importances().iter().zip(splits).zip(gains) {
        assert!((ours.splits as f64 - splits).abs() < 0.5);
        assert!((ours.gain - gain).abs() <= 1e-6 * gain.abs(), "{} for {gain}", ours.gain);
    }
    assert!(ensemble.importances()[0].splits > 0);
}

#[test]
fn models_that_native_inference_cannot_run_say_so() {
    let _alone = alone();
    let train = Matches::simulate(500, 12);
    for (parameters, expected) in [
        (json!({"objective": "regression", "num_threads": 1, "verbosity": -1}), "objective `regression`"),
        (
            json!({
                "objective": "poisson", "categorical_feature": "4", "min_data_per_group": 1, "cat_smooth": 0,
                "feature_fraction": 1.0, "num_threads": 1, "verbosity": -1
            }),
            "a categorical split",
        ),
        (
            json!({
                "objective": "poisson", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5,
                "num_threads": 1, "verbosity": -1
            }),
            "random forest",
        ),
    ] {
        let labels: Vec<f32> = train.goals.iter().map(|goals| goals + 1.0).collect();
        let mut text = None;
        // The bindings take dataset parameters from the training ones only through the text: build it by hand.
        if let Ok(dataset) = lightgbm3::Dataset::from_slice(&train.features, &labels, COLUMNS as i32, true) {
            text = Booster::train(dataset, &parameters).ok().and_then(|booster| booster.save_string().ok());
        }
        let error = TreeEnsemble::from_text(&text.unwrap()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
