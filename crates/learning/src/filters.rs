//! Fitting the parameters of a filter: those with the least mean log loss of the 1X2 forecasts of a period, each from what
//! was known before it, and a prior about where the search begins. L-BFGS (Liu, D. C. & Nocedal, J. (1989). On the limited
//! memory BFGS method for large scale optimization. *Mathematical Programming* 45) climbs down gradients by central
//! differences: a walk through all matches costs milliseconds, and has no other derivative.
//!
//! The constants of the program ([`Horizon::settings`]) are the rounded ends of such fits; what they were fitted on is
//! kept beside them, in `fitted/`.

mod coordinates;
mod fit_stored;

use crate::matrices::Horizon;
use argmin::core::{CostFunction, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use chrono::{DateTime, Utc};
use coordinates::Coordinates;
pub use fit_stored::{FilterRequest, KeptFit, fit_stored};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;
use touchline_domain::ports::StoreError;
use touchline_domain::{Progress, Stopped};
use touchline_features::{EarlierConfig, FilterKind, History, Replay};

/// How far a parameter is expected to lie from where it began: standard deviation of a normal prior, in coordinates (0.6 is
/// a factor of 1.8). What few matches do not tell stays where it was.
const PRIOR: f64 = 0.6;
/// Half the width of a central difference, in coordinates (of which most are logarithms).
const DIFFERENCE: f64 = 1e-3;
/// Steps that L-BFGS remembers.
const MEMORY: usize = 10;
/// The fit ends where the loss falls by less than this in a step.
const NEGLIGIBLE: f64 = 1e-9;

/// Why a filter was not fitted.
#[derive(Debug, Error)]
pub enum FilterFitError {
    /// No match of the period can be forecast.
    #[error(
        "no match to fit on from {from} to {until}: ingest matches of that time{}",
        if *.priced { ", with bookmakers' prices" } else { "" }
    )]
    NoMatches {
        /// Start of the period.
        from: DateTime<Utc>,
        /// Its end.
        until: DateTime<Utc>,
        /// Whether they had to be priced.
        priced: bool,
    },
    /// The search failed.
    #[error("the search failed: {0}")]
    Search(#[from] argmin::core::Error),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The record of a fit cannot be kept.
    #[error("cannot write {path}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

/// A filter to fit.
#[derive(Debug, Clone, Copy)]
pub struct FilterFit<'a> {
    /// All matches, with prices where these are learned from.
    pub history: &'a History,
    /// What the filter learns from.
    pub kind: FilterKind,
    /// How far ahead it forecasts.
    pub horizon: Horizon,
    /// First kick-off to forecast; earlier matches only warm it up.
    pub from: DateTime<Utc>,
    /// Matches from here on are neither forecast nor learned from.
    pub until: DateTime<Utc>,
    /// Most steps of the search.
    pub steps: u64,
    /// Threads.
    pub threads: usize,
}

/// Parameters and their loss.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Valued {
    /// Mean log loss on the matches of the period, in nats.
    pub log_loss: f64,
    /// The parameters.
    pub parameters: EarlierConfig,
}

/// What was fitted, on what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilterRecord {
    /// What the filter learns from.
    pub kind: FilterKind,
    /// How far ahead it forecasts.
    pub horizon: Horizon,
    /// First kick-off of the period.
    pub from: DateTime<Utc>,
    /// Its end.
    pub until: DateTime<Utc>,
    /// Matches forecast.
    pub matches: usize,
    /// Hash of all matches and prices that were at hand.
    pub data_hash: String,
    /// Steps of the search.
    pub steps: u64,
    /// Walks through the matches.
    pub walks: u64,
    /// Where the search began.
    pub start: Valued,
    /// Where it ended, rounded to three digits.
    pub fitted: Valued,
}

