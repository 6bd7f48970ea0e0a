//! Documents that come in through the interface: what may come, what a worker is told of it, and what it says it did. Reading
//! and storing are the worker's, which is the binary's.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use touchline_domain::Season;
use utoipa::ToSchema;

/// The kind of job that brings a document in.
pub const IMPORT_JOB: &str = "import";

/// What a person says of a document. It is kept with its ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOrder {
    /// Who reads it: a source, or `table`.
    pub source: String,
    /// Its file name, with its parent folder where that names the season.
    pub name: String,
    /// The code of its league, where it does not tell it.
    pub league: Option<String>,
    /// Its season, where it does not tell it.
    pub season: Option<Season>,
    /// A map of a table: the name of a preset, or TOML.
    pub map: Option<String>,
}

/// Says whether an order can be read, and if not, what to write.
pub type OrderCheck = dyn Fn(&ImportOrder) -> Result<(), String> + Send + Sync;

/// What may be brought in.
#[derive(Clone)]
pub struct ImportSettings {
    /// Largest document, bytes.
    pub most_bytes: u64,
    /// Uploads that an account may have under way.
    pub most_uploads: usize,
    /// Whether there is a reader for an order.
    pub check: Arc<OrderCheck>,
}

impl Default for ImportSettings {
    fn default() -> Self {
        let check = |order: &ImportOrder| match order.source.as_str() {
            "football-data" | "table" => Ok(()),
            _ => Err("source: football-data, table".to_owned()),
        };
        Self { most_bytes: 64 << 20, most_uploads: 5, check: Arc::new(check) }
    }
}

impl fmt::Debug for ImportSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportSettings").field("most_bytes", &self.most_bytes).finish_non_exhaustive()
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportRead {
    /// Documents: one, or the tables of an archive.
    pub documents: u64,
    /// Data rows.
    pub rows: u64,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportWritten {
    /// Matches that were not held.
    pub new_matches: u64,
    /// Held matches that are not what they were.
    pub changed_matches: u64,
    /// Values of played matches that a newer word replaced; the older ones are kept.
    pub corrected: u64,
    /// Line-ups, absences, counts, prices and events of held matches.
    pub new_facts: u64,
}

/// What was left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportLeftOut {
    /// Matches that are held just so.
    pub unchanged_matches: u64,
    /// Facts that are held just so.
    pub unchanged_facts: u64,
    /// Matches of which the document says something else than is held; a decision is waited for.
    pub conflicting: u64,
    /// Names that wait for a decision, and rows with them.
    pub waiting_names: u64,
    /// Rows that wait for a name.
    pub waiting_rows: u64,
    /// Rows of which little more than the score is used.
    pub partial_rows: u64,
}

/// What was refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportRefused {
    /// Documents of which nothing is used.
    pub documents: u64,
    /// Rows of which nothing is used.
    pub rows: u64,
}

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportFinding {
    /// Its kind.
    #[schema(example = "malformed_date")]
    pub kind: String,
    /// `document` (refused), `row` (left out), `waiting`, `part`, `note` or `value`.
    #[schema(example = "row")]
    pub weight: String,
    /// How many.
    pub count: u64,
    /// The first few in words, with file and line.
    pub examples: Vec<String>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// What was read.
    pub read: ImportRead,
    /// What was written.
    pub written: ImportWritten,
    /// What was left as it is.
    pub left_out: ImportLeftOut,
    /// What was refused.
    pub refused: ImportRefused,
    /// Everything that was found, by kind, the worst first.
    pub findings: Vec<ImportFinding>,
}
