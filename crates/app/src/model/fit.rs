//! Training: trees by time, never shuffled, then calibration on the latest slice, then trees on everything.

use super::goals::Goals;
use super::lessons::Lessons;
use super::start::Start;
use super::{Holdout, ModelError, Variant, softmax};
use crate::Progress;
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use touchline_boosting::{LightGbmConfig, XgBoostConfig};
use touchline_domain::{Forecast, Outcome, Score};
use touchline_features::{FeatureMatrix, History, LineupView, MarketView, Mirror, Seconds, View};
use touchline_models::calibration::Temperature;
use touchline_models::metrics::{Binning, Evaluation, expected_calibration_error};

const DAY: Seconds = 86_400;
/// Fewer matches than this teach the trees nothing.
const FEWEST_ROWS: usize = 200;

/// A round of boosting is worth its noise from so many rows on.
const ROWS_PER_ROUND: usize = 300;
const FEWEST_ROUNDS: usize = 5;
/// What trees add to prices is soon less than their noise.
const MOST_ROUNDS_ABOVE_PRICES: usize = 20;

/// How a model is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Settings of the trees; its seed is the first of `seeds` seeds.
    pub trees: LightGbmConfig,
    /// Trainings with different seeds whose scores are averaged.
    pub seeds: usize,
    /// Whether the trees learn from every match a second time with home and away exchanged; only then there are
    /// trees on goals too.
    #[serde(default)]
    pub mirrored: bool,
    /// The first years of the data only warm up the ratings: at most this many days...
    pub warm_up_days: i64,
    /// ...and at most this share of the time that the data span.
    pub warm_up_share: f64,
    /// Share of the rows, the latest, that calibration and the reported scores use.
    pub holdout_share: f64,
    /// Which of the bookmakers' prices the features see.
    #[serde(default)]
    pub market: MarketView,
    /// Whether the features see line-ups and absences.
    #[serde(default)]
    pub lineups: LineupView,
    /// Families of features, or single columns, that the trees do not see; what scores start from stays.
    #[serde(default)]
    pub hidden: Vec<String>,
    /// Trains the trees on outcomes with XGBoost by these settings; needs a program built with it.
    #[serde(default)]
    pub xgboost: Option<XgBoostConfig>,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            trees: LightGbmConfig::default(),
            seeds: 1,
            mirrored: true,
            warm_up_days: 2_400,
            warm_up_share: 0.25,
            holdout_share: 0.08,
            market: MarketView::None,
            lineups: LineupView::None,
            hidden: Vec::new(),
            xgboost: None,
        }
    }
}

impl Recipe {
    /// What the features see of a match itself.
    pub fn view(&self) -> View {
        View { market: self.market, lineups: self.lineups }
    }

    /// The recipe for a small data set: fewer rounds, because what the trees could add to the strength filter
    /// is soon less than their noise, and leaves that such a set can fill. From 45,000 rows on it is unchanged.
    #[must_use]
    pub fn for_rows(&self, rows: usize) -> Self {
        let mut recipe = self.clone();
        recipe.limit_rounds((rows / ROWS_PER_ROUND).max(FEWEST_ROUNDS));
        recipe.trees.min_rows_per_leaf = recipe.trees.min_rows_per_leaf.min((rows / 25).max(5));
        recipe
    }

    /// The recipe for scores that start there: fewer rounds above prices.
    fn above(&self, start: &Start) -> Self {
        let mut recipe = self.clone();
        if start.is_priced() {
            recipe.limit_rounds(MOST_ROUNDS_ABOVE_PRICES);
        }
        recipe
    }

    /// How to mirror rows of a matrix, where the trees learn from mirror images.
    fn mirror(&self, matrix: &FeatureMatrix) -> Option<Mirror> {
        self.mirrored.then(|| Mirror::of(matrix.definitions()))
    }

    fn limit_rounds(&mut self, most: usize) {
        self.trees.rounds = self.trees.rounds.min(most);
        if let Some(xgboost) = &mut self.xgboost {
            xgboost.rounds = xgboost.rounds.min(most);
        }
    }

