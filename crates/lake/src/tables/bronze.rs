//! Documents and the places of records in them.

use crate::cells::{Cell, Cells, Column, Kind, column, optional};
use touchline_domain::lake::{LakeRow, ReadingRow, RecordRow};
use touchline_domain::{DocumentId, RawDocument, RawRecord, RecordKind};

pub(super) const DOCUMENTS: &[Column] = &[
    column("document_id", Kind::Int),
    column("data_source", Kind::Text),
    column("name", Kind::Text),
    column("hash", Kind::Text),
    column("collected_at", Kind::Time),
    column("content", Kind::Bytes),
];

pub(super) fn document<'a>(d: &'a RawDocument, cells: &mut Vec<Cell<'a>>) {
    cells.extend([
        d.id.0.into(),
        d.source.as_str().into(),
        d.name.as_str().into(),
        d.hash.as_str().into(),
        d.collected_at.into(),
        Cell::Bytes(&d.bytes),
    ]);
}

pub(super) fn read_document(cells: &mut Cells<'_>) -> Result<LakeRow, String> {
    Ok(LakeRow::Document(RawDocument {
        id: DocumentId(cells.number()?),
        source: cells.text()?.to_owned(),
        name: cells.text()?.to_owned(),
        hash: cells.text()?.to_owned(),
        collected_at: cells.time()?,
        bytes: cells.bytes()?.to_owned(),
    }))
}

pub(super) const RECORDS: &[Column] = &[
    column("data_source", Kind::Text),
    column("document_hash", Kind::Text),
    column("collected_at", Kind::Time),
    column("locator", Kind::Int),
    optional("external_match_id", Kind::Text),
    optional("external_league_id", Kind::Text),
    optional("match_time", Kind::Time),
];

pub(super) fn record<'a>(r: &'a RecordRow, cells: &mut Vec<Cell<'a>>) {
    cells.extend([
        (&*r.source).into(),
        (&*r.document_hash).into(),
        r.collected_at.into(),
        r.record.locator.into(),
        r.record.external_match_id.as_deref().into(),
        r.record.external_league_id.as_deref().into(),
        r.record.match_time.into(),
    ]);
}

/// The kind of a record follows from its table. What it holds is in its document, and is not written a second time.
pub(super) fn read_record(cells: &mut Cells<'_>, kind: RecordKind) -> Result<LakeRow, String> {
    Ok(LakeRow::Record(RecordRow {
        source: cells.text()?.into(),
        document_hash: cells.text()?.into(),
        collected_at: cells.time()?,
        record: RawRecord {
            kind,
            locator: cells.number()?,
            external_match_id: cells.optional_text()?.map(str::to_owned),
            external_league_id: cells.optional_text()?.map(str::to_owned),
            match_time: cells.optional_time()?,
            payload: None,
        },
    }))
}

pub(super) const READINGS: &[Column] = &[
    column("data_source", Kind::Text),
    column("document_hash", Kind::Text),
    column("collected_at", Kind::Time),
    column("reading", Kind::Text),
];

pub(super) fn reading<'a>(r: &'a ReadingRow, cells: &mut Vec<Cell<'a>>) {
    cells.extend([
        (&*r.source).into(),
        (&*r.document_hash).into(),
        r.collected_at.into(),
        r.reading.as_str().into(),
    ]);
}

pub(super) fn read_reading(cells: &mut Cells<'_>) -> Result<LakeRow, String> {
    Ok(LakeRow::Reading(ReadingRow {
        source: cells.text()?.into(),
        document_hash: cells.text()?.into(),
        collected_at: cells.time()?,
        reading: cells.text()?.to_owned(),
    }))
}
