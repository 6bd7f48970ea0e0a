use chrono::NaiveDate;
use clap::Args;
use std::path::PathBuf;
use touchline_collect::providers;
use touchline_domain::CollectionKind;

/// Ask a source on the web for fixtures, results or odds, and store what comes
///
/// What is asked again is asked conditionally, and answers that came are kept in the data folder: a run that was stopped or
/// killed goes on where it was. Limits of the sources are kept to, and keys come from the environment alone.
#[derive(Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(after_long_help = "\
Examples:
  touchline collect football-data --league E0 --season 2425      a season, without any key
  touchline collect football-data --league E0 --league D1        the seasons that are played, and the coming fixtures
  touchline collect openfootball --season 2023-24                ten leagues, without any key
  touchline collect football-data --league E0 --plan             what would be asked
  touchline collect understat --league E0 --season 2425          expected goals, without any key
  touchline collect news                                         the feeds of collect.news_feeds
  touchline collect open-meteo                                   weather at the grounds of the next two days
  touchline collect --runs                                       the latest runs

docs/guides/collecting.md explains sources, keys, budgets and failures.")]
pub struct Collect {
    /// The source
    #[arg(value_name = "SOURCE", required_unless_present_any = ["runs", "gaps"], value_parser = sources())]
    pub source: Option<String>,
    /// League, by the source's own code, such as E0 or en.1; may be given several times
    #[arg(long = "league", value_name = "CODE")]
    pub leagues: Vec<String>,
    /// Season, such as 2425 or 2024-25; may be given several times [default: the one that is played]
    #[arg(long = "season", value_name = "SEASON")]
    pub seasons: Vec<String>,
    /// First day, where the source is asked for days
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// Last day
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    /// Only this match, by its number here; of sources of weather
    #[arg(long = "match", value_name = "MATCH")]
    pub match_id: Option<i64>,
    /// What to collect: fixtures, results, odds, scores, lineups, injuries, weather,
    /// ratings or news; may be given several times
    #[arg(long = "kind", value_name = "KIND")]
    pub kinds: Vec<CollectionKind>,
    /// Show requests, credits and minutes, and send nothing
    #[arg(long)]
    pub plan: bool,
    /// Ask and read, and store nothing
    #[arg(long, conflicts_with = "plan")]
    pub dry_run: bool,
    /// Take recorded answers from this folder instead of the network: files named as --plan shows them
    #[arg(long, value_name = "FOLDER", conflicts_with = "plan")]
    pub replay: Option<PathBuf>,
    /// Ask the source also where what is kept is fresh
    #[arg(long)]
    pub refresh: bool,
    /// Show the latest runs and their errors, and ask nothing
    #[arg(long, conflicts_with = "source")]
    pub runs: bool,
    /// Show what is missing against the fixture list: results, line-ups and prices; exit code 3 where something is
    #[arg(long, conflicts_with_all = ["source", "runs"])]
    pub gaps: bool,
}

fn sources() -> Vec<&'static str> {
    providers::ALL.into_iter().map(providers::Provider::name).collect()
}
