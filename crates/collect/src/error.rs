//! Why a document as a whole cannot be read.

use chrono::NaiveDate;
use thiserror::Error;

/// A document that gives nothing. The text of each says what to do; its caller adds the document's name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// A web page came instead of data.
    #[error("this is a web page, not data: the site answered with an error or moved; fetch the file again")]
    Html,
    /// No bytes, or only blanks.
    #[error("the file is empty; fetch it again")]
    Empty,
    /// More bytes than any real file of the source has.
    #[error(
        "the file holds more than {limit} MiB of data; split it, or check that it is what it claims to be"
    )]
    TooLarge {
        /// The limit, in MiB.
        limit: u64,
    },
    /// The compressed data end too early.
    #[error("the gzip data end too early: the download broke off; fetch the file again")]
    TruncatedGzip,
    /// The compressed data are damaged.
    #[error("the gzip data are damaged ({0}); fetch the file again")]
    CorruptGzip(String),
    /// A line longer than any real row.
    #[error("line {line} is longer than {limit} bytes: this is not a table; fetch the file again")]
    LineTooLong {
        /// The line, from 1.
        line: u64,
        /// The limit, in bytes.
        limit: usize,
    },
    /// More lines than any real file of the source has.
    #[error("the file has more than {limit} lines; split it")]
    TooManyLines {
        /// The limit.
        limit: u32,
    },
    /// A workbook or an archive that cannot be read.
    #[error("the workbook or archive cannot be read: {0}")]
    Workbook(String),
    /// Bytes that are no text.
    #[error("the file is not text (zero bytes in its heading, or UTF-16); save it as UTF-8 CSV")]
    NotText,
    /// No line is the headings of this source.
    #[error(
        "no heading line: it must name {missing} (found: {found}); if the columns have other names, describe them with \
         `touchline ingest table --map`"
    )]
    WrongColumns {
        /// The missing column names.
        missing: String,
        /// The names that are there.
        found: String,
    },
    /// No column tells the league, and neither does the name.
    #[error(
        "no column (Div, Country) and no code in the file name {0:?} tells the league; say it, such as --league E0, or \
         name the file by it, such as 2223/E0.csv"
    )]
    NoLeague(String),
    /// Weather of which the name does not say what it is for.
    #[error(
        "the file name {0:?} does not tell of which match and kick-off (UTC) the weather is; name the file like \
         match-123/20260815T1400Z.json, as `touchline collect open-meteo --plan` does"
    )]
    NoMatch(String),
    /// A cup or a tournament, which is no league.
    #[error(
        "{0} is a cup or a tournament, and nothing tells which, or the file is named like a league; name it as openfootball \
         does, such as 2018-19/de.cup.json or 2014/worldcup.json; of other sources leave it out"
    )]
    Cup(String),
    /// Dates that contradict the season which the document's name tells.
    #[error(
        "the season is {season} by the name, but {rows} of {of} dates are of other years ({first} to {last}); correct the \
         dates or the name. A spreadsheet that took 28/07/01 for year, month and day leaves such dates: take the file \
         from its source again, and do not save it from the spreadsheet"
    )]
    DatesAgainstName {
        /// The season.
        season: String,
        /// Rows with dates far from it.
        rows: usize,
        /// All rows.
        of: usize,
        /// The first date.
        first: NaiveDate,
        /// The last date.
        last: NaiveDate,
    },
    /// Most rows are of other dates than their season has.
    #[error(
        "{rows} of {of} rows have dates outside the season that the name, the title or the row tells ({season}); \
         correct the dates or the name"
    )]
    RowsOutsideSeason {
        /// Where the season comes from.
        season: String,
        /// Rows with dates outside it.
        rows: usize,
        /// All rows.
        of: usize,
    },
    /// A season's matches spread over decades.
    #[error(
        "the {rows} matches of {clubs} clubs spread over {seasons} seasons ({first} to {last}), too few for each: dates \
         were misread, perhaps by a spreadsheet that took 28/07/01 for year, month and day; take the file from its source \
         again, and do not save it from the spreadsheet"
    )]
    Spread {
        /// The matches.
        rows: usize,
        /// Their clubs.
        clubs: usize,
        /// The seasons that they spread over.
        seasons: usize,
        /// The first date.
        first: NaiveDate,
        /// The last date.
        last: NaiveDate,
    },
    /// Results of days to come, too many for slips.
    #[error(
        "{rows} of {of} rows give results of days after {today}: the dates were misread, or the clock of this computer is \
         wrong; write them as yyyy-mm-dd"
    )]
    FutureResults {
        /// Rows with such results.
        rows: usize,
        /// All rows.
        of: usize,
        /// The day on which the document came.
        today: NaiveDate,
    },
    /// Dates of both orders of day and month.
    #[error(
        "line {day_line} has a date that can only be read day first and line {month_line} one that can only be read month \
         first, and both are many: write all dates as yyyy-mm-dd"
    )]
    MixedDateOrders {
        /// The first line with a date that is day first.
        day_line: u32,
        /// The first line with one that is month first.
        month_line: u32,
    },
    /// Dates that may be day first or month first.
    #[error(
        "no date tells whether day or month comes first: day first they lie {as_read} days apart, month first {otherwise}; \
         write them as yyyy-mm-dd"
    )]
    AmbiguousDates {
        /// Days between the first and the last, read day first.
        as_read: i64,
        /// The same, read month first.
        otherwise: i64,
    },
    /// Results without scores.
    #[error(
        "all {rows} matches are of past days and none has a score: the goals were looked for in {goals}, which are \
         {state} (other columns: {others}); if the goals have other names, describe them with `touchline ingest table --map`"
    )]
    NoScores {
        /// The matches.
        rows: u64,
        /// The fields that would hold the goals.
        goals: String,
        /// Whether they are there.
        state: &'static str,
        /// Columns that are not used.
        others: String,
    },
    /// Labels of results contradict the goals.
    #[error(
        "the goals contradict the results in {rows} of {of} rows: the goals of home and away are perhaps swapped, or under \
         the wrong headings"
    )]
    ContradictoryResults {
        /// Rows that contradict.
        rows: u32,
        /// Rows with a result that can be read.
        of: u32,
    },
    /// Not the JSON of this source.
    #[error("this is not the JSON of this source: {0}")]
    Json(String),
    /// Not a feed.
    #[error("this is not a feed that can be read: {0}")]
    Feed(String),
    /// The provider answered with errors instead of data.
    #[error("the provider answered with an error ({0}); ask again when its cause is gone")]
    Provider(String),
    /// The league cannot be told from the file name.
    #[error(
        "the file name {0:?} holds no known code of a league; a league's file has its code in the name, such as \
         2023-24/en.1.json. Cups and tournaments are not leagues: do not rename them to one"
    )]
    UnknownLeague(String),
    /// The season can be told neither from the name nor from the content.
    #[error("neither the file name {0:?} nor the content tells the season; name it like 2023-24/en.1.json")]
    UnknownSeason(String),
}

