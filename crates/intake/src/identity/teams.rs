//! Which teams the names of a document stand for.

mod identified;
mod renamed;
mod roster;

use super::evidence::{self, Agreement};
use super::{League, SourceOrder};
use identified::{Identifiers, Mismatch};
use renamed::Renamed;
use roster::Rosters;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use touchline_collect::names::{NameIndex, key, known_spellings};
use touchline_collect::{Parsed, SourceMatch};
use touchline_domain::ports::{
    LeagueReader, MatchReader, NameChange, NameReader, NameWriter, RosterWriter, StoreError, TeamAlias,
    TeamReader,
};
use touchline_domain::{LeagueId, NameKind, NewTeam, Season, Team, TeamId, Verdict};

/// More alike than this, a name is not taken for a new team's without asking.
const RESEMBLES: f64 = 0.75;
/// More alike than this, a new team's name is worth a finding.
const ALMOST_THE_SAME: f64 = 0.85;
/// Suggestions that a message names.
const NAMED: usize = 3;

/// Names of a document and the teams that they stand for.
#[derive(Debug, Default)]
pub(crate) struct Teams {
    countries: Vec<String>,
    ids: HashMap<String, HashMap<String, TeamId>>,
    /// Names that wait for a decision.
    pub waiting: Vec<Waiting>,
    /// Names that a person does not want used, by country.
    pub rejected: BTreeSet<(String, String)>,
    /// Teams that their source writes in another way than before: the names, old and new.
    pub renamed: Vec<Renamed>,
    /// New teams of the source whose names are almost those of other teams of the country.
    pub resembling: Vec<Resembling>,
    /// Names that stand for another team than the source's identifier beside them.
    pub mismatches: Vec<Mismatch>,
}

/// A new team with almost the name of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resembling {
    pub name: String,
    /// The other team.
    pub other: String,
    /// The first row that has the name.
    pub line: u32,
}

/// A name that nothing certain leads from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Waiting {
    pub country: String,
    pub name: String,
    /// Where it is first met.
    pub league: LeagueId,
    pub season: Season,
    pub line: u32,
    /// Names of the teams that it may stand for, the likeliest first.
    pub suggestions: Vec<String>,
}

impl Teams {
    #[cfg(test)]
    /// `countries` by index of the league; `names` and `ids` in the same order.
    pub fn new(countries: Vec<String>, names: Vec<NewTeam>, ids: &[TeamId]) -> Self {
        let mut teams = Self { countries, ..Self::default() };
        for (team, id) in names.into_iter().zip(ids) {
            teams.insert(&team.country, &team.name, *id);
        }
        teams
    }

    fn insert(&mut self, country: &str, name: &str, id: TeamId) {
        self.ids.entry(country.to_owned()).or_default().insert(name.to_owned(), id);
    }

    /// The team of a name in the league of this index, where it is known.
    pub fn id(&self, league: usize, name: &str) -> Option<TeamId> {
        self.in_country(&self.countries[league], name)
    }

    fn in_country(&self, country: &str, name: &str) -> Option<TeamId> {
        self.ids.get(country)?.get(name).copied()
    }
}

/// A name that the source did not use before, with where the document has it.
struct Unknown {
    country: String,
    name: String,
    /// Each place once, in the order of the document.
    places: Vec<Place>,
    line: u32,
}

/// A league and season, and the index of the league in the document.
type Place = (usize, LeagueId, Season);

/// Finds or makes the teams of a document.
pub(crate) async fn resolve<S>(
    store: &S,
    source: &str,
    order: &SourceOrder,
    parsed: &Parsed,
    leagues: &[League],
) -> Result<Teams, StoreError>
where
    S: LeagueReader + MatchReader + NameReader + NameWriter + RosterWriter + TeamReader + ?Sized,
{
    let mut teams =
        Teams { countries: leagues.iter().map(|l| l.country.clone()).collect(), ..Teams::default() };
    if parsed.matches.is_empty() {
        return Ok(teams);
    }
    let countries: BTreeSet<String> =
        parsed.matches.iter().map(|m| leagues[m.league].country.clone()).collect();
    let countries = Vec::from_iter(countries);
    for alias in store.team_aliases(&countries, Some(source)).await? {
        teams.insert(&alias.country, &alias.alias, alias.team);
    }
    let identifiers = Identifiers::load(store, source, parsed, leagues, &countries).await?;
    let unknown = unknown_names(&teams, &parsed.matches, leagues);
    if !unknown.is_empty() {
        find_unknown(store, source, order, (parsed, leagues, &countries), &identifiers, unknown, &mut teams)
            .await?;
    }
    teams.mismatches = identifiers.mismatches(&teams);
    identifiers.keep(store, &teams).await?;
    Ok(teams)
}

