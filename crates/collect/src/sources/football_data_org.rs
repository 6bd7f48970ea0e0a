//! football-data.org v4: matches of leagues as JSON (`/competitions/PL/matches`, `/matches`, `/teams/ID/matches`). After
//! extra time or a shoot-out `score.fullTime` includes both, so that the score after 90 minutes is `regularTime`; a match
//! that lacks it is left out. Cups are not read. Teams that are not known yet are objects of nulls.

use crate::document::{self, Context, Layout, Unplayed};
use crate::leagues::LeagueIndex;
use crate::tables::well_known_league;
use crate::text::{JSON, unpack};
use crate::values::{self, Fault};
use crate::{Document, DocumentError, Parsed, Rejection, RejectionKind, Source, SourceMatch};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;
use std::collections::HashSet;
use touchline_domain::{CompetitionKind, Kickoff, MatchSetting, MatchStatus, NewLeague, Score, Season};

const NAME: &str = "football-data-org";

/// Reads answers of football-data.org. A match's line is its number in the answer, from 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct FootballDataOrg;

impl Source for FootballDataOrg {
    fn name(&self) -> &str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack(document.bytes, JSON)?;
        let root: Value = serde_json::from_slice(&bytes).map_err(|e| DocumentError::Json(e.to_string()))?;
        if root["errorCode"].is_number() || root["error"].is_number() {
            return Err(DocumentError::Provider(
                root["message"].as_str().unwrap_or("no message").chars().take(200).collect(),
            ));
        }
        let Some(rows) = root["matches"].as_array() else {
            return Err(DocumentError::Json(
                "it holds no matches; of this provider answers with matches are read".to_owned(),
            ));
        };
        let today = collected_at.date_naive();
        let mut parsed = Parsed { rows: rows.len() as u64, layout: layout(), ..Parsed::default() };
        let mut leagues = LeagueIndex::default();
        let mut met = HashSet::new();
        let mut cup = None;
        for (line, row) in (1..).zip(rows) {
            let competition =
                if row["competition"].is_object() { &row["competition"] } else { &root["competition"] };
            if competition["type"] == "CUP" {
                cup = cup.or(competition["name"].as_str());
            }
            match read(line, row, competition, today, &mut leagues) {
                Ok((found, _)) if found.external_id.as_ref().is_some_and(|id| !met.insert(id.clone())) => {
                    let message = "a match with this id stands in the answer before".to_owned();
                    parsed.rejections.push(Rejection::new(
                        line,
                        RejectionKind::MalformedId,
                        message,
                        &row.to_string(),
                    ));
                }
                Ok((found, fault)) => {
                    let reject =
                        |text| Rejection::new(line, RejectionKind::MalformedHalfTime, text, &row.to_string());
                    parsed.rejections.extend(fault.map(reject));
                    parsed.matches.push(found);
                }
                Err((kind, message)) => {
                    parsed.rejections.push(Rejection::new(line, kind, message, &row.to_string()));
                }
            }
        }
        parsed.leagues = leagues.into_leagues();
        if let (Some(cup), true) = (cup, parsed.matches.is_empty()) {
            return Err(DocumentError::Cup(cup.chars().take(80).collect()));
        }
        let context =
            Context { today, unplayed: Unplayed::Said, leagues: true, most_clubs: document::of_any_size };
        document::judge(&mut parsed, &context)?;
        Ok(parsed)
    }
}

fn layout() -> Layout {
    let used = [
        "utcDate",
        "status",
        "homeTeam.name",
        "awayTeam.name",
        "score.fullTime",
        "score.regularTime",
        "score.halfTime",
    ];
    Layout {
        used: used.map(str::to_owned).to_vec(),
        dates: "UTC".to_owned(),
        league: "competition.code".to_owned(),
        season: "season.startDate and endDate".to_owned(),
        ..Layout::default()
    }
}

