//! football-data.co.uk: results, statistics and odds of European leagues since 1993, of extra leagues since
//! 2012, and fixtures. Three shapes, told apart by their headings: season files (`2223/E0.csv`) and
//! `fixtures.csv` with `Div`, the extra leagues' `new/ARG.csv` and their fixtures with `Country`. Columns are
//! found by name, since the headings change nearly every year.

mod catalogue;
mod counts;
mod prices;

use crate::leagues::LeagueIndex;
use crate::seasons;
use crate::table::{Headings, Row, Step, Table};
use crate::text::{TABLE, unpack};
use crate::values::{self, Fault};
use crate::{Document, DocumentError, MatchSetting, Parsed, Rejection, RejectionKind, Source, SourceMatch};
pub(super) use catalogue::CatalogueEntry;
use catalogue::extra_code;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use counts::Counts;
use prices::Prices;
use touchline_domain::{Kickoff, MatchStatus, Outcome, Score, Season};

/// Reads every file of football-data.co.uk.
#[derive(Debug, Clone, Copy, Default)]
pub struct FootballData;

impl Source for FootballData {
    fn name(&self) -> &'static str {
        "football-data"
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        parse(document, collected_at.date_naive(), self.name(), &catalogue::LEAGUES)
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
    let (mut table, headings) = Table::open(&bytes)?;
    let columns = Columns::find(&headings, document.name)?;
    let mut parsed = Parsed { rejections: columns.prices.fault().into_iter().collect(), ..Parsed::default() };
    let mut reading = Reading { columns, today, source, catalogue, leagues: LeagueIndex::default() };
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
                parsed.rows += 1;
                match reading.read(&row, &mut parsed.rejections) {
                    Ok(draft) => drafts.push(draft),
                    Err((kind, message)) => parsed.rejections.push(row.reject(kind, message)),
                }
            }
        }
    }
    parsed.leagues = reading.leagues.into_leagues();
    let hints = seasons::hints(document.name);
    settle_seasons(drafts, parsed.leagues.len(), &hints, &mut parsed);
    parsed.rejections.sort_by_key(|rejection| rejection.line);
    Ok(parsed)
}

/// Where the league of a row is told.
#[derive(Debug)]
enum LeagueColumn {
    /// The code itself.
    Div(usize),
    /// The country of an extra league; the code where the file is named by one.
    Country(usize, Option<&'static str>),
}

/// Where everything stands.
#[derive(Debug)]
struct Columns {
    league: LeagueColumn,
    date: usize,
    home: usize,
    away: usize,
    goals: Option<(usize, usize)>,
    result: Option<usize>,
    half_time: Option<(usize, usize)>,
    time: Option<usize>,
    season: Option<usize>,
    referee: Option<usize>,
    counts: Counts,
    prices: Prices,
}

impl Columns {
    fn find(headings: &Headings, name: &str) -> Result<Self, DocumentError> {
        let is_extra = headings.find("Div").is_none() && headings.find("Country").is_some();
        let (league, goals) = if is_extra {
            let stem = name.rsplit(['/', '\\']).next().and_then(|file| file.split('.').next());
            let column = headings.find("Country").unwrap_or_default();
            (LeagueColumn::Country(column, stem.and_then(extra_code)), ("HG", "AG"))
        } else {
            (LeagueColumn::Div(headings.find("Div").unwrap_or_default()), ("FTHG", "FTAG"))
        };
        let [_, date, home, away] = headings.require([
            &["Div", "Country"],
            &["Date"],
            &["HomeTeam", "Home", "HT"],
            &["AwayTeam", "Away", "AT"],
        ])?;
        let pair = |home: &str, away: &str| Some((headings.find(home)?, headings.find(away)?));
        let goals = pair(goals.0, goals.1).or_else(|| pair("HG", "AG"));
        Ok(Self {
            league,
            date,
            home,
            away,
            goals,
            result: headings.find_any(&["FTR", "Res"]),
            half_time: pair("HTHG", "HTAG"),
            time: headings.find("Time"),
            season: headings.find("Season"),
            referee: headings.find("Referee"),
            counts: Counts::find(headings),
            prices: Prices::find(headings, is_extra && goals.is_some()),
        })
    }
}

/// A match whose season is still to be settled where its row does not say.
struct Draft {
    found: SourceMatch,
    date: NaiveDate,
    settled: bool,
}

/// Reads rows one by one.
struct Reading {
    columns: Columns,
    today: NaiveDate,
    source: &'static str,
    catalogue: &'static [CatalogueEntry],
    leagues: LeagueIndex,
}

impl Reading {
    /// Reads a row; faults that cost only a value of it go to `rejections`.
    fn read(&mut self, row: &Row, rejections: &mut Vec<Rejection>) -> Result<Draft, Fault> {
        let columns = &self.columns;
        let date = values::date(row.field(columns.date))?;
        let (home, away) = values::teams(row.field(columns.home), row.field(columns.away))?;
        let score = read_score(row, columns, date, self.today)?;
        let entry = self.entry(row)?;
        let season =
            stated_season(row.optional(columns.season), date)?.or_else(|| entry.calendar_season(date));

        let mut partly = |kind, message: Option<String>| {
            rejections.extend(message.map(|message| row.reject(kind, message)));
        };
        let (kickoff, fault) = read_kickoff(date, row.optional(columns.time));
        partly(RejectionKind::MalformedTime, fault);
        let (half_time, fault) = read_half_time(row, columns.half_time, score);
        partly(RejectionKind::MalformedHalfTime, fault);
        let (stats, attendance, fault) = columns.counts.read(row);
        partly(RejectionKind::MalformedStatistic, fault);
        // A fixture of a day to come is read with the prices of the last gathering before today.
        let published = if date > self.today { Kickoff::on(self.today).at } else { kickoff.at };
        let (odds, fault) = columns.prices.read(row, kickoff, published);
        partly(RejectionKind::MalformedOdds, fault);

        let referee = Some(row.optional(columns.referee)).filter(|name| !name.is_empty());
        let found = SourceMatch {
            line: row.line,
            league: self.leagues.index(entry.code, || entry.record(self.source)),
            season: season.unwrap_or_else(|| seasons::of_date(date)),
            home,
            away,
            kickoff,
            status: if score.is_some() { MatchStatus::Finished } else { MatchStatus::Scheduled },
            score,
            half_time,
            referee: referee.map(str::to_owned),
            attendance,
            external_id: None,
            stats,
            odds,
            setting: MatchSetting::default(),
        };
        Ok(Draft { found, date, settled: season.is_some() })
    }

