//! `touchline lineage`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum LineageCommand {
    /// Follow a sealed forecast back: bundle, recipe, features, and the lines behind the last results of both clubs
    Forecast {
        /// Its number, as /api/v1/predictions/history lists it
        #[arg(value_name = "FORECAST")]
        id: i64,
        /// Results of each club
        #[arg(long, default_value_t = 5, value_name = "N")]
        results: u32,
    },
    /// Follow a document forward: matches, models trained since, and sealed forecasts that it may have touched
    ///
    /// Findings and `lineage forecast` name documents. What a wrong document brought is mended by a corrected one:
    /// ingest it, then `touchline features build` and `touchline train`.
    Document {
        /// Its number
        #[arg(value_name = "DOCUMENT")]
        id: i64,
        /// Matches and forecasts that are listed, each at most so many
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: u32,
    },
    /// List the jobs whose runs are recorded, each with its latest run; or the runs of one
    Runs {
        /// The job, such as ingest
        #[arg(value_name = "JOB")]
        job: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: u32,
    },
    /// Print events of runs in the form of `OpenLineage`, one a line, the latest first
    Events {
        /// Only of this run, by its UUID
        #[arg(long, value_name = "RUN")]
        run: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: u32,
    },
    /// Show which jobs and datasets are around one
    Graph {
        /// job:NAMESPACE:NAME or dataset:NAMESPACE:NAME, such as `dataset:football_db.silver:matches`
        #[arg(value_name = "NODE")]
        node: touchline_lineage::graph::NodeId,
        /// Steps away
        #[arg(long, default_value_t = 3, value_name = "N")]
        depth: u32,
    },
    /// Send the events that wait for the backend of [lineage] now, also those whose time to try again has not come
    Send,
}
