//! The Soccer Prediction Challenge (2017 and 2023): results of 51 leagues since 2000, and the fixtures to
//! forecast. Both are tables, CSV or gzipped CSV; only dates are known, no kick-off times.

use crate::leagues::LeagueIndex;
use crate::table::{Row, Step, Table};
use crate::text::{TABLE, unpack};
use crate::values::{self, Fault};
use crate::{Document, DocumentError, MatchSetting, Parsed, Rejection, RejectionKind, Source, SourceMatch};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashSet;
use touchline_domain::{CompetitionKind, Kickoff, MatchStatus, NewLeague, Outcome, Score, Season};

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
        let (mut table, headings) = Table::open(&bytes)?;
        let columns = Columns(headings.require([
            &["Sea"],
            &["Lge"],
            &["Date"],
            &["HT"],
            &["AT"],
            &["HS"],
            &["AS"],
            &["GD"],
            &["WDL"],
        ])?);
        let mut parsed = Parsed::default();
        let mut leagues = LeagueIndex::default();
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
                    parsed.rows += 1;
                    match read_match(&row, &columns, &mut leagues, today) {
                        Ok(found) => parsed.matches.push(found),
                        Err((kind, message)) => parsed.rejections.push(row.reject(kind, message)),
                    }
                }
            }
        }
        parsed.leagues = leagues.into_leagues();
        Ok(parsed)
    }
}

/// Where `Sea Lge Date HT AT HS AS GD WDL` stand.
struct Columns([usize; 9]);

fn read_match(
    row: &Row,
    columns: &Columns,
    leagues: &mut LeagueIndex,
    today: NaiveDate,
) -> Result<SourceMatch, Fault> {
    let [season, league, date, home, away, home_goals, away_goals, difference, result] =
        columns.0.map(|column| row.field(column));
    let season = read_season(season)?;
    let date = values::date(date)?;
    let (home, away) = values::teams(home, away)?;
    let score = if home_goals == NOT_PLAYED && away_goals == NOT_PLAYED {
        None
    } else {
        values::score(home_goals, away_goals)?
    };
    if let Some(score) = score {
        values::not_future(date, today)?;
        check_result(score, difference, result)?;
    }
    let league = if let Some(known) = leagues.find(league) {
        known
    } else {
        let record = describe(league).ok_or_else(|| unknown_league(league))?;
        leagues.index(league, || record)
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

fn read_season(label: &str) -> Result<Season, Fault> {
    Season::from_short(label).map_err(|_| {
        (RejectionKind::MalformedSeason, format!("{label:?} is not a season; write two years, such as 22-23"))
    })
}

fn check_result(score: Score, difference: &str, result: &str) -> Result<(), Fault> {
    let letter = match Outcome::of(score) {
        Outcome::HomeWin => "W",
        Outcome::Draw => "D",
        Outcome::AwayWin => "L",
    };
    let same_difference =
        difference.is_empty() || values::whole(difference) == Some(score.difference().into());
    if same_difference && (result.is_empty() || result == letter) {
        return Ok(());
    }
    let message =
        format!("the score {score} contradicts the goal difference {difference:?} or result {result:?}");
    Err((RejectionKind::ContradictoryResult, message))
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

/// Reads `ID,Sea,Lge,Date,HT,AT`, columns by name in any order, others ignored. League and clubs are as
/// written: whether they are known is for the reader's caller to say.
///
/// # Errors
/// The document as a whole is unusable: see [`DocumentError`].
pub fn read_fixtures(document: &Document<'_>) -> Result<Fixtures, DocumentError> {
    let bytes = unpack(document.bytes, TABLE)?;
    let (mut table, headings) = Table::open(&bytes)?;
    let columns = headings.require([&["ID"], &["Sea"], &["Lge"], &["Date"], &["HT"], &["AT"]])?;
    let mut fixtures = Fixtures::default();
    let mut ids = HashSet::new();
    let mut row = Row::default();
    loop {
        match table.read(&mut row)? {
            Step::End => return Ok(fixtures),
            Step::Empty => {}
            Step::Rejected(rejection) => fixtures.rejections.push(rejection),
            Step::Row => match read_fixture(&row, columns, &mut ids) {
                Ok(fixture) => fixtures.rows.push(fixture),
                Err((kind, message)) => fixtures.rejections.push(row.reject(kind, message)),
            },
        }
    }
}

fn read_fixture(row: &Row, columns: [usize; 6], ids: &mut HashSet<String>) -> Result<FixtureRow, Fault> {
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
        assert_eq!(error, DocumentError::WrongColumns { missing: "Sea, Lge, HT, AT".into() });
    }
}
