//! `/fixtures`: matches.

use super::{competitions, identifier, keep, leagues, name};
use crate::leagues::LeagueIndex;
use crate::values::{self, Fault};
use crate::{Parsed, Rejection, RejectionKind, SourceMatch, TeamIdentifier};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::Value;
use touchline_domain::{CompetitionKind, Kickoff, MatchStatus, Score, Season};

pub(super) fn read(rows: &[Value], today: NaiveDate, parsed: &mut Parsed) {
    let mut leagues = LeagueIndex::default();
    for (line, row) in (1..).zip(rows) {
        let read = read_match(line, row, today, &mut leagues);
        if let Some((found, fault)) = keep(parsed, line, row, read) {
            for (side, name) in [("home", &found.home), ("away", &found.away)] {
                let identifier = identifier(&row["teams"][side]["id"]);
                let of = |identifier| TeamIdentifier {
                    league: found.league,
                    name: name.clone(),
                    identifier,
                    line,
                };
                parsed.team_ids.extend(identifier.map(of));
            }
            parsed.matches.push(found);
            let reject =
                |text| Rejection::new(line, RejectionKind::MalformedHalfTime, text, &row.to_string());
            parsed.rejections.extend(fault.map(reject));
        }
    }
    parsed.leagues = leagues.into_leagues();
}

/// A match, and why its half-time score is left out where it is.
fn read_match(
    line: u32,
    row: &Value,
    today: NaiveDate,
    leagues: &mut LeagueIndex,
) -> Result<(SourceMatch, Option<String>), Fault> {
    let id = identifier(&row["fixture"]["id"])
        .ok_or_else(|| (RejectionKind::MalformedId, "fixture.id is not an identifier".to_owned()))?;
    let teams = &row["teams"];
    let side = |side: &str| teams[side]["name"].as_str().unwrap_or_default().trim();
    let (home, away) = values::teams(side("home"), side("away"))?;
    let short = row["fixture"]["status"]["short"].as_str().unwrap_or_default();
    let status = read_status(short)?;
    let kickoff = read_kickoff(&row["fixture"], short)?;
    let date = kickoff.at.date_naive();
    let score = read_score(row, short, status)?;
    if score.is_some() {
        values::not_future(date, today)?;
    }
    let (half_time, fault) = match (score, pair(&row["score"]["halftime"])) {
        (None, _) => (None, None),
        (Some(score), Ok(half)) => values::half_time(half, score),
        (Some(_), Err((_, message))) => (None, Some(format!("half time: {message}; it is left out"))),
    };
    let (league, season, kind) = read_league(&row["league"], date, leagues)?;
    let found = SourceMatch {
        line,
        league,
        season,
        home,
        away,
        kickoff,
        status,
        score,
        half_time,
        referee: name(&row["fixture"]["referee"]),
        attendance: None,
        external_id: Some(id),
        stats: None,
        odds: Vec::new(),
        setting: competitions::setting(row, kind, score),
    };
    Ok((found, fault))
}

fn read_league(
    league: &Value,
    date: NaiveDate,
    leagues: &mut LeagueIndex,
) -> Result<(usize, Season, CompetitionKind), Fault> {
    let parts = (league["id"].as_u64(), name(&league["name"]), name(&league["country"]));
    let (Some(id), Some(league_name), Some(country)) = parts else {
        let message = "league needs an id, a name and a country".to_owned();
        return Err((RejectionKind::UnknownLeague, message));
    };
    let malformed = || (RejectionKind::MalformedSeason, format!("{} starts no season", league["season"]));
    let start = league["season"].as_u64().and_then(|year| u16::try_from(year).ok()).ok_or_else(malformed)?;
    let described = leagues::describe(id, league_name, country);
    let season = if leagues::is_calendar_year(id, &described.country) {
        Season::calendar_year(start)
    } else {
        Season::cross_year(start)
    };
    let season = season.map_err(|_| malformed())?;
    let kind = described.kind;
    if !competitions::years_of(kind, start.into()).contains(&date.year()) {
        let message =
            format!("{date} lies outside the season {season} of the answer; ask for the fixture again");
        return Err((RejectionKind::DateOutsideSeason, message));
    }
    Ok((leagues.index(&leagues::code(id), || described), season, kind))
}

fn read_kickoff(fixture: &Value, short: &str) -> Result<Kickoff, Fault> {
    let text = fixture["date"].as_str().unwrap_or_default();
    let at = DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc)).ok();
    let at = at.filter(|at| (1888..2200).contains(&at.year())).ok_or_else(|| {
        (RejectionKind::MalformedDate, format!("fixture.date {text:.40?} is not a time with its zone"))
    })?;
    // Of a match whose time is to be defined the time is a placeholder.
    Ok(if short == "TBD" { Kickoff::on(at.date_naive()) } else { Kickoff::at(at) })
}

fn read_status(short: &str) -> Result<MatchStatus, Fault> {
    Ok(match short {
        "TBD" | "NS" => MatchStatus::Scheduled,
        "1H" | "HT" | "2H" | "ET" | "BT" | "P" | "SUSP" | "INT" | "LIVE" => MatchStatus::Live,
        "FT" | "AET" | "PEN" => MatchStatus::Finished,
        "PST" => MatchStatus::Postponed,
        "CANC" => MatchStatus::Cancelled,
        "ABD" => MatchStatus::Abandoned,
        "AWD" | "WO" => MatchStatus::Awarded,
        other => {
            return Err((RejectionKind::UnknownStatus, format!("{other:.20?} is not a status of a match")));
        }
    })
}

/// The score after 90 minutes and stoppage time. `goals` goes on into extra time (and leaves a shoot-out out), so it
/// stands for the 90 minutes only where the match ended with them.
fn read_score(row: &Value, short: &str, status: MatchStatus) -> Result<Option<Score>, Fault> {
    let full = pair(&row["score"]["fulltime"])?;
    let goals = pair(&row["goals"])?;
    match status {
        MatchStatus::Finished if short == "FT" => match (full, goals) {
            (Some(full), Some(goals)) if full != goals => {
                let message = format!("goals say {goals} and score.fulltime says {full}");
                Err((RejectionKind::ContradictoryResult, message))
            }
            (full, goals) => full.or(goals).map(Some).ok_or_else(|| without_score(short)),
        },
        MatchStatus::Finished => full.map(Some).ok_or_else(|| without_score(short)),
        MatchStatus::Awarded => Ok(full.or(goals)),
        // What was played of a match that runs, was broken off or never took place is no score after 90 minutes.
        _ => Ok(None),
    }
}

fn without_score(short: &str) -> Fault {
    (RejectionKind::MalformedScore, format!("a match of status {short} has no score after 90 minutes"))
}

/// Goals of both sides; none where both are null.
fn pair(value: &Value) -> Result<Option<Score>, Fault> {
    let (home, away) = (&value["home"], &value["away"]);
    if home.is_null() && away.is_null() {
        return Ok(None);
    }
    let (Some(home), Some(away)) = (home.as_i64(), away.as_i64()) else {
        return Err((RejectionKind::MalformedScore, "the goals are not two whole numbers".to_owned()));
    };
    Score::new(home, away).map(Some).map_err(|e| (RejectionKind::ScoreOutOfRange, e.to_string()))
}
