//! Bookmakers' prices.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// Decimal odds above 1, exact to three decimals: the pay-out per unit staked, stake included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DecimalOdds(u32);

/// A number that is not a price.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("{0} is not a valid price; decimal odds lie above 1 and below 1,000,000")]
pub struct OddsError(f64);

impl DecimalOdds {
    /// Rounds to three decimals.
    ///
    /// # Errors
    /// A number that is, rounded, not above 1, or 1,000,000 and more, or not finite.
    pub fn new(value: f64) -> Result<Self, OddsError> {
        let thousandths = (value * 1000.0).round();
        if thousandths > 1000.0 && thousandths < 1e9 {
            Ok(Self(thousandths as u32))
        } else {
            Err(OddsError(value))
        }
    }

    /// The price.
    pub fn value(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// The price in thousandths.
    pub fn thousandths(self) -> u32 {
        self.0
    }

    /// Whether the price lies within 1.01 to 1000, where real markets do.
    pub fn is_plausible(self) -> bool {
        (1010..=1_000_000).contains(&self.0)
    }
}

/// What is bet on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MarketType {
    /// Home win, draw, away win.
    #[serde(rename = "1x2")]
    OneXTwo,
    /// Goals over or under a line.
    #[serde(rename = "over_under")]
    OverUnder,
    /// Home or away side with a handicap; the line is the home side's.
    #[serde(rename = "asian_handicap")]
    AsianHandicap,
    /// Whether both sides score.
    #[serde(rename = "both_teams_score")]
    BothTeamsScore,
}

impl MarketType {
    const NAMES: [(Self, &'static str); 4] = [
        (Self::OneXTwo, "1x2"),
        (Self::OverUnder, "over_under"),
        (Self::AsianHandicap, "asian_handicap"),
        (Self::BothTeamsScore, "both_teams_score"),
    ];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }

    /// Places of its outcomes in [`OddsQuote::prices`].
    pub fn outcomes(self) -> &'static [usize] {
        if self == Self::OneXTwo { &[0, 1, 2] } else { &[0, 2] }
    }
}

impl FromStr for MarketType {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::NAMES.iter().find(|(_, n)| *n == name).map(|(market, _)| *market);
        found.ok_or_else(|| format!("{name:?} is not a market"))
    }
}

/// Whether a price stood some time before kick-off or was the last one. There is no phase for prices during the match:
/// they are [`InPlayQuote`]s, which no list of pre-match quotes can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OddsPhase {
    /// Some time before kick-off.
    PreMatch,
    /// The last price before kick-off.
    Closing,
}

impl OddsPhase {
    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreMatch => "pre_match",
            Self::Closing => "closing",
        }
    }
}

impl FromStr for OddsPhase {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "pre_match" => Ok(Self::PreMatch),
            "closing" => Ok(Self::Closing),
            _ => Err(format!("{name:?} is not a phase of odds; write pre_match or closing")),
        }
    }
}

/// The prices of one market of one match at one bookmaker, as known at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddsQuote {
    /// The bookmaker's code as the source writes it (`B365`, `PS`; `Max` and `Avg` are over the market).
    pub bookmaker: Arc<str>,
    /// What is bet on.
    pub market: MarketType,
    /// The line in quarter goals: total for over/under, the home side's handicap for Asian handicaps.
    pub line_quarters: Option<i16>,
    /// 1X2: home, draw, away. Over/under: over, none, under. Asian handicap: home, none, away. Both teams to
    /// score: yes, none, no. A price that the source leaves blank is none.
    pub prices: [Option<DecimalOdds>; 3],
    /// Before kick-off or closing.
    pub phase: OddsPhase,
    /// Since when the price can have been known.
    pub known_at: DateTime<Utc>,
    /// Whether `known_at` follows from the source's habits rather than from the record.
    pub known_at_imputed: bool,
}

/// Sums of implied probabilities outside this range make a quote suspicious.
const PLAUSIBLE_BOOK: std::ops::RangeInclusive<f64> = 0.95..=1.20;

/// The prices of one market of one match at one bookmaker, as known at one time after kick-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InPlayQuote {
    /// See [`OddsQuote::bookmaker`].
    pub bookmaker: Arc<str>,
    /// What is bet on.
    pub market: MarketType,
    /// See [`OddsQuote::line_quarters`].
    pub line_quarters: Option<i16>,
    /// See [`OddsQuote::prices`].
    pub prices: [Option<DecimalOdds>; 3],
    /// Since when the price can have been known.
    pub known_at: DateTime<Utc>,
}

impl From<OddsQuote> for InPlayQuote {
    fn from(quote: OddsQuote) -> Self {
        let OddsQuote { bookmaker, market, line_quarters, prices, known_at, .. } = quote;
        Self { bookmaker, market, line_quarters, prices, known_at }
    }
}

impl InPlayQuote {
    /// See [`OddsQuote::is_suspicious`].
    pub fn is_suspicious(&self) -> bool {
        is_suspicious(self.market, &self.prices)
    }
}

fn implied_sum(market: MarketType, prices: &[Option<DecimalOdds>; 3]) -> Option<f64> {
    market.outcomes().iter().map(|i| prices[*i].map(|o| 1.0 / o.value())).sum()
}

fn is_suspicious(market: MarketType, prices: &[Option<DecimalOdds>; 3]) -> bool {
    prices.iter().flatten().any(|o| !o.is_plausible())
        || implied_sum(market, prices).is_some_and(|sum| !PLAUSIBLE_BOOK.contains(&sum))
}

impl OddsQuote {
    /// Sum of the implied probabilities, where every outcome of the market has a price.
    pub fn implied_sum(&self) -> Option<f64> {
        implied_sum(self.market, &self.prices)
    }

    /// Whether the quote is to be kept out of models: a price outside 1.01 to 1000, or implied probabilities
    /// that sum to less than 0.95 or more than 1.20.
    pub fn is_suspicious(&self) -> bool {
        is_suspicious(self.market, &self.prices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(prices: [f64; 3]) -> OddsQuote {
        OddsQuote {
            bookmaker: "B365".into(),
            market: MarketType::OneXTwo,
            line_quarters: None,
            prices: prices.map(|p| DecimalOdds::new(p).ok()),
            phase: OddsPhase::PreMatch,
            known_at: DateTime::UNIX_EPOCH,
            known_at_imputed: true,
        }
    }

    #[test]
    fn odds_at_or_below_one_are_no_odds() {
        assert!(DecimalOdds::new(1.0004).is_err());
        assert!(DecimalOdds::new(f64::NAN).is_err());
        assert!(DecimalOdds::new(f64::INFINITY).is_err());
        assert_eq!(DecimalOdds::new(1.333).unwrap().thousandths(), 1333);
    }

    #[test]
    fn implausible_books_are_suspicious() {
        assert!(!quote([2.0, 3.4, 4.0]).is_suspicious());
        assert!(quote([1.005, 3.4, 4.0]).is_suspicious(), "a price below 1.01");
        assert!(quote([5.0, 5.0, 5.0]).is_suspicious(), "sums to 0.6");
        assert!(!quote([2.0, f64::NAN, 4.0]).is_suspicious(), "incomplete books have no sum");
    }
}
