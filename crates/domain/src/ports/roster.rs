use super::StoreError;
use crate::{League, LeagueId, NewLeague, NewTeam, RulesInForce, SeasonRules, Team, TeamId, UnresolvedRules};
use async_trait::async_trait;

/// A league with what the store holds of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeagueSummary {
    /// The league.
    pub league: League,
    /// Teams that have a match in it.
    pub teams: u64,
    /// Its matches.
    pub matches: u64,
    /// Its finished matches.
    pub finished: u64,
}

/// Leagues.
#[async_trait]
pub trait LeagueReader: Send + Sync {
    /// All leagues by code.
    ///
    /// # Errors
    /// The store is not available.
    async fn leagues(&self) -> Result<Vec<League>, StoreError>;

    /// All leagues by code, counted.
    ///
    /// # Errors
    /// The store is not available.
    async fn league_summaries(&self) -> Result<Vec<LeagueSummary>, StoreError>;

    /// The league with a code.
    ///
    /// # Errors
    /// The store is not available.
    async fn league(&self, code: &str) -> Result<Option<League>, StoreError>;

    /// The leagues with these identifiers, in any order, each once; unknown identifiers are left out.
    ///
    /// # Errors
    /// The store is not available.
    async fn leagues_by_id(&self, ids: &[LeagueId]) -> Result<Vec<League>, StoreError>;

    /// What holds for seasons of leagues, as it was given, by league and season.
    ///
    /// # Errors
    /// The store is not available.
    async fn season_rules(&self) -> Result<Vec<SeasonRules>, StoreError>;

    /// The same for whoever computes: names are those of now, also after merges. What names a league or a team that the
    /// store does not hold any more, or holds several of, is left out: see [`Self::unresolved_rules`].
    ///
    /// # Errors
    /// The store is not available.
    async fn rules_in_force(&self) -> Result<Vec<RulesInForce>, StoreError>;

    /// What [`Self::rules_in_force`] leaves out.
    ///
    /// # Errors
    /// The store is not available.
    async fn unresolved_rules(&self) -> Result<Vec<UnresolvedRules>, StoreError>;
}

/// Teams.
#[async_trait]
pub trait TeamReader: Send + Sync {
    /// All teams, by country and name.
    ///
    /// # Errors
    /// The store is not available.
    async fn teams(&self) -> Result<Vec<Team>, StoreError>;

    /// One team.
    ///
    /// # Errors
    /// The store is not available.
    async fn team(&self, id: TeamId) -> Result<Option<Team>, StoreError>;

    /// The teams with these identifiers, in any order, each once; unknown identifiers are left out.
    ///
    /// # Errors
    /// The store is not available.
    async fn teams_by_id(&self, ids: &[TeamId]) -> Result<Vec<Team>, StoreError>;

    /// At most `limit` teams by name (byte for byte), then identifier: those after this one.
    ///
    /// # Errors
    /// The store is not available.
    async fn teams_after(&self, after: Option<&Team>, limit: u32) -> Result<Vec<Team>, StoreError>;

    /// Teams that have a match in a league (any season), by name.
    ///
    /// # Errors
    /// The store is not available.
    async fn teams_of_league(&self, league: LeagueId) -> Result<Vec<Team>, StoreError>;
}

/// Writing leagues and teams.
#[async_trait]
pub trait RosterWriter: Send + Sync {
    /// Replaces what holds for each of these seasons; empty rules remove it. Returns how many changed.
    ///
    /// # Errors
    /// The store is not available, the rules make no sense, or they name a league or a team that is not held (then
    /// nothing is applied).
    async fn put_season_rules(&self, rules: &[SeasonRules]) -> Result<u64, StoreError>;

    /// The identifiers of these leagues, in their order; leagues unknown by code are created, known ones are
    /// left as they are.
    ///
    /// # Errors
    /// The store is not available.
    async fn ensure_leagues(&self, leagues: &[NewLeague]) -> Result<Vec<LeagueId>, StoreError>;

    /// The identifiers of these teams, in their order: by the source's alias within the country, else by
    /// canonical name within the country, else created with that alias. Names are compared byte for byte.
    ///
    /// # Errors
    /// The store is not available.
    async fn ensure_teams(&self, source: &str, teams: &[NewTeam]) -> Result<Vec<TeamId>, StoreError>;
}
