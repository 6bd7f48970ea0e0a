//! A filter walked through a history by itself forecasts what its columns in the features say.

mod support;

use proptest::prelude::*;
use support::world::{DAY, World, times, worlds};
use touchline_domain::{Outcome, Score};
use touchline_features::{
    EarlierConfig, FeatureMatrix, FilterKind, History, Knowledge, MarketView, Replay, Seconds, Settings,
    compute,
};

const SETTINGS: Settings = Settings::FRESH.with_market(MarketView::Earlier);
const ALWAYS: std::ops::Range<Seconds> = Seconds::MIN..Seconds::MAX;

/// Mean log loss of three columns over the finished matches that have them, with their number.
fn of_columns(history: &History, matrix: &FeatureMatrix, source: &str) -> (f64, usize) {
    let columns = ["home_win", "draw", "away_win"]
        .map(|outcome| matrix.column(matrix.column_named(&format!("{source}_{outcome}")).expect("a column")));
    let losses: Vec<f64> = (0..history.len())
        .filter_map(|row| {
            let [home, away] = history.goals(row)?;
            let p = columns[Outcome::of(Score { home, away }).index()][row];
            p.is_finite().then(|| -f64::from(p).ln())
        })
        .collect();
    (losses.iter().sum::<f64>() / losses.len().max(1) as f64, losses.len())
}

fn check(world: &World, knowledge: Knowledge) -> Result<(), TestCaseError> {
    let history = world.history();
    let all: Vec<u32> = (0..history.len() as u32).collect();
    let matrix = compute(&history, &all, knowledge, &SETTINGS, 1);
    for (kind, config, source) in [
        (FilterKind::Goals, EarlierConfig::of_goals(SETTINGS.filter), "strength"),
        (FilterKind::EarlierPrices, SETTINGS.earlier, "earlier"),
    ] {
        let replay = Replay::new(&history, kind, ALWAYS, knowledge);
        let (loss, matches) = of_columns(&history, &matrix, source);
        prop_assert_eq!(replay.matches(), matches, "{}", source);
        if matches > 0 {
            let walked = replay.log_loss(&config, 1);
            prop_assert!((walked - loss).abs() < 1e-6, "{source}: {walked} instead of {loss}");
            prop_assert_eq!(walked.to_bits(), replay.log_loss(&config, 3).to_bits(), "threads do not matter");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_forecasts_what_the_columns_say(world in worlds(), lag in 0..30 * DAY) {
        check(&world, Knowledge { lag, as_of: None })?;
    }

    #[test]
    fn a_walk_does_not_see_the_future(world in worlds(), t in times(), seed in any::<u64>()) {
        let loss = |world: &World| {
            let history = world.history();
            // Of the matches before: those whose kick-off later facts do not move.
            let period = Seconds::MIN..t - 2 * DAY;
            let replay = Replay::new(&history, FilterKind::EarlierPrices, period, Knowledge::AT_KICKOFF);
            (replay.matches(), replay.log_loss(&SETTINGS.earlier, 1).to_bits())
        };
        prop_assert_eq!(loss(&world), loss(&world.scrambled(t, seed)));
    }
}

#[test]
fn only_matches_of_the_period_count() {
    let world = World::invented(600);
    let history = world.history();
    let kickoffs = history.kickoffs();
    let (from, until) = (kickoffs[200], kickoffs[400]);
    let replay = Replay::new(&history, FilterKind::Goals, from..until, Knowledge::AT_KICKOFF);
    let within = (0..history.len())
        .filter(|p| history.goals(*p).is_some() && (from..until).contains(&kickoffs[*p]))
        .count();
    assert_eq!(replay.matches(), within);
    assert!(within > 100);
    let mut cold = world.clone();
    cold.rows.retain(|row| row.kickoff.timestamp() >= from);
    let cold = Replay::new(&cold.history(), FilterKind::Goals, from..until, Knowledge::AT_KICKOFF);
    assert_eq!(cold.matches(), within);
    let config = EarlierConfig::of_goals(SETTINGS.filter);
    let warmed_up = replay.log_loss(&config, 1);
    assert!((warmed_up - cold.log_loss(&config, 1)).abs() > 1e-6, "earlier matches warm the filter up");
}
