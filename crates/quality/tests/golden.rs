//! Detectors beside SciPy and scikit-learn, on samples that `golden/golden.py` has drawn.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use serde::Deserialize;
use touchline_quality::detect::{
    Cluster, IsolationForest, benjamini_hochberg, dbscan, iqr, ks, moments, quantile, three_sigma,
};

#[derive(Deserialize)]
struct Golden {
    ks: Vec<Shift>,
    spread: Vec<Spread>,
    benjamini_hochberg: Vec<Many>,
    points: Vec<Vec<f64>>,
    clusters: Vec<i64>,
    forest: Vec<f64>,
}

#[derive(Deserialize)]
struct Shift {
    a: Vec<f64>,
    b: Vec<f64>,
    distance: f64,
    p: f64,
    method: String,
}

#[derive(Deserialize)]
struct Spread {
    values: Vec<f64>,
    mean: f64,
    sd: f64,
    q1: f64,
    q3: f64,
    three_sigma: usize,
    iqr: usize,
}

#[derive(Deserialize)]
struct Many {
    p: Vec<f64>,
    q: f64,
    kept: Vec<bool>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/detectors.json")).unwrap()
}

#[test]
fn kolmogorov_and_smirnov_as_in_scipy() {
    for Shift { a, b, distance, p, method } in golden().ks {
        let found = ks(&a, &b).unwrap();
        assert!((found.distance - distance).abs() < 1e-12);
        // SciPy's asymptotic p-value is that of the exact one-sample distribution at a rounded size.
        let tolerance = if method == "exact" { 1e-9 } else { 0.01 };
        assert!((found.p - p).abs() < tolerance, "{method}: {} and {p}", found.p);
    }
}

#[test]
fn spread_as_in_numpy() {
    for s in golden().spread {
        let of = moments(&s.values);
        assert!((of.mean - s.mean).abs() < 1e-12 && (of.sd - s.sd).abs() < 1e-12);
        let mut sorted = s.values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        assert!(
            (quantile(&sorted, 0.25) - s.q1).abs() < 1e-12 && (quantile(&sorted, 0.75) - s.q3).abs() < 1e-12
        );
        assert_eq!(
            (three_sigma(&s.values).rows.len(), iqr(&s.values, 1.5).rows.len()),
            (s.three_sigma, s.iqr)
        );
    }
}

#[test]
fn benjamini_and_hochberg_as_in_scipy() {
    for Many { p, q, kept } in golden().benjamini_hochberg {
        assert_eq!(benjamini_hochberg(&p, q), kept);
    }
}

#[test]
fn noise_as_in_scikit_learn() {
    let golden = golden();
    let found = dbscan(&golden.points, 0.4, 5);
    let noise = |label: &i64| *label < 0;
    assert_eq!(
        found.iter().map(|c| *c == Cluster::Noise).collect::<Vec<_>>(),
        golden.clusters.iter().map(noise).collect::<Vec<_>>()
    );
    let count =
        found.iter().filter_map(|c| if let Cluster::Of(n) = c { Some(*n) } else { None }).max().unwrap() + 1;
    assert_eq!(i64::from(count), golden.clusters.iter().max().unwrap() + 1);
}

/// Both forests draw, so that scores agree within what trees vary, and the ranking of what is odd is one.
#[test]
fn isolation_scores_as_in_scikit_learn() {
    let golden = golden();
    let forest = IsolationForest::fit(&golden.points, 200, 42).unwrap();
    let scores: Vec<f64> = golden.points.iter().map(|point| forest.score(point)).collect();
    for (own, other) in scores.iter().zip(&golden.forest) {
        assert!((own - other).abs() < 0.05, "{own} and {other}");
    }
    let top = |scores: &[f64]| {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_unstable_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        order.truncate(20);
        order
    };
    let (own, other) = (top(&scores), top(&golden.forest));
    let shared = own.iter().filter(|point| other.contains(point)).count();
    assert!(shared >= 17, "{shared} of 20 are the same");
}
