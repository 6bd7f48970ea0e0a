//! `touchline value-bets` and `touchline paper`: bets of now, on paper.

use chrono::NaiveDate;
use clap::{Args, Subcommand};

/// Which bets are looked for.
#[derive(Debug, Args)]
pub struct Wanted {
    /// The strategy: the name of one that `touchline strategies list` shows, or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "value-flat")]
    pub strategy: String,
    /// Only of this league, by code; may be given several times
    #[arg(long = "league", value_name = "CODE")]
    pub leagues: Vec<String>,
    /// Matches of the next N days
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=60))]
    pub days: u16,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  touchline value-bets
  touchline value-bets --strategy value-1x2 --league E0 --days 3
  touchline value-bets --strategy mine.toml --bankroll 500 --json

Prices are the stored ones, and a stored price may be gone: the age of each is shown. `touchline collect the-odds-api` brings new
ones. Most strategies lose (docs/models/strategies.md), and nobody should bet money that is needed elsewhere.")]
pub struct ValueBets {
    #[command(flatten)]
    pub wanted: Wanted,
    /// Money of now [default: what the strategy starts with]
    #[arg(long, value_name = "AMOUNT", value_parser = read_money)]
    pub bankroll: Option<f64>,
}

/// The paper ledger: bets that are written down before kick-off and never changed, to see what a strategy is worth without money
#[derive(Debug, Subcommand)]
pub enum Paper {
    /// Write down the bets that a strategy wants now, within your limits
    ///
    /// A selection is bet on once. The strategy's money is what it starts with and what its settled paper bets won or lost.
    Place {
        #[command(flatten)]
        wanted: Wanted,
        /// Show what would be written down, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Settle the bets whose matches are over, and measure them by the closing line
    Settle,
    /// List paper bets, and what came of each strategy
    List {
        /// Only those that are not settled
        #[arg(long)]
        open: bool,
        /// Only of this strategy
        #[arg(long, value_name = "NAME")]
        strategy: Option<String>,
        /// The latest N
        #[arg(long, value_name = "N", default_value_t = 50)]
        latest: usize,
    },
    /// Find entries that were changed, removed or added; ends with exit code 1 where there are any
    Verify,
    /// Show or set the limits that hold for every bet
    ///
    /// A stricter limit holds at once, a looser one a day later. A pause cannot be cut short. Limits that are not named stay as
    /// they were set last.
    Limits(Limits),
}

#[derive(Debug, Args)]
pub struct Limits {
    /// The most to stake on one day (UTC); none takes the limit away
    #[arg(long, value_name = "AMOUNT|none", value_parser = read_limit)]
    pub stake_per_day: Option<Limit>,
    /// The most to stake in one week, from Monday; none takes the limit away
    #[arg(long, value_name = "AMOUNT|none", value_parser = read_limit)]
    pub stake_per_week: Option<Limit>,
    /// The most to lose on one day, open stakes included; none takes the limit away
    #[arg(long, value_name = "AMOUNT|none", value_parser = read_limit)]
    pub loss_per_day: Option<Limit>,
    /// Stake nothing before this date (UTC)
    #[arg(long, value_name = "DATE")]
    pub pause_until: Option<NaiveDate>,
}

/// An amount in hundredths; none where the limit is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(pub Option<i64>);

fn read_money(text: &str) -> Result<f64, String> {
    let amount = text.parse::<f64>().ok().filter(|amount| (0.01..=1e12).contains(amount));
    amount.ok_or_else(|| format!("{text:?} is not an amount of money; write for example 250 or 12.50"))
}

fn read_limit(text: &str) -> Result<Limit, String> {
    if text == "none" {
        return Ok(Limit(None));
    }
    let amount = text.parse::<f64>().ok().filter(|amount| (0.0..=1e12).contains(amount));
    let amount =
        amount.ok_or_else(|| format!("{text:?} is not a limit; write an amount such as 50, or none"))?;
    Ok(Limit(Some(touchline_forecasting::paper::cents(amount))))
}
