//! Rows of matches.

use crate::bulk::Parameters;
use crate::error::Mapped;
use crate::matches::matches_of;
use crate::silver::totals;
use crate::{Connection, Write, bulk, names};
use std::collections::{HashMap, HashSet};
use touchline_domain::ports::{MatchFacts, StoreError};
use touchline_domain::{Match, MatchId, MatchIdentifier, NewMatch, Score};

const INSERT: &str = include_str!("../../queries/matches/insert.sql");
const UPDATE: &str = include_str!("../../queries/matches/update.sql");
const PARK: &str = include_str!("../../queries/matches/park_legs.sql");

/// Inserts matches; returns the identifier of each. One that is stored already is taken as it is if it says the
/// same (the change is applied again), and refused if it says something else.
pub(super) async fn insert(
    connection: &mut Write,
    new: &[(NewMatch, MatchFacts)],
) -> Result<Vec<MatchId>, StoreError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let last: i64 = sqlx::query_scalar(include_str!("../../queries/matches/last_id.sql"))
        .fetch_one(&mut **connection)
        .await
        .mapped()?;
    let rows: Vec<_> = (last + 1..).zip(new.iter().map(|(details, _)| details)).collect();
    let inserted = bulk::run(connection, INSERT, &rows, |row, (id, details)| put(row, *id, details)).await?;
    let ids = if inserted == rows.len() as u64 {
        totals::add(connection, rows.iter().map(|(_, details)| *details)).await?;
        rows.iter().map(|(id, _)| MatchId(*id)).collect()
    } else {
        stored_ids(connection, new, last).await?
    };
    let own =
        |(id, (details, _)): (&MatchId, &(NewMatch, MatchFacts))| Some((*id, MatchIdentifier::of(details)?));
    let identifiers: Vec<_> = ids.iter().zip(new).filter_map(own).collect();
    names::insert_identifiers(connection, &identifiers).await?;
    Ok(ids)
}

/// The identifiers of matches of which some are stored already.
async fn stored_ids(
    connection: &mut Connection,
    new: &[(NewMatch, MatchFacts)],
    last: i64,
) -> Result<Vec<MatchId>, StoreError> {
    let seasons: Vec<_> = new.iter().map(|(details, _)| (details.league, details.season)).collect();
    let stored = matches_of(connection, &seasons).await?;
    totals::add(connection, stored.iter().filter(|m| m.id.0 > last).map(|m| &m.details)).await?;
    let stored: HashMap<_, _> = stored.into_iter().map(|m| (m.natural_key(), m)).collect();
    let id_of = |details: &NewMatch| match stored.get(&details.natural_key()) {
        Some(stored) if stored.is_same_to_the_second(details) => Ok(stored.id),
        _ => Err(StoreError::Constraint(format!(
            "uq_matches_natural_key: another match with league {}, season {}, home {}, away {} and leg {} is stored",
            details.league, details.season, details.home, details.away, details.leg
        ))),
    };
    new.iter().map(|(details, _)| id_of(details)).collect()
}

/// Replaces rows of stored matches.
pub(crate) async fn update(connection: &mut Connection, changed: &[Match]) -> Result<(), StoreError> {
    let mut pairings = HashSet::new();
    // Home and away may change places too.
    let pairing = |m: &Match| (m.league, m.season, m.home.min(m.away), m.home.max(m.away));
    if !changed.iter().all(|m| pairings.insert(pairing(m))) {
        bulk::run(connection, PARK, changed, |row, m| {
            row.put(m.id.0);
        })
        .await?;
    }
    let updated = bulk::run(connection, UPDATE, changed, |row, m| put(row, m.id.0, &m.details)).await?;
    if updated == changed.len() as u64 {
        Ok(())
    } else {
        Err(StoreError::Constraint("a changed match is not stored, or is given twice".to_owned()))
    }
}

fn put(row: &mut Parameters, id: i64, m: &NewMatch) {
    let home = |score: Option<Score>| score.map(|s| s.home);
    let away = |score: Option<Score>| score.map(|s| s.away);
    row.put(id)
        .put(m.league.0)
        .put(m.season.to_string())
        .put(m.home.0)
        .put(m.away.0)
        .put(m.leg)
        .put(m.kickoff.at.timestamp())
        .put(m.kickoff.precision.name())
        .put(m.status.name())
        .put(home(m.score))
        .put(away(m.score))
        .put(home(m.half_time))
        .put(away(m.half_time))
        .put(m.referee.as_deref())
        .put(m.attendance)
        .put(m.source.as_str())
        .put(m.external_id.as_deref())
        .put(m.setting.neutral_ground)
        .put(m.setting.stage.as_deref())
        .put(m.setting.round.as_deref())
        .put(m.setting.group.as_deref())
        .put(m.setting.tie_leg)
        .put(home(m.setting.after_extra_time))
        .put(away(m.setting.after_extra_time))
        .put(home(m.setting.shootout))
        .put(away(m.setting.shootout));
}
