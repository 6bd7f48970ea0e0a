//! Scores against penaltyblog 1.13 on invented forecasts (`bench/penaltyblog/goldens.py`), within 1e-12.

use serde_json::Value;
use touchline_models::metrics::{Evaluation, ScoringRule, rps};
use touchline_outcomes::{Forecast, Outcome};

#[test]
fn scores_agree() {
    let golden: Value = serde_json::from_str(include_str!("golden/metrics.json")).unwrap();
    let outcomes: Vec<Outcome> = golden["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| Outcome::ALL[o.as_u64().unwrap() as usize])
        .collect();
    let forecasts: Vec<Forecast> = golden["probabilities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| Forecast::normalised([0, 1, 2].map(|i| row[i].as_f64().unwrap())).unwrap())
        .collect();
    let scores = Evaluation::of(&forecasts, &outcomes).unwrap();
    let close = |a: f64, name: &str| {
        let b = golden[name].as_f64().unwrap();
        assert!((a - b).abs() < 1e-12, "{name}: {a} against {b}");
    };
    close(scores.rps.value, "rps_mean");
    close(scores.brier.value, "brier_mean");
    close(scores.ignorance.value, "ignorance_mean");
    for (i, t) in golden["rps"].as_array().unwrap().iter().enumerate() {
        let theirs = t.as_f64().unwrap();
        assert!((ScoringRule::Rps.score(&forecasts[i], outcomes[i]) - theirs).abs() < 1e-12);
        assert!((rps(&forecasts[i].as_array(), outcomes[i].index()).unwrap() - theirs).abs() < 1e-12);
    }
}
