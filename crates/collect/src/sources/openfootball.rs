//! openfootball's football.json: results and fixtures of some fifty leagues, of cups and of tournaments, public domain. Two
//! shapes: today's `matches[]` with `score.ft`, and that of older files, `rounds[].matches[]` with team objects and
//! `score1`/`score2`. The league is told by the file name, a cup by that or the title, the season by its folder, name or title.
//! Kick-off times are local without a zone, so only the date is kept.

mod catalogue;
mod cups;
mod football_txt;

pub(crate) use catalogue::{describe as league_of_code, named_codes};

use crate::document::{self, Context, Hints, Layout, Unplayed};
use crate::text::{JSON, unpack};
use crate::values::{self, Fault};
use crate::{Document, DocumentError, Parsed, Rejection, RejectionKind, Source, SourceMatch, seasons};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use cups::Place;
use serde_json::Value;
use touchline_domain::{CompetitionKind, Kickoff, MatchStatus, NATIONAL_TEAMS, NewLeague, Score, Season};

/// The name under which the records are kept.
const NAME: &str = "openfootball";

/// Reads the JSON files of openfootball. A match's line is its number in the file, from 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenFootball;

impl Source for OpenFootball {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let today = collected_at.date_naive();
        let bytes = unpack(document.bytes, JSON)?;
        if bytes.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
            let text = crate::text::decode(&bytes);
            if football_txt::is_football_txt(&text) {
                return football_txt::parse(document.name, &text, today);
            }
            let message = "it is neither football.json (which starts with a brace) nor Football.TXT (with a heading after =)";
            return Err(DocumentError::Json(message.to_owned()));
        }
        let root: Value = serde_json::from_slice(&bytes).map_err(|e| DocumentError::Json(e.to_string()))?;
        let rows = rows(&root).ok_or_else(|| DocumentError::Json("neither matches nor rounds".to_owned()))?;
        let title = root["name"].as_str().unwrap_or_default();
        let hints = Hints::of(document.name);
        let league = league(hints.name, title, &rows)?;
        let mut parsed = Parsed { leagues: vec![league], rows: rows.len() as u64, ..Parsed::default() };
        if rows.is_empty() {
            return Ok(parsed);
        }
        let season = hints
            .season
            .or_else(|| season(hints.name, title, &rows))
            .ok_or_else(|| DocumentError::UnknownSeason(document.name.to_owned()))?;
        parsed.layout = layout(&parsed.leagues[0], season);
        for (line, (round, row)) in (1..).zip(rows) {
            let reject = |(kind, message)| Rejection::new(line, kind, message, &row.to_string());
            match read_match(line, row, round, &parsed.leagues[0], season, today) {
                Ok((found, faults)) => {
                    parsed.matches.push(found);
                    parsed.rejections.extend(faults.into_iter().map(reject));
                }
                Err(fault) => parsed.rejections.push(reject(fault)),
            }
        }
        let goals = "score.ft (or score1 and score2)";
        let context = Context {
            today,
            unplayed: Unplayed::Silent { goals, are_there: true, suspects: Vec::new() },
            leagues: is_domestic(&parsed.leagues[0]),
            most_clubs: document::of_any_size,
        };
        document::judge(&mut parsed, &context)?;
        Ok(parsed)
    }
}

/// A match, and the name of its round.
type RoundRow<'a> = (Option<&'a str>, &'a Value);

/// Whether everybody plays everybody.
fn is_domestic(league: &NewLeague) -> bool {
    league.kind == CompetitionKind::League && league.country != NATIONAL_TEAMS
}

/// The league or cup of a document. One that says of itself that it is a cup is no league, whatever its name.
fn league(name: &str, title: &str, rows: &[RoundRow<'_>]) -> Result<NewLeague, DocumentError> {
    let shown = |text: &str| text.chars().take(80).collect::<String>();
    if let Some(league) = catalogue::of_file(name) {
        let groups = rows.iter().filter(|(_, row)| !row["group"].is_null()).count();
        let is_cup = catalogue::is_cup(title) || groups * 2 > rows.len();
        return if is_domestic(&league) && is_cup {
            Err(DocumentError::Cup(shown(if title.is_empty() { name } else { title })))
        } else {
            Ok(league)
        };
    }
    if let Some(league) = cups::of_words(title) {
        return Ok(league);
    }
    if catalogue::is_cup(name) || catalogue::is_cup(title) {
        return Err(DocumentError::Cup(shown(if title.is_empty() { name } else { title })));
    }
    Err(DocumentError::UnknownLeague(name.to_owned()))
}

fn layout(league: &NewLeague, season: Season) -> Layout {
    let mut used = vec!["date", "team1", "team2", "score.ft", "score.ht", "status"];
    let of_cups = ["round", "group", "score.et", "score.p"];
    let mut ignored = vec!["time"];
    if league.kind == CompetitionKind::League { &mut ignored } else { &mut used }.extend(of_cups);
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    Layout {
        used: owned(used),
        ignored: owned(ignored),
        dates: "year first".to_owned(),
        league: format!("the name or the title: {}", league.code),
        season: format!("the name or the title: {season}"),
        ..Layout::default()
    }
}

/// The matches of either shape, in the file's order.
fn rows(root: &Value) -> Option<Vec<RoundRow<'_>>> {
    if let Some(matches) = root["matches"].as_array() {
        return Some(matches.iter().map(|row| (row["round"].as_str(), row)).collect());
    }
    let mut rows = Vec::new();
    for round in root["rounds"].as_array()? {
        let matches = round["matches"].as_array().into_iter().flatten();
        rows.extend(matches.map(|row| (round["name"].as_str(), row)));
    }
    Some(rows)
}

