use super::StoreError;
use crate::{Injury, Lineup, MatchId};
use async_trait::async_trait;

/// Reading who plays and who is missing. They are written with the other facts of their match, see
/// [`MatchFacts`](super::MatchFacts).
#[async_trait]
pub trait SquadReader: Send + Sync {
    /// All line-ups by identifier of the match; those of a match by time known, then side, source and kind.
    ///
    /// # Errors
    /// The store is not available.
    async fn all_lineups(&self) -> Result<Vec<(MatchId, Lineup)>, StoreError>;

    /// The line-ups of some matches, in the same order.
    ///
    /// # Errors
    /// The store is not available.
    async fn lineups_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, Lineup)>, StoreError>;

    /// All absences by identifier of the match; those of a match by time known, then side, source, player and kind.
    ///
    /// # Errors
    /// The store is not available.
    async fn all_injuries(&self) -> Result<Vec<(MatchId, Injury)>, StoreError>;

    /// The absences of some matches, in the same order.
    ///
    /// # Errors
    /// The store is not available.
    async fn injuries_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, Injury)>, StoreError>;
}
