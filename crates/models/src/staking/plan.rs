//! Staking plans over a bankroll.

use super::{StakingError, check_bet, kelly, require};

/// How much to bet when there is an edge.
///
/// A plan turns a probability and a price into a stake; bets without an edge get none. The drawdown-capped plan
/// bets fractional Kelly scaled by the room that is left to the floor `(1 - max_drawdown)` of the highest bankroll so
/// far, so that the bankroll never falls below the floor (Grossman & Zhou 1993).
///
/// ```
/// use touchline_models::staking::{Bankroll, StakingPlan};
/// let mut bank = Bankroll::new(100.0)?;
/// let plan = StakingPlan::DrawdownCapped { fraction: 1.0, max_drawdown: 0.20 };
/// for _ in 0..1000 {
///     let stake = plan.stake(&bank, 0.6, 2.0)?;
///     bank.settle(stake, -stake)?; // lost every time
/// }
/// assert!(bank.current() >= 80.0);
/// # Ok::<(), touchline_models::staking::StakingError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum StakingPlan {
    /// The same amount every time, money.
    Flat {
        /// The amount.
        amount: f64,
    },
    /// The same share of the current bankroll.
    Proportional {
        /// The share, 0 to 1.
        share: f64,
    },
    /// The stake that wins the same amount every time.
    FixedWin {
        /// What a won bet earns, money.
        amount: f64,
    },
    /// A fraction of Kelly's share.
    FractionalKelly {
        /// Of Kelly's share, 0 to 1; a quarter to a half is usual.
        fraction: f64,
        /// Largest share of the bankroll, 0 to 1.
        cap: f64,
    },
    /// A fraction of Kelly's share of what lies above the floor.
    DrawdownCapped {
        /// Of Kelly's share, 0 to 1.
        fraction: f64,
        /// Largest fall from the highest bankroll, 0 to 1.
        max_drawdown: f64,
    },
}

impl StakingPlan {
    /// The stake, money: 0 without an edge, never more than the bankroll.
    ///
    /// # Errors
    /// A probability outside \[0, 1\], odds that are not above 1, or a parameter outside its range.
    pub fn stake(&self, bankroll: &Bankroll, probability: f64, odds: f64) -> Result<f64, StakingError> {
        check_bet(probability, odds)?;
        let share = |what, v: f64| require(what, v, (0.0..=1.0).contains(&v), "it lies within 0 to 1");
        let amount = |v: f64| require("the amount", v, v >= 0.0, "it is finite and not negative");
        let edge = kelly(probability, odds)?;
        let current = bankroll.current;
        let wanted = match *self {
            Self::Flat { amount: a } => amount(a).map(|()| a)?,
            Self::Proportional { share: s } => share("the share", s).map(|()| s * current)?,
            Self::FixedWin { amount: a } => amount(a).map(|()| a / (odds - 1.0))?,
            Self::FractionalKelly { fraction, cap } => {
                share("the fraction", fraction)?;
                share("the cap", cap)?;
                (fraction * edge).min(cap) * current
            }
            Self::DrawdownCapped { fraction, max_drawdown } => {
                share("the fraction", fraction)?;
                share("the largest drawdown", max_drawdown)?;
                let room = (current - (1.0 - max_drawdown) * bankroll.highest).max(0.0);
                fraction * edge * room
            }
        };
        Ok(if edge > 0.0 { wanted.min(current) } else { 0.0 })
    }
}

/// Money over time.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Bankroll {
    start: f64,
    current: f64,
    highest: f64,
    deepest: f64,
    staked: f64,
    bets: usize,
}

impl Bankroll {
    /// Starts with so much money.
    ///
    /// # Errors
    /// An amount that is not finite and above 0.
    pub fn new(start: f64) -> Result<Self, StakingError> {
        require("the bankroll", start, start > 0.0, "it is finite and above 0")?;
        Ok(Self { start, current: start, highest: start, deepest: 0.0, staked: 0.0, bets: 0 })
    }

