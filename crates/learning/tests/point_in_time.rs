//! The law of the platform, for everything that learns: what is trained and forecast at a time depends only on what
//! was known then.
//!
//! Whatever became known at a time or later is scrambled, features are computed again, models are trained again, and
//! trees and forecasts that precede the time must be the same bytes. The last test lets a forecaster look ahead on
//! purpose and expects the proof to find it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../../features/tests/support/mod.rs"]
mod support;

use support::real;
use support::world::{DAY, World, known_at};
use touchline_domain::MatchId;
use touchline_domain::Silent;
use touchline_features::{FeatureMatrix, History, LineupView, MarketView, Seconds, View};
use touchline_learning::evaluate::{
    Cutoff, Estimator, Evidence, FittedPredictor, Fold, GoalModelYardstick, Scoreboard, Trained,
    TrainingData, standard,
};
use touchline_learning::matrices::{self, Horizon};
use touchline_learning::model::{self, ModelError, Recipe};
use touchline_models::goals::GoalModelKind;

/// Invented matches: enough that every fold has as many to learn from as training asks for.
const MATCHES: i64 = 900;

fn recipe(View { market, lineups }: View) -> Recipe {
    let mut recipe = Recipe { market, lineups, seeds: 1, ..Recipe::default() };
    (recipe.trees.rounds, recipe.trees.threads, recipe.trees.min_rows_per_leaf) = (8, 2, 60);
    recipe
}

/// Everything that is said about some matches: per fold and forecaster the bits of probabilities and goals.
type Said = Vec<(String, Vec<[u64; 5]>)>;

/// What is known and computed of a world.
struct Known {
    history: History,
    view: View,
    matrices: [FeatureMatrix; 2],
}

impl Known {
    fn of(world: &World, view: View) -> Self {
        let history = world.history();
        let matrices = Horizon::ALL.map(|horizon| matrices::build(&history, horizon, view, 2));
        Self { history, view, matrices }
    }

    /// Positions of matches, ascending.
    fn positions(&self, wanted: &[MatchId]) -> Vec<u32> {
        (0..self.history.len() as u32).filter(|p| wanted.contains(&self.history.ids()[*p as usize])).collect()
    }

    fn said(&self, folds: &[(Seconds, Cutoff, Vec<MatchId>)], estimators: &[Box<dyn Estimator>]) -> Said {
        let fold = |(train_until, cutoff, wanted): &(Seconds, Cutoff, Vec<MatchId>)| Fold {
            name: String::new(),
            train_until: *train_until,
            test: self.positions(wanted),
            cutoff: *cutoff,
        };
        let folds: Vec<Fold> = folds.iter().map(fold).collect();
        let matrix_of = |horizon: Horizon| &self.matrices[horizon as usize];
        let evidence =
            Evidence { history: &self.history, matrix_of: &matrix_of, view: self.view, threads: 2 };
        let board = Scoreboard::fill(&evidence, &folds, estimators, &Silent).unwrap();
        let said = |answered: touchline_learning::evaluate::Answered| {
            let goals = answered.goals.unwrap_or_else(|| vec![[0.0; 2]; answered.forecasts.len()]);
            let bits = answered.forecasts.iter().zip(goals).map(|(f, [home, away])| {
                let [a, b, c] = f.as_array();
                [a, b, c, home, away].map(f64::to_bits)
            });
            (answered.name, bits.collect())
        };
        board.answered.into_iter().map(said).collect()
    }
}

/// Matches with a result that kick off in the days before `t`; the results of the last of them come after it.
fn eve(world: &World, t: Seconds, days: i64) -> Vec<MatchId> {
    let rows = world.rows.iter().filter(|row| {
        let kickoff = row.kickoff.timestamp();
        row.score.is_some() && kickoff < t && t - days * DAY < kickoff
    });
    rows.map(|row| row.id).collect()
}

/// Folds whose forecasts all precede `t`: with and without a gap, of both horizons.
fn folds(world: &World, t: Seconds) -> Vec<(Seconds, Cutoff, Vec<MatchId>)> {
    let wanted = eve(world, t, 12);
    vec![
        (t - 12 * DAY, Cutoff::UpToKickoff, wanted.clone()),
        (t - 24 * DAY, Cutoff::UpTo(t - 24 * DAY), wanted.clone()),
        (t - 1, Cutoff::DaysBefore(3), wanted),
    ]
}

