//! Kelly for several bets on one match at once.

use super::{StakingError, check_bet, require};
use crate::calibration::newton::solve_positive_definite;
use crate::markets::Line;
use touchline_outcomes::{Outcome, Score, ScoreGrid, Side};

/// What a bet is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Selection {
    /// Home win, draw or away win.
    Outcome(Outcome),
    /// All outcomes but this one (double chance).
    Not(Outcome),
    /// More goals than the line.
    Over(Line),
    /// Fewer goals than the line.
    Under(Line),
    /// A side with goals added to its own.
    AsianHandicap(Side, Line),
    /// Both sides score, or not.
    BothTeamsToScore(bool),
    /// Exactly this score.
    CorrectScore(Score),
}

/// A bet on one match.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GridBet {
    /// What it is on.
    pub selection: Selection,
    /// Decimal odds.
    pub odds: f64,
}

impl GridBet {
    /// Profit per unit staked if the match ends so.
    pub fn profit(&self, home: usize, away: usize) -> f64 {
        let simple = |won: bool| if won { self.odds - 1.0 } else { -1.0 };
        let lead = home as i64 - away as i64;
        let outcome = match lead {
            1.. => Outcome::HomeWin,
            0 => Outcome::Draw,
            _ => Outcome::AwayWin,
        };
        let total = 4 * (home + away) as i64;
        match self.selection {
            Selection::Outcome(o) => simple(o == outcome),
            Selection::Not(o) => simple(o != outcome),
            Selection::Over(line) => self.by_quarters(total - i64::from(line.quarters())),
            Selection::Under(line) => self.by_quarters(i64::from(line.quarters()) - total),
            Selection::AsianHandicap(Side::Home, line) => {
                self.by_quarters(4 * lead + i64::from(line.quarters()))
            }
            Selection::AsianHandicap(Side::Away, line) => {
                self.by_quarters(i64::from(line.quarters()) - 4 * lead)
            }
            Selection::BothTeamsToScore(yes) => simple((home > 0 && away > 0) == yes),
            Selection::CorrectScore(s) => simple((home, away) == (usize::from(s.home), usize::from(s.away))),
        }
    }

    fn by_quarters(&self, above: i64) -> f64 {
        match above {
            2.. => self.odds - 1.0,
            1 => (self.odds - 1.0) / 2.0,
            0 => 0.0,
            -1 => -0.5,
            _ => -1.0,
        }
    }
}

/// Stakes on bets that settle together.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Portfolio {
    /// Share of the bankroll per bet.
    pub stakes: Vec<f64>,
    /// Expected logarithmic growth of the bankroll.
    pub growth: f64,
}

/// The stakes of highest expected growth on bets of one match, in all at most `cap` of the bankroll.
///
/// Bets on the home win, on over 2.5 and on both teams to score win together more often than apart; staking each
/// as if it were alone risks too much. Through the score grid every bet's profit is known for every score, so the
/// expected logarithmic growth `G(f) = sum_s p_s ln(1 + sum_b f_b x_bs)` of stakes `f` is exact. It is concave;
/// subject to `f >= 0` and `sum f <= cap` it is maximised by an interior-point method: Newton's steps with the
/// analytic gradient and Hessian along a barrier that shrinks until the growth is within 1e-13 of the best.
///
/// References: Kelly (1956); Whitrow, "Algorithms for optimal allocation of bets on many simultaneous events"
/// (2007); Boyd & Vandenberghe, *Convex Optimization* (2004), chapter 11.
///
/// ```
/// use touchline_models::markets::Line;
/// use touchline_models::staking::{GridBet, Selection, kelly_portfolio};
/// use touchline_outcomes::{Outcome, ScoreGrid};
/// let grid = ScoreGrid::from_weights(2, vec![0.10, 0.08, 0.03, 0.15, 0.14, 0.08, 0.15, 0.15, 0.12])?;
/// let bets = [
///     GridBet { selection: Selection::Outcome(Outcome::HomeWin), odds: 2.4 },
///     GridBet { selection: Selection::Over(Line::from_quarters(6)), odds: 1.7 },
/// ];
/// let together = kelly_portfolio(&grid, &bets, 1.0)?;
/// let alone: Vec<f64> = bets.iter().map(|b| kelly_portfolio(&grid, &[*b], 1.0).map(|p| p.stakes[0])).collect::<Result<_, _>>()?;
/// assert!(together.stakes[0] > 0.0 && together.stakes.iter().sum::<f64>() < alone.iter().sum::<f64>());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// No bets, odds that are not above 1, or a cap outside (0, 1].
pub fn kelly_portfolio(grid: &ScoreGrid, bets: &[GridBet], cap: f64) -> Result<Portfolio, StakingError> {
    let (probabilities, profits) = scenarios_of(grid, bets)?;
    kelly_scenarios(&probabilities, &profits, cap)
}

