//! Betting markets of a match, all derived from one score grid.
//!
//! [`Markets::of`] reads a grid once and then answers every market in constant time: no two markets of a match
//! can contradict each other. Lines are exact quarter goals ([`Line`]), and a bet on a line settles in up to
//! five ways ([`Settlement`]): a quarter line stakes half on each neighbouring line, so it can be half won or
//! half lost, and its value depends on which.
//!
//! ```
//! use touchline_models::goals::poisson_grid;
//! use touchline_models::markets::{Line, Markets};
//! use touchline_outcomes::Side;
//!
//! let grid = poisson_grid([1.6, 1.1], 14);
//! let markets = Markets::of(&grid);
//! let bet = markets.asian_handicap(Side::Home, "-0.75".parse::<Line>()?);
//! assert!((bet.win + bet.half_win + bet.push + bet.half_loss + bet.loss - 1.0).abs() < 1e-12);
//! assert!(bet.half_win > 0.2 && bet.push == 0.0); // a win by exactly one goal
//! assert!(bet.fair_odds().is_some_and(|odds| odds > 2.0 && odds < 2.4));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod distribution;
mod halves;
mod line;
mod overview;
mod self_check;
mod settlement;

pub use distribution::Distribution;
pub use halves::{HalfTimeFullTime, HalfTimeSplit, HalvesError, Periods};
pub use line::{Line, LineError};
pub use overview::{HandicapPrice, Overview, ScoreProbability, TotalPrice};
#[doc(hidden)]
pub use self_check::self_check;
pub use settlement::Settlement;

use touchline_outcomes::{Forecast, Outcome, ScoreGrid, Side};

/// Two of the three outcomes together.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DoubleChance {
    /// 1X.
    pub home_or_draw: f64,
    /// 12.
    pub home_or_away: f64,
    /// X2.
    pub draw_or_away: f64,
}

/// Points of a league for each outcome, from one side's view.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PointsRule {
    /// For a win.
    pub win: f64,
    /// For a draw.
    pub draw: f64,
    /// For a defeat.
    pub loss: f64,
}

impl Default for PointsRule {
    /// Three, one, none.
    fn default() -> Self {
        Self { win: 3.0, draw: 1.0, loss: 0.0 }
    }
}

/// Everything that bets on a match ask of its score grid, summed once.
#[derive(Debug, Clone, PartialEq)]
pub struct Markets {
    /// Goals of both sides together.
    total: Distribution,
    /// Home goals minus away goals.
    margin: Distribution,
    home: Distribution,
    away: Distribution,
    nil_nil: f64,
    home_to_nil: f64,
    away_to_nil: f64,
    side: usize,
    cells: Box<[f64]>,
}

impl Markets {
    /// Sums the grid, in time proportional to its cells.
    pub fn of(grid: &ScoreGrid) -> Self {
        let n = grid.max_goals() + 1;
        let mut total = vec![0.0; 2 * n - 1];
        let mut margin = vec![0.0; 2 * n - 1];
        let mut home = vec![0.0; n];
        let mut away = vec![0.0; n];
        for (h, row) in grid.rows().enumerate() {
            home[h] = row.iter().sum();
            for (sum, p) in away.iter_mut().zip(row) {
                *sum += p;
            }
            for (sum, p) in total[h..].iter_mut().zip(row) {
                *sum += p;
            }
            for (sum, p) in margin[h..h + n].iter_mut().rev().zip(row) {
                *sum += p;
            }
        }
        let cells = grid.cells();
        Self {
            nil_nil: cells[0],
            home_to_nil: cells.iter().skip(n).step_by(n).sum(),
            away_to_nil: cells[1..n].iter().sum(),
            total: Distribution::new(0, &total),
            margin: Distribution::new(1 - n as i32, &margin),
            home: Distribution::new(0, &home),
            away: Distribution::new(0, &away),
            side: n,
            cells: cells.into(),
        }
    }

    /// Home win, draw, away win.
    pub fn one_x_two(&self) -> Forecast {
        self.european_handicap(0)
    }

    /// Two outcomes together.
    pub fn double_chance(&self) -> DoubleChance {
        let [home, draw, away] = self.one_x_two().as_array();
        DoubleChance { home_or_draw: home + draw, home_or_away: home + away, draw_or_away: draw + away }
    }

    /// A win of one side; a draw returns the stake.
    pub fn draw_no_bet(&self, side: Side) -> Settlement {
        self.asian_handicap(side, Line::from_quarters(0))
    }

    /// A bet on more goals than the line.
    pub fn over(&self, line: Line) -> Settlement {
        Settlement::above(&self.total, i32::from(line.quarters()))
    }

    /// A bet on fewer goals than the line.
    pub fn under(&self, line: Line) -> Settlement {
        self.over(line).opposite()
    }

