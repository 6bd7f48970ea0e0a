//! What runs by itself: jobs, flows and the timetable.

use clap::{Args, Subcommand};
use serde_json::Value;
use touchline_domain::{JobId, JobStatus, Queue};

#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// List jobs, the latest first
    List(ListJobs),
    /// Show everything about a job
    Show {
        /// Its number
        #[arg(value_name = "NUMBER", value_parser = number)]
        id: JobId,
    },
    /// Ask for a job now; a worker does it
    #[command(after_help = "Examples:
  touchline jobs run backup_full
  touchline jobs run fixtures_collection --parameters '{\"source\": \"football-data\", \"seasons\": [\"2324\"]}'

`touchline jobs kinds` lists all kinds.")]
    Run {
        /// The kind of job, by its name or an alias
        #[arg(value_name = "KIND")]
        name: String,
        /// A JSON object
        #[arg(long, value_name = "JSON", default_value = "{}", value_parser = object)]
        parameters: Value,
        /// The match that it is about
        #[arg(long = "match", value_name = "MATCH")]
        match_id: Option<i64>,
    },
    /// Call a job off; one that runs is asked to stop
    Cancel {
        /// Its number
        #[arg(value_name = "NUMBER", value_parser = number)]
        id: JobId,
    },
    /// Let a job that has ended without success wait again
    Retry {
        /// Its number
        #[arg(value_name = "NUMBER", value_parser = number)]
        id: JobId,
    },
    /// Remove jobs that ended long ago
    Purge {
        /// Days for which they stay
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        keep_days: u16,
    },
    /// List the kinds of jobs
    Kinds,
    /// Say whether jobs are as they should be: failures, backlog, delay, workers, silent kinds
    Health,
}

#[derive(Debug, Args)]
pub struct ListJobs {
    /// Only of this status; may be given several times
    #[arg(long = "status", value_name = "STATUS")]
    pub statuses: Vec<JobStatus>,
    /// Only of this kind
    #[arg(long = "kind", value_name = "KIND")]
    pub name: Option<String>,
    /// Only of this queue
    #[arg(long, value_name = "QUEUE")]
    pub queue: Option<Queue>,
    /// Only about this match
    #[arg(long = "match", value_name = "MATCH")]
    pub match_id: Option<i64>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub limit: u32,
}

#[derive(Debug, Subcommand)]
pub enum Flows {
    /// List all flows, with their steps
    List,
    /// Show the steps of a run
    Show {
        /// The run, such as daily_data_collection@2026-11-29T02:00:00Z
        run: String,
    },
    /// Start a flow now
    #[command(after_help = "Example:
  touchline flows run manual_data_collection --parameters '{\"sources\": [\"openfootball\"], \"seasons\": [\"2324\"]}'")]
    Run {
        /// The flow, by its name or an alias
        #[arg(value_name = "FLOW")]
        name: String,
        /// A JSON object
        #[arg(long, value_name = "JSON", default_value = "{}", value_parser = object)]
        parameters: Value,
    },
}

#[derive(Debug, Subcommand)]
pub enum ScheduleCommand {
    /// Show the timetable, with the next time of each line
    List,
    /// Show a line of the timetable, with its next ten times
    Show {
        /// Its name
        id: String,
    },
    /// Change the times or the parameters of a line, or add one; it holds within a second, without a restart
    #[command(after_help = "Example: prices every ten minutes
  touchline schedule set collect-odds-regular --cron '*/10 * * * *'")]
    Set(SetSchedule),
    /// Leave a line out until it is resumed
    Pause {
        /// Its name
        id: String,
    },
    /// Let a paused line count again, from now on
    Resume {
        /// Its name
        id: String,
    },
    /// Do what a line does, now
    Run {
        /// Its name
        id: String,
    },
}

#[derive(Debug, Args)]
pub struct SetSchedule {
    /// Its name; a new one adds a line
    pub id: String,
    /// Minute, hour, day, month and weekday, in UTC
    #[arg(long, value_name = "FIELDS")]
    pub cron: Option<String>,
    /// The job or flow, for a line that is new
    #[arg(long, value_name = "JOB")]
    pub job: Option<String>,
    /// A JSON object
    #[arg(long, value_name = "JSON", value_parser = object)]
    pub parameters: Option<Value>,
}

fn number(text: &str) -> Result<JobId, String> {
    text.parse().map(JobId).map_err(|_| format!("{text:?} is not the number of a job"))
}

fn object(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("parameters are a JSON object, such as {\"source\": \"football-data\"}".to_owned()),
        Err(error) => Err(format!("this is not JSON: {error}")),
    }
}
