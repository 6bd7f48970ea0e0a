//! Rows that rules hold back, and what is decided about them.

use crate::row::Read;
use crate::statements::Statements;
use crate::store::{SqlStore, Write};
use crate::values;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{HeldFilter, StoreError, texts};
use touchline_domain::{DocumentId, HeldRow, HeldState, NewHeldRow, NewRowDecision, RowDecision};

pub async fn held_rows<S: SqlStore>(
    store: &S,
    filter: &HeldFilter,
    limit: u32,
) -> Result<Vec<HeldRow>, StoreError> {
    let HeldFilter { id, document, state, says, unsettled } = filter;
    says.as_ref().map_or(Ok(()), |says| texts::key("what a held row says", says))?;
    let values = values![*id, *document, state.map(HeldState::name), says, *unsettled, limit];
    store.read().await?.all(S::TEXTS.quality.held, &values, held_row).await
}

fn held_row(row: &impl Read) -> Result<HeldRow, StoreError> {
    Ok(HeldRow {
        id: row.value(0)?,
        document: DocumentId(row.value(1)?),
        source: row.value(2)?,
        document_name: row.value(3)?,
        held_at: row.time(11)?,
        row: NewHeldRow {
            line: row.number(4)?,
            rule: row.value(5)?,
            rule_version: row.number(6)?,
            reason: row.value(7)?,
            fingerprint: row.value(8)?,
            says: row.value(9)?,
            state: row.parsed(10)?,
        },
    })
}

pub async fn row_decisions<S: SqlStore>(
    store: &S,
    fingerprints: &[String],
) -> Result<Vec<RowDecision>, StoreError> {
    store.read().await?.all(S::TEXTS.quality.row_decisions, &values![fingerprints], row_decision).await
}

fn row_decision(row: &impl Read) -> Result<RowDecision, StoreError> {
    let undone_by: Option<String> = row.value(6)?;
    Ok(RowDecision {
        id: row.value(0)?,
        fingerprint: row.value(1)?,
        verdict: row.parsed(2)?,
        reason: row.value(3)?,
        by: row.value(4)?,
        at: row.time(5)?,
        undone: undone_by.zip(row.optional_time(7)?),
    })
}

pub async fn decide_row<S: SqlStore>(
    store: &S,
    decision: &NewRowDecision,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    texts::row_decision(decision)?;
    let NewRowDecision { fingerprint, verdict, reason, by } = decision;
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.quality.undo_row_decisions, &values![fingerprint, by, now]).await?;
    let values = values![fingerprint, verdict.name(), reason, by, now];
    let id = write.one(S::TEXTS.quality.decide_row, &values, |row| row.value(0)).await?;
    write.commit().await?;
    Ok(id)
}

pub async fn undo_row_decision<S: SqlStore>(
    store: &S,
    id: i64,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    texts::key("who decides about a row", by)?;
    let mut write = store.write(&[]).await?;
    let undone =
        write.all(S::TEXTS.quality.undo_row_decision, &values![id, by, now], |row| row.value(0)).await?;
    write.commit().await?;
    Ok(undone.into_iter().next())
}

/// Keeps held rows, and the state of those that are kept; the findings about them follow.
pub async fn insert_held<S: SqlStore>(
    write: &mut Write<S>,
    rows: &[(DocumentId, NewHeldRow)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let kept = write.run_all(S::TEXTS.quality.put_held, rows, |(document, row)| {
        let NewHeldRow { line, rule, rule_version, reason, fingerprint, says, state } = row;
        let (state, version) = (state.name(), *rule_version);
        values![*document, *line, rule, version, reason, fingerprint, says, state, now]
    });
    kept.await?;
    for (document, row) in rows {
        let NewHeldRow { line, rule, fingerprint, state, .. } = row;
        let values = values![*document, *line, rule, state.name(), fingerprint, now];
        write.run(S::TEXTS.quality.follow_row, &values).await?;
    }
    Ok(())
}
