//! Trained models, and experiments with them.

use super::Odds;
use clap::{Args, Subcommand};

/// What to do with trained models. VERSION is a version or an alias: champion, challenger, previous. An alias is of the default
/// model, which sees no prices; those that do are named: touchline-pre-match/champion.
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// List all versions with their aliases and scores
    List,
    /// Show what is known of a version: recipe, data, scores on matches that it had not seen
    Show {
        /// Version or alias
        #[arg(default_value = "champion")]
        version: String,
    },
    /// Make a version the champion, which answers; running servers follow
    Promote {
        /// Version or alias
        version: String,
        /// Make it the challenger instead, to be compared with the champion
        #[arg(long)]
        challenger: bool,
    },
    /// Make the previous champion answer again
    Rollback {
        /// Which of the bookmakers' prices the model sees
        #[arg(long, value_enum, default_value_t)]
        odds: Odds,
    },
    /// Score two versions on the matches after both were trained
    Compare {
        /// Version or alias
        first: String,
        /// Version or alias
        #[arg(default_value = "champion")]
        second: String,
    },
    /// Try a version beside the champion on matches to come
    #[command(subcommand)]
    Experiment(ExperimentCommand),
}

/// A challenger beside the champion. Both forecast the same matches, and what they said is compared after them.
#[derive(Debug, Subcommand)]
pub enum ExperimentCommand {
    /// Begin one; running servers and workers follow
    Start(StartExperiment),
    /// End the one that runs: the champion answers every match
    Stop {
        /// Its name; the one that runs, where none is given
        id: Option<String>,
    },
    /// Show both versions' sample and scores, and what they say
    Show {
        /// Its name; the one that runs, or ran last, where none is given
        id: Option<String>,
    },
    /// List all, the latest first
    List,
}

/// An experiment to begin.
#[derive(Debug, Args)]
pub struct StartExperiment {
    /// Its name, of a-z, 0-9, . _ and -; it is never used again
    pub id: String,
    /// The version to try, or an alias
    #[arg(long, value_name = "VERSION", default_value = "challenger")]
    pub challenger: String,
    /// Share of the matches that it answers, such as 0.2; without it, the champion answers all and the challenger is in the shadow
    #[arg(long)]
    pub share: Option<f64>,
}
