//! The penalised log-likelihood of a family on a training set: value, gradient and negative Hessian.

use super::config::{FitConfig, Shrinkage};
use super::family::{Local, MAX_RATE, MAX_SHAPES, ScoreFamily, Shape};
use super::layout::{Layout, Row};
use super::linear::Lower;
use super::observations::GoalMatches;
use super::stored::Stored;

/// Prior of the goal level when shrinkage is on: 1.35 goals a side, wide.
const LEVEL_PRIOR: (f64, f64) = (0.3, 1.0);
/// Prior of the common home advantage when shrinkage is on: 1.28 times the goals.
const HOME_PRIOR: (f64, f64) = (0.25, 0.3);
const LOWEST_LOG_RATE: f64 = -14.0;

/// Receives the curvature of each match.
pub(crate) trait Curvature {
    /// Adds one match: its design rows, its weight times its local derivatives, and where the shapes start.
    fn add(&mut self, rows: &[Row; 2], weight: f64, local: &Local, shapes: std::ops::Range<usize>);

    /// The same for a match whose log rates touch nothing but attack, defence, level and home advantage.
    fn add_plain(&mut self, at: &PlainIndices, weight: f64, local: &Local, shapes: std::ops::Range<usize>);
}

/// Positions of the parameters of one match in the plain design; attacks come before defences, those before level
/// and home advantage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainIndices {
    attack: [usize; 2],
    defence: [usize; 2],
    level: usize,
    home: usize,
    neutral: bool,
}

/// The dense negative Hessian.
impl Curvature for Lower {
    #[inline]
    fn add(&mut self, rows: &[Row; 2], weight: f64, local: &Local, shapes: std::ops::Range<usize>) {
        for (k, row) in rows.iter().enumerate() {
            let c = -weight * local.hessian[k][k];
            for (a, (i, v)) in row.entries().enumerate() {
                for (j, u) in row.entries().take(a + 1) {
                    Lower::add(self, i, j, c * v * u);
                }
            }
        }
        let cross = -weight * local.hessian[1][0];
        if cross != 0.0 {
            for (i, v) in rows[0].entries() {
                for (j, u) in rows[1].entries() {
                    let both = if i == j { 2.0 } else { 1.0 };
                    Lower::add(self, i, j, both * cross * v * u);
                }
            }
        }
        for (s, at) in shapes.clone().enumerate() {
            for (k, row) in rows.iter().enumerate() {
                let c = -weight * local.hessian[2 + s][k];
                if c != 0.0 {
                    row.entries().for_each(|(i, v)| Lower::add(self, at, i, c * v));
                }
            }
            for t in 0..=s {
                Lower::add(self, at, shapes.start + t, -weight * local.hessian[2 + s][2 + t]);
            }
        }
    }

    #[inline]
    fn add_plain(&mut self, at: &PlainIndices, weight: f64, local: &Local, shapes: std::ops::Range<usize>) {
        let [attack_h, attack_a] = at.attack;
        let [defence_h, defence_a] = at.defence;
        let (h, a, x) =
            (-weight * local.hessian[0][0], -weight * local.hessian[1][1], -weight * local.hessian[1][0]);
        self.add_below(attack_h, attack_h, h);
        self.add_below(defence_a, attack_h, h);
        self.add_below(defence_a, defence_a, h);
        self.add_below(attack_a, attack_a, a);
        self.add_below(defence_h, attack_a, a);
        self.add_below(defence_h, defence_h, a);
        if x != 0.0 {
            Lower::add(self, attack_h, attack_a, x);
            Lower::add(self, defence_h, defence_a, x);
            self.add_below(defence_h, attack_h, x);
            self.add_below(defence_a, attack_a, x);
        }
        let level = self.row_mut(at.level);
        level[attack_h] += h + x;
        level[defence_a] += h + x;
        level[attack_a] += a + x;
        level[defence_h] += a + x;
        level[at.level] += h + a + 2.0 * x;
        if !at.neutral {
            let home = self.row_mut(at.home);
            home[attack_h] += h;
            home[defence_a] += h;
            home[attack_a] += x;
            home[defence_h] += x;
            home[at.level] += h + x;
            home[at.home] += h;
        }
        for (s, shape) in shapes.clone().enumerate() {
            let (h, a) = (-weight * local.hessian[2 + s][0], -weight * local.hessian[2 + s][1]);
            let row = self.row_mut(shape);
            row[attack_h] += h;
            row[defence_a] += h;
            row[attack_a] += a;
            row[defence_h] += a;
            row[at.level] += h + a;
            if !at.neutral {
                row[at.home] += h;
            }
            for (t, cell) in row[shapes.start..].iter_mut().enumerate() {
                *cell -= weight * local.hessian[2 + s][2 + t];
            }
        }
    }
}