/// Finds or makes the teams of names that the source did not use before.
async fn find_unknown<S>(
    store: &S,
    source: &str,
    order: &SourceOrder,
    (parsed, leagues, countries): (&Parsed, &[League], &[String]),
    identifiers: &Identifiers,
    unknown: Vec<Unknown>,
    teams: &mut Teams,
) -> Result<(), StoreError>
where
    S: LeagueReader + MatchReader + NameReader + NameWriter + RosterWriter + TeamReader + ?Sized,
{
    let aliases = store.team_aliases(countries, None).await?;
    let all = store.teams().await?;
    let index = NameIndex::new(all.into_iter().filter(|t| countries.contains(&t.country)).collect(), aliases);
    let mut step =
        Step { source, leagues, parsed, index: &index, found: BTreeMap::new(), created: Vec::new() };
    let rejected = rejected(store, source).await?;
    let mut open = Vec::new();
    for name in unknown {
        if rejected.contains(&(name.country.clone(), name.name.clone())) {
            teams.rejected.insert((name.country, name.name));
        } else if let Some(id) = index
            .alias(source, &name.country, &name.name)
            .or_else(|| of_known_spelling(&index, &name.country, &name.name))
        {
            teams.insert(&name.country, &name.name, id);
            step.found.insert((name.country, name.name), id);
        } else {
            open.push(name);
        }
    }
    // The source's identifier of the team first, then those of its matches.
    let by_identifier = identifiers.renamed(teams, &step, &open);
    step.rename(teams, by_identifier, &mut open);
    let by_match = renamed::find(store, teams, &step, &open).await?;
    step.rename(teams, by_match, &mut open);
    step.decide(store, teams, open).await?;
    step.keep(store, order, teams).await
}

/// The one held team that another spelling of a name leads to, by the table of what is certain.
fn of_known_spelling(index: &NameIndex, country: &str, name: &str) -> Option<TeamId> {
    let others = known_spellings(country, name).iter();
    let held = others
        .flat_map(|other| index.written(country, other).into_iter().chain(index.unique(country, other)));
    let held: BTreeSet<TeamId> = held.collect();
    held.first().copied().filter(|_| held.len() == 1)
}

fn unknown_names(teams: &Teams, rows: &[SourceMatch], leagues: &[League]) -> Vec<Unknown> {
    let mut met: HashMap<(&str, &str), usize> = HashMap::new();
    let mut unknown: Vec<Unknown> = Vec::new();
    let mut seen: HashSet<(usize, Season, &str)> = HashSet::new();
    for row in rows {
        for name in [&row.home, &row.away] {
            if !seen.insert((row.league, row.season, name)) || teams.id(row.league, name).is_some() {
                continue;
            }
            let league = &leagues[row.league];
            let place = *met.entry((&league.country, name)).or_insert_with(|| {
                let (country, name) = (league.country.clone(), name.clone());
                unknown.push(Unknown { country, name, places: Vec::new(), line: row.line });
                unknown.len() - 1
            });
            unknown[place].places.push((row.league, league.id, row.season));
        }
    }
    unknown
}

/// Names of the source that a person does not want used, by country.
async fn rejected<S: NameReader + ?Sized>(
    store: &S,
    source: &str,
) -> Result<BTreeSet<(String, String)>, StoreError> {
    let of_source = |review: &touchline_domain::NameReview| {
        review.kind == NameKind::Team
            && review.source == source
            && review.decision.as_ref().is_some_and(|decision| decision.verdict == Verdict::Rejected)
    };
    let reviews = store.reviews(false).await?.into_iter().filter(of_source);
    Ok(reviews.map(|review| (review.details.country, review.details.name)).collect())
}

/// What is known while names are decided about.
struct Step<'a> {
    source: &'a str,
    leagues: &'a [League],
    parsed: &'a Parsed,
    index: &'a NameIndex,
    /// Names that stand for a held team, and the team.
    found: BTreeMap<(String, String), TeamId>,
    /// Names of new teams.
    created: Vec<NewTeam>,
}

