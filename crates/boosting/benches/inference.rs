//! Native inference against LightGBM's C interface, on the same model and rows in the same run.
//!
//! A large model of its kind: 300 rounds of three trees with 12 leaves, 160 features. Run with
//! `cargo bench -p touchline-boosting`.

use std::hint::black_box;
use std::ops::ControlFlow;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use lightgbm3::Booster;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use touchline_boosting::{Dataset, LightGbm, LightGbmConfig, Matrix, TreeEnsemble};

const ROWS: usize = 20_000;
const COLUMNS: usize = 160;

/// Features of which a few decide the outcome and a tenth is not known.
fn simulate() -> (Vec<f32>, Vec<f32>) {
    let mut rng = StdRng::seed_from_u64(1);
    let mut features = Vec::with_capacity(ROWS * COLUMNS);
    let mut outcomes = Vec::with_capacity(ROWS);
    for _ in 0..ROWS {
        let row: Vec<f32> = (0..COLUMNS).map(|_| rng.random_range(-1.0..1.0)).collect();
        let strength: f32 = row[..20].iter().enumerate().map(|(at, value)| value / (at + 1) as f32).sum();
        let luck = strength + rng.random_range(-1.5..1.5);
        outcomes.push(if luck > 0.3 {
            0.0
        } else if luck > -0.4 {
            1.0
        } else {
            2.0
        });
        features.extend(row.into_iter().map(|value| if rng.random_bool(0.1) { f32::NAN } else { value }));
    }
    (features, outcomes)
}

fn train(features: &[f32], outcomes: &[f32]) -> TreeEnsemble {
    let matrix = Matrix::row_major(features, ROWS, COLUMNS).expect("full rows");
    let trainer = LightGbm::new(LightGbmConfig { rounds: 300, leaves: 12, ..LightGbmConfig::default() })
        .expect("defaults");
    trainer
        .fit(&Dataset::new(matrix, outcomes), None, &mut |_, _| ControlFlow::Continue(()))
        .expect("training")
}

fn single_row(c: &mut Criterion, ensemble: &TreeEnsemble, features: &[f32]) {
    let mut peer = Booster::from_string(ensemble.to_text()).expect("LightGBM reads the model");
    peer.single_row_fast_init::<f32>(Some(&json!({"num_threads": 1}))).expect("a prepared peer");
    let rows: Vec<&[f32]> = features.chunks_exact(COLUMNS).collect();
    let mut group = c.benchmark_group("one row to probabilities");
    group.throughput(Throughput::Elements(1));
    let mut at = 0;
    let mut next = || {
        at = (at + 1) % rows.len();
        rows[at]
    };
    group.bench_function("native", |b| {
        let mut out = [0.0; 3];
        b.iter(|| {
            ensemble.predict(black_box(next()), &mut out).expect("the model's columns");
            out
        });
    });
    group.bench_function("LightGBM PredictForMatSingleRowFast", |b| {
        b.iter(|| peer.predict_single_row_fast(black_box(next())).expect("the model's columns"));
    });
    group.bench_function("LightGBM PredictForMatSingleRow", |b| {
        let columns = COLUMNS as i32;
        b.iter(|| {
            peer.predict_with_params(black_box(next()), columns, true, "num_threads=1")
                .expect("the model's columns")
        });
    });
    group.finish();
}

fn batch(c: &mut Criterion, ensemble: &TreeEnsemble, features: &[f32]) {
    let peer = Booster::from_string(ensemble.to_text()).expect("LightGBM reads the model");
    let matrix = Matrix::row_major(features, ROWS, COLUMNS).expect("full rows");
    let mut group = c.benchmark_group("20,000 rows to probabilities");
    group.throughput(Throughput::Elements(ROWS as u64)).sample_size(20);
    for threads in [1, 2] {
        group.bench_function(format!("native, {threads} threads"), |b| {
            b.iter(|| ensemble.predict_batch(black_box(&matrix), threads).expect("the model's columns"));
        });
        let parameters = format!("num_threads={threads}");
        group.bench_function(format!("LightGBM PredictForMat, {threads} threads"), |b| {
            b.iter(|| {
                peer.predict_with_params(black_box(features), COLUMNS as i32, true, &parameters)
                    .expect("the model's columns")
            });
        });
    }
    group.finish();
}

fn explain_and_read(c: &mut Criterion, ensemble: &TreeEnsemble, features: &[f32]) {
    c.bench_function("SHAP values of one row", |b| {
        b.iter(|| ensemble.explain(black_box(&features[..COLUMNS])).expect("the model's columns"));
    });
    c.bench_function("model text to ensemble", |b| {
        b.iter_batched(
            || ensemble.to_text(),
            |text| TreeEnsemble::from_text(black_box(text)).expect("a sound model"),
            BatchSize::SmallInput,
        );
    });
}

fn all(c: &mut Criterion) {
    let (features, outcomes) = simulate();
    let ensemble = train(&features, &outcomes);
    single_row(c, &ensemble, &features);
    batch(c, &ensemble, &features);
    explain_and_read(c, &ensemble, &features);
}

criterion_group!(benches, all);
criterion_main!(benches);
