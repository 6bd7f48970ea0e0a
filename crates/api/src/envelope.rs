//! The shape of every answer: `success`, `data`, `message` and `timestamp`, and for errors `error`.
//!
//! Handlers give [`Data`] or an [`ApiError`]; both travel as a [`Payload`] beside an empty response, and
//! [`wrap`] writes the envelope in one place. Data gets a weak entity tag of its content (the timestamp does not
//! count), so that a client that has it already is answered with 304.

use crate::error::{ApiError, ErrorBody};
use crate::layers::request_id;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use std::sync::Arc;
use touchline_domain::Clock;
use utoipa::ToSchema;

/// A good answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Envelope<T> {
    /// Always true.
    #[schema(example = true)]
    pub success: bool,
    /// What was asked for.
    pub data: T,
    /// A word about it.
    #[schema(example = "ok")]
    pub message: &'static str,
    /// When it was answered, UTC.
    #[schema(value_type = DateTime<Utc>)]
    pub timestamp: String,
}

/// An answer that says why there is no other.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Failure {
    /// Always false.
    #[schema(example = false)]
    pub success: bool,
    /// Nothing, except where a report comes with the error.
    #[schema(value_type = Option<Object>, required = true)]
    pub data: Option<Box<RawValue>>,
    /// The message of the error.
    pub message: String,
    /// When it was answered, UTC.
    #[schema(value_type = DateTime<Utc>)]
    pub timestamp: String,
    /// What went wrong.
    pub error: ErrorBody,
}

/// What an answer says, before it is wrapped.
#[derive(Debug, Clone)]
pub(crate) struct Payload {
    data: Option<Box<RawValue>>,
    error: Option<ErrorBody>,
    tagged: bool,
}

impl Payload {
    /// An error without data.
    pub fn error(error: ErrorBody) -> Self {
        Self { data: None, error: Some(error), tagged: false }
    }
}

/// A good answer of a handler.
#[derive(Debug)]
pub(crate) struct Data<T> {
    value: T,
    tagged: bool,
}

impl<T> Data<T> {
    /// Data that a client may keep and ask about.
    pub fn of(value: T) -> Self {
        Self { value, tagged: true }
    }

    /// Data of the moment, never kept.
    pub fn of_the_moment(value: T) -> Self {
        Self { value, tagged: false }
    }
}

impl<T: Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        match serde_json::value::to_raw_value(&self.value) {
            Ok(data) => {
                let mut response = StatusCode::OK.into_response();
                let payload = Payload { data: Some(data), error: None, tagged: self.tagged };
                response.extensions_mut().insert(payload);
                response
            }
            Err(error) => {
                tracing::error!(%error, "an answer cannot be written as JSON");
                ApiError::internal().into_response()
            }
        }
    }
}

/// An error that comes with a report.
#[derive(Debug)]
pub(crate) struct Report<T> {
    /// The error.
    pub error: ApiError,
    /// The report.
    pub data: T,
}

impl<T: Serialize> IntoResponse for Report<T> {
    fn into_response(self) -> Response {
        let mut response = self.error.into_response();
        if let Some(payload) = response.extensions_mut().get_mut::<Payload>() {
            payload.data = serde_json::value::to_raw_value(&self.data).ok();
        }
        response
    }
}

/// Puts answers of handlers, and errors of the layers around them, into the envelope. Answers that are neither
/// (the page, the documentation) pass unchanged.
pub(crate) async fn wrap(State(clock): State<Arc<dyn Clock>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let known_tags = request.headers().clone();
    let id = request_id(&request);
    let mut response = next.run(request).await;
    let status = response.status();
    let Some(payload) = response.extensions_mut().remove::<Payload>() else {
        if !(status.is_client_error() || status.is_server_error()) {
            return response;
        }
        let mut plain = ApiError::of_status(status).into_response();
        if let Some(allowed) = response.headers().get(header::ALLOW) {
            plain.headers_mut().insert(header::ALLOW, allowed.clone());
        }
        let payload = plain.extensions_mut().remove::<Payload>();
        return match payload {
            Some(payload) => written(plain, payload, &*clock, id, &method, &known_tags),
            None => plain,
        };
    };
    written(response, payload, &*clock, id, &method, &known_tags)
}

fn written(
    mut response: Response,
    payload: Payload,
    clock: &dyn Clock,
    request_id: Option<String>,
    method: &Method,
    request_headers: &HeaderMap,
) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let kept = if payload.tagged { "no-cache" } else { "no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if payload.tagged
        && let Some(data) = &payload.data
    {
        let tag = tag_of(data);
        if let Ok(value) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, value);
        }
        if matches!(*method, Method::GET | Method::HEAD) && is_known(request_headers, &tag) {
            headers.remove(header::CONTENT_TYPE);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            return response;
        }
    }
    let body = document(payload, clock.now(), request_id);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    *response.body_mut() = if *method == Method::HEAD { Body::empty() } else { Body::from(body) };
    response
}

fn document(payload: Payload, now: DateTime<Utc>, request_id: Option<String>) -> Vec<u8> {
    let timestamp = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let bytes = match payload.error {
        None => serde_json::to_vec(&Envelope { success: true, data: payload.data, message: "ok", timestamp }),
        Some(mut error) => {
            if let Some(id) = request_id {
                error.details.insert("request_id".to_owned(), id.into());
            }
            let message = error.message.clone();
            serde_json::to_vec(&Failure { success: false, data: payload.data, message, timestamp, error })
        }
    };
    // Text, finished JSON and maps with text keys: none of them can fail.
    bytes.unwrap_or_default()
}

/// A weak tag: equal data is equivalent, whatever the envelope around it says of the time.
fn tag_of(data: &RawValue) -> String {
    let hash = blake3::hash(data.get().as_bytes()).to_hex();
    format!("W/\"{}\"", &hash[..32])
}

/// Whether `If-None-Match` names the tag, by weak comparison (RFC 9110, 13.1.2).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let wanted = opaque(tag);
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|candidate| candidate.trim() == "*" || opaque(candidate) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly_and_in_lists() {
        let headers = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            headers
        };
        let tag = "W/\"abc\"";
        for known in ["W/\"abc\"", "\"abc\"", "\"x\", W/\"abc\"", "*"] {
            assert!(is_known(&headers(known), tag), "{known}");
        }
        for unknown in ["\"ab\"", "abc", "W/abc", ""] {
            assert!(!is_known(&headers(unknown), tag), "{unknown}");
        }
        assert!(!is_known(&HeaderMap::new(), tag));
    }
}
