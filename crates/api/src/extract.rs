//! Reading input: paths and queries into checked values, or a 400 that says what is wrong.

use crate::error::ApiError;
use axum::Json;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::ops::RangeInclusive;
use touchline_domain::ports::AsOf;

/// A positive identifier at the end of a path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<i64>::from_request_parts(parts, state).await {
            Ok(Path(id)) if id > 0 => Ok(Self(id)),
            _ => Err(ApiError::bad_request("invalid_id", "identifiers are whole numbers from 1")),
        }
    }
}

/// The query as a struct; a name that it does not have, or one given twice, is refused.
#[derive(Debug)]
pub(crate) struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(invalid(rejection.body_text())),
        }
    }
}

/// A body of JSON. Its text is in no error: it may hold a password.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let whole = Json::<Box<RawValue>>::from_request(request, state).await;
        match whole.map(|Json(body)| body) {
            // An array would fill the fields one after the other.
            Ok(body) if body.get().starts_with('{') => {
                serde_json::from_str(body.get()).map(Self).map_err(|_| wrong_body())
            }
            Err(JsonRejection::BytesRejection(fault)) => Err(broken(&fault)),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                Err(ApiError::bad_request("invalid_body", "send JSON, with Content-Type: application/json"))
            }
            Ok(_) | Err(_) => Err(wrong_body()),
        }
    }
}

fn wrong_body() -> ApiError {
    ApiError::bad_request("invalid_body", "the body is not the JSON object that this takes; see /docs")
}

/// A body that is too large, or did not come to its end.
pub(crate) fn broken(fault: &BytesRejection) -> ApiError {
    match fault.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::of_status(StatusCode::PAYLOAD_TOO_LARGE),
        _ => ApiError::broken_body(),
    }
}

/// A parameter that cannot be used.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::bad_request("invalid_query", message)
}

/// Items of a page: within the range, or `otherwise` where the client names no number.
pub(crate) fn limit(
    given: Option<u32>,
    otherwise: u32,
    allowed: RangeInclusive<u32>,
) -> Result<u32, ApiError> {
    let limit = given.unwrap_or(otherwise);
    if allowed.contains(&limit) {
        return Ok(limit);
    }
    Err(invalid(format!("limit: {limit} is not between {} and {}", allowed.start(), allowed.end())))
}

/// A text of 1 to `longest` characters without control characters.
pub(crate) fn text(name: &str, given: Option<String>, longest: usize) -> Result<Option<String>, ApiError> {
    let Some(given) = given else { return Ok(None) };
    if given.trim().is_empty() || given.chars().count() > longest || given.chars().any(char::is_control) {
        return Err(invalid(format!("{name}: 1 to {longest} characters are wanted, none of them a control")));
    }
    Ok(Some(given))
}

/// A time: a date, meaning its start in UTC, or RFC 3339.
pub(crate) fn time(name: &str, given: Option<&str>) -> Result<Option<DateTime<Utc>>, ApiError> {
    let Some(given) = given else { return Ok(None) };
    if let Ok(date) = given.parse::<NaiveDate>() {
        return Ok(Some(date.and_time(NaiveTime::MIN).and_utc()));
    }
    let wrong =
        || invalid(format!("{name}: write a date such as 2024-05-04 or a time such as 2024-05-04T14:00:00Z"));
    DateTime::parse_from_rfc3339(given).map(|time| Some(time.to_utc())).map_err(|_| wrong())
}

/// A time as of which to answer; the latest that is at hand, where none is given.
pub(crate) fn as_of(given: Option<&str>) -> Result<AsOf, ApiError> {
    Ok(time("as_of", given)?.map_or(AsOf::Latest, AsOf::At))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read_as_utc() {
        let read = |text| time("from", Some(text)).map(|t| t.unwrap().to_rfc3339());
        assert_eq!(read("2024-05-04").unwrap(), "2024-05-04T00:00:00+00:00");
        assert_eq!(read("2024-05-04T16:00:00+02:00").unwrap(), "2024-05-04T14:00:00+00:00");
        for text in ["", "4 May 2024", "2024-13-01", "2024-05-04T16:00", "0; DROP TABLE matches"] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn limits_are_refused_rather_than_bent() {
        assert_eq!(limit(None, 50, 1..=200).unwrap(), 50);
        assert_eq!(limit(Some(200), 50, 1..=200).unwrap(), 200);
        assert!(limit(Some(0), 50, 1..=200).is_err());
        assert!(limit(Some(201), 50, 1..=200).is_err());
    }

    #[test]
    fn texts_are_bounded_in_characters() {
        assert_eq!(text("q", Some("é".repeat(8)), 8).unwrap(), Some("é".repeat(8)));
        assert!(text("q", Some("é".repeat(9)), 8).is_err());
        assert!(text("q", Some(" ".into()), 8).is_err());
        assert!(text("q", Some("a\0b".into()), 8).is_err());
    }
}
