//! football-data.co.uk: results, statistics and odds of European leagues since 1993, of extra leagues since
//! 2012, and fixtures. Three shapes, told apart by their headings: season files (`2223/E0.csv`) and
//! `fixtures.csv` with `Div`, the extra leagues' `new/ARG.csv` and their fixtures with `Country`. Columns are
//! found by name, since the headings change nearly every year, and whatever separates them; a table without a column of
//! leagues is of the league whose code its name holds, or of the one that a person says.

mod catalogue;
mod columns;
mod counts;
mod prices;

use crate::document::{self, Context, DateOrder, Draft, Hints, Labels, Unplayed, settle_seasons};
use crate::headings::canonical;
use crate::leagues::LeagueIndex;
use crate::seasons;
use crate::table::{Headings, Row, Step, Table};
use crate::text::{TABLE, unpack};
use crate::values::{self, Fault};
use crate::{Document, DocumentError, MatchSetting, Parsed, Rejection, RejectionKind, Source, SourceMatch};
pub(super) use catalogue::CatalogueEntry;
pub use catalogue::most_clubs;
pub(crate) use catalogue::{calendar_season, codes, is_extra, leagues, plays_across_years};
use chrono::{DateTime, NaiveDate, Utc};
use columns::{Columns, LeagueColumn};
use touchline_domain::{Kickoff, MatchStatus, Score, Season};

/// The name under which the records are kept.
const NAME: &str = "football-data";

/// Reads every file of football-data.co.uk, and the same tables as other programs save them.
#[derive(Debug, Clone, Copy, Default)]
pub struct FootballData;

impl Source for FootballData {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        parse(document, collected_at.date_naive(), NAME, &catalogue::LEAGUES)
    }
}

/// Reads a document in football-data.co.uk's shape with the leagues of `catalogue`.
pub(super) fn parse(
    document: &Document<'_>,
    today: NaiveDate,
    source: &'static str,
    catalogue: &'static [CatalogueEntry],
) -> Result<Parsed, DocumentError> {
    let bytes = unpack(document.bytes, TABLE)?;
    let (mut dates, mut labels) = (DateOrder::default(), Labels::default());
    // What only the whole document tells (month first, labels in another sense) is rare, and read once more.
    for _ in 0..3 {
        let mut reading = Reading {
            hints: Hints::of(document.name),
            today,
            source,
            catalogue,
            leagues: LeagueIndex::default(),
            dates,
            labels,
            rows_end_in_values: false,
        };
        let read = reading.document(&bytes)?;
        if let Some(order) = reading.dates.verdict()? {
            (dates, labels) = (DateOrder::of(order), Labels::default());
        } else if reading.labels.verdict()? {
            (dates, labels) = (reading.dates.again(), Labels::without_numbers());
        } else {
            return reading.settle(read);
        }
    }
    Err(DocumentError::WrongColumns { missing: "one notation throughout".to_owned(), found: String::new() })
}

/// Reads rows one by one.
struct Reading<'a> {
    hints: Hints<'a>,
    today: NaiveDate,
    source: &'static str,
    catalogue: &'static [CatalogueEntry],
    leagues: LeagueIndex,
    dates: DateOrder,
    labels: Labels,
    /// Whether the row before has a value in the last column.
    rows_end_in_values: bool,
}

/// What was read of a document, with its seasons still open.
struct ReadRows {
    parsed: Parsed,
    drafts: Vec<Draft>,
    unplayed: Unplayed,
}

