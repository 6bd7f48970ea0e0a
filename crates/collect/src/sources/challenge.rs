//! The Soccer Prediction Challenge (2017 and 2023): results of 51 leagues since 2000, and the fixtures to
//! forecast. Both are tables, CSV or gzipped CSV; only dates are known, no kick-off times.

use crate::document::{self, Context, DateOrder, Labels, Layout, Unplayed};
use crate::headings::canonical;
use crate::leagues::LeagueIndex;
use crate::table::{Headings, Row, Step, Table};
use crate::text::{TABLE, unpack};
use crate::values::{self, Fault};
use crate::{Document, DocumentError, MatchSetting, Parsed, Rejection, RejectionKind, Source, SourceMatch};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashSet;
use touchline_domain::{CompetitionKind, Kickoff, MatchStatus, NewLeague, Score, Season};

/// The name under which the records are kept.
const NAME: &str = "challenge";

/// Goals of a match that was not played.
const NOT_PLAYED: &str = "-1";

/// Longest league code of any source, bytes.
const LONGEST_CODE: usize = 16;

/// Reads `Sea,Lge,Date,HT,AT,HS,AS,GD,WDL`, columns by name in any order. Goals of -1 mean not played: such a
/// match is scheduled and has no score, whatever the result columns say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Challenge;

/// A match to forecast, as its row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixtureRow {
    /// Line of the file, from 1.
    pub line: u32,
    /// The identifier, unique in the file.
    pub id: String,
    /// The season as written, such as `22-23`.
    pub season: String,
    /// The league code, such as `GER1`.
    pub league: String,
    /// The day.
    pub date: NaiveDate,
    /// The day as written.
    pub date_text: String,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// Whether the ground is neither side's.
    pub neutral_ground: bool,
}

/// The matches to forecast.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixtures {
    /// Rows in the file's order.
    pub rows: Vec<FixtureRow>,
    /// Rows that cannot be used.
    pub rejections: Vec<Rejection>,
}

impl Source for Challenge {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let today = collected_at.date_naive();
        let bytes = unpack(document.bytes, TABLE)?;
        let (mut parsed, dates) = read_rows(&bytes, today, DateOrder::default())?;
        if let Some(order) = dates.verdict()? {
            parsed = read_rows(&bytes, today, DateOrder::of(order))?.0;
            let message = "dates are read month first, as many of them can only be read so".to_owned();
            parsed.rejections.push(Rejection::new(0, RejectionKind::MonthFirst, message, ""));
        }
        let context =
            Context { today, unplayed: Unplayed::Said, leagues: true, most_clubs: document::of_any_size };
        document::judge(&mut parsed, &context)?;
        Ok(parsed)
    }
}

fn read_rows(bytes: &[u8], today: NaiveDate, dates: DateOrder) -> Result<(Parsed, DateOrder), DocumentError> {
    let find =
        |headings: &Headings| headings.require(NAMES.each_ref().map(std::slice::from_ref)).map(Columns);
    let (mut table, headings, mut columns) = Table::open(bytes, canonical, find)?;
    let layout = Layout {
        separator: Some(char::from(headings.separator)),
        heading_line: headings.line,
        used: NAMES.map(str::to_owned).to_vec(),
        ignored: headings
            .named()
            .filter(|(name, _)| !NAMES.contains(name))
            .map(|(name, _)| name.to_owned())
            .collect(),
        league: "the column Lge".to_owned(),
        season: document::BY_ROWS.to_owned(),
        ..Layout::default()
    };
    let mut parsed = Parsed { layout, ..Parsed::default() };
    let mut reading = Reading { leagues: LeagueIndex::default(), dates, labels: Labels::default(), today };
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
                match reading.read(&row, &columns) {
                    Ok(found) => parsed.matches.push(found),
                    Err((kind, message)) => {
                        if kind == RejectionKind::MalformedSeason
                            && let Some((found, of_rest)) = table.reopen(&mut row, canonical, find)
                        {
                            let message = format!(
                                "a second heading line with {} columns; the rows behind it are read by it",
                                found.width()
                            );
                            parsed.rejections.push(row.reject(RejectionKind::SecondHeading, message));
                            columns = of_rest;
                            continue;
                        }
                        parsed.rejections.push(row.reject(kind, message));
                    }
                }
                parsed.rows += 1;
            }
        }
    }
    parsed.leagues = reading.leagues.into_leagues();
    parsed.layout.dates = reading.dates.describe();
    Ok((parsed, reading.dates))
}

/// The columns of results.
const NAMES: [&str; 9] = ["Sea", "Lge", "Date", "HT", "AT", "HS", "AS", "GD", "WDL"];

