//! A reader of delimited tables for files that people and sites wrote carelessly: rows longer or shorter
//! than the headings, rows of commas, blank and repeated headings, stray quotation marks. A row is a line: a
//! quotation mark that is never closed costs its own line and no other.

use crate::text::{TABLE, decode};
use crate::values::is_missing;
use crate::{DocumentError, Rejection, RejectionKind};
use std::ops::Range;

/// The longest row; longer lines are rejected one by one up to [`TABLE`]'s limit, which ends the reading.
const MAX_ROW: usize = 64 << 10;
/// The most lines of one document: three times the largest real file.
const MAX_LINES: u32 = 1_000_000;

/// What separates the fields of a line in tables that people and programs save, likelier ones first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines with a value among which the headings are looked for: titles, sources and dates of export stand above them.
const TITLES: usize = 20;

/// The column names, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headings {
    names: Vec<String>,
    /// What separates the fields.
    pub(crate) separator: u8,
    /// Their line, from 1.
    pub(crate) line: u32,
}

impl Headings {
    /// The names, blank ones too.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of columns.
    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }

    /// The column of that name; the first of several.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|heading| heading == name)
    }

    /// The first column that has one of the names, names tried in their order.
    pub(crate) fn find_any(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.find(name))
    }

    /// The names with their columns, blank and repeated ones left out.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&str, usize)> {
        self.names.iter().enumerate().filter_map(|(column, name)| {
            (!name.is_empty() && self.find(name) == Some(column)).then_some((name.as_str(), column))
        })
    }

    /// Columns that must be there, each under one of several names, or the error that names those that are not.
    pub(crate) fn require<const N: usize>(&self, names: [&[&str]; N]) -> Result<[usize; N], DocumentError> {
        let found = names.map(|any| self.find_any(any));
        let missing: Vec<&str> =
            names.iter().zip(found).filter(|(_, column)| column.is_none()).map(|(any, _)| any[0]).collect();
        if missing.is_empty() {
            Ok(found.map(Option::unwrap_or_default))
        } else {
            Err(DocumentError::WrongColumns { missing: missing.join(", "), found: self.shown() })
        }
    }

    /// The first names, for messages.
    pub(crate) fn shown(&self) -> String {
        let names: Vec<&str> =
            self.names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        let shown = names.iter().take(12).copied().collect::<Vec<_>>().join(", ");
        let more = if names.len() > 12 { ", ..." } else { "" };
        format!("{:.200}{more}", shown.escape_debug().to_string())
    }
}

/// One row; its memory is used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// Line of the document, from 1.
    pub(crate) line: u32,
    /// The decoded line, and behind it the content of quoted fields that hold quotation marks.
    text: String,
    length: usize,
    separator: u8,
    /// Whether the document ends in this line, without a line end.
    pub(crate) ends_open: bool,
    /// Whether the last field opens with a quotation mark that is not closed.
    open_quote: bool,
    fields: Vec<Range<usize>>,
}

impl Row {
    /// The field of a column without surrounding blanks; empty where the row is too short.
    pub(crate) fn field(&self, column: usize) -> &str {
        self.fields.get(column).map_or("", |range| &self.text[range.clone()])
    }

    /// The field of a column that the document may lack.
    pub(crate) fn optional(&self, column: Option<usize>) -> &str {
        column.map_or("", |column| self.field(column))
    }

    /// The decoded line.
    pub(crate) fn text(&self) -> &str {
        &self.text[..self.length]
    }

    /// A rejection of this row.
    pub(crate) fn reject(&self, kind: RejectionKind, message: String) -> Rejection {
        Rejection::new(self.line, kind, message, self.text())
    }

