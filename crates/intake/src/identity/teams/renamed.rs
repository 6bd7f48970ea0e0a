//! Teams that their source writes in another way than before: its identifiers of matches say so.

use super::{Step, Teams, Unknown};
use std::collections::{BTreeSet, HashMap};
use touchline_domain::ports::{MatchReader, NameReader, StoreError};
use touchline_domain::{Match, MatchId, TeamId};

/// A new name of a team that the source named otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Renamed {
    pub country: String,
    /// The new name.
    pub name: String,
    /// The canonical name.
    pub known_as: String,
    pub team: TeamId,
    /// The first row that has the new name.
    pub line: u32,
}

/// New names in rows of held matches whose other side is known and the same as before. All rows of a name must agree,
/// and the document must not name the team in the old way too.
pub(super) async fn find<S>(
    store: &S,
    teams: &Teams,
    step: &Step<'_>,
    open: &[Unknown],
) -> Result<Vec<Renamed>, StoreError>
where
    S: MatchReader + NameReader + ?Sized,
{
    let rows = &step.parsed.matches;
    let ids: BTreeSet<&String> = rows.iter().filter_map(|row| row.external_id.as_ref()).collect();
    if open.is_empty() || ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = ids.into_iter().cloned().collect();
    let named: HashMap<String, MatchId> = store.identified(step.source, &ids).await?.into_iter().collect();
    let held: HashMap<MatchId, Match> =
        store.matches_named(step.source, &ids).await?.into_iter().map(|m| (m.id, m)).collect();
    let used: BTreeSet<TeamId> = rows
        .iter()
        .flat_map(|m| [teams.id(m.league, &m.home), teams.id(m.league, &m.away)])
        .flatten()
        .collect();
    let mut renamed = Vec::new();
    for name in open {
        let mut answers = BTreeSet::new();
        for row in rows {
            let is_it = |side: &str| side == name.name && step.leagues[row.league].country == name.country;
            let other = match (is_it(&row.home), is_it(&row.away)) {
                (true, false) => &row.away,
                (false, true) => &row.home,
                _ => continue,
            };
            let found = row.external_id.as_ref().and_then(|id| held.get(named.get(id)?));
            let Some((m, other)) = found.zip(teams.id(row.league, other)) else { continue };
            answers.insert(match other {
                other if other == m.home => Some(m.away),
                other if other == m.away => Some(m.home),
                _ => None,
            });
        }
        let mut answers = answers.into_iter();
        if let (Some(Some(team)), None) = (answers.next(), answers.next())
            && !used.contains(&team)
            && let Some(known) = step.index.team(team)
        {
            let (country, known_as) = (name.country.clone(), known.team.name.clone());
            renamed.push(Renamed { country, name: name.name.clone(), known_as, team, line: name.line });
        }
    }
    // Two new names for one team: neither is certain.
    let count = |team: TeamId| renamed.iter().filter(|r| r.team == team).count();
    let once: Vec<Renamed> = renamed.iter().filter(|r| count(r.team) == 1).cloned().collect();
    Ok(once)
}
