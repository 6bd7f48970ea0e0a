//! What training promises: determinism, weights, initial scores, early stopping, clear errors.

mod common;

use common::{COLUMNS, Matches, OUTCOME, fit, go_on, loss, quick};
use std::ops::ControlFlow;
use touchline_boosting::{
    Bins, Dataset, DatasetError, EarlyStopping, LightGbm, LightGbmConfig, LightGbmFitError, Matrix,
    Objective, TreeEnsemble,
};

/// The model without the settings that follow the trees (they name the number of threads).
fn trees(ensemble: &TreeEnsemble) -> &str {
    ensemble.to_text().split_once("end of trees").expect("a whole model").0
}

#[test]
fn the_same_seed_and_data_give_the_same_bytes() {
    let data = Matches::simulate(2000, 20);
    for threads in [1, 2] {
        let config = LightGbmConfig { threads, seed: 5, ..quick(OUTCOME) };
        let first = fit(config.clone(), &data.dataset(OUTCOME));
        let again = fit(config.clone(), &data.dataset(OUTCOME));
        assert_eq!(first.to_text(), again.to_text());
        let other = fit(LightGbmConfig { seed: 6, ..config }, &data.dataset(OUTCOME));
        assert_ne!(trees(&first), trees(&other));
    }
}

#[test]
fn the_number_of_threads_does_not_change_the_trees() {
    let data = Matches::simulate(20_000, 33);
    let [one, two] = [1, 2]
        .map(|threads| fit(LightGbmConfig { threads, rounds: 15, ..quick(OUTCOME) }, &data.dataset(OUTCOME)));
    assert_eq!(trees(&one), trees(&two));
}

#[test]
fn several_seeds_at_once_are_the_same_as_one_by_one() {
    let data = Matches::simulate(2000, 34);
    let config = LightGbmConfig { seed: 8, rounds: 4, ..quick(OUTCOME) };
    let mut told = Vec::new();
    let together = LightGbm::new(config.clone())
        .unwrap()
        .fit_seeds(&mut Bins::of(data.matrix()), &data.dataset(OUTCOME), 3, &mut |done, total| {
            told.push((done, total));
            ControlFlow::Continue(())
        })
        .unwrap();
    let apart: Vec<_> =
        (8..11).map(|seed| fit(LightGbmConfig { seed, ..config.clone() }, &data.dataset(OUTCOME))).collect();
    assert_eq!(
        together.iter().map(TreeEnsemble::to_text).collect::<Vec<_>>(),
        apart.iter().map(TreeEnsemble::to_text).collect::<Vec<_>>()
    );
    assert_eq!(told, (1..=12).map(|done| (done, 12)).collect::<Vec<_>>());
}

#[test]
fn bins_that_are_used_again_give_the_same_trees() {
    let data = Matches::simulate(2000, 35);
    let mut bins = Bins::of(data.matrix());
    let weights: Vec<f32> = (0..data.rows()).map(|row| 1.0 + (row % 3) as f32).collect();
    let starts: Vec<f64> = (0..3 * data.rows()).map(|n| (n % 7) as f64 / 10.0).collect();
    let weighed = data.dataset(OUTCOME).with_weights(&weights).with_init_scores(&starts);
    // Weights and scores of the one before are gone; other bins and leaves are made anew.
    for (config, dataset) in [
        (quick(OUTCOME), weighed),
        (quick(Objective::Poisson), data.dataset(Objective::Poisson)),
        (quick(OUTCOME), data.dataset(OUTCOME)),
        (LightGbmConfig { max_bin: 15, ..quick(OUTCOME) }, data.dataset(OUTCOME)),
        (LightGbmConfig { min_rows_per_leaf: 90, ..quick(OUTCOME) }, data.dataset(OUTCOME)),
    ] {
        let trainer = LightGbm::new(config.clone()).unwrap();
        let again = trainer.fit_seeds(&mut bins, &dataset, 1, &mut go_on).unwrap();
        assert_eq!(again[0].to_text(), fit(config, &dataset).to_text());
    }
}

#[test]
fn both_layouts_train_the_same_trees() {
    let data = Matches::simulate(1500, 21);
    let columns = data.column_major();
    let by_column = Matrix::column_major(&columns, data.rows(), COLUMNS).unwrap();
    let from_rows = fit(quick(OUTCOME), &data.dataset(OUTCOME));
    let from_columns = fit(quick(OUTCOME), &Dataset::new(by_column, &data.outcomes));
    assert_eq!(from_rows.to_text(), from_columns.to_text());
    assert_eq!(
        from_rows.predict_batch(&data.matrix(), 1).unwrap(),
        from_rows.predict_batch(&by_column, 2).unwrap()
    );
}

