//! The tables of a document as text: of a delimited file itself, of a workbook each of its sheets.

use super::map::Map;
use crate::text::{TABLE, unpack};
use crate::{DocumentError, archive};
use calamine::{DataRef, Reader, Xlsx, open_workbook_from_rs};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Cursor;

/// The most sheets of a workbook.
const MOST_SHEETS: usize = 200;
/// The most rows, and columns, of a sheet.
const MOST_ROWS: u32 = 200_000;
const MOST_COLUMNS: u32 = 2_000;
/// The most bytes of all sheets as text.
const MOST_TEXT: usize = 64 << 20;

/// A table as delimited text.
pub(super) struct Sheet<'a> {
    /// Its name; empty of a file that is the table itself.
    pub(super) name: String,
    pub(super) text: Cow<'a, [u8]>,
    /// Lines of the document before it.
    pub(super) lines_before: u32,
}

const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Whether bytes are a workbook.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) || bytes.starts_with(COMPOUND)
}

/// The tables of a document.
pub(super) fn of<'a>(bytes: &'a [u8], map: &Map) -> Result<Vec<Sheet<'a>>, DocumentError> {
    if !is_workbook(bytes) {
        let text = match map.encoding.or_else(|| wide(bytes)) {
            None => unpack(bytes, TABLE)?,
            Some(encoding) => decoded(bytes, encoding)?,
        };
        let text = separated(text, map.separator);
        return Ok(vec![Sheet { name: String::new(), text, lines_before: 0 }]);
    }
    if bytes.starts_with(COMPOUND) {
        return Err(damaged("it is of the old .xls form; save it as .xlsx or CSV"));
    }
    let sheets = xlsx(bytes, map)?;
    let mut lines_before = 0;
    let mut found = Vec::new();
    for (name, text) in sheets {
        let lines = text.bytes().filter(|b| *b == b'\n').count() as u32;
        if lines > 0 {
            found.push(Sheet { name, text: Cow::Owned(text.into_bytes()), lines_before });
            lines_before += lines;
        }
    }
    if found.is_empty() { Err(DocumentError::Empty) } else { Ok(found) }
}

/// Whether tables are read with this separator as they are.
pub(super) fn is_usual(separator: u8) -> bool {
    matches!(separator, b',' | b';' | b'\t' | b'|')
}

/// Any other separator becomes a tab.
fn separated(text: Cow<'_, [u8]>, separator: Option<u8>) -> Cow<'_, [u8]> {
    let Some(separator) = separator.filter(|separator| !is_usual(*separator)) else { return text };
    let other = |byte: &u8| match *byte {
        b'\t' => b' ',
        byte if byte == separator => b'\t',
        byte => byte,
    };
    Cow::Owned(text.iter().map(other).collect())
}

/// UTF-16, which its first two bytes tell.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        _ => None,
    }
}

fn decoded(bytes: &[u8], encoding: &'static Encoding) -> Result<Cow<'static, [u8]>, DocumentError> {
    if bytes.len() > TABLE.bytes / 2 {
        return Err(DocumentError::TooLarge { limit: (TABLE.bytes >> 21) as u64 });
    }
    let (text, _, _) = encoding.decode(bytes);
    let text = unpack(text.as_bytes(), TABLE)?.into_owned();
    Ok(Cow::Owned(text))
}

fn damaged(error: impl std::fmt::Display) -> DocumentError {
    DocumentError::Workbook(format!("{error:.200}"))
}

fn too_large() -> DocumentError {
    DocumentError::TooLarge { limit: (MOST_TEXT >> 20) as u64 }
}

/// A sheet being written as text: fields between tabs, a line per row.
#[derive(Default)]
struct Writer {
    text: String,
    row: u32,
    column: u32,
}

impl Writer {
    fn cell(&mut self, row: u32, column: u32, value: &DataRef<'_>) -> Result<(), DocumentError> {
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(DocumentError::Workbook(format!(
                "a sheet has a value in row {} and column {}, and at most {MOST_ROWS} rows and {MOST_COLUMNS} columns are \
                 read; save the table alone as CSV",
                u64::from(row) + 1,
                u64::from(column) + 1
            )));
        }
        // Cells come in order; one that does not is of a damaged file.
        if (row, column) < (self.row, self.column) {
            return Err(damaged("its cells are out of order"));
        }
        while self.row < row {
            self.text.push('\n');
            (self.row, self.column) = (self.row + 1, 0);
        }
        while self.column < column {
            self.text.push('\t');
            self.column += 1;
        }
        write_value(&mut self.text, value);
        if self.text.len() > MOST_TEXT { Err(too_large()) } else { Ok(()) }
    }

    fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }
}