/// No curvature wanted.
pub(crate) struct Unused;

impl Curvature for Unused {
    fn add(&mut self, _: &[Row; 2], _: f64, _: &Local, _: std::ops::Range<usize>) {}
    fn add_plain(&mut self, _: &PlainIndices, _: f64, _: &Local, _: std::ops::Range<usize>) {}
}

impl PlainIndices {
    /// The parameters that the home and the away log rate add up.
    pub fn rows(&self) -> [[Option<usize>; 4]; 2] {
        let home = (!self.neutral).then_some(self.home);
        [
            [Some(self.attack[0]), Some(self.defence[1]), Some(self.level), home],
            [Some(self.attack[1]), Some(self.defence[0]), Some(self.level), None],
        ]
    }
}

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
        Self { family, matches, config, layout, shapes, sds, gamma, highest_goals, sum_penalty }
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
            let eta = [rows[0].dot(theta), rows[1].dot(theta)].map(|e| e.clamp(LOWEST_LOG_RATE, highest));
            let mut local = Local::default();
            let score = [m.score.home, m.score.away];
            log_likelihood += m.weight * self.family.log_probability(&tables, score, eta, &mut local);
            rows[0].scatter(m.weight * local.gradient[0], gradient);
            rows[1].scatter(m.weight * local.gradient[1], gradient);
            for (s, at) in shapes.clone().enumerate() {
                gradient[at] += m.weight * local.gradient[2 + s];
            }
            curvature.add(&rows, m.weight, &local, shapes.clone());
        }
        Value { log_likelihood, log_prior: self.prior(theta, gradient) }
    }

    /// The likelihood part of [`Self::evaluate`] without leagues, covariates and adjustment: the common case.
    fn evaluate_plain(
        &self,
        theta: &[f64],
        tables: &F::Tables,
        gradient: &mut [f64],
        curvature: &mut impl Curvature,
    ) -> f64 {
        let layout = &self.layout;
        let shapes = layout.shape(0)..layout.len();
        let (level, home_advantage) = (layout.level(), layout.home());
        let highest = MAX_RATE.ln();
        let mut log_likelihood = 0.0;
        let mut total = [0.0; 2 + MAX_SHAPES];
        let mut at_home = 0.0;
        for m in self.matches.observations() {
            let (home, away) = (m.home as usize, m.away as usize);
            let at = PlainIndices {
                attack: [home, away],
                defence: [layout.defence(home), layout.defence(away)],
                level,
                home: home_advantage,
                neutral: m.neutral,
            };
            let advantage = if m.neutral { 0.0 } else { theta[home_advantage] };
            let eta = [
                theta[level] + advantage + theta[at.attack[0]] + theta[at.defence[1]],
                theta[level] + theta[at.attack[1]] + theta[at.defence[0]],
            ]
            .map(|e| e.clamp(LOWEST_LOG_RATE, highest));
            let mut local = Local::default();
            let score = [m.score.home, m.score.away];
            log_likelihood += m.weight * self.family.log_probability(tables, score, eta, &mut local);
            let [by_home, by_away] = [m.weight * local.gradient[0], m.weight * local.gradient[1]];
            gradient[at.attack[0]] += by_home;
            gradient[at.defence[1]] += by_home;
            gradient[at.attack[1]] += by_away;
            gradient[at.defence[0]] += by_away;
            at_home += if m.neutral { 0.0 } else { by_home };
            for (sum, g) in total.iter_mut().zip(&local.gradient) {
                *sum += m.weight * g;
            }
            curvature.add_plain(&at, m.weight, &local, shapes.clone());
        }
        gradient[level] += total[0] + total[1];
        gradient[home_advantage] += at_home;
        for (g, sum) in gradient[shapes].iter_mut().zip(&total[2..]) {
            *g += sum;
        }
        log_likelihood
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
        let group = self.matches.groups()[team] as usize;
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
