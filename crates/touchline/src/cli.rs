//! The command line: what can be asked, and how it is explained.

mod accounts;
mod alerts;
mod backtest;
mod collect;
mod conflicts;
mod contracts;
mod data;
mod evaluate;
mod jobs;
mod lake;
mod lineage;
mod models;
mod names;
mod paper;
mod quality;
mod strategy;
mod table;

pub use accounts::{Keys, Users};
pub use alerts::{Alerts, ListAlerts, SilenceAlerts};
pub use backtest::{Backtest, Strategies};
pub use collect::Collect;
pub use conflicts::{Conflicts, Decide, Rule};
pub use contracts::Contracts;
pub use data::Data;
pub use evaluate::{Evaluate, Part, Preset};
pub use jobs::{Flows, Jobs, ListJobs, ScheduleCommand, SetSchedule};
pub use lake::LakeCommand;
pub use lineage::LineageCommand;
pub use models::{ExperimentCommand, ModelsCommand, StartExperiment};
pub use names::{Merge, Names};
pub use paper::{Limits, Paper, ValueBets, Wanted};
pub use quality::{Correct, Decision, HeldDecision, Quality, Review, SuiteCommand};
pub use strategy::{InPlay, Odds as OddsCommand, Simulate};
pub use table::Table;

use crate::config::LogFormat;
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use touchline_domain::Season;
use touchline_features::{LineupView, MarketView};