/// Where `Sea Lge Date HT AT HS AS GD WDL` stand.
struct Columns([usize; 9]);

/// Reads rows one by one.
struct Reading {
    leagues: LeagueIndex,
    dates: DateOrder,
    labels: Labels,
    today: NaiveDate,
}

impl Reading {
    fn read(&mut self, row: &Row, columns: &Columns) -> Result<SourceMatch, Fault> {
        let [season, league, date, home, away, home_goals, away_goals, difference, result] =
            columns.0.map(|column| row.field(column));
        let season = read_season(season)?;
        let date = self.dates.read(date, row.line)?.day;
        let (home, away) = values::teams(home, away)?;
        let score = if home_goals == NOT_PLAYED && away_goals == NOT_PLAYED {
            None
        } else {
            values::score(home_goals, away_goals)?
        };
        if let Some(score) = score {
            values::not_future(date, self.today)?;
            check_difference(score, difference)?;
            let result = match result {
                "W" => "H",
                "L" => "A",
                other => other,
            };
            self.labels.check(score, result, &home, &away)?;
        }
        let league = if let Some(known) = self.leagues.find(league) {
            known
        } else {
            let record = describe(league).ok_or_else(|| unknown_league(league))?;
            self.leagues.index(league, || record)
        };
        Ok(SourceMatch {
            line: row.line,
            league,
            season,
            home,
            away,
            kickoff: Kickoff::on(date),
            status: if score.is_some() { MatchStatus::Finished } else { MatchStatus::Scheduled },
            score,
            half_time: None,
            referee: None,
            attendance: None,
            external_id: None,
            stats: None,
            odds: Vec::new(),
            setting: MatchSetting::default(),
        })
    }
}

fn read_season(label: &str) -> Result<Season, Fault> {
    Season::from_short(label).map_err(|_| {
        (
            RejectionKind::MalformedSeason,
            format!("{label:.20?} is not a season; write two years, such as 22-23"),
        )
    })
}

/// Goal difference and goals; a difference that is no number contradicts nothing.
fn check_difference(score: Score, difference: &str) -> Result<(), Fault> {
    match values::whole(difference) {
        Some(said) if said != i64::from(score.difference()) => {
            let message = format!(
                "the score {score} contradicts the goal difference {difference:.20?}; correct one of them"
            );
            Err((RejectionKind::ContradictoryResult, message))
        }
        _ => Ok(()),
    }
}

fn unknown_league(code: &str) -> Fault {
    let message =
        format!("{code:?} is not a league code; write three capital letters and the tier, such as GER1");
    (RejectionKind::UnknownLeague, message)
}

/// Countries of the league codes' three letters.
const COUNTRIES: [(&str, &str); 35] = [
    ("ARG", "Argentina"),
    ("AUS", "Australia"),
    ("AUT", "Austria"),
    ("BEL", "Belgium"),
    ("BRA", "Brazil"),
    ("CHE", "Switzerland"),
    ("CHL", "Chile"),
    ("CHN", "China"),
    ("DNK", "Denmark"),
    ("DZA", "Algeria"),
    ("ECU", "Ecuador"),
    ("ENG", "England"),
    ("FIN", "Finland"),
    ("FRA", "France"),
    ("GER", "Germany"),
    ("GRE", "Greece"),
    ("HOL", "Netherlands"),
    ("ISR", "Israel"),
    ("ITA", "Italy"),
    ("JPN", "Japan"),
    ("KOR", "South Korea"),
    ("MAR", "Morocco"),
    ("MEX", "Mexico"),
    ("NOR", "Norway"),
    ("NZL", "New Zealand"),
    ("POR", "Portugal"),
    ("RUS", "Russia"),
    ("SCO", "Scotland"),
    ("SPA", "Spain"),
    ("SWE", "Sweden"),
    ("TUN", "Tunisia"),
    ("TUR", "Turkey"),
    ("USA", "United States"),
    ("VEN", "Venezuela"),
    ("ZAF", "South Africa"),
];

/// The league of a code: three capital letters for the country, a digit for the tier. A country outside the
/// list goes by its letters.
fn describe(code: &str) -> Option<NewLeague> {
    let (letters, tier) = code.split_at_checked(3)?;
    let well_formed = letters.bytes().all(|b| b.is_ascii_uppercase()) && tier.len() == 1;
    let level = tier.parse::<u8>().ok().filter(|level| well_formed && *level > 0)?;
    let country = COUNTRIES.iter().find(|(prefix, _)| *prefix == letters).map_or(letters, |(_, name)| name);
    Some(NewLeague {
        code: code.to_owned(),
        name: format!("{country}, tier {level}"),
        country: country.to_owned(),
        level,
        source: NAME.to_owned(),
        kind: CompetitionKind::League,
    })
}

