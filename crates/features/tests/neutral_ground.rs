//! On neutral ground there is no home side: whoever is named first, the features are the same with the sides exchanged.

mod support;

use proptest::prelude::*;
use support::world::{World, worlds};
use touchline_domain::MatchId;
use touchline_features::{Exchange, Knowledge, MarketView, Mirror, Settings, compute, definitions};

const SETTINGS: Settings = Settings::FRESH.with_market(MarketView::Earlier);

/// The features of a match at kick-off, by column.
fn row(world: &World, id: MatchId) -> Vec<f32> {
    let history = world.history();
    let position = history.ids().iter().position(|held| *held == id).expect("the match is held");
    let matrix = compute(&history, &[position as u32], Knowledge::AT_KICKOFF, &SETTINGS, 1);
    (0..definitions(&SETTINGS).len()).map(|column| matrix.column(column)[0]).collect()
}

/// The world with the sides of one match exchanged.
fn exchanged(world: &World, id: MatchId) -> World {
    let mut world = world.clone();
    for row in world.rows.iter_mut().filter(|row| row.id == id) {
        std::mem::swap(&mut row.home, &mut row.away);
    }
    world
}

fn with_ground(world: &World, id: MatchId, neutral: bool) -> World {
    let mut world = world.clone();
    for row in world.rows.iter_mut().filter(|row| row.id == id) {
        row.neutral_ground = neutral;
    }
    world
}

fn chosen(world: &World, place: prop::sample::Index) -> MatchId {
    // A late match, so that both sides have played.
    let mut rows = world.rows.clone();
    rows.sort_by_key(|row| (row.kickoff, row.id));
    let from = rows.len() / 2;
    rows[from + place.index(rows.len() - from)].id
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn features_on_neutral_ground_are_mirror_images(world in worlds(), place in any::<prop::sample::Index>()) {
        let id = chosen(&world, place);
        let world = with_ground(&world, id, true);
        let (one, other) = (row(&world, id), row(&exchanged(&world, id), id));
        let definitions = definitions(&SETTINGS);
        let image = Mirror::of(&definitions).images(&one, 1);
        for ((definition, image), other) in definitions.iter().zip(image).zip(other) {
            // A ratio to nothing has no mirror image.
            if definition.exchange == Exchange::Inverse && (image.is_nan() || other.is_nan()) {
                continue;
            }
            let same = image.is_nan() && other.is_nan() || (image - other).abs() <= 1e-4 * other.abs().max(1.0);
            prop_assert!(same, "{}: {} mirrored, {} with the sides exchanged", definition.name, image, other);
        }
    }

    /// What is expected of a match depends on whose ground it is on, and nothing else of it does.
    #[test]
    fn the_ground_matters_to_expectations_alone(world in worlds(), place in any::<prop::sample::Index>()) {
        let id = chosen(&world, place);
        let (home, neutral) = (row(&with_ground(&world, id, false), id), row(&with_ground(&world, id, true), id));
        let definitions = definitions(&SETTINGS);
        let at = |name: &str| definitions.iter().position(|d| d.name == name).expect("a column");
        // Home advantages of filters are learned, and may be of either sign; that of Elo is given.
        prop_assert!(neutral[at("elo_expected_share")] < home[at("elo_expected_share")]);
        for name in ["home_elo", "away_elo", "home_attack", "away_attack", "home_points_5", "away_goals_for_20"] {
            prop_assert!(neutral[at(name)].to_bits() == home[at(name)].to_bits(), "{name}");
        }
    }
}