    /// A bet on more goals of one side than the line.
    pub fn team_over(&self, side: Side, line: Line) -> Settlement {
        Settlement::above(self.goals(side), i32::from(line.quarters()))
    }

    /// A bet on fewer goals of one side than the line.
    pub fn team_under(&self, side: Side, line: Line) -> Settlement {
        self.team_over(side, line).opposite()
    }

    /// A bet on one side, `handicap` being added to its goals: -0.5 must win, +0.5 must not lose.
    pub fn asian_handicap(&self, side: Side, handicap: Line) -> Settlement {
        let quarters = i32::from(handicap.quarters());
        match side {
            Side::Home => Settlement::above(&self.margin, -quarters),
            Side::Away => Settlement::above(&self.margin, quarters).opposite(),
        }
    }

    /// Home win, draw and away win after adding `goals` to the home side's; there is no push.
    pub fn european_handicap(&self, goals: i16) -> Forecast {
        let level = -i32::from(goals);
        let weights = [self.margin.above(level), self.margin.at(level), self.margin.below(level)];
        Forecast::normalised(weights).unwrap_or_else(|_| unreachable!("a grid has mass 1"))
    }

    /// Both sides score.
    pub fn both_teams_to_score(&self) -> f64 {
        (self.home.above(0) - self.home_to_nil).clamp(0.0, 1.0)
    }

    /// Exactly this score.
    pub fn correct_score(&self, home: usize, away: usize) -> f64 {
        if home < self.side && away < self.side { self.cells[home * self.side + away] } else { 0.0 }
    }

    /// The likeliest scores, most likely first; of equals the one with fewer home, then fewer away goals.
    pub fn top_scores(&self, count: usize) -> Vec<ScoreProbability> {
        let mut top: Vec<ScoreProbability> = Vec::with_capacity(count.min(self.cells.len()));
        let mut least = f64::NEG_INFINITY;
        for (home, row) in self.cells.chunks_exact(self.side).enumerate() {
            for (away, probability) in row.iter().enumerate() {
                if count == 0 || (top.len() == count && *probability <= least) {
                    continue;
                }
                if top.len() == count {
                    top.pop();
                }
                let place = top.partition_point(|s| s.probability >= *probability);
                top.insert(place, ScoreProbability { home, away, probability: *probability });
                least = top[top.len() - 1].probability;
            }
        }
        top
    }

    /// One side wins by exactly `goals`, 1 or more; 0 gives the draw.
    pub fn winning_margin(&self, side: Side, goals: u16) -> f64 {
        let goals = i32::from(goals);
        self.margin.at(if side == Side::Home { goals } else { -goals })
    }

    /// One side concedes nothing.
    pub fn clean_sheet(&self, side: Side) -> f64 {
        self.goals(side.other()).at(0)
    }

    /// One side wins and concedes nothing.
    pub fn win_to_nil(&self, side: Side) -> f64 {
        match side {
            Side::Home => self.home_to_nil,
            Side::Away => self.away_to_nil,
        }
    }

    /// No goals at all.
    pub fn nil_nil(&self) -> f64 {
        self.nil_nil
    }

    /// An odd number of goals; 0 is even.
    pub fn odd_total(&self) -> f64 {
        self.total.mass().iter().skip(1).step_by(2).sum()
    }

    /// An even number of goals, 0 among them.
    pub fn even_total(&self) -> f64 {
        self.total.mass().iter().step_by(2).sum()
    }

    /// Expected league points of one side: exact over the grid.
    pub fn expected_points(&self, side: Side, rule: PointsRule) -> f64 {
        let f = self.one_x_two();
        let (win, loss) = match side {
            Side::Home => (Outcome::HomeWin, Outcome::AwayWin),
            Side::Away => (Outcome::AwayWin, Outcome::HomeWin),
        };
        rule.win * f.probability(win) + rule.draw * f.draw() + rule.loss * f.probability(loss)
    }

    /// Mean goals of one side.
    pub fn expected_goals(&self, side: Side) -> f64 {
        self.goals(side).mean()
    }

    /// Distribution of the goals of one side.
    pub fn goals(&self, side: Side) -> &Distribution {
        match side {
            Side::Home => &self.home,
            Side::Away => &self.away,
        }
    }

    /// Distribution of the goals of both sides together.
    pub fn total_goals(&self) -> &Distribution {
        &self.total
    }

    /// Distribution of home goals minus away goals.
    pub fn goal_difference(&self) -> &Distribution {
        &self.margin
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact by construction")]
pub(crate) mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::StdRng};

