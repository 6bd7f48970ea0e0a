//! Goal expectancy: the expected goals that prices imply, the inverse of the score grid.

use super::PriceError;
use super::root::{ROUNDING, decreasing};
use crate::calibration::newton::solve_positive_definite;
use crate::markets::Line;
use touchline_outcomes::{Forecast, ScoreGrid, ScoreGridError};

/// What prices of one market say, free of margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// Home win, draw and away win.
    Outcome(Forecast),
    /// Probability of over at a total line.
    Over {
        /// The line, goals of both sides.
        line: Line,
        /// Two-way probability of over, between 0 and 1.
        probability: f64,
    },
    /// Probability of the home side at an Asian handicap.
    HomeHandicap {
        /// Goals added to the home side.
        line: Line,
        /// Two-way probability of the home side, between 0 and 1.
        probability: f64,
    },
}

/// Whether the low-score correction is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rho {
    /// This value; 0 is independent Poisson.
    Fixed(f64),
    /// To be found, which needs a third probability.
    Free,
}

/// Expected goals of both sides and the low-score correction.
///
/// The grid is Poisson for both sides with the Dixon-Coles correction `rho` of low scores; its cells are functions of
/// the two means and `rho` with closed-form derivatives, so the prices' probabilities are matched by a
/// Levenberg-Marquardt iteration in `ln home`, `ln away` and, where it is free, `rho`. As many independent
/// probabilities as unknowns are matched exactly, more in least squares.
///
/// | targets | unknowns |
/// |---|---|
/// | 1X2 | both means, `rho` fixed |
/// | 1X2 and over/under | both means and `rho` |
/// | handicap and over/under | both means, `rho` fixed |
/// | over/under alone | [`GoalExpectancy::total`] |
///
/// Two-way prices of whole and quarter lines are taken as bookmakers mean them: the share won of the stakes that
/// are not returned ([`Settlement::two_way_probability`](crate::markets::Settlement::two_way_probability)).
///
/// References: Maher (1982) and Dixon & Coles (1997) for the grid; Marquardt (1963).
///
/// ```
/// use touchline_models::odds::{GoalExpectancy, Rho, Target};
/// use touchline_outcomes::Forecast;
/// let goals = GoalExpectancy::fit(&[Target::Outcome(Forecast::new(0.50, 0.26, 0.24)?)], Rho::Fixed(0.0))?;
/// assert!(goals.home > 1.5 && goals.home < 1.8 && goals.away > 0.9 && goals.away < 1.2);
/// let grid = goals.grid(14)?;
/// assert!((grid.forecast().home() - 0.50).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GoalExpectancy {
    /// Mean goals of the home side.
    pub home: f64,
    /// Mean goals of the away side.
    pub away: f64,
    /// Dixon-Coles correction.
    pub rho: f64,
    /// Root mean square of what remains between the targets and the grid.
    pub error: f64,
}

/// Means stay within these bounds.
const MEANS: std::ops::RangeInclusive<f64> = 0.001..=25.0;
const MAX_STEPS: usize = 100;

impl GoalExpectancy {
    /// Finds the means, and `rho` where it is free.
    ///
    /// A fixed `rho` that would make a cell of the grid negative is taken to the nearest that does not.
    ///
    /// # Errors
    /// No targets, a probability that is not strictly between 0 and 1, too few targets for the unknowns, a fixed
    /// `rho` outside -1 to 1, or prices that no grid reproduces within 0.02.
    pub fn fit(targets: &[Target], rho: Rho) -> Result<Self, PriceError> {
        let mut wanted = Vec::with_capacity(targets.len() + 2);
        for t in targets {
            match t {
                Target::Outcome(f) => wanted.extend_from_slice(&f.as_array()[..]),
                Target::Over { probability, .. } | Target::HomeHandicap { probability, .. } => {
                    wanted.push(*probability);
                }
            }
        }
        if let Some(value) = wanted.iter().find(|p| !(**p > 0.0 && **p < 1.0)) {
            return Err(PriceError::Value {
                what: "a probability",
                value: *value,
                rule: "it lies between 0 and 1",
            });
        }
        let informative: usize =
            targets.iter().map(|t| if matches!(t, Target::Outcome(_)) { 2 } else { 1 }).sum();
        let (free, start_rho) = match rho {
            Rho::Free => (3, 0.0),
            Rho::Fixed(value) if value.abs() <= 1.0 => (2, value),
            Rho::Fixed(value) => {
                return Err(PriceError::Value { what: "rho", value, rule: "it lies within -1 to 1" });
            }
        };
        if informative < free {
            return Err(PriceError::Value {
                what: "the number of independent probabilities",
                value: informative as f64,
                rule: "pass 1X2, or a handicap with a total; for a free rho 1X2 and a total",
            });
        }
        let mut best: Option<Self> = None;
        for start in [(1.4, 1.1), (3.0, 0.4), (0.4, 3.0), (5.0, 5.0), (0.2, 0.2)] {
            // A free correction starts from the means of independent goals.
            let means = Self::descend(targets, &wanted, 2, [f64::ln(start.0), f64::ln(start.1), start_rho]);
            let refined = || Self::descend(targets, &wanted, 3, [means.home.ln(), means.away.ln(), 0.0]);
            let found = if free == 3 { refined() } else { means };
            if best.is_none_or(|b| found.error < b.error) {
                best = Some(found);
            }
            if found.error < 1e-9 {
                break;
            }
        }
        best.filter(|b| b.error < 0.02).ok_or(PriceError::NoExpectancy)
    }

