//! Models beside the default one: without some features, pooled, trained by another library.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../../features/tests/support/mod.rs"]
mod support;

use support::world::World;
use touchline_domain::Forecast;
use touchline_domain::Silent;
use touchline_features::{FeatureMatrix, History, MarketView};
use touchline_learning::evaluate::{Estimator, Pool, Trained, TrainingData, without_each_family};
use touchline_learning::matrices::{self, Horizon};
use touchline_learning::model::{self, ModelError, Recipe};
use touchline_learning::predictor::{FeatureRows, MatchBatch, Prediction};

/// Two years of matches, of which the second is forecast.
struct Ground {
    history: History,
    matrix: FeatureMatrix,
    rows: Vec<usize>,
}

impl Ground {
    fn new() -> Self {
        let history = World::invented(1_400).history();
        let matrix = matrices::build(&history, Horizon::Fresh, MarketView::None, 2);
        Self { rows: (1_200..1_400).collect(), history, matrix }
    }

    fn ask(&self, estimator: &dyn Estimator) -> Result<Vec<Prediction>, ModelError> {
        let (history, matrix) = (&self.history, &self.matrix);
        let known_until = history.kickoffs()[1_199];
        let fitted =
            estimator.fit(&TrainingData { history, known_until, features: matrix, progress: &Silent })?;
        let positions: Vec<u32> = self.rows.iter().map(|row| *row as u32).collect();
        let predictions = fitted.predictor.predict(&MatchBatch {
            history,
            positions: &positions,
            horizon: Horizon::Fresh,
            features: Some(FeatureRows { matrix, rows: &self.rows }),
            threads: 1,
        })?;
        Ok(predictions.into_iter().map(Option::unwrap).collect())
    }

    fn asked(&self, estimator: &dyn Estimator) -> Vec<Forecast> {
        self.ask(estimator).unwrap().iter().map(Prediction::forecast).collect()
    }

    fn forecasts(&self, recipe: Recipe) -> Vec<Forecast> {
        self.asked(&Trained::new("one", recipe))
    }
}

fn recipe() -> Recipe {
    let mut recipe = Recipe { seeds: 1, ..Recipe::default() };
    (recipe.trees.rounds, recipe.trees.threads, recipe.trees.learning_rate) = (20, 1, 0.2);
    recipe
}

fn hiding(hidden: &[&str]) -> Recipe {
    Recipe { hidden: hidden.iter().map(|h| (*h).to_owned()).collect(), ..recipe() }
}

#[test]
fn trees_do_not_split_on_what_a_recipe_hides() {
    let ground = Ground::new();
    let rows = recipe().rows(&ground.history, ground.history.kickoffs()[1_199]);
    let used = |recipe: &Recipe| -> Vec<String> {
        let fitted = model::fit(&ground.history, &ground.matrix, &rows, recipe, &Silent).unwrap();
        let trees = &fitted.variant.trees()[0];
        let splits = trees.importances().iter().map(|i| i.splits);
        trees.feature_names().iter().zip(splits).filter(|(_, n)| *n > 0).map(|(f, _)| f.clone()).collect()
    };
    let family = |name: &String| {
        let column = ground.matrix.column_named(name).unwrap();
        ground.matrix.definitions()[column].family.clone()
    };
    let everything = used(&recipe());
    assert!(everything.iter().any(|f| family(f) == "strength"));
    let column = everything.iter().find(|f| family(f) != "strength").unwrap().as_str();
    let without = used(&hiding(&["strength", column]));
    assert!(!without.is_empty());
    assert!(without.iter().all(|f| family(f) != "strength" && f != column), "{without:?}");
    let unknown = ground.ask(&Trained::new("one", hiding(&["no_such_family"]))).unwrap_err();
    assert!(unknown.to_string().contains("no_such_family is neither"), "{unknown}");
}

#[test]
fn a_recipe_without_prices_answers_the_same_beside_one_with_them() {
    for horizon in Horizon::ALL {
        let of = |market| {
            let ground = Ground::new();
            Ground { matrix: matrices::build(&ground.history, horizon, market, 2), ..ground }
        };
        let (plain, priced) = (of(MarketView::None), of(MarketView::PreMatch));
        assert!(priced.matrix.width() > plain.matrix.width());
        assert_eq!(priced.forecasts(recipe()), plain.forecasts(recipe()));
        // Ten weeks ahead nobody has priced a match.
        if horizon == Horizon::Fresh {
            let seeing = Recipe { market: MarketView::PreMatch, ..recipe() };
            assert_ne!(priced.forecasts(seeing), plain.forecasts(recipe()), "prices tell something");
        }
    }
}

#[test]
fn every_family_is_left_out_once() {
    let ground = Ground::new();
    let without = without_each_family(&hiding(&["schedule"]), ground.matrix.definitions());
    let names: Vec<&str> = without.iter().map(|f| f.name()).collect();
    for family in ["strength", "ratings", "form", "season", "league"] {
        let named = names.iter().filter(|n| **n == format!("without {family}")).count();
        assert_eq!(named, 1, "{names:?}");
    }
    let form = names.iter().position(|n| *n == "without form").unwrap();
    let expected = ground.forecasts(hiding(&["schedule", "form"]));
    assert_eq!(ground.asked(without[form].as_ref()), expected);
}

#[test]
fn a_pool_lies_between_its_members() {
    let ground = Ground::new();
    let (a, b) = (recipe(), hiding(&["strength", "form", "ratings"]));
    let pool = |recipes| ground.ask(&Pool::new("pool", recipes)).unwrap();
    let (first, second) = (ground.forecasts(a.clone()), ground.forecasts(b.clone()));
    assert_ne!(first, second);
    for (pooled, alone) in pool(vec![a.clone(), a.clone()]).iter().zip(&first) {
        assert!((pooled.forecast().home() - alone.home()).abs() < 1e-12);
    }
    let pooled = pool(vec![a, b]);
    assert!(pooled.iter().all(|p| p.scores().is_some()));
    for ((p, f), s) in pooled.iter().zip(&first).zip(&second) {
        // Ratios of probabilities are means of the members' in the logarithm.
        let ratio = |f: &Forecast| (f.home() / f.away()).ln();
        assert!((ratio(&p.forecast()) - f64::midpoint(ratio(f), ratio(s))).abs() < 1e-9);
    }
}

#[test]
#[cfg(not(feature = "xgboost"))]
fn without_the_library_xgboost_says_how_to_get_it() {
    let recipe = Recipe { xgboost: Some(touchline_boosting::XgBoostConfig::default()), ..recipe() };
    let error = Ground::new().ask(&Trained::new("one", recipe)).unwrap_err();
    assert!(error.to_string().contains("cargo feature `xgboost`"), "{error}");
}

#[test]
#[cfg(feature = "xgboost")]
fn xgboost_trains_the_same_model_by_other_trees() {
    let xgboost = touchline_boosting::XgBoostConfig {
        rounds: 20,
        min_child_weight: 20.0,
        ..touchline_boosting::XgBoostConfig::default()
    };
    let ground = Ground::new();
    let other = ground.forecasts(Recipe { xgboost: Some(xgboost), ..recipe() });
    let ours = ground.forecasts(recipe());
    let apart = |(a, b): (&Forecast, &Forecast)| (a.home() - b.home()).abs();
    let mean = other.iter().zip(&ours).map(apart).sum::<f64>() / 200.0;
    assert!(mean > 1e-4 && mean < 0.15, "{mean}");
}
