//! What handlers share: the ports, the forecasts, and the names of leagues and clubs.

use crate::error::ApiError;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use touchline_domain::ports::{Store, StoreError};
use touchline_domain::{Clock, League, LeagueId, Match, Team, TeamId};
use touchline_forecasting::serving::ForecastService;

/// What the interface answers from. Clones share everything.
#[derive(Clone)]
pub struct ApiState(Arc<Shared>);

struct Shared {
    store: Arc<dyn Store>,
    forecasts: ForecastService,
    clock: Arc<dyn Clock>,
    roster: RwLock<Arc<Roster>>,
}

impl fmt::Debug for ApiState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiState").field("forecasts", &self.0.forecasts).finish_non_exhaustive()
    }
}

/// Leagues and clubs by identifier. Neither changes once it is stored, so one that is missing is the only reason
/// to read them again.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    leagues: HashMap<LeagueId, League>,
    teams: HashMap<TeamId, Team>,
}

impl Roster {
    async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let leagues = store.leagues().await?.into_iter().map(|l| (l.id, l)).collect();
        let teams = store.teams().await?.into_iter().map(|t| (t.id, t)).collect();
        Ok(Self { leagues, teams })
    }

    /// The league of a match.
    pub fn league(&self, id: LeagueId) -> Option<&League> {
        self.leagues.get(&id)
    }

    /// A club.
    pub fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.get(&id)
    }

    fn names(&self, m: &Match) -> bool {
        self.leagues.contains_key(&m.league)
            && self.teams.contains_key(&m.home)
            && self.teams.contains_key(&m.away)
    }
}

impl ApiState {
    /// The store, the forecasts over it, and the clock that dates answers.
    pub fn new(store: Arc<dyn Store>, forecasts: ForecastService, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared { store, forecasts, clock, roster: RwLock::default() }))
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    pub(crate) fn forecasts(&self) -> &ForecastService {
        &self.0.forecasts
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }

    /// Names of the leagues and clubs of these matches, and of others.
    pub(crate) async fn roster(&self, matches: &[Match]) -> Result<Arc<Roster>, StoreError> {
        let known = self.known();
        if matches.iter().all(|m| known.names(m)) { Ok(known) } else { self.reloaded().await }
    }

    /// The league with a code.
    pub(crate) async fn league(&self, code: &str) -> Result<League, ApiError> {
        let find = |roster: &Roster| roster.leagues.values().find(|l| l.code == code).cloned();
        if let Some(league) = find(&self.known()) {
            return Ok(league);
        }
        let found = find(&*self.reloaded().await?);
        found.ok_or_else(|| ApiError::not_found("no_league", "no league has this code; see /api/v1/leagues"))
    }

    fn known(&self) -> Arc<Roster> {
        Arc::clone(&self.0.roster.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn reloaded(&self) -> Result<Arc<Roster>, StoreError> {
        let roster = Arc::new(Roster::load(self.store()).await?);
        *self.0.roster.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&roster);
        Ok(roster)
    }
}
