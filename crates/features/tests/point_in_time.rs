//! The law of the platform: a feature of a match depends only on what was known before its kick-off.
//!
//! Whatever became known at a time or later is scrambled, postponed or removed, everything is computed again, and
//! the features of all matches that see only what came before must be the same bits. The last tests let features
//! look ahead on purpose and expect the proof to find each of them.

mod support;

use proptest::prelude::*;
use support::proof::{Nothing, Rows, differing, horizons, known, leaks, pass, plain_pass, rows as rows_of};
use support::world::{DAY, World, times, worlds};
use support::{real, world};
use touchline_domain::{LineupKind, MatchId, OddsPhase};
use touchline_features::{
    Definition, Definitions, Described, Family, Fixture, History, Knowledge, LineupView, MarketView,
    MatchContext, Played, Residual, Seconds, Settings, View, compute,
};

/// Every column of every feature set: the default set is the first columns of these, as one of the tests shows.
const SETTINGS: [Settings; 3] = [
    Settings::FRESH.with_market(MarketView::PreMatch).with_lineups(LineupView::Announced),
    Settings::STALE.with_market(MarketView::Closing).with_lineups(LineupView::Announced),
    EARLIER,
];

/// All columns that there are for forecasts of the coming matchdays.
const ALL: Settings = Settings::FRESH.with_market(MarketView::Closing).with_lineups(LineupView::Announced);

/// All columns of forecasts that see the prices of earlier matches alone.
const EARLIER: Settings = Settings::FRESH.with_market(MarketView::Earlier);

