//! `touchline names`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Names {
    /// List the names of the review queue
    List {
        /// Only those that wait for a decision
        #[arg(long)]
        open: bool,
    },
    /// Say which teams the waiting names may stand for, the likeliest first
    ///
    /// Results count more than likeness: of how many the team has the same score on the same day.
    Suggest {
        /// Only this name (or the review of this number)
        #[arg(value_name = "NAME", required_unless_present = "all")]
        name: Option<String>,
        /// All names that wait
        #[arg(long, conflicts_with = "name")]
        all: bool,
    },
    /// Decide which team a name stands for, and take up the documents that waited for it
    Accept {
        /// Number of the review, or the name
        #[arg(value_name = "REVIEW")]
        review: String,
        /// Name of the team, or its number
        #[arg(value_name = "TEAM", required_unless_present_any = ["new", "league"])]
        team: Option<String>,
        /// Where the name is of a league: the code of the league that it stands for, stored or well known, such as E0
        #[arg(long, value_name = "CODE", conflicts_with_all = ["team", "new"])]
        league: Option<String>,
        /// It is a team that nobody named before
        #[arg(long, conflicts_with = "team")]
        new: bool,
    },
    /// Decide that a name is not to be used: its rows are left out
    Reject {
        /// Number of the review, or the name
        #[arg(value_name = "REVIEW")]
        review: String,
    },
    /// Keep a table of aliases: {"name": ["alias", ...], ...}
    ///
    /// The name becomes the team's, and the aliases hold for every source, unless --source names one. An alias that
    /// leads to another team already is an error, and nothing of the table is kept.
    Import {
        /// The table, JSON
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Country of the teams [default: the one country that has a team of the name]
        #[arg(long, value_name = "COUNTRY")]
        country: Option<String>,
        /// The only source that writes the names so, such as openfootball
        #[arg(long, value_name = "SOURCE")]
        source: Option<String>,
        /// Make the teams that are not known; needs --country, or a country in the table
        #[arg(long)]
        create: bool,
        /// Leave out the teams that are not known
        #[arg(long, conflicts_with = "create")]
        skip_unknown: bool,
    },
    /// Write all aliases as such a table
    Export {
        /// Only the teams of this league
        #[arg(long, value_name = "CODE")]
        league: Option<String>,
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Show how sources write bookmakers and markets, and the version of that table
    Prices,
    /// Join two leagues or two teams that are one and were stored twice
    ///
    /// Matches, odds, statistics, line-ups, absences, events, sealed forecasts and names of the merged one go to the kept
    /// one, all or nothing. On PostgreSQL this takes the rights of football_admin.
    Merge(Merge),
    /// List what was merged
    Merges,
    /// Put everything back where it was before a merge
    Undo {
        /// Number of the merge, as `touchline names merges` lists it
        #[arg(value_name = "MERGE")]
        id: i64,
    },
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("pair").required(true).args(["league", "team"]))]
pub struct Merge {
    /// Two leagues, by code or identifier: the one that stays, and the one that goes
    #[arg(long, num_args = 2, value_names = ["KEPT", "MERGED"])]
    pub league: Option<Vec<String>>,
    /// Two teams, by COUNTRY/NAME or identifier
    #[arg(long, num_args = 2, value_names = ["KEPT", "MERGED"])]
    pub team: Option<Vec<String>>,
    /// Only show what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// Where both have another score of the same match, the kept one's counts
    #[arg(long, conflicts_with = "prefer_merged")]
    pub prefer_kept: bool,
    /// Where both have another score of the same match, the merged one's counts
    #[arg(long)]
    pub prefer_merged: bool,
    /// Who asks for it, for the list of merges
    #[arg(long, value_name = "NAME", env = "USER", default_value = "somebody", hide_env = true)]
    pub by: String,
}
