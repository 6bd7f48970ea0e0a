//! The common design, in which a log rate is attack, defence, level and home advantage and nothing else.
//!
//! A rate is then a product of one factor per parameter, so that a step takes an exponential per team instead of two
//! per match, and independent Poisson goals need no look at single matches at all: the log-likelihood is
//!
//! ```text
//! sum over parameters of goals * parameter  -  sum over pairings of weight * rate  -  constant
//! ```
//!
//! with the goals that a parameter took part in, and the weight of all matches of a pairing.

use super::curvature::{Curvature, PlainIndices};
use super::family::{Local, MAX_RATE, MAX_SHAPES, Rates, ScoreFamily};
use super::linear::dot;
use super::objective::{LOWEST_LOG_RATE, Objective};
use super::observations::{GoalMatches, GoalObservation};
use super::special::ln_factorial;

/// A training set by what a step of the search must look at.
pub(crate) struct Split {
    tally: Tally,
    /// Matches with a score that the family treats in its own way.
    rest: Vec<GoalObservation>,
}

impl Split {
    /// Tallies the matches in which a side has at least `poisson_from` goals.
    pub fn new(matches: &GoalMatches, poisson_from: u8) -> Self {
        let mut split = Self { tally: Tally::new(matches.teams()), rest: Vec::new() };
        for m in matches.observations() {
            if m.score.home.max(m.score.away) >= poisson_from {
                split.tally.add(m);
            } else {
                split.rest.push(*m);
            }
        }
        split
    }
}

/// Sufficient statistics of matches with independent Poisson goals.
struct Tally {
    teams: usize,
    /// Weighted goals that each parameter took part in: attacks, defences, level, home advantage.
    goals: Vec<f64>,
    /// Weighted sum of the logarithms of the factorials.
    ln_factorials: f64,
    /// Weight of the matches in which one team (column) attacked another (row) at home ...
    at_home: Vec<f64>,
    /// ... and away or on neutral ground.
    elsewhere: Vec<f64>,
}

impl Tally {
    fn new(teams: usize) -> Self {
        Self {
            teams,
            goals: vec![0.0; 2 * teams + 2],
            ln_factorials: 0.0,
            at_home: vec![0.0; teams * teams],
            elsewhere: vec![0.0; teams * teams],
        }
    }

    fn add(&mut self, m: &GoalObservation) {
        let n = self.teams;
        let (home, away) = (m.home, m.away);
        let goals = [m.score.home, m.score.away].map(|goals| m.weight * f64::from(goals));
        self.goals[home] += goals[0];
        self.goals[n + away] += goals[0];
        self.goals[away] += goals[1];
        self.goals[n + home] += goals[1];
        self.goals[2 * n] += goals[0] + goals[1];
        self.ln_factorials += m.weight * (ln_factorial(m.score.home) + ln_factorial(m.score.away));
        self.elsewhere[home * n + away] += m.weight;
        if m.neutral {
            self.elsewhere[away * n + home] += m.weight;
        } else {
            self.at_home[away * n + home] += m.weight;
            self.goals[2 * n + 1] += goals[0];
        }
    }

