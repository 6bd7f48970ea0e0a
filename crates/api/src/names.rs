//! Names of leagues and teams: those that somebody asked for, kept while the store's revision is the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use touchline_domain::ports::{ReadStore, Revision, StoreError};
use touchline_domain::{League, LeagueId, Match, Team, TeamId};

/// Names at the latest revision.
#[derive(Debug, Default)]
pub(crate) struct Names(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    revision: Option<Revision>,
    names: Roster,
    by_name: Option<Arc<Vec<NamedTeam>>>,
}

/// Leagues and teams by identifier.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    leagues: HashMap<LeagueId, Arc<League>>,
    teams: HashMap<TeamId, Arc<Team>>,
}

/// A team, and how its name is searched.
#[derive(Debug)]
pub(crate) struct NamedTeam {
    /// The name in lower case.
    pub folded: String,
    /// The team.
    pub team: Team,
}

impl Roster {
    /// The league of a match.
    pub fn league(&self, id: LeagueId) -> Option<&League> {
        self.leagues.get(&id).map(AsRef::as_ref)
    }

    /// A team.
    pub fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.get(&id).map(AsRef::as_ref)
    }

    /// Takes over what the other has of these; returns the identifiers that it lacks, each once.
    fn take(&mut self, other: &Self, matches: &[Match]) -> (Vec<LeagueId>, Vec<TeamId>) {
        let (mut leagues, mut teams) = (Vec::new(), Vec::new());
        for m in matches {
            match other.leagues.get(&m.league) {
                Some(league) => drop(self.leagues.insert(m.league, Arc::clone(league))),
                None => leagues.push(m.league),
            }
            for id in [m.home, m.away] {
                match other.teams.get(&id) {
                    Some(team) => drop(self.teams.insert(id, Arc::clone(team))),
                    None => teams.push(id),
                }
            }
        }
        leagues.sort_unstable();
        leagues.dedup();
        teams.sort_unstable();
        teams.dedup();
        (leagues, teams)
    }
}

impl Names {
    /// Names of the leagues and teams of these matches, as far as they are stored.
    pub async fn of(
        &self,
        matches: &[Match],
        store: &dyn ReadStore,
        revision: Option<&Revision>,
    ) -> Result<Roster, StoreError> {
        let mut roster = Roster::default();
        let (leagues, teams) = roster.take(&self.kept(revision).names, matches);
        if leagues.is_empty() && teams.is_empty() {
            return Ok(roster);
        }
        let (leagues, teams) = (store.leagues_by_id(&leagues).await?, store.teams_by_id(&teams).await?);
        let leagues: Vec<_> = leagues.into_iter().map(|l| (l.id, Arc::new(l))).collect();
        let teams: Vec<_> = teams.into_iter().map(|t| (t.id, Arc::new(t))).collect();
        let mut kept = self.kept(revision);
        kept.names.leagues.extend(leagues.iter().cloned());
        kept.names.teams.extend(teams.iter().cloned());
        drop(kept);
        roster.leagues.extend(leagues);
        roster.teams.extend(teams);
        Ok(roster)
    }

    /// All teams, by name then identifier.
    pub async fn by_name(
        &self,
        store: &dyn ReadStore,
        revision: Option<&Revision>,
    ) -> Result<Arc<Vec<NamedTeam>>, StoreError> {
        if let Some(teams) = &self.kept(revision).by_name {
            return Ok(Arc::clone(teams));
        }
        let mut teams = store.teams().await?;
        teams.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        let named = |team: Team| NamedTeam { folded: team.name.to_lowercase(), team };
        let teams: Arc<Vec<_>> = Arc::new(teams.into_iter().map(named).collect());
        self.kept(revision).by_name = Some(Arc::clone(&teams));
        Ok(teams)
    }

    #[cfg(test)]
    pub fn forget(&self) {
        drop(self.kept(None));
    }

    /// What is kept of a revision; nothing where there was another, or where the store cannot say.
    fn kept(&self, revision: Option<&Revision>) -> MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if revision.is_none() || kept.revision.as_ref() != revision {
            *kept = Kept { revision: revision.cloned(), ..Kept::default() };
        }
        kept
    }
}
