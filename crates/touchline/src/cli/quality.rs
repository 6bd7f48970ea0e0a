//! `touchline quality`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use touchline_domain::ports::IssueFilter;
use touchline_domain::{HeldState, IssueStatus, Severity};

#[derive(Debug, Subcommand)]
pub enum Quality {
    /// Check what came in since the last check, and record what is found, one finding per cause
    ///
    /// Ends with exit code 1 where something deserves a look. A check that finds what is recorded already records nothing.
    Check {
        /// Everything rather than what came in, and compute the baselines anew
        #[arg(long)]
        full: bool,
        /// Limits of drift: those of the store's own past (default), or those of the Python original
        #[arg(long, default_value = "default", value_name = "default|original")]
        profile: touchline_quality::baseline::Profile,
    },
    /// Count the findings of the last hours by table, kind and severity
    Anomalies {
        /// How far back
        #[arg(long, default_value_t = 24, value_name = "HOURS")]
        hours: u32,
    },
    /// List findings, the latest first
    Logs(Logs),
    /// Decide about findings; each decision can be undone by `reopen`
    Review(Review),
    /// List lines of documents that were not used, as they came, with what is wrong with each
    Quarantine {
        /// At most so many
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: u32,
    },
    /// List rows that a rule holds back before they are stored, as they came, with rule, version and reason
    Held {
        /// Also those that were decided about, corrected, or pass by now
        #[arg(long, conflicts_with = "state")]
        all: bool,
        /// Only in this state: held (default), released, refused, corrected, passed
        #[arg(long, value_name = "STATE")]
        state: Option<HeldState>,
        /// At most so many
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: u32,
    },
    /// Store held rows as they are: they are right
    ///
    /// Counts for the same row in every edition of the file. `quality take-back` undoes it.
    Release(HeldDecision),
    /// Never store held rows: they are wrong
    ///
    /// Counts for the same row in every edition of the file. `quality take-back` undoes it.
    Refuse(HeldDecision),
    /// Take back decisions about held rows: they are held again
    ///
    /// What a released row had brought stays until another document says something else.
    TakeBack {
        /// Decisions, as `quality held --all` shows them
        #[arg(required = true, value_name = "DECISION")]
        decisions: Vec<i64>,
        /// Who takes them back
        #[arg(long, default_value = "command line", value_name = "NAME")]
        by: String,
    },
    /// List the rules: those that hold rows back, and those that look at what is stored
    Rules,
    /// Put such a line right, or leave it out, and read its document again
    ///
    /// The document keeps its bytes and its time: what it brings is what it would have brought, had it come right. Give a
    /// TEXT with the whole line as it should have come, or --leave-out.
    Correct(Correct),
    /// Undo a decision about a line: it is read as it came, and its findings are open again
    Undo {
        /// The document, as `correct` shows it
        #[arg(value_name = "DOCUMENT")]
        document: i64,
        /// The decision, as `correct` shows it
        #[arg(value_name = "DECISION")]
        decision: i64,
        /// Who undoes it
        #[arg(long, default_value = "command line", value_name = "NAME")]
        by: String,
    },
    /// Show what drift is compared with: limits that 1 in 100 and 1 in 1,000 windows of the past exceeded
    Baseline,
    /// Show the scores, freshness and findings of the latest checks; or what became of the data in a week
    Report {
        /// How many checks
        #[arg(long, default_value_t = 10, value_name = "N", conflicts_with = "week")]
        checks: u32,
        /// A week, such as 2026-W48, or `last` for the one that is over; from Monday to Sunday in UTC
        #[arg(long, value_name = "WEEK")]
        week: Option<String>,
        /// Write the report of the week as a page to this file
        #[arg(long, value_name = "FILE", requires = "week")]
        html: Option<PathBuf>,
    },
    /// Expectation suites in the JSON of Great Expectations
    #[command(subcommand)]
    Suite(SuiteCommand),
}

#[derive(Debug, Subcommand)]
pub enum SuiteCommand {
    /// List the suites and checkpoints that ship
    List,
    /// Print a suite that ships
    Show {
        /// Its table
        #[arg(value_name = "matches|odds")]
        table: String,
    },
    /// List the expectations that are supported
    Kinds,
    /// Read a suite and say whether everything in it is supported
    Check {
        /// Its file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct Logs {
    /// Only of this table, such as odds
    #[arg(long, value_name = "TABLE")]
    pub table: Option<String>,
    /// Only of this severity: low, medium, high, critical
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Option<Severity>,
    /// Only in this state: open, resolved, ignored
    #[arg(long, value_name = "STATE")]
    pub status: Option<IssueStatus>,
    /// Only of this kind, such as price_against_consensus
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Only those that a person has to decide about
    #[arg(long)]
    pub review: bool,
    /// At most so many
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub limit: u32,
}

impl Logs {
    /// The same for the store. What needs review is open.
    pub fn filter(&self) -> IssueFilter {
        IssueFilter {
            table: self.table.clone(),
            severity: self.severity,
            status: self.status.or(self.review.then_some(IssueStatus::Open)),
            error_type: self.kind.clone(),
            needs_review: self.review,
            ..IssueFilter::default()
        }
    }
}

#[derive(Debug, Args)]
pub struct Correct {
    /// The finding, as `quality quarantine` shows it
    #[arg(value_name = "FINDING")]
    pub finding: i64,
    /// The whole line as it should have come
    #[arg(long, value_name = "TEXT", required_unless_present = "leave_out", conflicts_with = "leave_out")]
    pub line: Option<String>,
    /// Read the document as if the line were not there
    #[arg(long)]
    pub leave_out: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who decides
    #[arg(long, default_value = "command line", value_name = "NAME")]
    pub by: String,
}

#[derive(Debug, Args)]
pub struct HeldDecision {
    /// Rows, as `quality held` shows them
    #[arg(required = true, value_name = "ROW")]
    pub rows: Vec<i64>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who decides
    #[arg(long, default_value = "command line", value_name = "NAME")]
    pub by: String,
}

#[derive(Debug, Args)]
pub struct Review {
    /// What becomes of them
    pub decision: Decision,
    /// Numbers of findings as `quality logs` shows them
    #[arg(required = true, value_name = "FINDING")]
    pub findings: Vec<i64>,
    /// What there is to say
    #[arg(long, value_name = "TEXT")]
    pub notes: Option<String>,
    /// Who decides
    #[arg(long, default_value = "command line", value_name = "NAME")]
    pub by: String,
}

/// A decision about findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Decision {
    /// The data are as they should be after all
    Accept,
    /// The data were put right
    Resolve,
    /// The finding is none
    Ignore,
    /// Nobody has decided yet: undoes the decision before
    Reopen,
}

impl Decision {
    /// The state that a finding is in then.
    pub fn status(self) -> IssueStatus {
        match self {
            Self::Accept | Self::Resolve => IssueStatus::Resolved,
            Self::Ignore => IssueStatus::Ignored,
            Self::Reopen => IssueStatus::Open,
        }
    }
}
