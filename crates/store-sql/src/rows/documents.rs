//! Documents, their records, findings about them, and matches whose quotes lie in the lake.

use crate::error::corrupt;
use crate::frames::{decompress, hash};
use crate::row::Read;
use touchline_domain::ports::{ArchivedMatch, DocumentInfo, StoreError, StoredDocument, StoredIssue};
use touchline_domain::{DocumentId, MatchId, RawDocument, RawRecord, RecordKind};

/// Source, name, hash, size, frame and time of the document with the identifier `id`.
pub async fn document(id: DocumentId, row: &impl Read) -> Result<RawDocument, StoreError> {
    let document = RawDocument {
        id,
        source: row.value(0)?,
        name: row.value(1)?,
        hash: row.value(2)?,
        bytes: decompress(row.value(4)?, row.number(3)?).await?,
        collected_at: row.time(5)?,
    };
    if hash(&document.bytes) != document.hash {
        return Err(corrupt(format!("the bytes of document {id} do not match their hash")));
    }
    Ok(document)
}

/// Identifier and time of a document that is held.
pub fn held_document(row: &impl Read) -> Result<StoredDocument, StoreError> {
    Ok(StoredDocument { id: DocumentId(row.value(0)?), new: false, collected_at: row.time(1)? })
}

/// Identifier, source, hash and time.
pub fn document_info(row: &impl Read) -> Result<DocumentInfo, StoreError> {
    Ok(DocumentInfo {
        id: DocumentId(row.value(0)?),
        source: row.value(1)?,
        hash: row.value(2)?,
        collected_at: row.time(3)?,
    })
}

/// Kind (0 for matches, 1 for odds, 2 for scores), locator, both identifiers, time and payload.
pub fn record(row: &impl Read) -> Result<RawRecord, StoreError> {
    let kind = match row.number::<u8>(0)? {
        0 => RecordKind::Match,
        1 => RecordKind::Odds,
        _ => RecordKind::Score,
    };
    Ok(RawRecord {
        kind,
        locator: row.number(1)?,
        external_match_id: row.value(2)?,
        external_league_id: row.value(3)?,
        match_time: row.optional_time(4)?,
        payload: row.value(5)?,
    })
}

/// Identifier, document, locator, kind, severity, message, data, time, table, state, whether to review, and who handled it
/// when with which notes.
pub fn issue(row: &impl Read) -> Result<StoredIssue, StoreError> {
    Ok(StoredIssue {
        id: row.value(0)?,
        document_name: row.value(1)?,
        locator: row.number(2)?,
        error_type: row.value(3)?,
        severity: row.value(4)?,
        message: row.value(5)?,
        data: row.value(6)?,
        detected_at: row.time(7)?,
        table: row.value(8)?,
        status: row.parsed(9)?,
        requires_manual_review: row.value(10)?,
        handled_by: row.value(11)?,
        handled_at: row.optional_time(12)?,
        resolution_notes: row.value(13)?,
        document: row.value::<Option<i64>>(14)?.map(DocumentId),
    })
}

/// Match, lake, quotes, removed quotes, digest and time.
pub fn archived_match(row: &impl Read) -> Result<ArchivedMatch, StoreError> {
    Ok(ArchivedMatch {
        id: MatchId(row.value(0)?),
        lake: row.value(1)?,
        quotes: row.number(2)?,
        removed: row.number(3)?,
        digest: row.value(4)?,
        archived_at: row.time(5)?,
    })
}
