//! Rows of matches.

use crate::columns::{ROWS, column};
use crate::error::Mapped;
use crate::matches::matches_of;
use crate::{Connection, Write, names, whole};
use sqlx::postgres::{PgArguments, Postgres};
use sqlx::query::Query;
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
    let mut inserted = 0;
    for rows in rows.chunks(ROWS) {
        inserted += bound(INSERT, rows).execute(&mut **connection).await.mapped()?.rows_affected();
    }
    let ids = if inserted == rows.len() as u64 {
        rows.iter().map(|(id, _)| MatchId(*id)).collect()
    } else {
        stored_ids(connection, new).await?
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
) -> Result<Vec<MatchId>, StoreError> {
    let seasons: Vec<_> = new.iter().map(|(details, _)| (details.league, details.season)).collect();
    let stored = matches_of(connection, &seasons).await?;
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
        sqlx::query(PARK)
            .bind(column(changed, |m| m.id.0))
            .bind(column(changed, |m| m.season.to_string()))
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    let rows: Vec<_> = changed.iter().map(|m| (m.id.0, &m.details)).collect();
    let mut updated = 0;
    for rows in rows.chunks(ROWS) {
        updated += bound(UPDATE, rows).execute(&mut *connection).await.mapped()?.rows_affected();
    }
    if updated == changed.len() as u64 {
        Ok(())
    } else {
        Err(StoreError::Constraint(
            "a changed match is not stored, is of another season, or is given twice".to_owned(),
        ))
    }
}

/// The statement with all columns of the rows.
fn bound(sql: &'static str, rows: &[(i64, &NewMatch)]) -> Query<'static, Postgres, PgArguments> {
    let home = |score: Option<Score>| score.map(|s| i16::from(s.home));
    let away = |score: Option<Score>| score.map(|s| i16::from(s.away));
    sqlx::query(sql)
        .bind(column(rows, |(id, _)| *id))
        .bind(column(rows, |(_, m)| m.league.0))
        .bind(column(rows, |(_, m)| m.season.to_string()))
        .bind(column(rows, |(_, m)| m.home.0))
        .bind(column(rows, |(_, m)| m.away.0))
        .bind(column(rows, |(_, m)| i16::from(m.leg)))
        .bind(column(rows, |(_, m)| whole(m.kickoff.at)))
        .bind(column(rows, |(_, m)| m.kickoff.precision.name()))
        .bind(column(rows, |(_, m)| m.status.name()))
        .bind(column(rows, |(_, m)| home(m.score)))
        .bind(column(rows, |(_, m)| away(m.score)))
        .bind(column(rows, |(_, m)| home(m.half_time)))
        .bind(column(rows, |(_, m)| away(m.half_time)))
        .bind(column(rows, |(_, m)| m.referee.as_deref()))
        .bind(column(rows, |(_, m)| m.attendance.map(i64::from)))
        .bind(column(rows, |(_, m)| m.source.as_str()))
        .bind(column(rows, |(_, m)| m.external_id.as_deref()))
        .bind(column(rows, |(_, m)| m.setting.neutral_ground))
        .bind(column(rows, |(_, m)| m.setting.stage.as_deref()))
        .bind(column(rows, |(_, m)| m.setting.round.as_deref()))
        .bind(column(rows, |(_, m)| m.setting.group.as_deref()))
        .bind(column(rows, |(_, m)| m.setting.tie_leg.map(i16::from)))
        .bind(column(rows, |(_, m)| home(m.setting.after_extra_time)))
        .bind(column(rows, |(_, m)| away(m.setting.after_extra_time)))
        .bind(column(rows, |(_, m)| home(m.setting.shootout)))
        .bind(column(rows, |(_, m)| away(m.setting.shootout)))
}
