//! Search for good settings: a tree-structured Parzen estimator proposes, a median rule gives up early.
//!
//! A [`Search`] is asked for the next settings, told the scores of a trial step by step (smaller is better, a step
//! is a fold), and says whether the trial is worth going on with. Proposals follow from the seed and the trials
//! recorded so far alone: a search that is told its trials again after an interruption goes on as if nothing had
//! happened.
//!
//! - Proposals: Bergstra, Bardenet, Bengio, Kégl, "Algorithms for Hyper-Parameter Optimization" (NeurIPS 2011), each
//!   dimension by itself; the first trial is the starting point, the next ones are random.
//! - Pruning: Golovin et al., "Google Vizier" (KDD 2017), the median stopping rule on running means.
//!
//! ```
//! use touchline_boosting::{Dimension, Scale, Search, Trial};
//! let rate = Dimension { name: "rate", low: 0.001, high: 1.0, scale: Scale::Log };
//! let mut search = Search::new(vec![rate], &[0.5], 7)?;
//! for _ in 0..30 {
//!     let values = search.propose();
//!     let score = (values[0].ln() - 0.03_f64.ln()).abs();
//!     search.record(Trial { values, scores: vec![score], pruned: false });
//! }
//! assert!(search.best().unwrap().mean() < 0.3);
//! # Ok::<(), touchline_boosting::SearchError>(())
//! ```

mod space;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};
use tpe::{TpeOptimizerBuilder, parzen_estimator, range};

pub use space::{lightgbm_settings, lightgbm_space, lightgbm_start};

/// Trials after the first that are drawn at random: the estimator needs something to learn from.
const RANDOM_TRIALS: usize = 9;
/// Share of the trials that count as good.
const GOOD_SHARE: f64 = 0.15;
/// Trials that must have reached a step before its median means something.
const FEWEST_REACHED: usize = 5;

/// How a dimension is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// Evenly in the logarithm.
    Log,
    /// Whole numbers, evenly in the logarithm.
    LogWhole,
}

/// One setting that is searched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dimension {
    /// Its name.
    pub name: &'static str,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// How it is walked.
    pub scale: Scale,
}

impl Dimension {
    fn is_valid(&self) -> bool {
        let above = match self.scale {
            Scale::Linear => f64::NEG_INFINITY,
            Scale::Log => f64::MIN_POSITIVE,
            Scale::LogWhole => 1.0,
        };
        self.low.is_finite() && self.high.is_finite() && (above..self.high).contains(&self.low)
    }

    /// The value at a place between 0 and 1.
    fn value(&self, place: f64) -> f64 {
        let between = |low: f64, high: f64| low + place * (high - low);
        match self.scale {
            Scale::Linear => between(self.low, self.high),
            Scale::Log => between(self.low.ln(), self.high.ln()).exp(),
            Scale::LogWhole => between(self.low.ln(), self.high.ln()).exp().round(),
        }
        .clamp(self.low, self.high)
    }

    /// The place of a value, from 0 to just below 1; values outside go to the nearest end.
    fn place(&self, value: f64) -> f64 {
        let share = |low: f64, value: f64, high: f64| (value - low) / (high - low);
        let place = match self.scale {
            Scale::Linear => share(self.low, value, self.high),
            Scale::Log | Scale::LogWhole => share(self.low.ln(), value.ln(), self.high.ln()),
        };
        place.clamp(0.0, 1.0 - f64::EPSILON)
    }
}

/// Settings that were tried, and how they did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// One value per dimension.
    pub values: Vec<f64>,
    /// One score per step that was walked; smaller is better.
    pub scores: Vec<f64>,
    /// Whether it was given up before its last step.
    pub pruned: bool,
}

impl Trial {
    /// Mean of its scores; infinite without any.
    pub fn mean(&self) -> f64 {
        mean(&self.scores)
    }
}

fn mean(scores: &[f64]) -> f64 {
    if scores.is_empty() { f64::INFINITY } else { scores.iter().sum::<f64>() / scores.len() as f64 }
}

