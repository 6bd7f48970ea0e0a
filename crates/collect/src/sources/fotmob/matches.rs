//! Lists of matches: those of a day in all leagues, and those of a league's season.

use super::{identifier, keep, league, name, note, number};
use crate::document::Draft;
use crate::sources::football_data;
use crate::values::{self, Fault};
use crate::{DocumentError, Parsed, RejectionKind, SourceMatch, seasons};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::{Value, json};
use touchline_domain::{Kickoff, MatchSetting, MatchStatus, Score};

/// The most matches of an answer.
const MOST: usize = 20_000;

pub(super) fn of_day(root: &Value, today: NaiveDate, parsed: &mut Parsed, drafts: &mut Vec<Draft>) {
    let (mut line, mut others) = (0, 0_u64);
    for group in root["leagues"].as_array().into_iter().flatten() {
        let rows = group["matches"].as_array().map_or(&[][..], Vec::as_slice);
        // Groups and qualifications have numbers of their own, and say whose part they are.
        let id = if group["primaryId"].is_null() { &group["id"] } else { &group["primaryId"] };
        let is_part = group["isGroup"] == true || group["id"] != *id;
        let Some(found) = league(id, parsed).filter(|_| !is_part) else {
            others += rows.len() as u64;
            continue;
        };
        for row in rows.iter().take(MOST.saturating_sub(line as usize)) {
            line += 1;
            parsed.rows += 1;
            let read = read(line, row, found, today, parsed);
            keep(line, row, read, parsed, drafts);
        }
    }
    if others > 0 {
        let message = format!("{others} matches are of leagues that are not read from this source");
        note(0, RejectionKind::Unused, &message, &json!(others), parsed);
    }
}

pub(super) fn of_league(
    root: &Value,
    rows: &[Value],
    today: NaiveDate,
    parsed: &mut Parsed,
    drafts: &mut Vec<Draft>,
) -> Result<(), DocumentError> {
    let id = &root["details"]["id"];
    let found =
        league(id, parsed).ok_or_else(|| DocumentError::UnknownLeague(format!("league {id} of FotMob")))?;
    for (line, row) in (1..).zip(rows.iter().take(MOST)) {
        parsed.rows += 1;
        let read = read(line, row, found, today, parsed);
        keep(line, row, read, parsed, drafts);
    }
    Ok(())
}

fn read(line: u32, row: &Value, league: usize, today: NaiveDate, parsed: &Parsed) -> Result<Draft, Fault> {
    let status = &row["status"];
    let at = kickoff(&status["utcTime"], &row["timeTS"])?;
    let side = |side: &Value| name(&side["name"]).unwrap_or_default();
    let (home, away) = values::teams(&side(&row["home"]), &side(&row["away"]))?;
    let goals = |side: &Value| number(&side["score"]).map(|n| n.to_string());
    let goals = match (goals(&row["home"]), goals(&row["away"])) {
        (Some(home), Some(away)) => Some((home, away)),
        _ => status["scoreStr"].as_str().and_then(|text| {
            let (home, away) = text.split_once('-')?;
            Some((home.trim().to_owned(), away.trim().to_owned()))
        }),
    };
    let (status, score) = outcome(status, goals.as_ref())?;
    let id = identifier(&row["id"])
        .ok_or_else(|| (RejectionKind::MalformedId, "the match has no id".to_owned()))?;
    draft(line, league, at, (home, away), (status, score), id, today, parsed)
}

/// A match of a league that was met.
#[expect(clippy::too_many_arguments, reason = "each is a part of the match")]
pub(super) fn draft(
    line: u32,
    league: usize,
    at: DateTime<Utc>,
    (home, away): (String, String),
    (status, score): (MatchStatus, Option<Score>),
    id: String,
    today: NaiveDate,
    parsed: &Parsed,
) -> Result<Draft, Fault> {
    let date = at.date_naive();
    if score.is_some() {
        values::not_future(date, today)?;
    }
    let season = football_data::calendar_season(&parsed.leagues[league].code, date);
    let found = SourceMatch {
        line,
        league,
        season: season.unwrap_or_else(|| seasons::of_date(date)),
        home,
        away,
        kickoff: Kickoff::at(at),
        status,
        score,
        half_time: None,
        referee: None,
        attendance: None,
        external_id: Some(id),
        stats: None,
        odds: Vec::new(),
        setting: MatchSetting::default(),
    };
    Ok(Draft { found, date, settled: season.is_some() })
}

/// The kick-off in UTC: as text, or in milliseconds since 1970.
pub(super) fn kickoff(text: &Value, millis: &Value) -> Result<DateTime<Utc>, Fault> {
    let of_text = text.as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
    let at = of_text.or_else(|| DateTime::from_timestamp_millis(millis.as_i64()?));
    at.filter(|at| (1888..=2199).contains(&at.year())).ok_or_else(|| {
        (RejectionKind::MalformedDate, "the match has no utcTime like 2025-08-16T14:00:00.000Z".to_owned())
    })
}

/// Where a match stands, and its score after 90 minutes where it is over.
pub(super) fn outcome(
    status: &Value,
    goals: Option<&(String, String)>,
) -> Result<(MatchStatus, Option<Score>), Fault> {
    let is = |name: &str| status[name].as_bool().unwrap_or(false);
    let reason = status["reason"]["short"].as_str().unwrap_or_default().to_lowercase();
    let score = || match goals {
        Some((home, away)) => values::score(home, away),
        None => Ok(None),
    };
    if is("awarded") {
        return Ok((MatchStatus::Awarded, score()?));
    }
    if is("cancelled") {
        let status = match reason.as_str() {
            "ab" | "abd" | "abandoned" => MatchStatus::Abandoned,
            "pp" | "ppd" | "post" | "postponed" => MatchStatus::Postponed,
            _ => MatchStatus::Cancelled,
        };
        return Ok((status, None));
    }
    if !is("finished") {
        return Ok((if is("started") { MatchStatus::Live } else { MatchStatus::Scheduled }, None));
    }
    if ["aet", "pen", "ap"].contains(&reason.as_str()) {
        let message = "the score includes extra time, and that after 90 minutes is not told".to_owned();
        return Err((RejectionKind::MalformedScore, message));
    }
    let score = score()?
        .ok_or_else(|| (RejectionKind::MalformedScore, "the match is over and has no score".to_owned()))?;
    Ok((MatchStatus::Finished, Some(score)))
}
