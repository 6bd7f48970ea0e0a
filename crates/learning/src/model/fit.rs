//! Training: trees by time, never shuffled, then calibration on the latest slice, then trees on everything.

use super::goals::Goals;
use super::initial_score::InitialScore;
use super::recipe::Recipe;
use super::training_set::TrainingSet;
use super::{Holdout, ModelError, Variant, softmax};
use chrono::DateTime;
use touchline_domain::{Forecast, Outcome, Progress};
use touchline_features::{FeatureMatrix, History};
use touchline_models::calibration::Temperature;
use touchline_models::metrics::{Binning, Evaluation, expected_calibration_error};

/// Fewer matches than this teach the trees nothing.
const FEWEST_ROWS: usize = 200;

/// A fitted variant with what is known of it.
pub struct FittedVariant {
    pub variant: Variant,
    pub rows: usize,
    pub holdout: Option<Holdout>,
}

/// Fits trees to the rows of a matrix that has one row per match of the history.
///
/// # Errors
/// Too few rows, or the training fails.
pub fn fit(
    history: &History,
    matrix: &FeatureMatrix,
    rows: &[usize],
    recipe: &Recipe,
    progress: &dyn Progress,
) -> Result<FittedVariant, ModelError> {
    if rows.len() < FEWEST_ROWS {
        let stored = (0..history.len()).filter(|position| history.outcome(*position).is_some()).count();
        return Err(ModelError::TooFewMatches { stored, found: rows.len(), needed: FEWEST_ROWS });
    }
    let recipe = recipe.for_rows(rows.len());
    let split = rows.len() - (rows.len() as f64 * recipe.holdout_share) as usize;
    let (earlier, latest) = rows.split_at(split);
    let (mut temperature, mut holdout) = (1.0, None);
    if latest.len() >= FEWEST_ROWS / 4 {
        // One seed tells how well calibrated the trees are; more would only cost time.
        let single = Recipe { seeds: 1, ..recipe.clone() };
        let initial = InitialScore::new(matrix.names(), None)?.fitted(history, matrix, earlier);
        let training = TrainingSet::new(history, matrix, earlier, &recipe)?;
        let (bins, single) = (&mut training.bins()?, single.above(&initial));
        let trees = training.on_outcomes(bins, &initial, &single, "trees for calibration", progress)?;
        let variant =
            Variant::new(trees, 1.0, initial, Goals::new(matrix.names(), None)?, recipe.mirror(matrix));
        let values = matrix.gather(latest);
        let scores = variant.scores(&values, latest.len(), matrix.width(), recipe.trees.threads)?;
        let outcomes: Vec<Outcome> = latest.iter().filter_map(|p| history.outcome(*p)).collect();
        let uncalibrated: Vec<Forecast> = scores.iter().map(|s| softmax(*s, 1.0)).collect();
        holdout = Some(measure(history, latest, &uncalibrated, &outcomes)?);
        // A slice too small to tell, or without one of the outcomes, leaves the trees as they are.
        temperature = Temperature::fit(&uncalibrated, &outcomes).map_or(1.0, |t| t.temperature());
    }
    let initial = InitialScore::new(matrix.names(), None)?.fitted(history, matrix, rows);
    let training = TrainingSet::new(history, matrix, rows, &recipe)?;
    let mut bins = training.bins()?;
    let trees = training.on_outcomes(&mut bins, &initial, &recipe.above(&initial), "trees", progress)?;
    let mut goals = Goals::new(matrix.names(), None)?;
    if recipe.mirrored {
        goals.trees = Some(training.on_goals(&mut bins, &goals, &recipe, progress)?);
    }
    let variant = Variant::new(trees, temperature, initial, goals, recipe.mirror(matrix));
    Ok(FittedVariant { variant, rows: rows.len(), holdout })
}

fn measure(
    history: &History,
    rows: &[usize],
    forecasts: &[Forecast],
    outcomes: &[Outcome],
) -> Result<Holdout, ModelError> {
    let time = |row: usize| DateTime::from_timestamp(history.kickoffs()[row], 0).unwrap_or_default();
    Ok(Holdout {
        from: time(rows[0]),
        to: time(rows[rows.len() - 1]),
        scores: Evaluation::of(forecasts, outcomes)?,
        calibration_error: expected_calibration_error(forecasts, outcomes, Binning::EqualCount(10))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::initial_score::tests::{features, history};
    use touchline_boosting::XgBoostConfig;
    use touchline_features::MarketView;

    #[test]
    fn trees_above_prices_have_few_rounds() {
        let history = history();
        let rows: Vec<usize> = (0..history.len()).collect();
        for (market, rounds) in
            [(MarketView::None, 150), (MarketView::Earlier, 20), (MarketView::PreMatch, 20)]
        {
            let matrix = features(&history, market);
            let initial = InitialScore::new(matrix.names(), None).unwrap().fitted(&history, &matrix, &rows);
            let recipe = Recipe { xgboost: Some(XgBoostConfig::default()), ..Recipe::default() };
            let above = recipe.above(&initial);
            assert_eq!((above.trees.rounds, above.xgboost.unwrap().rounds), (rounds, rounds), "{market:?}");
        }
    }
}
