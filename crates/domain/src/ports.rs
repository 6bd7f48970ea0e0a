//! Ports: what the use cases ask of the outside. Adapters implement them; no adapter knows another.
//! "Not found" is `Ok(None)`. Every write is one transaction and may be repeated without effect. Stores keep times as
//! whole seconds: fractions are cut off.

mod accounts;
mod alerts;
mod archive;
mod artifacts;
mod backtests;
mod backup;
mod bronze;
mod collection;
mod content;
#[cfg(feature = "contract")]
pub mod contract;
mod coordination;
mod corrections;
mod diagnosis;
mod error;
mod events;
mod experiments;
mod feed;
mod jobs;
mod lake;
mod ledger;
mod lineage;
mod merges;
mod models;
mod names;
mod paper;
mod predictions;
mod quality;
mod revision;
mod roster;
mod runs;
mod silver;
mod simulations;
mod squads;
mod summaries;
mod surroundings;
mod tabular;
pub mod texts;
mod tickets;
mod verification;
mod versions;

pub use accounts::{AccountReader, AccountWriter};
pub use alerts::{AlertChannel, AlertMessage, AlertReader, AlertWriter, ChannelError};
pub use archive::{
    After, ArchivedMatch, DocumentInfo, ExportRepository, ExportedForecast, QuoteArchive, RecordedQuote,
    ThinnedMatch, Thinning, quotes_digest,
};
pub use artifacts::{Artifact, ArtifactError, ArtifactStore, check_name};
pub use backtests::{BacktestEntry, BacktestReader, BacktestWriter, KeptBacktest, NewBacktest};
pub use backup::{Backup, BackupKind, Contents, ServerBackup};
pub use bronze::{BronzeReader, BronzeWriter, StoredDocument};
pub use collection::{CollectionReader, CollectionWriter};
pub use content::{Digest, SilverContent, SilverWalk, TeamAlias};
pub use coordination::{
    BucketLevel, Claim, ClaimAnswer, Coordination, CoordinationHealth, Suspect, Unreachable, WaitRule,
};
pub use corrections::CorrectionReader;
pub use diagnosis::{Finding, SelfDiagnosis};
pub use error::{Retry, StoreError, TextFault};
pub use events::{EventReader, InPlayOddsReader};
pub use experiments::{
    Experiment, ExperimentArm, ExperimentMode, ExperimentReader, ExperimentWriter, ForecastPair, RecordedPair,
};
pub use feed::{
    BeforeWrite, ChangeFeed, ChangeFeedWriter, FEW_MATCHES, FeedPage, HeldFacts, MatchChanges, match_changes,
    returned_matches, sealed_match, season_changes,
};
pub use jobs::{JobReader, JobWriter};
pub use lake::{
    Cleanup, Commit, Committed, Lake, LakeError, LakeFile, LakePartition, LakeReader, LakeWriter,
    PartitionState,
};
pub use ledger::{
    DayRoot, FeatureSet, LEDGER_START, LEDGER_VERSION, LedgerEnd, LedgerEntry, LedgerHead, LedgerLink,
    LedgerMatch, LedgerPosition, LedgerReader, entry_hash,
};
pub use lineage::{LineageReader, LineageWriter, MatchOrigin, NewOrigins, TouchedForecast};
pub use merges::{
    IdentityMerge, IdentityMerges, JoinedMatch, MergeKind, MergePlan, MergePreference, MergeRefusal,
    MergeReport, MergeSide, MergeSubject, MovedRows, ScoreDisagreement, plan as plan_of_merge, undo_allowed,
    undo_refused,
};
pub use models::{Aliases, AssignedAlias, ModelAlias, ModelReader, ModelVersion, ModelWriter};
pub use names::{NameChange, NameReader, NameWriter, settle};
pub use paper::{NewPaperEntry, PaperEntry, PaperHead, PaperReader, PaperWriter, paper_hash};
pub use predictions::{PredictionReader, PredictionWriter, SealedDetails, SealedForecast};
pub use quality::{
    HeldFilter, IssueCount, IssueFilter, KeptCheck, QualityReader, QualityWriter, StoredIssue,
};
pub use revision::{Revision, RevisionReader};
pub use roster::{LeagueReader, LeagueSummary, RosterWriter, TeamReader};
pub use runs::{
    LineageBackend, NewNode, NewRunEvent, NodeKind, NodeName, RunEventEnd, RunEventKind, RunReader,
    RunWriter, SchemaColumn, StoredNode, StoredRun, StoredRunEvent,
};
pub use silver::{
    Applied, Cursor, MatchFacts, MatchFilter, MatchPage, MatchReader, ResultRow, SilverChange, SilverCounts,
    SilverReader, SilverWriter, StoredQuote,
};
pub use simulations::{KeptSimulation, SimulatedSeason, SimulationReader, SimulationWriter};
pub use squads::SquadReader;
pub use summaries::{AsOf, OddsTrends, Origin, Summary, SummaryReader, SummaryView, SummaryWriter};
pub use surroundings::{SurroundingsReader, SurroundingsWriter};
pub use tabular::{ColumnKind, TableCell, TableColumn, TableEncoder, TableError, TableFormat};
pub use tickets::{Callbacks, TicketReader, TicketWriter};
pub use verification::{
    ClosingLine, DueVerification, ForecastScores, ForecastVerification, SealedEntry, SealedFilter,
    SealedPosition, VerificationReader, VerificationWriter, VerifiedTotals,
};
pub use versions::{DataVersion, VersionReader, VersionWriter};

