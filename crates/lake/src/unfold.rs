//! Foreign Parquet files as tables of text, for readers of tables.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, ArrowTimestampType, Date32Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatchReader};
use arrow_schema::{DataType, TimeUnit};
use bytes::Bytes;
use chrono::{DateTime, Days, NaiveDate, SecondsFormat};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fmt::Display;

/// Rows that are unfolded at a time.
const ROWS: usize = 1024;
/// Most columns of a table.
const MOST_COLUMNS: usize = 1000;

/// A Parquet file as comma-separated values with headings; what is missing is empty.
///
/// # Errors
/// It is damaged, holds columns within columns or bytes, or unfolds to more than `most` bytes; says so.
pub fn csv_of_parquet(bytes: Vec<u8>, most: usize) -> Result<Vec<u8>, String> {
    let damaged = |error: &dyn Display| format!("the Parquet file cannot be read: {error}");
    let builder = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).map_err(|e| damaged(&e))?;
    let reader = builder.with_batch_size(ROWS).build().map_err(|e| damaged(&e))?;
    let schema = reader.schema();
    if schema.fields().len() > MOST_COLUMNS {
        return Err(format!(
            "the Parquet file has {} columns, and a table at most {MOST_COLUMNS}",
            schema.fields().len()
        ));
    }
    if let Some(field) = schema.fields().iter().find(|field| text_of(field.data_type()).is_none()) {
        return Err(format!(
            "the column {:.60} holds {}, which no table of text does",
            field.name(),
            field.data_type()
        ));
    }
    let mut text = String::new();
    let names: Vec<_> = schema.fields().iter().map(|field| quoted(field.name())).collect();
    text.push_str(&names.join(","));
    text.push_str("\r\n");
    let texts: Vec<Text> = schema.fields().iter().filter_map(|field| text_of(field.data_type())).collect();
    for batch in reader {
        let batch = batch.map_err(|e| damaged(&e))?;
        for row in 0..batch.num_rows() {
            for (n, (array, cell)) in batch.columns().iter().zip(&texts).enumerate() {
                if n > 0 {
                    text.push(',');
                }
                if !array.is_null(row) {
                    text.push_str(&quoted(&cell(array.as_ref(), row)));
                }
            }
            text.push_str("\r\n");
            if text.len() > most {
                return Err(format!("the Parquet file unfolds to more than {} MiB: split it", most >> 20));
            }
        }
    }
    Ok(text.into_bytes())
}

/// The text of a cell of a column.
type Text = fn(&dyn Array, usize) -> String;

/// How cells of a type are written; none where it has no text.
fn text_of(kind: &DataType) -> Option<Text> {
    Some(match kind {
        DataType::Utf8 => |a, row| a.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => |a, row| a.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View => |a, row| a.as_string_view().value(row).to_owned(),
        DataType::Boolean => |a, row| a.as_boolean().value(row).to_string(),
        DataType::Int8 => number::<Int8Type>,
        DataType::Int16 => number::<Int16Type>,
        DataType::Int32 => number::<Int32Type>,
        DataType::Int64 => number::<Int64Type>,
        DataType::UInt8 => number::<UInt8Type>,
        DataType::UInt16 => number::<UInt16Type>,
        DataType::UInt32 => number::<UInt32Type>,
        DataType::UInt64 => number::<UInt64Type>,
        DataType::Float32 => number::<Float32Type>,
        DataType::Float64 => number::<Float64Type>,
        DataType::Date32 => |a, row| day(a.as_primitive::<Date32Type>().value(row)),
        DataType::Timestamp(TimeUnit::Second, zone) => time::<TimestampSecondType>(zone.is_some()),
        DataType::Timestamp(TimeUnit::Millisecond, zone) => time::<TimestampMillisecondType>(zone.is_some()),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => time::<TimestampMicrosecondType>(zone.is_some()),
        DataType::Timestamp(TimeUnit::Nanosecond, zone) => time::<TimestampNanosecondType>(zone.is_some()),
        _ => return None,
    })
}

fn number<T: ArrowPrimitiveType<Native: Display>>(array: &dyn Array, row: usize) -> String {
    array.as_primitive::<T>().value(row).to_string()
}

/// Days since 1970.
fn day(days: i32) -> String {
    let since = Days::new(days.unsigned_abs().into());
    let date = if days < 0 {
        NaiveDate::default().checked_sub_days(since)
    } else {
        NaiveDate::default().checked_add_days(since)
    };
    date.map_or_else(String::new, |date| date.to_string())
}

/// In UTC; without a mark of it where the column is of no zone.
fn time<T: ArrowTimestampType>(has_zone: bool) -> Text {
    fn moment<T: ArrowTimestampType>(array: &dyn Array, row: usize) -> Option<DateTime<chrono::Utc>> {
        let value = i128::from(array.as_primitive::<T>().value(row));
        let nanoseconds = value
            * match T::UNIT {
                TimeUnit::Second => 1_000_000_000,
                TimeUnit::Millisecond => 1_000_000,
                TimeUnit::Microsecond => 1_000,
                TimeUnit::Nanosecond => 1,
            };
        let seconds = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).ok()?;
        DateTime::from_timestamp(seconds, nanoseconds.rem_euclid(1_000_000_000) as u32)
    }
    if has_zone {
        |array, row| {
            moment::<T>(array, row)
                .map_or_else(String::new, |at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        }
    } else {
        |array, row| {
            moment::<T>(array, row)
                .map_or_else(String::new, |at| at.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string())
        }
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ParquetTables;
    use chrono::DateTime;
    use touchline_domain::ports::{ColumnKind, TableCell, TableColumn, TableFormat};

    static COLUMNS: [TableColumn; 4] = [
        TableColumn { name: "date", kind: ColumnKind::Time },
        TableColumn { name: "home, team", kind: ColumnKind::Text },
        TableColumn { name: "goals", kind: ColumnKind::Whole },
        TableColumn { name: "odds", kind: ColumnKind::Real },
    ];

    fn file(rows: usize) -> Vec<u8> {
        let at = DateTime::from_timestamp(1_714_831_200, 0).unwrap();
        let row = |name: &str| {
            vec![TableCell::Time(at), TableCell::Text(name.to_owned()), TableCell::Whole(2), TableCell::Empty]
        };
        let mut encoder = ParquetTables.begin(&COLUMNS).unwrap();
        let mut bytes = encoder.push(&vec![row("Élan \"C\", 2"); rows]).unwrap();
        bytes.extend(encoder.finish().unwrap());
        bytes
    }

    #[test]
    fn a_parquet_file_becomes_the_table_that_it_is() {
        let text = String::from_utf8(csv_of_parquet(file(2), 1 << 20).unwrap()).unwrap();
        let line = "2024-05-04T14:00:00Z,\"Élan \"\"C\"\", 2\",2,\r\n";
        assert_eq!(text, format!("date,\"home, team\",goals,odds\r\n{line}{line}"));
    }

    #[test]
    fn what_is_damaged_or_unfolds_without_end_is_refused() {
        let whole = file(100_000);
        assert!(whole.len() < 100_000, "it compresses well");
        assert!(csv_of_parquet(whole.clone(), 1 << 20).unwrap_err().contains("split it"));
        for length in [0, 4, 100, whole.len() / 2, whole.len() - 1] {
            assert!(csv_of_parquet(whole[..length].to_vec(), 1 << 20).is_err(), "{length}");
        }
    }
}
