//! Tables as text, row by row: JSON lines, and CSV as RFC 4180 says.

use chrono::SecondsFormat;
use serde_json::{Map, Value};
use touchline_domain::ports::{TableCell, TableColumn, TableEncoder, TableError, TableFormat};

/// An object per line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JsonLines;

/// Headings, and a line per row; an empty cell is an empty field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Csv;

impl TableFormat for JsonLines {
    fn begin(&self, columns: &'static [TableColumn]) -> Result<Box<dyn TableEncoder>, TableError> {
        Ok(Box::new(JsonEncoder(columns)))
    }
}

struct JsonEncoder(&'static [TableColumn]);

impl TableEncoder for JsonEncoder {
    fn push(&mut self, rows: &[Vec<TableCell>]) -> Result<Vec<u8>, TableError> {
        let mut bytes = Vec::with_capacity(rows.len() * 256);
        for row in rows {
            let cells = self.0.iter().zip(row).map(|(column, cell)| (column.name.to_owned(), json(cell)));
            let line = cells.collect::<Map<String, Value>>();
            serde_json::to_writer(&mut bytes, &line).map_err(|error| TableError(error.to_string()))?;
            bytes.push(b'\n');
        }
        Ok(bytes)
    }

    fn finish(&mut self) -> Result<Vec<u8>, TableError> {
        Ok(Vec::new())
    }
}

fn json(cell: &TableCell) -> Value {
    match cell {
        TableCell::Empty => Value::Null,
        TableCell::Whole(number) => (*number).into(),
        TableCell::Real(number) => (*number).into(),
        TableCell::Text(text) => text.as_str().into(),
        TableCell::Time(time) => time.to_rfc3339_opts(SecondsFormat::Secs, true).into(),
        TableCell::Flag(flag) => (*flag).into(),
    }
}

impl TableFormat for Csv {
    fn begin(&self, columns: &'static [TableColumn]) -> Result<Box<dyn TableEncoder>, TableError> {
        Ok(Box::new(CsvEncoder { columns, has_headings: false }))
    }
}

struct CsvEncoder {
    columns: &'static [TableColumn],
    has_headings: bool,
}

impl CsvEncoder {
    /// The headings, once.
    fn headings(&mut self) -> Vec<u8> {
        if std::mem::replace(&mut self.has_headings, true) {
            return Vec::new();
        }
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        format!("{}\r\n", names.join(",")).into_bytes()
    }
}

impl TableEncoder for CsvEncoder {
    fn push(&mut self, rows: &[Vec<TableCell>]) -> Result<Vec<u8>, TableError> {
        let mut bytes = self.headings();
        for row in rows {
            for (n, cell) in row.iter().enumerate() {
                if n > 0 {
                    bytes.push(b',');
                }
                field(&mut bytes, cell);
            }
            bytes.extend_from_slice(b"\r\n");
        }
        Ok(bytes)
    }

    fn finish(&mut self) -> Result<Vec<u8>, TableError> {
        Ok(self.headings())
    }
}

fn field(bytes: &mut Vec<u8>, cell: &TableCell) {
    let text = match cell {
        TableCell::Empty => return,
        TableCell::Whole(number) => number.to_string(),
        TableCell::Real(number) => number.to_string(),
        TableCell::Text(text) => text.clone(),
        TableCell::Time(time) => time.to_rfc3339_opts(SecondsFormat::Secs, true),
        TableCell::Flag(flag) => flag.to_string(),
    };
    if text.contains([',', '"', '\r', '\n']) || text.is_empty() {
        bytes.push(b'"');
        bytes.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        bytes.push(b'"');
    } else {
        bytes.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::ports::ColumnKind;

    static COLUMNS: [TableColumn; 3] = [
        TableColumn { name: "id", kind: ColumnKind::Whole },
        TableColumn { name: "home", kind: ColumnKind::Text },
        TableColumn { name: "rps", kind: ColumnKind::Real },
    ];

    fn written(format: &dyn TableFormat, rows: &[Vec<TableCell>]) -> String {
        let mut encoder = format.begin(&COLUMNS).unwrap();
        let mut bytes = Vec::new();
        for row in rows {
            bytes.extend(encoder.push(std::slice::from_ref(row)).unwrap());
        }
        bytes.extend(encoder.finish().unwrap());
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn fields_are_quoted_where_they_must_be_and_headings_come_once() {
        let text = |text: &str| TableCell::Text(text.to_owned());
        let rows = [
            vec![TableCell::Whole(1), text("Élan, \"Côtier\""), TableCell::Real(0.1)],
            vec![TableCell::Whole(2), text(""), TableCell::Empty],
            vec![TableCell::Whole(3), text("a\nb"), TableCell::Real(1e-7)],
        ];
        let csv = written(&Csv, &rows);
        assert_eq!(
            csv,
            "id,home,rps\r\n1,\"Élan, \"\"Côtier\"\"\",0.1\r\n2,\"\",\r\n3,\"a\nb\",0.0000001\r\n"
        );
        assert_eq!(written(&Csv, &[]), "id,home,rps\r\n");
        let lines = written(&JsonLines, &rows);
        let read: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read[0]["home"], "Élan, \"Côtier\"");
        assert_eq!((&read[1]["rps"], &read[2]["rps"]), (&Value::Null, &Value::from(1e-7)));
        assert_eq!(written(&JsonLines, &[]), "");
    }
}
