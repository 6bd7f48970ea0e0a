//! Where matches come from, and what came of documents.

use crate::row::Read;
use crate::rows::matches::a_match;
use crate::statements::Statements;
use crate::store::{SqlStore, Write};
use crate::values;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{MatchOrigin, NewOrigins, StoreError, TouchedForecast};
use touchline_domain::{DocumentId, Match, MatchId, TeamId};

pub async fn origins_of<S: SqlStore>(store: &S, matches: &[MatchId]) -> Result<Vec<MatchOrigin>, StoreError> {
    store.read().await?.all(S::TEXTS.lineage.origins, &values![matches], origin).await
}

fn origin(row: &impl Read) -> Result<MatchOrigin, StoreError> {
    Ok(MatchOrigin {
        match_id: MatchId(row.value(0)?),
        document: DocumentId(row.value(1)?),
        source: row.value(2)?,
        name: row.value(3)?,
        hash: row.value(4)?,
        collected_at: row.time(5)?,
        line: row.number(6)?,
    })
}

pub async fn brought_by<S: SqlStore>(
    store: &S,
    document: DocumentId,
    limit: u32,
) -> Result<Vec<(MatchId, u32)>, StoreError> {
    store.read().await?.all(S::TEXTS.lineage.brought, &values![document, limit], line).await
}

fn line(row: &impl Read) -> Result<(MatchId, u32), StoreError> {
    Ok((MatchId(row.value(0)?), row.number(1)?))
}

pub async fn last_results<S: SqlStore>(
    store: &S,
    team: TeamId,
    before: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Match>, StoreError> {
    store.read().await?.all(S::TEXTS.lineage.last_results, &values![team, before, limit], a_match).await
}

pub async fn forecasts_after<S: SqlStore>(
    store: &S,
    document: DocumentId,
    limit: u32,
) -> Result<Vec<TouchedForecast>, StoreError> {
    store.read().await?.all(S::TEXTS.lineage.forecasts, &values![document, limit], touched).await
}

fn touched(row: &impl Read) -> Result<TouchedForecast, StoreError> {
    Ok(TouchedForecast {
        id: row.value(0)?,
        match_id: MatchId(row.value(1)?),
        model_name: row.value(2)?,
        model_version: row.value(3)?,
        as_of: row.time(4)?,
        sealed_at: row.time(5)?,
    })
}

pub async fn keep_origins<S: SqlStore>(
    store: &S,
    document: DocumentId,
    lines: &[(MatchId, u32)],
) -> Result<u64, StoreError> {
    let mut write = store.write(&[]).await?;
    let kept = write
        .run_all(S::TEXTS.lineage.insert_missing, lines, |(id, line)| values![*id, document, *line])
        .await?;
    write.commit().await?;
    Ok(kept)
}

/// Keeps the origins of a change, whose new matches have these identifiers.
pub async fn insert<S: SqlStore>(
    write: &mut Write<S>,
    origins: &NewOrigins,
    new: impl Iterator<Item = MatchId>,
) -> Result<(), StoreError> {
    let Some(document) = origins.document else { return Ok(()) };
    let mut lines: Vec<(MatchId, u32)> = new.zip(origins.new.iter().copied()).collect();
    lines.extend(origins.held.iter().copied());
    lines.sort_unstable();
    lines.dedup();
    let inserted = write.run_all(S::TEXTS.lineage.insert, &lines, |(id, line)| values![*id, document, *line]);
    inserted.await.map(drop)
}
