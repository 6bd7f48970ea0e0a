use super::*;
use crate::LightGbmConfig;
use proptest::prelude::*;

fn plane() -> Vec<Dimension> {
    let dimension = |name, low, scale| Dimension { name, low, high: 100.0, scale };
    vec![
        dimension("a", 0.01, Scale::Log),
        dimension("b", 0.01, Scale::Linear),
        dimension("c", 1.0, Scale::LogWhole),
    ]
}

/// A valley at (0.5, 30, 7), as two steps whose mean is its depth.
fn valley(values: &[f64]) -> Vec<f64> {
    let depth =
        (values[0] / 0.5).ln().powi(2) + ((values[1] - 30.0) / 20.0).powi(2) + (values[2] / 7.0).ln().powi(2);
    vec![depth * 0.9, depth * 1.1]
}

fn searched(trials: usize, seed: u64) -> Search {
    let mut search = Search::new(plane(), &[50.0, 90.0, 90.0], seed).unwrap();
    walk(&mut search, trials);
    search
}

fn walk(search: &mut Search, trials: usize) {
    while search.trials().len() < trials {
        let values = search.propose();
        let scores = valley(&values);
        let pruned = search.is_hopeless(&scores[..1]);
        let scores = if pruned { scores[..1].to_vec() } else { scores };
        search.record(Trial { values, scores, pruned });
    }
}

#[test]
fn the_same_seed_finds_the_same_and_another_seed_something_else() {
    assert_eq!(searched(40, 3).trials(), searched(40, 3).trials());
    assert_ne!(searched(40, 3).trials(), searched(40, 4).trials());
}

#[test]
fn a_search_that_is_told_its_trials_again_goes_on_as_if_uninterrupted() {
    let whole = searched(35, 5);
    for stop in [0, 1, 7, 10, 24] {
        let mut resumed = Search::new(plane(), &[50.0, 90.0, 90.0], 5).unwrap();
        for trial in &whole.trials()[..stop] {
            resumed.record(trial.clone());
        }
        walk(&mut resumed, 35);
        assert_eq!(resumed.trials(), whole.trials(), "interrupted after {stop}");
    }
}

#[test]
fn it_finds_the_valley_sooner_than_chance() {
    let random = |seed: u64| {
        let mut rng = StdRng::seed_from_u64(seed);
        let draw = |d: &Dimension, rng: &mut StdRng| d.value(rng.random());
        (0..60)
            .map(|_| mean(&valley(&plane().iter().map(|d| draw(d, &mut rng)).collect::<Vec<_>>())))
            .fold(f64::INFINITY, f64::min)
    };
    let (mut wins, mut sums) = (0, [0.0, 0.0]);
    for seed in 0..20 {
        let (ours, chance) = (searched(60, seed).best().unwrap().mean(), random(1_000 + seed));
        wins += usize::from(ours < chance);
        sums[0] += ours;
        sums[1] += chance;
    }
    assert!(wins >= 15 && sums[0] < 0.5 * sums[1], "{wins} of 20, {sums:?}");
}

#[test]
fn the_first_trial_is_the_start_put_into_the_space() {
    let search = Search::new(plane(), &[0.5, -3.0, 7.0], 1).unwrap();
    assert_eq!(search.propose(), [0.5, 0.01, 7.0]);
}

#[test]
fn only_the_worse_half_is_given_up_and_only_once_there_is_a_median() {
    let mut search = Search::new(plane(), &[1.0; 3], 1).unwrap();
    for n in 1..=4 {
        search.record(Trial { values: vec![1.0; 3], scores: vec![f64::from(n), 0.0], pruned: false });
    }
    assert!(!search.is_hopeless(&[100.0]), "four trials are too few");
    search.record(Trial { values: vec![1.0; 3], scores: vec![5.0], pruned: true });
    assert!(search.is_hopeless(&[3.1]) && !search.is_hopeless(&[3.0]));
    assert!(search.is_hopeless(&[f64::NAN]) && !search.is_hopeless(&[]));
    assert!(!search.is_hopeless(&[9.0, 9.0]), "four reached the second step");
    assert_eq!(search.best().unwrap().scores, [1.0, 0.0]);
    assert!(searched(40, 3).trials().iter().any(|t| t.pruned));
}

#[test]
fn scores_that_are_no_numbers_are_never_the_best() {
    let mut search = Search::new(plane(), &[1.0; 3], 1).unwrap();
    for score in [f64::NAN, f64::INFINITY, 2.0, f64::NAN] {
        search.record(Trial { values: vec![1.0; 3], scores: vec![score], pruned: false });
    }
    assert_eq!(search.best().unwrap().scores, [2.0]);
    for _ in 0..12 {
        search.record(Trial { values: search.propose(), scores: vec![f64::NAN], pruned: false });
    }
}

#[test]
fn spaces_that_cannot_be_searched_are_refused() {
    let of = |low, high, scale| {
        Search::new(vec![Dimension { name: "x", low, high, scale }], &[1.0], 0).map(|_| ())
    };
    for (low, high, scale) in [
        (1.0, 1.0, Scale::Linear),
        (0.0, 1.0, Scale::Log),
        (0.5, 9.0, Scale::LogWhole),
        (f64::NAN, 1.0, Scale::Linear),
        (0.0, f64::INFINITY, Scale::Linear),
    ] {
        assert_eq!(of(low, high, scale), Err(SearchError::Dimension("x")));
    }
    assert_eq!(
        Search::new(plane(), &[1.0], 0).map(|_| ()),
        Err(SearchError::Start { values: 1, dimensions: 3 })
    );
}

#[test]
fn every_point_of_the_space_is_a_configuration_that_trains() {
    let config = LightGbmConfig::default();
    assert_eq!(lightgbm_settings(&config, &lightgbm_start(&config)), config);
    let search = Search::new(lightgbm_space(), &lightgbm_start(&config), 0).unwrap();
    assert_eq!(search.propose(), lightgbm_start(&config), "the default lies within the space");
    for place in [0.0, 0.3, 1.0 - f64::EPSILON] {
        let values: Vec<f64> = lightgbm_space().iter().map(|d| d.value(place)).collect();
        lightgbm_settings(&config, &values).check().unwrap();
    }
}

proptest! {
    #[test]
    fn places_and_values_are_each_others_inverse(place in 0.0_f64..1.0) {
        for d in plane() {
            let value = d.value(place);
            prop_assert!((d.low..=d.high).contains(&value));
            prop_assert!(d.scale != Scale::LogWhole || value.fract() == 0.0);
            let again = d.value(d.place(value));
            prop_assert!((again / value - 1.0).abs() < 1e-9, "{again} {value}");
        }
    }
}