/// Reads `ID,Sea,Lge,Date,HT,AT` and, where it is there, `neutral`, columns by name in any order, others ignored. League and clubs are as
/// written: whether they are known is for the reader's caller to say.
///
/// # Errors
/// The document as a whole is unusable: see [`DocumentError`].
pub fn read_fixtures(document: &Document<'_>) -> Result<Fixtures, DocumentError> {
    let bytes = unpack(document.bytes, TABLE)?;
    let find =
        |headings: &Headings| headings.require([&["ID"], &["Sea"], &["Lge"], &["Date"], &["HT"], &["AT"]]);
    let (mut table, headings, columns) = Table::open(&bytes, canonical, find)?;
    let neutral = headings.find(&canonical("neutral"));
    let mut fixtures = Fixtures::default();
    let mut ids = HashSet::new();
    let mut row = Row::default();
    loop {
        match table.read(&mut row)? {
            Step::End => return Ok(fixtures),
            Step::Empty => {}
            Step::Rejected(rejection) => fixtures.rejections.push(rejection),
            Step::Row => match read_fixture(&row, columns, neutral, &mut ids) {
                Ok(fixture) => fixtures.rows.push(fixture),
                Err((kind, message)) => fixtures.rejections.push(row.reject(kind, message)),
            },
        }
    }
}

