//! Rows of a table into matches, and the judgement of the whole.

use super::columns::Columns;
use super::map::{Field, Map, Year};
use super::sheets::{self, Sheet};
use super::{TableSource, competitions, dates, leagues, odds, seasons, words};
use crate::document::{self, Context, DateOrder, Draft, Hints, Labels, Unplayed, settle_seasons};
use crate::leagues::LeagueIndex;
use crate::names::fold;
use crate::sources::football_data;
use crate::table::{Headings, Row, Step, Table};
use crate::values::{self, Fault};
use crate::{Document, DocumentError, Parsed, Rejection, RejectionKind, SourceMatch, UnknownLeague};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, HashMap};
use touchline_domain::{Kickoff, MatchSetting, MatchStatus, NewLeague, Score, Season};

/// Reads a document.
pub(super) fn read(
    source: &TableSource,
    document: &Document<'_>,
    collected_at: DateTime<Utc>,
) -> Result<Parsed, DocumentError> {
    let sheets = sheets::of(document.bytes, &source.map)?;
    let (mut order, mut labels) = (DateOrder::default(), Labels::default());
    // What only the whole document tells (month first, labels in another sense) is rare, and read once more.
    for _ in 0..3 {
        let mut reading = Reading::new(source, document.name, collected_at, order, labels);
        let rows = reading.document(&sheets)?;
        if let Some(other) = reading.order.verdict()? {
            (order, labels) = (DateOrder::of(other), Labels::default());
        } else if reading.labels.verdict()? {
            (order, labels) = (reading.order.again(), Labels::without_numbers());
        } else {
            return reading.settle(rows);
        }
    }
    Err(DocumentError::WrongColumns { missing: "one notation throughout".to_owned(), found: String::new() })
}

/// What is known before a row is read.
struct Reading<'a> {
    map: &'a Map,
    source: &'a str,
    name: &'a str,
    /// The league of all rows, by a person's word or the map's.
    league: Option<NewLeague>,
    /// The league of rows that name none, by the name of the file.
    league_of_name: Option<NewLeague>,
    country: Option<String>,
    season: Option<Season>,
    today: NaiveDate,
    collected_at: DateTime<Utc>,
    leagues: LeagueIndex,
    /// The league of a country (or none) and a word, where it was looked up.
    looked_up: HashMap<String, usize>,
    /// Leagues that people have told.
    told: &'a BTreeMap<String, NewLeague>,
    /// Leagues that nothing is known of, by name, with the line where each stands first and its rows.
    unknown: BTreeMap<String, (u32, u64)>,
    order: DateOrder,
    labels: Labels,
    /// Where the match of a key stands among the drafts, for tables with a row per price.
    priced: HashMap<String, usize>,
}

/// What was read of all rows, with their seasons still open.
#[derive(Default)]
struct Rows {
    parsed: Parsed,
    drafts: Vec<Draft>,
}

impl<'a> Reading<'a> {
    fn new(
        source: &'a TableSource,
        name: &'a str,
        collected_at: DateTime<Utc>,
        order: DateOrder,
        labels: Labels,
    ) -> Self {
        let map = &source.map;
        let hints = Hints::of(name);
        let said = source.league.as_deref().or(hints.league);
        let said = said.and_then(|word| leagues::find(word, None, &map.leagues, &source.name));
        Self {
            map,
            source: &source.name,
            name: hints.name,
            league: said
                .or_else(|| map.league.clone().map(|l| NewLeague { source: source.name.clone(), ..l })),
            league_of_name: leagues::of_name(hints.name, &map.leagues, &source.name),
            country: map.country.clone().or_else(|| leagues::country_of_name(hints.name)),
            season: source.season.or(hints.season).or(map.season),
            today: collected_at.date_naive(),
            collected_at,
            leagues: LeagueIndex::default(),
            looked_up: HashMap::new(),
            told: &source.told_leagues,
            unknown: BTreeMap::new(),
            order,
            labels,
            priced: HashMap::new(),
        }
    }