#[test]
fn training_beats_the_base_rates_on_later_matches() {
    let (train, later) = (Matches::simulate(4000, 22), Matches::simulate(1000, 23));
    for objective in [OUTCOME, Objective::Poisson] {
        let labels = train.labels(objective);
        let base: Vec<f64> = match objective {
            Objective::Multiclass { classes } => (0..classes)
                .map(|class| labels.iter().filter(|&&label| label as usize == class).count() as f64)
                .map(|count| (count / labels.len() as f64).ln())
                .collect(),
            Objective::Poisson => vec![(f64::from(labels.iter().sum::<f32>()) / labels.len() as f64).ln()],
        };
        let ensemble = fit(quick(objective), &train.dataset(objective));
        let raw = ensemble.predict_raw_batch(&later.matrix(), 1).unwrap();
        let learned = loss(objective, &raw, later.labels(objective));
        let base = loss(objective, &base.repeat(later.rows()), later.labels(objective));
        assert!(learned < base - 0.03, "{objective:?}: {learned} against {base}");
    }
}

/// LightGBM starts from the base rates itself; given as initial scores, they must lead to the same trees.
#[test]
fn initial_scores_take_the_place_of_the_base_rates() {
    let data = Matches::simulate(2000, 24);
    for objective in [OUTCOME, Objective::Poisson] {
        let labels = data.labels(objective);
        let start: Vec<f64> = match objective {
            Objective::Multiclass { classes } => (0..classes)
                .map(|class| labels.iter().filter(|&&label| label as usize == class).count() as f64)
                .map(|count| (count / labels.len() as f64).ln())
                .collect(),
            Objective::Poisson => vec![(f64::from(labels.iter().sum::<f32>()) / labels.len() as f64).ln()],
        };
        let init = start.repeat(data.rows());
        let without = fit(quick(objective), &data.dataset(objective));
        let with = fit(quick(objective), &data.dataset(objective).with_init_scores(&init));
        let without = without.predict_raw_batch(&data.matrix(), 1).unwrap();
        let with = with.predict_raw_batch(&data.matrix(), 1).unwrap();
        for (index, (without, with)) in without.iter().zip(&with).enumerate() {
            assert!(
                (with + init[index] - without).abs() < 1e-5,
                "{objective:?}: {with} + start for {without}"
            );
        }
    }
}

#[test]
fn initial_scores_belong_to_their_row_and_class() {
    let data = Matches::simulate(1000, 25);
    let knowing = |offset: usize| -> Vec<f64> {
        let known = |row: usize| (data.outcomes[row] as usize + offset) % 3;
        (0..data.rows())
            .flat_map(|row| (0..3).map(move |k| if k == known(row) { 12.0 } else { 0.0 }))
            .collect()
    };
    let spread = |init: &[f64]| {
        let ensemble = fit(quick(OUTCOME), &data.dataset(OUTCOME).with_init_scores(init));
        let raw = ensemble.predict_raw_batch(&data.matrix(), 1).unwrap();
        raw.iter().fold(0.0_f64, |most, score| most.max(score.abs()))
    };
    // Nothing is left to learn from scores that know the outcome, much from scores that are sure of another.
    assert!(spread(&knowing(0)) < 0.05);
    assert!(spread(&knowing(1)) > 2.0);
}

#[test]
fn rows_without_weight_do_not_count() {
    let data = Matches::simulate(2000, 26);
    // The second half says the opposite.
    let labels: Vec<f32> =
        (0..2000).map(|row| if row < 1000 { data.outcomes[row] } else { 2.0 - data.outcomes[row] }).collect();
    let weights: Vec<f32> = (0..2000).map(|row| if row < 1000 { 1.0 } else { 0.0 }).collect();
    let mixed = fit(quick(OUTCOME), &Dataset::new(data.matrix(), &labels));
    let weighted = fit(quick(OUTCOME), &Dataset::new(data.matrix(), &labels).with_weights(&weights));
    let loss_of = |ensemble: &TreeEnsemble| {
        let raw = ensemble.predict_raw_batch(&data.matrix(), 1).unwrap();
        loss(OUTCOME, &raw, &data.outcomes)
    };
    assert!(loss_of(&weighted) < loss_of(&mixed) - 0.03);
}

#[test]
fn early_stopping_keeps_the_best_round_of_the_later_slice() {
    let (train, later) = (Matches::simulate(1500, 27), Matches::simulate(800, 28));
    let full = LightGbmConfig { rounds: 200, learning_rate: 0.2, leaves: 31, ..quick(OUTCOME) };
    let stopping = LightGbmConfig {
        early_stopping: Some(EarlyStopping { patience: 10, min_improvement: 0.0 }),
        ..full.clone()
    };
    let validation = later.dataset(OUTCOME);
    let mut seen = Vec::new();
    let stopped = LightGbm::new(stopping)
        .unwrap()
        .fit(&train.dataset(OUTCOME), Some(&validation), &mut |round, total| {
            seen.push((round, total));
            ControlFlow::Continue(())
        })
        .unwrap();
    let kept = stopped.rounds();
    assert!((2..100).contains(&kept), "{kept} rounds");
    assert_eq!(seen.len(), kept + 10, "training goes on for the patience");
    assert_eq!(seen.last(), Some(&(kept + 10, 200)));

    let loss_after = |rounds| {
        let ensemble = fit(LightGbmConfig { rounds, ..full.clone() }, &train.dataset(OUTCOME));
        let raw = ensemble.predict_raw_batch(&later.matrix(), 1).unwrap();
        loss(OUTCOME, &raw, &later.outcomes)
    };
    let best = loss_after(kept);
    for rounds in kept - 1..=kept + 10 {
        assert!(best <= loss_after(rounds), "{rounds} rounds are better than {kept}");
    }
    let ours = stopped.predict_raw_batch(&later.matrix(), 1).unwrap();
    assert!((loss(OUTCOME, &ours, &later.outcomes) - best).abs() < 1e-12);
}

