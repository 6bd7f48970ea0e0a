//! Tables of aliases in the form `{"canonical name": ["alias", ...]}`, which other football libraries use too.

use super::SourceOrder;
use super::review::{ReviewError, close_answered};
use crate::ingest::IngestReport;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use touchline_collect::names::NameIndex;
use touchline_domain::ports::{IntakeStore, NameChange, NameReader, StoreError, TeamAlias, TeamReader};
use touchline_domain::{ANY_SOURCE, Clock, LeagueId, NewTeam, Team, TeamId};

/// Aliases by canonical name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameTable(pub BTreeMap<String, Entry>);

/// What a table says of one team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    /// Aliases, whoever writes them.
    Aliases(Vec<String>),
    /// The same with where they hold.
    Detailed {
        /// Aliases.
        aliases: Vec<String>,
        /// The only source that writes them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// The team's country.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        country: Option<String>,
    },
}

impl Entry {
    fn parts(&self) -> (&[String], Option<&str>, Option<&str>) {
        match self {
            Self::Aliases(aliases) => (aliases, None, None),
            Self::Detailed { aliases, source, country } => (aliases, source.as_deref(), country.as_deref()),
        }
    }
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Teams that the table names.
    pub teams: u64,
    /// Teams that were made.
    pub created: u64,
    /// Aliases that were not known.
    pub new_aliases: u64,
    /// Aliases that were known.
    pub known_aliases: u64,
    /// Names of the table that no team has; with `create` there are none.
    pub unknown: Vec<String>,
    /// Names of the review queue that the table answers.
    pub answered: u64,
    /// What the documents that waited for them brought.
    pub documents: IngestReport,
}

/// Why a table was not imported; nothing of it was kept.
#[derive(Debug, Error)]
pub enum NameImportError {
    /// An alias leads to two teams.
    #[error(
        "{alias:?} cannot stand for {wanted:?}: it already stands for {held:?}; take it out of one of them"
    )]
    Clash {
        /// The alias.
        alias: String,
        /// The team of the table.
        wanted: String,
        /// The team that has it.
        held: String,
    },
    /// A canonical name that several countries have.
    #[error("{name:?} is a team of {countries}; say which with a country")]
    Ambiguous {
        /// The name.
        name: String,
        /// The countries.
        countries: String,
    },
    /// A new team needs a country.
    #[error("{0:?} is not known, and a new team needs a country; give one")]
    NoCountry(String),
    /// Names that no team has.
    #[error("no team is called {}; correct the names, or create the teams", .0.join(", "))]
    Unknown(Vec<String>),
    /// A document that waited cannot be taken up again, or the store failed.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// The store failed or refused.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Where a table holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportOptions<'a> {
    /// The country of all teams of which the table says none.
    pub country: Option<&'a str>,
    /// The only source whose spellings these are.
    pub source: Option<&'a str>,
    /// Whether teams that are not known are made.
    pub create: bool,
    /// Whether names that no team has are left out instead of refused.
    pub skip_unknown: bool,
}

/// Keeps the aliases of a table, closes the reviews that it answers, and takes up again the documents that waited.
///
/// # Errors
/// A name or an alias is not certain (see [`NameImportError`]; then nothing of the table is kept), or the store failed.
pub async fn import_names(
    store: &dyn IntakeStore,
    table: &NameTable,
    options: ImportOptions<'_>,
    order: &SourceOrder,
    clock: &dyn Clock,
) -> Result<ImportReport, NameImportError> {
    let mut report = ImportReport { teams: table.0.len() as u64, ..ImportReport::default() };
    let index = whole_index(store).await?;
    let planned = plan(&index, table, options, &mut report)?;
    let new: Vec<NewTeam> = planned.iter().filter_map(|entry| entry.create.clone()).collect();
    let made = if new.is_empty() { Vec::new() } else { store.ensure_teams(ANY_SOURCE, &new).await? };
    report.created = new.len() as u64;
    let mut made = new.iter().zip(made);
    let mut change = NameChange::default();
    for entry in planned {
        change.teams.extend(entry.renamed);
        let team = match entry.team {
            Some(team) => team,
            None => made.next().map(|(_, id)| id).expect("each new team was made"),
        };
        for (source, alias) in entry.aliases {
            change.team_aliases.push(TeamAlias { source, country: entry.country.clone(), alias, team });
        }
    }
    if !change.is_empty() {
        store.change_names(&change).await?;
    }
    (report.answered, report.documents) = close_answered(store, "names import", order, clock).await?;
    Ok(report)
}

async fn whole_index<S: NameReader + TeamReader + ?Sized>(store: &S) -> Result<NameIndex, StoreError> {
    let teams = store.teams().await?;
    let countries: BTreeSet<String> = teams.iter().map(|team| team.country.clone()).collect();
    let aliases = store.team_aliases(&Vec::from_iter(countries), None).await?;
    Ok(NameIndex::new(teams, aliases))
}

/// A team of a table, found or to be made, with aliases that are not known yet.
struct Planned {
    team: Option<TeamId>,
    create: Option<NewTeam>,
    /// The team under the table's canonical name, where it has another one.
    renamed: Option<Team>,
    country: String,
    /// Source and alias.
    aliases: Vec<(String, String)>,
}

