//! Reading the files of a partition: each is compared with its hash before any of its rows is given, and its rows with
//! theirs when the last one was.

use crate::cells::{Cells, schema};
use crate::objects::{Objects, blocking};
use crate::tables;
use crate::writer::{WIDEST, content_hasher};
use arrow_array::RecordBatch;
use async_trait::async_trait;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;
use touchline_domain::lake::{LakeRow, LakeTable, MatchRef};
use touchline_domain::ports::{LakeError, LakeFile, LakeReader, PartitionState};

/// Rows and bytes that are given at a time.
const BATCH_ROWS: usize = 8192;
const BATCH_BYTES: usize = 32 << 20;

pub(crate) struct PartitionReader {
    objects: Objects,
    table: LakeTable,
    folder: String,
    files: VecDeque<LakeFile>,
    open: Option<Decoder>,
}

impl PartitionReader {
    pub fn new(objects: Objects, state: &PartitionState) -> Self {
        Self {
            objects,
            table: state.partition.table,
            folder: state.partition.to_string(),
            files: state.files.clone().into(),
            open: None,
        }
    }
}

#[async_trait]
impl LakeReader for PartitionReader {
    async fn next(&mut self) -> Result<Option<Vec<LakeRow>>, LakeError> {
        loop {
            if self.open.is_none() {
                let Some(described) = self.files.pop_front() else { return Ok(None) };
                let path = format!("{}/{}", self.folder, described.name);
                let (file, table) = (self.objects.fetch(&path).await?, self.table);
                self.open = Some(blocking(move || Decoder::open(table, path, described, file)).await?);
            }
            let Some(mut decoder) = self.open.take() else { continue };
            let (rows, decoder) = blocking(move || {
                let rows = decoder.next()?;
                Ok((rows, decoder))
            })
            .await?;
            if let Some(rows) = rows {
                self.open = Some(decoder);
                return Ok(Some(rows));
            }
        }
    }
}

/// A file on its way into rows.
struct Decoder {
    table: LakeTable,
    /// Number of columns: those of an earlier version are fewer.
    width: usize,
    path: String,
    described: LakeFile,
    batches: ParquetRecordBatchReader,
    content: blake3::Hasher,
    rows: u64,
    last: Option<Arc<MatchRef>>,
}

impl Decoder {
    fn open(table: LakeTable, path: String, described: LakeFile, file: File) -> Result<Self, LakeError> {
        let file = verified(&path, &described, file)?;
        let damaged = |what: String| LakeError::Damaged { path: path.clone(), what };
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(e.to_string()))?;
        let (found, known) = (builder.schema(), schema(tables::columns(table)));
        let width = found.fields().len();
        let same = width == known.fields().len() || tables::was_written_with(table, width);
        if !same || found.fields()[..] != known.fields()[..width] {
            return Err(LakeError::Schema {
                path: path.clone(),
                found: format!("{} columns that are not those of {}", found.fields().len(), table.name()),
                known: format!("version {}", tables::SCHEMA_VERSION),
            });
        }
        let pairs = builder.metadata().file_metadata().key_value_metadata();
        let widest =
            pairs.into_iter().flatten().find(|pair| pair.key == WIDEST).and_then(|pair| pair.value.as_ref());
        let widest = widest.and_then(|text| text.parse().ok()).unwrap_or(BATCH_BYTES);
        let rows = (BATCH_BYTES / widest.max(1)).clamp(1, BATCH_ROWS);
        let batches = builder.with_batch_size(rows).build().map_err(|e| damaged(e.to_string()))?;
        let content = content_hasher(table, width);
        Ok(Self { table, width, batches, content, rows: 0, last: None, path, described })
    }

    fn damaged(&self, what: impl Into<String>) -> LakeError {
        LakeError::Damaged { path: self.path.clone(), what: what.into() }
    }

    fn next(&mut self) -> Result<Option<Vec<LakeRow>>, LakeError> {
        match self.batches.next() {
            Some(batch) => {
                let batch = batch.map_err(|error| self.damaged(error.to_string()))?;
                self.rows(&batch).map(Some)
            }
            None => self.end().map(|()| None),
        }
    }

    fn rows(&mut self, batch: &RecordBatch) -> Result<Vec<LakeRow>, LakeError> {
        let mut rows = Vec::with_capacity(batch.num_rows());
        for number in 0..batch.num_rows() {
            let row = tables::row(self.table, &mut Cells::new(batch, number), &mut self.last);
            let row = row.map_err(|what| self.damaged(format!("row {}: {what}", self.rows + 1)))?;
            let cells =
                tables::cells(self.table, &row).ok_or_else(|| self.damaged("a row of another table"))?;
            for cell in cells.iter().take(self.width) {
                cell.encode(&mut self.content);
            }
            self.rows += 1;
            rows.push(row);
        }
        Ok(rows)
    }

    fn end(&self) -> Result<(), LakeError> {
        if self.rows != self.described.rows {
            return Err(self.damaged(format!("{} rows instead of {}", self.rows, self.described.rows)));
        }
        if self.content.finalize().to_hex().as_str() != self.described.content {
            return Err(self.damaged("its rows are not those that were written"));
        }
        Ok(())
    }
}

/// The file at its beginning, if it is the one that is described.
fn verified(path: &str, described: &LakeFile, mut file: File) -> Result<File, LakeError> {
    let damaged = |what: String| LakeError::Damaged { path: path.to_owned(), what };
    let unreadable = |error: std::io::Error| LakeError::Unavailable(format!("{path}: {error}"));
    let mut hasher = blake3::Hasher::new();
    // One byte more would be one too many.
    let bytes = std::io::copy(&mut (&file).take(described.bytes + 1), &mut hasher).map_err(unreadable)?;
    if bytes != described.bytes {
        let more = if bytes > described.bytes { "more than " } else { "" };
        return Err(damaged(format!(
            "{more}{} bytes instead of {}",
            bytes.min(described.bytes),
            described.bytes
        )));
    }
    if hasher.finalize().to_hex().as_str() != described.hash {
        return Err(damaged("its BLAKE3 is not that of its manifest".to_owned()));
    }
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    Ok(file)
}
