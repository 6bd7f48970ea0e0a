//! `touchline backtest` and `touchline strategies`.

use super::Odds;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use touchline_learning::backtest::ForecasterChoice;

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  touchline strategies list
  touchline backtest --strategy value-flat --from 2020-08-01 --to 2022-06-30
  touchline backtest --strategy all --league E0 --from 2017-08-01 --to 2022-06-30 --html report.html
  touchline backtest --strategy mine.toml --vary bets.min_edge=0.02,0.05,0.10 --tried 40 ...

A strategy bets on what was known when it decides: prices that bookmakers offered by then, and forecasts from results known
by then. docs/guides/backtesting.md explains the report and the files of strategies.

The past is no promise. Most strategies lose, bookmakers limit those that do not, and nobody should bet money that is
needed elsewhere.")]
pub struct Backtest {
    /// A strategy: the name of one that `touchline strategies list` shows, a TOML file, or all; may be given several times
    #[arg(long, value_name = "NAME|FILE", required = true)]
    pub strategy: Vec<String>,
    /// First day of the matches
    #[arg(long, value_name = "DATE")]
    pub from: NaiveDate,
    /// Last day of the matches
    #[arg(long, value_name = "DATE")]
    pub to: NaiveDate,
    /// Only of this league, by code; may be given several times
    #[arg(long, value_name = "CODE")]
    pub league: Vec<String>,
    /// Who forecasts: touchline, strength-filter (which needs no training), or a goal model such as dixon_coles
    #[arg(long, value_name = "NAME", default_value = "touchline")]
    pub forecaster: ForecasterChoice,
    /// Bookmakers' prices that the model sees; closing is refused
    #[arg(long, value_enum, default_value_t)]
    pub odds: Odds,
    /// Fit the forecaster anew after this many days
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..))]
    pub refit_days: u16,
    /// Try every combination of some values of a strategy's keys, such as bets.min_edge=0.02,0.05; may be given several times
    #[arg(long, value_name = "KEY=VALUE,...", value_parser = vary)]
    pub vary: Vec<Vary>,
    /// How many variants were tried in all, those of earlier runs too: the more, the likelier that the best is luck
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub tried: usize,
    /// Resamples of every interval
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub resamples: u32,
    /// Do not keep the report in the database
    #[arg(long)]
    pub dry_run: bool,
    /// Write a page with charts and all figures
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write every bet with its scorecard to this file, as JSON by strategy
    #[arg(long, value_name = "FILE")]
    pub bets: Option<PathBuf>,
}

/// A key of a strategy with the values to try.
pub type Vary = (String, Vec<String>);

fn vary(text: &str) -> Result<Vary, String> {
    let wrong = || format!("{text:?} is not KEY=VALUE,...; write for example bets.min_edge=0.02,0.05");
    let (key, values) = text.split_once('=').ok_or_else(wrong)?;
    let values: Vec<String> = values.split(',').map(|value| value.trim().to_owned()).collect();
    if key.trim().is_empty() || values.iter().any(String::is_empty) {
        return Err(wrong());
    }
    Ok((key.trim().to_owned(), values))
}

#[derive(Debug, Subcommand)]
pub enum Strategies {
    /// List the strategies that come with the program
    List,
    /// Print the file of a strategy, to be copied and changed
    Show {
        /// Its name
        name: String,
    },
}