    /// The total of both means that an over/under price alone implies.
    ///
    /// # Errors
    /// A probability that is not strictly between 0 and 1, or a line at which no total gives it.
    pub fn total(line: Line, over: f64) -> Result<f64, PriceError> {
        if !(over > 0.0 && over < 1.0) {
            return Err(PriceError::Value {
                what: "a probability",
                value: over,
                rule: "it lies between 0 and 1",
            });
        }
        if line.quarters() <= 0 || line.quarters() > 160 {
            let (what, rule) = ("the line", "it lies above 0, up to 40 goals");
            return Err(PriceError::Value { what, value: line.value(), rule });
        }
        let gap = |mean: f64| {
            let max = (mean + 12.0 * mean.sqrt() + 45.0) as usize;
            let mut sums = Sums::default();
            let mut p = (-mean).exp();
            let mut before = 0.0;
            for k in 0..=max {
                sums.add(4 * k as i32 - i32::from(line.quarters()), [p, before - p, 0.0, 0.0]);
                before = p;
                p *= mean / (k as f64 + 1.0);
            }
            let [value, slope, ..] = sums.two_way();
            (over - value, -slope)
        };
        Ok(decreasing(1e-6, 80.0, line.value().max(0.5), ROUNDING, gap))
    }

    /// The grid of these means; mass beyond `max_goals` is folded back by normalising.
    ///
    /// # Errors
    /// Means and `rho` that give a negative probability, which [`Self::fit`] never returns.
    pub fn grid(&self, max_goals: usize) -> Result<ScoreGrid, ScoreGridError> {
        let (h, a) = (poisson(self.home, max_goals), poisson(self.away, max_goals));
        let mut cells: Vec<f64> = h.iter().flat_map(|x| a.iter().map(move |y| x * y)).collect();
        if max_goals > 0 {
            cells[0] *= 1.0 - self.rho * self.home * self.away;
            cells[1] *= 1.0 + self.rho * self.home;
            cells[max_goals + 1] *= 1.0 + self.rho * self.away;
            cells[max_goals + 2] *= 1.0 - self.rho;
        }
        ScoreGrid::from_weights(max_goals, cells)
    }

    fn descend(targets: &[Target], wanted: &[f64], free: usize, start: [f64; 3]) -> Self {
        let clamp = |mut x: [f64; 3]| {
            for v in &mut x[..2] {
                *v = v.clamp(MEANS.start().ln(), MEANS.end().ln());
            }
            x[2] = x[2].clamp(-1.0, 1.0);
            x
        };
        let mut x = clamp(start);
        let mut rows = evaluate(targets, x);
        let square =
            |rows: &[[f64; 4]]| rows.iter().zip(wanted).map(|(r, w)| (r[0] - w) * (r[0] - w)).sum::<f64>();
        let mut error = square(&rows);
        let mut damping = 1e-6;
        for _ in 0..MAX_STEPS {
            let (mut normal, mut step) = (vec![0.0; free * free], vec![0.0; free]);
            for (r, w) in rows.iter().zip(wanted) {
                for i in 0..free {
                    step[i] -= r[1 + i] * (r[0] - w);
                    for j in 0..free {
                        normal[i * free + j] += r[1 + i] * r[1 + j];
                    }
                }
            }
            for i in 0..free {
                normal[i * free + i] *= 1.0 + damping;
                normal[i * free + i] += 1e-300;
            }
            if !solve_positive_definite(&mut normal, &mut step, free) {
                damping = (damping * 10.0).max(1e-6);
                if damping > 1e8 {
                    break;
                }
                continue;
            }
            let mut trial = x;
            for (t, (s, most)) in trial.iter_mut().zip(step.iter().zip([1.0, 1.0, 0.05])) {
                *t += s.clamp(-most, most);
            }
            let trial = clamp(trial);
            let next = evaluate(targets, trial);
            let at = square(&next);
            let moved = trial.iter().zip(&x).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            if at <= error {
                (x, rows, error) = (trial, next, at);
                damping *= 0.1;
            } else {
                damping = (damping * 10.0).max(1e-6);
            }
            if moved < 1e-13 || damping > 1e10 || error < 1e-30 {
                break;
            }
        }
        let rms = (error / wanted.len() as f64).sqrt();
        let (home, away) = (x[0].exp(), x[1].exp());
        Self { home, away, rho: admissible(x[2], home, away), error: rms }
    }
}

