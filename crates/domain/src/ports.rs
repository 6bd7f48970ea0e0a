//! Ports: what the use cases ask of the outside. Adapters implement them; no adapter knows another.
//! "Not found" is `Ok(None)`. Every write is one transaction and may be repeated without effect. Stores keep times as
//! whole seconds: fractions are cut off.

mod archive;
mod backup;
mod bronze;
mod content;
#[cfg(feature = "contract")]
pub mod contract;
mod diagnosis;
mod error;
mod lake;
mod models;
mod predictions;
mod revision;
mod roster;
mod silver;
mod squads;
mod summaries;
pub mod texts;

pub use archive::{
    After, ArchivedMatch, DocumentInfo, ExportRepository, QuoteArchive, RecordedQuote, ThinnedMatch,
    Thinning, quotes_digest,
};
pub use backup::{Backup, BackupKind, Contents};
pub use bronze::{BronzeReader, BronzeWriter, StoredDocument};
pub use content::{Digest, SilverContent, SilverWalk, TeamAlias};
pub use diagnosis::{Finding, SelfDiagnosis};
pub use error::{Retry, StoreError, TextFault};
pub use lake::{
    Cleanup, Commit, Committed, Lake, LakeError, LakeFile, LakePartition, LakeReader, LakeWriter,
    PartitionState,
};
pub use models::{ModelReader, ModelVersion, ModelWriter};
pub use predictions::{PredictionReader, PredictionWriter, SealedForecast};
pub use revision::{Revision, RevisionReader};
pub use roster::{LeagueReader, LeagueSummary, RosterWriter, TeamReader};
pub use silver::{
    Cursor, MatchFacts, MatchFilter, MatchPage, MatchReader, QualityReader, QualityWriter, ResultRow,
    SilverChange, SilverCounts, SilverReader, SilverWriter, StoredIssue, StoredQuote,
};
pub use squads::SquadReader;
pub use summaries::{AsOf, OddsTrends, Origin, Summary, SummaryReader, SummaryView, SummaryWriter};

/// Everything that can be asked of a store without changing it: what an interface that only answers is given.
pub trait ReadStore:
    LeagueReader
    + TeamReader
    + MatchReader
    + SummaryReader
    + SquadReader
    + SilverReader
    + QualityReader
    + PredictionReader
    + ModelReader
    + BronzeReader
    + RevisionReader
    + HealthCheck
{
}

impl<T> ReadStore for T where
    T: LeagueReader
        + TeamReader
        + MatchReader
        + SummaryReader
        + SquadReader
        + SilverReader
        + QualityReader
        + PredictionReader
        + ModelReader
        + BronzeReader
        + RevisionReader
        + HealthCheck
{
}

/// Everything that an embedded or served store offers. Use cases take the narrow traits that they use.
pub trait Store:
    ReadStore
    + RosterWriter
    + SilverWriter
    + QualityWriter
    + PredictionWriter
    + ModelWriter
    + BronzeWriter
    + SummaryWriter
    + SelfDiagnosis
    + Backup
    + ExportRepository
    + QuoteArchive
{
}

impl<T> Store for T where
    T: ReadStore
        + RosterWriter
        + SilverWriter
        + QualityWriter
        + PredictionWriter
        + ModelWriter
        + BronzeWriter
        + SummaryWriter
        + SelfDiagnosis
        + Backup
        + ExportRepository
        + QuoteArchive
{
}

/// Whether a dependency answers.
#[async_trait::async_trait]
pub trait HealthCheck: Send + Sync {
    /// Asks the dependency for something cheap; a short description of it on success.
    ///
    /// # Errors
    /// The dependency does not answer.
    async fn check(&self) -> Result<String, StoreError>;
}
