//! Paper bets: bets that a strategy would have placed, written down before kick-off and never changed, with what became of
//! them and the limits that a person set for staking. Money is in hundredths, so that sums are exact.

use crate::{Kickoff, MarketType, Score, Season};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// An amount of money in hundredths.
pub type Cents = i64;

/// A bet as it was written down. The match is named as it was called then: identities may be joined later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaperBet {
    /// Code of the league.
    pub league: String,
    /// The season.
    pub season: Season,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// The kick-off as it was known.
    pub kickoff: Kickoff,
    /// Name of the strategy.
    pub strategy: String,
    /// The market.
    pub market: MarketType,
    /// The line in quarter goals; the home side's in handicaps.
    pub line_quarters: Option<i16>,
    /// The place of the outcome: 0 home, over or yes; 1 draw; 2 away, under or no.
    pub outcome: u8,
    /// The bookmaker.
    pub bookmaker: String,
    /// Decimal odds.
    pub odds: f64,
    /// Since when the price was known.
    pub price_known_at: DateTime<Utc>,
    /// Whether that time follows from habit.
    pub price_imputed: bool,
    /// Share of the winnings that an exchange keeps.
    pub commission: f64,
    /// Forecast probability of winning what is not returned.
    pub probability: f64,
    /// Expected profit per unit staked by the forecast, after commission.
    pub expected_value: f64,
    /// Name and version of the model that forecast.
    pub model: String,
    /// The forecast used facts up to this time.
    pub forecast_as_of: DateTime<Utc>,
    /// What is staked.
    pub stake: Cents,
}

/// What became of a bet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaperSettlement {
    /// Sequence number of the bet.
    pub bet: u64,
    /// The score after 90 minutes; none where the match is not played and the stake comes back.
    pub score: Option<Score>,
    /// Share of the stake that won: 1, 0.5, 0 (returned), -0.5 or -1.
    pub settled: f64,
    /// Money won or lost, after commission.
    pub profit: Cents,
    /// Whose closing prices measure the bet; none where there are none.
    pub closing_bookmaker: Option<String>,
    /// Probability by these closing prices without margin.
    pub closing_probability: Option<f64>,
    /// Closing-line value: expected profit per unit staked if the closing prices are right.
    pub closing_line_value: Option<f64>,
}

/// Limits that a person sets for staking; none holds where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PaperLimits {
    /// The most that is staked on one day (UTC).
    pub stake_per_day: Option<Cents>,
    /// The most that is staked in one week, from Monday (UTC).
    pub stake_per_week: Option<Cents>,
    /// The most that may be lost on one day: what was lost, and what is at stake since its start.
    pub loss_per_day: Option<Cents>,
    /// Nothing is staked before this time.
    pub pause_until: Option<DateTime<Utc>>,
}

/// What an entry of the ledger of paper bets says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperContent {
    /// A bet was placed.
    Bet(PaperBet),
    /// A bet was settled.
    Settlement(PaperSettlement),
    /// Limits were set.
    Limits(PaperLimits),
}

impl PaperContent {
    /// The name of the kind of entry in data.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bet(_) => "bet",
            Self::Settlement(_) => "settlement",
            Self::Limits(_) => "limits",
        }
    }
}
