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
pub use bronze::{BronzeRepository, StoredDocument};
pub use content::{Digest, SilverContent, SilverWalk, TeamAlias};
pub use diagnosis::{Finding, SelfDiagnosis};
pub use error::{Retry, StoreError, TextFault};
pub use lake::{
    Cleanup, Commit, Committed, Lake, LakeError, LakeFile, LakePartition, LakeReader, LakeWriter,
    PartitionState,
};
pub use models::{ModelRepository, ModelVersion};
pub use predictions::{PredictionRepository, SealedForecast};
pub use roster::{LeagueRepository, LeagueSummary, TeamRepository};
pub use silver::{
    Cursor, MatchFacts, MatchFilter, MatchPage, MatchRepository, QualityLog, ResultRow, SilverChange,
    SilverCounts, SilverRepository, StoredIssue, StoredQuote,
};
pub use squads::SquadRepository;
pub use summaries::{AsOf, OddsTrends, Origin, Summary, SummaryRepository, View};

/// Everything that an embedded or served store offers.
pub trait Store:
    BronzeRepository
    + LeagueRepository
    + TeamRepository
    + MatchRepository
    + SummaryRepository
    + SquadRepository
    + SilverRepository
    + QualityLog
    + PredictionRepository
    + ModelRepository
    + HealthCheck
    + SelfDiagnosis
    + Backup
    + ExportRepository
    + QuoteArchive
{
}

impl<T> Store for T where
    T: BronzeRepository
        + LeagueRepository
        + TeamRepository
        + MatchRepository
        + SummaryRepository
        + SquadRepository
        + SilverRepository
        + QualityLog
        + PredictionRepository
        + ModelRepository
        + HealthCheck
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
