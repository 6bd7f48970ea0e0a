//! Kelly for the bets of many matches at once.

use super::portfolio::scenarios_of;
use super::{GridBet, StakingError, kelly_scenarios, require};
use touchline_outcomes::ScoreGrid;

/// A match of a slip, and the bets on it.
#[derive(Debug, Clone, Copy)]
pub struct SlipMatch<'a> {
    /// Distribution of its scores.
    pub grid: &'a ScoreGrid,
    /// Bets that are offered on it.
    pub bets: &'a [GridBet],
}

/// Rounds over all matches.
const MOST_ROUNDS: usize = 40;
/// Stakes that change by less than this share of the bankroll have settled.
const SETTLED: f64 = 1e-7;

/// Shares of the bankroll on all bets of a slip that settle together, per match: `stakes[match][bet]`, in all at most `cap`.
/// Where several matches together want more, all their stakes shrink alike.
///
/// Stakes that are placed at the same time risk the same bankroll: Kelly's stake on each of ten bets alone is too much on
/// the ten together. Bets on one match are correlated, exactly as its score grid says; matches are independent. The expected
/// logarithm over all scores of all matches has too many terms to sum, so the stakes of one match at a time are the best
/// ones ([`kelly_scenarios`]) given what the rest of the slip does, which enters by its mean and variance: three points at the
/// mean and `sqrt(3)` standard deviations around it, weighted 2/3, 1/6 and 1/6, which agree with a normal distribution up to
/// the fifth moment. Rounds over the matches go on until no stake changes. For one match this is exact.
///
/// References: Whitrow, "Algorithms for optimal allocation of bets on many simultaneous events" (2007), who climbs the same
/// growth by stochastic gradients; Grant, Johnstone & Kwon (2008).
///
/// ```
/// use touchline_models::goals::poisson_grid;
/// use touchline_models::staking::{GridBet, Selection, SlipMatch, kelly, kelly_slip};
/// use touchline_outcomes::Outcome;
/// let grid = poisson_grid([1.6, 1.0], 10);
/// let bet = [GridBet { selection: Selection::Outcome(Outcome::HomeWin), odds: 2.2 }];
/// let alone = kelly(grid.forecast().home(), 2.2)?;
/// let slip = kelly_slip(&[SlipMatch { grid: &grid, bets: &bet }; 8], 1.0)?;
/// assert!(slip.iter().all(|stakes| stakes[0] > 0.0 && stakes[0] < alone));
/// # Ok::<(), touchline_models::staking::StakingError>(())
/// ```
///
/// # Errors
/// No matches, a match without bets, odds that are not above 1, or a cap outside (0, 1].
pub fn kelly_slip(matches: &[SlipMatch<'_>], cap: f64) -> Result<Vec<Vec<f64>>, StakingError> {
    require("the cap", cap, cap > 0.0 && cap <= 1.0, "it is a share of the bankroll above 0, up to 1")?;
    if matches.is_empty() || matches.iter().any(|m| m.bets.is_empty()) {
        return Err(StakingError::Empty);
    }
    let mut blocks = matches
        .iter()
        .map(|m| {
            let (probabilities, profits) = scenarios_of(m.grid, m.bets)?;
            Ok(Block { stakes: vec![0.0; m.bets.len()], mean: 0.0, variance: 0.0, probabilities, profits })
        })
        .collect::<Result<Vec<_>, StakingError>>()?;
    if let [block] = &mut blocks[..] {
        block.improve(&Rest::default(), cap)?;
    } else {
        for _ in 0..MOST_ROUNDS {
            let mut change = 0.0_f64;
            for at in 0..blocks.len() {
                let rest = Rest::of(&blocks, at);
                // The cap is for all together: were it shared out here, the first matches would take it all.
                change = change.max(blocks[at].improve(&rest, 1.0)?);
            }
            if change < SETTLED {
                break;
            }
        }
    }
    let mut stakes: Vec<Vec<f64>> = blocks.into_iter().map(|block| block.stakes).collect();
    let wanted: f64 = stakes.iter().flatten().sum();
    if wanted > cap {
        stakes.iter_mut().flatten().for_each(|stake| *stake *= cap / wanted);
    }
    Ok(stakes)
}

/// The bets of one match.
struct Block {
    probabilities: Vec<f64>,
    /// By bet, then scenario.
    profits: Vec<Vec<f64>>,
    stakes: Vec<f64>,
    /// Of the profit at these stakes.
    mean: f64,
    variance: f64,
}

/// All other matches of the slip.
#[derive(Default)]
struct Rest {
    mean: f64,
    variance: f64,
    staked: f64,
}

impl Rest {
    fn of(blocks: &[Block], but: usize) -> Self {
        let others = blocks.iter().enumerate().filter(|(at, _)| *at != but).map(|(_, block)| block);
        others.fold(Self::default(), |sum, block| Self {
            mean: sum.mean + block.mean,
            variance: sum.variance + block.variance,
            staked: sum.staked + block.stakes.iter().sum::<f64>(),
        })
    }

    /// The bankroll beside one match, in three points with their weights; never below what is left if all is lost.
    fn wealth(&self) -> [(f64, f64); 3] {
        let reach = (3.0 * self.variance).sqrt();
        let least = (1.0 - self.staked).max(1e-3);
        [(1.0 / 6.0, -reach), (2.0 / 3.0, 0.0), (1.0 / 6.0, reach)]
            .map(|(weight, off)| (weight, (1.0 + self.mean + off).max(least)))
    }
}

impl Block {
    /// Moves to the best stakes beside the rest, in all at most `room`; returns how far.
    fn improve(&mut self, rest: &Rest, room: f64) -> Result<f64, StakingError> {
        let stakes =
            if self.profits.len() == 1 { vec![self.single(rest, room)] } else { self.several(rest, room)? };
        let moved = stakes.iter().zip(&self.stakes).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        self.stakes = stakes;
        let profit = |s: usize| self.stakes.iter().zip(&self.profits).map(|(f, x)| f * x[s]).sum::<f64>();
        let moment = |power| {
            let term = |(s, p): (usize, &f64)| p * profit(s).powi(power);
            self.probabilities.iter().enumerate().map(term).sum::<f64>()
        };
        self.mean = moment(1);
        self.variance = (moment(2) - self.mean * self.mean).max(0.0);
        Ok(moved)
    }

    /// One bet: the slope of the growth falls, so its root is found by Newton's steps within a bracket.
    fn single(&self, rest: &Rest, room: f64) -> f64 {
        let wealth = rest.wealth();
        let slope = |f: f64| {
            let mut sums = (0.0, 0.0);
            for (p, x) in self.probabilities.iter().zip(&self.profits[0]) {
                for (weight, w) in wealth {
                    let rate = x / (w + f * x);
                    sums.0 += p * weight * rate;
                    sums.1 -= p * weight * rate * rate;
                }
            }
            sums
        };
        let least = wealth.iter().map(|(_, w)| *w).fold(f64::INFINITY, f64::min);
        let (mut low, mut high) = (0.0, room.min(least * (1.0 - 1e-9)));
        if slope(0.0).0 <= 0.0 {
            return 0.0;
        }
        if slope(high).0 >= 0.0 {
            return high;
        }
        let mut f = high / 8.0;
        for _ in 0..60 {
            let (first, second) = slope(f);
            if first > 0.0 {
                low = f;
            } else {
                high = f;
            }
            let step = f - first / second;
            let next = if step > low && step < high { step } else { f64::midpoint(low, high) };
            if (next - f).abs() < 1e-12 {
                return next;
            }
            f = next;
        }
        f
    }

    /// Several bets: with stakes in units of the least bankroll beside them, every scenario loses at most those.
    fn several(&self, rest: &Rest, room: f64) -> Result<Vec<f64>, StakingError> {
        let wealth = rest.wealth();
        let unit = wealth.iter().map(|(_, w)| *w).fold(f64::INFINITY, f64::min);
        let points = || self.probabilities.iter().enumerate().flat_map(|(s, p)| wealth.map(|w| (s, p, w)));
        let probabilities: Vec<f64> = points().map(|(_, p, (weight, _))| p * weight).collect();
        let profits: Vec<Vec<f64>> =
            self.profits.iter().map(|x| points().map(|(s, _, (_, w))| x[s] * unit / w).collect()).collect();
        let best = kelly_scenarios(&probabilities, &profits, (room / unit).min(1.0))?;
        Ok(best.stakes.into_iter().map(|f| f * unit).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goals::poisson_grid;
    use crate::markets::Line;
    use crate::staking::{Selection, kelly_portfolio};
    use touchline_outcomes::{Outcome, Side};

    const HOME: Selection = Selection::Outcome(Outcome::HomeWin);

    fn bet(selection: Selection, odds: f64) -> GridBet {
        GridBet { selection, odds }
    }

    /// Growth over every combination of scenarios.
    fn exact_growth(blocks: &[(Vec<f64>, Vec<Vec<f64>>)], stakes: &[Vec<f64>]) -> f64 {
        fn walk(blocks: &[(Vec<f64>, Vec<Vec<f64>>)], stakes: &[Vec<f64>], p: f64, wealth: f64) -> f64 {
            let Some(((probabilities, profits), rest)) = blocks.split_first() else { return p * wealth.ln() };
            let profit = |s: usize| {
                stakes[0].iter().zip(profits).map(|(f, x): (&f64, &Vec<f64>)| f * x[s]).sum::<f64>()
            };
            probabilities
                .iter()
                .enumerate()
                .map(|(s, q)| walk(rest, &stakes[1..], p * q, wealth + profit(s)))
                .sum()
        }
        walk(blocks, stakes, 1.0, 1.0)
    }

    #[test]
    fn one_match_is_the_portfolio() {
        let grid = poisson_grid([1.7, 1.0], 10);
        let bets = [bet(HOME, 2.1), bet(Selection::Over(Line::from_quarters(10)), 2.2)];
        let slip = kelly_slip(&[SlipMatch { grid: &grid, bets: &bets }], 1.0).unwrap();
        let exact = kelly_portfolio(&grid, &bets, 1.0).unwrap();
        assert!(slip[0].iter().zip(&exact.stakes).all(|(a, b)| (a - b).abs() < 1e-6), "{slip:?} {exact:?}");
    }

    #[test]
    fn a_slip_grows_as_fast_as_the_best_over_all_combinations() {
        let grids = [[1.7, 1.0], [1.2, 1.3], [2.1, 0.7]].map(|means| poisson_grid(means, 8));
        let handicap = Selection::AsianHandicap(Side::Away, Line::from_quarters(1));
        let bets = [
            vec![bet(HOME, 2.1), bet(Selection::Over(Line::from_quarters(11)), 2.5)],
            vec![bet(handicap, 2.0)],
            vec![bet(HOME, 1.55)],
        ];
        let matches: Vec<SlipMatch<'_>> =
            grids.iter().zip(&bets).map(|(grid, bets)| SlipMatch { grid, bets }).collect();
        let slip = kelly_slip(&matches, 1.0).unwrap();
        assert!(slip.iter().flatten().any(|f| *f > 0.01), "{slip:?}");
        let blocks: Vec<_> = matches.iter().map(|m| scenarios_of(m.grid, m.bets).unwrap()).collect();
        let growth = exact_growth(&blocks, &slip);
        for (m, stakes) in slip.iter().enumerate() {
            for b in 0..stakes.len() {
                for off in [-0.01, 0.01] {
                    let mut other = slip.clone();
                    other[m][b] = (other[m][b] + off).max(0.0);
                    let gain = exact_growth(&blocks, &other) - growth;
                    assert!(gain < 2e-6, "match {m} bet {b} {off}: {gain}");
                }
            }
        }
    }

    #[test]
    fn the_cap_holds_and_bets_without_an_edge_get_nothing() {
        let grid = poisson_grid([2.5, 0.5], 10);
        let good = [bet(HOME, 2.0)];
        let poor = [bet(HOME, 1.05), bet(Selection::Outcome(Outcome::Draw), 2.0)];
        let slip = [SlipMatch { grid: &grid, bets: &good }, SlipMatch { grid: &grid, bets: &poor }];
        let stakes = kelly_slip(&slip, 0.1).unwrap();
        assert!((stakes[0][0] - 0.1).abs() < 1e-6 && stakes[1] == [0.0, 0.0], "{stakes:?}");
        let ten = vec![slip[0]; 10];
        let stakes = kelly_slip(&ten, 1.0).unwrap();
        assert!(stakes.iter().flatten().sum::<f64>() <= 1.0 + 1e-12);
    }

    #[test]
    fn a_cap_that_binds_serves_all_matches_alike_in_any_order() {
        let grids = [[2.5, 0.5], [1.7, 1.0], [2.1, 0.7]].map(|means| poisson_grid(means, 10));
        let bets = [[bet(HOME, 2.0)], [bet(HOME, 2.1)], [bet(HOME, 1.7)]];
        let mut matches: Vec<SlipMatch<'_>> =
            grids.iter().zip(&bets).map(|(grid, bets)| SlipMatch { grid, bets }).collect();
        let free = kelly_slip(&matches, 1.0).unwrap();
        let capped = kelly_slip(&matches, 0.2).unwrap();
        let wanted: f64 = free.iter().flatten().sum();
        assert!(wanted > 0.2 && wanted < 1.0, "{wanted}");
        for (free, capped) in free.iter().flatten().zip(capped.iter().flatten()) {
            assert!((capped - free * 0.2 / wanted).abs() < 1e-9 && *capped > 0.0, "{free} {capped}");
        }
        matches.reverse();
        let mut turned = kelly_slip(&matches, 0.2).unwrap();
        turned.reverse();
        let same = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-4;
        assert!(turned.iter().flatten().zip(capped.iter().flatten()).all(same), "{turned:?} {capped:?}");
        let alike = kelly_slip(&[SlipMatch { grid: &grids[1], bets: &bets[1] }; 6], 0.3).unwrap();
        assert!(alike.iter().all(|stakes| (stakes[0] - 0.05).abs() < 1e-4), "{alike:?}");
    }

    #[test]
    fn hostile_slips_are_errors() {
        let grid = poisson_grid([1.0, 1.0], 5);
        let bets = [bet(HOME, 2.0)];
        assert!(kelly_slip(&[], 1.0).is_err());
        assert!(kelly_slip(&[SlipMatch { grid: &grid, bets: &[] }], 1.0).is_err());
        assert!(kelly_slip(&[SlipMatch { grid: &grid, bets: &bets }], 0.0).is_err());
        assert!(kelly_slip(&[SlipMatch { grid: &grid, bets: &[bet(HOME, 1.0)] }], 1.0).is_err());
    }
}
