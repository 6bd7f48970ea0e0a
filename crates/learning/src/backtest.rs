//! Backtests of betting strategies that cannot cheat.
//!
//! 1. A [`Book`] holds played matches with a forecast of each made beforehand ([`PointInTimeForecast`]) and every price with
//!    the time since when it was known.
//! 2. A [`Strategy`] (a TOML file, or a value) says which bets it wants at which bookmakers, when it decides, how much it
//!    stakes, and what its bookmakers charge and refuse. Some ship with the program ([`shipped`]).
//! 3. [`run`] walks one strategy through the book and gives its [`Track`]: every bet with its scorecard, and what was refused.
//! 4. [`judge`](fn@judge) says what the track is worth: yield and closing-line value with intervals, risk, where the profit came from, and
//!    a verdict in words. [`compare`] judges several together, and says how good the best would look by luck.
//!
//! Four cheats are impossible: a price is used only where it was known before the decision, at a bookmaker that takes bets,
//! and never the best of later ones; a forecast that knows anything after the decision is refused; the best of many variants
//! is judged as the best of so many; and no profit is named without the interval that luck alone gives it.
//!
//! [`decide_now`] asks the same engine for the bets of matches to come.
//!
//! [`backtest`](fn@backtest) does all of this on what a store holds. [`run`] is single-threaded and draws nothing at random, so the same book
//! and strategy give the same bets; variants run beside each other.

mod book;
mod compare;
mod engine;
mod judge;
pub mod kept;
mod now;
mod odds_known;
mod shipped;
mod stakes;
mod stored;
mod strategy;
mod track;

pub use book::{Book, ForecastError, LateForecast, PointInTimeForecast, PricedMatch};
pub use compare::{Comparison, Luck, StrategyResult, compare};
pub use engine::{StrategyRefused, run};
pub use judge::{
    Attribution, EquityPoint, JudgeSettings, PartOfBets, StrategyReport, Verdict, VerdictKind, judge,
};
pub use now::{ClosingLine, MatchToCome, closing_line, decide_now, share_won};
pub use odds_known::Offer;
pub use shipped::{OfferedStrategy, ShippedStrategy, Strategies, shipped};
pub use stored::{BacktestError, BacktestReport, BacktestRequest, ForecasterChoice, backtest};
pub use strategy::{
    Caps, Costs, Multiples, Pick, Prices, Selector, Stakes, StopRules, Strategy, StrategyError, variants,
};
pub use track::{Bet, BetLeg, BetMultiple, DayTotal, Refusals, Track};

#[cfg(test)]
mod tests;