/// What bets on one match pay: probabilities of the scenarios, and the profit of each bet in each of them. Scores at which
/// every bet pays the same are one scenario.
pub(super) fn scenarios_of(
    grid: &ScoreGrid,
    bets: &[GridBet],
) -> Result<(Vec<f64>, Vec<Vec<f64>>), StakingError> {
    for bet in bets {
        check_bet(0.5, bet.odds)?;
    }
    let mut scenarios: Vec<(f64, Vec<f64>)> = Vec::new();
    for (home, row) in grid.rows().enumerate() {
        for (away, p) in row.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            let profits: Vec<f64> = bets.iter().map(|b| b.profit(home, away)).collect();
            match scenarios.iter_mut().find(|(_, known)| *known == profits) {
                Some((mass, _)) => *mass += p,
                None => scenarios.push((*p, profits)),
            }
        }
    }
    let probabilities: Vec<f64> = scenarios.iter().map(|(p, _)| *p).collect();
    let profits = (0..bets.len()).map(|b| scenarios.iter().map(|(_, x)| x[b]).collect()).collect();
    Ok((probabilities, profits))
}

/// The same for any scenarios: `profits[bet][scenario]` is the profit per unit staked, at least -1.
///
/// # Errors
/// No bets or scenarios, slices of different length, probabilities that are negative or do not sum to 1 within
/// 1e-6, a profit below -1 or not finite, or a cap outside (0, 1].
pub fn kelly_scenarios(
    probabilities: &[f64],
    profits: &[Vec<f64>],
    cap: f64,
) -> Result<Portfolio, StakingError> {
    if profits.is_empty() || probabilities.is_empty() {
        return Err(StakingError::Empty);
    }
    for p in probabilities {
        require("a probability", *p, (0.0..=1.0).contains(p), "it lies within 0 to 1")?;
    }
    let sum: f64 = probabilities.iter().sum();
    require("the sum of the probabilities", sum, (sum - 1.0).abs() <= 1e-6, "probabilities sum to 1")?;
    require("the cap", cap, cap > 0.0 && cap <= 1.0, "it is a share of the bankroll above 0, up to 1")?;
    for bet in profits {
        if bet.len() != probabilities.len() {
            return Err(StakingError::Lengths { left: bet.len(), right: probabilities.len() });
        }
        for x in bet {
            require("a profit", *x, *x >= -1.0, "a bet loses at most its stake")?;
        }
    }
    let problem = Problem { probabilities, profits, cap };
    let mut f = problem.solve();
    // A stake that does not help by itself is noise of the barrier.
    let dust = 1e-9 * cap;
    f.iter_mut().filter(|x| **x < dust).for_each(|x| *x = 0.0);
    let growth = problem.growth(&f);
    if growth <= 0.0 {
        return Ok(Portfolio { stakes: vec![0.0; profits.len()], growth: 0.0 });
    }
    Ok(Portfolio { stakes: f, growth })
}

struct Problem<'a> {
    probabilities: &'a [f64],
    profits: &'a [Vec<f64>],
    cap: f64,
}

/// The barrier's share of the growth that is given up at the end, per constraint.
const PRECISION: f64 = 1e-14;

