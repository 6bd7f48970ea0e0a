//! A value that was corrected is seen as it was held at the time: features of matches before the correction stay as they
//! were made, those after it are as if the new value had been there from the beginning.

#![expect(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "helpers of tests; values are bit for bit the same"
)]

mod support;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use support::proof::{differing, horizon, pass, rows};
use support::world::{DAY, World, noise, times, worlds};
use touchline_domain::{
    ClaimField, Correction, CorrectionVerdict, MatchId, MatchStats, MatchStatus, Said, Score, statistics_text,
};
use touchline_features::{
    FilterKind, History, Knowledge, LineupView, MarketView, Replay, Seconds, Settings, compute, resume,
};

const SETTINGS: [Settings; 2] = [
    Settings::FRESH.with_market(MarketView::PreMatch).with_lineups(LineupView::Announced),
    Settings::FRESH.with_market(MarketView::Earlier),
];

fn correction(
    id: MatchId,
    field: ClaimField,
    values: (Option<String>, Option<String>),
    at: Seconds,
) -> Correction {
    let at: DateTime<Utc> = DateTime::from_timestamp(at, 0).unwrap();
    Correction {
        match_id: id,
        field,
        source: "invented".to_owned(),
        old: values.0,
        new: values.1,
        said: Said { at, document: None },
        known_at: at,
        verdict: CorrectionVerdict::Taken,
        by: "newer".to_owned(),
    }
}

fn text(score: Option<Score>) -> Option<String> {
    score.map(|score| score.to_string())
}

/// The world after about a sixth of its results were corrected at a time: another score, annulled, put on the field again,
/// or counted anew.
fn corrected(world: &World, at: Seconds, seed: u64) -> (World, Vec<Correction>) {
    let (mut after, mut corrections) = (world.clone(), Vec::new());
    for row in &mut after.rows {
        let x = noise(seed, row.id);
        let (score, status) = (row.score, row.status);
        if !x.is_multiple_of(6) || score.is_none() {
            continue;
        }
        match (x >> 8) % 3 {
            0 => row.score = Some(Score { home: ((x >> 16) % 5) as u8, away: ((x >> 24) % 5) as u8 }),
            1 => (row.score, row.status) = (None, MatchStatus::Abandoned),
            _ => {
                row.status =
                    if status == MatchStatus::Awarded { MatchStatus::Finished } else { MatchStatus::Awarded }
            }
        }
        if row.score != score {
            corrections.push(correction(row.id, ClaimField::Score, (text(score), text(row.score)), at));
        }
        if row.status != status {
            let names = (Some(status.name().to_owned()), Some(row.status.name().to_owned()));
            corrections.push(correction(row.id, ClaimField::Status, names, at));
        }
    }
    for (id, stats) in &mut after.stats {
        if noise(seed ^ 7, *id).is_multiple_of(6) {
            let old = statistics_text(stats);
            *stats = MatchStats { home: stats.away, away: stats.home };
            if statistics_text(stats) != old {
                let values = (Some(old), Some(statistics_text(stats)));
                corrections.push(correction(*id, ClaimField::Statistics, values, at));
            }
        }
    }
    (after, corrections)
}

fn history(world: &World, corrections: &[Correction]) -> History {
    world.history().with_corrections(corrections, &world.rows, &world.stats)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_feature_sees_what_was_held_at_its_time(
        world in worlds(),
        first in times(),
        later in 0..60 * DAY,
        seed in any::<u64>(),
    ) {
        let second = first + later;
        let (between, mut corrections) = corrected(&world, first, seed);
        let (after, further) = corrected(&between, second, seed ^ 0x63);
        corrections.extend(further);
        let whole = history(&after, &corrections);
        let all: Vec<u32> = (0..whole.len() as u32).collect();
        for settings in &SETTINGS {
            for knowledge in [
                Knowledge::AT_KICKOFF,
                Knowledge { lag: 3 * DAY, as_of: None },
                Knowledge { lag: 0, as_of: Some(first - 1) },
                Knowledge { lag: 0, as_of: Some(first) },
            ] {
                let seen = rows(&compute(&whole, &all, knowledge, settings, 2));
                let at = |id: MatchId| {
                    let row = after.rows.iter().find(|row| row.id == id).unwrap();
                    horizon(knowledge, row.kickoff.timestamp())
                };
                let expected = pass(&world, knowledge, settings);
                prop_assert_eq!(differing(&expected, &seen, |id| at(id) < first), []);
                let expected = pass(&between, knowledge, settings);
                prop_assert_eq!(differing(&expected, &seen, |id| (first..second).contains(&at(id))), []);
                let expected = pass(&after, knowledge, settings);
                prop_assert_eq!(differing(&expected, &seen, |id| at(id) >= second), []);
            }
        }
    }

    #[test]
    fn a_checkpoint_agrees_with_the_whole_pass(world in worlds(), at in times(), now in times(), seed in any::<u64>()) {
        let settings = &SETTINGS[0];
        let (after, corrections) = corrected(&world, at, seed);
        let knowledge = Knowledge { lag: 0, as_of: Some(now) };
        let before = world.history();
        let positions: Vec<u32> = (before.position_at(now - DAY) as u32..before.len() as u32).collect();
        let (_, checkpoint) = resume(None, &before, &positions, knowledge, settings, now - DAY);
        let history = history(&after, &corrections);
        let (resumed, checkpoint) = resume(Some(checkpoint), &history, &positions, knowledge, settings, now - DAY);
        prop_assert!(rows(&resumed) == rows(&compute(&history, &positions, knowledge, settings, 1)));
        let (again, _) = resume(Some(checkpoint), &history, &positions, knowledge, settings, now - DAY);
        prop_assert!(rows(&again) == rows(&resumed));
    }

    #[test]
    fn a_filter_is_fitted_on_what_was_held(world in worlds(), at in times(), seed in any::<u64>()) {
        let (after, corrections) = corrected(&world, at, seed);
        let history = history(&after, &corrections);
        let loss = |history: &History, period| {
            Replay::new(history, FilterKind::Goals, period, Knowledge::AT_KICKOFF)
                .log_loss(&touchline_features::EarlierConfig::of_goals(SETTINGS[0].filter), 1)
        };
        // After the correction nothing tells the histories apart.
        let late = at..Seconds::MAX;
        let (seen, expected) = (loss(&history, late.clone()), loss(&after.history(), late));
        prop_assert!(seen == expected || (seen.is_nan() && expected.is_nan()));
    }
}

/// A store whose results were corrected is another one to whoever keeps features.
#[test]
fn a_correction_is_part_of_what_features_are_named_by() {
    let world = World::fixed();
    let last = world.rows.iter().map(|row| row.kickoff.timestamp()).max().unwrap();
    let (after, corrections) = corrected(&world, last + 30 * DAY, 5);
    assert!(!corrections.is_empty());
    assert_ne!(history(&after, &corrections).hash(), after.history().hash());
    assert_eq!(history(&after, &[]).hash(), after.history().hash());
}