/// The correction closest to `rho` that leaves every cell of the grid positive.
fn admissible(rho: f64, home: f64, away: f64) -> f64 {
    let (low, high) = ((-1.0 / home).max(-1.0 / away).max(-1.0), (1.0 / (home * away)).min(1.0));
    rho.clamp(0.999 * low, 0.999 * high)
}

/// Poisson probabilities of 0 to `max`.
fn poisson(mean: f64, max: usize) -> Vec<f64> {
    let mut p = Vec::with_capacity(max + 1);
    p.push((-mean).exp());
    for k in 1..=max {
        p.push(p[k - 1] * mean / k as f64);
    }
    p
}

/// Mass and its derivatives by `ln home`, `ln away` and `rho`, won and lost.
#[derive(Default)]
struct Sums {
    won: [f64; 4],
    lost: [f64; 4],
}

impl Sums {
    /// Adds a cell that lies `above` quarters over its line.
    fn add(&mut self, above: i32, cell: [f64; 4]) {
        let (side, share) = match above {
            2.. => (&mut self.won, 1.0),
            1 => (&mut self.won, 0.5),
            0 => return,
            -1 => (&mut self.lost, 0.5),
            _ => (&mut self.lost, 1.0),
        };
        for (sum, c) in side.iter_mut().zip(cell) {
            *sum += share * c;
        }
    }

    /// Two-way probability and its derivatives.
    fn two_way(&self) -> [f64; 4] {
        let decided = (self.won[0] + self.lost[0]).max(f64::MIN_POSITIVE);
        let p = self.won[0] / decided;
        let by = |i: usize| (self.won[i] * (1.0 - p) - self.lost[i] * p) / decided;
        [p, by(1), by(2), by(3)]
    }
}

/// Probability and derivatives of each wanted number.
fn evaluate(targets: &[Target], x: [f64; 3]) -> Vec<[f64; 4]> {
    let (home, away) = (x[0].exp(), x[1].exp());
    let rho = admissible(x[2], home, away);
    let size = |mean: f64| (mean + 9.0 * mean.sqrt() + 12.0) as usize;
    let (h, a) = (poisson(home, size(home)), poisson(away, size(away)));
    let mut outcome = [[0.0; 4]; 3];
    let mut lines: Vec<Sums> = targets.iter().map(|_| Sums::default()).collect();
    for (i, ph) in h.iter().enumerate() {
        for (j, pa) in a.iter().enumerate() {
            let cell = cell(i, j, ph * pa, (home, away, rho));
            let side = match i.cmp(&j) {
                std::cmp::Ordering::Greater => 0,
                std::cmp::Ordering::Equal => 1,
                std::cmp::Ordering::Less => 2,
            };
            for (sum, c) in outcome[side].iter_mut().zip(cell) {
                *sum += c;
            }
            for (sums, target) in lines.iter_mut().zip(targets) {
                let (total, lead) = (4 * (i + j) as i32, 4 * (i as i32 - j as i32));
                match target {
                    Target::Outcome(_) => {}
                    Target::Over { line, .. } => sums.add(total - i32::from(line.quarters()), cell),
                    Target::HomeHandicap { line, .. } => sums.add(lead + i32::from(line.quarters()), cell),
                }
            }
        }
    }
    let mut rows = Vec::with_capacity(targets.len() + 2);
    for (sums, target) in lines.iter().zip(targets) {
        match target {
            Target::Outcome(_) => rows.extend_from_slice(&outcome),
            _ => rows.push(sums.two_way()),
        }
    }
    rows
}

