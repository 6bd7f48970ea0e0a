use crate::lake::{LakeRow, LakeTable, Month};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::fmt;
use std::time::Duration;
use thiserror::Error;

/// A failed call of the lake.
#[derive(Debug, Error)]
pub enum LakeError {
    /// The folder or the object storage does not answer, refuses, or is full: correct that and run it again.
    #[error("the lake is not available: {0}")]
    Unavailable(String),
    /// A file is not what was written; nothing of it was used.
    #[error(
        "the lake's file {path} is damaged: {what}; put a copy of it back, or export its partition again"
    )]
    Damaged {
        /// Which.
        path: String,
        /// What differs.
        what: String,
    },
    /// A file was written by a program that this one does not know.
    #[error("the lake's file {path} has {found}, and this program reads up to {known}: update the program")]
    Schema {
        /// Which.
        path: String,
        /// What it has.
        found: String,
        /// What is known.
        known: String,
    },
    /// Somebody else changed the partition at the same time; run it again.
    #[error("{0} was changed by somebody else meanwhile; run the command again")]
    Raced(LakePartition),
    /// A row that the lake cannot hold.
    #[error("the lake cannot hold this row: {0}")]
    Refused(String),
}

/// Rows that are written, replaced and read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LakePartition {
    /// Of which table.
    pub table: LakeTable,
    /// Of which month; of none where rows have no time.
    pub month: Option<Month>,
}

/// As in paths: `silver/odds/2023/05`.
impl fmt::Display for LakePartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.table.layer().name(), self.table.name())?;
        self.month.map_or(Ok(()), |month| write!(f, "/{month}"))
    }
}

/// A file of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LakeFile {
    /// Its name in the partition's folder.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// BLAKE3 of its bytes, lower-case hex.
    pub hash: String,
    /// BLAKE3 of its rows, whatever their encoding, lower-case hex.
    pub content: String,
}

/// What a partition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionState {
    /// Which.
    pub partition: LakePartition,
    /// Rises with each change.
    pub generation: u64,
    /// When that was.
    pub written_at: DateTime<Utc>,
    /// Its files.
    pub files: Vec<LakeFile>,
}

impl PartitionState {
    /// Rows of all files.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// What becomes of the rows that a partition holds when new ones are committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// They stay, and the new ones come beside them.
    Append,
    /// The new ones replace them.
    Replace {
        /// Whether the partition may lose rows; else one that holds more is left as it is.
        may_shrink: bool,
        /// Whether a file of the same rows is written anew: it may be damaged.
        rewrite: bool,
    },
    /// The new ones replace those of this generation; refused where somebody changed the partition since.
    Swap {
        /// The generation that was read.
        generation: u64,
    },
}

/// What came of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// The partition holds the new file.
    Written(LakeFile),
    /// It held these rows already; nothing was written.
    Unchanged,
    /// It holds this many rows, more than the new ones, and was left as it is.
    Larger(u64),
}

/// A file being written. Dropped without a commit, it leaves nothing behind.
#[async_trait]
pub trait LakeWriter: Send {
    /// Adds rows, which must be of the writer's table.
    ///
    /// # Errors
    /// A row that the lake cannot hold, or no room.
    async fn write(&mut self, rows: Vec<LakeRow>) -> Result<(), LakeError>;

    /// Puts the file in place, and then the manifest that names it: whoever reads sees all of it or nothing, and so
    /// does whoever comes after a crash.
    ///
    /// # Errors
    /// The lake is not available, or was changed by somebody else.
    async fn commit(self: Box<Self>, how: Commit) -> Result<Committed, LakeError>;
}

/// A partition being read, some rows at a time.
#[async_trait]
pub trait LakeReader: Send {
    /// The next rows; nothing at the end. No row of a file is given before the whole file was compared with its hash.
    ///
    /// # Errors
    /// The lake is not available, or a file is damaged.
    async fn next(&mut self) -> Result<Option<Vec<LakeRow>>, LakeError>;
}

/// What a cleanup found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cleanup {
    /// Files that no manifest names, and manifests that were replaced, older than the time of grace.
    pub removed: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The same, but younger, or of a partition without any manifest.
    pub waiting: u64,
    /// Files that the lake did not write; they are left alone.
    pub foreign: u64,
}

/// Tables as files, on a disk or on object storage.
#[async_trait]
pub trait Lake: Send + Sync {
    /// Where it is, without credentials.
    fn location(&self) -> String;

    /// All partitions that were ever written, by layer, table and month.
    ///
    /// # Errors
    /// The lake is not available, or a manifest is damaged.
    async fn partitions(&self) -> Result<Vec<PartitionState>, LakeError>;

    /// One partition.
    ///
    /// # Errors
    /// The lake is not available, or the manifest is damaged.
    async fn partition(&self, partition: LakePartition) -> Result<Option<PartitionState>, LakeError>;

    /// Starts a file of a partition.
    ///
    /// # Errors
    /// No room for a temporary file.
    async fn write(&self, partition: LakePartition) -> Result<Box<dyn LakeWriter>, LakeError>;

    /// Reads the files of a state.
    ///
    /// # Errors
    /// The lake is not available.
    async fn read(&self, state: &PartitionState) -> Result<Box<dyn LakeReader>, LakeError>;

    /// Takes all rows out of a partition.
    ///
    /// # Errors
    /// The lake is not available, or was changed by somebody else.
    async fn empty(&self, state: &PartitionState) -> Result<(), LakeError>;

    /// Removes what nothing refers to any more and is older than `grace`; only counts it on a `dry_run`.
    ///
    /// # Errors
    /// The lake is not available.
    async fn clean_up(&self, grace: Duration, dry_run: bool) -> Result<Cleanup, LakeError>;
}