/// What forecasts of stored matches are made from: facts, the active model, what was sealed, and the feed of changes
/// that says when to make them anew.
pub trait ForecastReader:
    LeagueReader
    + MatchReader
    + CorrectionReader
    + SquadReader
    + PredictionReader
    + ModelReader
    + ExperimentReader
    + ChangeFeed
{
}

impl<T> ForecastReader for T where
    T: LeagueReader
        + MatchReader
        + CorrectionReader
        + SquadReader
        + PredictionReader
        + ModelReader
        + ExperimentReader
        + ChangeFeed
        + ?Sized
{
}

/// Everything that can be asked of a store without changing it: what an interface that only answers is given.
pub trait ReadStore:
    LeagueReader
    + TeamReader
    + NameReader
    + CorrectionReader
    + MatchReader
    + SummaryReader
    + SquadReader
    + SurroundingsReader
    + EventReader
    + InPlayOddsReader
    + SilverReader
    + QualityReader
    + LineageReader
    + RunReader
    + CollectionReader
    + JobReader
    + AlertReader
    + PredictionReader
    + LedgerReader
    + VerificationReader
    + PaperReader
    + ModelReader
    + ExperimentReader
    + BronzeReader
    + SimulationReader
    + BacktestReader
    + VersionReader
    + ForecastReader
    + RevisionReader
    + HealthCheck
{
}

impl<T> ReadStore for T where
    T: LeagueReader
        + TeamReader
        + NameReader
        + CorrectionReader
        + MatchReader
        + SummaryReader
        + SquadReader
        + SurroundingsReader
        + EventReader
        + InPlayOddsReader
        + SilverReader
        + QualityReader
        + LineageReader
        + RunReader
        + RunReader
        + CollectionReader
        + JobReader
        + AlertReader
        + PredictionReader
        + LedgerReader
        + VerificationReader
        + PaperReader
        + ModelReader
        + ExperimentReader
        + BronzeReader
        + SimulationReader
        + BacktestReader
        + VersionReader
        + ForecastReader
        + RevisionReader
        + HealthCheck
{
}

/// What bringing facts in asks of a store: nothing that forecasts, chooses models, keeps accounts or asks for jobs.
pub trait IntakeStore:
    ReadStore
    + RosterWriter
    + NameWriter
    + SilverWriter
    + SurroundingsWriter
    + QualityWriter
    + LineageWriter
    + RunWriter
    + CollectionWriter
    + ChangeFeedWriter
    + BronzeWriter
    + SummaryWriter
    + VersionWriter
    + ExportRepository
{
}

impl<T> IntakeStore for T where
    T: ReadStore
        + RosterWriter
        + NameWriter
        + SilverWriter
        + SurroundingsWriter
        + QualityWriter
        + LineageWriter
        + RunWriter
        + RunWriter
        + CollectionWriter
        + ChangeFeedWriter
        + BronzeWriter
        + SummaryWriter
        + VersionWriter
        + ExportRepository
{
}

/// What copies of a store are made of, and what they are read back into.
pub trait UpkeepStore: ReadStore + Backup + ExportRepository + QuoteArchive {}

impl<T> UpkeepStore for T where T: ReadStore + Backup + ExportRepository + QuoteArchive {}

/// Everything that an embedded or served store offers. Use cases take the narrow traits that they use.
pub trait Store:
    IntakeStore
    + UpkeepStore
    + AccountReader
    + AccountWriter
    + JobWriter
    + AlertWriter
    + TicketReader
    + TicketWriter
    + PredictionWriter
    + VerificationWriter
    + ModelWriter
    + ExperimentWriter
    + ArtifactStore
    + SimulationWriter
    + BacktestWriter
    + PaperWriter
    + SelfDiagnosis
    + IdentityMerges
{
}

impl<T> Store for T where
    T: IntakeStore
        + UpkeepStore
        + AccountReader
        + AccountWriter
        + JobWriter
        + AlertWriter
        + TicketReader
        + TicketWriter
        + PredictionWriter
        + VerificationWriter
        + ModelWriter
        + ExperimentWriter
        + ArtifactStore
        + SimulationWriter
        + BacktestWriter
        + PaperWriter
        + SelfDiagnosis
        + IdentityMerges
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
