use super::{StoreError, TeamAlias};
use crate::{
    League, LeagueAlias, LeagueId, MatchClaim, MatchId, NameDecision, NameKind, NameReview, NewNameReview,
    ReviewId, Season, Team, Verdict,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// What one step of resolving changes among names, applied as a whole or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameChange {
    /// Leagues whose code, name, level and source are replaced. The country stays: teams belong to it.
    pub leagues: Vec<League>,
    /// Teams whose name is replaced.
    pub teams: Vec<Team>,
    /// Aliases of leagues to add; one that leads to another league is refused.
    pub league_aliases: Vec<LeagueAlias>,
    /// Aliases of teams to add; one that leads to another team is refused.
    pub team_aliases: Vec<TeamAlias>,
}

impl NameChange {
    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How sources name leagues, teams and matches, and what waits for a decision. All of it decides writes, and is read
/// as it is now.
#[async_trait]
pub trait NameReader: Send + Sync {
    /// All aliases of leagues, by source and alias.
    ///
    /// # Errors
    /// The store is not available.
    async fn league_aliases(&self) -> Result<Vec<LeagueAlias>, StoreError>;

    /// All aliases of teams in these countries, in any order; of one source alone where it is given.
    ///
    /// # Errors
    /// The store is not available.
    async fn team_aliases(
        &self,
        countries: &[String],
        source: Option<&str>,
    ) -> Result<Vec<TeamAlias>, StoreError>;

    /// Which matches a source knows by these identifiers of its own, in any order; those not held are left out.
    ///
    /// # Errors
    /// The store is not available.
    async fn identified(
        &self,
        source: &str,
        external_ids: &[String],
    ) -> Result<Vec<(String, MatchId)>, StoreError>;

    /// What sources say of fields of the matches of some seasons of leagues, where it is kept; in any order.
    ///
    /// # Errors
    /// The store is not available.
    async fn claims_of(&self, seasons: &[(LeagueId, Season)]) -> Result<Vec<MatchClaim>, StoreError>;

    /// Names in the review queue by identifier, decided ones too unless only open ones are asked for.
    ///
    /// # Errors
    /// The store is not available.
    async fn reviews(&self, only_open: bool) -> Result<Vec<NameReview>, StoreError>;
}

/// Keeping names.
#[async_trait]
pub trait NameWriter: Send + Sync {
    /// Applies a change in one transaction.
    ///
    /// # Errors
    /// The store is not available; or a code, name or alias is taken by another league or team, or a league or team is
    /// not stored (then nothing is changed).
    async fn change_names(&self, change: &NameChange) -> Result<(), StoreError>;

    /// Puts names into the review queue, each once by kind, source, country and name, and notes that their documents
    /// wait; what was decided stays decided. Returns how many names were new.
    ///
    /// # Errors
    /// The store is not available, or a league or document is not stored.
    async fn open_reviews(&self, reviews: &[NewNameReview], now: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Decides about a name; a name that is accepted becomes an alias in the same transaction. The same verdict again
    /// changes nothing.
    ///
    /// # Errors
    /// The store is not available; the review is not stored or was decided otherwise; the verdict is of another kind
    /// than the name; or the name already leads to something else (then nothing is decided).
    async fn decide_review(&self, id: ReviewId, decision: &NameDecision) -> Result<(), StoreError>;
}

/// What a verdict makes of a review, which every store asks before it writes: the new status and what the name leads to;
/// none where that was decided before.
///
/// # Errors
/// The verdict is of another kind than the name, or another one was given before.
pub fn settle(
    (id, kind, name): (ReviewId, NameKind, &str),
    (status, resolved): (&str, Option<i64>),
    verdict: Verdict,
) -> Result<Option<(&'static str, Option<i64>)>, StoreError> {
    let decided = match (kind, verdict) {
        (_, Verdict::Rejected) => ("rejected", None),
        (NameKind::Team, Verdict::Team(team)) => ("accepted", Some(team.0)),
        (NameKind::League, Verdict::League(league)) => ("accepted", Some(league.0)),
        _ => {
            let message = format!("review {id} is about a {}, and the verdict is not", kind.name());
            return Err(StoreError::Constraint(message));
        }
    };
    match status {
        "open" => Ok(Some(decided)),
        _ if (status, resolved) == decided => Ok(None),
        _ => Err(StoreError::Constraint(format!(
            "review {id} ({name:?}) was {status} before, and a decision stays as it is"
        ))),
    }
}