/// Football match forecasting: results and odds in, calibrated probabilities out.
#[derive(Debug, Parser)]
#[command(
    name = "touchline",
    version,
    after_help = "Start with `touchline demo`. Exit codes: 0 done, 1 failed or stopped, 2 wrong usage, 3 done but something was left out, 4 nothing could be used."
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Configuration file (TOML); `touchline config show` prints all settings
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the database, features and models [default: ./touchline-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Database: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME [default: touchline.db in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Format of the log on standard error
    #[arg(long, global = true, value_enum)]
    pub log: Option<LogFormat>,
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Threads to use; 0 takes every core
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<usize>,
    /// Seed of everything random
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show everything at once: ingest, train, evaluate, predict and serve
    ///
    /// Without data a three-tier league is simulated (and says so everywhere). With --data, real
    /// football-data.co.uk files are used.
    Demo(Demo),
    /// Read files into the store; the same file again changes nothing
    #[command(subcommand)]
    Ingest(Ingest),
    Collect(Collect),
    /// Read all stored documents again with today's readers, in the order in which they came
    ///
    /// What silver holds already does not change; an empty silver is built anew. Stop it whenever you like and run it
    /// again. Documents of sources that this program does not know are skipped and counted.
    Reprocess(ReprocessArguments),
    /// Compute features, or show those of one match
    #[command(subcommand)]
    Features(Features),
    /// Train the default model on everything known and register it; --activate makes it answer
    Train(Train),
    /// List trained models, compare them, and choose the one that answers
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Forecast past matches from what was known before them, and score the forecasts
    Evaluate(Evaluate),
    /// Bet on past matches by a strategy, from what was known before them, and judge what came of it
    Backtest(Backtest),
    /// The betting strategies that come with the program
    #[command(subcommand)]
    Strategies(Strategies),
    /// Forecast upcoming matches, or those of a file
    Predict(Predict),
    /// Play the rest of a season many times: the chances of every place, and what a result would change
    Simulate(Simulate),
    /// Forecast a running match from its score, clock and red cards
    ///
    /// All markets follow from the forecast that was sealed before kick-off, or from the model's as of kick-off.
    #[command(name = "inplay")]
    InPlay(InPlay),
    /// Take prices apart: fair probabilities, conversion, arbitrage, hedges, the prices of a match side by side
    #[command(subcommand)]
    Odds(OddsCommand),
    /// The bets that a strategy wants now: match, price and its age, probability, edge, stake, and why
    ValueBets(ValueBets),
    /// Bet on paper: written down before kick-off, settled and measured afterwards, within your limits
    #[command(subcommand)]
    Paper(Paper),
    /// Check the ledger of sealed forecasts, score those of matches that are over, export roots for others to hold
    #[command(subcommand)]
    Ledger(Ledger),
    /// Serve the web page and the REST interface
    Serve(Serve),
    /// Do what is due, until stopped; any number of workers may run beside each other
    #[command(name = "worker")]
    Worker,
    /// Make work due by the timetable and the fixture list, until stopped; of any number of schedulers one leads
    #[command(name = "scheduler")]
    Scheduler,
    /// List jobs, run one by hand, call one off, try one again
    #[command(subcommand)]
    Jobs(Jobs),
    /// List flows and their runs, or start one
    #[command(subcommand)]
    Flows(Flows),
    /// Show the timetable, change it, pause a part of it
    #[command(subcommand)]
    Schedule(ScheduleCommand),
    /// See what is wrong, take it up, be silent about it for a while, try the channels that tell people
    #[command(subcommand)]
    Alerts(Alerts),
    /// Check this installation and its data, and say what to do
    Doctor,
    /// Look after the database
    #[command(subcommand)]
    Db(Db),
    /// Keep history as Parquet files in a folder or on S3, and move old odds there
    ///
    /// The lake is a folder below the data folder, or what the setting lake.url (TOUCHLINE__LAKE__URL) names. For
    /// s3://BUCKET/PREFIX, endpoint and credentials come from the environment: AWS_ENDPOINT_URL, AWS_REGION,
    /// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ALLOW_HTTP.
    #[command(subcommand)]
    Lake(LakeCommand),
    /// Name versions of the data, and build them anew to compare
    #[command(subcommand)]
    Data(Data),
    /// Decide which team a source's name stands for, keep tables of aliases, join what was stored twice
    #[command(subcommand)]
    Names(Names),
    /// Give deductions of points, splits and play-offs of seasons, or show them
    #[command(subcommand)]
    Competitions(Competitions),
    /// Give the places of grounds, of which sources of weather are asked
    #[command(subcommand)]
    Grounds(Grounds),
    /// Decide about values that sources contradict: take the newer one, or keep what is held
    #[command(subcommand)]
    Conflicts(Conflicts),
    /// Make accounts for the REST interface, or change them
    #[command(subcommand)]
    Users(Users),
    /// Make keys by which programs use the REST interface, or revoke them
    #[command(subcommand)]
    Keys(Keys),
    /// Check the data by rules, suites and drift; list what was found, and decide about it
    #[command(subcommand)]
    Quality(Quality),
    /// Show what a sealed forecast was made from, what came of a document, and which jobs read and write what
    #[command(subcommand)]
    Lineage(LineageCommand),
    #[command(subcommand)]
    Contracts(Contracts),
    /// Show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Args)]
pub struct Demo {
    /// football-data.co.uk files or folders to use instead of the simulated league
    #[arg(long, value_name = "PATH")]
    pub data: Vec<PathBuf>,
    /// Use a real league from the web instead: results, prices and fixtures of football-data.co.uk, which needs no key
    #[arg(long, conflicts_with = "data")]
    pub live: bool,
    /// The league of --live, by the code of football-data.co.uk
    #[arg(long, value_name = "CODE", default_value = "E0", requires = "live")]
    pub league: String,
    /// Port of the web page [default: 8000]; 0 takes any free one
    #[arg(long)]
    pub port: Option<u16>,
    /// Stop when the forecasts are made, without serving
    #[arg(long)]
    pub no_serve: bool,
}

#[derive(Debug, Subcommand)]
pub enum Ingest {
    /// football-data.co.uk CSV files or folders of them
    ///
    /// Also the same tables as other programs save them: with semicolons or tabs, small headings, a title above them. The
    /// season comes from the folder (2223/) or the file name, else from the dates; the league from the column Div or
    /// Country, else from the file name (E0.csv), else from --league.
    FootballData(Tables),
    /// Soccer Prediction Challenge CSV or CSV.gz: Sea,Lge,Date,HT,AT,HS,AS,GD,WDL
    Challenge(Inputs),
    /// openfootball football.json and Football.TXT files or folders of them
    Openfootball(Inputs),
    /// Recorded API-Football v3 answers: JSON files or folders of them
    ///
    /// Answers to /fixtures bring matches; those to /fixtures/lineups, /fixtures/statistics, /fixtures/events, /injuries,
    /// /odds and /odds/live belong to matches that are held. Files with fixtures are read first.
    ApiFootball(Inputs),
    /// Recorded football-data.org v4 answers with matches: JSON files or folders of them
    FootballDataOrg(Inputs),
    /// Prices by rows, as JSON or CSV: commence_time, home_team, away_team, bookmaker, market, outcome, price
    ///
    /// docs/guides/odds-import.md has all names and an example.
    OddsImport(Tables),
    /// Understat: getLeagueData, datesData or match_info as JSON, or saved pages; name files by the league: EPL_2020.json
    Understat(Tables),
    /// Saved pages of FBref's Scores & Fixtures; CSV exports of them are read by `ingest table`
    Fbref(Tables),
    /// Any table (CSV, TSV, xlsx, or a zip of them) by a map of its columns
    Table(Table),
}

#[derive(Debug, Args)]
pub struct ReprocessArguments {
    /// Only documents of this source, such as football-data
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Only documents that came on this day (UTC) or later
    #[arg(long, value_name = "DATE")]
    pub since: Option<NaiveDate>,
    /// What becomes of a source's newer word about a played match [default: the settings of [corrections]]
    #[arg(long, value_enum, value_name = "RULE")]
    pub corrections: Option<Rule>,
}

#[derive(Debug, Args)]
pub struct Tables {
    #[command(flatten)]
    pub files: Inputs,
    /// League of tables that do not tell it, by its code, such as E0
    #[arg(long, value_name = "CODE")]
    pub league: Option<String>,
    /// Season of tables that do not tell it, such as 2022-23
    #[arg(long, value_name = "SEASON")]
    pub season: Option<Season>,
}

#[derive(Debug, Args)]
pub struct Inputs {
    /// Files or folders; folders are searched
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Show how each file is understood (headings, dates, league, season, columns, first rows), and write nothing
    #[arg(long)]
    pub explain: bool,
    /// What becomes of a source's newer word about a played match [default: the settings of [corrections]]
    #[arg(long, value_enum, value_name = "RULE")]
    pub corrections: Option<Rule>,
}

#[derive(Debug, Subcommand)]
pub enum Features {
    /// Compute the features of every match and keep them beside the database
    Build,
    /// Show the features of one match with what they mean
    Show {
        /// Identifier of the match
        #[arg(value_name = "MATCH")]
        id: i64,
    },
}

#[derive(Debug, Args)]
pub struct Train {
    /// Model to train
    #[arg(long, value_enum, default_value_t)]
    pub model: Trainable,
    /// Use only results known before this date
    #[arg(long, value_name = "DATE")]
    pub until: Option<NaiveDate>,
    /// First day of the matches that a filter is fitted on [default: 1970-01-01]; earlier ones warm it up
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// Bookmakers' prices that the model sees [default: a model for each view that the data allow, of which every match is
    /// answered by the one that knows most of it; with --tune, none]
    #[arg(long, value_enum)]
    pub odds: Option<Odds>,
    /// Whether the model sees who plays and who is missing
    #[arg(long, value_enum, default_value_t)]
    pub lineups: Lineups,
    /// First try this many settings of the trees on past periods, and train with the best; a tuning that was
    /// interrupted goes on where it stopped. For a filter: at most so many steps of the search [default: 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub tune: Option<u16>,
    /// Make the model the champion, which answers, as soon as it is trained
    #[arg(long)]
    pub activate: bool,
}

/// What can be trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Trainable {
    /// The model that answers
    #[default]
    Touchline,
    /// Fit the strength filter's parameters anew and print them; those of the program stay in use
    StrengthFilter,
    /// The same for the filter of earlier matches' prices
    EarlierPrices,
}

/// Which of the bookmakers' prices a model sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Odds {
    /// None: results and statistics alone
    #[default]
    None,
    /// Prices of earlier matches, none of the match itself: for forecasts made before anybody prices a match
    Earlier,
    /// Prices of some time before kick-off
    PreMatch,
    /// Closing prices too; its forecasts can be made a minute before kick-off, not earlier
    Closing,
}

