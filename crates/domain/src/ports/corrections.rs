use super::StoreError;
use crate::{ClaimField, Correction, LeagueId, Season};
use async_trait::async_trait;

/// What was corrected, and where sources still contradict what is held. Corrections are written with a
/// [`SilverChange`](super::SilverChange), in the transaction that changes the match.
#[async_trait]
pub trait CorrectionReader: Send + Sync {
    /// Corrections of the matches of some seasons of leagues, in the order in which they were written.
    ///
    /// # Errors
    /// The store is not available.
    async fn corrections_of(&self, seasons: &[(LeagueId, Season)]) -> Result<Vec<Correction>, StoreError>;

    /// Corrections in the order in which they were written: all, or of some fields those that were taken.
    ///
    /// # Errors
    /// The store is not available.
    async fn all_corrections(&self, taken: Option<&[ClaimField]>) -> Result<Vec<Correction>, StoreError>;

    /// The seasons of leagues with a match about a field of which something is claimed, in any order.
    ///
    /// # Errors
    /// The store is not available.
    async fn seasons_with_claims(&self) -> Result<Vec<(LeagueId, Season)>, StoreError>;
}
