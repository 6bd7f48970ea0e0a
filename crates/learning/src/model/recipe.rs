//! How a model is trained: settings that its bundle keeps.

use super::initial_score::InitialScore;
use serde::{Deserialize, Serialize};
use touchline_boosting::{LightGbmConfig, XgBoostConfig};
use touchline_features::{FeatureMatrix, History, LineupView, MarketView, Mirror, Seconds, View};

const DAY: Seconds = 86_400;

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
    pub(super) fn above(&self, initial: &InitialScore) -> Self {
        let mut recipe = self.clone();
        if initial.is_priced() {
            recipe.limit_rounds(MOST_ROUNDS_ABOVE_PRICES);
        }
        recipe
    }

    /// How to mirror rows of a matrix, where the trees learn from mirror images.
    pub(super) fn mirror(&self, matrix: &FeatureMatrix) -> Option<Mirror> {
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
