//! FotMob: matches of a day (`/matches`), of a league's season (`/leagues`), and one match in detail (`/matchDetails`, or the
//! `pageProps` of its page) with counts, line-ups and unavailable players. Only leagues of the table below are read; matches
//! of a day are of hundreds. Times are the UTC ones; `time`, which is local, is not read.
//!
//! What a match page says of the weather, of shots one by one and of each player's marks has no place in the store.

mod details;
mod matches;

use crate::document::{self, Context, Draft, Hints, Layout, Unplayed, settle_seasons};
use crate::sources::football_data;
use crate::tables::well_known_league;
use crate::text::{JSON, unpack};
use crate::values::Fault;
use crate::{Document, DocumentError, Parsed, Rejection, RejectionKind, Source, seasons};
use chrono::{DateTime, Utc};
use serde_json::Value;
use touchline_domain::NewLeague;

const NAME: &str = "fotmob";
/// Names longer than this are no names.
const MAX_TEXT: usize = 100;

/// The site's numbers of leagues, and their codes.
pub(crate) const LEAGUES: [(u64, &str); 38] = [
    (47, "E0"),
    (48, "E1"),
    (108, "E2"),
    (109, "E3"),
    (117, "EC"),
    (64, "SC0"),
    (123, "SC1"),
    (124, "SC2"),
    (125, "SC3"),
    (54, "D1"),
    (146, "D2"),
    (55, "I1"),
    (86, "I2"),
    (87, "SP1"),
    (140, "SP2"),
    (53, "F1"),
    (110, "F2"),
    (57, "N1"),
    (40, "B1"),
    (61, "P1"),
    (71, "T1"),
    (135, "G1"),
    (112, "ARG"),
    (38, "AUT"),
    (268, "BRA"),
    (120, "CHN"),
    (46, "DNK"),
    (51, "FIN"),
    (126, "IRL"),
    (223, "JPN"),
    (230, "MEX"),
    (59, "NOR"),
    (196, "POL"),
    (189, "ROU"),
    (63, "RUS"),
    (67, "SWE"),
    (69, "SWZ"),
    (130, "USA"),
];

/// Reads what FotMob serves. A match's line is its number in the answer, from 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct FotMob;

impl Source for FotMob {
    fn name(&self) -> &str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack(document.bytes, JSON)?;
        let root: Value = serde_json::from_slice(&bytes).map_err(|e| DocumentError::Json(e.to_string()))?;
        if let Some(message) = root["error"].as_str().or(root["message"].as_str()) {
            return Err(DocumentError::Provider(message.chars().take(200).collect()));
        }
        let hints = Hints::of(document.name);
        let today = collected_at.date_naive();
        let mut parsed = Parsed { layout: layout(), ..Parsed::default() };
        let mut drafts = Vec::new();
        if root["leagues"].is_array() {
            matches::of_day(&root, today, &mut parsed, &mut drafts);
        } else if let Some(list) = season_list(&root) {
            matches::of_league(&root, list, today, &mut parsed, &mut drafts)?;
        } else if root["general"]["matchId"].is_string() || root["general"]["matchId"].is_u64() {
            details::read(&root, today, &mut parsed, &mut drafts)?;
        } else {
            let message =
                "it holds no matches (leagues, fixtures.allMatches) and is no match (general, content)";
            return Err(DocumentError::Json(message.to_owned()));
        }
        for draft in &mut drafts {
            if let Some(season) = hints.season {
                (draft.found.season, draft.settled) = (season, true);
            }
        }
        parsed.layout.season = settle_seasons(drafts, &seasons::hints(hints.name), &mut parsed)?;
        let context = Context {
            today,
            unplayed: Unplayed::Said,
            leagues: false,
            most_clubs: football_data::most_clubs,
        };
        document::judge(&mut parsed, &context)?;
        Ok(parsed)
    }
}

/// The matches of a league's season, of which the place has changed.
fn season_list(root: &Value) -> Option<&Vec<Value>> {
    ["fixtures", "matches"].iter().find_map(|place| root[*place]["allMatches"].as_array())
}

fn layout() -> Layout {
    Layout {
        used: ["home", "away", "status", "stats", "lineup"].map(str::to_owned).to_vec(),
        dates: "UTC".to_owned(),
        league: "its number".to_owned(),
        ..Layout::default()
    }
}

/// The place among the leagues met of the one with a number; none where it is not read.
fn league(id: &Value, parsed: &mut Parsed) -> Option<usize> {
    let id = number(id)?;
    let (_, code) = LEAGUES.iter().find(|(known, _)| *known == id)?;
    if let Some(met) = parsed.leagues.iter().position(|league| league.code == *code) {
        return Some(met);
    }
    let known = well_known_league(code)?;
    parsed.leagues.push(NewLeague { source: NAME.to_owned(), ..known });
    Some(parsed.leagues.len() - 1)
}

/// A number, also as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// An identifier, which is a number or digits.
fn identifier(value: &Value) -> Option<String> {
    number(value).filter(|id| *id > 0).map(|id| id.to_string())
}

/// A name without blanks around it; none where it is missing, too long or no text.
fn name(value: &Value) -> Option<String> {
    let name = value.as_str()?.trim();
    let fits = !name.is_empty() && name.chars().count() <= MAX_TEXT && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned())
}

/// Takes in a match, or why it was refused.
fn keep(line: u32, row: &Value, read: Result<Draft, Fault>, parsed: &mut Parsed, drafts: &mut Vec<Draft>) {
    match read {
        Ok(draft) => drafts.push(draft),
        Err((kind, message)) => {
            parsed.rejections.push(Rejection::new(line, kind, message, &row.to_string()));
        }
    }
}

fn note(line: u32, kind: RejectionKind, message: &str, data: &Value, parsed: &mut Parsed) {
    parsed.rejections.push(Rejection::new(line, kind, message.to_owned(), &data.to_string()));
}

#[cfg(test)]
mod tests;