fn read(
    line: u32,
    row: &Value,
    competition: &Value,
    today: NaiveDate,
    leagues: &mut LeagueIndex,
) -> Result<(SourceMatch, Option<String>), Fault> {
    if competition["type"] == "CUP" {
        let name = competition["name"].as_str().unwrap_or("this");
        let message = format!("{name:.60} is a cup, and cups are not read from this source");
        return Err((RejectionKind::UnknownLeague, message));
    }
    let Some(code) = competition["code"].as_str().filter(|code| (1..=20).contains(&code.len())) else {
        return Err((RejectionKind::UnknownLeague, "the match names no competition".to_owned()));
    };
    let (kickoff, stated) = (kickoff(row)?, status(&row["status"])?);
    let date = kickoff.at.date_naive();
    let name = |side: &Value| side["name"].as_str().unwrap_or_default().trim().to_owned();
    let (home, away) = values::teams(&name(&row["homeTeam"]), &name(&row["awayTeam"]))?;
    let score = match stated {
        MatchStatus::Finished | MatchStatus::Awarded => regular_score(&row["score"])?,
        _ => None,
    };
    if stated == MatchStatus::Finished && score.is_none() {
        return Err((RejectionKind::MalformedScore, "the match is over and has no score".to_owned()));
    }
    if score.is_some() {
        values::not_future(date, today)?;
    }
    let (half_time, fault) = match (score, pair(&row["score"]["halfTime"])) {
        (None, _) => (None, None),
        (Some(score), Ok(half)) => values::half_time(half, score),
        (Some(_), Err((_, message))) => (None, Some(format!("half time: {message}; it is left out"))),
    };
    let referee = row["referees"].as_array().and_then(|all| all.iter().find(|one| one["type"] == "REFEREE"));
    let referee =
        referee.and_then(|one| one["name"].as_str()).filter(|name| !name.is_empty() && name.len() <= 200);
    let id = row["id"].as_u64().map(|id| id.to_string());
    let Some(id) = id else {
        return Err((RejectionKind::MalformedId, "the match has no id".to_owned()));
    };
    let season = season(&row["season"])?;
    let found = SourceMatch {
        line,
        league: leagues.index(code, || league(code, competition, &row["area"])),
        season,
        home,
        away,
        kickoff,
        status: stated,
        score,
        half_time,
        referee: referee.map(str::to_owned),
        attendance: row["attendance"].as_u64().and_then(|n| u32::try_from(n).ok()),
        external_id: Some(id),
        stats: None,
        odds: Vec::new(),
        setting: MatchSetting::default(),
    };
    Ok((found, fault))
}

/// Kick-off; of a match whose time is not fixed yet only the day is known, and the provider writes midnight.
fn kickoff(row: &Value) -> Result<Kickoff, Fault> {
    let text = row["utcDate"].as_str().unwrap_or_default();
    let at = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|_| {
        (
            RejectionKind::MalformedDate,
            format!("{text:.40?} is not a time; the provider writes 2022-08-06T14:00:00Z"),
        )
    })?;
    let day = at.date_naive();
    if !(1888..=2199).contains(&chrono::Datelike::year(&day)) {
        return Err((RejectionKind::MalformedDate, format!("{day} is of no year of league football")));
    }
    let is_open =
        matches!(row["status"].as_str(), Some("SCHEDULED" | "POSTPONED")) && at.time() == NaiveTime::MIN;
    Ok(if is_open { Kickoff::on(day) } else { Kickoff::at(at) })
}

fn status(value: &Value) -> Result<MatchStatus, Fault> {
    match value.as_str().unwrap_or_default() {
        "SCHEDULED" | "TIMED" => Ok(MatchStatus::Scheduled),
        "IN_PLAY" | "PAUSED" | "EXTRA_TIME" | "PENALTY_SHOOTOUT" | "LIVE" => Ok(MatchStatus::Live),
        "FINISHED" => Ok(MatchStatus::Finished),
        "POSTPONED" => Ok(MatchStatus::Postponed),
        "SUSPENDED" => Ok(MatchStatus::Abandoned),
        "CANCELLED" | "CANCELED" => Ok(MatchStatus::Cancelled),
        "AWARDED" => Ok(MatchStatus::Awarded),
        other => Err((RejectionKind::UnknownStatus, format!("{other:.40?} is not a status of a match"))),
    }
}

/// The score after 90 minutes.
fn regular_score(score: &Value) -> Result<Option<Score>, Fault> {
    match score["duration"].as_str() {
        None | Some("REGULAR") => pair(&score["fullTime"]),
        Some(_) if score["regularTime"].is_object() => pair(&score["regularTime"]),
        Some(_) => {
            let message =
                "the match went beyond 90 minutes, and its score after 90 minutes is not told".to_owned();
            Err((RejectionKind::MalformedScore, message))
        }
    }
}

fn pair(goals: &Value) -> Result<Option<Score>, Fault> {
    match (&goals["home"], &goals["away"]) {
        (Value::Null, Value::Null) => Ok(None),
        (home, away) => match (home.as_i64(), away.as_i64()) {
            (Some(home), Some(away)) => {
                Score::new(home, away).map(Some).map_err(|e| (RejectionKind::ScoreOutOfRange, e.to_string()))
            }
            _ => Err((RejectionKind::MalformedScore, "the goals are not two whole numbers".to_owned())),
        },
    }
}

