//! Teams by the identifiers that their source gives them: what tells a new name of a team from a new team.

use super::{Step, Teams, Unknown, renamed::Renamed};
use crate::identity::League;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use touchline_collect::Parsed;
use touchline_domain::ports::{NameChange, NameReader, NameWriter, StoreError, TeamAlias};
use touchline_domain::{TeamId, identifiers_of};

/// A name whose identifier is another team's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mismatch {
    pub name: String,
    /// The source's identifier of the team.
    pub identifier: String,
    /// The first row that has it.
    pub line: u32,
}

/// The identifiers of a document's teams, and the teams that are known by them.
#[derive(Debug, Default)]
pub(super) struct Identifiers {
    source: String,
    /// By country and name, with the first row. An identifier that stands beside two names, or a name that stands beside
    /// two identifiers, says nothing.
    given: BTreeMap<(String, String), (String, u32)>,
    /// By country and identifier.
    known: HashMap<(String, String), TeamId>,
}

impl Identifiers {
    pub async fn load<S: NameReader + ?Sized>(
        store: &S,
        source: &str,
        parsed: &Parsed,
        leagues: &[League],
        countries: &[String],
    ) -> Result<Self, StoreError> {
        let mut identifiers = Self { source: identifiers_of(source), ..Self::default() };
        if parsed.team_ids.is_empty() {
            return Ok(identifiers);
        }
        let mut names: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        let mut ids: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for of in &parsed.team_ids {
            let country = leagues[of.league].country.as_str();
            names.entry((country, &of.name)).or_default().insert(&of.identifier);
            ids.entry((country, &of.identifier)).or_default().insert(&of.name);
        }
        for of in &parsed.team_ids {
            let country = leagues[of.league].country.as_str();
            if names[&(country, of.name.as_str())].len() == 1
                && ids[&(country, of.identifier.as_str())].len() == 1
            {
                let key = (country.to_owned(), of.name.clone());
                identifiers.given.entry(key).or_insert((of.identifier.clone(), of.line));
            }
        }
        let known = store.team_aliases(countries, Some(&identifiers.source)).await?;
        identifiers.known =
            known.into_iter().map(|alias| ((alias.country, alias.alias), alias.team)).collect();
        Ok(identifiers)
    }

    fn team(&self, country: &str, name: &str) -> Option<TeamId> {
        let (identifier, _) = self.given.get(&(country.to_owned(), name.to_owned()))?;
        self.known.get(&(country.to_owned(), identifier.clone())).copied()
    }

    /// New names of teams that are known by their identifier; a team that the document names in another way too is left
    /// out.
    pub fn renamed(&self, teams: &Teams, step: &Step<'_>, open: &[Unknown]) -> Vec<Renamed> {
        let used: BTreeSet<TeamId> =
            self.given.keys().filter_map(|(country, name)| teams.in_country(country, name)).collect();
        let found = open.iter().filter_map(|name| {
            let team = self.team(&name.country, &name.name).filter(|team| !used.contains(team))?;
            let known_as = step.index.team(team)?.team.name.clone();
            let (country, name, line) = (name.country.clone(), name.name.clone(), name.line);
            Some(Renamed { country, name, known_as, team, line })
        });
        found.collect()
    }

    /// Names whose team is another one than that of their identifier.
    pub fn mismatches(&self, teams: &Teams) -> Vec<Mismatch> {
        let found = self.given.iter().filter_map(|((country, name), (identifier, line))| {
            let by_identifier = self.team(country, name)?;
            let by_name = teams.in_country(country, name)?;
            (by_identifier != by_name).then(|| Mismatch {
                name: name.clone(),
                identifier: identifier.clone(),
                line: *line,
            })
        });
        found.collect()
    }

    /// Keeps identifiers that were not known.
    pub async fn keep<S: NameWriter + ?Sized>(&self, store: &S, teams: &Teams) -> Result<(), StoreError> {
        let mut change = NameChange::default();
        for ((country, name), (identifier, _)) in &self.given {
            if self.team(country, name).is_none()
                && let Some(team) = teams.in_country(country, name)
            {
                let (source, country) = (self.source.clone(), country.clone());
                change.team_aliases.push(TeamAlias { source, country, alias: identifier.clone(), team });
            }
        }
        if change.is_empty() { Ok(()) } else { store.change_names(&change).await }
    }
}
