use super::Rule;
use clap::Args;
use std::path::PathBuf;
use touchline_domain::Season;

#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  touchline ingest table --list                          the shapes that need no map
  touchline ingest table epl-2024-UTC.csv                a file whose headings fit one of them
  touchline ingest table --guess mine.csv --out my.toml  a map to review, and the first rows as it reads them
  touchline ingest table --map my.toml --league E0 mine.csv archive.zip

A map names the columns of a table, in TOML. The least one:
  name = \"my-results\"
  [columns]
  date = \"Day\"
  home = \"Host\"
  away = \"Guest\"
  score = \"Result\"

docs/data-sources/maps.md explains all keys.")]
pub struct Table {
    /// A map (a TOML file) or the name of a preset; without it the one preset that the headings fit
    #[arg(long, value_name = "MAP.toml|PRESET")]
    pub map: Option<String>,
    /// League of all rows: a code such as E0 or en.1, or a word of [leagues] in the map
    #[arg(long, value_name = "LEAGUE")]
    pub league: Option<String>,
    /// Season of rows that state none, such as 2022-23
    #[arg(long, value_name = "SEASON")]
    pub season: Option<Season>,
    /// Name under which records are kept; by default the map's
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Show the presets and read nothing
    #[arg(long, conflicts_with_all = ["map", "guess"])]
    pub list: bool,
    /// Write a map of one file for review, and show the first rows as it reads them; nothing is stored
    #[arg(long, conflicts_with = "map")]
    pub guess: bool,
    /// Where --guess writes the map; by default to standard output
    #[arg(long, value_name = "MAP.toml", requires = "guess")]
    pub out: Option<PathBuf>,
    /// Show how each file is understood (headings, dates, league, season, columns, first rows), and write nothing
    #[arg(long, conflicts_with = "guess")]
    pub explain: bool,
    /// What becomes of a source's newer word about a played match [default: the settings of [corrections]]
    #[arg(long, value_enum, value_name = "RULE")]
    pub corrections: Option<Rule>,
    /// Files or folders; folders are searched
    #[arg(required_unless_present = "list", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}
