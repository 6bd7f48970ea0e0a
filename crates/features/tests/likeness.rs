//! Past matches that looked like one to come: from what was known before each, in the right order, whatever came later.

mod support;

use proptest::prelude::*;
use support::world::{DAY, World, times, worlds};
use touchline_domain::{MatchId, Outcome};
use touchline_features::{Knowledge, Likeness, Seconds, Settings, Similar, compute};
use touchline_models::dynamic::FilterConfig;

/// Matches that have not kicked off at a time, by position.
fn to_come(history: &touchline_features::History, as_of: Seconds) -> Vec<u32> {
    (0..history.len() as u32).filter(|p| history.kickoffs()[*p as usize] > as_of).collect()
}

fn likeness(history: &touchline_features::History, positions: &[u32], as_of: Seconds) -> Likeness {
    Likeness::of(history, positions, as_of, FilterConfig::FRESH)
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_becomes_known_later_changes_nothing(world in worlds(), t in times()) {
        let history = world.history();
        let positions = to_come(&history, t);
        let whole = likeness(&history, &positions, t);
        // Everything of later days turns out differently.
        let other = world.scrambled(t + 1, 7).history();
        let changed = likeness(&other, &to_come(&other, t), t);
        let known = (0..history.len()).filter(|p| history.goals(*p).is_some() && history.known_at(*p) <= t);
        prop_assert_eq!(whole.len(), known.count());
        for position in positions {
            let id = history.ids()[position as usize];
            let similar = whole.nearest(id, 7, 20);
            prop_assert_eq!(&similar, &changed.nearest(id, 7, 20));
            let Similar { matches, outcomes, .. } = similar.unwrap();
            prop_assert_eq!(matches.len(), whole.len().min(7));
            prop_assert_eq!(outcomes.iter().sum::<usize>(), whole.len().min(20));
            prop_assert!(matches.windows(2).all(|two| two[0].distance <= two[1].distance));
            prop_assert!(matches.iter().all(|near| near.kickoff < t && near.id != id));
        }
    }

    #[test]
    fn a_match_looks_as_its_features_say(world in worlds(), t in times()) {
        let history = world.history();
        let positions = to_come(&history, t);
        let knowledge = Knowledge { lag: 0, as_of: Some(t) };
        let features = compute(&history, &positions, knowledge, &Settings::FRESH, 1);
        let column = |name: &str| features.column(features.column_named(name).unwrap()).to_vec();
        let [home, away, slow, fast] =
            ["home_expected_goals", "away_expected_goals", "supremacy", "fast_supremacy"].map(column);
        let [home_doubt, away_doubt] = ["home_uncertainty", "away_uncertainty"].map(column);
        let likeness = likeness(&history, &positions, t);
        for (row, position) in positions.iter().enumerate() {
            let state = likeness.nearest(history.ids()[*position as usize], 0, 0).unwrap().state;
            let doubt = (home_doubt[row] + away_doubt[row]).sqrt();
            for (found, wanted) in [
                (state.home_goals, home[row]),
                (state.away_goals, away[row]),
                (state.form, fast[row] - slow[row]),
                (state.doubt, doubt),
            ] {
                prop_assert!((found - f64::from(wanted)).abs() < 1e-4, "{found} {wanted}");
            }
        }
    }
}

#[test]
fn the_nearest_are_those_that_a_plain_search_finds() {
    let history = World::invented(400).history();
    let middle = history.kickoffs()[history.len() / 2] + DAY;
    let positions = to_come(&history, middle);
    let likeness = likeness(&history, &positions, middle);
    let id = history.ids()[positions[0] as usize];
    let all = likeness.nearest(id, usize::MAX, usize::MAX).unwrap();
    assert_eq!(all.matches.len(), likeness.len());
    let few = likeness.nearest(id, 3, 5).unwrap();
    assert_eq!(few.matches, all.matches[..3]);
    let mut counted = [0; 3];
    all.matches[..5].iter().for_each(|near| counted[Outcome::of(near.score).index()] += 1);
    assert_eq!(few.outcomes, counted);
    assert_eq!(likeness.nearest(MatchId(-1), 3, 5), None);
}
