//! Whatever forecasts matches, asked through the one trait: figures are those of its parts, bit for bit, and it says what
//! it does not know.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../../features/tests/support/mod.rs"]
mod support;

use chrono::DateTime;
use support::world::World;
use touchline_domain::ports::StoredQuote;
use touchline_domain::{DecimalOdds, Forecast, MarketType, MatchId, OddsPhase, OddsQuote};
use touchline_features::{FeatureMatrix, History, MarketView};
use touchline_learning::matrices::{self, Horizon};
use touchline_learning::model::ModelError;
use touchline_learning::predictor::{
    BaseRates, FeatureRows, FittedGoalModel, MarketPrices, MatchBatch, Prediction, Predictor, StrengthFilter,
};
use touchline_models::dynamic::score_grid;
use touchline_models::goals::GoalModelKind;
use touchline_models::odds::DeVig;

const ROWS: [usize; 4] = [250, 300, 301, 399];

fn ground() -> (History, FeatureMatrix) {
    let history = World::invented(400).history();
    let matrix = matrices::build(&history, Horizon::Fresh, MarketView::None, 2);
    (history, matrix)
}

fn ask(predictor: &dyn Predictor, history: &History, matrix: &FeatureMatrix) -> Vec<Option<Prediction>> {
    let positions = ROWS.map(|row| row as u32);
    let features = Some(FeatureRows { matrix, rows: &ROWS });
    let batch = MatchBatch { history, positions: &positions, horizon: Horizon::Fresh, features, threads: 1 };
    let predictions = predictor.predict(&batch).unwrap();
    let outcomes = predictor.predict_outcomes(&batch).unwrap();
    let same = predictions.iter().map(|prediction| prediction.as_ref().map(Prediction::forecast));
    assert_eq!(same.collect::<Vec<_>>(), outcomes, "outcomes alone are the same");
    predictions
}

fn values<const N: usize>(matrix: &FeatureMatrix, names: [&str; N], row: usize) -> [f64; N] {
    names.map(|name| f64::from(matrix.column(matrix.column_named(name).unwrap())[row]))
}

fn rho() -> f64 {
    Horizon::Fresh.settings().filter.rho
}

#[test]
fn the_strength_filter_as_a_stand_in_is_its_grid_and_as_a_yardstick_its_columns() {
    let (history, matrix) = ground();
    let stand_in = ask(&StrengthFilter::OverGrid, &history, &matrix);
    let yardstick = ask(&StrengthFilter::AsColumns, &history, &matrix);
    for ((row, stand_in), yardstick) in ROWS.into_iter().zip(&stand_in).zip(&yardstick) {
        let [home, away] = values(&matrix, ["home_expected_goals", "away_expected_goals"], row);
        let columns = values(&matrix, ["strength_home_win", "strength_draw", "strength_away_win"], row);
        let (stand_in, yardstick) =
            (stand_in.as_ref().unwrap().scores().unwrap(), yardstick.as_ref().unwrap().scores().unwrap());
        let grid = score_grid((home, away), rho());
        assert_eq!((stand_in.forecast, stand_in.expected_goals), (grid.forecast(), grid.expected_goals()));
        assert_eq!(stand_in.grid, grid);
        let forecast = Forecast::normalised(columns).unwrap();
        assert_eq!((yardstick.forecast, yardstick.expected_goals), (forecast, (home, away)));
        for (a, b) in yardstick.grid.forecast().as_array().into_iter().zip(forecast.as_array()) {
            assert!((a - b).abs() < 1e-12, "the grid agrees with the forecast");
        }
        assert!((stand_in.forecast.home() - yardstick.forecast.home()).abs() < 1e-6);
    }
    assert_eq!(StrengthFilter::OverGrid.horizon_for(Horizon::Stale), Horizon::Fresh);
}

#[test]
fn base_rates_are_the_same_for_every_match_and_need_no_features() {
    let (history, _) = ground();
    assert_eq!(BaseRates.features(Horizon::Fresh).unwrap(), None);
    let batch = MatchBatch {
        history: &history,
        positions: &[3, 5],
        horizon: Horizon::Fresh,
        features: None,
        threads: 1,
    };
    let grid = score_grid((1.5, 1.15), rho());
    for prediction in BaseRates.predict(&batch).unwrap() {
        let scores = prediction.and_then(Prediction::into_scores).unwrap();
        assert_eq!((scores.forecast, scores.grid), (grid.forecast(), grid.clone()));
    }
    let without = StrengthFilter::OverGrid.predict(&batch).unwrap_err();
    assert!(matches!(without, ModelError::Features(_)), "{without}");
}

#[test]
fn the_market_says_nothing_of_scores_or_of_matches_without_prices() {
    let (history, matrix) = ground();
    let odds = [2.1, 3.4, 3.9];
    let quote = |row: usize, bookmaker: &str, phase| StoredQuote {
        match_id: history.ids()[row],
        quote: OddsQuote {
            bookmaker: bookmaker.into(),
            market: MarketType::OneXTwo,
            line_quarters: None,
            prices: odds.map(|o| DecimalOdds::new(o).ok()),
            phase,
            known_at: DateTime::UNIX_EPOCH,
            known_at_imputed: true,
        },
    };
    let quotes = [
        quote(250, "PS", OddsPhase::Closing),
        quote(300, "PS", OddsPhase::PreMatch),
        quote(301, "B365", OddsPhase::Closing),
    ];
    let market = MarketPrices::new("Pinnacle closing", &["PS"], OddsPhase::Closing, &quotes);
    let fair = DeVig::Shin.forecast(odds).unwrap();
    assert_eq!(ask(&market, &history, &matrix), [Some(Prediction::Outcomes(fair)), None, None, None]);
}

#[test]
fn a_goal_model_forecasts_scores_of_known_teams_and_of_newcomers() {
    let (history, matrix) = ground();
    let until = history.kickoffs()[249];
    let fitted = FittedGoalModel::fit(GoalModelKind::DixonColes, &history, until).unwrap();
    assert!(fitted.matches() > 100 && fitted.matches() < 250, "{}", fitted.matches());
    let said = ask(&fitted, &history, &matrix);
    for prediction in &said {
        let scores = prediction.as_ref().and_then(Prediction::scores).unwrap();
        assert_eq!(scores.forecast, scores.grid.forecast(), "all markets come from one grid");
    }
    assert!(said.windows(2).any(|pair| pair[0] != pair[1]), "teams differ");
    // In another history teams have other numbers; what is said of them stays.
    let world = World::invented(400);
    let mut fewer = world.rows.clone();
    fewer.drain(..40);
    let other = History::new(&fewer, &[], &[]);
    let position = |id: MatchId| other.ids().iter().position(|other| *other == id).unwrap() as u32;
    let positions = ROWS.map(|row| position(history.ids()[row]));
    let batch = MatchBatch {
        history: &other,
        positions: &positions,
        horizon: Horizon::Fresh,
        features: None,
        threads: 1,
    };
    assert_eq!(fitted.predict(&batch).unwrap(), said);
    assert!(FittedGoalModel::fit(GoalModelKind::Poisson, &history, history.kickoffs()[0]).is_err());
}
