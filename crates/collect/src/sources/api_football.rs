//! API-Football v3, as recorded answers: `/fixtures` (also `/fixtures/headtohead`), `/fixtures/lineups`,
//! `/fixtures/statistics`, `/fixtures/events`, `/injuries`, `/odds` and `/odds/live`. An answer says in `get` which of them it is. Fixtures are matches; the
//! others are facts of a fixture that they name by its identifier.

mod competitions;
mod events;
mod fixtures;
mod injuries;
mod leagues;
mod lineups;
mod odds;
mod statistics;

use crate::text::{JSON, unpack};
use crate::values::Fault;
use crate::{Document, DocumentError, Parsed, Rejection, RejectionKind, Source};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeSet;
use touchline_domain::Player;

/// The name under which the records are kept.
const NAME: &str = "api-football";
/// The most characters of a name.
const MAX_TEXT: usize = 100;

/// Reads the JSON answers of API-Football v3. A row's line is its number in `response`, from 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApiFootball;

impl ApiFootball {
    /// Whether the beginning of an answer says that it lists matches, and not facts of matches listed elsewhere.
    pub fn lists_matches(head: &[u8]) -> bool {
        let said: Vec<u8> =
            head.iter().copied().filter(|b| !b.is_ascii_whitespace() && *b != b'\\').take(200).collect();
        let of = |get: &[u8]| said.windows(get.len()).any(|window| window == get);
        of(b"\"get\":\"fixtures\"") || of(b"\"get\":\"fixtures/headtohead\"")
    }
}

impl Source for ApiFootball {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack(document.bytes, JSON)?;
        let root: Value = serde_json::from_slice(&bytes).map_err(|e| DocumentError::Json(e.to_string()))?;
        refuse_errors(&root["errors"])?;
        let Some(rows) = root["response"].as_array() else {
            return Err(DocumentError::Json("it holds no list called response".to_owned()));
        };
        let mut parsed = Parsed { rows: rows.len() as u64, ..Parsed::default() };
        match root["get"].as_str() {
            Some("fixtures" | "fixtures/headtohead") => {
                fixtures::read(rows, collected_at.date_naive(), &mut parsed);
            }
            Some("fixtures/lineups") => lineups::read(&asked_for(&root)?, rows, &mut parsed),
            Some("fixtures/statistics") => statistics::read(&asked_for(&root)?, rows, &mut parsed),
            Some("fixtures/events") => events::read(&root, rows, &mut parsed)?,
            Some("injuries") => injuries::read(rows, &mut parsed),
            Some("odds") => odds::read(rows, collected_at, &mut parsed),
            Some("odds/live") => odds::read_live(rows, collected_at, &mut parsed),
            other => {
                let asked = other.unwrap_or("nothing").chars().take(40).collect::<String>();
                return Err(DocumentError::Json(format!(
                    "answers to {asked:?} are not read; give those to fixtures, fixtures/lineups, fixtures/statistics, \
                     fixtures/events, injuries, odds or odds/live"
                )));
            }
        }
        let used: BTreeSet<u32> =
            parsed.matches.iter().map(|m| m.line).chain(parsed.facts.iter().map(|fact| fact.line)).collect();
        let records = (1..).zip(rows).filter(|(line, _)| used.contains(line));
        parsed.payloads = records.map(|(line, row)| (line, row.to_string())).collect();
        Ok(parsed)
    }
}

/// Errors come with status 200: a list that is empty when all is well, else an object (or a list) of messages.
fn refuse_errors(errors: &Value) -> Result<(), DocumentError> {
    let messages: Vec<String> = match errors {
        Value::Null => return Ok(()),
        Value::Array(list) if list.is_empty() => return Ok(()),
        Value::Object(named) if named.is_empty() => return Ok(()),
        Value::Object(named) => named.iter().map(|(name, text)| format!("{name}: {}", plain(text))).collect(),
        Value::Array(list) => list.iter().map(plain).collect(),
        other => vec![plain(other)],
    };
    Err(DocumentError::Provider(messages.join("; ").chars().take(300).collect()))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The fixture that was asked for, which rows of facts do not repeat.
fn asked_for(root: &Value) -> Result<String, DocumentError> {
    identifier(&root["parameters"]["fixture"])
        .ok_or_else(|| DocumentError::Json("parameters.fixture does not say which match it is of".to_owned()))
}

/// An identifier, which is a number or digits.
fn identifier(value: &Value) -> Option<String> {
    let digits = match value {
        Value::Number(number) => number.as_u64()?.to_string(),
        Value::String(text) if !text.is_empty() && text.len() <= 18 => text.clone(),
        _ => return None,
    };
    Some(digits).filter(|d| d.bytes().all(|b| b.is_ascii_digit()) && d != "0")
}

/// A name without blanks around it; none where it is missing, too long or no text.
fn name(value: &Value) -> Option<String> {
    let name = value.as_str()?.trim();
    let fits = !name.is_empty() && name.chars().count() <= MAX_TEXT && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned())
}

/// The club of a row of facts.
fn team(row: &Value) -> Result<String, Fault> {
    name(&row["team"]["name"])
        .ok_or_else(|| (RejectionKind::MissingTeam, "team.name says no side of the match".to_owned()))
}

/// A player by identifier and name.
fn player(value: &Value) -> Option<Player> {
    Player::new(identifier(&value["id"])?, name(&value["name"])?).ok()
}

/// Counts a row that says nothing.
fn skip(parsed: &mut Parsed) {
    parsed.rows -= 1;
    parsed.empty_rows += 1;
}

/// Takes in a row, or why it was refused.
fn keep<T>(parsed: &mut Parsed, line: u32, row: &Value, read: Result<T, Fault>) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err((kind, message)) => {
            parsed.rejections.push(Rejection::new(line, kind, message, &row.to_string()));
            None
        }
    }
}

#[cfg(test)]
mod tests;