fn read_fixture(
    row: &Row,
    columns: [usize; 6],
    neutral: Option<usize>,
    ids: &mut HashSet<String>,
) -> Result<FixtureRow, Fault> {
    let [id, season, league, date_text, home, away] = columns.map(|column| row.field(column));
    if id.is_empty() {
        return Err((RejectionKind::MalformedId, "the fixture has no ID".to_owned()));
    }
    if Season::from_short(season).is_err() {
        season.parse::<Season>().map_err(|e| (RejectionKind::MalformedSeason, e.to_string()))?;
    }
    // Whether the league is known is for the store to say: it may hold leagues of any source.
    if league.is_empty() || league.len() > LONGEST_CODE {
        return Err((RejectionKind::UnknownLeague, format!("{league:?} is not a league code")));
    }
    let date = values::date(date_text)?;
    let (home, away) = values::teams(home, away)?;
    let (neutral_ground, fault) = values::is_neutral(row.optional(neutral));
    if let Some(message) = fault {
        return Err((RejectionKind::MalformedSetting, message));
    }
    if !ids.insert(id.to_owned()) {
        return Err((RejectionKind::MalformedId, format!("the ID {id:?} stands on an earlier line too")));
    }
    Ok(FixtureRow {
        line: row.line,
        id: id.to_owned(),
        season: season.to_owned(),
        league: league.to_owned(),
        date,
        date_text: date_text.to_owned(),
        home,
        away,
        neutral_ground,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADINGS: &str = "Sea,Lge,Date,HT,AT,HS,AS,GD,WDL\n";

    fn parse(rows: &str) -> Parsed {
        let text = format!("{HEADINGS}{rows}");
        let document = Document { name: "train.csv", bytes: text.as_bytes() };
        Challenge.parse(&document, "2023-03-01T12:00:00Z".parse().unwrap()).unwrap()
    }

    fn kinds(parsed: &Parsed) -> Vec<(u32, &'static str)> {
        parsed.rejections.iter().map(|r| (r.line, r.kind.name())).collect()
    }

    #[test]
    fn results_and_unplayed_matches_are_read() {
        let parsed = parse(
            "22-23,GER1,04/02/2023,Nordheim,Suedau,3,1,2,W\n22-23,ENG5,05/02/2023,Quor,Zan,0,0,0,D\n,,,,,,,,\n\
             22-23,GER1,06/02/2023,Suedau,Nordheim,-1,-1,0,D\n22-23,GER1,06/05/2023,Ostau,Nordheim,-1,-1,0,D\n",
        );
        assert_eq!(kinds(&parsed), []);
        assert_eq!((parsed.rows, parsed.empty_rows), (4, 1));
        assert_eq!(
            parsed.leagues.iter().map(|l| (&*l.country, l.level)).collect::<Vec<_>>(),
            [("Germany", 1), ("England", 5)]
        );
        assert_eq!(parsed.matches[0].score, Some(Score { home: 3, away: 1 }));
        assert_eq!(parsed.matches[0].season.to_string(), "2022-23");
        assert_eq!(parsed.matches.iter().map(|m| m.league).collect::<Vec<_>>(), [0, 1, 0, 0]);
        assert!(parsed.matches[2..].iter().all(|m| m.status == MatchStatus::Scheduled && m.score.is_none()));
        assert_eq!(parsed.matches[3].line, 6);
    }

    #[test]
    fn every_fault_is_told_by_its_line_and_costs_no_other_row() {
        let parsed = parse(
            "22-23,GER1,04/02/2023,Nordheim,Suedau,3,1,1,W\n\
             22-23,GER1,04/02/2023,Nordheim,Suedau,3,1,2,L\n\
             22-23,GER1,04/02/2023,Nordheim,Suedau,120,1,119,W\n\
             22-23,GER1,04/02/2023,Nordheim,Nordheim,3,1,2,W\n\
             22-23,GER1,04/04/2023,Nordheim,Suedau,3,1,2,W\n\
             22-24,GER1,04/02/2023,Nordheim,Suedau,3,1,2,W\n\
             22-23,Bundesliga,04/02/2023,Nordheim,Suedau,3,1,2,W\n\
             22-23,GER1,,Nordheim,Suedau,3,1,2,W\n\
             22-23,GER1,04/02/2023,Nordheim,,3,1,2,W\n\
             22-23,GER1,04/02/2023,Nordheim,Suedau,3,-1,4,W\n\
             22-23,GER1,04/02/2023,Nordheim\n\
             22-23,GER1,04/02/2023,Nordheim,Suedau,3,1,2,W\n",
        );
        assert_eq!(
            kinds(&parsed),
            [
                (2, "contradictory_result"),
                (3, "contradictory_result"),
                (4, "score_out_of_range"),
                (5, "same_team"),
                (6, "future_result"),
                (7, "malformed_season"),
                (8, "unknown_league"),
                (9, "malformed_date"),
                (10, "missing_team"),
                (11, "score_out_of_range"),
                (12, "missing_team"),
            ]
        );
        assert_eq!((parsed.matches.len(), parsed.rows), (1, 12));
        assert_eq!(parsed.leagues.len(), 1);
    }

    #[test]
    fn fixtures_may_say_that_the_ground_is_neutral() {
        let text = "ID,Sea,Lge,Date,HT,AT,Neutral\n1,22-23,GER1,14/04/2023,Nordheim,Suedau,TRUE\n\
                    2,22-23,GER1,14/04/2023,Ostau,Westau,\n3,22-23,GER1,14/04/2023,Zan,Quor,perhaps\n";
        let fixtures = read_fixtures(&Document { name: "fixtures.csv", bytes: text.as_bytes() }).unwrap();
        let told: Vec<_> = fixtures.rows.iter().map(|row| (row.line, row.neutral_ground)).collect();
        assert_eq!(told, [(2, true), (3, false)]);
        let kinds: Vec<_> = fixtures.rejections.iter().map(|r| (r.line, r.kind.name())).collect();
        assert_eq!(kinds, [(4, "malformed_setting")]);
    }

    #[test]
    fn codes_of_unlisted_countries_are_leagues_of_their_letters() {
        let league = describe("XYZ2").unwrap();
        assert_eq!((&*league.country, league.level), ("XYZ", 2));
        for code in ["", "GER", "GER0", "ger1", "GER12", "GE1", "Gé1", "GERÄ"] {
            assert!(describe(code).is_none(), "{code}");
        }
    }

    #[test]
    fn fixtures_are_read_by_column_name_and_kept_as_written() {
        let text = "Lge,ID,AT,HT,Date,Sea,note\nGER1,7,Suedau,Nordheim,14/04/2023,22-23,x\n\
                    GER1,7,Suedau,Ostau,14/04/2023,22-23,x\nGER1,8,Suedau,Ostau,14/13/2023,22-23,x\n\n\
                    ,9,Suedau,Ostau,14/04/2023,22-23,x\nGER1,,Suedau,Ostau,14/04/2023,22-23,x\n";
        let fixtures = read_fixtures(&Document { name: "fixtures.csv", bytes: text.as_bytes() }).unwrap();
        assert_eq!(fixtures.rows.len(), 1);
        let row = &fixtures.rows[0];
        assert_eq!((row.line, &*row.id, &*row.season, &*row.league), (2, "7", "22-23", "GER1"));
        assert_eq!((&*row.date_text, &*row.home, &*row.away), ("14/04/2023", "Nordheim", "Suedau"));
        let kinds: Vec<_> = fixtures.rejections.iter().map(|r| (r.line, r.kind.name())).collect();
        assert_eq!(
            kinds,
            [(3, "malformed_id"), (4, "malformed_date"), (6, "unknown_league"), (7, "malformed_id")]
        );
        let error = read_fixtures(&Document { name: "x", bytes: b"ID,Date\n1,2\n" }).unwrap_err();
        assert_eq!(
            error,
            DocumentError::WrongColumns { missing: "Sea, Lge, HT, AT".into(), found: "ID, Date".into() }
        );
    }
}