impl From<Odds> for MarketView {
    fn from(odds: Odds) -> Self {
        match odds {
            Odds::None => Self::None,
            Odds::Earlier => Self::Earlier,
            Odds::PreMatch => Self::PreMatch,
            Odds::Closing => Self::Closing,
        }
    }
}

/// Whether a model sees who plays and who is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Lineups {
    /// No
    #[default]
    None,
    /// Line-ups and absences that were known; line-ups come an hour before kick-off
    Announced,
}

impl From<Lineups> for LineupView {
    fn from(lineups: Lineups) -> Self {
        match lineups {
            Lineups::None => Self::None,
            Lineups::Announced => Self::Announced,
        }
    }
}

#[derive(Debug, Args)]
pub struct Predict {
    /// Fixtures to forecast: CSV with ID,Sea,Lge,Date,HT,AT
    #[arg(long, value_name = "FILE")]
    pub fixtures: Option<PathBuf>,
    /// Use only results known before this date
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<NaiveDate>,
    /// Write the forecasts to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Refuse fixtures of teams never seen instead of forecasting them as newcomers
    #[arg(long, requires = "fixtures")]
    pub strict: bool,
    /// Say why the forecast of this match to come is what it is: what each feature adds, in percentage points
    #[arg(long, value_name = "MATCH", conflicts_with_all = ["fixtures", "as_of", "out"])]
    pub explain: Option<i64>,
}