/// Text of the trees of each horizon, trained on what was known before `t`.
fn trees(known: &Known, t: Seconds) -> Vec<String> {
    let recipe = recipe(known.view);
    let rows = recipe.rows(&known.history, t - 1);
    let of = |matrix: &FeatureMatrix| {
        let fitted = model::fit(&known.history, matrix, &rows, &recipe, &Silent).unwrap();
        let texts = fitted.variant.trees().iter().map(|t| t.to_text().to_owned());
        format!("{} {}", fitted.variant.temperature().to_bits(), texts.collect::<String>())
    };
    known.matrices.iter().map(of).collect()
}

fn assert_law(world: &World, view: View, times: &[Seconds]) {
    let before = Known::of(world, view);
    for t in times {
        let after = Known::of(&world.scrambled(*t, 11), view);
        assert_ne!(before.history.hash(), after.history.hash(), "nothing was scrambled");
        let folds = folds(world, *t);
        assert!(folds[0].2.len() > 3, "nothing is forecast");
        assert!(
            folds[0].2.iter().any(|id| world.rows.iter().any(|r| r.id == *id && known_at(r) >= *t)),
            "no forecast match was scrambled itself"
        );
        assert!(trees(&before, *t) == trees(&after, *t), "trees trained before {t} differ");
        // Trees are compared with their calibration above.
        let mut forecasters = standard(&Recipe { holdout_share: 0.0, ..recipe(view) });
        forecasters.push(Box::new(GoalModelYardstick(GoalModelKind::DixonColes)));
        for ((name, before), (_, after)) in
            before.said(&folds, &forecasters).iter().zip(after.said(&folds, &forecasters))
        {
            assert!(*before == after, "{name}: forecasts before {t} differ");
        }
    }
}

#[test]
fn trees_and_forecasts_of_invented_matches_do_not_see_the_future() {
    let world = World::invented(MATCHES);
    let kickoffs = world.kickoffs();
    // Right after a kick-off, in the middle of a day, and at a midnight.
    let early = kickoffs[MATCHES as usize * 3 / 4].timestamp() + 1;
    let noon = kickoffs[MATCHES as usize * 5 / 6].timestamp() / DAY * DAY + DAY / 2;
    let midnight = kickoffs[MATCHES as usize * 14 / 15].timestamp() / DAY * DAY + 1;
    assert_law(&world, View::default(), &[early, noon, midnight]);
    assert_law(&world, MarketView::PreMatch.into(), &[noon]);
    assert_law(&world, View { market: MarketView::Closing, lineups: LineupView::Announced }, &[early]);
}

#[test]
fn trees_and_forecasts_of_recorded_seasons_do_not_see_the_future() {
    let Some(world) = real::seasons(&["1819", "1920"], &["E0"]) else { return };
    let kickoffs = world.kickoffs();
    let time = |share: f64| kickoffs[(kickoffs.len() as f64 * share) as usize].timestamp() + 1;
    assert_law(&world, View::default(), &[time(0.6)]);
    assert_law(&world, View { market: MarketView::PreMatch, lineups: LineupView::Announced }, &[time(0.9)]);
    assert_law(&world, MarketView::Earlier.into(), &[time(0.9)]);
}

/// An estimator that learns from all results there are.
struct Clairvoyant(Trained);

impl Estimator for Clairvoyant {
    fn name(&self) -> &'static str {
        "clairvoyant"
    }
    fn fit(&self, data: &TrainingData<'_>) -> Result<FittedPredictor, ModelError> {
        self.0.fit(&TrainingData { known_until: Seconds::MAX, ..*data })
    }
}

#[test]
fn the_proof_finds_a_forecaster_that_learns_from_the_future() {
    let world = World::invented(MATCHES);
    let t = world.kickoffs()[MATCHES as usize * 5 / 6].timestamp() + 1;
    let (folds, view) = (folds(&world, t), View::default());
    let forecasters: [Box<dyn Estimator>; 1] = [Box::new(Clairvoyant(Trained::new("all", recipe(view))))];
    let said = |world: &World| Known::of(world, view).said(&folds, &forecasters);
    assert!(said(&world) != said(&world.scrambled(t, 11)));
}
