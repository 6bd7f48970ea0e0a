//! Several selections in one bet: accumulators and system bets.

use super::{StakingError, check_bet, require};
use crate::markets::Settlement;

/// The most selections of one bet.
const MOST_LEGS: usize = 8;

/// A selection of a multiple.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MultipleLeg {
    /// The match that it is on, by any number.
    pub of_match: u64,
    /// Decimal odds.
    pub odds: f64,
    /// The ways in which it may settle.
    pub chances: Settlement,
}

impl MultipleLeg {
    /// What a unit staked on it becomes: `settled` is the share of the stake that it wins, 1 for a win, 0.5 for half of one, 0
    /// for a stake that is returned, -0.5 and -1 for half or all of it lost.
    fn factor(&self, settled: f64) -> f64 {
        1.0 + if settled > 0.0 { settled * (self.odds - 1.0) } else { settled }
    }

    /// The ways that have a chance, each with its factor.
    fn ways(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let settled = [1.0, 0.5, 0.0, -0.5, -1.0];
        let ways = self.chances.as_array().into_iter().zip(settled);
        ways.filter(|(p, _)| *p > 0.0).map(|(p, settled)| (p, self.factor(settled)))
    }
}

/// Selections on different matches in one bet: an accumulator, which multiplies all of them, or a system, which shares the stake
/// out over all accumulators of some sizes.
///
/// An accumulator returns the stake times the product of its legs' factors: the odds for a leg that is won, `(odds + 1)/2` for
/// one half won, 1 for one whose stake is returned (a push, a match that is not played), 1/2 for one half lost, and 0 for one
/// lost. A system of `n` legs and sizes `k` has a line for each `k` of the `n` legs; the sum of their products is the elementary
/// symmetric polynomial of the factors, so that no line need be written down. A Trixie is three legs with sizes 2 and 3, a Patent
/// has 1 too; Yankee, Lucky 15, Canadian and Heinz are four to six legs with all sizes from 2, or from 1.
///
/// Bookmakers multiply the prices of different matches, which are taken to be independent. Two selections on one match are not:
/// they are refused here. Stake them as bets of their own, together ([`kelly_portfolio`](super::kelly_portfolio)).
///
/// The margins multiply too: at three prices of 5% margin each, an accumulator pays 14% less than it should.
///
/// ```
/// use touchline_models::markets::Settlement;
/// use touchline_models::staking::{Multiple, MultipleLeg};
/// let leg = |of_match, odds, p| MultipleLeg { of_match, odds, chances: Settlement::simple(p) };
/// let legs = vec![leg(1, 2.0, 0.52), leg(2, 3.0, 0.35), leg(3, 1.5, 0.7)];
/// let treble = Multiple::accumulator(legs.clone())?;
/// assert_eq!(treble.returns(&[1.0, 1.0, 1.0])?, 9.0);
/// assert_eq!(treble.returns(&[1.0, 0.0, 1.0])?, 3.0); // the second match was not played
/// let trixie = Multiple::system(legs, &[2, 3])?;
/// assert_eq!(trixie.lines(), 4);
/// assert_eq!(trixie.returns(&[1.0, 1.0, -1.0])?, 6.0 / 4.0); // one double of four lines
/// # Ok::<(), touchline_models::staking::StakingError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Multiple {
    legs: Vec<MultipleLeg>,
    /// Sizes of the accumulators, rising.
    sizes: Vec<usize>,
}

impl Multiple {
    /// All legs in one line.
    ///
    /// # Errors
    /// Fewer than two legs or more than eight, two on one match, odds that are not above 1, or chances that are no probabilities
    /// with sum 1 within 1e-6.
    pub fn accumulator(legs: Vec<MultipleLeg>) -> Result<Self, StakingError> {
        let all = legs.len();
        Self::system(legs, &[all])
    }

    /// A line for each combination of so many legs, for each of the sizes.
    ///
    /// # Errors
    /// Those of [`accumulator`](Self::accumulator); no size, one twice, or one that is not a number of legs.
    pub fn system(legs: Vec<MultipleLeg>, sizes: &[usize]) -> Result<Self, StakingError> {
        let count = legs.len();
        let rule = "a multiple has 2 to 8";
        require("the number of legs", count as f64, (2..=MOST_LEGS).contains(&count), rule)?;
        for (n, leg) in legs.iter().enumerate() {
            check_bet(leg.chances.win, leg.odds)?;
            let ways = leg.chances.as_array();
            let sum: f64 = ways.iter().sum();
            let holds = (sum - 1.0).abs() <= 1e-6 && ways.iter().all(|p| (0.0..=1.0).contains(p));
            require("the sum of the five ways", sum, holds, "probabilities sum to 1")?;
            if let Some(first) = legs[..n].iter().position(|other| other.of_match == leg.of_match) {
                return Err(StakingError::SameMatch { first: first + 1, second: n + 1 });
            }
        }
        let mut sorted = sizes.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        if sizes.is_empty() {
            return Err(StakingError::Empty);
        }
        for size in sizes {
            let fits = (1..=count).contains(size) && sorted.len() == sizes.len();
            require("a size of a system", *size as f64, fits, "sizes are numbers of legs, each once")?;
        }
        Ok(Self { legs, sizes: sorted })
    }

