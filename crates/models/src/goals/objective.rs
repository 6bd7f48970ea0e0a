//! The penalised log-likelihood of a family on a training set: value, gradient and negative Hessian.

use super::config::{FitConfig, Shrinkage};
use super::curvature::Curvature;
use super::family::{Local, MAX_RATE, MAX_SHAPES, Rates, ScoreFamily, Shape};
use super::layout::Layout;
use super::linear::Lower;
use super::newton::DENSE_LIMIT;
use super::observations::GoalMatches;
use super::plain::Split;
use super::stored::Stored;

/// Prior of the goal level when shrinkage is on: 1.35 goals a side, wide.
const LEVEL_PRIOR: (f64, f64) = (0.3, 1.0);
/// Prior of the common home advantage when shrinkage is on: 1.28 times the goals.
const HOME_PRIOR: (f64, f64) = (0.25, 0.3);
/// Log rates are cut here and at the logarithm of [`MAX_RATE`].
pub(super) const LOWEST_LOG_RATE: f64 = -14.0;

/// What one evaluation gives besides gradient and curvature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value {
    pub log_likelihood: f64,
    pub log_prior: f64,
}

impl Value {
    pub fn total(self) -> f64 {
        self.log_likelihood + self.log_prior
    }
}

/// A family, a training set and the prior.
pub(crate) struct Objective<'a, F: ScoreFamily> {
    pub family: &'a F,
    pub matches: &'a GoalMatches,
    pub config: &'a FitConfig,
    pub layout: Layout,
    pub shapes: Vec<Shape>,
    /// Standard deviations of attack and defence; `None` for maximum likelihood.
    pub sds: Option<[f64; 2]>,
    /// The Rue-Salvesen adjustment.
    pub gamma: f64,
    /// The matches by what a step must look at; only where the design is plain and the family has a use for it.
    pub(super) split: Option<Split>,
    highest_goals: usize,
    /// Strength of the pull of the sums of attack and defence to zero without shrinkage.
    sum_penalty: f64,
}

impl<'a, F: ScoreFamily> Objective<'a, F> {
    pub fn new(family: &'a F, matches: &'a GoalMatches, config: &'a FitConfig) -> Self {
        let shapes = family.shapes();
        debug_assert!(shapes.len() <= MAX_SHAPES, "a family has at most {MAX_SHAPES} shapes");
        let layout = Layout::new(matches, config, shapes.len());
        let scores = matches.observations().iter();
        let highest_goals = scores.map(|m| usize::from(m.score.home.max(m.score.away))).max().unwrap_or(0);
        let weight: f64 = matches.observations().iter().map(|m| m.weight).sum();
        let sds = match config.shrinkage {
            Shrinkage::Off => None,
            Shrinkage::Fixed { attack_sd, defence_sd } => Some([attack_sd, defence_sd]),
            Shrinkage::Estimated => Some([0.3, 0.3]),
        };
        let teams = matches.teams().max(1) as f64;
        let sum_penalty = weight / (teams * teams);
        let gamma = config.rue_salvesen.unwrap_or(0.0);
        let plain = layout.is_plain() && gamma == 0.0 && layout.len() <= DENSE_LIMIT;
        let split = F::POISSON_FROM.filter(|_| plain).map(|goals| Split::new(matches, goals));
        Self { family, matches, config, layout, shapes, sds, gamma, split, highest_goals, sum_penalty }
    }

    /// Gradient, curvature and value at `theta`. Both outputs must be zeroed by the caller.
    pub fn evaluate(&self, theta: &[f64], gradient: &mut [f64], curvature: &mut impl Curvature) -> Value {
        let shapes = self.layout.shape(0)..self.layout.len();
        let tables = self.family.tables(&theta[shapes.clone()], self.highest_goals);
        let mut log_likelihood = 0.0;
        let highest = MAX_RATE.ln();
        if self.layout.is_plain() && self.gamma == 0.0 {
            let log_likelihood = self.evaluate_plain(theta, &tables, gradient, curvature);
            return Value { log_likelihood, log_prior: self.prior(theta, gradient) };
        }
        for (position, m) in self.matches.observations().iter().enumerate() {
            let rows = self.layout.rows(m, self.matches.covariates(position), self.gamma);
            let rates = Rates::from_log(
                [rows[0].dot(theta), rows[1].dot(theta)].map(|e| e.clamp(LOWEST_LOG_RATE, highest)),
            );
            let mut local = Local::default();
            let score = [m.score.home, m.score.away];
            log_likelihood += m.weight * self.family.log_probability(&tables, score, &rates, &mut local);
            rows[0].scatter(m.weight * local.gradient[0], gradient);
            rows[1].scatter(m.weight * local.gradient[1], gradient);
            for (s, at) in shapes.clone().enumerate() {
                gradient[at] += m.weight * local.gradient[2 + s];
            }
            curvature.add(&rows, m.weight, &local, shapes.clone());
        }
        Value { log_likelihood, log_prior: self.prior(theta, gradient) }
    }

    /// Weighted derivatives of each match's log-probability in its two log rates.
    pub fn local_gradients(&self, theta: &[f64]) -> Vec<[f64; 2]> {
        let mut gradient = vec![0.0; theta.len()];
        let mut stored = Stored::default();
        self.evaluate(theta, &mut gradient, &mut stored);
        stored.gradients
    }

