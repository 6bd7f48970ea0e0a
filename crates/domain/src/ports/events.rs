use super::StoreError;
use crate::{EventList, InPlayQuote, MatchId, Player};
use async_trait::async_trait;

/// Reading what happened in matches. It is written with the other facts of the match, see
/// [`MatchFacts`](super::MatchFacts).
#[async_trait]
pub trait EventReader: Send + Sync {
    /// All lists of events by identifier of the match; those of a match by time known, then source. Of each source the
    /// last list is in force. Players have the names that [`players`](Self::players) gives.
    ///
    /// # Errors
    /// The store is not available.
    async fn all_events(&self) -> Result<Vec<(MatchId, EventList)>, StoreError>;

    /// The lists of some matches, in the same order.
    ///
    /// # Errors
    /// The store is not available.
    async fn events_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, EventList)>, StoreError>;

    /// All players of a source by its identifier, each with the name under which the store first met him in a line-up,
    /// an absence or an event.
    ///
    /// # Errors
    /// The store is not available.
    async fn players(&self, source: &str) -> Result<Vec<Player>, StoreError>;
}

/// Reading prices during matches. They stand apart from [`MatchReader`](super::MatchReader), so that whoever computes
/// features or forecasts from pre-match facts cannot reach them.
#[async_trait]
pub trait InPlayOddsReader: Send + Sync {
    /// All quotes by identifier of the match; those of a match by time known, then market, bookmaker and line.
    ///
    /// # Errors
    /// The store is not available.
    async fn all_in_play_odds(&self) -> Result<Vec<(MatchId, InPlayQuote)>, StoreError>;

    /// The quotes of some matches, in the same order.
    ///
    /// # Errors
    /// The store is not available.
    async fn in_play_odds_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, InPlayQuote)>, StoreError>;
}
