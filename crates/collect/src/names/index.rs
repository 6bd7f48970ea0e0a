//! Which teams are known, and by which names.

use super::fold::key;
use super::similar::similarity;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use touchline_domain::ports::TeamAlias;
use touchline_domain::{ANY_SOURCE, Team, TeamId, are_identifiers};

/// A team with all its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTeam {
    /// The team, with its canonical name.
    pub team: Team,
    /// How sources write it: source and name.
    pub aliases: Vec<(String, String)>,
}

impl KnownTeam {
    /// Its canonical name and all aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.team.name.as_str()).chain(self.aliases.iter().map(|(_, name)| name.as_str()))
    }

    /// Whether a source names it already.
    pub fn is_named_by(&self, source: &str) -> bool {
        self.aliases.iter().any(|(of, _)| of == source)
    }

    /// How alike a name and the most similar of the team's names are, from 0 to 1.
    pub fn similarity(&self, name: &str) -> f64 {
        self.names().map(|known| similarity(name, known)).fold(0.0, f64::max)
    }
}

/// Teams by their names. Every answer is certain or none: a name that could be of two teams is of neither.
#[derive(Debug, Clone, Default)]
pub struct NameIndex {
    teams: BTreeMap<TeamId, KnownTeam>,
    /// By country, source and name as written.
    exact: HashMap<String, HashMap<(String, String), TeamId>>,
    /// By country and canonical name.
    canonical: HashMap<String, HashMap<String, TeamId>>,
    /// By country and key.
    keys: HashMap<String, HashMap<String, BTreeSet<TeamId>>>,
}

impl NameIndex {
    /// From teams and aliases; aliases of other teams and identifiers of teams are left out.
    pub fn new(teams: Vec<Team>, aliases: Vec<TeamAlias>) -> Self {
        let mut index = Self::default();
        for team in teams {
            index.canonical.entry(team.country.clone()).or_default().insert(team.name.clone(), team.id);
            index.add_key(&team.country, &team.name, team.id);
            index.teams.insert(team.id, KnownTeam { team, aliases: Vec::new() });
        }
        for alias in aliases.into_iter().filter(|alias| !are_identifiers(&alias.source)) {
            if let Some(known) = index.teams.get_mut(&alias.team) {
                known.aliases.push((alias.source.clone(), alias.alias.clone()));
                index.add_key(&alias.country, &alias.alias, alias.team);
                let names = index.exact.entry(alias.country).or_default();
                names.insert((alias.source, alias.alias), alias.team);
            }
        }
        index
    }

    fn add_key(&mut self, country: &str, name: &str, id: TeamId) {
        let keys = self.keys.entry(country.to_owned()).or_default();
        keys.entry(key(name)).or_default().insert(id);
    }

    /// All teams, by identifier.
    pub fn teams(&self) -> impl Iterator<Item = &KnownTeam> {
        self.teams.values()
    }

    /// One team.
    pub fn team(&self, id: TeamId) -> Option<&KnownTeam> {
        self.teams.get(&id)
    }

    /// The team that a source writes so, or that a person said is written so by any source.
    pub fn alias(&self, source: &str, country: &str, name: &str) -> Option<TeamId> {
        let names = self.exact.get(country)?;
        let of = |source: &str| names.get(&(source.to_owned(), name.to_owned())).copied();
        of(source).or_else(|| of(ANY_SOURCE))
    }

    /// The team of this canonical name.
    pub fn named(&self, country: &str, name: &str) -> Option<TeamId> {
        self.canonical.get(country)?.get(name).copied()
    }

    /// All teams of a country that some source writes exactly so, whether as an alias or as the canonical name.
    pub fn written(&self, country: &str, name: &str) -> BTreeSet<TeamId> {
        let aliases = self.exact.get(country).into_iter().flatten();
        let found = aliases.filter(|((_, alias), _)| alias == name).map(|(_, id)| *id);
        found.chain(self.named(country, name)).collect()
    }

    /// The one team of a country, among those of a roster, that has a name with the same [`key`]; none where two have.
    pub fn unique_in(&self, country: &str, name: &str, roster: &BTreeSet<TeamId>) -> Option<TeamId> {
        let found = self.keys.get(country)?.get(&key(name))?;
        let mut in_roster = found.iter().filter(|id| roster.contains(id));
        let first = in_roster.next()?;
        in_roster.next().is_none().then_some(*first)
    }

    /// The one team of a country that has a name with the same [`key`]; none where two have.
    pub fn unique(&self, country: &str, name: &str) -> Option<TeamId> {
        let found = self.keys.get(country)?.get(&key(name))?;
        found.first().copied().filter(|_| found.len() == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> NameIndex {
        let team = |id, name: &str| Team { id: TeamId(id), name: name.into(), country: "France".into() };
        let alias = |source: &str, alias: &str, id| TeamAlias {
            source: source.into(),
            country: "France".into(),
            alias: alias.into(),
            team: TeamId(id),
        };
        let teams = vec![team(1, "Paris SG"), team(2, "Paris FC"), team(3, "Lens"), team(4, "Bastia")];
        NameIndex::new(
            teams,
            vec![
                alias("a", "Paris SG", 1),
                alias("b", "Paris", 1),
                alias("a", "Lens", 3),
                alias("*", "Racing", 3),
            ],
        )
    }

    #[test]
    fn a_name_that_could_be_of_two_teams_is_of_neither() {
        let index = index();
        let all: BTreeSet<TeamId> = (1..=4).map(TeamId).collect();
        assert_eq!(index.unique_in("France", "Paris F.C.", &all), None, "Paris SG is written Paris too");
        assert_eq!(index.unique("France", "Paris F.C."), None);
        assert_eq!(index.unique_in("France", "RC Lens", &all), Some(TeamId(3)));
        assert_eq!(index.unique_in("France", "RC Lens", &BTreeSet::from([TeamId(1)])), None);
        assert_eq!(index.unique("Belgium", "Lens"), None);
    }

    #[test]
    fn an_alias_is_of_its_source_or_of_any() {
        let index = index();
        assert_eq!(index.alias("b", "France", "Paris"), Some(TeamId(1)));
        assert_eq!(index.alias("a", "France", "Paris"), None);
        assert_eq!(index.alias("c", "France", "Racing"), Some(TeamId(3)));
        assert_eq!(index.alias("c", "Spain", "Racing"), None);
        assert_eq!(index.written("France", "Paris"), BTreeSet::from([TeamId(1)]));
        assert_eq!(index.named("France", "Bastia"), Some(TeamId(4)));
    }
}
