//! Plain Parquet tables, written as they go: for whoever asks for rows rather than for a lake.

use crate::cells::{Cell, Column, Columns, Kind, optional, schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use touchline_domain::ports::{ColumnKind, TableCell, TableColumn, TableEncoder, TableError, TableFormat};

/// Rows of a row group: what is held in memory.
const GROUP_ROWS: usize = 1 << 14;

/// Tables as Parquet (zstd), a row group at a time.
#[derive(Debug, Clone, Copy, Default)]
pub struct ParquetTables;

impl TableFormat for ParquetTables {
    fn begin(&self, columns: &'static [TableColumn]) -> Result<Box<dyn TableEncoder>, TableError> {
        let defined: Vec<Column> = columns.iter().map(column_of).collect();
        let level = ZstdLevel::try_new(3).map_err(failed)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_created_by("touchline".to_owned())
            .build();
        let written = Written::default();
        let writer =
            ArrowWriter::try_new(written.clone(), schema(&defined), Some(properties)).map_err(failed)?;
        Ok(Box::new(Encoder { columns: Columns::new(defined), writer: Some(writer), written }))
    }
}

fn column_of(column: &TableColumn) -> Column {
    let kind = match column.kind {
        ColumnKind::Whole => Kind::Int,
        ColumnKind::Real => Kind::Float,
        ColumnKind::Text => Kind::Text,
        ColumnKind::Time => Kind::Time,
        ColumnKind::Flag => Kind::Bool,
    };
    optional(column.name, kind)
}

fn failed(error: impl Display) -> TableError {
    TableError(error.to_string())
}

/// What is written and not yet taken.
#[derive(Debug, Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Encoder {
    columns: Columns,
    /// None once the table has ended.
    writer: Option<ArrowWriter<Written>>,
    written: Written,
}

impl Encoder {
    fn write(&mut self) -> Result<(), TableError> {
        let writer = self.writer.as_mut().ok_or_else(|| TableError("it has ended".to_owned()))?;
        let batch = self.columns.batch().map_err(TableError)?;
        writer.write(&batch).map_err(failed)
    }
}

impl TableEncoder for Encoder {
    fn push(&mut self, rows: &[Vec<TableCell>]) -> Result<Vec<u8>, TableError> {
        for row in rows {
            let cells: Vec<Cell<'_>> = row.iter().map(cell_of).collect();
            self.columns.push(&cells).map_err(TableError)?;
        }
        self.write()?;
        Ok(self.written.take())
    }

    fn finish(&mut self) -> Result<Vec<u8>, TableError> {
        let writer = self.writer.take().ok_or_else(|| TableError("it has ended".to_owned()))?;
        writer.close().map_err(failed)?;
        Ok(self.written.take())
    }
}

fn cell_of(cell: &TableCell) -> Cell<'_> {
    match cell {
        TableCell::Empty => Cell::None,
        TableCell::Whole(number) => Cell::Int(*number),
        TableCell::Real(number) => Cell::Float(*number),
        TableCell::Text(text) => Cell::Text(Cow::Borrowed(text)),
        TableCell::Time(time) => Cell::Time(time.timestamp_micros()),
        TableCell::Flag(flag) => Cell::Bool(*flag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Cells;
    use bytes::Bytes;
    use chrono::DateTime;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    static COLUMNS: [TableColumn; 5] = [
        TableColumn { name: "id", kind: ColumnKind::Whole },
        TableColumn { name: "home", kind: ColumnKind::Text },
        TableColumn { name: "rps", kind: ColumnKind::Real },
        TableColumn { name: "at", kind: ColumnKind::Time },
        TableColumn { name: "right", kind: ColumnKind::Flag },
    ];

    fn row(n: i64) -> Vec<TableCell> {
        let at = DateTime::from_timestamp(1_700_000_000 + n, 0).unwrap();
        let rps = if n % 3 == 0 { TableCell::Empty } else { TableCell::Real(n as f64 / 7.0) };
        vec![
            TableCell::Whole(n),
            TableCell::Text(format!("Élan {n}")),
            rps,
            TableCell::Time(at),
            TableCell::Flag(n % 2 == 0),
        ]
    }

    #[test]
    fn rows_come_back_and_only_a_part_of_them_is_held() {
        let mut encoder = ParquetTables.begin(&COLUMNS).unwrap();
        let mut file = Vec::new();
        let mut early = 0;
        for page in 0..100 {
            let rows: Vec<_> = (page * 1000..(page + 1) * 1000).map(row).collect();
            let bytes = encoder.push(&rows).unwrap();
            early += bytes.len();
            file.extend(bytes);
        }
        let last = encoder.finish().unwrap();
        assert!(early > last.len(), "{early} bytes came before the last {}", last.len());
        file.extend(last);
        assert!(encoder.push(&[row(0)]).is_err(), "it has ended");
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(file)).unwrap().build().unwrap();
        let mut next = 0;
        for batch in reader {
            let batch = batch.unwrap();
            for place in 0..batch.num_rows() {
                let mut cells = Cells::new(&batch, place);
                let read = vec![
                    TableCell::Whole(cells.number().unwrap()),
                    TableCell::Text(cells.text().unwrap().to_owned()),
                    cells.optional_float().unwrap().map_or(TableCell::Empty, TableCell::Real),
                    TableCell::Time(cells.time().unwrap()),
                    TableCell::Flag(cells.flag().unwrap()),
                ];
                assert_eq!(read, row(next));
                next += 1;
            }
        }
        assert_eq!(next, 100_000);
    }

    #[test]
    fn a_table_without_rows_is_one_and_a_wrong_cell_is_refused() {
        let file = ParquetTables.begin(&COLUMNS).unwrap().finish().unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(file)).unwrap();
        assert_eq!(reader.schema().fields().len(), 5);
        let mut encoder = ParquetTables.begin(&COLUMNS).unwrap();
        assert!(encoder.push(&[vec![TableCell::Whole(1)]]).is_err());
        let mut wrong = row(1);
        wrong[0] = TableCell::Text("1".to_owned());
        assert!(ParquetTables.begin(&COLUMNS).unwrap().push(&[wrong]).is_err());
    }
}