    /// Log-prior (without its constant) and its gradient.
    fn prior(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let mut value = 0.0;
        self.independent_priors(|at, mean, sd| {
            let z = (theta[at] - mean) / sd;
            gradient[at] -= z / sd;
            value -= 0.5 * z * z;
        });
        let n = self.layout.teams;
        for (side, offset) in [0, n].into_iter().enumerate() {
            let Some(sds) = self.sds else {
                let sum: f64 = theta[offset..offset + n].iter().sum();
                for g in &mut gradient[offset..offset + n] {
                    *g -= self.sum_penalty * sum;
                }
                value -= 0.5 * self.sum_penalty * sum * sum;
                continue;
            };
            let precision = sds[side].powi(-2);
            for team in 0..n {
                let mean_at = self.group_at(side, team);
                let deviation = theta[offset + team] - mean_at.map_or(0.0, |at| theta[at]);
                gradient[offset + team] -= precision * deviation;
                if let Some(at) = mean_at {
                    gradient[at] += precision * deviation;
                }
                value -= 0.5 * precision * deviation * deviation;
            }
        }
        value
    }

    /// Adds the prior's curvature to the dense negative Hessian.
    pub fn add_prior_curvature(&self, hessian: &mut Lower) {
        self.independent_priors(|at, _, sd| hessian.add(at, at, sd.powi(-2)));
        let n = self.layout.teams;
        for (side, offset) in [0, n].into_iter().enumerate() {
            for team in 0..n {
                let Some(sds) = self.sds else {
                    (0..=team).for_each(|j| hessian.add(offset + team, offset + j, self.sum_penalty));
                    continue;
                };
                let precision = sds[side].powi(-2);
                hessian.add(offset + team, offset + team, precision);
                if let Some(at) = self.group_at(side, team) {
                    hessian.add(at, at, precision);
                    hessian.add(at, offset + team, -precision);
                }
            }
        }
    }

    /// `out = (negative Hessian) v` from stored curvature.
    pub fn product(&self, stored: &Stored, v: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        stored.add_product(v, self.layout.shape(0), out);
        self.add_prior_product(v, out);
    }

    fn add_prior_product(&self, v: &[f64], out: &mut [f64]) {
        self.independent_priors(|at, _, sd| out[at] += v[at] / (sd * sd));
        let n = self.layout.teams;
        for (side, offset) in [0, n].into_iter().enumerate() {
            let Some(sds) = self.sds else {
                let sum: f64 = v[offset..offset + n].iter().sum();
                for o in &mut out[offset..offset + n] {
                    *o += self.sum_penalty * sum;
                }
                continue;
            };
            let precision = sds[side].powi(-2);
            for team in 0..n {
                let at = self.group_at(side, team);
                let deviation = precision * (v[offset + team] - at.map_or(0.0, |at| v[at]));
                out[offset + team] += deviation;
                if let Some(at) = at {
                    out[at] -= deviation;
                }
            }
        }
    }

    /// Diagonal of the negative Hessian from stored curvature, floored to stay positive.
    pub fn diagonal(&self, stored: &Stored) -> Vec<f64> {
        let mut out = vec![0.0; self.layout.len()];
        stored.add_diagonal(self.layout.shape(0), &mut out);
        self.independent_priors(|at, _, sd| out[at] += sd.powi(-2));
        let n = self.layout.teams;
        for (side, offset) in [0, n].into_iter().enumerate() {
            for team in 0..n {
                let precision = self.sds.map_or(self.sum_penalty, |sds| sds[side].powi(-2));
                out[offset + team] += precision;
                if let Some(at) = self.group_at(side, team) {
                    out[at] += precision;
                }
            }
        }
        for d in &mut out {
            *d = d.max(1e-6);
        }
        out
    }

    /// Position of the mean of a team's group; `None` when that mean is fixed at 0.
    pub fn group_at(&self, side: usize, team: usize) -> Option<usize> {
        let group = self.matches.groups()[team];
        (self.layout.groups > 0 && self.sds.is_some()).then(|| match side {
            0 => self.layout.group_attack(group),
            _ => self.layout.group_defence(group),
        })
    }

    /// Calls with position, mean and standard deviation of every prior on a single parameter.
    fn independent_priors(&self, mut each: impl FnMut(usize, f64, f64)) {
        let layout = &self.layout;
        (0..layout.level_deviations)
            .for_each(|k| each(layout.level_deviation(k), 0.0, self.config.level_deviation_sd));
        (0..layout.home_deviations)
            .for_each(|k| each(layout.home_deviation(k), 0.0, self.config.home_deviation_sd));
        if self.sds.is_none() {
            return;
        }
        each(layout.level(), LEVEL_PRIOR.0, LEVEL_PRIOR.1);
        each(layout.home(), HOME_PRIOR.0, HOME_PRIOR.1);
        (0..layout.covariates).for_each(|k| each(layout.covariate(k), 0.0, self.config.covariate_sd));
        for g in 0..layout.groups {
            each(layout.group_attack(g), 0.0, self.config.group_sd);
            each(layout.group_defence(g), 0.0, self.config.group_sd);
        }
        for (k, shape) in self.shapes.iter().enumerate() {
            each(layout.shape(k), shape.prior_mean, shape.prior_sd);
        }
    }
}
