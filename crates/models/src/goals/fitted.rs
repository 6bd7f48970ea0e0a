//! A fitted goal model: strengths, rates and grids.

use super::family::{MAX_RATE, ScoreFamily};
use super::layout::Layout;
use super::newton::Maximum;
use super::objective::Objective;
use super::observations::SideValues;
use std::sync::{Arc, OnceLock};
use touchline_outcomes::ScoreGrid;

/// A side of a [`GoalFixture`]: a team with an index, or one that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixtureTeam {
    /// A team of the training set.
    Known(usize),
    /// A team never seen, of a group of the training set: it gets the group's mean strength.
    Newcomer {
        /// Index of the group.
        group: usize,
    },
}

/// A match to forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoalFixture<'a> {
    /// Home side.
    pub home: FixtureTeam,
    /// Away side.
    pub away: FixtureTeam,
    /// Index of the competition.
    pub league: usize,
    /// Played on neutral ground.
    pub neutral: bool,
    /// Values of the covariates, in the order in which they were declared; missing ones are 0.
    pub covariates: &'a [SideValues],
}

impl GoalFixture<'_> {
    /// Two known teams in league 0, not on neutral ground.
    pub fn new(home: usize, away: usize) -> Self {
        Self {
            home: FixtureTeam::Known(home),
            away: FixtureTeam::Known(away),
            league: 0,
            neutral: false,
            covariates: &[],
        }
    }
}

/// Whatever forecasts a fixture by a score grid: lets different models stand side by side.
pub trait GoalForecaster: Send + Sync {
    /// The model's name in reports.
    fn name(&self) -> &'static str;
    /// The joint distribution of both sides' goals.
    fn grid_for(&self, fixture: &GoalFixture<'_>) -> ScoreGrid;
    /// Weighted log-likelihood of the training matches, with all constants.
    fn log_likelihood(&self) -> f64;
    /// Number of free parameters (identification constraints taken off).
    fn parameter_count(&self) -> usize;
    /// Akaike's information criterion; only comparable between fits without shrinkage on the same matches.
    fn aic(&self) -> f64 {
        2.0 * self.parameter_count() as f64 - 2.0 * self.log_likelihood()
    }
}

/// What a family precomputes from its shapes, kept from the first grid on. All caches are equal: their content
/// follows from the parameters beside them.
#[derive(Debug)]
struct TableCache<F: ScoreFamily>(OnceLock<Arc<F::Tables>>);

impl<F: ScoreFamily> Default for TableCache<F> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<F: ScoreFamily> Clone for TableCache<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F: ScoreFamily> PartialEq for TableCache<F> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The fitted parameters of a family of score distributions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(serialize = "F: serde::Serialize", deserialize = "F: serde::Deserialize<'de>"))
)]
pub struct Fitted<F: ScoreFamily> {
    family: F,
    layout: Layout,
    parameters: Vec<f64>,
    groups: Vec<usize>,
    covariate_names: Vec<String>,
    shape_names: Vec<String>,
    rue_salvesen: f64,
    spread: Option<(f64, f64)>,
    max_goals: usize,
    log_likelihood: f64,
    log_posterior: f64,
    iterations: usize,
    converged: bool,
    #[cfg_attr(feature = "serde", serde(skip))]
    tables: TableCache<F>,
}

