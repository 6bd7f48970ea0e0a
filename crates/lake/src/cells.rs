//! Values between rows and columns: what a table's columns are, how a row fills them, and how it is read back.

use arrow_array::builder::{
    ArrayBuilder, BinaryBuilder, BooleanBuilder, Decimal128Builder, Float64Builder, Int64Builder,
    StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Float,
    Bool,
    /// Microseconds, UTC.
    Time,
    Bytes,
    /// Whole numbers of hundredths or thousandths, as decimals.
    Decimal {
        digits: u8,
        places: i8,
    },
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub nullable: bool,
}

/// A column that always has a value.
pub(crate) const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false }
}

/// A column that may have none.
pub(crate) const fn optional(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: true }
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Int => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Bytes => DataType::Binary,
            Self::Decimal { digits, places } => DataType::Decimal128(digits, places),
        }
    }

    fn builder(self) -> Builder {
        match self {
            Self::Text => Builder::Text(StringBuilder::new()),
            Self::Int => Builder::Int(Int64Builder::new()),
            Self::Float => Builder::Float(Float64Builder::new()),
            Self::Bool => Builder::Bool(BooleanBuilder::new()),
            Self::Time => Builder::Time(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
            Self::Bytes => Builder::Bytes(BinaryBuilder::new()),
            Self::Decimal { .. } => {
                Builder::Decimal(Decimal128Builder::new().with_data_type(self.data_type()))
            }
        }
    }
}

/// The columns as Arrow and Parquet know them.
pub(crate) fn schema(columns: &[Column]) -> Arc<Schema> {
    let fields = columns.iter().map(|c| Field::new(c.name, c.kind.data_type(), c.nullable));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    None,
    Text(Cow<'a, str>),
    Int(i64),
    Float(f64),
    Bool(bool),
    Time(i64),
    Bytes(&'a [u8]),
    /// Bytes that were made for the cell.
    MadeBytes(Vec<u8>),
    /// In units of the last place.
    Decimal(i64),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}
impl From<DateTime<Utc>> for Cell<'_> {
    fn from(time: DateTime<Utc>) -> Self {
        Self::Time(time.timestamp_micros())
    }
}
impl From<f64> for Cell<'_> {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}
impl From<bool> for Cell<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}
macro_rules! whole {
    ($($type:ty),+) => {$(
        impl From<$type> for Cell<'_> {
            fn from(number: $type) -> Self {
                Self::Int(number.into())
            }
        }
    )+};
}
whole!(u8, u16, u32, i64);

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

impl Cell<'_> {
    /// A text that was made for the cell.
    pub fn made(text: impl Display) -> Self {
        Self::Text(Cow::Owned(text.to_string()))
    }

    /// Bytes that it takes in memory, about.
    pub fn width(&self) -> usize {
        match self {
            Self::Text(text) => text.len() + 8,
            Self::Bytes(bytes) => bytes.len() + 8,
            Self::MadeBytes(bytes) => bytes.len() + 8,
            _ => 8,
        }
    }

    /// Appends an encoding that no other value has.
    pub fn encode(&self, out: &mut blake3::Hasher) {
        let fixed = |out: &mut blake3::Hasher, tag: u8, bytes: [u8; 8]| {
            out.update(&[tag]);
            out.update(&bytes);
        };
        let varying = |out: &mut blake3::Hasher, tag: u8, bytes: &[u8]| {
            fixed(out, tag, (bytes.len() as u64).to_le_bytes());
            out.update(bytes);
        };
        match self {
            Self::None => {
                out.update(&[0]);
            }
            Self::Text(text) => varying(out, 1, text.as_bytes()),
            Self::Int(number) => fixed(out, 2, number.to_le_bytes()),
            Self::Float(number) => fixed(out, 3, number.to_bits().to_le_bytes()),
            Self::Bool(flag) => fixed(out, 4, u64::from(*flag).to_le_bytes()),
            Self::Time(micros) => fixed(out, 5, micros.to_le_bytes()),
            Self::Bytes(bytes) => varying(out, 6, bytes),
            Self::MadeBytes(bytes) => varying(out, 6, bytes),
            Self::Decimal(units) => fixed(out, 7, units.to_le_bytes()),
        }
    }
}