impl Step<'_> {
    /// Takes new names of known teams.
    fn rename(&mut self, teams: &mut Teams, renamed: Vec<Renamed>, open: &mut Vec<Unknown>) {
        for renamed in &renamed {
            teams.insert(&renamed.country, &renamed.name, renamed.team);
            self.found.insert((renamed.country.clone(), renamed.name.clone()), renamed.team);
            open.retain(|name| (&name.country, &name.name) != (&renamed.country, &renamed.name));
        }
        teams.renamed.extend(renamed);
    }

    /// Decides about names that no alias leads from.
    async fn decide<S>(&mut self, store: &S, teams: &mut Teams, open: Vec<Unknown>) -> Result<(), StoreError>
    where
        S: LeagueReader + MatchReader + TeamReader + ?Sized,
    {
        let is_shared =
            |name: &Unknown| name.places.iter().any(|(league, ..)| self.leagues[*league].is_shared);
        let (shared, own): (Vec<_>, Vec<_>) = open.into_iter().partition(is_shared);
        teams.resembling = own.iter().filter_map(|name| self.resembling(teams, name)).collect();
        self.created.extend(own.into_iter().map(|name| NewTeam { name: name.name, country: name.country }));
        if shared.is_empty() {
            return Ok(());
        }
        let places =
            shared.iter().flat_map(|name| name.places.iter().map(|(_, league, season)| (*league, *season)));
        let rosters = Rosters::load(store, self.source, places.collect()).await?;
        let wanted: HashSet<LeagueId> = rosters.leagues().collect();
        let results = evidence::by_name(&self.parsed.matches, self.leagues, |row| {
            wanted.contains(&self.leagues[row.league].id)
        });
        let results_of = |name: &Unknown| -> Vec<evidence::SideResult> {
            let leagues: BTreeSet<LeagueId> = name.places.iter().map(|(_, league, _)| *league).collect();
            let of = |league| results.get(&(league, name.name.as_str())).into_iter().flatten().copied();
            leagues.into_iter().flat_map(of).collect()
        };
        let spellings = Spellings::of(&self.parsed.matches, self.leagues, teams);
        let mut certain: Vec<(Unknown, TeamId)> = Vec::new();
        let mut uncertain = Vec::new();
        for name in shared {
            let id = self.certain(&name, &rosters, &spellings).filter(|id| {
                let held = evidence::of_team(rosters.matches(), *id);
                !Agreement::of(&results_of(&name), &held).contradicts()
            });
            match id {
                Some(id) => certain.push((name, id)),
                None => uncertain.push(name),
            }
        }
        // Two names for one team within a season: one of them is wrong, and nobody knows which.
        let mut claimed: HashMap<(LeagueId, Season, TeamId), u32> = HashMap::new();
        for (name, id) in &certain {
            for (_, league, season) in &name.places {
                *claimed.entry((*league, *season, *id)).or_default() += 1;
            }
        }
        for (name, id) in certain {
            if name.places.iter().all(|(_, league, season)| claimed[&(*league, *season, id)] == 1) {
                teams.insert(&name.country, &name.name, id);
                self.found.insert((name.country, name.name), id);
            } else {
                uncertain.push(name);
            }
        }
        for name in uncertain {
            if self.is_new(&name, &rosters) {
                self.created.push(NewTeam { name: name.name, country: name.country });
            } else {
                let suggestions = self.suggest(&name, &rosters, &results_of(&name));
                let (_, league, season) = name.places[0];
                let Unknown { country, name, line, .. } = name;
                teams.waiting.push(Waiting { country, name, league, season, line, suggestions });
            }
        }
        Ok(())
    }

    /// The team that a name certainly stands for.
    fn certain(&self, name: &Unknown, rosters: &Rosters, spellings: &Spellings) -> Option<TeamId> {
        let unique = |(_, league, season): &Place| spellings.is_unique(*league, *season, &name.name);
        if !name.places.iter().all(unique) {
            return None;
        }
        let held: Vec<&Place> = name.places.iter().filter(|(_, l, s)| rosters.is_held(*l, *s)).collect();
        let mut answers: Vec<TeamId> = Vec::new();
        for (_, league, season) in &held {
            let roster = rosters.around(*league, *season);
            answers.push(self.index.unique_in(&name.country, &name.name, &roster)?);
        }
        if held.is_empty() {
            // No season to compare with: only a name that is unique in the country, of a team of the same league.
            let id = self.index.unique(&name.country, &name.name)?;
            let plays = |(_, league, _): &Place| rosters.of_league(*league).contains(&id);
            answers.extend(name.places.iter().any(plays).then_some(id));
        }
        let first = *answers.first()?;
        let taken = |(_, l, s): &Place| spellings.is_taken(*l, *s, first);
        (answers.iter().all(|id| *id == first) && !name.places.iter().any(taken)).then_some(first)
    }

    /// Whether a name is that of a team that nobody named before: no other source holds the season, and no team that the
    /// source has not named yet is like it.
    fn is_new(&self, name: &Unknown, rosters: &Rosters) -> bool {
        let is_held = |(_, league, season): &Place| rosters.is_held(*league, *season);
        !name.places.iter().any(is_held)
            && !self.index.teams().any(|known| {
                known.team.country == name.country
                    && !known.is_named_by(self.source)
                    && known.similarity(&name.name) >= RESEMBLES
            })
    }

    /// A team that the source named before and that a new name is almost the same as. Teams that the document names too
    /// are others, unless nothing but accents and words such as FC tells the names apart.
    fn resembling(&self, teams: &Teams, name: &Unknown) -> Option<Resembling> {
        let rows = &self.parsed.matches;
        let in_document = |id: TeamId| {
            rows.iter().any(|row| {
                [&row.home, &row.away].into_iter().any(|side| teams.id(row.league, side) == Some(id))
            })
        };
        let of_country = self.index.teams().filter(|known| known.team.country == name.country);
        let alike = of_country.map(|known| (known.similarity(&name.name), known));
        let close = alike.filter(|(alike, known)| {
            *alike >= 1.0 || (*alike >= ALMOST_THE_SAME && !in_document(known.team.id))
        });
        let (_, other) = close.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        Some(Resembling { name: name.name.clone(), other: other.team.name.clone(), line: name.line })
    }

    /// Names of the teams that a name may stand for, the likeliest first.
    fn suggest(&self, name: &Unknown, rosters: &Rosters, results: &[evidence::SideResult]) -> Vec<String> {
        let held: BTreeSet<TeamId> =
            name.places.iter().flat_map(|(_, league, season)| rosters.around(*league, *season)).collect();
        let candidates = self.index.teams().filter(|known| {
            let in_reach = held.is_empty() || held.contains(&known.team.id);
            in_reach && known.team.country == name.country && !known.is_named_by(self.source)
        });
        let ranked = super::review::rank(&name.name, results, candidates, || rosters.matches());
        ranked.into_iter().take(NAMED).map(|suggestion| suggestion.team.name).collect()
    }

    /// Makes new teams, and keeps which names stand for which teams.
    async fn keep<S>(&self, store: &S, order: &SourceOrder, teams: &mut Teams) -> Result<(), StoreError>
    where
        S: NameWriter + RosterWriter + ?Sized,
    {
        let mut found = self.found.clone();
        if !self.created.is_empty() {
            let mut names = self.created.clone();
            names.sort();
            let ids = store.ensure_teams(self.source, &names).await?;
            for (team, id) in names.into_iter().zip(ids) {
                teams.insert(&team.country, &team.name, id);
                // One that was there under this very name has no alias of this source yet.
                if self.index.team(id).is_some() {
                    found.insert((team.country, team.name), id);
                }
            }
        }
        let mut change = NameChange::default();
        for ((country, name), id) in found {
            let alias = TeamAlias { source: self.source.to_owned(), country, alias: name, team: id };
            change.teams.extend(canonical(self.index, order, &alias, &change.teams));
            change.team_aliases.push(alias);
        }
        if change.is_empty() { Ok(()) } else { store.change_names(&change).await }
    }
}