fn write_value(text: &mut String, value: &DataRef<'_>) {
    let plain = |text: &mut String, value: &str| {
        let quoted = value.trim_start().starts_with('"');
        let clean = value.chars().map(|c| if c.is_control() { ' ' } else { c });
        if quoted {
            text.push('"');
            text.push_str(&clean.collect::<String>().replace('"', "\"\""));
            text.push('"');
        } else {
            text.extend(clean);
        }
    };
    match value {
        DataRef::Empty | DataRef::Error(_) => {}
        DataRef::SharedString(value) => plain(text, value),
        DataRef::String(value) | DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => {
            plain(text, value);
        }
        DataRef::Int(value) => text.push_str(&value.to_string()),
        DataRef::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        // As spreadsheets show numbers: 3, not 3.0.
        DataRef::Float(value) => text.push_str(&value.to_string()),
        DataRef::DateTime(value) => {
            let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
            let has_time = (hour, minute, second) != (0, 0, 0);
            // Writing to a text cannot fail.
            let _ = if value.as_f64() < 1.0 {
                write!(text, "{hour:02}:{minute:02}")
            } else if has_time {
                write!(text, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            } else {
                write!(text, "{year:04}-{month:02}-{day:02}")
            };
        }
    }
}

fn wanted(names: Vec<String>, map: &Map) -> Result<Vec<String>, DocumentError> {
    if names.len() > MOST_SHEETS {
        return Err(DocumentError::Workbook(format!("it has more than {MOST_SHEETS} sheets")));
    }
    let is_wanted =
        |name: &String| map.sheets.is_empty() || map.sheets.iter().any(|s| s.eq_ignore_ascii_case(name));
    Ok(names.into_iter().filter(is_wanted).collect())
}

/// Sheets of an xlsx file. Cells are read one after the other: a sheet with one cell in its last corner takes no room.
fn xlsx(bytes: &[u8], map: &Map) -> Result<Vec<(String, String)>, DocumentError> {
    archive::check(bytes)?;
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(damaged)?;
    let mut sheets = Vec::new();
    let mut total = 0;
    for name in wanted(workbook.sheet_names(), map)? {
        let mut writer = Writer::default();
        let mut cells = match workbook.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // Sheets of charts have no cells.
            Err(calamine::XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(damaged(error)),
        };
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            writer.cell(row, column, cell.get_value())?;
        }
        let text = writer.finish();
        total += text.len();
        if total > MOST_TEXT {
            return Err(too_large());
        }
        sheets.push((name, text));
    }
    Ok(sheets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(cells: &[(u32, u32, DataRef<'_>)]) -> Result<String, DocumentError> {
        let mut writer = Writer::default();
        cells.iter().try_for_each(|(row, column, value)| writer.cell(*row, *column, value))?;
        Ok(writer.finish())
    }

    #[test]
    fn cells_become_rows_with_their_gaps() {
        let cells = [
            (0, 0, DataRef::String("Home, \"x\"".to_owned())),
            (0, 2, DataRef::SharedString("\"q\"\tz")),
            (2, 1, DataRef::Float(3.0)),
            (2, 2, DataRef::Float(1.25)),
        ];
        assert_eq!(text(&cells).unwrap(), "Home, \"x\"\t\t\"\"\"q\"\" z\"\n\n\t3\t1.25\n");
        assert_eq!(text(&[]).unwrap(), "");
    }

    #[test]
    fn a_sheet_without_end_and_a_damaged_one_are_refused() {
        for cells in [
            vec![(MOST_ROWS, 0, DataRef::Int(1))],
            vec![(0, MOST_COLUMNS, DataRef::Int(1))],
            vec![(1, 0, DataRef::Int(1)), (0, 0, DataRef::Int(1))],
        ] {
            assert!(matches!(text(&cells), Err(DocumentError::Workbook(_))), "{cells:?}");
        }
    }
}
