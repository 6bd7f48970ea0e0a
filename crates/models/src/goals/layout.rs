//! Where each parameter sits in the vector, and which of them a match's two log rates touch.

use super::config::{FitConfig, GoalLevel, HomeAdvantage, Shrinkage};
use super::observations::{GoalMatches, GoalObservation, MAX_COVARIATES, SideValues};

/// Counts that fix the positions: attack, defence, level, home, level deviations, home deviations,
/// covariates, group means of attack and of defence, shapes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Layout {
    pub teams: usize,
    pub level_deviations: usize,
    pub home_deviations: usize,
    pub home_per_team: bool,
    pub covariates: usize,
    pub groups: usize,
    pub shapes: usize,
}

impl Layout {
    pub fn new(matches: &GoalMatches, config: &FitConfig, shapes: usize) -> Self {
        let teams = matches.teams();
        let shrunk = !matches!(config.shrinkage, Shrinkage::Off);
        Self {
            teams,
            level_deviations: if config.goal_level == GoalLevel::PerLeague { matches.leagues() } else { 0 },
            home_deviations: match config.home_advantage {
                HomeAdvantage::Common => 0,
                HomeAdvantage::PerLeague => matches.leagues(),
                HomeAdvantage::PerTeam => teams,
            },
            home_per_team: config.home_advantage == HomeAdvantage::PerTeam,
            covariates: matches.covariate_names().len(),
            groups: if shrunk && matches.group_count() > 1 { matches.group_count() } else { 0 },
            shapes,
        }
    }

    pub fn attack(&self, team: usize) -> usize {
        debug_assert!(team <= self.teams);
        team
    }
    pub fn defence(&self, team: usize) -> usize {
        self.teams + team
    }
    pub fn level(&self) -> usize {
        2 * self.teams
    }
    pub fn home(&self) -> usize {
        2 * self.teams + 1
    }
    pub fn level_deviation(&self, league: usize) -> usize {
        2 * self.teams + 2 + league
    }
    pub fn home_deviation(&self, of: usize) -> usize {
        self.level_deviation(self.level_deviations) + of
    }
    pub fn covariate(&self, k: usize) -> usize {
        self.home_deviation(self.home_deviations) + k
    }
    pub fn group_attack(&self, group: usize) -> usize {
        self.covariate(self.covariates) + group
    }
    pub fn group_defence(&self, group: usize) -> usize {
        self.group_attack(self.groups) + group
    }
    pub fn shape(&self, k: usize) -> usize {
        self.group_defence(self.groups) + k
    }
    pub fn len(&self) -> usize {
        self.shape(self.shapes)
    }

    /// Whether a log rate touches nothing but attack, defence, level and home advantage.
    pub fn is_plain(&self) -> bool {
        self.level_deviations == 0 && self.home_deviations == 0 && self.covariates == 0
    }

    /// The rows of the design matrix of one match: home log rate, away log rate.
    #[inline]
    pub fn rows(&self, m: &GoalObservation, covariates: &[SideValues], rue_salvesen: f64) -> [Row; 2] {
        let (home, away) = (m.home, m.away);
        let mut rows = [Row::default(), Row::default()];
        let own = 1.0 - 0.5 * rue_salvesen;
        rows[0].push(self.attack(home), own);
        rows[0].push(self.defence(away), own);
        rows[1].push(self.attack(away), own);
        rows[1].push(self.defence(home), own);
        rows[0].push(self.level(), 1.0);
        rows[1].push(self.level(), 1.0);
        if !m.neutral {
            rows[0].push(self.home(), 1.0);
        }
        if rue_salvesen != 0.0 {
            let other = 0.5 * rue_salvesen;
            rows[0].push(self.defence(home), other);
            rows[0].push(self.attack(away), other);
            rows[1].push(self.defence(away), other);
            rows[1].push(self.attack(home), other);
        }
        if !self.is_plain() {
            self.push_further(m, covariates, &mut rows);
        }
        rows
    }

    fn push_further(&self, m: &GoalObservation, covariates: &[SideValues], rows: &mut [Row; 2]) {
        if self.level_deviations > 0 {
            for r in rows.iter_mut() {
                r.push(self.level_deviation(m.league), 1.0);
            }
        }
        if self.home_deviations > 0 && !m.neutral {
            let of = if self.home_per_team { m.home } else { m.league };
            rows[0].push(self.home_deviation(of), 1.0);
        }
        for (k, v) in covariates.iter().take(self.covariates).enumerate() {
            rows[0].push(self.covariate(k), v.home);
            rows[1].push(self.covariate(k), v.away);
        }
    }
}

const CAPACITY: usize = 8 + MAX_COVARIATES;

/// A sparse row of the design matrix.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row {
    len: usize,
    index: [u32; CAPACITY],
    value: [f64; CAPACITY],
}

impl Row {
    #[inline]
    fn push(&mut self, index: usize, value: f64) {
        self.index[self.len] = index as u32;
        self.value[self.len] = value;
        self.len += 1;
    }

    #[inline]
    pub fn entries(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.index[..self.len].iter().zip(&self.value[..self.len]).map(|(i, v)| (*i as usize, *v))
    }

    #[inline]
    pub fn dot(&self, x: &[f64]) -> f64 {
        self.entries().map(|(i, v)| v * x[i]).sum()
    }

    /// `out += factor * row`.
    #[inline]
    pub fn scatter(&self, factor: f64, out: &mut [f64]) {
        for (i, v) in self.entries() {
            out[i] += factor * v;
        }
    }
}