impl DocumentError {
    /// The name in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too_large",
            Self::TruncatedGzip => "truncated_gzip",
            Self::CorruptGzip(_) => "corrupt_gzip",
            Self::LineTooLong { .. } => "line_too_long",
            Self::TooManyLines { .. } => "too_many_lines",
            Self::Workbook(_) => "workbook",
            Self::NotText => "not_text",
            Self::WrongColumns { .. } => "wrong_columns",
            Self::NoLeague(_) => "no_league",
            Self::NoMatch(_) => "no_match",
            Self::Cup(_) => "cup",
            Self::DatesAgainstName { .. } => "dates_against_name",
            Self::RowsOutsideSeason { .. } => "rows_outside_season",
            Self::Spread { .. } => "spread_dates",
            Self::FutureResults { .. } => "future_results",
            Self::MixedDateOrders { .. } => "mixed_date_orders",
            Self::AmbiguousDates { .. } => "ambiguous_dates",
            Self::NoScores { .. } => "no_scores",
            Self::ContradictoryResults { .. } => "contradictory_results",
            Self::Json(_) => "malformed_json",
            Self::Feed(_) => "malformed_feed",
            Self::Provider(_) => "provider_error",
            Self::UnknownLeague(_) => "unknown_league",
            Self::UnknownSeason(_) => "unknown_season",
        }
    }
}
