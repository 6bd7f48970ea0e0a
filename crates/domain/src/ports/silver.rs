use super::{NewOrigins, StoreError};
use crate::{
    Correction, DocumentId, EventList, InPlayQuote, Injury, KickoffPrecision, LeagueId, Lineup, Match,
    MatchClaim, MatchId, MatchIdentifier, MatchStats, MatchStatus, NewHeldRow, NewMatch, OddsQuote,
    QualityIssue, Score, Season, TeamId, Weather,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Facts of a match beside its score.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MatchFacts {
    /// What was counted; fields that are `None` leave stored counts as they are.
    pub stats: Option<MatchStats>,
    /// Prices; a stored quote of the same bookmaker, market, line, phase and time is left as it is.
    pub odds: Vec<OddsQuote>,
    /// Line-ups; a stored one of the same side, source, kind and time is left as it is, with its players.
    pub lineups: Vec<Lineup>,
    /// Absences; a stored one of the same side, player, source, kind and time is left as it is.
    pub injuries: Vec<Injury>,
    /// Prices during the match; a stored one of the same bookmaker, market, line and time is left as it is.
    pub in_play: Vec<InPlayQuote>,
    /// Lists of what happened; a stored one of the same source and time is left as it is, with its events.
    pub events: Vec<EventList>,
    /// Weather; a stored word of the same source, kind, time and time known is left as it is.
    pub weather: Vec<Weather>,
}

/// What one document changes in silver, applied as a whole or not at all.
#[derive(Debug, Clone, Default)]
pub struct SilverChange {
    /// Matches that the store does not hold. One that it holds with the same details is taken as it is (the change
    /// is applied again); with other details the change is refused.
    pub new: Vec<(NewMatch, MatchFacts)>,
    /// Matches whose row is replaced; applied before `new`, and legs of one pairing may change places.
    pub changed: Vec<Match>,
    /// Facts to add to stored matches.
    pub facts: Vec<(MatchId, MatchFacts)>,
    /// Further identifiers of stored matches; those of new matches are kept with them. An identifier names one match:
    /// one that names another is refused.
    pub identifiers: Vec<(MatchId, MatchIdentifier)>,
    /// What sources say of fields of stored matches; a stored claim of the same match, source and field is replaced.
    pub claims: Vec<MatchClaim>,
    /// Values that were replaced, or stay although a source says another one; one that is kept already stays as it is.
    pub corrections: Vec<Correction>,
    /// Which lines of a document brought or changed something of which matches.
    pub origins: NewOrigins,
    /// Rows of a document that rules hold or held back, one of each line and fingerprint; those that are kept take the state
    /// that is given.
    pub held: Vec<(DocumentId, NewHeldRow)>,
    /// Findings, recorded in the same transaction.
    pub issues: Vec<QualityIssue>,
    /// The document whose records are now processed.
    pub document: Option<DocumentId>,
}

/// What a change really wrote: what was stored already, because it was applied before or by another import meanwhile, is
/// not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// Matches that were not held.
    pub new: u64,
    /// Held matches whose row or facts are not what they were.
    pub changed: u64,
}

/// A quote of a stored match.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredQuote {
    /// The match.
    pub match_id: MatchId,
    /// The prices.
    pub quote: OddsQuote,
}

/// Rows of silver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SilverCounts {
    /// Leagues.
    pub leagues: u64,
    /// Teams.
    pub teams: u64,
    /// Pairs of league and team with a match.
    pub league_teams: u64,
    /// Matches.
    pub matches: u64,
    /// Finished matches.
    pub finished: u64,
    /// Quotes.
    pub odds: u64,
    /// Matches with statistics.
    pub match_stats: u64,
    /// Line-ups.
    pub lineups: u64,
    /// Absences.
    pub injuries: u64,
}

/// Silver as a whole.
#[async_trait]
pub trait SilverReader: Send + Sync {
    /// Row counts.
    ///
    /// # Errors
    /// The store is not available.
    async fn counts(&self) -> Result<SilverCounts, StoreError>;

    /// BLAKE3 over leagues, teams, aliases, rules of seasons, matches with their settings, odds, statistics, line-ups,
    /// absences, prices during matches, events, weather and grounds in the order of their natural keys, without surrogate identifiers and
    /// times of storing: two stores with the same facts give the same hash.
    ///
    /// # Errors
    /// The store is not available.
    async fn content_hash(&self) -> Result<String, StoreError>;
}

