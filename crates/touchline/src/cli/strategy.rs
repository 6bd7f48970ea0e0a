//! `touchline simulate`, `touchline inplay` and `touchline odds`: from forecasts and prices to decisions.

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use std::str::FromStr;
use touchline_domain::{MatchId, Outcome, Season, Side};
use touchline_forecasting::in_play::read_clock;
use touchline_forecasting::simulate::{DEFAULT_DRAWS, Place};
use touchline_models::inplay::MatchClock;
use touchline_models::odds::DeVig;

#[derive(Debug, Args)]
pub struct Simulate {
    /// The league, by its code, such as E0
    #[arg(long, value_name = "CODE")]
    pub league: String,
    /// The season, such as 2022-23 [default: the league's latest]
    #[arg(long, value_name = "SEASON")]
    pub season: Option<Season>,
    /// Seasons to play
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub runs: u64,
    /// Draws of the teams' strengths under which they are played; 0 takes the strengths for certain
    #[arg(long, value_name = "N", default_value_t = DEFAULT_DRAWS, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub draws: u32,
    /// Use only results known before this date; matches after it are played as if to come
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<NaiveDate>,
    /// Suppose how a match ends: MATCH=home, MATCH=draw or MATCH=away; may be given several times
    #[arg(long, value_name = "RESULT")]
    pub suppose: Vec<Supposed>,
    /// Show what each outcome of the next N matches would change
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=50))]
    pub impact: u8,
    /// Show a further range of places, such as europe=1..6 or relegation=-3..-1; may be given several times
    #[arg(long, value_name = "NAME=FROM..TO", allow_hyphen_values = true)]
    pub place: Vec<Place>,
    /// Keep nothing; otherwise the answer is kept, so that chances can be followed through the season
    #[arg(long)]
    pub dry_run: bool,
    /// Add the pairings that a double round robin lacks, although the season before was not one
    #[arg(long)]
    pub complete: bool,
}

/// How a match is supposed to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supposed {
    pub id: MatchId,
    pub outcome: Outcome,
}

impl FromStr for Supposed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let help = || format!("{text:?} supposes no result; write 17=home, 17=draw or 17=away");
        let (id, outcome) = text.split_once('=').ok_or_else(help)?;
        let outcome = match outcome.trim() {
            "home" => Outcome::HomeWin,
            "draw" => Outcome::Draw,
            "away" => Outcome::AwayWin,
            _ => return Err(help()),
        };
        Ok(Self { id: MatchId(id.trim().parse().map_err(|_| help())?), outcome })
    }
}

#[derive(Debug, Args)]
pub struct InPlay {
    /// Identifier of the match
    #[arg(value_name = "MATCH")]
    pub id: i64,
    /// The clock: 63, 45+2, 90+4, HT or FT
    #[arg(long, value_name = "MINUTE", value_parser = read_clock)]
    pub minute: MatchClock,
    /// The score, home side first
    #[arg(long, value_name = "GOALS", value_parser = read_score)]
    pub score: (u8, u8),
    /// A red card of a side; give it again for each further one
    #[arg(long, value_name = "SIDE", value_parser = read_side)]
    pub red: Vec<Side>,
    /// Added minutes of the running half, once announced
    #[arg(long, value_name = "MINUTES")]
    pub added: Option<u8>,
}

fn read_score(text: &str) -> Result<(u8, u8), String> {
    let goals = |t: &str| t.trim().parse::<u8>().ok().filter(|n| *n <= 99);
    let score = text.split_once('-').and_then(|(home, away)| Some((goals(home)?, goals(away)?)));
    score.ok_or_else(|| format!("{text:?} is not a score; write 1-0"))
}

fn read_side(text: &str) -> Result<Side, String> {
    text.parse().map_err(|_| format!("{text:?} is not a side; write home or away"))
}

/// Prices: what they imply, and what can be done with them. Prices are decimal (2.75), fractional (7/4, evens) or
/// American (+175, -120).
#[derive(Debug, Subcommand)]
pub enum Odds {
    /// The fair probabilities of one market, by every method to take out the margin
    Fair {
        /// A price per outcome
        #[arg(required = true, num_args = 2.., value_name = "PRICE", value_parser = read_price, allow_negative_numbers = true)]
        prices: Vec<f64>,
    },
    /// The same price in every notation, with the probability that it needs to break even
    Convert {
        /// Prices
        #[arg(required = true, value_name = "PRICE", value_parser = read_price, allow_negative_numbers = true)]
        prices: Vec<f64>,
    },
    /// Stakes that return the same whatever happens, over the best price of each outcome
    Arbitrage {
        /// A price per outcome
        #[arg(required = true, num_args = 2.., value_name = "PRICE", value_parser = read_price, allow_negative_numbers = true)]
        prices: Vec<f64>,
        /// Stake in all
        #[arg(long, value_name = "AMOUNT", default_value_t = 100.0)]
        stake: f64,
    },
    /// Bets to add to one that was placed, so that its worst result becomes as good as it can
    Hedge {
        /// The price now of each outcome
        #[arg(required = true, num_args = 2.., value_name = "PRICE", value_parser = read_price, allow_negative_numbers = true)]
        prices: Vec<f64>,
        /// What was staked
        #[arg(long, value_name = "AMOUNT")]
        stake: f64,
        /// The price at which it was
        #[arg(long, value_name = "PRICE", value_parser = read_price, allow_negative_numbers = true)]
        at: f64,
        /// On which of the outcomes, counted from 1
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
        on: u8,
    },
    /// The prices of a stored match side by side: the best ones, the market's mean, arbitrages and middles
    Match {
        /// Identifier of the match
        #[arg(value_name = "MATCH")]
        id: i64,
        /// How the margin is taken out
        #[arg(long, value_enum, default_value_t)]
        method: Method,
        /// As known at the start of this date [default: now]
        #[arg(long, value_name = "DATE")]
        as_of: Option<NaiveDate>,
    },
}

/// A method to take out the margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Method {
    /// In proportion to the probability
    Multiplicative,
    /// Equal for every outcome
    Additive,
    /// More on long shots, as a power
    Power,
    /// More on long shots, against informed bettors
    #[default]
    Shin,
    /// The same ratio of odds everywhere
    OddsRatio,
    /// The same distance in information
    JensenShannon,
}

impl From<Method> for DeVig {
    fn from(method: Method) -> Self {
        match method {
            Method::Multiplicative => Self::Multiplicative,
            Method::Additive => Self::Additive,
            Method::Power => Self::Power,
            Method::Shin => Self::Shin,
            Method::OddsRatio => Self::OddsRatio,
            Method::JensenShannon => Self::JensenShannon,
        }
    }
}

/// Reads a price in any notation as decimal odds.
fn read_price(text: &str) -> Result<f64, String> {
    touchline_models::odds::read_price(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suppositions_scores_and_sides_are_read() {
        let supposed: Supposed = "17=draw".parse().unwrap();
        assert_eq!((supposed.id, supposed.outcome), (MatchId(17), Outcome::Draw));
        assert_eq!(read_score("1-0"), Ok((1, 0)));
        assert_eq!(read_side("away"), Ok(Side::Away));
        for wrong in ["", "17", "17=1-0", "x=home"] {
            assert!(wrong.parse::<Supposed>().is_err(), "{wrong}");
        }
        for wrong in ["", "1", "1-", "-1-0", "100-0"] {
            assert!(read_score(wrong).is_err(), "{wrong}");
        }
    }
}
