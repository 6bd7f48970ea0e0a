//! The shapes of an answer: what is used of events, bookmakers, markets and outcomes.

use crate::DocumentError;
use crate::json::{self, BLANKS, Scalar, Shape, next_field, skip, value};
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
    /// Said of sports alone.
    has_outrights: Scalar<'a>,
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

object!(Event: id, sport_key, commence_time, home_team, away_team, completed, scores, bookmakers, has_outrights);
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
                    let data: &RawValue = fields.next_value()?;
                    read.data = Some(data).filter(|data| data.get() != "null");
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

/// The matches of an answer, one after the other.
pub(super) struct Rows<'a> {
    /// What is still to be read, from before a row.
    rest: &'a str,
    /// It is a list of them.
    is_list: bool,
    count: u64,
    /// The time whose prices were asked for, of answers about the past.
    pub(super) timestamp: Scalar<'a>,
}

fn unreadable(error: &serde_json::Error) -> DocumentError {
    DocumentError::Json(error.to_string())
}

impl<'a> Rows<'a> {
    /// Finds the matches: a list of them, one alone, or either within an object with its time.
    pub(super) fn of(text: &'a str) -> Result<Self, DocumentError> {
        let list = |text: &'a str| text.trim_start_matches(BLANKS).strip_prefix('[');
        let found = |rest, is_list, timestamp| Ok(Rows { rest, is_list, count: 0, timestamp });
        if let Some(rest) = list(text) {
            return found(rest, true, Scalar::Absent);
        }
        let whole: Envelope<'a> = json::read(text).map_err(|e| unreadable(&e))?;
        let message = whole.message.text();
        if whole.error_code.text().is_some() || message.is_some() && whole.data.is_none() {
            return Err(DocumentError::Provider(message.unwrap_or("no message").chars().take(200).collect()));
        }
        let (data, is_event) = match whole.data.map(RawValue::get) {
            None => (text, whole.is_event),
            Some(data) => match list(data) {
                Some(rest) => return found(rest, true, whole.timestamp),
                None => (data, json::read::<Envelope<'_>>(data).map_err(|e| unreadable(&e))?.is_event),
            },
        };
        if is_event {
            return found(data, false, whole.timestamp);
        }
        Err(DocumentError::Json("it holds no list of matches".to_owned()))
    }

    /// The next one, with its text as it was written. What follows a list that is no part of an object has to be nothing.
    pub(super) fn next(&mut self) -> Result<Option<(&'a str, Event<'a>)>, DocumentError> {
        let broken = |what: &str, at: u64| DocumentError::Json(format!("{what} behind match {at}"));
        self.rest = self.rest.trim_start_matches(BLANKS);
        if self.is_list {
            if let Some(behind) = self.rest.strip_prefix(']') {
                return match behind.trim_matches(BLANKS) {
                    "" => Ok(None),
                    _ => Err(broken("something stands behind the list,", self.count)),
                };
            }
            if self.count > 0 {
                let rest = self.rest.strip_prefix(',');
                self.rest =
                    rest.ok_or_else(|| broken("neither a comma nor the end of the list stands", self.count))?;
            }
        } else if self.count > 0 {
            return Ok(None);
        }
        self.count += 1;
        let (text, row, rest) = json::first::<Event<'a>>(self.rest).map_err(|e| unreadable(&e))?;
        if self.count == 1 && row.has_outrights != Scalar::Absent {
            return Err(DocumentError::Json("it is the list of sports, which holds no matches".to_owned()));
        }
        self.rest = rest;
        Ok(Some((text, row)))
    }
}