    /// Reads the rows of all sheets that have the map's columns.
    fn document(&mut self, sheets: &[Sheet<'_>]) -> Result<Rows, DocumentError> {
        let mut rows = Rows::default();
        let mut first_error = None;
        let mut read = 0;
        for sheet in sheets {
            match self.sheet(sheet, &mut rows) {
                Ok(()) => read += 1,
                Err(error) if sheets.len() == 1 => return Err(error),
                Err(error) => {
                    let message = format!("the sheet {:?} is not read: {error}", sheet.name);
                    rows.parsed.rejections.push(Rejection::new(0, RejectionKind::Unused, message, ""));
                    first_error = first_error.or(Some(error));
                }
            }
        }
        match first_error {
            Some(error) if read == 0 => Err(error),
            _ if read == 0 => Err(DocumentError::Empty),
            _ => Ok(rows),
        }
    }

    fn sheet(&mut self, sheet: &Sheet<'_>, rows: &mut Rows) -> Result<(), DocumentError> {
        let (mut table, mut headings, mut columns) = open(&sheet.text, self.map)?;
        let parsed = &mut rows.parsed;
        if parsed.layout.heading_line == 0 {
            parsed.layout = columns.layout(self.map, &headings);
        }
        let mut row = Row::default();
        loop {
            let step = table.read(&mut row)?;
            row.line += sheet.lines_before;
            match step {
                Step::End => return Ok(()),
                Step::Empty => parsed.empty_rows += 1,
                Step::Rejected(rejection) => {
                    parsed.rows += 1;
                    parsed.rejections.push(Rejection { line: row.line, ..rejection });
                }
                Step::Row => {
                    if let Err(fault) =
                        self.row(&row, &columns, &headings, &mut rows.drafts, &mut parsed.rejections)
                    {
                        let again = |headings: &Headings| recognise(self.map, headings);
                        if fault.0 == RejectionKind::MalformedDate
                            && let Some((found, of_rest)) = table.reopen(&mut row, plain, again)
                        {
                            let message =
                                "a second heading line; the rows behind it are read by it".to_owned();
                            parsed.rejections.push(row.reject(RejectionKind::SecondHeading, message));
                            (headings, columns) = (found, of_rest);
                            continue;
                        }
                        parsed.rejections.push(row.reject(fault.0, fault.1));
                    }
                    parsed.rows += 1;
                }
            }
        }
    }

    /// Reads a row; faults that cost only a value of it go to `rejections`.
    fn row(
        &mut self,
        row: &Row,
        columns: &Columns,
        headings: &Headings,
        drafts: &mut Vec<Draft>,
        rejections: &mut Vec<Rejection>,
    ) -> Result<(), Fault> {
        let (kickoff, time_fault) = self.kickoff(row, columns)?;
        let date = kickoff.at.date_naive();
        let (home, away) = values::teams(columns.value(row, Field::Home), columns.value(row, Field::Away))?;
        let breaks_off = row.breaks_off(headings.width());
        if breaks_off && row.width() <= columns.least_width {
            let message =
                "the file ends within this row: the download broke off; fetch the file again".to_owned();
            return Err((RejectionKind::TruncatedRow, message));
        }
        if let Some(at) = self.priced_before(row, columns, (&home, &away), kickoff) {
            return self.add_prices(row, columns, &mut drafts[at]);
        }
        let status = self.status(row, columns)?;
        let score = self.score(row, columns, status, date, (&home, &away))?;
        let league = self.league(row, columns)?;
        let season = self.season(row, columns, date, &self.leagues.get(league).code)?;
        let mut found = SourceMatch {
            line: row.line,
            league,
            season: season.unwrap_or_else(|| crate::seasons::of_date(date)),
            home,
            away,
            kickoff,
            status: standing(status, score),
            score,
            half_time: None,
            referee: None,
            attendance: None,
            external_id: None,
            stats: None,
            odds: Vec::new(),
            setting: MatchSetting::default(),
        };
        let mut partly = |kind, message: Option<String>| {
            rejections.extend(message.map(|message| row.reject(kind, message)));
        };
        partly(RejectionKind::MalformedTime, time_fault);
        if breaks_off || row.has_values_beyond(headings.width()) {
            let message = if breaks_off {
                "the file ends within this row, whose last value may be cut: all but day, sides and score is left out; \
                 fetch the file again"
                    .to_owned()
            } else {
                format!(
                    "the row has values beyond its {} headings: all but day, sides and score is left out",
                    headings.width()
                )
            };
            partly(RejectionKind::ShiftedValues, Some(message));
        } else {
            let (half_time, fault) = half_time(row, columns, score);
            partly(RejectionKind::MalformedHalfTime, fault);
            let (stats, attendance, fault) = columns.counts(row);
            partly(RejectionKind::MalformedStatistic, fault);
            let (quotes, fault) = odds::of_match(columns, row, kickoff, self.collected_at);
            partly(RejectionKind::MalformedOdds, fault);
            let text =
                |field| Some(columns.value(row, field)).filter(|text| !text.is_empty() && text.len() <= 200);
            found.referee = text(Field::Referee).map(str::to_owned);
            let (setting, fault) = competitions::setting(columns, row, self.leagues.get(league).kind);
            partly(RejectionKind::MalformedSetting, fault);
            found.setting = setting;
            found.external_id = text(Field::Id).map(str::to_owned);
            (found.half_time, found.stats, found.attendance, found.odds) =
                (half_time, stats, attendance, quotes);
        }
        let mut draft = Draft { found, date, settled: season.is_some() };
        if columns.prices.is_some() {
            if let Err((kind, message)) = self.add_prices(row, columns, &mut draft) {
                rejections.push(row.reject(kind, message));
            }
            self.priced
                .insert(key(row, columns, (&draft.found.home, &draft.found.away), kickoff), drafts.len());
        }
        drafts.push(draft);
        Ok(())
    }

    fn kickoff(&mut self, row: &Row, columns: &Columns) -> Result<(Kickoff, Option<String>), Fault> {
        if let Some(kickoff) = dates::timestamp(columns.value(row, Field::Timestamp)) {
            return Ok((kickoff, None));
        }
        let text = columns.value(row, Field::Date);
        let mut moment = if self.map.formats.is_empty() {
            if let Some(moment) = dates::with_offset(text) {
                moment
            } else {
                let read = self.order.read(text, row.line)?;
                dates::Moment { date: read.day, time: read.time, instant: None }
            }
        } else {
            dates::moment(text, &self.map.formats)?
        };
        let text = columns.value(row, Field::Time);
        let mut fault = None;
        if !text.is_empty() {
            moment.time = dates::time(text);
            if moment.time.is_none() {
                fault = Some(format!("{text:.20?} is not a time; only the date is kept (write HH:MM)"));
            }
        }
        Ok((dates::kickoff(moment, self.map.zone, self.map.midnight_is_unknown), fault))
    }

    fn status(&self, row: &Row, columns: &Columns) -> Result<Option<MatchStatus>, Fault> {
        let word = columns.value(row, Field::Status);
        if word.is_empty() {
            return Ok(None);
        }
        let of_map = self.map.statuses.get(&fold(word)).copied();
        of_map.or_else(|| words::status(word)).map(Some).ok_or_else(|| {
            let message = format!("{word:.40?} is not a known status; add it to [statuses] of the map");
            (RejectionKind::UnknownStatus, message)
        })
    }

    /// The score, only of matches that are over: what was played of a match that was broken off is none.
    fn score(
        &mut self,
        row: &Row,
        columns: &Columns,
        status: Option<MatchStatus>,
        date: NaiveDate,
        sides: (&str, &str),
    ) -> Result<Option<Score>, Fault> {
        if !matches!(status, None | Some(MatchStatus::Finished | MatchStatus::Awarded)) {
            return Ok(None);
        }
        let joined = columns.value(row, Field::Score);
        let score = if columns.has(Field::HomeGoals) {
            values::score(columns.value(row, Field::HomeGoals), columns.value(row, Field::AwayGoals))?
        } else if joined.is_empty() {
            None
        } else {
            Some(words::score_of_90_minutes(joined)?)
        };
        if status == Some(MatchStatus::Finished) && score.is_none() {
            let message = "the match is over and has no score; complete it, or correct its status".to_owned();
            return Err((RejectionKind::MalformedScore, message));
        }
        if let Some(score) = score {
            values::not_future(date, self.today)?;
            let said = self.result_word(columns.value(row, Field::Result));
            self.labels.check(score, said, sides.0, sides.1)?;
        }
        Ok(score)
    }

    /// A word of the result column as everybody understands it, where the map has words of its own.
    fn result_word<'r>(&self, word: &'r str) -> &'r str {
        let is = |words: &[String]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        let own = self.map.results.iter().position(|words| is(words));
        own.map_or(word, |side| ["H", "D", "A"][side])
    }

    /// The league of a row, as its index.
    fn league(&mut self, row: &Row, columns: &Columns) -> Result<usize, Fault> {
        if let Some(league) = &self.league {
            return Ok(self.leagues.index(&league.code, || league.clone()));
        }
        let field = if columns.has(Field::League) { Field::League } else { Field::Tournament };
        let word = columns.value(row, field);
        if word.is_empty() {
            let league = self.league_of_name.as_ref().ok_or_else(|| {
                let message = "nothing tells the league: no column, and no code in the name of the file; tell it with \
                               --league, such as E0";
                (RejectionKind::UnknownLeague, message.to_owned())
            })?;
            return Ok(self.leagues.index(&league.code, || league.clone()));
        }
        let country = Some(columns.value(row, Field::Country)).filter(|text| !text.is_empty());
        let country = country.or(self.country.as_deref());
        let key = format!("{}\n{word}", country.unwrap_or_default());
        if let Some(index) = self.looked_up.get(&key) {
            return Ok(*index);
        }
        let competition = self.map.competitions.as_ref().filter(|_| field == Field::Tournament);
        let found = match competition {
            Some(competitions) => competitions.named(word, self.source),
            None => leagues::find(word, country, &self.map.leagues, self.source),
        };
        let name = country.map_or_else(|| word.to_owned(), |country| format!("{country} {word}"));
        let Some(league) = found.or_else(|| self.told.get(&fold(&name)).cloned()) else {
            self.unknown.entry(name).or_insert((row.line, 0)).1 += 1;
            return Err((RejectionKind::UnknownLeague, leagues::advice(word)));
        };
        let index = self.leagues.index(&league.code.clone(), || league);
        self.looked_up.insert(key, index);
        Ok(index)
    }

    fn season(
        &self,
        row: &Row,
        columns: &Columns,
        date: NaiveDate,
        league: &str,
    ) -> Result<Option<Season>, Fault> {
        if let Some(season) = seasons::stated(columns.value(row, Field::Season), self.map.year, date)? {
            // Of a league that plays across two years a single year says nothing but in which of them: the dates tell.
            let is_open = self.map.year.is_none()
                && season.is_calendar_year()
                && football_data::plays_across_years(league);
            if !is_open {
                return Ok(Some(season));
            }
        }
        if let Some(season) = self.season {
            // The document is settled as a whole by a season across two years, a single year row by row.
            if !season.is_calendar_year() || football_data::plays_across_years(league) {
                return Ok(None);
            }
            if crate::seasons::may_hold(season, date) {
                return Ok(Some(season));
            }
            let message =
                format!("{date} lies outside the season {season} that was told; correct one of them");
            return Err((RejectionKind::DateOutsideSeason, message));
        }
        if self.map.year == Some(Year::Calendar) {
            return seasons::stated(&date.format("%Y").to_string(), self.map.year, date);
        }
        Ok(football_data::calendar_season(league, date))
    }

    /// The draft to which a row of prices adds, where an earlier row was of the same match.
    fn priced_before(
        &self,
        row: &Row,
        columns: &Columns,
        sides: (&str, &str),
        kickoff: Kickoff,
    ) -> Option<usize> {
        columns.prices.as_ref()?;
        self.priced.get(&key(row, columns, sides, kickoff)).copied()
    }

    fn add_prices(&self, row: &Row, columns: &Columns, draft: &mut Draft) -> Result<(), Fault> {
        let Some(prices) = &columns.prices else { return Ok(()) };
        let of = odds::PricedMatch {
            home: &draft.found.home,
            away: &draft.found.away,
            kickoff: draft.found.kickoff,
            zone: self.map.zone,
            formats: &self.map.formats,
            collected_at: self.collected_at,
        };
        odds::add_row(columns, prices, row, &of, &mut draft.found.odds)
    }

    /// Settles the seasons and judges the whole.
    fn settle(self, rows: Rows) -> Result<Parsed, DocumentError> {
        let Rows { mut parsed, drafts } = rows;
        parsed.leagues = self.leagues.into_leagues();
        let unknown = self.unknown.into_iter();
        parsed.unknown_leagues =
            unknown.map(|(name, (line, rows))| UnknownLeague { name, line, rows }).collect();
        let hints = match self.season {
            Some(season) => vec![season],
            None => seasons::of_name(self.name, self.map.year),
        };
        parsed.layout.season = settle_seasons(drafts, &hints, &mut parsed)?;
        parsed.layout.dates = match self.map.formats.as_slice() {
            [] => self.order.describe(),
            formats => formats.join(" or "),
        };
        if self.order.is_month_first() {
            let message = "dates are read month first, as many of them can only be read so".to_owned();
            parsed.rejections.push(Rejection::new(0, RejectionKind::MonthFirst, message, ""));
        }
        let goals =
            [Field::HomeGoals, Field::Score].into_iter().find_map(|field| self.map.column(field).first());
        let unplayed = match goals {
            Some(_) if self.map.columns.contains_key(&Field::Status) => Unplayed::Said,
            None => Unplayed::Said,
            Some(_) => Unplayed::Silent {
                goals: "the columns of goals that the map names",
                are_there: true,
                suspects: Vec::new(),
            },
        };
        let is_league = self.map.competitions.is_none();
        let context = Context {
            today: self.today,
            unplayed,
            leagues: is_league,
            most_clubs: football_data::most_clubs,
        };
        document::judge(&mut parsed, &context)?;
        Ok(parsed)
    }
}