    fn entry(&self, row: &Row) -> Result<&'static CatalogueEntry, Fault> {
        let (written, code) = match self.columns.league {
            LeagueColumn::Div(column) => (row.field(column), Some(row.field(column))),
            LeagueColumn::Country(column, of_file) => {
                (row.field(column), of_file.or_else(|| extra_code(row.field(column))))
            }
        };
        let entry = code.and_then(|code| self.catalogue.iter().find(|entry| entry.code == code));
        entry.ok_or_else(|| {
            let message =
                format!("{written:?} is not a league of {}; its codes are in its documentation", self.source);
            (RejectionKind::UnknownLeague, message)
        })
    }
}

fn read_score(
    row: &Row,
    columns: &Columns,
    date: NaiveDate,
    today: NaiveDate,
) -> Result<Option<Score>, Fault> {
    let Some((home, away)) = columns.goals else { return Ok(None) };
    let score = values::score(row.field(home), row.field(away))?;
    if let Some(score) = score {
        values::not_future(date, today)?;
        let result = row.optional(columns.result);
        let letter = match Outcome::of(score) {
            Outcome::HomeWin => "H",
            Outcome::Draw => "D",
            Outcome::AwayWin => "A",
        };
        if !result.is_empty() && result != letter {
            let message = format!("the score {score} contradicts the result {result:?}");
            return Err((RejectionKind::ContradictoryResult, message));
        }
    }
    Ok(score)
}

/// The season of a `Season` column such as `2012/2013` or `2026`.
fn stated_season(label: &str, date: NaiveDate) -> Result<Option<Season>, Fault> {
    if label.is_empty() {
        return Ok(None);
    }
    let season = label.parse::<Season>().map_err(|e| (RejectionKind::MalformedSeason, e.to_string()))?;
    let start = i32::from(season.start());
    // A decider of 2013-14 was played in January 2015: the source's word counts, short of a slip of years.
    if (start..=start + 2).contains(&date.year()) {
        Ok(Some(season))
    } else {
        Err((RejectionKind::DateOutsideSeason, format!("{date} lies outside the season {season}")))
    }
}

fn read_kickoff(date: NaiveDate, time: &str) -> (Kickoff, Option<String>) {
    match values::time(time) {
        Some(time) => (Kickoff::at(values::uk(date, time)), None),
        None if time.is_empty() => (Kickoff::on(date), None),
        None => (Kickoff::on(date), Some(format!("{time:.20?} is not a time; only the date is kept"))),
    }
}

fn read_half_time(
    row: &Row,
    columns: Option<(usize, usize)>,
    score: Option<Score>,
) -> (Option<Score>, Option<String>) {
    let (Some((home, away)), Some(score)) = (columns, score) else { return (None, None) };
    match values::score(row.field(home), row.field(away)) {
        Ok(Some(half)) if half.home > score.home || half.away > score.away => {
            (None, Some(format!("the half-time score {half} is above the score {score}; it is left out")))
        }
        Ok(half) => (half, None),
        Err((_, message)) => (None, Some(format!("half time: {message}; it is left out"))),
    }
}

/// Settles the seasons that no row states, league by league: the one that the file's name hints at where most
/// dates agree with it, else by the dates.
fn settle_seasons(drafts: Vec<Draft>, leagues: usize, hints: &[Season], parsed: &mut Parsed) {
    let mut settled: Vec<Option<Season>> =
        drafts.iter().map(|draft| draft.settled.then_some(draft.found.season)).collect();
    for league in 0..leagues {
        let open: Vec<usize> =
            (0..drafts.len()).filter(|i| !drafts[*i].settled && drafts[*i].found.league == league).collect();
        let dates: Vec<NaiveDate> = open.iter().map(|i| drafts[*i].date).collect();
        let agrees = |season: &&Season| {
            let held = dates.iter().filter(|date| seasons::may_hold(**season, **date)).count();
            !season.is_calendar_year() && held * 2 > dates.len()
        };
        if let Some(season) = hints.iter().find(agrees) {
            for (i, date) in open.into_iter().zip(dates) {
                settled[i] = Some(*season).filter(|season| seasons::may_hold(*season, date));
            }
        } else {
            for (i, season) in open.into_iter().zip(seasons::of_dates(&dates)) {
                settled[i] = Some(season);
            }
        }
    }
    for (mut draft, season) in drafts.into_iter().zip(settled) {
        if let Some(season) = season {
            draft.found.season = season;
            parsed.matches.push(draft.found);
        } else {
            let found = draft.found;
            let message = format!(
                "{} lies outside the season that the file's name and its other rows tell",
                draft.date
            );
            let data = format!("{},{},{}", draft.date, found.home, found.away);
            parsed.rejections.push(Rejection::new(
                found.line,
                RejectionKind::DateOutsideSeason,
                message,
                &data,
            ));
        }
    }
}

#[cfg(test)]
mod tests;