enum Builder {
    Text(StringBuilder),
    Int(Int64Builder),
    Float(Float64Builder),
    Bool(BooleanBuilder),
    Time(TimestampMicrosecondBuilder),
    Bytes(BinaryBuilder),
    Decimal(Decimal128Builder),
}

impl Builder {
    /// Whether the value is of the column's kind.
    fn put(&mut self, cell: &Cell<'_>) -> bool {
        match (self, cell) {
            (Self::Text(b), Cell::Text(text)) => b.append_value(text),
            (Self::Text(b), Cell::None) => b.append_null(),
            (Self::Int(b), Cell::Int(number)) => b.append_value(*number),
            (Self::Int(b), Cell::None) => b.append_null(),
            (Self::Float(b), Cell::Float(number)) => b.append_value(*number),
            (Self::Float(b), Cell::None) => b.append_null(),
            (Self::Bool(b), Cell::Bool(flag)) => b.append_value(*flag),
            (Self::Bool(b), Cell::None) => b.append_null(),
            (Self::Time(b), Cell::Time(micros)) => b.append_value(*micros),
            (Self::Time(b), Cell::None) => b.append_null(),
            (Self::Bytes(b), Cell::Bytes(bytes)) => b.append_value(bytes),
            (Self::Bytes(b), Cell::MadeBytes(bytes)) => b.append_value(bytes),
            (Self::Bytes(b), Cell::None) => b.append_null(),
            (Self::Decimal(b), Cell::Decimal(units)) => b.append_value((*units).into()),
            (Self::Decimal(b), Cell::None) => b.append_null(),
            _ => return false,
        }
        true
    }

    fn finish(&mut self) -> ArrayRef {
        let builder: &mut dyn ArrayBuilder = match self {
            Self::Text(b) => b,
            Self::Int(b) => b,
            Self::Float(b) => b,
            Self::Bool(b) => b,
            Self::Time(b) => b,
            Self::Bytes(b) => b,
            Self::Decimal(b) => b,
        };
        builder.finish()
    }
}

/// Rows on their way into columns.
pub(crate) struct Columns {
    defined: Cow<'static, [Column]>,
    schema: Arc<Schema>,
    builders: Vec<Builder>,
    rows: usize,
    width: usize,
}

impl Columns {
    pub fn new(columns: impl Into<Cow<'static, [Column]>>) -> Self {
        let defined = columns.into();
        let builders = defined.iter().map(|c| c.kind.builder()).collect();
        Self { schema: schema(&defined), defined, builders, rows: 0, width: 0 }
    }

    /// Adds a row; returns about how many bytes it takes.
    ///
    /// # Errors
    /// The cells are not those of the columns.
    pub fn push(&mut self, cells: &[Cell<'_>]) -> Result<usize, String> {
        if cells.len() != self.defined.len() {
            return Err(format!("{} values for {} columns", cells.len(), self.defined.len()));
        }
        for ((column, builder), cell) in self.defined.iter().zip(&mut self.builders).zip(cells) {
            if *cell == Cell::None && !column.nullable || !builder.put(cell) {
                return Err(format!("{} is not a value of the column {}", shown(cell), column.name));
            }
        }
        let width = cells.iter().map(Cell::width).sum();
        self.rows += 1;
        self.width += width;
        Ok(width)
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn width(&self) -> usize {
        self.width
    }

    /// The rows that were added since the last batch.
    ///
    /// # Errors
    /// A decimal that has too many digits.
    pub fn batch(&mut self) -> Result<RecordBatch, String> {
        (self.rows, self.width) = (0, 0);
        let arrays = self.builders.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(|error| error.to_string())
    }
}

fn shown(cell: &Cell<'_>) -> String {
    let text = format!("{cell:?}");
    if text.chars().count() > 60 { text.chars().take(60).chain("...".chars()).collect() } else { text }
}

/// The cells of one row of a batch whose schema was checked, taken one after the other.
pub(crate) struct Cells<'b> {
    batch: &'b RecordBatch,
    row: usize,
    column: usize,
}

impl<'b> Cells<'b> {
    pub fn new(batch: &'b RecordBatch, row: usize) -> Self {
        Self { batch, row, column: 0 }
    }

