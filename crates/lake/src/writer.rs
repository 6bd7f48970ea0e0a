//! Writing a file of a partition: rows into a temporary Parquet file, then into place.

use crate::ParquetLake;
use crate::cells::Columns;
use crate::objects::{blocking, scratch, unavailable};
use crate::tables;
use async_trait::async_trait;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use touchline_domain::lake::{LakeRow, LakeTable};
use touchline_domain::ports::{Commit, Committed, LakeError, LakeFile, LakePartition, LakeWriter};

/// Rows and bytes that are kept before they go into columns.
const BATCH_ROWS: usize = 8192;
const BATCH_BYTES: usize = 16 << 20;
/// Rows and bytes of a row group.
const GROUP_ROWS: usize = 1 << 17;
const GROUP_BYTES: usize = 64 << 20;

/// Under this key a file says how many bytes its widest row takes, by which readers size their batches.
pub(crate) const WIDEST: &str = "touchline.widest_row";

pub(crate) struct PartitionWriter {
    lake: ParquetLake,
    partition: LakePartition,
    /// Absent while it works, and after it failed.
    encoder: Option<Encoder>,
}

impl PartitionWriter {
    pub fn new(lake: ParquetLake, partition: LakePartition) -> Result<Self, LakeError> {
        let encoder = Encoder::new(partition.table)?;
        Ok(Self { lake, partition, encoder: Some(encoder) })
    }

    fn take(&mut self) -> Result<Encoder, LakeError> {
        self.encoder
            .take()
            .ok_or_else(|| LakeError::Refused("an earlier row of the same file was refused".to_owned()))
    }
}

#[async_trait]
impl LakeWriter for PartitionWriter {
    async fn write(&mut self, rows: Vec<LakeRow>) -> Result<(), LakeError> {
        let mut encoder = self.take()?;
        let encoder = blocking(move || encoder.write(&rows).map(|()| encoder)).await?;
        self.encoder = Some(encoder);
        Ok(())
    }

    async fn commit(mut self: Box<Self>, how: Commit) -> Result<Committed, LakeError> {
        let encoder = self.take()?;
        let (file, written) = blocking(move || encoder.finish()).await?;
        self.lake.commit(self.partition, file, written, how).await
    }
}

/// Rows on their way into a Parquet file.
struct Encoder {
    table: LakeTable,
    columns: Columns,
    writer: ArrowWriter<File>,
    content: blake3::Hasher,
    rows: u64,
    widest: usize,
}

impl Encoder {
    fn new(table: LakeTable) -> Result<Self, LakeError> {
        let level = ZstdLevel::try_new(3).map_err(refused)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            // Of columns and pages, by which queries leave parts out; long texts are cut.
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_statistics_truncate_length(Some(64))
            .set_created_by("touchline".to_owned())
            .build();
        let columns = Columns::new(tables::columns(table));
        let schema = crate::cells::schema(tables::columns(table));
        let writer = ArrowWriter::try_new(scratch()?, schema, Some(properties)).map_err(refused)?;
        let content = content_hasher(table, tables::columns(table).len());
        Ok(Self { table, columns, writer, content, rows: 0, widest: 0 })
    }

    fn write(&mut self, rows: &[LakeRow]) -> Result<(), LakeError> {
        for row in rows {
            let cells = tables::cells(self.table, row);
            let cells = cells.ok_or_else(|| {
                LakeError::Refused(format!(
                    "it is not a row of {}, or holds what JSON cannot",
                    self.table.name()
                ))
            })?;
            let width = self.columns.push(&cells).map_err(LakeError::Refused)?;
            self.widest = self.widest.max(width);
            self.rows += 1;
            for cell in &cells {
                cell.encode(&mut self.content);
            }
            if self.columns.rows() >= BATCH_ROWS || self.columns.width() >= BATCH_BYTES {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), LakeError> {
        let batch = self.columns.batch().map_err(LakeError::Refused)?;
        self.writer.write(&batch).map_err(refused)?;
        if self.writer.in_progress_size() >= GROUP_BYTES {
            self.writer.flush().map_err(refused)?;
        }
        Ok(())
    }

    /// The file, at its beginning, and what it holds.
    fn finish(mut self) -> Result<(File, LakeFile), LakeError> {
        if self.columns.rows() > 0 {
            self.flush()?;
        }
        self.writer.append_key_value_metadata(KeyValue::new(WIDEST.to_owned(), self.widest.to_string()));
        let mut file = self.writer.into_inner().map_err(refused)?;
        let io = |error: std::io::Error| unavailable(format!("the temporary file: {error}"));
        file.seek(SeekFrom::Start(0)).map_err(io)?;
        let mut hasher = blake3::Hasher::new();
        let bytes = std::io::copy(&mut file, &mut hasher).map_err(io)?;
        file.seek(SeekFrom::Start(0)).map_err(io)?;
        let written = LakeFile {
            name: String::new(),
            rows: self.rows,
            bytes,
            hash: hasher.finalize().to_hex().to_string(),
            content: self.content.finalize().to_hex().to_string(),
        };
        Ok((file, written))
    }
}

/// Starts the hash of the rows of a file with so many columns.
pub(crate) fn content_hasher(table: LakeTable, columns: usize) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("touchline lake {} {}", table.name(), tables::version(table, columns)).as_bytes());
    hasher
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn refused(error: parquet::errors::ParquetError) -> LakeError {
    unavailable(format!("a Parquet file could not be written: {error}"))
}
