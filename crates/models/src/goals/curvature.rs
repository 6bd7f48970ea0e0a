//! Where the second derivatives of the matches go: a dense matrix, a list kept match by match, nowhere.

use super::family::Local;
use super::layout::Row;
use super::linear::Lower;
use std::ops::Range;

/// Receives the curvature of the matches.
pub(crate) trait Curvature {
    /// Whether every match must be handed over by itself, so that none may be summed up before.
    const BY_MATCH: bool = false;

    /// Adds one match: its design rows, its weight times its local derivatives, and where the shapes are.
    fn add(&mut self, rows: &[Row; 2], weight: f64, local: &Local, shapes: Range<usize>);

    /// The same for a match whose log rates touch nothing but attack, defence, level and home advantage; what
    /// [`Self::finish_plain`] can derive from the rest may be left out.
    fn add_plain(&mut self, at: &PlainIndices, weight: f64, local: &Local, shapes: Range<usize>);

    /// Adds to the first entries of a row: matches that were summed up.
    fn add_row(&mut self, _row: usize, _values: &[f64]) {}

    /// Called after the last match of a plain design.
    fn finish_plain(&mut self, _teams: usize, _shapes: Range<usize>) {}
}

/// Positions of the parameters of one match in the plain design: attacks come first, then defences in the order of
/// the attacks, then level and home advantage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainIndices {
    pub attack: [usize; 2],
    pub defence: [usize; 2],
    pub level: usize,
    pub home: usize,
    pub neutral: bool,
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

/// No curvature wanted.
pub(crate) struct Unused;

impl Curvature for Unused {
    fn add(&mut self, _: &[Row; 2], _: f64, _: &Local, _: Range<usize>) {}
    fn add_plain(&mut self, _: &PlainIndices, _: f64, _: &Local, _: Range<usize>) {}
}

/// The dense negative Hessian.
impl Curvature for Lower {
    #[inline]
    fn add(&mut self, rows: &[Row; 2], weight: f64, local: &Local, shapes: Range<usize>) {
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
    fn add_plain(&mut self, at: &PlainIndices, weight: f64, local: &Local, shapes: Range<usize>) {
        let [attack_h, attack_a] = at.attack;
        let [defence_h, defence_a] = at.defence;
        let (h, a, x) =
            (-weight * local.hessian[0][0], -weight * local.hessian[1][1], -weight * local.hessian[1][0]);
        self.add_below(defence_a, attack_h, h);
        self.add_below(defence_h, attack_a, a);
        if !at.neutral {
            let home = self.row_mut(at.home);
            home[attack_h] += h;
            home[defence_a] += h;
            home[attack_a] += x;
            home[defence_h] += x;
            home[at.home] += h;
        }
        if x != 0.0 {
            Lower::add(self, attack_h, attack_a, x);
            Lower::add(self, defence_h, defence_a, x);
            self.add_below(defence_h, attack_h, x);
            self.add_below(defence_a, attack_a, x);
        }
        for (s, shape) in shapes.clone().enumerate() {
            let (h, a) = (-weight * local.hessian[2 + s][0], -weight * local.hessian[2 + s][1]);
            let row = self.row_mut(shape);
            row[attack_h] += h;
            row[defence_a] += h;
            row[attack_a] += a;
            row[defence_h] += a;
            if !at.neutral {
                row[at.home] += h;
            }
            for (t, cell) in row[shapes.start..].iter_mut().enumerate() {
                *cell -= weight * local.hessian[2 + s][2 + t];
            }
        }
    }

    fn add_row(&mut self, row: usize, values: &[f64]) {
        Lower::add_row(self, row, values);
    }

    /// Every log rate has one attack and one defence, so the column of the level is the sum of the attacks' columns
    /// and also of the defences'. A team's own diagonal is the sum over the teams that it met.
    fn finish_plain(&mut self, teams: usize, shapes: Range<usize>) {
        let (level, home) = (2 * teams, 2 * teams + 1);
        let mut by_attack = vec![0.0; teams];
        for team in 0..teams {
            let row = self.row(teams + team);
            let (met, itself) = (&row[..teams], row[team]);
            by_attack.iter_mut().zip(met).for_each(|(sum, cell)| *sum += cell);
            let sum: f64 = met.iter().sum();
            self.add_below(teams + team, teams + team, sum - itself);
            self.add_below(level, teams + team, sum);
        }
        for (team, sum) in by_attack.iter().enumerate() {
            let itself = self.row(teams + team)[team];
            self.add_below(team, team, sum - itself);
        }
        self.add_row(level, &by_attack);
        for row in [level, home].into_iter().chain(shapes) {
            let sum: f64 = self.row(row)[..teams].iter().sum();
            self.add_below(row, level, sum);
        }
    }
}
