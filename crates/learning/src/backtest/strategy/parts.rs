//! What a strategy is made of.

use crate::backtest::odds_known::Offer;
use std::fmt;
use std::sync::Arc;
use touchline_features::Seconds;

/// A choice of bets in Rust. It sees what is offered when the strategy decides, and nothing else.
pub trait Selector: Send + Sync + fmt::Debug {
    /// A word for reports.
    fn name(&self) -> &str;

    /// Whether to bet, given everything that is offered on the match.
    fn wants(&self, offer: &Offer, offers: &[Offer]) -> bool;
}

/// Which bets a strategy wants.
#[derive(Debug, Clone)]
pub enum Pick {
    /// Those whose expected value by the forecast is at least the margin of safety.
    Value {
        /// Least expected profit per unit staked.
        min_edge: f64,
    },
    /// The draw of every match: a baseline.
    Draws,
    /// The shortest price of the 1X2 market, or of each line: a baseline.
    Favourites,
    /// The longest price: a baseline.
    Longshots,
    /// Those whose price exceeds the closing line without margin; possible only when closing prices are known at the decision.
    ClosingLine {
        /// Least expected profit per unit staked, if the closing line is right.
        min_edge: f64,
    },
    /// A choice in Rust.
    Custom(Arc<dyn Selector>),
}

impl Pick {
    /// The name in files and reports.
    pub fn name(&self) -> &str {
        match self {
            Self::Value { .. } => "value",
            Self::Draws => "draws",
            Self::Favourites => "favourites",
            Self::Longshots => "longshots",
            Self::ClosingLine { .. } => "closing_line",
            Self::Custom(selector) => selector.name(),
        }
    }

    /// Whether only bets with an edge by the forecast are picked.
    pub(super) fn needs_edge(&self) -> bool {
        matches!(self, Self::Value { .. } | Self::Custom(_))
    }
}

/// When a strategy decides, and whose prices it sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// Codes of the bookmakers at which it bets; the best of their prices is taken (line-shopping).
    pub bookmakers: Vec<String>,
    /// Seconds before kick-off at which it decides.
    pub lead: Seconds,
    /// Seconds until a price that is known reaches it.
    pub delay: Seconds,
    /// Prices that are older when it decides are passed over.
    pub max_age: Option<Seconds>,
}

/// How much a strategy stakes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stakes {
    /// The same amount every time.
    Flat {
        /// Money.
        amount: f64,
    },
    /// The same share of the bankroll.
    Proportional {
        /// Of the bankroll.
        share: f64,
    },
    /// The stake that wins the same amount every time.
    FixedWin {
        /// Money.
        amount: f64,
    },
    /// A fraction of Kelly's stake, each bet as if it were alone.
    Kelly {
        /// Of Kelly's stake.
        fraction: f64,
    },
    /// A fraction of Kelly's stakes on all bets of the day together, those of one match with their correlations. The slip is
    /// decided before the first match of the day.
    KellySlip {
        /// Of Kelly's stakes.
        fraction: f64,
    },
    /// A fraction of Kelly's stake on what lies above the floor, so that the bankroll does not fall below it.
    DrawdownCapped {
        /// Of Kelly's stake.
        fraction: f64,
        /// Largest fall from the highest bankroll.
        max_drawdown: f64,
    },
}

impl Stakes {
    /// The name in files and reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Flat { .. } => "flat",
            Self::Proportional { .. } => "proportional",
            Self::FixedWin { .. } => "fixed_win",
            Self::Kelly { .. } => "kelly",
            Self::KellySlip { .. } => "kelly_slip",
            Self::DrawdownCapped { .. } => "drawdown_capped",
        }
    }

    /// Whether a day's bets are decided together.
    pub fn by_slip(&self) -> bool {
        matches!(self, Self::KellySlip { .. })
    }

    /// Whether stakes follow the bankroll, so that profits multiply instead of adding up.
    pub fn compounds(&self) -> bool {
        !matches!(self, Self::Flat { .. } | Self::FixedWin { .. })
    }

    pub(super) fn needs_edge(&self) -> bool {
        matches!(self, Self::Kelly { .. } | Self::KellySlip { .. } | Self::DrawdownCapped { .. })
    }

    /// The key of a value that makes no sense, and its rule.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let share = |v: f64| v > 0.0 && v <= 1.0;
        let money = |v: f64| v > 0.0 && v.is_finite();
        match *self {
            Self::Flat { amount } | Self::FixedWin { amount } if !money(amount) => {
                Some(("amount", "write an amount of money above 0"))
            }
            Self::Proportional { share: s } if !share(s) => {
                Some(("share", "write a share of the bankroll above 0, up to 1"))
            }
            Self::Kelly { fraction }
            | Self::KellySlip { fraction }
            | Self::DrawdownCapped { fraction, .. }
                if !share(fraction) =>
            {
                Some((
                    "fraction",
                    "write a fraction of Kelly's stake above 0, up to 1; a quarter to a half is usual",
                ))
            }
            Self::DrawdownCapped { max_drawdown, .. } if !share(max_drawdown) => {
                Some(("max_drawdown", "write a share of the highest bankroll above 0, up to 1"))
            }
            _ => None,
        }
    }
}

/// Several selections in one bet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multiples {
    /// Selections in a bet, each on another match.
    pub legs: usize,
    /// Sizes of the accumulators that share the stake; that of all legs alone is one accumulator.
    pub sizes: Vec<usize>,
    /// Bets on one day at most: those of the selections of highest expected value.
    pub most_per_day: usize,
}

impl Multiples {
    /// The key of a value that makes no sense, and its rule.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let mut sizes = self.sizes.clone();
        sizes.sort_unstable();
        sizes.dedup();
        if !(2..=MOST_LEGS).contains(&self.legs) {
            Some(("legs", "write a number of selections from 2 to 6"))
        } else if sizes.is_empty()
            || sizes.len() != self.sizes.len()
            || sizes.iter().any(|size| !(1..=self.legs).contains(size))
        {
            Some(("system", "sizes are numbers of legs, each once, such as [2, 3]"))
        } else if !(1..=100).contains(&self.most_per_day) {
            Some(("most_per_day", "write a number from 1 to 100"))
        } else {
            None
        }
    }
}

/// The most selections of one bet.
const MOST_LEGS: usize = 6;

/// Most that is at stake at once, as shares of the bankroll. Where the bets of a decision exceed a cap, all of them shrink
/// alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Caps {
    /// On one match.
    pub per_match: f64,
    /// On all matches of a league on one day.
    pub per_league: f64,
    /// On all matches of one day.
    pub per_day: f64,
}

impl Default for Caps {
    fn default() -> Self {
        Self { per_match: 1.0, per_league: 1.0, per_day: 1.0 }
    }
}

/// What bookmakers charge, take and refuse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// Share of the winnings of a bet that an exchange keeps.
    pub commission: f64,
    /// Smaller stakes are refused.
    pub least_stake: f64,
    /// Larger stakes are cut.
    pub most_stake: f64,
    /// Stakes are rounded down to whole multiples of this.
    pub rounding: f64,
    /// Share of bets that the bookmaker refuses for no stated reason: always the same ones.
    pub refused_share: f64,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            commission: 0.0,
            least_stake: 0.0,
            most_stake: f64::INFINITY,
            rounding: 0.01,
            refused_share: 0.0,
        }
    }
}

/// When a strategy ends.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StopRules {
    /// For good, once the bankroll has fallen by this share of its highest.
    pub drawdown: Option<f64>,
    /// For the day, once it has lost this share of the bankroll that it began with.
    pub day_loss: Option<f64>,
}