/// A match as the chronological pass reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultRow {
    /// The match.
    pub id: MatchId,
    /// Its league.
    pub league: LeagueId,
    /// Its season.
    pub season: Season,
    /// The home side.
    pub home: TeamId,
    /// The away side.
    pub away: TeamId,
    /// Kick-off.
    pub kickoff: DateTime<Utc>,
    /// How exactly the kick-off is known.
    pub precision: KickoffPrecision,
    /// Where it stands.
    pub status: MatchStatus,
    /// Full-time score.
    pub score: Option<Score>,
    /// Whether it is on neither side's ground.
    pub neutral_ground: bool,
}

impl From<&Match> for ResultRow {
    fn from(m: &Match) -> Self {
        Self {
            id: m.id,
            league: m.league,
            season: m.season,
            home: m.home,
            away: m.away,
            kickoff: m.kickoff.at,
            precision: m.kickoff.precision,
            status: m.status,
            score: m.score,
            neutral_ground: m.setting.neutral_ground,
        }
    }
}

/// Which matches to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MatchFilter {
    /// Only of this league (by code).
    pub league: Option<String>,
    /// Only with this status.
    pub status: Option<MatchStatus>,
    /// Only of this team.
    pub team: Option<TeamId>,
    /// Only of this season.
    pub season: Option<Season>,
    /// Kick-off at or after.
    pub from: Option<DateTime<Utc>>,
    /// Kick-off before.
    pub to: Option<DateTime<Utc>>,
}

/// The last match of a page: the next page starts after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Its kick-off.
    pub kickoff: DateTime<Utc>,
    /// The match.
    pub id: MatchId,
}

/// A page of matches by kick-off, then identifier.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchPage {
    /// The matches.
    pub matches: Vec<Match>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}

/// Reading matches.
#[async_trait]
pub trait MatchReader: Send + Sync {
    /// One match.
    ///
    /// # Errors
    /// The store is not available.
    async fn get_match(&self, id: MatchId) -> Result<Option<Match>, StoreError>;

    /// The matches that a source knows by these identifiers of its own, each once and in any order; those not held are
    /// left out.
    ///
    /// # Errors
    /// The store is not available.
    async fn matches_named(&self, source: &str, external_ids: &[String]) -> Result<Vec<Match>, StoreError>;

    /// A page of at most `limit` matches that pass the filter, after the cursor.
    ///
    /// # Errors
    /// The store is not available.
    async fn page(
        &self,
        filter: &MatchFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<MatchPage, StoreError>;

    /// All matches of some seasons of leagues, in any order.
    ///
    /// # Errors
    /// The store is not available.
    async fn matches_of(&self, seasons: &[(LeagueId, Season)]) -> Result<Vec<Match>, StoreError>;

    /// All matches, by kick-off then identifier, as the chronological pass reads them.
    ///
    /// # Errors
    /// The store is not available.
    async fn results(&self) -> Result<Vec<ResultRow>, StoreError>;

    /// Statistics of all matches that have some, by match identifier.
    ///
    /// # Errors
    /// The store is not available.
    async fn all_stats(&self) -> Result<Vec<(MatchId, MatchStats)>, StoreError>;

    /// Statistics of some seasons of leagues.
    ///
    /// # Errors
    /// The store is not available.
    async fn stats_of(
        &self,
        seasons: &[(LeagueId, Season)],
    ) -> Result<Vec<(MatchId, MatchStats)>, StoreError>;

    /// All quotes of some seasons of leagues.
    ///
    /// # Errors
    /// The store is not available.
    async fn odds_of(&self, seasons: &[(LeagueId, Season)]) -> Result<Vec<StoredQuote>, StoreError>;

    /// All quotes of one match, by time known.
    ///
    /// # Errors
    /// The store is not available.
    async fn odds_of_match(&self, id: MatchId) -> Result<Vec<OddsQuote>, StoreError>;
}

/// Writing silver.
#[async_trait]
pub trait SilverWriter: Send + Sync {
    /// Applies a change in one transaction and marks its document's records as processed; says what was written.
    ///
    /// # Errors
    /// The store is not available, or a row breaks a constraint (then nothing is applied).
    async fn apply(&self, change: &SilverChange) -> Result<Applied, StoreError>;
}
