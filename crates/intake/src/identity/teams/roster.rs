//! Who plays in seasons that other sources brought.

use std::collections::{BTreeSet, HashMap, HashSet};
use touchline_domain::ports::{LeagueReader, MatchReader, StoreError, TeamReader};
use touchline_domain::{LeagueId, Match, Season, TeamId};

/// Teams and results of the seasons that names are met in, and of the seasons before.
pub(super) struct Rosters {
    matches: Vec<Match>,
    /// Seasons of which another source brought a match.
    held: HashSet<(LeagueId, Season)>,
    seasons: HashMap<(LeagueId, Season), BTreeSet<TeamId>>,
    /// Leagues of one country, by each of them.
    neighbours: HashMap<LeagueId, Vec<LeagueId>>,
    leagues: HashMap<LeagueId, BTreeSet<TeamId>>,
}

impl Rosters {
    pub async fn load<S>(
        store: &S,
        source: &str,
        places: BTreeSet<(LeagueId, Season)>,
    ) -> Result<Self, StoreError>
    where
        S: LeagueReader + MatchReader + TeamReader + ?Sized,
    {
        let all = store.leagues().await?;
        let mut rosters = Self {
            matches: Vec::new(),
            held: HashSet::new(),
            seasons: HashMap::new(),
            neighbours: HashMap::new(),
            leagues: HashMap::new(),
        };
        let mut wanted = places.clone();
        for (league, season) in &places {
            let country = all.iter().find(|l| l.id == *league).map(|l| &l.country);
            let neighbours: Vec<LeagueId> =
                all.iter().filter(|l| Some(&l.country) == country).map(|l| l.id).collect();
            wanted.extend(season.before().into_iter().flat_map(|s| neighbours.iter().map(move |l| (*l, s))));
            rosters.neighbours.insert(*league, neighbours);
        }
        for league in places.iter().map(|(league, _)| *league).collect::<BTreeSet<_>>() {
            let teams = store.teams_of_league(league).await?;
            rosters.leagues.insert(league, teams.into_iter().map(|team| team.id).collect());
        }
        rosters.matches = store.matches_of(&Vec::from_iter(wanted)).await?;
        for m in &rosters.matches {
            rosters.seasons.entry((m.league, m.season)).or_default().extend([m.home, m.away]);
            if m.source != source {
                rosters.held.insert((m.league, m.season));
            }
        }
        Ok(rosters)
    }

    /// The leagues in which names are met.
    pub fn leagues(&self) -> impl Iterator<Item = LeagueId> {
        self.leagues.keys().copied()
    }

    /// All matches of the seasons and of those before.
    pub fn matches(&self) -> impl Iterator<Item = &Match> {
        self.matches.iter()
    }

    /// Whether another source holds a season.
    pub fn is_held(&self, league: LeagueId, season: Season) -> bool {
        self.held.contains(&(league, season))
    }

    /// The teams of a season, and those that played in the country the season before.
    pub fn around(&self, league: LeagueId, season: Season) -> BTreeSet<TeamId> {
        let own = self.seasons.get(&(league, season));
        let neighbours = self.neighbours.get(&league).into_iter().flatten();
        let earlier = season.before().into_iter().flat_map(|season| {
            neighbours.clone().filter_map(move |league| self.seasons.get(&(*league, season)))
        });
        own.into_iter().chain(earlier).flatten().copied().collect()
    }

    /// The teams that ever played in a league.
    pub fn of_league(&self, league: LeagueId) -> &BTreeSet<TeamId> {
        static NONE: BTreeSet<TeamId> = BTreeSet::new();
        self.leagues.get(&league).unwrap_or(&NONE)
    }
}