    /// The legs.
    pub fn legs(&self) -> &[MultipleLeg] {
        &self.legs
    }

    /// How many accumulators share the stake.
    pub fn lines(&self) -> usize {
        let ones = vec![1.0; self.legs.len()];
        self.sum_of_products(&ones).round() as usize
    }

    /// What a unit staked on all lines together returns, given how each leg settled: 1, 0.5, 0, -0.5 or -1.
    ///
    /// # Errors
    /// Not one per leg, or another number.
    pub fn returns(&self, settled: &[f64]) -> Result<f64, StakingError> {
        self.one_per_leg(settled)?;
        for share in settled {
            let known = [1.0, 0.5, 0.0, -0.5, -1.0].contains(share);
            require("how a leg settled", *share, known, "it is 1, 0.5, 0, -0.5 or -1")?;
        }
        let factors: Vec<f64> = self.legs.iter().zip(settled).map(|(leg, s)| leg.factor(*s)).collect();
        Ok(self.mean_of_products(&factors))
    }

    /// What a unit returns if every leg wins: the decimal odds of an accumulator.
    pub fn most(&self) -> f64 {
        let odds: Vec<f64> = self.legs.iter().map(|leg| leg.odds).collect();
        self.mean_of_products(&odds)
    }

    /// Expected profit per unit staked.
    pub fn expected_profit(&self) -> f64 {
        let mean = |leg: &MultipleLeg| leg.ways().map(|(p, factor)| p * factor).sum();
        let means: Vec<f64> = self.legs.iter().map(mean).collect();
        self.mean_of_products(&means) - 1.0
    }

    /// What a unit returns on average where each leg's unit does so, matches being independent: what closing prices make of it.
    ///
    /// # Errors
    /// Not one per leg.
    pub fn mean_return(&self, of_legs: &[f64]) -> Result<f64, StakingError> {
        self.one_per_leg(of_legs)?;
        Ok(self.mean_of_products(of_legs))
    }

    /// Probability of winning more than the stake, among all that do not just return it.
    pub fn profit_probability(&self) -> f64 {
        let (mut won, mut lost) = (0.0, 0.0);
        self.each(&mut |p, returned| {
            if returned > 1.0 + 1e-12 {
                won += p;
            } else if returned < 1.0 - 1e-12 {
                lost += p;
            }
        });
        if won + lost > 0.0 { won / (won + lost) } else { 0.0 }
    }