/// The season that folder, file name or title tell; of several that of the year in which the first match is.
fn season(name: &str, title: &str, rows: &[RoundRow<'_>]) -> Option<Season> {
    let mut hints = seasons::hints(name);
    hints.extend(seasons::hints(&title.replace('/', "-")));
    let first = rows.iter().filter_map(|(_, row)| read_date(row).ok()).min();
    let starts = |season: &&Season| first.is_some_and(|date| i32::from(season.start()) == date.year());
    hints.iter().find(starts).or_else(|| hints.first()).copied()
}

/// Whether a match can be of a season: qualifiers begin years before the tournament whose name they bear.
fn may_be_of(date: NaiveDate, season: Season, league: &NewLeague) -> Result<(), Fault> {
    let start = i32::from(season.start());
    let first = if league.kind == CompetitionKind::Qualifiers { start - 4 } else { start };
    if (first..=start + 1).contains(&date.year()) {
        return Ok(());
    }
    let message =
        format!("{date} lies outside the season {season} that the name or the title tells; correct one");
    Err((RejectionKind::DateOutsideSeason, message))
}

/// A match, and why values of it are left out where they are.
fn read_match(
    line: u32,
    row: &Value,
    round: Option<&str>,
    league: &NewLeague,
    season: Season,
    today: NaiveDate,
) -> Result<(SourceMatch, Vec<Fault>), Fault> {
    let date = read_date(row)?;
    may_be_of(date, season, league)?;
    let (home, away) = values::teams(team(&row["team1"]), team(&row["team2"]))?;
    let stated = read_status(&row["status"])?;
    // What was played of a match that was broken off or never took place is no score after 90 minutes.
    let score = match stated {
        None | Some(MatchStatus::Awarded) => {
            read_score(&row["score"]["ft"], [&row["score1"], &row["score2"]])?
        }
        Some(_) => None,
    };
    if score.is_some() {
        values::not_future(date, today)?;
    }
    let played = if score.is_some() { MatchStatus::Finished } else { MatchStatus::Scheduled };
    let (half_time, fault) =
        match (score, read_score(&row["score"]["ht"], [&row["score1i"], &row["score2i"]])) {
            (None, _) => (None, None),
            (Some(score), Ok(half)) => values::half_time(half, score),
            (Some(_), Err((_, message))) => (None, Some(format!("half time: {message}; it is left out"))),
        };
    let mut faults: Vec<Fault> =
        fault.map(|text| (RejectionKind::MalformedHalfTime, text)).into_iter().collect();
    let mut setting = Place { round, group: row["group"].as_str() }.setting(league, season, &home);
    if league.kind != CompetitionKind::League && score.is_some() {
        let extra = read_score(&row["score"]["et"], [&row["score1et"], &row["score2et"]]);
        let shootout = read_score(&row["score"]["p"], [&row["score1p"], &row["score2p"]]);
        let fault = match (extra, shootout) {
            (Ok(extra), Ok(shootout)) => cups::beyond_90_minutes(&mut setting, score, extra, shootout),
            (Err((_, message)), _) | (_, Err((_, message))) => {
                Some(format!("extra time or shoot-out: {message}; they are left out"))
            }
        };
        faults.extend(fault.map(|text| (RejectionKind::MalformedSetting, text)));
    }
    let found = SourceMatch {
        line,
        league: 0,
        season,
        home,
        away,
        kickoff: Kickoff::on(date),
        status: stated.unwrap_or(played),
        score,
        half_time,
        referee: None,
        attendance: None,
        external_id: None,
        stats: None,
        odds: Vec::new(),
        setting,
    };
    Ok((found, faults))
}

fn read_date(row: &Value) -> Result<NaiveDate, Fault> {
    values::date(row["date"].as_str().unwrap_or_default())
}

/// A name, or in older files an object with a name.
fn team(value: &Value) -> &str {
    value.as_str().or_else(|| value["name"].as_str()).unwrap_or_default().trim()
}

/// A pair of goals, or in older files two numbers; none where both are absent.
fn read_score(pair: &Value, numbers: [&Value; 2]) -> Result<Option<Score>, Fault> {
    let (home, away) = match pair {
        Value::Null => (numbers[0], numbers[1]),
        pair => (&pair[0], &pair[1]),
    };
    let is_pair = pair.is_null() || pair.is_array();
    if is_pair && home.is_null() && away.is_null() {
        return Ok(None);
    }
    match (home.as_i64(), away.as_i64()) {
        (Some(home), Some(away)) => {
            Score::new(home, away).map(Some).map_err(|e| (RejectionKind::ScoreOutOfRange, e.to_string()))
        }
        _ => Err((RejectionKind::MalformedScore, "the goals are not two whole numbers".to_owned())),
    }
}

/// A status that is stated; none where the score tells it.
fn read_status(value: &Value) -> Result<Option<MatchStatus>, Fault> {
    let text = match value {
        Value::Null => return Ok(None),
        value => value.as_str().unwrap_or("(no text)").to_ascii_lowercase(),
    };
    match text.as_str() {
        "" | "finished" | "played" | "scheduled" => Ok(None),
        "cancelled" | "canceled" | "annulled" => Ok(Some(MatchStatus::Cancelled)),
        "awarded" => Ok(Some(MatchStatus::Awarded)),
        "abandoned" | "suspended" => Ok(Some(MatchStatus::Abandoned)),
        "postponed" => Ok(Some(MatchStatus::Postponed)),
        other => Err((RejectionKind::UnknownStatus, format!("{other:.40?} is not a status of a match"))),
    }
}

#[cfg(test)]
mod tests;
