//! Errors of this interface.
//!
//! | from | becomes |
//! |---|---|
//! | bad input, found by an extractor or a handler | [`ApiError::bad_request`], 400: the client's fault, says which |
//! | something asked for that is not there | [`ApiError::not_found`], 404 |
//! | no proof of who asks, or one that does not count | [`ApiError::unauthorized`], 401 |
//! | somebody who may not, or asks too often | [`ApiError::forbidden`], 403; [`ApiError::too_many`], 429 with `Retry-After` |
//! | a key that stands for another request | [`ApiError::reused`], 422 |
//! | more than is done at a time | [`ApiError::overloaded`], 503 with `Retry-After` |
//! | something that exists, in a state that forbids it | [`ApiError::conflict`], 409 |
//! | [`StoreError`], [`ServingError`] | `From`: 503 with `Retry-After` where trying again can help, else 500 |
//! | a layer around the handlers (404, 405, 413, 414, 504, a panic) | [`ApiError::of_status`] |
//!
//! What went wrong inside is logged with the identifier of the request; the client sees a code and that
//! identifier, never the text of an internal error.

use crate::payload::{ErrorBody, Payload};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use touchline_domain::KickoffPrecision;
use touchline_domain::ports::{Retry, StoreError};
use touchline_forecasting::serving::ServingError;

/// An error on its way to the client.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    body: ErrorBody,
    retry_after: Option<u64>,
    challenge: bool,
}

impl ApiError {
    fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let body = ErrorBody { code: code.to_owned(), message: message.into(), details: Map::new() };
        Self { status, body, retry_after: None, challenge: false }
    }

    /// 400: the request cannot be understood.
    pub fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 404: what was asked for is not there.
    pub fn not_found(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    /// 409: what was asked for is in a state that forbids it.
    pub fn conflict(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// 401: who asks has to say who it is.
    pub fn unauthorized(code: &str, message: impl Into<String>) -> Self {
        Self { challenge: true, ..Self::new(StatusCode::UNAUTHORIZED, code, message) }
    }

    /// 403: who asks may not.
    pub fn forbidden(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// 429: so many seconds later.
    pub fn too_many(code: &str, message: impl Into<String>, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, code, message) }
    }

    /// 413: more than is taken here.
    pub fn too_large(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, code, message)
    }

    /// 422: what was named before is something else now.
    pub fn reused(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", message)
    }

    /// 503: as much is being done as this server does at a time.
    pub fn overloaded() -> Self {
        let error =
            Self::unavailable("overloaded", "as much is being done as this server does at a time; ask again");
        Self { retry_after: Some(1), ..error }
    }

    /// 408: the body of the request did not come to its end.
    pub fn broken_body() -> Self {
        Self::of_status(StatusCode::REQUEST_TIMEOUT)
    }

    /// Its stable name.
    pub fn code(&self) -> &str {
        &self.body.code
    }

    /// What went wrong, for people.
    pub fn message(&self) -> &str {
        &self.body.message
    }

    /// 503: not now.
    pub fn unavailable(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message)
    }

    /// 500: a fault of this program or of its data.
    pub fn internal() -> Self {
        Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The error that a status stands for, where a layer gave nothing more.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::NOT_FOUND => ("no_route", "nothing is served at this path; /docs lists what is"),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "the path exists, but not for this method; see the header Allow")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "the body of the request is too large"),
            StatusCode::REQUEST_TIMEOUT => {
                ("body_too_slow", "the body of the request came too slowly, or broke off; send it again")
            }
            StatusCode::URI_TOO_LONG => ("uri_too_long", "path and query are too long"),
            StatusCode::GATEWAY_TIMEOUT => ("timeout", "the answer took too long; try again later"),
            status if status.is_client_error() => ("bad_request", "the request cannot be answered"),
            _ => ("internal", "something went wrong here; the server's log tells more"),
        };
        Self::new(status, code, message)
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.body.details.insert(key.to_owned(), value.into());
        self
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        let StoreError::Unavailable { retry, .. } = error else { return Self::internal() };
        let mut answer =
            Self::unavailable("store_unavailable", "the store does not answer at present; try again later");
        if let Retry::After(wait) = retry {
            answer.retry_after = Some(wait.as_secs().max(1));
        }
        answer
    }
}

impl From<ServingError> for ApiError {
    fn from(error: ServingError) -> Self {
        let message = error.to_string();
        match error {
            ServingError::Store(error) => error.into(),
            ServingError::UnknownMatch(id) => Self::not_found("no_match", format!("there is no match {id}")),
            ServingError::NotToCome { id, status, kickoff } => {
                let since = match kickoff.precision {
                    KickoffPrecision::Minute => kickoff.at.to_rfc3339(),
                    KickoffPrecision::Day => kickoff.at.date_naive().to_string(),
                };
                let message = format!(
                    "match {id} is {} (kick-off {since}): forecasts are made before the kick-off, and none was sealed for it; a sealed one would be answered here",
                    status.name()
                );
                Self::conflict("not_to_come", message).with("status", status.name()).with("kickoff", since)
            }
            ServingError::Begun { .. } => Self::conflict("begun", message),
            ServingError::Busy => {
                let mut answer = Self::unavailable(
                    "busy",
                    "forecasts as of other times are computed first; try again later",
                );
                answer.retry_after = Some(1);
                answer
            }
            ServingError::NotByView { .. } => Self::conflict("no_such_view", message),
            ServingError::Failed => {
                Self::unavailable("forecasts_unavailable", "forecasts could not be computed; try again later")
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Payload::Error(self.body, None));
        response
    }
}
