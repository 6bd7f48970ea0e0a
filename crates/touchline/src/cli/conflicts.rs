//! `touchline conflicts`.

use clap::{Args, Subcommand, ValueEnum};
use touchline_domain::{ClaimField, Season};
use touchline_intake::conflicts::{ConflictFilter, ConflictName};
use touchline_intake::identity::{CorrectionRule, CorrectionRules};

#[derive(Debug, Subcommand)]
pub enum Conflicts {
    /// List the values that sources contradict and about which nobody decided
    List {
        #[command(flatten)]
        which: Which,
        /// Those too that the order of sources or a person decided
        #[arg(long)]
        all: bool,
    },
    /// Take what the source says; the older value is kept with its time
    ///
    /// A score that is accepted counts as known from now on: forecasts of matches in between stay as they were made.
    Accept(Decide),
    /// Keep what is held; the same word of the source is not asked about again
    Keep(Decide),
}

/// Which conflicts.
#[derive(Debug, Args)]
pub struct Which {
    /// Only of this league, by code
    #[arg(long, value_name = "CODE")]
    pub league: Option<String>,
    /// Only of this season, such as 2022-23
    #[arg(long, value_name = "SEASON")]
    pub season: Option<Season>,
    /// Only about this field: score, status, half_time, kickoff, referee, attendance, neutral_ground, stage, round, group,
    /// tie_leg, after_extra_time, shootout, statistics
    #[arg(long, value_name = "FIELD")]
    pub field: Option<ClaimField>,
    /// Only of this source, such as football-data
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
}

impl Which {
    /// The same for the use case.
    pub fn filter(&self, decided: bool) -> ConflictFilter {
        let (league, source) = (self.league.clone(), self.source.clone());
        ConflictFilter { league, season: self.season, field: self.field, source, decided }
    }
}

#[derive(Debug, Args)]
pub struct Decide {
    /// Names of conflicts as `conflicts list` shows them, such as 17:score
    #[arg(value_name = "CONFLICT", required_unless_present = "all", conflicts_with_all = ["all", "league", "season", "field", "source"])]
    pub conflicts: Vec<ConflictName>,
    /// All open ones, of the league, season, field and source that are given
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub which: Which,
}

/// What becomes of a source's newer word about a match that was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rule {
    /// It replaces the older one, which is kept with its time
    #[value(alias = "newer-wins")]
    Newer,
    /// The older one stays
    #[value(alias = "first-wins")]
    First,
    /// The older one stays until somebody decides with `touchline conflicts`
    Ask,
}

impl Rule {
    /// The same of every field.
    pub fn rules(self) -> CorrectionRules {
        CorrectionRules::all(match self {
            Self::Newer => CorrectionRule::Newer,
            Self::First => CorrectionRule::First,
            Self::Ask => CorrectionRule::Ask,
        })
    }
}
