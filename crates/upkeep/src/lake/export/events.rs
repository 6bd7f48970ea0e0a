//! What happened in matches, and prices during them.

use super::squads::grouped;
use std::sync::Arc;
use touchline_domain::lake::{EventRow, LakeRow, MatchRef};
use touchline_domain::ports::{EventReader, InPlayOddsReader, StoreError};
use touchline_domain::{EventList, MatchId};

/// Matches whose prices during play are in memory at once.
pub(super) const IN_PLAY: usize = 100;

/// The events of some matches, in the order of the matches.
pub(super) async fn events_of(
    store: &dyn EventReader,
    matches: &[Arc<MatchRef>],
) -> Result<Vec<LakeRow>, StoreError> {
    let ids: Vec<MatchId> = matches.iter().map(|m| m.id).collect();
    let mut lists = grouped(store.events_of(&ids).await?);
    let of_match = |of: &Arc<MatchRef>| {
        let lists = lists.remove(&of.id).unwrap_or_default();
        lists.into_iter().flat_map(|list| rows(of, list)).collect::<Vec<_>>()
    };
    Ok(matches.iter().flat_map(of_match).collect())
}

fn rows(of: &Arc<MatchRef>, list: EventList) -> Vec<LakeRow> {
    let EventList { source, events, known_at, known_at_imputed } = list;
    let row = |(place, event)| {
        LakeRow::Event(EventRow {
            of: Arc::clone(of),
            source: Arc::clone(&source),
            known_at,
            known_at_imputed,
            place,
            event,
        })
    };
    (1..).zip(events).map(row).collect()
}

/// The prices during some matches, in the order of the matches.
pub(super) async fn in_play_of(
    store: &dyn InPlayOddsReader,
    matches: &[Arc<MatchRef>],
) -> Result<Vec<LakeRow>, StoreError> {
    let ids: Vec<MatchId> = matches.iter().map(|m| m.id).collect();
    let mut quotes = grouped(store.in_play_odds_of(&ids).await?);
    let of_match = |of: &Arc<MatchRef>| {
        let quotes = quotes.remove(&of.id).unwrap_or_default();
        quotes.into_iter().map(|quote| LakeRow::InPlay(Arc::clone(of), quote)).collect::<Vec<_>>()
    };
    Ok(matches.iter().flat_map(of_match).collect())
}

/// The source of the players whom a row names.
pub(super) fn source_of(row: &LakeRow) -> Option<&Arc<str>> {
    match row {
        LakeRow::LineupPlayer(row) => Some(&row.source),
        LakeRow::Injury(_, injury) => Some(&injury.source),
        LakeRow::Event(row) => Some(&row.source),
        _ => None,
    }
}
