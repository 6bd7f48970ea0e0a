//! What people are told when something is wrong.

use chrono::TimeDelta;
use clap::{Args, Subcommand};
use touchline_domain::{AlertId, Severity};

#[derive(Debug, Subcommand)]
pub enum Alerts {
    /// List what is wrong, the latest first
    List(ListAlerts),
    /// Show everything about an alert, and who was told of it
    Show {
        /// Its number
        #[arg(value_name = "NUMBER", value_parser = number)]
        id: AlertId,
    },
    /// Take an alert up: nobody is reminded of it any more
    Ack {
        /// Its number
        #[arg(value_name = "NUMBER", value_parser = number)]
        id: AlertId,
        /// Who takes it up
        #[arg(long, value_name = "NAME", default_value = "operator")]
        by: String,
    },
    /// Tell nobody of some alerts for a while; they stand in the list all the same
    #[command(after_help = "Example: the backup disk is being changed
  touchline alerts silence --component backup --for 3h --reason 'disk is being changed'")]
    Silence(SilenceAlerts),
    /// List the silences that hold
    Silences,
    /// End a silence
    Unsilence {
        /// Its number
        #[arg(value_name = "NUMBER")]
        id: i64,
    },
    /// Send a message by every channel that is configured, and say how it went
    Test,
}

#[derive(Debug, Args)]
pub struct ListAlerts {
    /// Those that are over too
    #[arg(long)]
    pub all: bool,
    /// Only of this severity: low, medium, high, critical
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Option<Severity>,
    /// Only of this part of the system
    #[arg(long, value_name = "COMPONENT")]
    pub component: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
}

#[derive(Debug, Args)]
#[group(id = "about", required = true, multiple = true, args = ["name", "component", "subject"])]
pub struct SilenceAlerts {
    /// Alerts of this name, such as BackupFailure
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Alerts of this part of the system
    #[arg(long, value_name = "COMPONENT")]
    pub component: Option<String>,
    /// Alerts about this, such as backup_full
    #[arg(long, value_name = "SUBJECT")]
    pub subject: Option<String>,
    /// For how long: minutes, hours or days, such as 90m, 2h, 1d
    #[arg(long = "for", value_name = "TIME", value_parser = span)]
    pub span: TimeDelta,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who says so
    #[arg(long, value_name = "NAME", default_value = "operator")]
    pub by: String,
}

fn number(text: &str) -> Result<AlertId, String> {
    text.parse().map(AlertId).map_err(|_| format!("{text:?} is not the number of an alert"))
}

fn span(text: &str) -> Result<TimeDelta, String> {
    let wrong = || format!("{text:?} is no time: write minutes, hours or days, such as 90m, 2h, 1d");
    let (count, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let count: i64 = count.parse().map_err(|_| wrong())?;
    let span = match unit {
        "m" => TimeDelta::try_minutes(count),
        "h" => TimeDelta::try_hours(count),
        "d" => TimeDelta::try_days(count),
        _ => None,
    };
    let longest = TimeDelta::days(366);
    span.filter(|span| (TimeDelta::minutes(1)..=longest).contains(span)).ok_or_else(wrong)
}
