use super::{MatchReader, StoreError};
use crate::{MatchId, OddsQuote, OddsTrend, RecentPerformance, TeamId, trends};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// As of when a summary is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// As of this time, computed from the facts.
    At(DateTime<Utc>),
    /// The latest that is at hand: as of its refresh where the store computed it ahead and that is recent, else as of now.
    Latest,
}

/// Where a summary comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Computed from the facts when it was asked for.
    Live,
    /// Computed ahead, when the store was last refreshed: facts that came later are not in it.
    View,
}

impl Origin {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::View => "view",
        }
    }
}

/// A summary and where it comes from; it says itself as of when it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary<T> {
    /// The summary.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Summary<T> {
    /// One that was just computed.
    pub fn live(value: T) -> Self {
        Self { value, origin: Origin::Live }
    }

    /// One that was computed ahead.
    pub fn view(value: T) -> Self {
        Self { value, origin: Origin::View }
    }
}

/// How the prices of a match moved.
#[derive(Debug, Clone, PartialEq)]
pub struct OddsTrends {
    /// The match.
    pub match_id: MatchId,
    /// Quotes known up to this time count, and before kick-off.
    pub as_of: DateTime<Utc>,
    /// By market, line and bookmaker.
    pub trends: Vec<OddsTrend>,
}

/// What a store may compute ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SummaryView {
    /// [`SummaryReader::recent_performance`] of every team. Costs little: a month of matches.
    RecentPerformance,
    /// [`SummaryReader::odds_trends`] of matches of the last thirty days and of those to come. Reads all their quotes.
    OddsTrends,
}

impl SummaryView {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::OddsTrends, Self::RecentPerformance];

    /// The name of the view in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::RecentPerformance => "mv_team_recent_performance",
            Self::OddsTrends => "mv_odds_trends",
        }
    }
}

/// Summaries of facts, each as of a time.
#[async_trait]
pub trait SummaryReader: MatchReader {
    /// A team's results of the thirty days before a time. A team that is not stored has played nothing.
    ///
    /// # Errors
    /// The store is not available.
    async fn recent_performance(
        &self,
        team: TeamId,
        as_of: AsOf,
    ) -> Result<Summary<RecentPerformance>, StoreError>;

    /// The latest quote of each market, line and bookmaker of a match that was known by a time, in the order of markets'
    /// names, bookmakers and lines.
    ///
    /// # Errors
    /// The store is not available.
    async fn latest_odds(&self, id: MatchId, as_of: DateTime<Utc>) -> Result<Vec<OddsQuote>, StoreError>;

    /// How the prices of a match moved before kick-off.
    ///
    /// # Errors
    /// The store is not available.
    async fn odds_trends(&self, id: MatchId, as_of: AsOf) -> Result<Option<Summary<OddsTrends>>, StoreError>;

    /// The trends of a match, computed from its quotes.
    ///
    /// # Errors
    /// The store is not available.
    async fn live_odds_trends(
        &self,
        id: MatchId,
        as_of: DateTime<Utc>,
    ) -> Result<Option<Summary<OddsTrends>>, StoreError> {
        let Some(held) = self.get_match(id).await? else { return Ok(None) };
        let quotes = self.odds_of_match(id).await?;
        let trends = trends(&quotes, held.kickoff.at, as_of);
        Ok(Some(Summary::live(OddsTrends { match_id: id, as_of, trends })))
    }
}

/// Computing summaries ahead.
#[async_trait]
pub trait SummaryWriter: Send + Sync {
    /// Computes views anew, as of now; returns the names of those that the store has. Readers go on meanwhile.
    ///
    /// # Errors
    /// The store is not available, or the user may not write.
    async fn refresh(&self, views: &[SummaryView]) -> Result<Vec<String>, StoreError>;
}
