//! Which league a source's code stands for.

use super::SourceOrder;
use std::collections::{BTreeSet, HashMap};
use touchline_collect::UnknownLeague;
use touchline_collect::names::known_league;
use touchline_domain::ports::{LeagueReader, NameChange, NameReader, NameWriter, RosterWriter, StoreError};
use touchline_domain::{CompetitionKind, LeagueAlias, LeagueId, NameKind, NameReview, NewLeague};

/// A league of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct League {
    pub id: LeagueId,
    /// The country that its teams belong to.
    pub country: String,
    /// Whether another source knows it too.
    pub is_shared: bool,
}

/// Finds or makes the leagues of a document, in their order.
pub(crate) async fn resolve<S>(
    store: &S,
    source: &str,
    order: &SourceOrder,
    leagues: &[NewLeague],
) -> Result<Vec<League>, StoreError>
where
    S: LeagueReader + NameReader + NameWriter + RosterWriter + ?Sized,
{
    if leagues.is_empty() {
        return Ok(Vec::new());
    }
    let aliases = store.league_aliases().await?;
    let by_alias: HashMap<&str, LeagueId> =
        aliases.iter().filter(|a| a.source == source).map(|a| (a.alias.as_str(), a.league)).collect();
    let shared: BTreeSet<LeagueId> =
        aliases.iter().filter(|a| a.source != source).map(|a| a.league).collect();
    let found: Vec<Option<LeagueId>> =
        leagues.iter().map(|l| by_alias.get(l.code.as_str()).copied()).collect();
    let all_own: Option<Vec<LeagueId>> =
        found.iter().copied().map(|id| id.filter(|id| !shared.contains(id))).collect();
    // A league that was stored before its source told of its kind is brought up to date below.
    let known = leagues.iter().all(|league| league.kind == CompetitionKind::League);
    if let Some(ids) = all_own.filter(|_| known) {
        let own = |(id, league): (LeagueId, &NewLeague)| League {
            id,
            country: league.country.clone(),
            is_shared: false,
        };
        return Ok(ids.into_iter().zip(leagues).map(own).collect());
    }
    let mut change = NameChange::default();
    let mut ids = Vec::with_capacity(leagues.len());
    let held = store.leagues().await?;
    for (league, found) in leagues.iter().zip(found) {
        let id = if let Some(id) = found.or_else(|| well_known(source, &league.code, &aliases)) {
            id
        } else {
            let taken = held.iter().any(|h| h.code == league.code && h.source != league.source);
            // Another source uses the code for a league of its own.
            let code = if taken { format!("{source}:{}", league.code) } else { league.code.clone() };
            store.ensure_leagues(&[NewLeague { code, ..league.clone() }]).await?[0]
        };
        if found.is_none() {
            let alias = LeagueAlias { source: source.to_owned(), alias: league.code.clone(), league: id };
            change.league_aliases.push(alias);
        }
        ids.push(id);
    }
    let held = if change.league_aliases.is_empty() { held } else { store.leagues().await? };
    let mut resolved = Vec::with_capacity(leagues.len());
    for (league, id) in leagues.iter().zip(ids) {
        let Some(record) = held.iter().find(|h| h.id == id) else {
            return Err(StoreError::Corrupt(format!("league {id} is referred to but not held")));
        };
        let taken = held.iter().any(|h| h.id != id && h.code == league.code);
        let own_kind = record.source == source && record.kind != league.kind;
        if own_kind || order.precedes(source, &record.source) && !taken {
            let country = record.country.clone();
            let mut replaced = record.clone();
            // The league's own source may have its code from another league of the same code.
            let code = if own_kind { record.code.clone() } else { league.code.clone() };
            replaced.details = NewLeague { country, code, ..league.clone() };
            change.leagues.push(replaced);
        }
        let is_shared = shared.contains(&id);
        resolved.push(League { id, country: record.country.clone(), is_shared });
    }
    if !change.is_empty() {
        store.change_names(&change).await?;
    }
    Ok(resolved)
}

/// Leagues that a document names and that nothing is known of, with what was decided about them.
#[derive(Debug, Default)]
pub(crate) struct Paused {
    /// Those that wait for a decision.
    pub waiting: Vec<UnknownLeague>,
    /// Those that a person told, by the name that the source writes.
    pub told: Vec<(String, NewLeague)>,
}

/// What is decided about leagues that a source names and that nothing is known of.
pub(crate) async fn paused<S>(
    store: &S,
    source: &str,
    unknown: &[UnknownLeague],
) -> Result<Paused, StoreError>
where
    S: LeagueReader + NameReader + ?Sized,
{
    let mut paused = Paused::default();
    if unknown.is_empty() {
        return Ok(paused);
    }
    let (aliases, held) = (store.league_aliases().await?, store.leagues().await?);
    let reviews = store.reviews(false).await?;
    for league in unknown {
        let told = aliases.iter().find(|alias| alias.source == source && alias.alias == league.name);
        let told = told.and_then(|alias| held.iter().find(|held| held.id == alias.league));
        if let Some(told) = told {
            paused.told.push((league.name.clone(), told.details.clone()));
            continue;
        }
        let is_of = |review: &&NameReview| {
            review.kind == NameKind::League && review.source == source && review.name == league.name
        };
        // One that is not to be used does not wait.
        if reviews.iter().find(is_of).is_none_or(|review| review.decision.is_none()) {
            paused.waiting.push(league.clone());
        }
    }
    Ok(paused)
}

/// The held league that the table of well-known leagues says is the same. None where two are: joining leagues that are
/// held twice is not for an import.
fn well_known(source: &str, code: &str, aliases: &[LeagueAlias]) -> Option<LeagueId> {
    let known = known_league(source, code)?;
    let same = |alias: &&LeagueAlias| alias.source != source && known.is_called(&alias.source, &alias.alias);
    let found: BTreeSet<LeagueId> = aliases.iter().filter(same).map(|alias| alias.league).collect();
    found.first().copied().filter(|_| found.len() == 1)
}
