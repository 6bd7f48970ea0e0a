//! Documents and their records.

use crate::error::corrupt;
use crate::frames::compress;
use crate::row::Read;
use crate::rows::documents;
use crate::statements::Statements;
use crate::store::{Connection, SqlStore, Write};
use crate::texts::Bronze;
use crate::values;
use chrono::{DateTime, SubsecRound, Utc};
use touchline_domain::ports::{StoreError, StoredDocument, texts};
use touchline_domain::{DocumentId, NewDocument, RawDocument, RecordKind};

pub async fn document<S: SqlStore>(store: &S, id: DocumentId) -> Result<Option<RawDocument>, StoreError> {
    let rows = store.read().await?.rows(S::TEXTS.bronze.get_document, &values![id]).await?;
    match rows.first() {
        Some(row) => documents::document(id, row).await.map(Some),
        None => Ok(None),
    }
}

pub async fn held_document<S: SqlStore>(
    store: &S,
    source: &str,
    hash: &str,
) -> Result<Option<StoredDocument>, StoreError> {
    find::<S>(&mut *store.read().await?, source, hash).await
}

pub async fn reading<S: SqlStore>(store: &S, id: DocumentId) -> Result<Option<String>, StoreError> {
    store.read().await?.first(S::TEXTS.bronze.get_reading, &values![id], |row| row.value(0)).await
}

pub async fn unprocessed_records<S: SqlStore>(store: &S) -> Result<u64, StoreError> {
    store.read().await?.one(S::TEXTS.bronze.unprocessed, &values![], |row| row.number(0)).await
}

pub async fn latest_collected<S: SqlStore>(
    store: &S,
) -> Result<Vec<(RecordKind, DateTime<Utc>)>, StoreError> {
    let mut connection = store.read().await?;
    let latest = connection.all(S::TEXTS.bronze.latest_collected, &values![], |row| {
        let kind = RecordKind::ALL.get(row.number::<usize>(0)?).copied();
        Ok((kind.ok_or_else(|| corrupt("a kind of records is not known"))?, row.time(1)?))
    });
    latest.await
}

pub async fn store_document<S: SqlStore>(
    store: &S,
    document: &NewDocument<'_>,
) -> Result<StoredDocument, StoreError> {
    texts::document(document)?;
    let &NewDocument { source, name, bytes, hash, collected_at, records } = document;
    if let Some(held) = held_document(store, source, hash).await? {
        return Ok(held);
    }
    let (content, hashed) = compress(bytes.to_vec()).await?;
    if hashed != hash {
        return Err(StoreError::Constraint(format!(
            "the bytes of {name} have the hash {hashed}, not {hash}"
        )));
    }
    store.make_room(document).await?;
    let mut write = store.write(&[]).await?;
    let values = values![source, name, hash, bytes.len() as i64, content.as_slice(), collected_at];
    let inserted =
        write.first(S::TEXTS.bronze.insert_document, &values, |row| row.value(0).map(DocumentId)).await?;
    let Some(id) = inserted else {
        // Another process was faster.
        let held = find::<S>(&mut write, source, hash).await?;
        return held.ok_or_else(|| corrupt("a document is there and is not there"));
    };
    for kind in RecordKind::ALL {
        let of_kind: Vec<_> = records.iter().filter(|record| record.kind == kind).collect();
        let inserted = write.run_all(insert_records(&S::TEXTS.bronze, kind), &of_kind, |record| {
            let (of, league) = (&record.external_match_id, &record.external_league_id);
            let (time, payload) = (record.match_time, &record.payload);
            values![id, record.locator, source, collected_at, of, league, time, payload]
        });
        inserted.await?;
    }
    write.commit().await?;
    Ok(StoredDocument { id, new: true, collected_at: collected_at.trunc_subsecs(0) })
}

fn insert_records(texts: &Bronze, kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Match => texts.insert_match_records,
        RecordKind::Odds => texts.insert_odds_records,
        RecordKind::Score => texts.insert_scores_records,
    }
}

pub async fn rename_document<S: SqlStore>(store: &S, id: DocumentId, name: &str) -> Result<(), StoreError> {
    let mut write = store.write(&[]).await?;
    if write.run(S::TEXTS.bronze.rename_document, &values![id, name]).await? == 0 {
        return Err(not_stored(id));
    }
    write.commit().await
}

pub async fn keep_reading<S: SqlStore>(store: &S, id: DocumentId, reading: &str) -> Result<(), StoreError> {
    texts::free("how a document is read", reading)?;
    let mut write = store.write(&[]).await?;
    write.run(S::TEXTS.bronze.keep_reading, &values![id, reading]).await?;
    write.commit().await
}

/// Marks all records of a document as processed; one that is already marked is not written again.
pub async fn mark_processed<S: SqlStore>(write: &mut Write<S>, id: DocumentId) -> Result<(), StoreError> {
    let (texts, now) = (S::TEXTS.bronze, write.now());
    if write.run(texts.mark_document, &values![id, now]).await? == 0 {
        let known = write.one(texts.document_exists, &values![id], |row| row.value::<bool>(0)).await?;
        return known.then_some(()).ok_or_else(|| not_stored(id));
    }
    for mark in [texts.mark_match_records, texts.mark_odds_records, texts.mark_scores_records] {
        write.run(mark, &values![id]).await?;
    }
    Ok(())
}

fn not_stored(id: DocumentId) -> StoreError {
    StoreError::Constraint(format!("document {id} is not stored"))
}

async fn find<S: SqlStore>(
    connection: &mut Connection<S>,
    source: &str,
    hash: &str,
) -> Result<Option<StoredDocument>, StoreError> {
    let values = values![source, hash];
    connection.first(S::TEXTS.bronze.find_document, &values, documents::held_document).await
}