    /// Books a bet and its profit (negative if lost). A stake of 0 counts as no bet.
    ///
    /// # Errors
    /// A stake beyond the bankroll, a loss beyond the stake, or numbers that are not finite; nothing is booked
    /// then.
    pub fn settle(&mut self, stake: f64, profit: f64) -> Result<(), StakingError> {
        require(
            "the stake",
            stake,
            stake >= 0.0 && stake <= self.current,
            "it lies within 0 and the bankroll",
        )?;
        require("the profit", profit, profit >= -stake, "a bet loses at most its stake")?;
        if stake > 0.0 {
            self.bets += 1;
            self.staked += stake;
            self.current = (self.current + profit).max(0.0);
            self.highest = self.highest.max(self.current);
            self.deepest = self.deepest.max(1.0 - self.current / self.highest);
        }
        Ok(())
    }

    /// Money now.
    pub fn current(&self) -> f64 {
        self.current
    }

    /// Most money so far.
    pub fn highest(&self) -> f64 {
        self.highest
    }

    /// Largest fall from a high so far, as a share of it.
    pub fn max_drawdown(&self) -> f64 {
        self.deepest
    }

    /// Money staked so far.
    pub fn staked(&self) -> f64 {
        self.staked
    }

    /// Bets so far.
    pub fn bets(&self) -> usize {
        self.bets
    }

    /// Profit so far over the stakes; none before the first bet.
    pub fn yield_on_stakes(&self) -> Option<f64> {
        (self.staked > 0.0).then(|| (self.current - self.start) / self.staked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLANS: [StakingPlan; 5] = [
        StakingPlan::Flat { amount: 10.0 },
        StakingPlan::Proportional { share: 0.02 },
        StakingPlan::FixedWin { amount: 10.0 },
        StakingPlan::FractionalKelly { fraction: 0.5, cap: 0.1 },
        StakingPlan::DrawdownCapped { fraction: 0.5, max_drawdown: 0.25 },
    ];

    #[test]
    fn plans_stake_as_they_say() {
        let bank = Bankroll::new(1000.0).unwrap();
        let stakes = PLANS.map(|p| p.stake(&bank, 0.5, 3.0).unwrap());
        let expected = [10.0, 20.0, 5.0, 100.0, 0.5 * 0.25 * 250.0];
        assert!(stakes.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{stakes:?}");
        assert!(PLANS.iter().all(|p| p.stake(&bank, 0.3, 3.0).unwrap() == 0.0), "no edge, no bet");
    }

    #[test]
    fn hostile_input_is_an_error_and_books_nothing() {
        let mut bank = Bankroll::new(100.0).unwrap();
        assert!(Bankroll::new(0.0).is_err() && Bankroll::new(f64::NAN).is_err());
        for plan in PLANS {
            assert!(plan.stake(&bank, f64::NAN, 2.0).is_err() && plan.stake(&bank, 0.5, 1.0).is_err());
        }
        assert!(StakingPlan::Flat { amount: f64::INFINITY }.stake(&bank, 0.9, 2.0).is_err());
        assert!(StakingPlan::Proportional { share: 2.0 }.stake(&bank, 0.9, 2.0).is_err());
        let before = bank;
        assert!(bank.settle(200.0, 1.0).is_err() && bank.settle(10.0, -20.0).is_err());
        assert!(bank.settle(f64::NAN, 0.0).is_err() && bank.settle(1.0, f64::INFINITY).is_err());
        assert_eq!(bank, before);
        assert_eq!(bank.yield_on_stakes(), None);
    }

    proptest! {
        #[test]
        fn a_capped_drawdown_is_never_exceeded(
            bets in prop::collection::vec((0.05_f64..0.95, 1.05_f64..8.0, any::<bool>()), 1..300),
        ) {
            let plan = StakingPlan::DrawdownCapped { fraction: 1.0, max_drawdown: 0.3 };
            let mut bank = Bankroll::new(500.0).unwrap();
            for (p, o, won) in bets {
                let stake = plan.stake(&bank, p, o).unwrap();
                bank.settle(stake, if won { stake * (o - 1.0) } else { -stake }).unwrap();
                prop_assert!(bank.max_drawdown() <= 0.3 + 1e-9);
            }
        }
    }
}