/// A cell's probability and its derivatives by `ln home`, `ln away` and `rho`.
fn cell(i: usize, j: usize, p: f64, (home, away, rho): (f64, f64, f64)) -> [f64; 4] {
    let (by_home, by_away) = (i as f64 - home, j as f64 - away);
    let (tau, t_home, t_away, t_rho) = match (i, j) {
        (0, 0) => (1.0 - rho * home * away, -rho * home * away, -rho * home * away, -home * away),
        (0, 1) => (1.0 + rho * home, rho * home, 0.0, home),
        (1, 0) => (1.0 + rho * away, 0.0, rho * away, away),
        (1, 1) => (1.0 - rho, 0.0, 0.0, -1.0),
        _ => (1.0, 0.0, 0.0, 0.0),
    };
    [p * tau, p * (by_home * tau + t_home), p * (by_away * tau + t_away), p * t_rho]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markets::Markets;
    use proptest::prelude::*;
    use touchline_outcomes::Side;

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() < tolerance, "{a} is not {b}");
    }

    #[test]
    fn derivatives_agree_with_differences() {
        let targets = [
            Target::Outcome(Forecast::new(0.5, 0.3, 0.2).unwrap()),
            Target::Over { line: Line::from_quarters(9), probability: 0.5 },
            Target::HomeHandicap { line: Line::from_quarters(-3), probability: 0.5 },
        ];
        let x = [0.4, 0.1, -0.05];
        let rows = evaluate(&targets, x);
        for k in 0..3 {
            let (mut up, mut down) = (x, x);
            up[k] += 1e-6;
            down[k] -= 1e-6;
            let (u, d) = (evaluate(&targets, up), evaluate(&targets, down));
            for (r, (u, d)) in rows.iter().zip(u.iter().zip(&d)) {
                close((u[0] - d[0]) / 2e-6, r[1 + k], 1e-8);
            }
        }
    }

    #[test]
    fn impossible_prices_are_errors() {
        let outcome = Target::Outcome(Forecast::new(0.5, 0.3, 0.2).unwrap());
        assert!(GoalExpectancy::fit(&[], Rho::Fixed(0.0)).is_err());
        assert!(GoalExpectancy::fit(&[outcome], Rho::Free).is_err());
        assert!(GoalExpectancy::fit(&[outcome], Rho::Fixed(f64::NAN)).is_err());
        let certain = Target::Outcome(Forecast::new(1.0, 0.0, 0.0).unwrap());
        assert!(GoalExpectancy::fit(&[certain], Rho::Fixed(0.0)).is_err());
        let over = |probability| Target::Over { line: Line::from_quarters(10), probability };
        assert!(GoalExpectancy::fit(&[outcome, over(f64::NAN)], Rho::Free).is_err());
        // A home favourite in a match without goals: 1X2 and total contradict each other.
        let favourite = Target::Outcome(Forecast::new(0.9, 0.05, 0.05).unwrap());
        assert_eq!(
            GoalExpectancy::fit(&[favourite, over(0.01)], Rho::Fixed(0.0)),
            Err(PriceError::NoExpectancy)
        );
        assert!(GoalExpectancy::total(Line::from_quarters(0), 0.5).is_err());
        assert!(GoalExpectancy::total(Line::from_quarters(10), 1.0).is_err());
    }

    proptest! {
        #[test]
        fn a_grids_own_prices_give_its_means_back(home in 0.2_f64..3.5, away in 0.2_f64..3.5, rho in -0.1_f64..0.05) {
            let truth = GoalExpectancy { home, away, rho, error: 0.0 };
            let grid = truth.grid(40).unwrap();
            let m = Markets::of(&grid);
            let outcome = Target::Outcome(grid.forecast());
            let line = Line::from_quarters(9);
            let over = Target::Over { line, probability: m.over(line).two_way_probability() };
            let handicap_line = Line::from_quarters(-1);
            let handicap = Target::HomeHandicap {
                line: handicap_line,
                probability: m.asian_handicap(Side::Home, handicap_line).two_way_probability(),
            };
            for (targets, known) in [
                (vec![outcome], Rho::Fixed(rho)),
                (vec![handicap, over], Rho::Fixed(rho)),
                (vec![outcome, over], Rho::Free),
            ] {
                let found = GoalExpectancy::fit(&targets, known).unwrap();
                prop_assert!(found.error < 1e-8, "{found:?}");
                let refit = Markets::of(&found.grid(40).unwrap());
                for o in touchline_outcomes::Outcome::ALL {
                    prop_assert!((refit.one_x_two().probability(o) - grid.forecast().probability(o)).abs() < 1e-3);
                }
                if matches!(known, Rho::Fixed(_)) {
                    prop_assert!((found.home - home).abs() < 1e-5 * (1.0 + home) && (found.away - away).abs() < 1e-5 * (1.0 + away), "{found:?}");
                }
            }
        }

        #[test]
        fn a_total_price_gives_its_mean_back(mean in 0.3_f64..8.0, quarters in 1_i16..24) {
            let grid = GoalExpectancy { home: mean / 2.0, away: mean / 2.0, rho: 0.0, error: 0.0 }.grid(40).unwrap();
            let line = Line::from_quarters(quarters);
            let over = Markets::of(&grid).over(line).two_way_probability();
            prop_assume!(over > 1e-6 && over < 1.0 - 1e-6);
            prop_assert!((GoalExpectancy::total(line, over).unwrap() - mean).abs() < 1e-6);
        }
    }
}
