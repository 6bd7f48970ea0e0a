//! Line-ups, a row for each player, and absences.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use touchline_domain::lake::{LakeRow, LineupPlayerRow, MatchRef};
use touchline_domain::ports::{SquadReader, StoreError};
use touchline_domain::{Lineup, MatchId};

/// The rows of players and of absences of some matches, in the order of the matches.
pub(super) async fn of(
    store: &dyn SquadReader,
    matches: &[Arc<MatchRef>],
) -> Result<(Vec<LakeRow>, Vec<LakeRow>), StoreError> {
    let ids: Vec<MatchId> = matches.iter().map(|m| m.id).collect();
    let mut lineups = grouped(store.lineups_of(&ids).await?);
    let mut injuries = grouped(store.injuries_of(&ids).await?);
    let (mut players, mut absences) = (Vec::new(), Vec::new());
    for of in matches {
        for lineup in lineups.remove(&of.id).unwrap_or_default() {
            players.extend(listed(of, &lineup));
        }
        let missing = injuries.remove(&of.id).unwrap_or_default();
        absences.extend(missing.into_iter().map(|injury| LakeRow::Injury(Arc::clone(of), injury)));
    }
    Ok((players, absences))
}

pub(super) fn grouped<K: Eq + Hash, V>(pairs: Vec<(K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}

fn listed(of: &Arc<MatchRef>, lineup: &Lineup) -> impl Iterator<Item = LakeRow> {
    let parts = [(true, lineup.squad.starters()), (false, lineup.squad.substitutes())];
    parts.into_iter().flat_map(move |(starts, part)| {
        (1_u8..).zip(part).map(move |(place, listed)| {
            LakeRow::LineupPlayer(LineupPlayerRow {
                of: Arc::clone(of),
                side: lineup.side,
                source: Arc::clone(&lineup.source),
                kind: lineup.kind,
                formation: lineup.formation.clone(),
                known_at: lineup.known_at,
                known_at_imputed: lineup.known_at_imputed,
                starts,
                place,
                listed: listed.clone(),
            })
        })
    })
}
