//! Tuning: the same seed finds the same, an interruption costs nothing, and nothing after the end is looked at.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../../features/tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::world::{DAY, World};
use tempfile::TempDir;
use touchline_domain::Silent;
use touchline_features::{MarketView, Seconds};
use touchline_learning::evaluate::changed_recipe;
use touchline_learning::matrices::{self, Horizon};
use touchline_learning::model::Recipe;
use touchline_learning::tune::{FOLDS, TuneError, Tuned, Tuning, tune};

fn recipe() -> Recipe {
    let mut recipe = Recipe::default();
    (recipe.trees.rounds, recipe.trees.threads, recipe.trees.min_rows_per_leaf) = (40, 1, 50);
    recipe
}

fn tuned_until(
    world: &World,
    until: Seconds,
    trials: usize,
    folder: &Path,
    seed: u64,
) -> Result<Tuned, TuneError> {
    let history = world.history();
    let matrix = matrices::build(&history, Horizon::Fresh, MarketView::None, 1);
    let mut recipe = recipe();
    recipe.trees.seed = seed;
    tune(
        &Tuning { history: &history, matrix: &matrix, until, recipe: &recipe, trials, data_dir: folder },
        &Silent,
    )
}

fn tuned(world: &World, trials: usize, folder: &Path) -> Tuned {
    tuned_until(world, Seconds::MAX, trials, folder, 3).unwrap()
}

/// The only journal in a folder.
fn journal(folder: &Path) -> PathBuf {
    let files = fs::read_dir(folder.join("tuning")).unwrap().map(|f| f.unwrap().path());
    let mut journals: Vec<PathBuf> = files.filter(|p| p.extension().is_some_and(|e| e == "jsonl")).collect();
    assert_eq!(journals.len(), 1);
    journals.remove(0)
}

#[test]
fn an_interrupted_tuning_goes_on_where_it_stopped() {
    let world = World::invented(1_000);
    let folder = TempDir::new().unwrap();
    let whole = tuned(&world, 8, folder.path());
    assert_eq!(whole.trials.len(), 8);
    assert!(whole.trials.iter().any(|t| t.pruned) && whole.trials.iter().any(|t| t.steps.len() == FOLDS));
    let lines = fs::read_to_string(journal(folder.path())).unwrap();
    let count = lines.lines().count();
    // After whole trials, within a trial, and in the middle of writing a line.
    for (kept, torn) in [(0, ""), (FOLDS, ""), (FOLDS + 2, ""), (count - 1, "{\"trial\":7,\"val")] {
        let other = TempDir::new().unwrap();
        tuned(&world, 1, other.path());
        let begun: String = lines.split_inclusive('\n').take(kept).collect();
        fs::write(journal(other.path()), begun + torn).unwrap();
        let resumed = tuned(&world, 8, other.path());
        assert_eq!(resumed.trials, whole.trials, "{kept} lines kept");
        assert_eq!((&resumed.recipe, resumed.best), (&whole.recipe, whole.best));
        assert_eq!(fs::read_to_string(journal(other.path())).unwrap(), lines);
    }
    // What is complete is not done again.
    let again = tuned(&world, 8, folder.path());
    assert_eq!(again.trials, whole.trials);
    assert_eq!(fs::read_to_string(journal(folder.path())).unwrap(), lines);
    // Further trials follow on the old ones.
    assert_eq!(tuned(&world, 9, folder.path()).trials[..8], whole.trials);
}

#[test]
fn the_best_recipe_is_kept_as_a_file_that_evaluate_reads() {
    let folder = TempDir::new().unwrap();
    let tuned = tuned(&World::invented(900), 4, folder.path());
    let changes = serde_json::from_slice(&fs::read(&tuned.file).unwrap()).unwrap();
    let mut base = recipe();
    base.trees.seed = 3;
    assert_eq!(changed_recipe(&base, &changes).unwrap(), tuned.recipe);
    let best = &tuned.trials[tuned.best];
    assert!(tuned.trials.iter().all(|t| t.pruned || t.mean_rps() >= best.mean_rps()) && !best.pruned);
}

#[test]
fn results_known_after_the_end_change_no_trial() {
    let world = World::invented(1_400);
    let kickoffs = world.kickoffs();
    let until = kickoffs[1_000].timestamp() + DAY / 3;
    let of = |world: &World, seed| {
        let folder = TempDir::new().unwrap();
        let tuned = tuned_until(world, until, 3, folder.path(), seed).unwrap();
        (tuned.trials, tuned.folds)
    };
    let before = of(&world, 3);
    assert_eq!(of(&world.scrambled(until + 1, 5), 3), before);
    assert_ne!(of(&world.scrambled(until - 9 * DAY, 5), 3), before, "within the folds");
    assert_ne!(of(&world, 4).0[1], before.0[1], "another seed tries something else");
}

#[test]
fn what_is_no_journal_is_refused_and_kept() {
    let world = World::invented(900);
    let folder = TempDir::new().unwrap();
    tuned(&world, 1, folder.path());
    let path = journal(folder.path());
    let whole = fs::read_to_string(&path).unwrap();
    for (text, line) in [
        ("no json\n".to_owned(), 1),
        (
            format!("{whole}{{\"trial\":5,\"values\":[1,1,1,1,1,1,1],\"steps\":[],\"pruned\":false}}\n"),
            FOLDS + 1,
        ),
        ("{\"trial\":0,\"values\":[1],\"steps\":[],\"pruned\":false}\n".to_owned(), 1),
    ] {
        fs::write(&path, &text).unwrap();
        let error = tuned_until(&world, Seconds::MAX, 1, folder.path(), 3).unwrap_err();
        assert!(matches!(&error, TuneError::Damaged { line: l, .. } if *l == line), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn too_little_to_tune_on_is_an_error_that_says_so() {
    let folder = TempDir::new().unwrap();
    let of = |matches, until| {
        tuned_until(&World::invented(matches), until, 2, folder.path(), 3).unwrap_err().to_string()
    };
    assert!(of(900, 0).contains("before 1970-01-01"));
    assert!(of(60, Seconds::MAX).contains("are needed"));
}