/// Where a match stands: by its word, where that does not contradict whether it has a score.
fn standing(status: Option<MatchStatus>, score: Option<Score>) -> MatchStatus {
    match (status, score) {
        (Some(status), _) => status,
        (None, Some(_)) => MatchStatus::Finished,
        (None, None) => MatchStatus::Scheduled,
    }
}

/// What makes rows of prices belong to one match: the source's identifier, else day and sides.
fn key(row: &Row, columns: &Columns, sides: (&str, &str), kickoff: Kickoff) -> String {
    match columns.value(row, Field::Id) {
        "" => format!("{}\n{}\n{}", kickoff.at.date_naive(), sides.0, sides.1),
        id => id.to_owned(),
    }
}

fn half_time(row: &Row, columns: &Columns, score: Option<Score>) -> (Option<Score>, Option<String>) {
    let Some(score) = score else { return (None, None) };
    let joined = columns.value(row, Field::HalfTime);
    let half = if columns.has(Field::HomeHalfTime) {
        values::score(columns.value(row, Field::HomeHalfTime), columns.value(row, Field::AwayHalfTime))
    } else if joined.is_empty() {
        Ok(None)
    } else {
        words::joined_score(joined).map(Some)
    };
    match half {
        Ok(half) => values::half_time(half, score),
        Err((_, message)) => (None, Some(format!("half time: {message}; it is left out"))),
    }
}

/// Names of columns stay as they are: maps compare them without case.
fn plain(name: &str) -> String {
    name.trim().to_owned()
}

fn recognise(map: &Map, headings: &Headings) -> Result<Columns, DocumentError> {
    Columns::find(map, headings)
}

/// Opens the table of a sheet with the columns of a map.
pub(super) fn open<'t>(text: &'t [u8], map: &Map) -> Result<(Table<'t>, Headings, Columns), DocumentError> {
    let find = |headings: &Headings| {
        let separator =
            map.separator.map(|separator| if sheets::is_usual(separator) { separator } else { b'\t' });
        let known = separator.is_none_or(|separator| separator == headings.separator);
        if known && headings.line > map.skip_lines {
            recognise(map, headings)
        } else {
            let missing = map.column(Field::Home).first().cloned().unwrap_or_default();
            Err(DocumentError::WrongColumns { missing, found: headings.shown() })
        }
    };
    Table::open(text, plain, find)
}