    /// Number of fields.
    pub(crate) fn width(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is a value behind the first `width` fields.
    pub(crate) fn has_values_beyond(&self, width: usize) -> bool {
        let is_value = |field: &Range<usize>| !is_missing(&self.text[field.clone()]);
        self.fields.get(width..).is_some_and(|beyond| beyond.iter().any(is_value))
    }

    /// Whether the document ends within this row of a table of `width` columns: fields lack, or the last one has a
    /// quotation mark that is not closed.
    pub(crate) fn breaks_off(&self, width: usize) -> bool {
        self.ends_open && (self.width() < width || self.open_quote)
    }

    fn is_empty(&self) -> bool {
        self.fields.iter().all(Range::is_empty)
    }

    fn read(&mut self, bytes: &[u8]) {
        self.text.clear();
        self.text.push_str(&decode(bytes));
        self.length = self.text.len();
        self.split();
    }

    fn split(&mut self) {
        self.fields.clear();
        // Nearly all lines have no quotation mark.
        if !self.text.as_bytes().contains(&b'"') {
            self.open_quote = false;
            let mut start = 0;
            for (at, byte) in self.text.bytes().enumerate() {
                if byte == self.separator {
                    self.fields.push(trimmed(&self.text, start..at));
                    start = at + 1;
                }
            }
            self.fields.push(trimmed(&self.text, start..self.length));
            return;
        }
        let mut at = 0;
        loop {
            let field = self.read_field(at);
            at = field.1 + 1;
            self.fields.push(field.0);
            if at > self.length {
                return;
            }
        }
    }

    /// The trimmed content of the field that starts at `start`, and where its comma (or the line's end) is.
    fn read_field(&mut self, start: usize) -> (Range<usize>, usize) {
        // A tab is a blank, except where it separates fields.
        let separator = char::from(self.separator);
        let content =
            self.text[start..self.length].trim_start_matches(|c: char| c.is_whitespace() && c != separator);
        self.open_quote = false;
        if content.starts_with('"') {
            if let Some(quoted) = self.read_quoted(self.length - content.len() + 1) {
                return quoted;
            }
            self.open_quote = true;
        }
        let end = self.text[start..self.length]
            .bytes()
            .position(|b| b == self.separator)
            .map_or(self.length, |n| start + n);
        (trimmed(&self.text, start..end), end)
    }

    /// A field whose content starts at `start`, behind its opening quotation mark; none where no closing one
    /// stands before a comma or the end of the line.
    fn read_quoted(&mut self, start: usize) -> Option<(Range<usize>, usize)> {
        let bytes = self.text.as_bytes();
        let mut doubled = false;
        let mut at = start;
        let close = loop {
            at += bytes[at..self.length].iter().position(|b| *b == b'"')?;
            if at + 1 < self.length && bytes[at + 1] == b'"' {
                doubled = true;
                at += 2;
            } else {
                break at;
            }
        };
        let behind = &self.text[close + 1..self.length];
        let separator = char::from(self.separator);
        let blanks =
            behind.len() - behind.trim_start_matches(|c: char| c.is_whitespace() && c != separator).len();
        let end = close + 1 + blanks;
        if end < self.length && bytes[end] != self.separator {
            return None;
        }
        if !doubled {
            return Some((trimmed(&self.text, start..close), end));
        }
        let content = self.text[start..close].replace("\"\"", "\"");
        let from = self.text.len();
        self.text.push_str(&content);
        Some((trimmed(&self.text, from..from + content.len()), end))
    }
}

/// The headings that a line is, where `recognise` takes it for them; else what it lacks, or none where the line is empty.
fn headings_of<T>(
    row: &mut Row,
    write: fn(&str) -> String,
    recognise: &impl Fn(&Headings) -> Result<T, DocumentError>,
) -> Result<(Headings, T), Option<DocumentError>> {
    let mut separators: Vec<(usize, u8)> = SEPARATORS
        .iter()
        .map(|separator| (row.text().bytes().filter(|b| b == separator).count(), *separator))
        .filter(|(count, separator)| *count > 0 || *separator == b',')
        .collect();
    separators.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let mut lacking = None;
    for (_, separator) in separators {
        row.separator = separator;
        row.split();
        if row.is_empty() {
            continue;
        }
        let names = (0..row.width()).map(|column| write(row.field(column))).collect();
        let headings = Headings { names, separator, line: row.line };
        match recognise(&headings) {
            Ok(recognised) => return Ok((headings, recognised)),
            Err(error) => lacking = lacking.or(Some(error)),
        }
    }
    Err(lacking)
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let field = &text[range.clone()];
    // Most fields begin and end with a character that is no blank.
    let is_plain = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    if is_plain(field.as_bytes().first()) && is_plain(field.as_bytes().last()) {
        return range;
    }
    let start = range.start + (field.len() - field.trim_start().len());
    start..start + field.trim().len()
}

/// Bytes that are looked at together.
const BLOCK: usize = 32;

/// Where a byte stands first, looked for a block at a time.
#[expect(clippy::needless_bitwise_bool, reason = "without branches a block is one vector comparison")]
fn position(bytes: &[u8], wanted: u8) -> Option<usize> {
    let blocks = bytes.chunks(BLOCK);
    let holds = |block: &[u8]| block.iter().fold(false, |found, byte| found | (*byte == wanted));
    let block = blocks.enumerate().find(|(_, block)| holds(block));
    block.and_then(|(n, block)| block.iter().position(|byte| *byte == wanted).map(|at| n * BLOCK + at))
}

/// Whether there are control characters other than tabs.
#[expect(clippy::needless_bitwise_bool, reason = "without branches a block is one vector comparison")]
fn holds_control_characters(bytes: &[u8]) -> bool {
    let is_control = |byte: &u8| (*byte < b' ') & (*byte != b'\t');
    bytes.chunks(BLOCK).any(|block| block.iter().fold(false, |found, byte| found | is_control(byte)))
}

/// What comes next in a table.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// A row was read.
    Row,
    /// A line without any value.
    Empty,
    /// A line that is no row.
    Rejected(Rejection),
    /// There is no more.
    End,
}

