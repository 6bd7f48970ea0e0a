//! Going on from a checkpoint gives what a pass from the first match gives, bit for bit.

mod support;

use proptest::prelude::*;
use std::time::{Duration, Instant};
use support::proof::rows;
use support::real;
use support::world::{DAY, World, known_at, times, worlds};
use touchline_features::{
    Checkpoint, History, Knowledge, LineupView, MarketView, Seconds, Settings, compute, resume,
};

/// One that sees the match's own prices, one that sees those of the matches before.
const SETTINGS: [Settings; 2] = [
    Settings::FRESH.with_market(MarketView::PreMatch).with_lineups(LineupView::Announced),
    Settings::FRESH.with_market(MarketView::Earlier).with_lineups(LineupView::Announced),
];

/// What was known at `t`: all fixtures, but no result that came later.
fn known_then(world: &World, t: Seconds) -> World {
    let mut world = world.clone();
    for row in world.rows.iter_mut().filter(|row| known_at(row) > t) {
        (row.status, row.score) = (touchline_domain::MatchStatus::Scheduled, None);
    }
    world
}

/// Positions of matches from a day before a time on.
fn to_come(history: &History, t: Seconds) -> Vec<u32> {
    (history.position_at(t - DAY) as u32..history.len() as u32).collect()
}

/// The features of matches to come as of `t`, resumed and computed.
fn check(settings: &Settings, checkpoint: Option<Checkpoint>, world: &World, t: Seconds) -> Checkpoint {
    let history = world.history();
    let positions = to_come(&history, t);
    let knowledge = Knowledge { lag: 0, as_of: Some(t) };
    let (resumed, checkpoint) = resume(checkpoint, &history, &positions, knowledge, settings, t - DAY);
    let computed = compute(&history, &positions, knowledge, settings, 2);
    assert_eq!(resumed.ids(), computed.ids());
    assert_eq!(resumed.definitions(), computed.definitions());
    assert!(rows(&resumed) == rows(&computed));
    assert!(checkpoint.until() <= t - DAY);
    checkpoint
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_service_that_goes_on_gives_what_a_replay_gives(
        world in worlds(),
        start in times(),
        steps in prop::collection::vec(0..20 * DAY, 1..8),
    ) {
        for settings in &SETTINGS {
            let (mut t, mut checkpoint) = (start, None);
            for step in &steps {
                t += step;
                checkpoint = Some(check(settings, checkpoint, &known_then(&world, t), t));
            }
        }
    }

    #[test]
    fn facts_that_changed_behind_the_checkpoint_are_noticed(world in worlds(), t in times(), seed in 0_u64..9) {
        for settings in &SETTINGS {
            let checkpoint = check(settings, None, &known_then(&world, t), t);
            let goes_on = |world: &World, t| check(settings, Some(checkpoint.clone()), &known_then(world, t), t);
            // Results and prices of its time come out differently, appear and disappear; teams and leagues move to other
            // indices.
            goes_on(&world.scrambled(t - 30 * DAY, seed), t);
            goes_on(&world.with_further_country(), t);
            // And a checkpoint of a later time is of no use for an earlier one.
            goes_on(&world, t - 9 * DAY);
        }
    }
}

#[test]
fn a_checkpoint_of_other_settings_is_left_aside() {
    let world = World::fixed();
    let t = world.kickoffs()[200].timestamp();
    let history = world.history();
    let knowledge = Knowledge { lag: 0, as_of: Some(t) };
    let (_, other) = resume(None, &history, &[], knowledge, &Settings::STALE, t - DAY);
    assert!(other.results() > 0);
    check(&SETTINGS[0], Some(other), &world, t);
}

#[test]
fn a_checkpoint_goes_on_and_does_not_start_anew() {
    let world = World::fixed();
    let kickoffs = world.kickoffs();
    let (early, late) = (kickoffs[150].timestamp(), kickoffs[290].timestamp());
    let mut checkpoint = check(&SETTINGS[1], None, &world, early);
    let before = checkpoint.results();
    let history = world.history();
    assert!(before > 0);
    let (_, moved) = resume(
        Some(checkpoint.clone()),
        &history,
        &[],
        Knowledge { lag: 0, as_of: Some(late) },
        &SETTINGS[1],
        late,
    );
    // By hand: one result after the other.
    let mut results: Vec<usize> = (0..history.len()).filter(|p| history.goals(*p).is_some()).collect();
    results.sort_by_key(|p| history.known_at(*p));
    for position in results.into_iter().filter(|p| history.known_at(*p) <= late).skip(before) {
        checkpoint.observe(&history, position);
    }
    assert_eq!(checkpoint.results(), moved.results());
    let row = |c: &Checkpoint| {
        let mut out = vec![0.0; c.width()];
        c.snapshot(&history, history.len() - 1, late, &mut out);
        out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    assert_eq!(row(&checkpoint), row(&moved));
}

#[test]
fn recorded_seasons_go_on_bit_for_bit_and_fast() {
    let Some(world) = real::seasons(&["1718", "1819", "1920"], &["D1", "E0", "SP1"]) else { return };
    let kickoffs = world.kickoffs();
    let mut checkpoint = None;
    for n in [50, 60, 61, 75, 90, 99] {
        let t = kickoffs[n * kickoffs.len() / 100].timestamp();
        checkpoint = Some(check(&SETTINGS[0], checkpoint, &known_then(&world, t), t));
    }
    let (mut checkpoint, history) = (checkpoint.unwrap(), world.history());
    let results: Vec<usize> = (0..history.len())
        .filter(|p| history.goals(*p).is_some() && history.known_at(*p) > checkpoint.until())
        .collect();
    let mut out = vec![0.0; checkpoint.width()];
    let start = Instant::now();
    for position in &results {
        checkpoint.observe(&history, *position);
        checkpoint.snapshot(&history, history.len() - 1, Seconds::MAX, &mut out);
    }
    let each = start.elapsed() / results.len() as u32;
    assert!(each < Duration::from_millis(1), "a match with its features took {each:?}");
}