    /// Adds gradient (but of the level) and curvature (but for what [`Curvature::finish_plain`] derives) and returns
    /// the log-likelihood. `factors` are the exponentials of `theta`.
    fn evaluate(
        &self,
        theta: &[f64],
        factors: &[f64],
        gradient: &mut [f64],
        curvature: &mut impl Curvature,
    ) -> f64 {
        let n = self.teams;
        let (level, home) = (2 * n, 2 * n + 1);
        let attacks = &factors[..n];
        let mut expected = vec![0.0; 2 * n + 2];
        let mut expected_at_home = vec![0.0; 2 * n + 2];
        let mut row = vec![0.0; n];
        for defence in 0..n {
            let (at_home, elsewhere) =
                (&self.at_home[defence * n..][..n], &self.elsewhere[defence * n..][..n]);
            let away_factor = factors[level] * factors[n + defence];
            let home_factor = away_factor * factors[home];
            let weights = at_home.iter().zip(elsewhere);
            let sums = expected.iter_mut().zip(&mut expected_at_home);
            for (((cell, attack), weights), sums) in row.iter_mut().zip(attacks).zip(weights).zip(sums) {
                let goals_at_home = home_factor * attack * weights.0;
                *cell = goals_at_home + away_factor * attack * weights.1;
                *sums.0 += *cell;
                *sums.1 += goals_at_home;
            }
            curvature.add_row(n + defence, &row);
            expected_at_home[n + defence] = home_factor * dot(attacks, at_home);
            expected[n + defence] = expected_at_home[n + defence] + away_factor * dot(attacks, elsewhere);
        }
        let all: f64 = expected[..n].iter().sum();
        expected[home] = expected_at_home[..n].iter().sum();
        expected_at_home[home] = expected[home];
        curvature.add_row(home, &expected_at_home);
        for (g, (goals, expected)) in gradient.iter_mut().zip(self.goals.iter().zip(&expected)) {
            *g += goals - expected;
        }
        dot(&self.goals, &theta[..2 * n + 2]) - all - self.ln_factorials
    }
}

impl<F: ScoreFamily> Objective<'_, F> {
    /// The likelihood part of [`Self::evaluate`] in the plain design.
    pub(super) fn evaluate_plain<C: Curvature>(
        &self,
        theta: &[f64],
        tables: &F::Tables,
        gradient: &mut [f64],
        curvature: &mut C,
    ) -> f64 {
        let layout = &self.layout;
        let shapes = layout.shape(0)..layout.len();
        let (level, home) = (layout.level(), layout.home());
        let split = self.split.as_ref().filter(|_| !C::BY_MATCH);
        let factors: Vec<f64> = theta[..=home].iter().map(|x| x.exp()).collect();
        let highest = MAX_RATE.ln();
        let lowest = LOWEST_LOG_RATE.exp();
        let mut log_likelihood = 0.0;
        let mut by_shape = [0.0; MAX_SHAPES];
        for m in split.map_or(self.matches.observations(), |split| &split.rest) {
            let attack = [m.home, m.away];
            let defence = attack.map(|team| layout.defence(team));
            let at = PlainIndices { attack, defence, level, home, neutral: m.neutral };
            let advantage = if m.neutral { (0.0, 1.0) } else { (theta[home], factors[home]) };
            let log = [
                theta[level] + advantage.0 + theta[attack[0]] + theta[defence[1]],
                theta[level] + theta[attack[1]] + theta[defence[0]],
            ];
            let goals = [
                factors[level] * advantage.1 * factors[attack[0]] * factors[defence[1]],
                factors[level] * factors[attack[1]] * factors[defence[0]],
            ];
            let rates = Rates {
                goals: goals.map(|rate| rate.clamp(lowest, MAX_RATE)),
                log: log.map(|rate| rate.clamp(LOWEST_LOG_RATE, highest)),
            };
            let mut local = Local::default();
            let score = [m.score.home, m.score.away];
            log_likelihood += m.weight * self.family.log_probability(tables, score, &rates, &mut local);
            let [by_home, by_away] = [m.weight * local.gradient[0], m.weight * local.gradient[1]];
            gradient[attack[0]] += by_home;
            gradient[defence[1]] += by_home;
            gradient[attack[1]] += by_away;
            gradient[defence[0]] += by_away;
            gradient[home] += if m.neutral { 0.0 } else { by_home };
            for (sum, g) in by_shape.iter_mut().zip(&local.gradient[2..]) {
                *sum += m.weight * g;
            }
            curvature.add_plain(&at, m.weight, &local, shapes.clone());
        }
        if let Some(split) = split {
            log_likelihood += split.tally.evaluate(theta, &factors, gradient, curvature);
        }
        gradient[level] = gradient[..layout.teams].iter().sum();
        gradient[shapes.clone()].copy_from_slice(&by_shape[..shapes.len()]);
        curvature.finish_plain(layout.teams, shapes);
        log_likelihood
    }
}