    /// Positions of the matches to learn from: finished, known at `until`, after the warm-up.
    pub fn rows(&self, history: &History, until: Seconds) -> Vec<usize> {
        let usable = |p: &usize| history.goals(*p).is_some() && history.known_at(*p) <= until;
        let last = (0..history.len()).filter(usable).map(|p| history.known_at(p)).max();
        let (Some(first), Some(last)) = (history.kickoffs().first(), last) else { return Vec::new() };
        // Up to the last result and not up to `until`: the same data give the same rows on another day.
        let span = (last - first).max(0);
        let warm_up = (self.warm_up_days * DAY).min((span as f64 * self.warm_up_share) as Seconds);
        let from = history.position_at(first + warm_up);
        (from..history.len()).filter(usable).collect()
    }
}

/// The outcome of a finished match.
pub fn outcome_at(history: &History, position: usize) -> Option<Outcome> {
    history.goals(position).map(|[home, away]| Outcome::of(Score { home, away }))
}

/// A fitted variant with what is known of it.
pub struct Fitted {
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
) -> Result<Fitted, ModelError> {
    if rows.len() < FEWEST_ROWS {
        return Err(ModelError::TooFewMatches { found: rows.len(), needed: FEWEST_ROWS });
    }
    let recipe = recipe.for_rows(rows.len());
    let split = rows.len() - (rows.len() as f64 * recipe.holdout_share) as usize;
    let (earlier, latest) = rows.split_at(split);
    let (mut temperature, mut holdout) = (1.0, None);
    if latest.len() >= FEWEST_ROWS / 4 {
        // One seed tells how well calibrated the trees are; more would only cost time.
        let single = Recipe { seeds: 1, ..recipe.clone() };
        let start = Start::new(matrix.names(), None)?.fitted(history, matrix, earlier);
        let lessons = Lessons::new(history, matrix, earlier, &recipe)?;
        let (bins, single) = (&mut lessons.bins()?, single.above(&start));
        let trees = lessons.on_outcomes(bins, &start, &single, "trees for calibration", progress)?;
        let variant =
            Variant::new(trees, 1.0, start, Goals::new(matrix.names(), None)?, recipe.mirror(matrix));
        let values = matrix.gather(latest);
        let scores = variant.scores(&values, latest.len(), matrix.width(), recipe.trees.threads)?;
        let outcomes: Vec<Outcome> = latest.iter().filter_map(|p| outcome_at(history, *p)).collect();
        let uncalibrated: Vec<Forecast> = scores.iter().map(|s| softmax(*s, 1.0)).collect();
        holdout = Some(measure(history, latest, &uncalibrated, &outcomes)?);
        // A slice too small to tell, or without one of the outcomes, leaves the trees as they are.
        temperature = Temperature::fit(&uncalibrated, &outcomes).map_or(1.0, |t| t.temperature());
    }
    let start = Start::new(matrix.names(), None)?.fitted(history, matrix, rows);
    let lessons = Lessons::new(history, matrix, rows, &recipe)?;
    let mut bins = lessons.bins()?;
    let trees = lessons.on_outcomes(&mut bins, &start, &recipe.above(&start), "trees", progress)?;
    let mut goals = Goals::new(matrix.names(), None)?;
    if recipe.mirrored {
        goals.trees = Some(lessons.on_goals(&mut bins, &goals, &recipe, progress)?);
    }
    let variant = Variant::new(trees, temperature, start, goals, recipe.mirror(matrix));
    Ok(Fitted { variant, rows: rows.len(), holdout })
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
    use crate::model::start::tests::{features, history};

    #[test]
    fn trees_above_prices_have_few_rounds() {
        let history = history();
        let rows: Vec<usize> = (0..history.len()).collect();
        for (market, rounds) in
            [(MarketView::None, 150), (MarketView::Earlier, 20), (MarketView::PreMatch, 20)]
        {
            let matrix = features(&history, market);
            let start = Start::new(matrix.names(), None).unwrap().fitted(&history, &matrix, &rows);
            let recipe = Recipe { xgboost: Some(XgBoostConfig::default()), ..Recipe::default() };
            let above = recipe.above(&start);
            assert_eq!((above.trees.rounds, above.xgboost.unwrap().rounds), (rounds, rounds), "{market:?}");
        }
    }
}
