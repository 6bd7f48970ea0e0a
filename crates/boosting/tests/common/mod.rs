//! Simulated matches: features with missing values, zeros and repeats, outcomes and goals that depend on them.
#![allow(dead_code, reason = "each test binary uses its own part")]

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::ops::ControlFlow;
use touchline_boosting::{Dataset, LightGbm, LightGbmConfig, Matrix, Objective, TreeEnsemble};

pub const COLUMNS: usize = 7;

pub struct Matches {
    /// Row-major.
    pub features: Vec<f32>,
    /// 0, 1, 2.
    pub outcomes: Vec<f32>,
    /// Home goals.
    pub goals: Vec<f32>,
}

impl Matches {
    pub fn simulate(rows: usize, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut features = Vec::with_capacity(rows * COLUMNS);
        let (mut outcomes, mut goals) = (Vec::new(), Vec::new());
        for _ in 0..rows {
            let strength: f32 = rng.random_range(-2.0..2.0);
            let row = [
                strength + rng.random_range(-0.5..0.5),
                // Often zero, else tiny, negative or large.
                if rng.random_bool(0.5) { 0.0 } else { rng.random_range(-1e-3..1e3) },
                // Not known for a third, more often for weak teams.
                if rng.random_bool(if strength < 0.0 { 0.5 } else { 0.15 }) {
                    f32::NAN
                } else {
                    strength * 3.0
                },
                // Both missing and zero.
                match rng.random_range(0..4) {
                    0 => f32::NAN,
                    1 => 0.0,
                    _ => strength * strength,
                },
                // Few distinct values.
                (strength * 2.0).round(),
                // Values that differ in the last bits of an f32.
                16_777_000.0 + (strength * 8.0).round(),
                rng.random_range(0.0..1.0),
            ];
            let chance: f32 = rng.random_range(0.0..1.0);
            let home = 1.0 / (1.0 + (-strength).exp()) * 0.75;
            outcomes.push(if chance < home {
                0.0
            } else if chance < home + 0.25 {
                1.0
            } else {
                2.0
            });
            let mut goal_count = 0.0;
            for _ in 0..8 {
                goal_count += if rng.random_bool(f64::from(home) * 0.4) { 1.0 } else { 0.0 };
            }
            goals.push(goal_count);
            features.extend(row);
        }
        Self { features, outcomes, goals }
    }

    pub fn rows(&self) -> usize {
        self.outcomes.len()
    }

    pub fn matrix(&self) -> Matrix<'_> {
        Matrix::row_major(&self.features, self.rows(), COLUMNS).expect("full rows")
    }

    pub fn row(&self, index: usize) -> &[f32] {
        &self.features[index * COLUMNS..(index + 1) * COLUMNS]
    }

    pub fn dataset(&self, objective: Objective) -> Dataset<'_> {
        Dataset::new(self.matrix(), self.labels(objective))
    }

    pub fn labels(&self, objective: Objective) -> &[f32] {
        if objective == Objective::Poisson { &self.goals } else { &self.outcomes }
    }

    pub fn column_major(&self) -> Vec<f32> {
        (0..COLUMNS).flat_map(|column| (0..self.rows()).map(move |row| self.row(row)[column])).collect()
    }
}

/// Small data, one thread, fast.
pub fn quick(objective: Objective) -> LightGbmConfig {
    LightGbmConfig {
        objective,
        learning_rate: 0.1,
        rounds: 30,
        min_rows_per_leaf: 10,
        feature_fraction: 0.6,
        lambda_l2: 1.0,
        threads: 1,
        ..LightGbmConfig::default()
    }
}

pub const OUTCOME: Objective = Objective::Multiclass { classes: 3 };

/// Progress that never breaks a training off.
pub fn go_on(_: usize, _: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

pub fn fit(config: LightGbmConfig, data: &Dataset<'_>) -> TreeEnsemble {
    let trainer = LightGbm::new(config).expect("settings in range");
    trainer.fit(data, None, &mut go_on).expect("data that can be learned from")
}

/// Mean log loss or Poisson deviance term per row, from raw scores.
pub fn loss(objective: Objective, raw: &[f64], labels: &[f32]) -> f64 {
    let outputs = objective.outputs();
    let total: f64 = raw
        .chunks_exact(outputs)
        .zip(labels)
        .map(|(raw, &label)| {
            let mut scores = raw.to_vec();
            objective.transform(&mut scores);
            match objective {
                Objective::Multiclass { .. } => -scores[label as usize].ln(),
                Objective::Poisson => scores[0] - f64::from(label) * raw[0],
            }
        })
        .sum();
    total / labels.len() as f64
}