/// A space that cannot be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// A dimension has no extent, or is logarithmic and not positive, or of whole numbers below 1.
    #[error(
        "`{0}` cannot be searched: its lowest value must lie below its highest, above 0 on a logarithmic scale, and at 1 or above for whole numbers"
    )]
    Dimension(&'static str),
    /// Not one starting value per dimension.
    #[error("{values} starting values for {dimensions} dimensions; give one for each")]
    Start {
        /// Values given.
        values: usize,
        /// Dimensions of the space.
        dimensions: usize,
    },
}

/// A search, as of the trials recorded so far.
#[derive(Debug, Clone)]
pub struct Search {
    dimensions: Vec<Dimension>,
    start: Vec<f64>,
    seed: u64,
    trials: Vec<Trial>,
}

impl Search {
    /// A search that has tried nothing; `start` is what it tries first, values outside a dimension at its end.
    ///
    /// # Errors
    /// [`SearchError`].
    pub fn new(dimensions: Vec<Dimension>, start: &[f64], seed: u64) -> Result<Self, SearchError> {
        if let Some(dimension) = dimensions.iter().find(|d| !d.is_valid()) {
            return Err(SearchError::Dimension(dimension.name));
        }
        if start.len() != dimensions.len() {
            return Err(SearchError::Start { values: start.len(), dimensions: dimensions.len() });
        }
        let start = start.iter().zip(&dimensions).map(|(v, d)| v.clamp(d.low, d.high)).collect();
        Ok(Self { dimensions, start, seed, trials: Vec::new() })
    }

    /// What is searched.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The trials recorded so far.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// The next values to try, one per dimension.
    pub fn propose(&self) -> Vec<f64> {
        let number = self.trials.len() as u64;
        if number == 0 {
            return self.start.clone();
        }
        // A generator per trial, so that an interrupted search goes on with the same draws.
        let mut rng =
            StdRng::seed_from_u64(self.seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let random = self.trials.len() <= RANDOM_TRIALS;
        let place = |(column, dimension): (usize, &Dimension)| {
            let place = if random { rng.random::<f64>() } else { self.estimate(column, dimension, &mut rng) };
            dimension.value(place)
        };
        self.dimensions.iter().enumerate().map(place).collect()
    }

    /// A place where good trials are dense and bad ones are not.
    fn estimate(&self, column: usize, dimension: &Dimension, rng: &mut StdRng) -> f64 {
        let unit = range(0.0, 1.0).expect("0 lies below 1");
        let mut builder = TpeOptimizerBuilder::new();
        builder.gamma(GOOD_SHARE);
        let mut estimator = builder.build(parzen_estimator(), unit).expect("the share lies within 0 and 1");
        for trial in &self.trials {
            // What was given up is worse than whatever was carried through; no score is better than none.
            let score = if trial.pruned { f64::INFINITY } else { trial.mean() };
            let score = if score.is_nan() { f64::INFINITY } else { score };
            estimator
                .tell(dimension.place(trial.values[column]), score)
                .expect("places lie within the range");
        }
        estimator.ask(rng).expect("a range with an extent has a density")
    }

    /// Whether a trial with these scores so far is worse than the median of the trials that got as far.
    pub fn is_hopeless(&self, scores: &[f64]) -> bool {
        let steps = scores.len();
        let mut reached: Vec<f64> = self
            .trials
            .iter()
            .filter(|t| t.scores.len() >= steps)
            .map(|t| mean(&t.scores[..steps]))
            .collect();
        if steps == 0 || reached.len() < FEWEST_REACHED {
            return false;
        }
        reached.sort_by(f64::total_cmp);
        let (below, above) = (reached[(reached.len() - 1) / 2], reached[reached.len() / 2]);
        let score = mean(scores);
        score.is_nan() || score > f64::midpoint(below, above)
    }

    /// Records a trial.
    ///
    /// # Panics
    /// It has not one value per dimension.
    pub fn record(&mut self, trial: Trial) {
        assert_eq!(trial.values.len(), self.dimensions.len(), "one value per dimension");
        self.trials.push(trial);
    }

    /// The best trial that was carried through; of equals the first.
    pub fn best(&self) -> Option<&Trial> {
        let through = self.trials.iter().filter(|t| !t.pruned && t.mean().is_finite());
        through.min_by(|a, b| a.mean().total_cmp(&b.mean()))
    }
}

#[cfg(test)]
mod tests;