#[derive(Debug, Subcommand)]
pub enum Grounds {
    /// Read a CSV file of grounds: country,team,ground,latitude,longitude and, where a team has moved, since
    ///
    /// Teams are named as the store or any source names them; rows of teams that it does not hold are left out and named.
    /// Coordinates are decimal degrees, and nothing is guessed: a team without a ground has no weather.
    #[command(
        after_help = "Example:\n  country,team,ground,latitude,longitude,since\n  England,Alder,Alder Park,51.5,-0.25,2016-08-13"
    )]
    Import {
        /// The file
        file: PathBuf,
    },
    /// Show the grounds that are held
    List {
        /// Only of this country
        #[arg(long, value_name = "COUNTRY")]
        country: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Competitions {
    /// Read a TOML file of rules; each season in it replaces what was held for it
    Import {
        /// The file
        file: PathBuf,
    },
    /// Show what holds
    Show {
        /// Only of the league with this code
        #[arg(long, value_name = "CODE")]
        league: Option<String>,
        /// Only of this season, such as 2023-24
        #[arg(long)]
        season: Option<Season>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Find entries that were changed, removed or added; ends with exit code 1 where there are any
    Verify {
        /// Also compare with roots that `touchline ledger root` wrote before; may be given several times
        #[arg(long, value_name = "FILE")]
        against: Vec<PathBuf>,
    },
    /// Score the sealed forecasts of matches that are over, and say how each model has done
    ///
    /// Each gets its result, RPS, log loss, Brier score and ignorance, and where closing prices are held, their scores. A
    /// corrected result is scored anew. Of each match the forecast sealed last counts.
    Score,
    /// Export the root of each day: a hash over the forecasts that were sealed on it
    ///
    /// Give it to somebody else, or publish it: nobody can then rewrite the ledger unnoticed.
    Root {
        /// Only of this day (UTC)
        #[arg(long, value_name = "DATE")]
        day: Option<NaiveDate>,
        /// Write the roots to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long)]
    pub host: Option<String>,
    /// Port to listen on [default: 8000]; 0 takes any free one
    #[arg(long)]
    pub port: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub enum Db {
    /// Make the schema, or bring it up to date
    Migrate,
    /// Check schema, integrity, partitions, views and space, and say what to do
    Doctor,
    /// Make partitions ahead of time, put old odds away, and refresh the views; for PostgreSQL, once a day or so
    Maintain {
        /// Months ahead whose partitions are made
        #[arg(long, value_name = "N", default_value_t = 3)]
        months_ahead: u32,
        /// Detach the odds of all but this month and so many before it [default: keep all]
        #[arg(long, value_name = "N")]
        keep_odds_months: Option<u32>,
    },
    /// Make the roles football_reader, football_writer and football_admin, and set their rights; for PostgreSQL
    Roles,
    /// Write a backup, as of one moment, and remove old ones
    ///
    /// Kept are the latest full backup of each of the last seven days that have one, the latest base backup, the
    /// incremental ones of thirty days, and what these build on; the section [backup] of the configuration says how
    /// many.
    Backup {
        /// The whole database; this is the default
        #[arg(long, conflicts_with_all = ["base", "incremental"])]
        full: bool,
        /// For PostgreSQL, the files of the whole server: the start of recovery to any second
        #[arg(long, conflicts_with = "incremental")]
        base: bool,
        /// What changed since the last full backup (SQLite) or base backup (PostgreSQL), or the increments after it
        #[arg(long)]
        incremental: bool,
        /// Folder of the backups [default: backups in the data folder]
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
        /// Remove no old backup
        #[arg(long)]
        keep_all: bool,
    },
    /// List the backups
    Backups {
        /// Folder of the backups [default: backups in the data folder]
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
    },
    /// Put a backup in the place of the database
    ///
    /// It is loaded beside the database and compared first; what was there before is kept under another name. A base
    /// backup of PostgreSQL with its increments becomes a new data folder instead (--into), as of the end of BACKUP or
    /// of a second (--to-time).
    Restore {
        /// Folder of the backup, as `touchline db backups` lists it
        #[arg(value_name = "BACKUP")]
        path: PathBuf,
        /// Only check the files of the backup
        #[arg(long)]
        validate: bool,
        /// Only check, load it beside the database, and compare
        #[arg(long, conflicts_with = "validate")]
        test_only: bool,
        /// Replace a database that holds matches
        #[arg(long, conflicts_with_all = ["validate", "test_only", "into", "to_time"])]
        force: bool,
        /// New or empty folder to recover a base backup with its increments into; with --test-only it is emptied again
        #[arg(long, value_name = "DIR", conflicts_with = "validate")]
        into: Option<PathBuf>,
        /// Recover what was committed until then, such as 2026-11-24T05:00:00Z; takes as many increments as it needs
        #[arg(long, value_name = "TIME", requires = "into")]
        to_time: Option<DateTime<Utc>>,
    },
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the settings in force
    Show {
        /// Print the commented defaults instead
        #[arg(long)]
        default: bool,
    },
}