/// A table being read.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    rest: &'a [u8],
    line: u32,
    line_end: u8,
    separator: u8,
    /// Whether the last line that was read has a line end.
    closed: bool,
}

/// Whether headings were looked for in a line of one field.
fn is_title(error: &DocumentError) -> bool {
    matches!(error, DocumentError::WrongColumns { found, .. } if !found.contains(','))
}

impl<'a> Table<'a> {
    /// Finds the headings: the first line that `recognise` takes for them, its names written by `write`, whatever
    /// separates its fields. What `recognise` made of them is answered too.
    ///
    /// # Errors
    /// There is no such line among the first ones: what `recognise` lacks of the first line with several values, else of
    /// the first with any.
    pub(crate) fn open<T>(
        bytes: &'a [u8],
        write: fn(&str) -> String,
        recognise: impl Fn(&Headings) -> Result<T, DocumentError>,
    ) -> Result<(Self, Headings, T), DocumentError> {
        let start = &bytes[..bytes.len().min(TABLE.line)];
        let line_end = if !start.contains(&b'\n') && start.contains(&b'\r') { b'\r' } else { b'\n' };
        let mut table = Self { rest: bytes, line: 0, line_end, separator: b',', closed: true };
        let mut row = Row::default();
        let mut lacking = None;
        let mut tried = 0;
        while tried < TITLES
            && let Some(bytes) = table.next_line()?
        {
            if bytes.contains(&0) {
                return Err(lacking.unwrap_or(DocumentError::NotText));
            }
            row.line = table.line;
            row.separator = table.separator;
            row.read(&bytes[..bytes.len().min(MAX_ROW)]);
            if row.text().trim().is_empty() {
                continue;
            }
            match headings_of(&mut row, write, &recognise) {
                Ok((headings, recognised)) => {
                    table.separator = headings.separator;
                    return Ok((table, headings, recognised));
                }
                Err(Some(error)) => {
                    tried += 1;
                    // A title above the headings lacks everything, which is not what is wrong.
                    if lacking.as_ref().is_none_or(|kept| is_title(kept) && !is_title(&error)) {
                        lacking = Some(error);
                    }
                }
                Err(None) => {}
            }
        }
        Err(lacking.unwrap_or(DocumentError::Empty))
    }

    /// Takes a row for the headings of the rows behind it, where `recognise` does.
    pub(crate) fn reopen<T>(
        &mut self,
        row: &mut Row,
        write: fn(&str) -> String,
        recognise: impl Fn(&Headings) -> Result<T, DocumentError>,
    ) -> Option<(Headings, T)> {
        let found = headings_of(row, write, &recognise).ok();
        if let Some((headings, _)) = &found {
            self.separator = headings.separator;
        } else {
            row.separator = self.separator;
            row.split();
        }
        found
    }

