//! The shapes of an answer: what is used of events, bookmakers, markets and outcomes.

use crate::DocumentError;
use crate::json::{self, Scalar, Shape, next_field, skip, value};
use serde::de::MapAccess;
use serde_json::value::RawValue;

/// The object around matches, or in place of them.
#[derive(Default)]
struct Envelope<'a> {
    error_code: Scalar<'a>,
    message: Scalar<'a>,
    timestamp: Scalar<'a>,
    data: Option<&'a RawValue>,
    /// It is a match itself.
    is_event: bool,
}

/// A match, or a score of one.
#[derive(Default)]
pub(super) struct Event<'a> {
    pub(super) id: Scalar<'a>,
    pub(super) sport_key: Scalar<'a>,
    pub(super) commence_time: Scalar<'a>,
    pub(super) home_team: Scalar<'a>,
    pub(super) away_team: Scalar<'a>,
    pub(super) completed: Scalar<'a>,
    pub(super) scores: Option<Vec<Goals<'a>>>,
    pub(super) bookmakers: Option<Vec<Bookmaker<'a>>>,
}

/// The goals of a side.
#[derive(Default)]
pub(super) struct Goals<'a> {
    pub(super) name: Scalar<'a>,
    pub(super) score: Scalar<'a>,
}

#[derive(Default)]
pub(super) struct Bookmaker<'a> {
    pub(super) key: Scalar<'a>,
    pub(super) title: Scalar<'a>,
    pub(super) last_update: Scalar<'a>,
    pub(super) markets: Option<Vec<Market<'a>>>,
}

#[derive(Default)]
pub(super) struct Market<'a> {
    pub(super) key: Scalar<'a>,
    pub(super) last_update: Scalar<'a>,
    pub(super) outcomes: Option<Vec<Outcome<'a>>>,
}

#[derive(Default)]
pub(super) struct Outcome<'a> {
    pub(super) name: Scalar<'a>,
    pub(super) price: Scalar<'a>,
    pub(super) point: Scalar<'a>,
}

/// Reads an object's fields by their names.
macro_rules! object {
    ($shape:ident: $($name:ident),+) => {
        impl<'a> Shape<'a> for $shape<'a> {
            fn object<A: MapAccess<'a>>(mut fields: A) -> Result<Self, A::Error> {
                let mut read = Self::default();
                while let Some(name) = next_field(&mut fields)? {
                    match &*name {
                        $(stringify!($name) => read.$name = value(&mut fields)?,)+
                        _ => skip(&mut fields)?,
                    }
                }
                Ok(read)
            }
        }
    };
}

object!(Event: id, sport_key, commence_time, home_team, away_team, completed, scores, bookmakers);
object!(Goals: name, score);
object!(Bookmaker: key, title, last_update, markets);
object!(Market: key, last_update, outcomes);
object!(Outcome: name, price, point);

impl<'a> Shape<'a> for Envelope<'a> {
    fn object<A: MapAccess<'a>>(mut fields: A) -> Result<Self, A::Error> {
        let mut read = Self::default();
        while let Some(name) = next_field(&mut fields)? {
            match &*name {
                "error_code" => read.error_code = value(&mut fields)?,
                "message" => read.message = value(&mut fields)?,
                "timestamp" => read.timestamp = value(&mut fields)?,
                "data" => {
                    read.data = Some(fields.next_value()?).filter(|data: &&RawValue| data.get() != "null")
                }
                "commence_time" => {
                    skip(&mut fields)?;
                    read.is_event = true;
                }
                _ => skip(&mut fields)?,
            }
        }
        Ok(read)
    }
}

/// Whether a row is one of the list of sports.
#[derive(Default)]
struct Sport {
    has_outrights: bool,
}

impl<'a> Shape<'a> for Sport {
    fn object<A: MapAccess<'a>>(mut fields: A) -> Result<Self, A::Error> {
        let mut read = Self::default();
        while let Some(name) = next_field(&mut fields)? {
            read.has_outrights |= name == "has_outrights";
            skip(&mut fields)?;
        }
        Ok(read)
    }
}

/// The matches of an answer, each as it was written.
pub(super) struct Rows<'a> {
    pub(super) rows: Vec<&'a RawValue>,
    /// The time whose prices were asked for, of answers about the past.
    pub(super) timestamp: Scalar<'a>,
}

pub(super) fn unreadable(error: serde_json::Error) -> DocumentError {
    DocumentError::Json(error.to_string())
}

fn is_list(text: &str) -> bool {
    text.trim_start().starts_with('[')
}

/// Finds the matches: a list of them, one alone, or either within an object with its time.
pub(super) fn rows(text: &str) -> Result<Rows<'_>, DocumentError> {
    let none = || DocumentError::Json("it holds no list of matches".to_owned());
    let mut found = Rows { rows: Vec::new(), timestamp: Scalar::Absent };
    if is_list(text) {
        found.rows = serde_json::from_str(text).map_err(unreadable)?;
    } else {
        let whole: Envelope<'_> = json::read(text).map_err(unreadable)?;
        let message = whole.message.text();
        if whole.error_code.text().is_some() || message.is_some() && whole.data.is_none() {
            return Err(DocumentError::Provider(message.unwrap_or("no message").chars().take(200).collect()));
        }
        found.timestamp = whole.timestamp;
        found.rows = match whole.data {
            None if whole.is_event => vec![serde_json::from_str(text).map_err(unreadable)?],
            Some(data) if is_list(data.get()) => serde_json::from_str(data.get()).map_err(unreadable)?,
            Some(data) if json::read::<Envelope<'_>>(data.get()).map_err(unreadable)?.is_event => vec![data],
            _ => return Err(none()),
        };
    }
    if let Some(first) = found.rows.first()
        && json::read::<Sport>(first.get()).map_err(unreadable)?.has_outrights
    {
        return Err(DocumentError::Json("it is the list of sports, which holds no matches".to_owned()));
    }
    Ok(found)
}