impl<F: ScoreFamily> Fitted<F> {
    pub(crate) fn new(objective: &Objective<'_, F>, maximum: Maximum) -> Self {
        Self {
            family: objective.family.clone(),
            layout: objective.layout.clone(),
            parameters: maximum.theta,
            groups: objective.matches.groups().to_vec(),
            covariate_names: objective.matches.covariate_names().to_vec(),
            shape_names: objective.shapes.iter().map(|s| s.name.to_owned()).collect(),
            rue_salvesen: objective.gamma,
            spread: objective.sds.map(|[a, d]| (a, d)),
            max_goals: objective.config.max_goals,
            log_likelihood: maximum.value.log_likelihood,
            log_posterior: maximum.value.total(),
            iterations: maximum.iterations,
            converged: maximum.converged,
            tables: TableCache::default(),
        }
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The family of score distributions.
    pub fn family(&self) -> &F {
        &self.family
    }

    /// All parameters: attacks, defences, goal level, home advantage, league levels, home deviations,
    /// covariates, group means of attack and defence, shapes.
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// The same model with other parameters, such as a posterior draw.
    ///
    /// Returns `None` when the number of parameters differs or one is not finite.
    #[must_use]
    pub fn with_parameters(&self, parameters: Vec<f64>) -> Option<Self> {
        let fits = parameters.len() == self.parameters.len() && parameters.iter().all(|p| p.is_finite());
        fits.then(|| Self { parameters, tables: TableCache::default(), ..self.clone() })
    }

    /// The same strengths with another Rue-Salvesen adjustment, cut to -0.5 to 0.5; Rue & Salvesen took 0.1.
    #[must_use]
    pub fn with_rue_salvesen(&self, gamma: f64) -> Self {
        let rue_salvesen = if gamma.is_nan() { 0.0 } else { gamma.clamp(-0.5, 0.5) };
        Self { rue_salvesen, ..self.clone() }
    }

    /// Number of teams in the training set.
    pub fn teams(&self) -> usize {
        self.layout.teams
    }

    /// Attack of a team on the log scale of goals, 0 being average; for an index beyond the training set that
    /// of a newcomer to group 0.
    pub fn attack(&self, team: usize) -> f64 {
        self.strength(FixtureTeam::Known(team)).0
    }

    /// Defence of a team on the log scale of goals conceded: high is bad.
    pub fn defence(&self, team: usize) -> f64 {
        self.strength(FixtureTeam::Known(team)).1
    }

    /// Attack and defence of a known or new team. Without shrinkage, or with an unknown group, a newcomer
    /// is average.
    pub fn strength(&self, team: FixtureTeam) -> (f64, f64) {
        let group = match team {
            FixtureTeam::Known(team) if team < self.layout.teams => {
                return (
                    self.parameters[self.layout.attack(team)],
                    self.parameters[self.layout.defence(team)],
                );
            }
            FixtureTeam::Known(_) => 0,
            FixtureTeam::Newcomer { group } => group,
        };
        if group >= self.layout.groups {
            return (0.0, 0.0);
        }
        (self.parameters[self.layout.group_attack(group)], self.parameters[self.layout.group_defence(group)])
    }

    /// Log of the goals of an average away side, of a league when levels are per league.
    pub fn goal_level(&self, league: usize) -> f64 {
        let deviation = self.deviation(league, self.layout.level_deviations, self.layout.level_deviation(0));
        self.parameters[self.layout.level()] + deviation
    }

    /// Home advantage on the log scale of goals: of a league or of a home team when it is estimated so.
    pub fn home_advantage(&self, league: usize, home: FixtureTeam) -> f64 {
        let of = match home {
            _ if !self.layout.home_per_team => league,
            FixtureTeam::Known(team) => team,
            FixtureTeam::Newcomer { .. } => usize::MAX,
        };
        let deviation = self.deviation(of, self.layout.home_deviations, self.layout.home_deviation(0));
        self.parameters[self.layout.home()] + deviation
    }

    fn deviation(&self, of: usize, count: usize, first: usize) -> f64 {
        if of < count { self.parameters[first + of] } else { 0.0 }
    }

    /// Coefficient of a covariate, by name.
    pub fn coefficient(&self, name: &str) -> Option<f64> {
        let k = self.covariate_names.iter().position(|n| n == name)?;
        Some(self.parameters[self.layout.covariate(k)])
    }

    /// A shape parameter, by name.
    pub fn shape(&self, name: &str) -> Option<f64> {
        let k = self.shape_names.iter().position(|n| n == name)?;
        Some(self.shapes()[k])
    }

    /// The shape parameters in the family's order.
    pub fn shapes(&self) -> &[f64] {
        &self.parameters[self.layout.shape(0)..]
    }

    /// Group of every team.
    pub fn groups(&self) -> &[usize] {
        &self.groups
    }

    /// Standard deviations of attack and defence between teams of a group, given or estimated; `None`
    /// without shrinkage.
    pub fn spread(&self) -> Option<(f64, f64)> {
        self.spread
    }

    /// The Rue-Salvesen adjustment; 0 when left out.
    pub fn rue_salvesen(&self) -> f64 {
        self.rue_salvesen
    }

    /// Weighted log-likelihood of the training matches, with all constants.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// Log-likelihood plus log-prior (the prior without its constant): what the fit maximised.
    pub fn log_posterior(&self) -> f64 {
        self.log_posterior
    }

    /// Newton iterations of the last search.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// Whether the search ended at a maximum. False only with shrinkage, when a hostile training set (such as
    /// scores near the family's limit) left no step that rose or used up all iterations; the parameters are then
    /// the best found.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// Rates of both sides: expected goals before the family's shape parameters act.
    pub fn rates(&self, fixture: &GoalFixture<'_>) -> [f64; 2] {
        let (attack_home, defence_home) = self.strength(fixture.home);
        let (attack_away, defence_away) = self.strength(fixture.away);
        let own = 1.0 - 0.5 * self.rue_salvesen;
        let other = 0.5 * self.rue_salvesen;
        let level = self.goal_level(fixture.league);
        let mut home = level + own * (attack_home + defence_away) + other * (attack_away + defence_home);
        let mut away = level + own * (attack_away + defence_home) + other * (attack_home + defence_away);
        if !fixture.neutral {
            home += self.home_advantage(fixture.league, fixture.home);
        }
        for (k, v) in fixture.covariates.iter().take(self.layout.covariates).enumerate() {
            let coefficient = self.parameters[self.layout.covariate(k)];
            home += coefficient * v.home;
            away += coefficient * v.away;
        }
        [home, away].map(|eta| if eta.is_nan() { 1.0 } else { eta.exp().clamp(1e-6, MAX_RATE) })
    }

    /// The score grid of two teams, home side first. An index beyond the training set is a newcomer.
    pub fn grid(&self, home: usize, away: usize) -> ScoreGrid {
        self.grid_for(&GoalFixture::new(home, away))
    }

    /// The score grid of a fixture. Its size is the configured one, more where high rates need it.
    pub fn grid_for(&self, fixture: &GoalFixture<'_>) -> ScoreGrid {
        let rates = self.rates(fixture);
        let tables = self.tables.0.get_or_init(|| Arc::new(self.family.tables(self.shapes(), 99)));
        self.family.grid_with(tables, rates, grid_size(self.max_goals, rates))
    }

    /// Mean goals of the home and of the away side, shape parameters included.
    pub fn expected_goals(&self, home: usize, away: usize) -> (f64, f64) {
        self.grid(home, away).expected_goals()
    }
}

/// The configured size, or the mean plus seven standard deviations of the higher rate, at most 99.
fn grid_size(max_goals: usize, rates: [f64; 2]) -> usize {
    let rate = rates[0].max(rates[1]);
    let needed = if rate > 3.5 { (rate + 7.0 * rate.sqrt()).ceil() as usize } else { 0 };
    max_goals.max(needed).min(99)
}

impl<F: ScoreFamily> GoalForecaster for Fitted<F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn grid_for(&self, fixture: &GoalFixture<'_>) -> ScoreGrid {
        Fitted::grid_for(self, fixture)
    }

    fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    fn parameter_count(&self) -> usize {
        let constraints = if self.spread.is_none() { 2 } else { 0 };
        self.parameters.len() - constraints
    }
}
