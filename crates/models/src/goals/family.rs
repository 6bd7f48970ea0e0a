//! What distinguishes one goal model from another: the distribution of a score given both sides' rates.

use super::{FitConfig, FitError, Fitted, GoalMatches, fit};
use touchline_outcomes::ScoreGrid;

/// Most shape parameters of one family.
pub const MAX_SHAPES: usize = 3;

/// Highest rate (expected goals before shape effects) of a side; the log rate is cut at its logarithm.
pub const MAX_RATE: f64 = 90.0;

/// A parameter of the distribution that all matches share, such as the Dixon-Coles `rho`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Name in reports.
    pub name: &'static str,
    /// Where the search starts.
    pub start: f64,
    /// Lowest value that the search may take.
    pub lower: f64,
    /// Highest value.
    pub upper: f64,
    /// Mean of the Gaussian prior that applies when shrinkage is on.
    pub prior_mean: f64,
    /// Standard deviation of that prior.
    pub prior_sd: f64,
}

/// Rates of both sides of a match, home first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// In goals: what the mean of a side is where no shape parameter changes it.
    pub goals: [f64; 2],
    /// Their logarithms.
    pub log: [f64; 2],
}

impl Rates {
    /// From the logarithms.
    #[inline]
    pub fn from_log(log: [f64; 2]) -> Self {
        Self { goals: log.map(f64::exp), log }
    }
}

/// First and second derivatives of one match's log-probability.
///
/// Variables 0 and 1 are the log rates of the home and of the away side, `2..` the shapes. Only the lower
/// triangle (`hessian[i][j]`, `i >= j`) is read. All entries are 0 when a family is asked to fill them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Local {
    /// First derivatives.
    pub gradient: [f64; 2 + MAX_SHAPES],
    /// Second derivatives, lower triangle.
    pub hessian: [[f64; 2 + MAX_SHAPES]; 2 + MAX_SHAPES],
}

/// A family of score distributions. Implement it to bring your own: fitting, shrinkage, covariates, warm
/// starts, posterior draws and grids come with it.
///
/// The fit is Newton's method on the exact second derivatives of [`Self::log_probability`], so a wrong
/// derivative shows as slow convergence; check it against differences of the value.
pub trait ScoreFamily: Clone + std::fmt::Debug + Send + Sync {
    /// Whatever is computed once per set of shapes and reused for every match.
    type Tables: std::fmt::Debug + Send + Sync;

    /// The model's name in reports.
    const NAME: &'static str;

    /// Highest number of goals of a side that the family can represent in training.
    const GOAL_LIMIT: u8 = 99;

    /// Scores with at least this many goals of a side have the probability of two independent Poisson counts,
    /// whatever the shapes; `None` when there are no such scores. A fit need not look at such matches one by one:
    /// weights and goals per pairing say all about them.
    const POISSON_FROM: Option<u8> = None;

    /// The shape parameters, at most [`MAX_SHAPES`].
    fn shapes(&self) -> Vec<Shape> {
        Vec::new()
    }

    /// Precomputes what depends on the shapes alone, for scores up to `max_goals` of a side.
    fn tables(&self, shapes: &[f64], max_goals: usize) -> Self::Tables;

    /// Log-probability of a score given the rates of both sides, with its derivatives in `local`.
    fn log_probability(&self, tables: &Self::Tables, score: [u8; 2], rates: &Rates, local: &mut Local)
    -> f64;

    /// Writes the weight of each score, row-major by home goals; `cells` holds `side * side` numbers.
    /// Weights need not sum to 1.
    fn fill(&self, tables: &Self::Tables, rates: [f64; 2], side: usize, cells: &mut [f64]);

    /// The grid of these rates and shapes up to `max_goals`, without any fit.
    ///
    /// Numbers that make no distribution (such as a rate that is not finite) give the grid of rates cut to
    /// the range 1e-6 to [`MAX_RATE`].
    fn grid(&self, rates: [f64; 2], shapes: &[f64], max_goals: usize) -> ScoreGrid {
        self.grid_with(&self.tables(shapes, max_goals), rates, max_goals)
    }

    /// As [`Self::grid`], from tables made before; they must reach `max_goals`.
    fn grid_with(&self, tables: &Self::Tables, rates: [f64; 2], max_goals: usize) -> ScoreGrid {
        let rates = rates.map(|r| if r.is_nan() { 1.0 } else { r.clamp(1e-6, MAX_RATE) });
        let max_goals = max_goals.min(99);
        let side = max_goals + 1;
        let mut cells = vec![0.0; side * side];
        self.fill(tables, rates, side, &mut cells);
        // Rounding may leave a cell of a difference of copulas a hair below 0.
        for p in &mut cells {
            *p = if *p > 0.0 { *p } else { 0.0 };
        }
        ScoreGrid::from_weights(max_goals, cells)
            .unwrap_or_else(|_| super::poisson::poisson_grid(rates, max_goals))
    }

    /// Fits the model.
    ///
    /// # Errors
    /// Whatever makes the matches or the settings unusable, see [`FitError`].
    fn fit(&self, matches: &GoalMatches, config: &FitConfig) -> Result<Fitted<Self>, FitError> {
        fit::fit(self, matches, config, None)
    }

    /// Fits the model starting from an earlier fit, for walk-forward refits. Teams keep their index; teams
    /// that the earlier fit did not have start at their group's mean.
    ///
    /// # Errors
    /// As [`Self::fit`].
    fn fit_from(
        &self,
        matches: &GoalMatches,
        config: &FitConfig,
        previous: &Fitted<Self>,
    ) -> Result<Fitted<Self>, FitError> {
        fit::fit(self, matches, config, Some(previous))
    }
}
