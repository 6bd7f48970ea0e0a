//! Documents and their records.

use crate::columns::{ROWS, column};
use crate::error::{Mapped, corrupt};
use crate::frames::compress;
use crate::partitions::{self, Monthly};
use crate::row::Read;
use crate::rows::documents;
use crate::{Connection, PostgresStore, whole};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{BronzeReader, BronzeWriter, StoreError, StoredDocument, texts};
use touchline_domain::{DocumentId, NewDocument, RawDocument, RecordKind};

/// Statements for one kind of records.
struct RecordQueries {
    kind: RecordKind,
    insert: &'static str,
    mark: &'static str,
}

const MATCH_RECORDS: RecordQueries = RecordQueries {
    kind: RecordKind::Match,
    insert: include_str!("../queries/bronze/insert_match_records.sql"),
    mark: include_str!("../queries/bronze/mark_match_records.sql"),
};
const ODDS_RECORDS: RecordQueries = RecordQueries {
    kind: RecordKind::Odds,
    insert: include_str!("../queries/bronze/insert_odds_records.sql"),
    mark: include_str!("../queries/bronze/mark_odds_records.sql"),
};
const SCORES_RECORDS: RecordQueries = RecordQueries {
    kind: RecordKind::Score,
    insert: include_str!("../queries/bronze/insert_scores_records.sql"),
    mark: include_str!("../queries/bronze/mark_scores_records.sql"),
};

#[async_trait]
impl BronzeReader for PostgresStore {
    async fn document(&self, id: DocumentId) -> Result<Option<RawDocument>, StoreError> {
        let row = sqlx::query(include_str!("../queries/bronze/get_document.sql"))
            .bind(id.0)
            .fetch_optional(&mut *self.read().await?)
            .await
            .mapped()?;
        match row {
            Some(row) => documents::document(id, &row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn held_document(&self, source: &str, hash: &str) -> Result<Option<StoredDocument>, StoreError> {
        find(&mut *self.read().await?, source, hash).await
    }

    async fn reading(&self, id: DocumentId) -> Result<Option<String>, StoreError> {
        let row = sqlx::query(include_str!("../queries/bronze/get_reading.sql"))
            .bind(id.0)
            .fetch_optional(&mut *self.read().await?)
            .await
            .mapped()?;
        row.map(|row| row.value(0)).transpose()
    }

    async fn unprocessed_records(&self) -> Result<u64, StoreError> {
        let row = sqlx::query(include_str!("../queries/bronze/unprocessed.sql"))
            .fetch_one(&mut *self.read().await?)
            .await
            .mapped()?;
        row.number(0)
    }

    async fn latest_collected(&self) -> Result<Vec<(RecordKind, DateTime<Utc>)>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/bronze/latest_collected.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        let of_kind = rows.iter().map(|row| {
            let kind = RecordKind::ALL.get(row.number::<usize>(0)?).copied();
            Ok((kind.ok_or_else(|| corrupt("a kind of records is not known"))?, row.time(1)?))
        });
        of_kind.collect()
    }
}

#[async_trait]
impl BronzeWriter for PostgresStore {
    async fn store_document(&self, document: &NewDocument<'_>) -> Result<StoredDocument, StoreError> {
        texts::document(document)?;
        if let Some(held) = find(&mut *self.read().await?, document.source, document.hash).await? {
            return Ok(held);
        }
        let (content, hash) = compress(document.bytes.to_vec()).await?;
        if hash != document.hash {
            return Err(StoreError::Constraint(format!(
                "the bytes of {} have the hash {hash}, not {}",
                document.name, document.hash
            )));
        }
        if document.records.iter().any(|record| record.kind == RecordKind::Odds) {
            let month = partitions::months(std::iter::once(document.collected_at));
            self.ensure_months(Monthly::RawOdds, month).await?;
        }
        let mut transaction = self.write().await?;
        let inserted: Option<i64> = sqlx::query_scalar(include_str!("../queries/bronze/insert_document.sql"))
            .bind(document.source)
            .bind(document.name)
            .bind(document.hash)
            .bind(document.bytes.len() as i64)
            .bind(content)
            .bind(whole(document.collected_at))
            .fetch_optional(&mut *transaction)
            .await
            .mapped()?;
        let Some(id) = inserted else {
            // Another process was faster.
            let held = find(&mut transaction, document.source, document.hash).await?;
            return held.ok_or_else(|| corrupt("a document is there and is not there"));
        };
        for queries in [MATCH_RECORDS, ODDS_RECORDS, SCORES_RECORDS] {
            let of_kind: Vec<_> = document.records.iter().filter(|r| r.kind == queries.kind).collect();
            for records in of_kind.chunks(ROWS) {
                sqlx::query(queries.insert)
                    .bind(id)
                    .bind(document.source)
                    .bind(whole(document.collected_at))
                    .bind(column(records, |r| i64::from(r.locator)))
                    .bind(column(records, |r| r.external_match_id.as_deref()))
                    .bind(column(records, |r| r.external_league_id.as_deref()))
                    .bind(column(records, |r| r.match_time.map(whole)))
                    .bind(column(records, |r| r.payload.as_deref()))
                    .execute(&mut *transaction)
                    .await
                    .mapped()?;
            }
        }
        transaction.commit().await.mapped()?;
        let collected_at = whole(document.collected_at);
        Ok(StoredDocument { id: DocumentId(id), new: true, collected_at })
    }

    async fn rename_document(&self, id: DocumentId, name: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let renamed = sqlx::query(include_str!("../queries/bronze/rename_document.sql"))
            .bind(id.0)
            .bind(name)
            .execute(&mut *transaction)
            .await
            .mapped()?;
        if renamed.rows_affected() == 0 {
            return Err(StoreError::Constraint(format!("document {id} is not stored")));
        }
        transaction.commit().await.mapped()
    }

    async fn keep_reading(&self, id: DocumentId, reading: &str) -> Result<(), StoreError> {
        texts::free("how a document is read", reading)?;
        let mut transaction = self.write().await?;
        sqlx::query(include_str!("../queries/bronze/keep_reading.sql"))
            .bind(id.0)
            .bind(reading)
            .execute(&mut *transaction)
            .await
            .mapped()?;
        transaction.commit().await.mapped()
    }
}

/// Marks all records of a document as processed; one that is already marked is not written again.
pub(crate) async fn mark_processed(
    connection: &mut Connection,
    id: DocumentId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let marked = sqlx::query(include_str!("../queries/bronze/mark_document.sql"))
        .bind(id.0)
        .bind(now)
        .execute(&mut *connection)
        .await
        .mapped()?;
    if marked.rows_affected() == 0 {
        let known: bool = sqlx::query_scalar(include_str!("../queries/bronze/document_exists.sql"))
            .bind(id.0)
            .fetch_one(&mut *connection)
            .await
            .mapped()?;
        return if known {
            Ok(())
        } else {
            Err(StoreError::Constraint(format!("document {id} is not stored")))
        };
    }
    for queries in [MATCH_RECORDS, ODDS_RECORDS, SCORES_RECORDS] {
        sqlx::query(queries.mark).bind(id.0).execute(&mut *connection).await.mapped()?;
    }
    Ok(())
}

async fn find(
    connection: &mut Connection,
    source: &str,
    hash: &str,
) -> Result<Option<StoredDocument>, StoreError> {
    let row = sqlx::query(include_str!("../queries/bronze/find_document.sql"))
        .bind(source)
        .bind(hash)
        .fetch_optional(connection)
        .await
        .mapped()?;
    row.as_ref().map(documents::held_document).transpose()
}
