//! `touchline evaluate`.

use super::{Lineups, Odds};
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use touchline_models::goals::GoalModelKind;

/// A fixed set of windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// 14-26 April of 2017, 2018, 2019, 2021 and 2022, trees fitted at 8 February, with and without a gap
    ChallengeWindows,
    /// All of April and May of the same years
    ChallengeWide,
}

#[derive(Debug, Args)]
pub struct Evaluate {
    /// First day to forecast
    #[arg(long, value_name = "DATE", required_unless_present = "preset")]
    pub from: Option<NaiveDate>,
    /// Last day to forecast
    #[arg(long, value_name = "DATE", required_unless_present = "preset")]
    pub to: Option<NaiveDate>,
    /// Forecast from results known this many days before kick-off
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub gap_days: u16,
    /// Fit the trees anew after this many days
    #[arg(long, value_name = "N", default_value_t = 365)]
    pub refit_days: u16,
    /// Bookmakers' prices that the model sees
    #[arg(long, value_enum, default_value_t)]
    pub odds: Odds,
    /// Whether the model sees who plays and who is missing
    #[arg(long, value_enum, default_value_t)]
    pub lineups: Lineups,
    /// Compare with bookmakers' prices of the same matches, where the store holds some
    #[arg(long)]
    pub market: bool,
    /// A fixed set of windows instead of --from and --to
    #[arg(long, value_enum, conflicts_with_all = ["from", "to", "gap_days"])]
    pub preset: Option<Preset>,
    /// Compare with the model by another recipe: a JSON file of the settings that differ, such as
    /// {"trees":{"rounds":300}}, or {"pool":[...]} of several; may be given several times
    #[arg(long, value_name = "FILE")]
    pub forecaster: Vec<PathBuf>,
    /// Compare with a goal model of strengths alone, such as dixon_coles or bivariate_poisson; may be given several times
    #[arg(long, value_name = "NAME")]
    pub goal_model: Vec<GoalModelKind>,
    /// Compare with the model without each family of features, to see what the family is worth
    #[arg(long)]
    pub ablate: bool,
    /// Also print the scores by parts of the matches; may be given several times
    #[arg(long, value_enum, value_name = "PART")]
    pub by: Vec<Part>,
    /// Write a page with charts and all figures, and the same as JSON beside it: a folder, or FILE.html
    #[arg(long, value_name = "PATH")]
    pub report: Option<PathBuf>,
}

/// Parts of the matches that scores are printed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// What was forecast by the same trees
    Fold,
    /// The year of kick-off
    Year,
    /// The league
    League,
}