#[test]
fn a_training_that_is_stopped_ends_after_that_round() {
    let data = Matches::simulate(1000, 36);
    let trainer = LightGbm::new(LightGbmConfig { rounds: 6, ..quick(OUTCOME) }).unwrap();
    let mut bins = Bins::of(data.matrix());
    // Over all seeds: in the middle of the second one.
    for last in [1, 8] {
        let mut seen = 0;
        let stopped = trainer.fit_seeds(&mut bins, &data.dataset(OUTCOME), 3, &mut |done, _| {
            seen = done;
            if done == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(stopped, Err(LightGbmFitError::Stopped)));
        assert_eq!(seen, last);
    }
    // Nothing of it is left behind: the next training is as any other.
    let next = trainer.fit_seeds(&mut bins, &data.dataset(OUTCOME), 1, &mut go_on).unwrap();
    assert_eq!(next[0].to_text(), fit(trainer.config().clone(), &data.dataset(OUTCOME)).to_text());
}

#[test]
fn too_little_data_gives_the_base_rates() {
    let data = Matches::simulate(300, 29);
    let config = LightGbmConfig { threads: 1, ..LightGbmConfig::default() };
    let ensemble = fit(config, &data.dataset(OUTCOME));
    let mut probabilities = [0.0; 3];
    ensemble.predict(data.row(0), &mut probabilities).unwrap();
    for (class, probability) in probabilities.iter().enumerate() {
        let share = data.outcomes.iter().filter(|&&outcome| outcome as usize == class).count() as f64 / 300.0;
        assert!((probability - share).abs() < 1e-6, "{probability} for {share}");
    }
    assert_eq!(ensemble.explain(data.row(0)).unwrap()[0].features, vec![0.0; COLUMNS]);
}

#[test]
fn feature_names_are_kept() {
    let data = Matches::simulate(500, 30);
    let names: Vec<String> = (0..COLUMNS).map(|column| format!("elo.home-{column}")).collect();
    let named = fit(quick(OUTCOME), &data.dataset(OUTCOME).with_feature_names(&names));
    assert_eq!(TreeEnsemble::from_text(named.to_text()).unwrap().feature_names(), names);
    assert_eq!(fit(quick(OUTCOME), &data.dataset(OUTCOME)).feature_names()[6], "Column_6");
}

#[test]
fn unusable_data_is_refused_before_training() {
    let data = Matches::simulate(100, 31);
    let trainer = LightGbm::new(quick(OUTCOME)).unwrap();
    let fit = |train: &Dataset<'_>, validation: Option<&Dataset<'_>>| {
        trainer.fit(train, validation, &mut |_, _| panic!("training has begun")).unwrap_err()
    };
    let two_classes: Vec<f32> = data.outcomes.iter().map(|outcome| outcome.min(1.0)).collect();
    let error = fit(&Dataset::new(data.matrix(), &two_classes), None);
    assert!(matches!(error, LightGbmFitError::Train(DatasetError::MissingClass { class: 2 })), "{error}");
    let good = data.dataset(OUTCOME);
    assert!(matches!(fit(&good, Some(&good)), LightGbmFitError::EarlyStopping));

    let stop = EarlyStopping { patience: 3, min_improvement: 0.0 };
    let trainer = LightGbm::new(LightGbmConfig { early_stopping: Some(stop), ..quick(OUTCOME) }).unwrap();
    let fit = |validation: Option<&Dataset<'_>>| trainer.fit(&good, validation, &mut go_on).unwrap_err();
    assert!(matches!(fit(None), LightGbmFitError::EarlyStopping));
    let narrow = Matrix::row_major(&data.features[..100], 100, 1).unwrap();
    let narrow = Dataset::new(narrow, &data.outcomes);
    assert!(matches!(fit(Some(&narrow)), LightGbmFitError::Columns { train: COLUMNS, validation: 1 }));
    let init = vec![0.0; 300];
    assert!(matches!(fit(Some(&good.with_init_scores(&init))), LightGbmFitError::InitScores));
}

#[test]
fn wrong_sizes_are_refused_at_prediction() {
    let data = Matches::simulate(300, 32);
    let ensemble = fit(quick(OUTCOME), &data.dataset(OUTCOME));
    assert!(ensemble.predict(&[0.0; 3], &mut [0.0; 3]).is_err());
    assert!(ensemble.predict(data.row(0), &mut [0.0; 2]).is_err());
    assert!(ensemble.explain(&[0.0; 8]).is_err());
    let narrow = Matrix::row_major(&data.features, 700, 3).unwrap();
    assert!(ensemble.predict_batch(&narrow, 1).is_err());
}