    /// Reads the next line into `row`.
    pub(crate) fn read(&mut self, row: &mut Row) -> Result<Step, DocumentError> {
        let Some(bytes) = self.next_line()? else { return Ok(Step::End) };
        row.line = self.line;
        row.separator = self.separator;
        row.ends_open = self.rest.is_empty() && !self.closed;
        let fault = if bytes.len() > MAX_ROW {
            Some(format!("the line is longer than {MAX_ROW} bytes; check the file around it"))
        } else if holds_control_characters(bytes) {
            Some("the line holds control characters; the file is damaged here, fetch it again".to_owned())
        } else {
            None
        };
        row.read(&bytes[..bytes.len().min(MAX_ROW)]);
        Ok(match fault {
            Some(message) => Step::Rejected(row.reject(RejectionKind::MalformedRow, message)),
            None if row.is_empty() => Step::Empty,
            None => Step::Row,
        })
    }

    fn next_line(&mut self) -> Result<Option<&'a [u8]>, DocumentError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        if self.line == MAX_LINES {
            return Err(DocumentError::TooManyLines { limit: MAX_LINES });
        }
        self.line += 1;
        let window = &self.rest[..self.rest.len().min(TABLE.line + 1)];
        let line = if let Some(end) = position(window, self.line_end) {
            self.rest = &self.rest[end + 1..];
            self.closed = true;
            &window[..end]
        } else if window.len() > TABLE.line {
            return Err(DocumentError::LineTooLong { line: self.line.into(), limit: TABLE.line });
        } else {
            self.rest = &[];
            self.closed = false;
            window
        };
        Ok(Some(line.strip_suffix(b"\r").unwrap_or(line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn open(text: &[u8]) -> Result<(Table<'_>, Headings), DocumentError> {
        let any = |headings: &Headings| headings.require([&["a", "Div", "Aau"]]);
        Table::open(text, str::to_owned, any).map(|(table, headings, _)| (table, headings))
    }

    fn rows(text: &[u8]) -> Vec<Vec<String>> {
        let (mut table, _) = open(text).unwrap();
        let (mut row, mut all) = (Row::default(), Vec::new());
        while table.read(&mut row).unwrap() != Step::End {
            all.push((0..row.fields.len()).map(|column| row.field(column).to_owned()).collect());
        }
        all
    }

    proptest! {
        #[test]
        fn bytes_are_found_where_they_stand(bytes in prop::collection::vec(any::<u8>(), 0..200), wanted in any::<u8>()) {
            prop_assert_eq!(position(&bytes, wanted), bytes.iter().position(|byte| *byte == wanted));
            let controls = bytes.iter().any(|byte| *byte < b' ' && *byte != b'\t');
            prop_assert_eq!(holds_control_characters(&bytes), controls);
        }

        /// Lines without quotation marks are split on a way of their own.
        #[test]
        fn fields_are_the_trimmed_parts_between_separators(line in "[ ,a-zé\u{a0}0-9.\t-]{0,60}") {
            let mut row = Row { separator: b',', ..Row::default() };
            row.read(line.as_bytes());
            let fields: Vec<&str> = (0..row.width()).map(|column| row.field(column)).collect();
            prop_assert_eq!(fields, line.split(',').map(str::trim).collect::<Vec<_>>());
        }
    }

    #[test]
    fn headings_are_found_below_titles_and_tell_the_separator() {
        for (text, separator) in [
            ("A title, of 2022/23\n\na,b\n1,2\n", b','),
            ("Title;;\na;b\n1;2\n", b';'),
            ("a\tb\n1\t2\n", b'\t'),
            ("a|b\r\n1|2\r\n", b'|'),
        ] {
            let (_, headings) = open(text.as_bytes()).unwrap();
            assert_eq!(headings.separator, separator, "{text}");
            assert_eq!(rows(text.as_bytes()), [["1", "2"]], "{text}");
        }
        assert_eq!(rows(b"a\tb\tc\n1\t\t\"x\ty\"\n"), [["1", "", "x\ty"]], "an empty field between tabs");
        let error = open(b"x;y\n1;2\n").unwrap_err();
        assert_eq!(error, DocumentError::WrongColumns { missing: "a".into(), found: "x, y".into() });
    }

    #[test]
    fn a_row_may_turn_out_to_be_headings() {
        let find = |headings: &Headings| headings.require([&["a"], &["b"]]);
        let (mut table, _, first) = Table::open(b"a,b\n1,2\nb;c;a\n3;4;5\n", str::to_owned, find).unwrap();
        assert_eq!(first, [0, 1]);
        let mut row = Row::default();
        table.read(&mut row).unwrap();
        assert!(table.reopen(&mut row, str::to_owned, find).is_none());
        assert_eq!(row.field(1), "2");
        table.read(&mut row).unwrap();
        let (headings, second) = table.reopen(&mut row, str::to_owned, find).unwrap();
        assert_eq!((second, headings.line, headings.width()), ([2, 0], 3, 3));
        table.read(&mut row).unwrap();
        assert_eq!((row.field(second[0]), row.field(second[1])), ("5", "3"));
    }

    #[test]
    fn values_beyond_the_headings_and_a_last_line_without_end_are_noticed() {
        let (mut table, headings) = open(b"a,b\n1,2,,\n1,2,3\n1,2").unwrap();
        let mut row = Row::default();
        let mut seen = Vec::new();
        while table.read(&mut row).unwrap() != Step::End {
            seen.push((row.has_values_beyond(headings.width()), row.ends_open));
        }
        assert_eq!(seen, [(false, false), (true, false), (false, true)]);
    }

    #[test]
    fn fields_are_trimmed_and_quotes_are_understood_within_a_line() {
        let read = rows(b"a,b\n 1 ,\"x, y\" , \"say \"\"no\"\"\"\r\n\"open,2\n\"p\"q,3\n");
        assert_eq!(read[0], ["1", "x, y", "say \"no\""]);
        assert_eq!(read[1], ["\"open", "2"], "an open quotation mark ends with its line");
        assert_eq!(read[2], ["\"p\"q", "3"]);
    }

    #[test]
    fn line_ends_of_all_systems_are_line_ends() {
        for text in [&b"a,b\n1,2\n3,4"[..], b"a,b\r\n1,2\r\n3,4\r\n", b"a,b\r1,2\r3,4\r"] {
            assert_eq!(rows(text), [["1", "2"], ["3", "4"]], "{text:?}");
        }
    }

    #[test]
    fn headings_are_found_by_name_and_the_first_of_a_name_counts() {
        let (_, headings) = open(b"\n,,\nDiv,,Date,Div,\n").unwrap();
        assert_eq!(headings.find("Date"), Some(2));
        assert_eq!(headings.named().collect::<Vec<_>>(), [("Div", 0), ("Date", 2)]);
        let missing = headings.require([&["Div"], &["HomeTeam", "HT"], &["AwayTeam"]]).unwrap_err();
        let found = "Div, Date, Div".to_owned();
        assert_eq!(missing, DocumentError::WrongColumns { missing: "HomeTeam, AwayTeam".into(), found });
    }

    #[test]
    fn one_damaged_line_costs_no_other() {
        let long = "x".repeat(MAX_ROW + 1);
        let text = format!("a,b\n1,2\n3\0,4\n{long}\n,,,\n5,6\n");
        let (mut table, _) = open(text.as_bytes()).unwrap();
        let mut row = Row::default();
        let mut steps = Vec::new();
        loop {
            match table.read(&mut row).unwrap() {
                Step::End => break,
                Step::Rejected(rejection) => {
                    assert!(rejection.data.chars().count() <= 210);
                    steps.push((row.line, "rejected"));
                }
                Step::Empty => steps.push((row.line, "empty")),
                Step::Row => steps.push((row.line, "row")),
            }
        }
        assert_eq!(steps, [(2, "row"), (3, "rejected"), (4, "rejected"), (5, "empty"), (6, "row")]);
    }

    #[test]
    fn a_huge_line_is_refused_at_once() {
        let mut text = b"a,b\n".to_vec();
        text.resize(200 << 20, b'7');
        let (mut table, _) = open(&text).unwrap();
        let error = table.read(&mut Row::default()).unwrap_err();
        assert_eq!(error, DocumentError::LineTooLong { line: 2, limit: TABLE.line });
        assert_eq!(open(&text[4..]).unwrap_err(), DocumentError::LineTooLong { line: 1, limit: TABLE.line });
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_the_end(bytes in prop::collection::vec(any::<u8>(), 1..400)) {
            if let Ok((mut table, _)) = open(&bytes) {
                let mut row = Row::default();
                while table.read(&mut row).unwrap() != Step::End {}
            }
        }

        #[test]
        fn quoted_fields_come_back(fields in prop::collection::vec("[a-z\",]{0,8}", 1..6)) {
            let quoted: Vec<String> =
                fields.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect();
            let read = rows(format!("a\n{}\n", quoted.join(",")).as_bytes());
            prop_assert_eq!(&read[0], &fields);
        }
    }
}