impl FilterFit<'_> {
    /// The parameters with which the search begins: those of the program.
    fn start(&self) -> EarlierConfig {
        let settings = self.horizon.settings();
        match self.kind {
            FilterKind::Goals => EarlierConfig::of_goals(settings.filter),
            FilterKind::EarlierPrices => settings.earlier,
        }
    }

    /// The walk whose loss is made least.
    fn replay(&self) -> Result<Replay, FilterFitError> {
        let period = self.from.timestamp()..self.until.timestamp();
        let replay = Replay::new(self.history, self.kind, period, self.horizon.knowledge());
        if replay.matches() == 0 {
            let priced = self.kind == FilterKind::EarlierPrices;
            return Err(FilterFitError::NoMatches { from: self.from, until: self.until, priced });
        }
        Ok(replay)
    }

    /// Fits.
    ///
    /// # Errors
    /// There is no match to forecast, the search fails, or it is asked to stop.
    pub fn run(&self, progress: &dyn Progress) -> Result<FilterRecord, FilterFitError> {
        let replay = self.replay()?;
        let start = self.start();
        let coordinates = Coordinates::new(self.kind, start);
        let origin = coordinates.of(&start);
        progress.begin(&format!("walks through {} matches", replay.matches()), 0);
        let walks = AtomicU64::new(0);
        let loss = Loss {
            fit: self,
            replay: &replay,
            coordinates: &coordinates,
            origin: &origin,
            walks: &walks,
            progress,
        };
        let search = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY).with_tolerance_cost(NEGLIGIBLE)?;
        let begin = |state: argmin::core::IterState<Vec<f64>, _, (), (), (), f64>| {
            state.param(origin.clone()).max_iters(self.steps)
        };
        let end = Executor::new(loss, search).configure(begin).run().map_err(ended)?;
        let best = end.state().get_best_param().unwrap_or(&origin);
        let fitted = coordinates.rounded(best);
        let valued = |parameters| Valued { log_loss: replay.log_loss(&parameters, self.threads), parameters };
        let record = FilterRecord {
            kind: self.kind,
            horizon: self.horizon,
            from: self.from,
            until: self.until,
            matches: replay.matches(),
            data_hash: self.history.hash(),
            steps: end.state().get_iter(),
            walks: walks.load(Ordering::Relaxed),
            start: valued(start),
            fitted: valued(fitted),
        };
        progress.end();
        Ok(record)
    }
}

/// Why a search ended without an answer.
fn ended(error: argmin::core::Error) -> FilterFitError {
    match error.downcast::<Stopped>() {
        Ok(stopped) => stopped.into(),
        Err(error) => error.into(),
    }
}

/// The loss as a function of coordinates.
struct Loss<'a> {
    fit: &'a FilterFit<'a>,
    replay: &'a Replay,
    coordinates: &'a Coordinates,
    origin: &'a [f64],
    walks: &'a AtomicU64,
    progress: &'a dyn Progress,
}

impl Loss<'_> {
    fn at(&self, point: &[f64]) -> Result<f64, Stopped> {
        self.progress.check()?;
        let parameters = self.coordinates.parameters(point);
        self.progress.done(self.walks.fetch_add(1, Ordering::Relaxed) + 1);
        let distance: f64 = point.iter().zip(self.origin).map(|(x, o)| (x - o).powi(2)).sum();
        let prior = distance / (2.0 * PRIOR.powi(2) * self.replay.matches() as f64);
        Ok(self.replay.log_loss(&parameters, self.fit.threads) + prior)
    }
}

impl CostFunction for Loss<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, point: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        Ok(self.at(point)?)
    }
}

impl Gradient for Loss<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, point: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        let mut moved = point.clone();
        let slope = |n: usize| {
            let mut at = |x: f64| {
                moved[n] = x;
                self.at(&moved)
            };
            let slope = (at(point[n] + DIFFERENCE)? - at(point[n] - DIFFERENCE)?) / (2.0 * DIFFERENCE);
            moved[n] = point[n];
            Ok(slope)
        };
        (0..point.len()).map(slope).collect()
    }
}