impl Reading<'_> {
    /// Reads all rows.
    fn document(&mut self, bytes: &[u8]) -> Result<ReadRows, DocumentError> {
        let find = |headings: &Headings| Columns::find(headings, self.hints, self.catalogue);
        let (mut table, mut headings, mut columns) = Table::open(bytes, canonical, find)?;
        let faults = columns.prices.fault().into_iter().chain(columns.unread(&headings));
        let mut parsed = Parsed { rejections: faults.collect(), ..Parsed::default() };
        parsed.layout = columns.layout(&headings);
        let mut suspects = columns.suspects(&headings);
        let mut drafts = Vec::new();
        let mut row = Row::default();
        loop {
            match table.read(&mut row)? {
                Step::End => break,
                Step::Empty => parsed.empty_rows += 1,
                Step::Rejected(rejection) => {
                    parsed.rows += 1;
                    parsed.rejections.push(rejection);
                }
                Step::Row => {
                    suspects.look(&row);
                    match self.read(&row, &columns, &headings, &mut parsed.rejections) {
                        Ok(draft) => drafts.push(draft),
                        Err(fault) => {
                            let find =
                                |headings: &Headings| Columns::find(headings, self.hints, self.catalogue);
                            if fault.0 == RejectionKind::MalformedDate
                                && let Some((found, of_rest)) = table.reopen(&mut row, canonical, find)
                            {
                                parsed.rejections.push(second_heading(&row, &headings, &found));
                                parsed.rejections.extend(of_rest.prices.fault());
                                parsed.rejections.extend(of_rest.unread(&found));
                                (headings, columns) = (found, of_rest);
                                continue;
                            }
                            parsed.rejections.push(row.reject(fault.0, fault.1));
                        }
                    }
                    parsed.rows += 1;
                }
            }
        }
        let unplayed = Unplayed::Silent {
            goals: columns.goal_names(),
            are_there: columns.goals.is_some(),
            suspects: suspects.names(),
        };
        Ok(ReadRows { parsed, drafts, unplayed })
    }

    /// Settles the seasons and judges the whole.
    fn settle(self, read: ReadRows) -> Result<Parsed, DocumentError> {
        let ReadRows { mut parsed, drafts, unplayed } = read;
        parsed.leagues = self.leagues.into_leagues();
        let hints = self.hints.season.map_or_else(|| seasons::hints(self.hints.name), |season| vec![season]);
        parsed.layout.season = settle_seasons(drafts, &hints, &mut parsed)?;
        parsed.layout.dates = self.dates.describe();
        let document_note = |kind, message: &str| Rejection::new(0, kind, message.to_owned(), "");
        if self.dates.is_month_first() {
            let message = "dates are read month first, as many of them can only be read so";
            parsed.rejections.push(document_note(RejectionKind::MonthFirst, message));
        }
        if self.labels.ignores_numbers() {
            let message =
                "the numbers in the result column are no 1 X 2: they are not compared with the goals";
            parsed.rejections.push(document_note(RejectionKind::Unused, message));
        }
        let context = Context { today: self.today, unplayed, leagues: true, most_clubs };
        document::judge(&mut parsed, &context)?;
        Ok(parsed)
    }

    /// Reads a row; faults that cost only a value of it go to `rejections`.
    fn read(
        &mut self,
        row: &Row,
        columns: &Columns,
        headings: &Headings,
        rejections: &mut Vec<Rejection>,
    ) -> Result<Draft, Fault> {
        let read = self.dates.read(row.field(columns.date), row.line)?;
        let date = read.day;
        let (home, away) = values::teams(row.field(columns.home), row.field(columns.away))?;
        let breaks_off = row.breaks_off(headings.width());
        if breaks_off && row.width() <= columns.least_width {
            let message =
                "the file ends within this row: the download broke off; fetch the file again".to_owned();
            return Err((RejectionKind::TruncatedRow, message));
        }
        let score = self.read_score(row, columns, date)?;
        let entry = self.entry(row, columns)?;
        let season =
            stated_season(row.optional(columns.season), date, entry)?.or_else(|| entry.calendar_season(date));

        let mut partly = |kind, message: Option<String>| {
            rejections.extend(message.map(|message| row.reject(kind, message)));
        };
        let (kickoff, fault) = read_kickoff(date, row.optional(columns.time));
        partly(RejectionKind::MalformedTime, fault);
        if let Some(time) = read.time.filter(|_| columns.time.is_none()) {
            let message = format!("the time {time} behind the date has no zone; only the date is kept");
            partly(RejectionKind::MalformedTime, Some(message));
        }
        let mut found = SourceMatch {
            line: row.line,
            league: self.leagues.index(entry.code, || entry.record(self.source)),
            season: season.unwrap_or_else(|| seasons::of_date(date)),
            home,
            away,
            kickoff,
            status: if score.is_some() { MatchStatus::Finished } else { MatchStatus::Scheduled },
            score,
            half_time: None,
            referee: None,
            attendance: None,
            external_id: None,
            stats: None,
            odds: Vec::new(),
            setting: MatchSetting::default(),
        };
        if breaks_off || row.has_values_beyond(headings.width()) {
            let message = if breaks_off {
                "the file ends within this row, whose last value may be cut: all but day, clubs and score is left out; \
                 fetch the file again"
                    .to_owned()
            } else {
                format!(
                    "the row has values beyond its {} headings, so that nothing says which column they are of: all but \
                     day, clubs and score is left out; take the file from its source again",
                    headings.width()
                )
            };
            partly(RejectionKind::ShiftedValues, Some(message));
            return Ok(Draft { found, date, settled: season.is_some() });
        }
        partly(RejectionKind::OpenEnd, self.open_end(row, columns, headings));
        let (half_time, fault) = read_half_time(row, columns.half_time, score);
        partly(RejectionKind::MalformedHalfTime, fault);
        let (stats, attendance, fault) = columns.counts.read(row);
        partly(RejectionKind::MalformedStatistic, fault);
        // A fixture of a day to come is read with the prices of the last gathering before today.
        let published = if date > self.today { Kickoff::on(self.today).at } else { kickoff.at };
        let (odds, fault) = columns.prices.read(row, kickoff, published);
        partly(RejectionKind::MalformedOdds, fault);
        let referee = Some(row.optional(columns.referee)).filter(|name| !values::is_missing(name));
        found.half_time = half_time;
        found.referee = referee.map(str::to_owned);
        (found.attendance, found.stats, found.odds) = (attendance, stats, odds);
        Ok(Draft { found, date, settled: season.is_some() })
    }

    /// What an end without a line end may have cut, where it may have cut something.
    fn open_end(&mut self, row: &Row, columns: &Columns, headings: &Headings) -> Option<String> {
        let has_value = !row.field(headings.width() - 1).is_empty();
        let had_value = std::mem::replace(&mut self.rows_end_in_values, has_value);
        if !row.ends_open || row.width() != headings.width() || !columns.uses_last(headings) {
            return None;
        }
        let message = if has_value {
            "the last line has no line end: if the file breaks off here, its last value is cut"
        } else if had_value {
            "the last line has neither a line end nor the last value that the line above has: the file may break off here"
        } else {
            return None;
        };
        Some(message.to_owned())
    }

    fn read_score(&mut self, row: &Row, columns: &Columns, date: NaiveDate) -> Result<Option<Score>, Fault> {
        let Some((home, away)) = columns.goals else { return Ok(None) };
        let score = values::score(row.field(home), row.field(away))?;
        if let Some(score) = score {
            values::not_future(date, self.today)?;
            let (home, away) = (row.field(columns.home), row.field(columns.away));
            self.labels.check(score, row.optional(columns.result), home, away)?;
        }
        Ok(score)
    }

    fn entry(&self, row: &Row, columns: &Columns) -> Result<&'static CatalogueEntry, Fault> {
        let (written, code) = match columns.league {
            LeagueColumn::Div(column, of_file) => {
                let written = row.field(column);
                (written, if written.is_empty() { of_file } else { Some(written) })
            }
            LeagueColumn::Country(column, of_file) => {
                (row.field(column), of_file.or_else(|| catalogue::extra_code(row.field(column))))
            }
            LeagueColumn::Said(entry) => return Ok(entry),
        };
        let entry =
            code.and_then(|code| self.catalogue.iter().find(|entry| entry.code.eq_ignore_ascii_case(code)));
        entry.ok_or_else(|| {
            let message = format!(
                "{written:.40?} is not a league of {}; write one of its codes, such as {}, or read the file with \
                 `touchline ingest table --map`",
                self.source, self.catalogue[0].code
            );
            (RejectionKind::UnknownLeague, message)
        })
    }
}

