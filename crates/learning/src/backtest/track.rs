//! What came of a strategy: every bet with its scorecard, and what was refused.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use touchline_domain::{MarketType, MatchId};
use touchline_features::Seconds;

/// A bet with its scorecard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bet {
    /// The match.
    pub match_id: MatchId,
    /// Code of its league.
    pub league: Arc<str>,
    /// Its kick-off, seconds since 1970.
    pub kickoff: Seconds,
    /// When the bet was decided, seconds since 1970.
    pub decided_at: Seconds,
    /// The market.
    pub market: MarketType,
    /// The line in quarter goals; the home side's in handicaps.
    pub line_quarters: Option<i16>,
    /// The place of the outcome: 0 home, over or yes; 1 draw; 2 away, under or no.
    pub outcome: usize,
    /// The bookmaker.
    pub bookmaker: Arc<str>,
    /// The price that was paid.
    pub odds: f64,
    /// Money.
    pub stake: f64,
    /// Money won or lost, after commission.
    pub profit: f64,
    /// Share of the stake that won: 1, 0.5, 0 (returned), -0.5 or -1.
    pub settled: f64,
    /// Forecast probability of winning what is not returned.
    pub probability: f64,
    /// Expected profit per unit staked by the forecast, after commission.
    pub expected_value: f64,
    /// Forecast probability minus the bookmaker's own without margin; none where the bookmaker priced only some outcomes.
    pub edge_after_margin: Option<f64>,
    /// Probability that the bet has an edge at all, if the forecast errs as it differs from closing lines; none where the book
    /// holds no closing lines.
    pub confidence: Option<f64>,
    /// Seconds between the time since when the price was known and the decision.
    pub price_age: Seconds,
    /// Whether that time was imputed.
    pub imputed: bool,
    /// Closing-line value: expected profit per unit staked if the closing line, which became known after the decision, is right.
    pub closing_line_value: Option<f64>,
    /// Probability by the closing line without margin, the same one.
    pub closing_probability: Option<f64>,
    /// Money before the bets of its decision.
    pub bankroll: f64,
    /// What a bet on several selections is made of. Match, market, line, outcome and bookmaker are those of its first leg then;
    /// `league` is `several` where they differ; `odds` are what a unit returns if all of them win, `probability` is that of any
    /// profit, `settled` the profit per unit staked, `price_age` that of the oldest price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiple: Option<BetMultiple>,
}

/// A bet on several selections: an accumulator, or a system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BetMultiple {
    /// Sizes of the accumulators that share the stake.
    pub sizes: Vec<usize>,
    /// The selections, on different matches, by kick-off.
    pub legs: Vec<BetLeg>,
}

/// A selection of a multiple.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BetLeg {
    /// The match.
    pub match_id: MatchId,
    /// Code of its league.
    pub league: Arc<str>,
    /// Its kick-off, seconds since 1970.
    pub kickoff: Seconds,
    /// The market.
    pub market: MarketType,
    /// The line in quarter goals; the home side's in handicaps.
    pub line_quarters: Option<i16>,
    /// The place of the outcome: 0 home, over or yes; 1 draw; 2 away, under or no.
    pub outcome: usize,
    /// The price that was paid.
    pub odds: f64,
    /// Share of a stake that it won: 1, 0.5, 0 (returned), -0.5 or -1.
    pub settled: f64,
    /// Forecast probability of winning what is not returned.
    pub probability: f64,
}

impl Bet {
    /// The match day: the date of the kick-off (UTC), counted from 1970.
    pub fn day(&self) -> i64 {
        self.kickoff.div_euclid(86_400)
    }
}

/// The bets of a match day together.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct DayTotal {
    /// The day, counted from 1970.
    pub day: i64,
    /// Number of bets.
    pub bets: usize,
    /// Money staked.
    pub staked: f64,
    /// Money won or lost.
    pub profit: f64,
    /// Closing-line values, summed.
    pub closing_sum: f64,
    /// Number of bets with a closing-line value.
    pub closing_bets: usize,
    /// Money before the first bet of the day.
    pub bankroll: f64,
}

/// Bets that a strategy wanted and did not get, by reason, and prices that it passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refusals {
    /// Prices passed over for their age.
    pub too_old: u64,
    /// The price fell before the bet reached the bookmaker.
    pub price_moved: u64,
    /// The stake, rounded, was below the least one.
    pub too_small: u64,
    /// The bookmaker refused for no stated reason.
    pub by_bookmaker: u64,
    /// The bankroll was staked already.
    pub no_money: u64,
    /// A stop rule held.
    pub stopped: u64,
}

impl Refusals {
    /// Bets that were wanted and not placed.
    pub fn bets(&self) -> u64 {
        self.price_moved + self.too_small + self.by_bookmaker + self.no_money + self.stopped
    }
}

/// Everything that came of one strategy.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// Bets in the order of decision.
    pub bets: Vec<Bet>,
    /// Match days with bets, in order.
    pub days: Vec<DayTotal>,
    /// What was refused.
    pub refusals: Refusals,
    /// Stakes that a cap or the bookmaker's limit made smaller.
    pub cut: u64,
    /// Money at the start.
    pub start: f64,
    /// Money at the end.
    pub end: f64,
    /// Largest fall from a high, as a share of it.
    pub max_drawdown: f64,
    /// When a stop rule ended the strategy for good, seconds since 1970.
    pub stopped_at: Option<Seconds>,
}