fn season(season: &Value) -> Result<Season, Fault> {
    let year = |key: &str| season[key].as_str().and_then(|date| date.get(..4)?.parse::<u16>().ok());
    let found = match (year("startDate"), year("endDate")) {
        (Some(start), Some(end)) if start == end => Season::calendar_year(start).ok(),
        (Some(start), Some(_)) => Season::cross_year(start).ok(),
        _ => None,
    };
    found.ok_or_else(|| {
        (RejectionKind::MalformedSeason, "the match names no season with start and end".to_owned())
    })
}

fn league(code: &str, competition: &Value, area: &Value) -> NewLeague {
    let text = |value: &Value, otherwise: &str| -> String {
        value.as_str().filter(|text| !text.is_empty()).unwrap_or(otherwise).chars().take(100).collect()
    };
    let known = well_known_league(code);
    let country = known.as_ref().map_or_else(|| text(&area["name"], "World"), |known| known.country.clone());
    NewLeague {
        code: code.to_owned(),
        name: text(&competition["name"], code),
        country,
        level: known.map_or(1, |known| known.level),
        source: NAME.to_owned(),
        kind: CompetitionKind::League,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(matches: &str) -> Result<Parsed, DocumentError> {
        let text = format!(
            r#"{{"competition": {{"code": "PL", "name": "Premier League", "type": "LEAGUE"}}, "matches": [{matches}]}}"#
        );
        let now = "2023-03-01T12:00:00Z".parse().unwrap();
        FootballDataOrg.parse(&Document { name: "a.json", bytes: text.as_bytes() }, now)
    }

    fn row(id: u32, status: &str, score: &str) -> String {
        format!(
            r#"{{"id": {id}, "utcDate": "2022-08-0{id}T14:00:00Z", "status": "{status}", "area": {{"name": "England"}},
            "season": {{"startDate": "2022-08-05", "endDate": "2023-05-28"}}, "homeTeam": {{"name": "Aau{id}"}},
            "awayTeam": {{"name": "Bau"}}, "score": {score}, "referees": [{{"name": "P Fiff", "type": "REFEREE"}}]}}"#
        )
    }

    #[test]
    fn the_score_is_that_after_90_minutes() {
        let regular = r#"{"duration": "REGULAR", "fullTime": {"home": 2, "away": 1}, "halfTime": {"home": 1, "away": 0}}"#;
        let extra = r#"{"duration": "EXTRA_TIME", "fullTime": {"home": 3, "away": 2}, "regularTime": {"home": 2, "away": 2}, "halfTime": {"home": 0, "away": 0}}"#;
        let untold = r#"{"duration": "PENALTY_SHOOTOUT", "fullTime": {"home": 7, "away": 6}}"#;
        let open = r#"{"fullTime": {"home": null, "away": null}}"#;
        let rows = [
            row(1, "FINISHED", regular),
            row(2, "FINISHED", extra),
            row(3, "FINISHED", untold),
            row(4, "TIMED", open),
        ];
        let parsed = read(&rows.join(",")).unwrap();
        let scores: Vec<_> =
            parsed.matches.iter().map(|m| (m.status.name(), m.score.map(|s| s.to_string()))).collect();
        assert_eq!(
            scores,
            [("finished", Some("2-1".to_owned())), ("finished", Some("2-2".to_owned())), ("scheduled", None)]
        );
        assert_eq!(
            (parsed.rejections[0].line, parsed.rejections[0].kind),
            (3, RejectionKind::MalformedScore)
        );
        let first = &parsed.matches[0];
        assert_eq!((first.external_id.as_deref(), first.referee.as_deref()), (Some("1"), Some("P Fiff")));
        assert_eq!(
            (first.season.to_string(), parsed.leagues[0].country.as_str()),
            ("2022-23".to_owned(), "England")
        );
    }

    #[test]
    fn errors_other_answers_and_cups_are_refused() {
        let parse = |text: &str| {
            FootballDataOrg.parse(&Document { name: "a.json", bytes: text.as_bytes() }, DateTime::default())
        };
        let limit = parse(r#"{"message": "Wait 9 seconds.", "errorCode": 429}"#).unwrap_err().to_string();
        assert!(limit.contains("Wait 9 seconds"), "{limit}");
        assert!(matches!(parse(r#"{"standings": []}"#), Err(DocumentError::Json(_))));
        let cup = format!(
            r#"{{"competition": {{"code": "CL", "name": "Cup", "type": "CUP"}}, "matches": [{}]}}"#,
            row(1, "TIMED", "{}")
        );
        assert!(matches!(parse(&cup), Err(DocumentError::Cup(_))));
        let undecided = row(1, "TIMED", "{}").replace("\"Aau1\"", "null");
        assert_eq!(read(&undecided).unwrap().rejections[0].kind, RejectionKind::MissingTeam);
    }
}