impl Problem<'_> {
    fn wealth(&self, f: &[f64], scenario: usize) -> f64 {
        1.0 + f.iter().zip(self.profits).map(|(f, x)| f * x[scenario]).sum::<f64>()
    }

    fn growth(&self, f: &[f64]) -> f64 {
        let term = |(s, p): (usize, &f64)| if *p > 0.0 { p * self.wealth(f, s).ln() } else { 0.0 };
        let growth: f64 = self.probabilities.iter().enumerate().map(term).sum();
        if growth.is_nan() { f64::NEG_INFINITY } else { growth }
    }

    /// Growth plus barrier; minus infinity outside.
    fn value(&self, f: &[f64], barrier: f64) -> f64 {
        let left = self.cap - f.iter().sum::<f64>();
        if left <= 0.0 || f.iter().any(|x| *x <= 0.0) {
            return f64::NEG_INFINITY;
        }
        self.growth(f) + barrier * (left.ln() + f.iter().map(|x| x.ln()).sum::<f64>())
    }

    fn solve(&self) -> Vec<f64> {
        let n = self.profits.len();
        let mut f = vec![self.cap / (2.0 * (n as f64 + 1.0)); n];
        let mut barrier = 0.1;
        while barrier > PRECISION {
            barrier *= 0.15;
            for _ in 0..60 {
                if !self.step(&mut f, barrier) {
                    break;
                }
            }
        }
        f
    }

    /// One damped Newton step up; false once it gains nothing.
    fn step(&self, f: &mut Vec<f64>, barrier: f64) -> bool {
        let n = f.len();
        let (mut gradient, mut curvature) = (vec![0.0; n], vec![0.0; n * n]);
        for (s, p) in self.probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            let w = self.wealth(f, s);
            for i in 0..n {
                let x = self.profits[i][s] / w;
                gradient[i] += p * x;
                for j in 0..=i {
                    curvature[i * n + j] += p * x * self.profits[j][s] / w;
                }
            }
        }
        let left = self.cap - f.iter().sum::<f64>();
        for i in 0..n {
            gradient[i] += barrier * (1.0 / f[i] - 1.0 / left);
            for j in 0..=i {
                curvature[i * n + j] += barrier / (left * left);
            }
            curvature[i * n + i] += barrier / (f[i] * f[i]);
            for j in 0..i {
                curvature[j * n + i] = curvature[i * n + j];
            }
        }
        let mut direction = gradient.clone();
        if !solve_positive_definite(&mut curvature, &mut direction, n) {
            return false;
        }
        let gain: f64 = direction.iter().zip(&gradient).map(|(d, g)| d * g).sum();
        if gain.is_nan() || gain <= 1e-6 * barrier {
            return false;
        }
        let start = self.value(f, barrier);
        let mut scale = 1.0;
        while scale > 1e-10 {
            let trial: Vec<f64> = f.iter().zip(&direction).map(|(x, d)| x + scale * d).collect();
            if self.value(&trial, barrier) > start + 0.01 * scale * gain {
                *f = trial;
                return true;
            }
            scale *= 0.5;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markets::Markets;
    use crate::markets::tests::poisson_grid;
    use crate::staking::{kelly, kelly_settlement};
    use proptest::prelude::*;

    #[test]
    fn one_bet_is_the_single_kelly() {
        let grid = poisson_grid(1.6, 1.1, 12);
        let p = grid.forecast().home();
        let bet = GridBet { selection: Selection::Outcome(Outcome::HomeWin), odds: 1.1 / p };
        let found = kelly_portfolio(&grid, &[bet], 1.0).unwrap();
        assert!((found.stakes[0] - kelly(p, 1.1 / p).unwrap()).abs() < 1e-7, "{found:?}");
        let line = Line::from_quarters(9);
        let settlement = Markets::of(&grid).over(line);
        let odds = settlement.fair_odds().unwrap() * 1.08;
        let found =
            kelly_portfolio(&grid, &[GridBet { selection: Selection::Over(line), odds }], 1.0).unwrap();
        assert!((found.stakes[0] - kelly_settlement(&settlement, odds).unwrap()).abs() < 1e-7);
    }

    #[test]
    fn profits_agree_with_the_markets_settlement() {
        let grid = poisson_grid(1.3, 1.4, 11);
        let m = Markets::of(&grid);
        for q in -20..40 {
            let line = Line::from_quarters(q);
            for (selection, settled) in [
                (Selection::Over(line), m.over(line)),
                (Selection::Under(line), m.under(line)),
                (Selection::AsianHandicap(Side::Home, line), m.asian_handicap(Side::Home, line)),
                (Selection::AsianHandicap(Side::Away, line), m.asian_handicap(Side::Away, line)),
            ] {
                let bet = GridBet { selection, odds: 2.2 };
                let mean: f64 = (0..12)
                    .flat_map(|h| (0..12).map(move |a| (h, a)))
                    .map(|(h, a)| grid.probability(h, a) * bet.profit(h, a))
                    .sum();
                assert!((mean - settled.expected_profit(2.2)).abs() < 1e-12, "{selection:?}");
            }
        }
    }

    #[test]
    fn bets_without_an_edge_are_left_alone() {
        let grid = poisson_grid(1.5, 1.2, 10);
        let bets = [
            GridBet { selection: Selection::Outcome(Outcome::Draw), odds: 2.0 },
            GridBet { selection: Selection::BothTeamsToScore(true), odds: 1.2 },
        ];
        let found = kelly_portfolio(&grid, &bets, 1.0).unwrap();
        assert_eq!((found.stakes, found.growth), (vec![0.0, 0.0], 0.0));
    }

    #[test]
    fn hostile_input_is_an_error() {
        let grid = poisson_grid(1.5, 1.2, 10);
        let bet = GridBet { selection: Selection::Not(Outcome::Draw), odds: f64::NAN };
        assert!(kelly_portfolio(&grid, &[bet], 1.0).is_err());
        assert_eq!(kelly_portfolio(&grid, &[], 1.0), Err(StakingError::Empty));
        assert!(kelly_portfolio(&grid, &[GridBet { odds: 2.0, ..bet }], 0.0).is_err());
        assert!(kelly_scenarios(&[0.5, 0.5], &[vec![1.0]], 1.0).is_err());
        assert!(kelly_scenarios(&[0.5, 0.5], &[vec![1.0, -2.0]], 1.0).is_err());
        assert!(kelly_scenarios(&[0.9, 0.5], &[vec![1.0, -1.0]], 1.0).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn the_optimum_beats_random_stakes(
            home in 0.5_f64..2.5, away in 0.5_f64..2.5, edges in prop::array::uniform4(0.85_f64..1.25),
            others in prop::collection::vec(prop::array::uniform4(0.0_f64..1.0), 20),
        ) {
            let grid = poisson_grid(home, away, 10);
            let m = Markets::of(&grid);
            let over = m.over(Line::from_quarters(11));
            let btts = m.both_teams_to_score();
            let handicap = m.asian_handicap(Side::Away, Line::from_quarters(2));
            let odds = [grid.forecast().home().recip(), over.fair_odds().unwrap(), btts.recip(), handicap.fair_odds().unwrap()];
            let selections = [
                Selection::Outcome(Outcome::HomeWin), Selection::Over(Line::from_quarters(11)),
                Selection::BothTeamsToScore(true), Selection::AsianHandicap(Side::Away, Line::from_quarters(2)),
            ];
            let bets: Vec<GridBet> = (0..4)
                .map(|i| GridBet { selection: selections[i], odds: (odds[i] * edges[i]).max(1.01) })
                .collect();
            let found = kelly_portfolio(&grid, &bets, 0.8).unwrap();
            prop_assert!(found.stakes.iter().sum::<f64>() <= 0.8 + 1e-9);
            let growth = |f: &[f64]| -> f64 {
                (0..11).flat_map(|h| (0..11).map(move |a| (h, a))).map(|(h, a)| {
                    let w = 1.0 + f.iter().zip(&bets).map(|(f, b)| f * b.profit(h, a)).sum::<f64>();
                    grid.probability(h, a) * w.ln()
                }).sum()
            };
            prop_assert!((growth(&found.stakes) - found.growth).abs() < 1e-12);
            for other in others {
                let sum: f64 = other.iter().sum::<f64>().max(1e-9);
                for size in [0.02, 0.2, 0.79] {
                    let f: Vec<f64> = other.iter().map(|x| x / sum * size).collect();
                    prop_assert!(growth(&f) <= found.growth + 1e-10);
                    let mixed: Vec<f64> = found.stakes.iter().zip(&f).map(|(a, b)| 0.99 * a + 0.01 * b).collect();
                    prop_assert!(growth(&mixed) <= found.growth + 1e-10, "{found:?}");
                }
            }
        }
    }
}
