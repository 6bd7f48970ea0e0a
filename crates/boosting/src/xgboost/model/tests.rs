use super::*;
use crate::Matrix;
use crate::ffi::peer::{Kind, Peer};
use serde_json::{Value, json};

/// A stump on column 1 and a tree of three leaves for each of two rounds of a Poisson model.
fn document() -> Value {
    let stump = json!({
        "left_children": [1, -1, -1], "right_children": [2, -1, -1], "split_indices": [1, 0, 0],
        "split_conditions": [0.5, -0.25, 0.125], "default_left": [1, 0, 0],
        "sum_hessian": [30.0, 10.4, 19.6], "loss_changes": [3.5, 0.0, 0.0], "split_type": [0, 0, 0],
    });
    let deeper = json!({
        "left_children": [1, 3, -1, -1, -1], "right_children": [2, 4, -1, -1, -1],
        "split_indices": [0, 1, 0, 0, 0], "split_conditions": [1.0, -2.0, 0.5, 0.0625, -0.75],
        "default_left": [0, 1, 0, 0, 0], "sum_hessian": [9.0, 5.0, 4.0, 0.2, 4.8],
        "loss_changes": [2.0, 1.0, 0.0, 0.0, 0.0], "split_type": [0, 0, 0, 0, 0],
    });
    json!({"learner": {
        "feature_names": ["form", "rest"],
        "gradient_booster": {"name": "gbtree", "model": {"trees": [stump, deeper], "tree_info": [0, 0]}},
        "learner_model_param": {"num_class": "0", "num_feature": "2", "base_score": "5E-1"},
        "objective": {"name": "count:poisson"},
    }})
}

fn read(document: &Value) -> Result<TreeEnsemble, XgBoostModelError> {
    from_xgboost_json(&document.to_string())
}

const ROWS: [[f32; 2]; 7] = [
    [0.0, 0.0],
    [0.0, 0.5],
    [1.0, 0.499_999_97],
    [f32::NAN, f32::NAN],
    [-1.0, -2.0],
    [-1.0, -2.000_000_2],
    [1.0, 9.0],
];

#[test]
fn rows_go_where_xgboost_sends_them() {
    let ensemble = read(&document()).unwrap();
    assert_eq!((ensemble.rounds(), ensemble.feature_names()[1].as_str()), (2, "rest"));
    let score = |row: &[f32; 2]| {
        let mut out = [0.0];
        ensemble.predict_raw(row, &mut out).unwrap();
        out[0]
    };
    // Left is strictly below the threshold; missing goes where `default_left` says.
    let expected =
        [-0.25 - 0.75, 0.125 - 0.75, -0.25 + 0.5, -0.25 + 0.5, -0.25 - 0.75, -0.25 + 0.0625, 0.125 + 0.5];
    for (row, expected) in ROWS.iter().zip(expected) {
        assert!((score(row) - expected).abs() < 1e-15, "{row:?}: {} instead of {expected}", score(row));
    }
}

#[test]
fn lightgbm_itself_reads_the_rewritten_text() {
    let ensemble = read(&document()).unwrap();
    let values: Vec<f32> = ROWS.concat();
    let matrix = Matrix::row_major(&values, ROWS.len(), 2).unwrap();
    let peer = Peer::from_text(ensemble.to_text()).unwrap();
    assert_eq!(peer.predict(&matrix, Kind::Raw).unwrap(), ensemble.predict_raw_batch(&matrix, 1).unwrap());
}

#[test]
fn weights_stand_in_for_counts_and_add_up() {
    let text = read(&document()).unwrap().to_text().to_owned();
    assert!(text.contains("leaf_count=10 20\n") && text.contains("internal_count=30\n"), "{text}");
    assert!(text.contains("leaf_count=1 5 4\n") && text.contains("internal_count=10 6\n"), "{text}");
}

#[test]
fn other_models_and_damaged_ones_are_refused() {
    let change = |pointer: &str, value: Value| {
        let mut document = document();
        *document.pointer_mut(pointer).unwrap() = value;
        read(&document).unwrap_err().to_string()
    };
    let tree = "/learner/gradient_booster/model/trees/0";
    for (pointer, value, words) in [
        ("/learner/gradient_booster/name", json!("dart"), "dart"),
        ("/learner/objective/name", json!("rank:pairwise"), "rank:pairwise"),
        ("/learner/learner_model_param/num_class", json!("3"), "3 classes"),
        ("/learner/learner_model_param/num_feature", json!("99999999"), "columns"),
        ("/learner/feature_names", json!(["a b", "c"]), "plain"),
        ("/learner/gradient_booster/model/tree_info", json!([0, 1]), "order of trees"),
        (&format!("{tree}/split_type"), json!([1, 0, 0]), "categories"),
        (&format!("{tree}/left_children"), json!([0, -1, -1]), "two parents"),
        (&format!("{tree}/left_children"), json!([7, -1, -1]), "does not exist"),
        (&format!("{tree}/right_children"), json!([2, -1]), "lengths"),
        (&format!("{tree}/split_indices"), json!([2, 0, 0]), "not a column"),
        (&format!("{tree}/left_children"), json!([]), "empty"),
    ] {
        let said = change(pointer, value);
        assert!(said.contains(words), "{pointer}: {said}");
    }
    for text in ["", "{}", "[]", "{\"learner\":3}"] {
        assert!(matches!(from_xgboost_json(text), Err(XgBoostModelError::Json(_))));
    }
}