/// Everything at kick-off, far ahead, as of a past time, and both.
fn knowledges(t: Seconds) -> [Knowledge; 5] {
    [
        Knowledge::AT_KICKOFF,
        Knowledge { lag: 9 * DAY + 1_800, as_of: None },
        Knowledge { lag: 0, as_of: Some(t - 1) },
        Knowledge { lag: 0, as_of: Some(t + 5 * DAY) },
        Knowledge { lag: 3 * DAY, as_of: Some(t - 4 * DAY) },
    ]
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_feature_depends_on_what_became_known_later(world in worlds(), t in times()) {
        for settings in &SETTINGS {
            for knowledge in knowledges(t) {
                let found = leaks(&|w, k| pass(w, k, settings), &world, knowledge, t);
                prop_assert_eq!(&found, &[], "{:?}", knowledge);
            }
        }
    }

    #[test]
    fn no_feature_depends_on_fixtures_to_come(world in worlds(), t in times()) {
        let earlier: std::collections::HashSet<MatchId> =
            world.rows.iter().filter(|r| r.kickoff.timestamp() < t).map(|r| r.id).collect();
        for knowledge in [Knowledge::AT_KICKOFF, Knowledge { lag: 2 * DAY, as_of: None }] {
            let whole = pass(&world, knowledge, &ALL);
            let known_then = pass(&world.truncated(t), knowledge, &ALL);
            prop_assert_eq!(known_then.len(), earlier.len());
            prop_assert_eq!(differing(&whole, &known_then, |id| earlier.contains(&id)), []);
            let postponed = pass(&world.postponed(t, 3), knowledge, &ALL);
            prop_assert_eq!(differing(&whole, &postponed, |id| earlier.contains(&id)), []);
        }
    }

    #[test]
    fn the_pass_gives_what_a_plain_walk_gives(world in worlds(), t in times()) {
        for settings in &SETTINGS {
            for knowledge in knowledges(t) {
                let plain = plain_pass(&world, knowledge, settings, &known, &|_| Box::new(Nothing));
                prop_assert!(pass(&world, knowledge, settings) == plain, "{:?}", knowledge);
            }
        }
    }

    #[test]
    fn neither_threads_nor_the_choice_of_rows_change_a_feature(world in worlds(), every in 1_usize..4) {
        let history = world.history();
        let all: Vec<u32> = (0..history.len() as u32).collect();
        let some: Vec<u32> = all.iter().copied().step_by(every).collect();
        let of = |positions: &[u32], threads| {
            let matrix = compute(&history, positions, Knowledge::AT_KICKOFF, &ALL, threads);
            let ids: Vec<MatchId> = positions.iter().map(|p| history.ids()[*p as usize]).collect();
            assert_eq!(matrix.ids(), ids);
            rows_of(&matrix)
        };
        let one = of(&all, 1);
        prop_assert_eq!(one.len(), world.rows.len());
        for threads in [2, 3, 16] {
            prop_assert!(of(&all, threads) == one);
            let chosen = of(&some, threads);
            prop_assert!(chosen.iter().all(|(id, row)| one[id] == *row));
        }
    }

    #[test]
    fn an_unrelated_country_changes_nothing(world in worlds()) {
        for settings in &SETTINGS {
            let alone = pass(&world, Knowledge::AT_KICKOFF, settings);
            let together = pass(&world.with_further_country(), Knowledge::AT_KICKOFF, settings);
            prop_assert_eq!(together.len(), 2 * alone.len());
            prop_assert_eq!(differing(&alone, &together, |_| true), []);
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(world in worlds()) {
        let mut reversed = world.clone();
        reversed.rows.reverse();
        reversed.stats.reverse();
        reversed.lineups.reverse();
        reversed.injuries.reverse();
        prop_assert_eq!(world.history().hash(), reversed.history().hash());
        let of = |world| pass(world, Knowledge::AT_KICKOFF, &ALL);
        prop_assert!(of(&world) == of(&reversed));
    }

    #[test]
    fn facts_that_change_a_feature_change_the_hash(world in worlds(), t in times()) {
        let changed = world.scrambled(t, 4);
        let of = |world| pass(world, Knowledge::AT_KICKOFF, &ALL);
        if of(&world) != of(&changed) {
            prop_assert_ne!(world.history().hash(), changed.history().hash());
        }
    }
}

#[test]
fn recorded_seasons_keep_the_law() {
    let Some(world) = real::seasons(&["1718", "1819", "1920", "2021"], &["D1", "E0", "SP1"]) else { return };
    let kickoffs = world.kickoffs();
    // Kick-offs of matches, midnights, and times in the middle of a matchday.
    let mut times: Vec<Seconds> = (1..6).map(|n| kickoffs[n * kickoffs.len() / 6].timestamp()).collect();
    times.push(kickoffs[kickoffs.len() * 9 / 10].timestamp() + 3_600);
    for settings in &SETTINGS {
        for knowledge in [Knowledge::AT_KICKOFF, Knowledge { lag: 70 * DAY, as_of: None }] {
            let before = pass(&world, knowledge, settings);
            let horizons = horizons(&world, knowledge);
            for t in &times {
                let past = |id: MatchId| horizons[&id] < *t;
                assert!(world.rows.iter().any(|row| past(row.id)), "nothing is compared");
                let after = pass(&world.scrambled(*t, 7), knowledge, settings);
                assert_eq!(differing(&before, &after, past), []);
                assert_ne!(differing(&before, &after, |id| !past(id)), [], "nothing was scrambled");
            }
        }
        let t = times[3];
        let known_then = pass(&world.truncated(t), Knowledge::AT_KICKOFF, settings);
        assert_eq!(differing(&pass(&world, Knowledge::AT_KICKOFF, settings), &known_then, |_| true), []);
        let as_of = Knowledge { lag: 0, as_of: Some(t - 1) };
        assert_eq!(leaks(&|w, k| pass(w, k, settings), &world, as_of, t), []);
    }
}

/// A family that counts results: honest.
#[derive(Clone)]
struct Counter(f32);

/// A family that was given the future: the mean goals of every home side over the whole history.
#[derive(Clone)]
struct Peek(Vec<f32>);

fn one_column(list: &mut Vec<Definition>) {
    Definitions::of("test", 1, list).of_match(Described::new("column", "of a test", "number"));
}

impl Family for Counter {
    fn define(&self, list: &mut Vec<Definition>) {
        one_column(list);
    }
    fn snapshot(&self, _: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        out[0] = self.0;
    }
    fn observe(&mut self, _: &Played<'_>, _: &Residual) {
        self.0 += 1.0;
    }
}

impl Peek {
    fn at(history: &History) -> Self {
        let mut sums = vec![(0.0_f32, 0.0_f32); history.teams().len()];
        for played in (0..history.len()).filter_map(|p| history.played(p)) {
            let (goals, matches) = &mut sums[played.fixture.home as usize];
            *goals += f32::from(played.goals[0]);
            *matches += 1.0;
        }
        Self(sums.into_iter().map(|(goals, matches)| goals / matches.max(1.0)).collect())
    }
}

impl Family for Peek {
    fn define(&self, list: &mut Vec<Definition>) {
        one_column(list);
    }
    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        out[0] = self.0[fixture.home as usize];
    }
    fn observe(&mut self, _: &Played<'_>, _: &Residual) {}
}

/// How many matches of a dense history the proof finds to see the future, at a few times of day.
fn found(features: &dyn Fn(&World, Knowledge) -> Rows, knowledge: Knowledge) -> usize {
    let world = World::fixed();
    let kickoffs = world.kickoffs();
    let times = [2, 3, 4].map(|n| kickoffs[n * kickoffs.len() / 6].timestamp() + DAY / 2);
    times.into_iter().map(|t| leaks(features, &world, knowledge, t).len()).sum()
}

#[test]
fn the_proof_finds_a_family_that_was_given_the_future() {
    let honest = |w: &World, k| plain_pass(w, k, &Settings::FRESH, &known, &|_| Box::new(Counter(0.0)));
    assert_eq!(found(&honest, Knowledge::AT_KICKOFF), 0);
    let peeking = |w: &World, k| plain_pass(w, k, &Settings::FRESH, &known, &|h| Box::new(Peek::at(h)));
    assert!(found(&peeking, Knowledge::AT_KICKOFF) > 100);
}

#[test]
fn the_proof_finds_results_told_too_early() {
    let telling = |told: support::proof::Told<'_>, knowledge| {
        found(&|w, k| plain_pass(w, k, &Settings::FRESH, told, &|_| Box::new(Nothing)), knowledge)
    };
    assert_eq!(telling(&known, Knowledge::AT_KICKOFF), 0);
    // Matches that kick off at the same time, the match itself among them.
    let started = |h: &History, r: usize, horizon: Seconds| h.kickoffs()[r] <= horizon;
    assert!(telling(&started, Knowledge::AT_KICKOFF) > 0);
    // Matches that are running.
    let running = |h: &History, r: usize, horizon: Seconds| h.kickoffs()[r] < horizon;
    assert!(telling(&running, Knowledge::AT_KICKOFF) > 0);
    let everything = |_: &History, _: usize, _: Seconds| true;
    assert!(telling(&everything, Knowledge::AT_KICKOFF) > 100);
}

#[test]
fn the_proof_finds_a_pass_that_ignores_what_is_known() {
    let ignoring = |w: &World, _: Knowledge| pass(w, Knowledge::AT_KICKOFF, &Settings::FRESH);
    let world = World::fixed();
    let t = world.kickoffs()[world.rows.len() / 2].timestamp();
    assert!(found(&ignoring, Knowledge { lag: 0, as_of: Some(t) }) > 100);
    assert!(found(&ignoring, Knowledge { lag: DAY * 9, as_of: None }) > 0);
}

#[test]
fn a_result_counts_from_the_second_in_which_it_is_known() {
    let mut world = World::fixed();
    world.rows.truncate(2);
    world.stats.clear();
    let mut later = world.rows[0];
    (later.id, later.kickoff) = (MatchId(50), later.kickoff + chrono::Duration::days(40));
    world.rows[0].status = touchline_domain::MatchStatus::Finished;
    world.rows[0].score = Some(touchline_domain::Score { home: 3, away: 0 });
    world.rows[1] = later;
    let known_at = world::known_at(&world.rows[0]);
    let at = |as_of| {
        let knowledge = Knowledge { lag: 0, as_of: Some(as_of) };
        pass(&world, knowledge, &Settings::FRESH)[&later.id].clone()
    };
    assert_eq!(at(known_at - 1), at(known_at - 100 * DAY));
    assert_ne!(at(known_at), at(known_at - 1));
    assert_eq!(at(known_at), at(known_at + DAY));
}

#[test]
fn a_quote_counts_from_the_second_in_which_it_is_known() {
    let world = World::fixed();
    let (id, known_at) = (world.quotes[0].match_id, world.quotes[0].quote.known_at.timestamp());
    let at = |as_of| pass(&world, Knowledge { lag: 0, as_of: Some(as_of) }, &ALL)[&id].clone();
    assert_ne!(at(known_at), at(known_at - 1));
}

#[test]
fn the_default_set_is_the_first_columns_of_those_that_see_more() {
    let world = World::fixed();
    for all in &SETTINGS {
        let default = all.with_view(View::default());
        let width = touchline_features::definitions(&default).len();
        assert_eq!(touchline_features::definitions(all)[..width], touchline_features::definitions(&default));
        let mut rows = pass(&world, Knowledge::AT_KICKOFF, all);
        for row in rows.values_mut() {
            row.truncate(width);
        }
        assert!(rows == pass(&world, Knowledge::AT_KICKOFF, &default));
    }
}

#[test]
fn every_column_is_filled_and_tells_matches_apart() {
    let world = World::fixed();
    let rows = pass(&world, Knowledge::AT_KICKOFF, &ALL);
    // The invented history has no season before its first.
    let too_early = ["last_season", "seasons_back", "season_progress"];
    let check = |settings: &Settings, rows: &Rows| {
        for (n, definition) in touchline_features::definitions(settings).iter().enumerate() {
            let values: std::collections::BTreeSet<u32> =
                rows.values().map(|row| row[n]).filter(|bits| !f32::from_bits(*bits).is_nan()).collect();
            let told = values.len() > 1 || too_early.iter().any(|part| definition.name.contains(part));
            assert!(told, "{}", definition.name);
        }
    };
    check(&ALL, &rows);
    check(&EARLIER, &pass(&world, Knowledge::AT_KICKOFF, &EARLIER));
}

#[test]
fn prices_reach_only_the_columns_that_may_see_them() {
    let world = World::fixed();
    let of = |world: &World, settings: &Settings| pass(world, Knowledge::AT_KICKOFF, settings);
    let unpriced = world.with_quotes(|_| false);
    assert!(of(&world, &Settings::FRESH) == of(&unpriced, &Settings::FRESH), "the default set sees no price");
    let pre_match = Settings::FRESH.with_market(MarketView::PreMatch);
    let opened = world.with_quotes(|q| q.quote.phase == OddsPhase::PreMatch);
    assert!(of(&world, &pre_match) == of(&opened, &pre_match), "the pre-match set sees no closing price");
    assert_ne!(differing(&of(&world, &pre_match), &of(&unpriced, &pre_match), |_| true), []);
    assert_ne!(differing(&of(&world, &ALL), &of(&opened, &ALL), |_| true), []);
    let names = |s| touchline_features::definitions(s).into_iter().map(|d| d.name).collect::<Vec<_>>();
    let shared = names(&pre_match).iter().filter(|n| names(&ALL).contains(n)).count();
    assert_eq!(shared, names(&Settings::FRESH).len(), "no price column of one set is one of the other");
}

#[test]
fn line_ups_reach_only_the_columns_that_may_see_them() {
    let world = World::fixed();
    let of = |world: &World, settings: &Settings| pass(world, Knowledge::AT_KICKOFF, settings);
    let unseen = world.without_squads();
    let priced = ALL.with_lineups(LineupView::None);
    assert!(of(&world, &priced) == of(&unseen, &priced), "a set without line-ups sees none");
    let width = touchline_features::definitions(&priced).len();
    let (with, without) = (of(&world, &ALL), of(&unseen, &ALL));
    assert!(with.iter().all(|(id, row)| row[..width] == without[id][..width]));
    assert_ne!(differing(&with, &without, |_| true), []);
    assert!(without.values().all(|row| row[width..].iter().all(|bits| f32::from_bits(*bits).is_nan())));
    assert_eq!(
        unseen.history().hash(),
        History::new(&world.rows, &world.leagues, &world.stats).with_quotes(&world.quotes).hash()
    );
    assert_ne!(unseen.history().hash(), world.history().hash());
}

#[test]
fn a_line_up_and_an_absence_count_from_the_second_in_which_they_are_known() {
    let world = World::fixed();
    let (id, lineup) = world.lineups.iter().find(|(_, l)| l.kind == LineupKind::Confirmed).unwrap();
    let at = |id: &MatchId, as_of| pass(&world, Knowledge { lag: 0, as_of: Some(as_of) }, &ALL)[id].clone();
    let known_at = lineup.known_at.timestamp();
    assert_ne!(at(id, known_at), at(id, known_at - 1));
    let (id, injury) = &world.injuries[0];
    let known_at = injury.known_at.timestamp();
    assert_ne!(at(id, known_at), at(id, known_at - 1));
}

#[test]
fn the_proof_finds_line_ups_dated_too_early() {
    let dated = |w: &World, k| {
        let mut early = w.clone();
        for (_, lineup) in &mut early.lineups {
            lineup.known_at -= chrono::Duration::days(2);
        }
        pass(&early, k, &ALL)
    };
    assert!(found(&dated, Knowledge { lag: DAY, as_of: None }) > 0);
}

#[test]
fn earlier_prices_are_those_of_other_matches() {
    let world = World::fixed();
    let priced: std::collections::BTreeSet<MatchId> = world.quotes.iter().map(|q| q.match_id).collect();
    let last = world.rows.iter().filter(|r| priced.contains(&r.id)).max_by_key(|r| r.kickoff).unwrap().id;
    let of = |world: &World| pass(world, Knowledge::AT_KICKOFF, &EARLIER);
    let without = of(&world.with_quotes(|q| q.match_id != last));
    assert_eq!(of(&world)[&last], without[&last], "a match's own prices");
    let unpriced = of(&world.with_quotes(|q| q.match_id == last));
    assert_ne!(of(&world)[&last], unpriced[&last], "those of the matches before");
}

#[test]
fn the_proof_finds_prices_dated_too_early() {
    let honest = |w: &World, k| pass(w, k, &ALL);
    let dated = |w: &World, k| {
        let mut early = w.clone();
        for q in &mut early.quotes {
            q.quote.known_at -= chrono::Duration::days(2);
        }
        pass(&early, k, &ALL)
    };
    let knowledge = Knowledge { lag: DAY, as_of: None };
    assert_eq!(found(&honest, knowledge), 0);
    assert!(found(&dated, knowledge) > 0);
}