    /// Kelly's share of the bankroll; 0 without an edge, 1 where it cannot lose.
    pub fn kelly(&self) -> f64 {
        if self.expected_profit() <= 0.0 {
            return 0.0;
        }
        let mut ways: Vec<(f64, f64)> = Vec::new();
        self.each(&mut |p, returned| ways.push((p, returned - 1.0)));
        let slope = |f: f64| ways.iter().map(|(p, x)| p * x / (1.0 + f * x)).sum::<f64>();
        if ways.iter().all(|(_, x)| *x > -1.0) && slope(1.0) >= 0.0 {
            return 1.0;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if slope(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    fn one_per_leg(&self, values: &[f64]) -> Result<(), StakingError> {
        let (left, right) = (self.legs.len(), values.len());
        if left == right { Ok(()) } else { Err(StakingError::Lengths { left, right }) }
    }

    fn mean_of_products(&self, factors: &[f64]) -> f64 {
        self.sum_of_products(factors) / self.lines_of(factors.len())
    }

    fn lines_of(&self, legs: usize) -> f64 {
        self.sum_of_products(&vec![1.0; legs])
    }

    /// The elementary symmetric polynomials of the sizes, summed.
    fn sum_of_products(&self, factors: &[f64]) -> f64 {
        let mut sums = vec![0.0; factors.len() + 1];
        sums[0] = 1.0;
        for (n, factor) in factors.iter().enumerate() {
            for size in (1..=n + 1).rev() {
                sums[size] += factor * sums[size - 1];
            }
        }
        self.sizes.iter().map(|size| sums[*size]).sum()
    }

    /// Every way in which the legs may settle together, with its probability and what a unit returns.
    fn each(&self, visit: &mut dyn FnMut(f64, f64)) {
        let mut factors = Vec::with_capacity(self.legs.len());
        self.branch(1.0, &mut factors, visit);
    }

    fn branch(&self, probability: f64, factors: &mut Vec<f64>, visit: &mut dyn FnMut(f64, f64)) {
        let Some(leg) = self.legs.get(factors.len()) else {
            visit(probability, self.mean_of_products(factors));
            return;
        };
        for (p, factor) in leg.ways() {
            factors.push(factor);
            self.branch(probability * p, factors, visit);
            factors.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staking::{kelly, kelly_settlement};

    fn leg(of_match: u64, odds: f64, p: f64) -> MultipleLeg {
        MultipleLeg { of_match, odds, chances: Settlement::simple(p) }
    }

    /// What slips of so many units return, worked out line by line and by hand, with prices and rules as bookmakers print them.
    #[test]
    fn slips_return_what_was_worked_out_by_hand() {
        type Case<'a> = (&'a str, &'a [f64], &'a [usize], &'a [f64], f64, f64);
        let cases: [Case<'_>; 19] = [
            // Name, odds, sizes, settled, staked, returned.
            ("double, both won", &[2.5, 1.8], &[2], &[1.0, 1.0], 10.0, 45.0),
            ("double, one lost", &[2.5, 1.8], &[2], &[1.0, -1.0], 10.0, 0.0),
            ("double, one void: a single", &[2.5, 1.8], &[2], &[1.0, 0.0], 10.0, 25.0),
            ("double, both void: the stake", &[2.5, 1.8], &[2], &[0.0, 0.0], 10.0, 10.0),
            ("double, half won at 1.90 is 1.45", &[1.9, 2.0], &[2], &[0.5, 1.0], 10.0, 29.0),
            ("double, half lost is 0.5", &[1.9, 2.0], &[2], &[-0.5, 1.0], 10.0, 10.0),
            ("double, both half lost", &[1.9, 2.0], &[2], &[-0.5, -0.5], 10.0, 2.5),
            ("double, half won and half lost", &[1.9, 2.0], &[2], &[0.5, -0.5], 10.0, 7.25),
            ("double, half won and lost", &[1.9, 2.0], &[2], &[0.5, -1.0], 10.0, 0.0),
            ("treble", &[2.0, 3.0, 1.5], &[3], &[1.0, 1.0, 1.0], 10.0, 90.0),
            ("fourfold, two void", &[2.0, 3.0, 1.5, 4.0], &[4], &[0.0, 1.0, 1.0, 0.0], 8.0, 36.0),
            // Four lines of 1: doubles 6, 3 and 4.5, treble 9.
            ("trixie", &[2.0, 3.0, 1.5], &[2, 3], &[1.0, 1.0, 1.0], 4.0, 22.5),
            ("trixie, one lost", &[2.0, 3.0, 1.5], &[2, 3], &[1.0, 1.0, -1.0], 4.0, 6.0),
            // Doubles 2, 3 and 1.5 times 1; treble 3.
            ("trixie, second void", &[2.0, 3.0, 1.5], &[2, 3], &[1.0, 0.0, 1.0], 4.0, 9.5),
            // Seven lines: singles 2, 3, 0; double 6.
            ("patent, one lost", &[2.0, 3.0, 1.5], &[1, 2, 3], &[1.0, 1.0, -1.0], 7.0, 11.0),
            // Eleven lines; two winners leave one double of 2 x 3.
            ("yankee, two won", &[2.0, 3.0, 1.5, 4.0], &[2, 3, 4], &[1.0, 1.0, -1.0, -1.0], 11.0, 6.0),
            // All won: (1 + 2)(1 + 3)(1 + 1.5)(1 + 4) = 150 lines' worth, less 1 for none.
            ("lucky 15", &[2.0, 3.0, 1.5, 4.0], &[1, 2, 3, 4], &[1.0; 4], 15.0, 149.0),
            // The same less singles (10.5).
            ("yankee", &[2.0, 3.0, 1.5, 4.0], &[2, 3, 4], &[1.0; 4], 11.0, 138.5),
            // 3^6 - 1 - 6 * 2 over 57 lines.
            ("heinz", &[2.0; 6], &[2, 3, 4, 5, 6], &[1.0; 6], 57.0, 716.0),
        ];
        for (name, odds, sizes, settled, staked, returned) in cases {
            let legs = odds.iter().zip(1..).map(|(odds, of_match)| leg(of_match, *odds, 0.5)).collect();
            let slip = Multiple::system(legs, sizes).unwrap();
            let found = staked * slip.returns(settled).unwrap();
            assert!((found - returned).abs() < 1e-9, "{name}: {found} and not {returned}");
        }
    }

    #[test]
    fn systems_have_as_many_lines_as_their_names_say() {
        let lines = |legs: u64, sizes: &[usize]| {
            Multiple::system((0..legs).map(|n| leg(n, 2.0, 0.5)).collect(), sizes).unwrap().lines()
        };
        assert_eq!(lines(3, &[2, 3]), 4, "Trixie");
        assert_eq!(lines(3, &[3, 1, 2]), 7, "Patent");
        assert_eq!(lines(4, &[2, 3, 4]), 11, "Yankee");
        assert_eq!(lines(4, &[1, 2, 3, 4]), 15, "Lucky 15");
        assert_eq!(lines(5, &[2, 3, 4, 5]), 26, "Canadian");
        assert_eq!(lines(6, &[2, 3, 4, 5, 6]), 57, "Heinz");
        assert_eq!(lines(8, &[2, 3, 4, 5, 6, 7, 8]), 247, "Goliath");
    }

    #[test]
    fn what_is_no_multiple_is_refused() {
        let legs = |n: u64| (0..n).map(|n| leg(n, 2.0, 0.5)).collect::<Vec<_>>();
        let twice = vec![leg(7, 2.0, 0.5), leg(8, 2.0, 0.5), leg(7, 3.0, 0.3)];
        let error = Multiple::accumulator(twice).unwrap_err();
        assert_eq!(error, StakingError::SameMatch { first: 1, second: 3 });
        assert!(error.to_string().contains("one match"), "{error}");
        assert!(Multiple::accumulator(legs(1)).is_err() && Multiple::accumulator(legs(9)).is_err());
        for sizes in [&[][..], &[0], &[4], &[2, 2]] {
            assert!(Multiple::system(legs(3), sizes).is_err(), "{sizes:?}");
        }
        assert!(Multiple::accumulator(vec![leg(1, 1.0, 0.5), leg(2, 2.0, 0.5)]).is_err());
        let short = Settlement { win: 0.4, half_win: 0.0, push: 0.0, half_loss: 0.0, loss: 0.4 };
        let short = MultipleLeg { of_match: 2, odds: 2.0, chances: short };
        assert!(Multiple::accumulator(vec![leg(1, 2.0, 0.5), short]).is_err());
        let slip = Multiple::accumulator(legs(2)).unwrap();
        assert!(slip.returns(&[1.0]).is_err() && slip.returns(&[1.0, 0.3]).is_err());
        assert!(slip.mean_return(&[1.0]).is_err());
    }

    #[test]
    fn chances_multiply_and_so_do_margins() {
        let treble =
            Multiple::accumulator(vec![leg(1, 2.0, 0.5), leg(2, 1.9, 0.5), leg(3, 3.8, 0.25)]).unwrap();
        assert!((treble.most() - 14.44).abs() < 1e-12);
        assert!((treble.profit_probability() - 0.0625).abs() < 1e-12);
        assert!((treble.expected_profit() - (0.95 * 0.95 - 1.0)).abs() < 1e-12);
        assert!((treble.mean_return(&[1.0, 0.95, 0.95]).unwrap() - 0.9025).abs() < 1e-12);
        assert!(treble.kelly().abs() < 1e-12);
    }

    #[test]
    fn kelly_of_a_double_is_that_of_one_bet_with_its_price_and_chance() {
        let double = Multiple::accumulator(vec![leg(1, 2.0, 0.6), leg(2, 3.0, 0.4)]).unwrap();
        assert!((double.kelly() - kelly(0.24, 6.0).unwrap()).abs() < 1e-12);
        // Where the other leg is returned for certain, the double is the line.
        let line = Settlement { win: 0.5, half_win: 0.1, push: 0.05, half_loss: 0.05, loss: 0.3 };
        let returned = Settlement { win: 0.0, half_win: 0.0, push: 1.0, half_loss: 0.0, loss: 0.0 };
        let legs = vec![
            MultipleLeg { of_match: 1, odds: 1.95, chances: line },
            MultipleLeg { of_match: 2, odds: 2.0, chances: returned },
        ];
        let double = Multiple::accumulator(legs).unwrap();
        assert!((double.kelly() - kelly_settlement(&line, 1.95).unwrap()).abs() < 1e-9);
        assert!((double.expected_profit() - line.expected_profit(1.95)).abs() < 1e-12);
        // A system without singles may still return nothing; one that cannot lose takes all.
        let sure = Settlement::simple(1.0);
        let sure = |of_match| MultipleLeg { of_match, odds: 1.5, chances: sure };
        let trixie = Multiple::system(vec![sure(1), sure(2), sure(3)], &[2, 3]).unwrap();
        assert!((trixie.kelly() - 1.0).abs() < 1e-12);
    }
}
