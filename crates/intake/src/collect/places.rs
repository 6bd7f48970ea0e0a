//! Matches with the places of their grounds, for sources that are asked about places.

use chrono::{DateTime, Utc};
use std::collections::HashMap;
use touchline_collect::providers::MatchPlace;
use touchline_domain::ports::{
    MatchFilter, MatchReader, SilverChange, SilverWriter, StoreError, SurroundingsReader,
};
use touchline_domain::{Ground, KickoffPrecision, Match, MatchId, MatchIdentifier, MatchStatus, TeamId};

/// Matches that are read at a time.
const PAGE: u32 = 500;

/// Which matches.
#[derive(Debug, Clone, Default)]
pub struct Near {
    /// Codes of leagues; none for all.
    pub leagues: Vec<String>,
    /// Kick-off at or after.
    pub from: DateTime<Utc>,
    /// Kick-off before.
    pub to: DateTime<Utc>,
    /// This match alone, whenever it is.
    pub only: Option<MatchId>,
}

/// The matches whose ground and time of kick-off are known. Those on neutral ground, and those that do not take place, are
/// left out: nobody says where they are.
///
/// # Errors
/// The store is not available.
pub async fn places<S>(store: &S, near: &Near) -> Result<Vec<(MatchId, MatchPlace)>, StoreError>
where
    S: MatchReader + SurroundingsReader + ?Sized,
{
    let mut grounds: HashMap<TeamId, Vec<Ground>> = HashMap::new();
    for (ground, team) in store.grounds().await? {
        if let Some(team) = team {
            grounds.entry(team).or_default().push(ground);
        }
    }
    let matches = match near.only {
        Some(id) => store.get_match(id).await?.into_iter().collect(),
        None => matches_near(store, near).await?,
    };
    Ok(matches.iter().filter_map(|m| Some((m.id, place(m, grounds.get(&m.home)?)?))).collect())
}

async fn matches_near<S: MatchReader + ?Sized>(store: &S, near: &Near) -> Result<Vec<Match>, StoreError> {
    let leagues = match near.leagues.as_slice() {
        [] => vec![None],
        codes => codes.iter().cloned().map(Some).collect(),
    };
    let mut matches = Vec::new();
    for league in leagues {
        let filter =
            MatchFilter { league, from: Some(near.from), to: Some(near.to), ..MatchFilter::default() };
        let mut after = None;
        loop {
            let page = store.page(&filter, after, PAGE).await?;
            matches.extend(page.matches);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(matches)
}

/// Where a match is: on the latest ground of the home side that was in use by then.
fn place(m: &Match, grounds: &[Ground]) -> Option<MatchPlace> {
    let takes_place = !matches!(m.status, MatchStatus::Cancelled | MatchStatus::Postponed);
    let is_known = m.kickoff.precision == KickoffPrecision::Minute && !m.setting.neutral_ground;
    let day = m.kickoff.at.date_naive();
    let in_use = grounds.iter().filter(|ground| ground.since <= day);
    let ground = in_use.max_by_key(|ground| ground.since).filter(|_| takes_place && is_known)?;
    Some(MatchPlace {
        match_id: format!("match-{}", m.id),
        kickoff: m.kickoff.at,
        latitude: ground.latitude,
        longitude: ground.longitude,
    })
}

/// Keeps what the matches are called where a source is asked about them, so that its answers find them, also after merges.
///
/// # Errors
/// The store is not available.
pub async fn name_places<S: SilverWriter + ?Sized>(
    store: &S,
    source: &str,
    places: &[(MatchId, MatchPlace)],
) -> Result<(), StoreError> {
    let identifier = |(id, place): &(MatchId, MatchPlace)| {
        (*id, MatchIdentifier { source: source.to_owned(), external_id: place.match_id.clone() })
    };
    let identifiers: Vec<_> = places.iter().map(identifier).collect();
    if identifiers.is_empty() {
        return Ok(());
    }
    store.apply(&SilverChange { identifiers, ..SilverChange::default() }).await.map(drop)
}