/// A team under the name of a new alias, where the alias's source comes before all that write its present name.
pub(crate) fn canonical(
    index: &NameIndex,
    order: &SourceOrder,
    alias: &TeamAlias,
    renamed: &[Team],
) -> Option<Team> {
    let known = index.team(alias.team)?;
    let present = known.aliases.iter().filter(|(_, name)| *name == known.team.name);
    // A name that no alias accounts for was given by a person.
    let best = present.map(|(source, _)| source).min_by(|a, b| order.rank(a).cmp(&order.rank(b)))?;
    let is_free = index.named(&alias.country, &alias.alias).is_none()
        && renamed.iter().all(|team| team.id != alias.team && team.name != alias.alias);
    (order.precedes(&alias.source, best) && is_free)
        .then(|| Team { name: alias.alias.clone(), ..known.team.clone() })
}

/// How a document writes names in each season of a league.
struct Spellings {
    /// Distinct names by their key.
    keys: HashMap<(LeagueId, Season, String), u32>,
    /// Teams that known names stand for.
    taken: HashSet<(LeagueId, Season, TeamId)>,
}

impl Spellings {
    fn of(rows: &[SourceMatch], leagues: &[League], teams: &Teams) -> Self {
        let mut spellings = Self { keys: HashMap::new(), taken: HashSet::new() };
        let mut seen: HashSet<(LeagueId, Season, &str)> = HashSet::new();
        for row in rows.iter().filter(|row| leagues[row.league].is_shared) {
            let league = leagues[row.league].id;
            for name in [&row.home, &row.away] {
                if seen.insert((league, row.season, name)) {
                    *spellings.keys.entry((league, row.season, key(name))).or_default() += 1;
                    let known = teams.id(row.league, name);
                    spellings.taken.extend(known.map(|id| (league, row.season, id)));
                }
            }
        }
        spellings
    }

    /// Whether no other name of the season has the same key.
    fn is_unique(&self, league: LeagueId, season: Season, name: &str) -> bool {
        self.keys.get(&(league, season, key(name))).is_none_or(|names| *names == 1)
    }

    /// Whether another name of the season stands for the team.
    fn is_taken(&self, league: LeagueId, season: Season, team: TeamId) -> bool {
        self.taken.contains(&(league, season, team))
    }
}