fn plan(
    index: &NameIndex,
    table: &NameTable,
    options: ImportOptions<'_>,
    report: &mut ImportReport,
) -> Result<Vec<Planned>, NameImportError> {
    let mut planned = Vec::new();
    // By country and alias: the canonical name that has it in this table.
    let mut given: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (name, entry) in &table.0 {
        let (aliases, source, country) = entry.parts();
        let (name, country) = match within(index, name) {
            Some((name, within)) => (&name.to_owned(), Some(within)),
            None => (name, country),
        };
        let source = source.or(options.source).unwrap_or(ANY_SOURCE);
        let team = find(index, name, aliases, country.or(options.country))?;
        let (team, create, country) = match team {
            Some(team) => (Some(team), None, index.team(team).expect("found in it").team.country.clone()),
            None if options.create => {
                let country =
                    country.or(options.country).ok_or_else(|| NameImportError::NoCountry(name.clone()))?;
                let new = NewTeam { name: name.clone(), country: country.to_owned() };
                (None, Some(new), country.to_owned())
            }
            None => {
                unknown.push(name.clone());
                continue;
            }
        };
        let mut new = Vec::new();
        for alias in std::iter::once(name).chain(aliases).filter(|alias| !alias.is_empty()) {
            let held = index.written(&country, alias).into_iter().find(|held| Some(*held) != team);
            let clash = |held: &str| NameImportError::Clash {
                alias: alias.clone(),
                wanted: name.clone(),
                held: held.to_owned(),
            };
            if let Some(held) = held.and_then(|id| index.team(id)) {
                return Err(clash(&held.team.name));
            }
            match given.insert((country.clone(), alias.clone()), name.clone()) {
                Some(other) if other != *name => return Err(clash(&other)),
                Some(_) => continue,
                None => {}
            }
            // The canonical name is one for everybody, the others as the table says.
            let source = if alias == name { ANY_SOURCE } else { source };
            if team.is_some() && index.alias(source, &country, alias) == team {
                report.known_aliases += 1;
            } else {
                report.new_aliases += 1;
                new.push((source.to_owned(), alias.clone()));
            }
        }
        let known = team.and_then(|id| index.team(id)).filter(|known| known.team.name != *name);
        let renamed = known.map(|known| Team { name: name.clone(), ..known.team.clone() });
        planned.push(Planned { team, create, renamed, country, aliases: new });
    }
    if !unknown.is_empty() && !options.skip_unknown {
        return Err(NameImportError::Unknown(unknown));
    }
    report.unknown = unknown;
    Ok(planned)
}

/// A name with its country in brackets, as tables have it that hold teams of one name in several countries.
fn within<'a>(index: &NameIndex, name: &'a str) -> Option<(&'a str, &'a str)> {
    let (name, country) = name.strip_suffix(')')?.rsplit_once(" (")?;
    index.named(country, name).map(|_| (name, country))
}

/// The team that a table calls by a canonical name: the one that is written so, else the one that all its known aliases
/// lead to.
fn find(
    index: &NameIndex,
    name: &str,
    aliases: &[String],
    country: Option<&str>,
) -> Result<Option<TeamId>, NameImportError> {
    let countries: BTreeSet<&str> = match country {
        Some(country) => BTreeSet::from([country]),
        None => index.teams().map(|known| known.team.country.as_str()).collect(),
    };
    let written = |name: &str| -> BTreeSet<TeamId> {
        countries.iter().flat_map(|country| index.written(country, name)).collect()
    };
    let mut found = written(name);
    if found.is_empty() {
        found = aliases.iter().flat_map(|alias| written(alias)).collect();
    }
    if found.len() > 1 {
        let team = |id: &TeamId| index.team(*id).map(|known| &known.team);
        let within: BTreeSet<&str> = found.iter().filter_map(team).map(|t| t.country.as_str()).collect();
        if within.len() > 1 {
            let countries = Vec::from_iter(within).join(" and of ");
            return Err(NameImportError::Ambiguous { name: name.to_owned(), countries });
        }
        let mut names = found.iter().filter_map(team).map(|t| t.name.clone());
        let (first, second) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        return Err(NameImportError::Clash { alias: name.to_owned(), wanted: first, held: second });
    }
    Ok(found.first().copied())
}

/// All aliases as a table, of the teams of one league where it is given. Spellings of all sources are listed, each once
/// and without the canonical name.
///
/// # Errors
/// The store is not available.
pub async fn export_names<S>(store: &S, league: Option<LeagueId>) -> Result<NameTable, StoreError>
where
    S: NameReader + TeamReader + ?Sized,
{
    let index = whole_index(store).await?;
    let wanted: Option<BTreeSet<TeamId>> = match league {
        Some(league) => Some(store.teams_of_league(league).await?.into_iter().map(|team| team.id).collect()),
        None => None,
    };
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    for known in index.teams() {
        *names.entry(&known.team.name).or_default() += 1;
    }
    let mut table = NameTable::default();
    for known in index.teams().filter(|known| wanted.as_ref().is_none_or(|ids| ids.contains(&known.team.id)))
    {
        let aliases: BTreeSet<&str> = known.names().filter(|name| *name != known.team.name).collect();
        let aliases: Vec<String> = aliases.into_iter().map(str::to_owned).collect();
        // A name that two countries have could not be told apart in one table.
        let name = match names[known.team.name.as_str()] {
            1 => known.team.name.clone(),
            _ => format!("{} ({})", known.team.name, known.team.country),
        };
        table.0.insert(name, Entry::Aliases(aliases));
    }
    Ok(table)
}