    pub(crate) fn poisson_grid(home: f64, away: f64, max_goals: usize) -> ScoreGrid {
        let pmf = |mean: f64| {
            let mut p = vec![(-mean).exp()];
            for k in 1..=max_goals {
                p.push(p[k - 1] * mean / k as f64);
            }
            p
        };
        let (h, a) = (pmf(home), pmf(away));
        let cells = h.iter().flat_map(|x| a.iter().map(move |y| x * y)).collect();
        ScoreGrid::from_weights(max_goals, cells).unwrap()
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    #[test]
    fn every_market_agrees_with_a_count_over_the_cells() {
        let grid = poisson_grid(1.7, 1.2, 12);
        let m = Markets::of(&grid);
        let sum = |hit: &dyn Fn(usize, usize) -> bool| -> f64 {
            (0..13)
                .flat_map(|h| (0..13).map(move |a| (h, a)))
                .filter(|(h, a)| hit(*h, *a))
                .map(|(h, a)| grid.probability(h, a))
                .sum()
        };
        close(m.both_teams_to_score(), sum(&|h, a| h > 0 && a > 0));
        close(m.clean_sheet(Side::Home), sum(&|_, a| a == 0));
        close(m.win_to_nil(Side::Home), sum(&|h, a| h > 0 && a == 0));
        close(m.win_to_nil(Side::Away), sum(&|h, a| a > 0 && h == 0));
        close(m.odd_total(), sum(&|h, a| (h + a) % 2 == 1));
        close(m.odd_total() + m.even_total(), 1.0);
        close(m.winning_margin(Side::Away, 2), sum(&|h, a| a == h + 2));
        close(m.winning_margin(Side::Home, 0), m.one_x_two().draw());
        close(m.double_chance().home_or_draw, sum(&|h, a| h >= a));
        close(m.european_handicap(-1).draw(), sum(&|h, a| h == a + 1));
        close(m.european_handicap(2).away(), sum(&|h, a| h + 2 < a));
        close(m.team_over(Side::Home, Line::from_quarters(6)).win, sum(&|h, _| h > 1));
        close(
            m.expected_points(Side::Home, PointsRule::default()),
            sum(&|h, a| h > a) * 3.0 + sum(&|h, a| h == a),
        );
        close(m.expected_goals(Side::Away), grid.expected_goals().1);
        close(m.correct_score(2, 1), grid.probability(2, 1));
        close(m.nil_nil(), grid.probability(0, 0));
        assert_eq!(m.correct_score(40, 0), 0.0);
    }

    #[test]
    fn a_quarter_line_settles_in_halves() {
        let grid = poisson_grid(1.4, 1.3, 10);
        let m = Markets::of(&grid);
        let total = |k: usize| -> f64 { (0..=k).map(|h| grid.probability(h, k - h)).sum() };
        let bet = m.over(Line::from_quarters(11)); // 2.75: half on 2.5, half on 3
        close(bet.half_win, total(3));
        close(bet.push + bet.half_loss, 0.0);
        close(bet.loss, total(0) + total(1) + total(2));
        let bet = m.over(Line::from_quarters(9)); // 2.25: half on 2, half on 2.5
        close(bet.half_loss, total(2));
        close(bet.push + bet.half_win, 0.0);
        let bet = m.asian_handicap(Side::Home, Line::from_quarters(1)); // +0.25: a draw wins half
        close(bet.half_win, m.one_x_two().draw());
        let bet = m.asian_handicap(Side::Away, Line::from_quarters(-1)); // -0.25: a draw loses half
        close(bet.half_loss, m.one_x_two().draw());
        close(m.draw_no_bet(Side::Home).push, m.one_x_two().draw());
    }

    #[test]
    fn top_scores_are_the_largest_cells_in_order() {
        let grid = poisson_grid(1.5, 1.5, 8);
        let top = Markets::of(&grid).top_scores(5);
        let mut cells = grid.cells().to_vec();
        cells.sort_by(|a, b| b.total_cmp(a));
        assert_eq!(top.iter().map(|s| s.probability).collect::<Vec<_>>(), cells[..5]);
        assert_eq!((top[0].home, top[0].away), (1, 1));
        assert!(Markets::of(&grid).top_scores(0).is_empty());
        assert_eq!(Markets::of(&grid).top_scores(1000).len(), 81);
    }

    #[test]
    fn the_smallest_grid_has_every_market() {
        let m = Markets::of(&ScoreGrid::from_weights(0, vec![1.0]).unwrap());
        close(m.one_x_two().draw(), 1.0);
        close(m.over(Line::from_quarters(2)).loss, 1.0);
        close(m.both_teams_to_score() + m.win_to_nil(Side::Home) + m.odd_total(), 0.0);
        close(m.asian_handicap(Side::Home, Line::from_quarters(i16::MIN)).loss, 1.0);
        close(m.asian_handicap(Side::Away, Line::from_quarters(i16::MAX)).win, 1.0);
    }

    #[test]
    fn two_hundred_thousand_random_grids_and_lines_hold() {
        assert_eq!(self_check(200_000, &mut StdRng::seed_from_u64(2_024)), Ok(200_000));
    }
}