    /// The next value; none where the column was added since the file was written.
    fn next<A: Array + 'static>(&mut self) -> Result<Option<&'b A>, String> {
        let Some(array) = self.batch.columns().get(self.column) else { return Ok(None) };
        self.column += 1;
        let typed = array.as_any().downcast_ref::<A>().ok_or("a column has another type")?;
        Ok((!array.is_null(self.row)).then_some(typed))
    }

    pub fn optional_text(&mut self) -> Result<Option<&'b str>, String> {
        let row = self.row;
        Ok(self.next::<StringArray>()?.map(|a| a.value(row)))
    }

    pub fn text(&mut self) -> Result<&'b str, String> {
        self.optional_text()?.ok_or_else(missing)
    }

    pub fn optional_parsed<T: FromStr<Err: Display>>(&mut self) -> Result<Option<T>, String> {
        self.optional_text()?.map(|text| text.parse().map_err(|error: T::Err| error.to_string())).transpose()
    }

    /// A name of the domain.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self) -> Result<T, String> {
        self.optional_parsed()?.ok_or_else(missing)
    }

    pub fn optional_number<T: TryFrom<i64>>(&mut self) -> Result<Option<T>, String> {
        let row = self.row;
        let number = self.next::<Int64Array>()?.map(|a| a.value(row));
        let fit = |n| T::try_from(n).map_err(|_| format!("number {n} is out of range"));
        number.map(fit).transpose()
    }

    pub fn number<T: TryFrom<i64>>(&mut self) -> Result<T, String> {
        self.optional_number()?.ok_or_else(missing)
    }

    pub fn optional_float(&mut self) -> Result<Option<f64>, String> {
        let row = self.row;
        Ok(self.next::<Float64Array>()?.map(|a| a.value(row)))
    }

    pub fn float(&mut self) -> Result<f64, String> {
        self.optional_float()?.ok_or_else(missing)
    }

    pub fn optional_flag(&mut self) -> Result<Option<bool>, String> {
        let row = self.row;
        Ok(self.next::<BooleanArray>()?.map(|a| a.value(row)))
    }

    pub fn flag(&mut self) -> Result<bool, String> {
        self.optional_flag()?.ok_or_else(missing)
    }

    pub fn optional_bytes(&mut self) -> Result<Option<&'b [u8]>, String> {
        let row = self.row;
        Ok(self.next::<BinaryArray>()?.map(|a| a.value(row)))
    }

    pub fn bytes(&mut self) -> Result<&'b [u8], String> {
        self.optional_bytes()?.ok_or_else(missing)
    }

    /// Passes over some values.
    pub fn skip(&mut self, columns: usize) {
        self.column += columns;
    }

    pub fn optional_time(&mut self) -> Result<Option<DateTime<Utc>>, String> {
        let row = self.row;
        let micros = self.next::<TimestampMicrosecondArray>()?.map(|a| a.value(row));
        let time = |n| DateTime::from_timestamp_micros(n).ok_or_else(|| format!("time {n} is out of range"));
        micros.map(time).transpose()
    }

    pub fn time(&mut self) -> Result<DateTime<Utc>, String> {
        self.optional_time()?.ok_or_else(missing)
    }

    /// In units of the last place.
    pub fn optional_decimal(&mut self) -> Result<Option<i128>, String> {
        let row = self.row;
        Ok(self.next::<Decimal128Array>()?.map(|a| a.value(row)))
    }
}

fn missing() -> String {
    "a value is missing".to_owned()
}