fn second_heading(row: &Row, before: &Headings, found: &Headings) -> Rejection {
    let columns = if before.names() == found.names() { "the same columns" } else { "other columns" };
    let message = format!(
        "a second heading line with {columns} ({} after {}); the rows behind it are read by it",
        found.width(),
        before.width()
    );
    Rejection::new(row.line, RejectionKind::SecondHeading, message, row.text())
}

/// The season of a `Season` column such as `2012/2013`, `2223` or `2026`. Of a league that plays across two years a
/// single year says nothing but in which of them: none.
fn stated_season(label: &str, date: NaiveDate, entry: &CatalogueEntry) -> Result<Option<Season>, Fault> {
    if values::is_missing(label) {
        return Ok(None);
    }
    let outside = |season: &str| {
        let message = format!("{date} lies outside the season {season} of its row; correct one of them");
        (RejectionKind::DateOutsideSeason, message)
    };
    let short = Season::from_short(label).ok();
    if let Some(season) = short.filter(|season| seasons::may_hold(*season, date)) {
        return Ok(Some(season));
    }
    let season = match (label.parse::<Season>(), short) {
        (Ok(season), _) | (Err(_), Some(season)) => season,
        (Err(e), None) => return Err((RejectionKind::MalformedSeason, e.to_string())),
    };
    if season.is_calendar_year() && entry.calendar_years.is_none() {
        let start = seasons::of_date(date).start();
        let is_of = start == season.start() || start + 1 == season.start();
        return if is_of { Ok(None) } else { Err(outside(label)) };
    }
    if seasons::may_state(season, date) { Ok(Some(season)) } else { Err(outside(&season.to_string())) }
}

fn read_kickoff(date: NaiveDate, time: &str) -> (Kickoff, Option<String>) {
    match values::time(time) {
        Some(time) => (Kickoff::at(values::uk(date, time)), None),
        None if values::is_missing(time) => (Kickoff::on(date), None),
        None => {
            let message = format!("{time:.20?} is not a time; only the date is kept (write HH:MM)");
            (Kickoff::on(date), Some(message))
        }
    }
}

fn read_half_time(
    row: &Row,
    columns: Option<(usize, usize)>,
    score: Option<Score>,
) -> (Option<Score>, Option<String>) {
    let (Some((home, away)), Some(score)) = (columns, score) else { return (None, None) };
    match values::score(row.field(home), row.field(away)) {
        Ok(half) => values::half_time(half, score),
        Err((_, message)) => (None, Some(format!("half time: {message}; it is left out"))),
    }
}

#[cfg(test)]
mod tests;
