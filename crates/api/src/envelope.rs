//! The shape of every answer: `success`, `data`, `message` and `timestamp`, and for errors `error`.
//!
//! Handlers give [`Data`] or an [`ApiError`]; both travel as a [`Payload`] beside an empty response, and
//! [`wrap`] writes the envelope in one place. Data gets a weak entity tag of its content (the timestamp does not
//! count), so that a client that has it already is answered with 304.

use crate::error::ApiError;
use crate::finished::{Finished, Wanted};
use crate::payload::{ErrorBody, Payload, Tagged};
use crate::request_id::request_id;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use headers::{HeaderMapExt, IfNoneMatch};
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
    /// When it was written, UTC: now, or where an answer is kept ready, when it was made ready.
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

/// A good answer of a handler.
#[derive(Debug)]
pub(crate) enum Data<T> {
    /// Data that a client may keep and ask about.
    Kept(T),
    /// The same, written as JSON before.
    Written(Arc<Tagged>),
    /// The whole answer, written before.
    Finished(Arc<Finished>),
    /// Data of the moment, never kept.
    Moment(T),
}

impl<T> Data<T> {
    /// Data that a client may keep and ask about.
    pub fn of(value: T) -> Self {
        Self::Kept(value)
    }

    /// Data of the moment, never kept.
    pub fn of_the_moment(value: T) -> Self {
        Self::Moment(value)
    }
}

impl<T: Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        let payload = match self {
            Self::Kept(value) => Tagged::of(&value).map(|tagged| Payload::Kept(Arc::new(tagged))),
            Self::Written(tagged) => Some(Payload::Kept(tagged)),
            Self::Finished(finished) => Some(Payload::Finished(finished)),
            Self::Moment(value) => json(&value).map(Payload::Moment),
        };
        let Some(payload) = payload else { return ApiError::internal().into_response() };
        let mut response = StatusCode::OK.into_response();
        response.extensions_mut().insert(payload);
        response
    }
}

fn json<T: Serialize>(value: &T) -> Option<Box<RawValue>> {
    let written = serde_json::value::to_raw_value(value);
    written.inspect_err(|error| tracing::error!(%error, "an answer cannot be written as JSON")).ok()
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
        if let Some(Payload::Error(_, report)) = response.extensions_mut().get_mut::<Payload>() {
            *report = json(&self.data);
        }
        response
    }
}

/// What the envelope takes from the request.
struct Asked {
    /// Without tags where the method does not let the client ask by them.
    wanted: Wanted,
    id: Option<String>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let is_head = request.method() == Method::HEAD;
        let wanted = if reads { Wanted::of(request.headers(), is_head) } else { Wanted::default() };
        Self { wanted, id: request_id(request) }
    }
}

/// Puts answers of handlers, and errors of the layers around them, into the envelope. Answers that are neither
/// (the page, the documentation) pass unchanged.
pub(crate) async fn wrap(State(clock): State<Arc<dyn Clock>>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let mut response = next.run(request).await;
    let status = response.status();
    if let Some(payload) = response.extensions_mut().remove::<Payload>() {
        return written(response, payload, &*clock, asked);
    }
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let mut plain = ApiError::of_status(status).into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        plain.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    match plain.extensions_mut().remove::<Payload>() {
        Some(payload) => written(plain, payload, &*clock, asked),
        None => plain,
    }
}

fn written(mut response: Response, payload: Payload, clock: &dyn Clock, asked: Asked) -> Response {
    if let Payload::Finished(finished) = payload {
        let mut whole = finished.response(&asked.wanted);
        whole.headers_mut().extend(std::mem::take(response.headers_mut()));
        return whole;
    }
    let headers = response.headers_mut();
    let kept = if matches!(payload, Payload::Kept(_)) { "no-cache" } else { "no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Payload::Kept(tagged) = &payload {
        headers.typed_insert(tagged.tag.clone());
        if is_known(asked.wanted.known.as_ref(), &tagged.tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            return response;
        }
    }
    let body = document(payload, clock.now(), asked.id);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    *response.body_mut() = if asked.wanted.is_head { Body::empty() } else { Body::from(body) };
    response
}

pub(crate) fn document(payload: Payload, now: DateTime<Utc>, request_id: Option<String>) -> Vec<u8> {
    let timestamp = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let good = |data: &RawValue, timestamp| {
        let mut bytes = Vec::with_capacity(data.get().len() + 96);
        let envelope = Envelope { success: true, data, message: "ok", timestamp };
        serde_json::to_writer(&mut bytes, &envelope).map(|()| bytes)
    };
    let bytes = match payload {
        Payload::Kept(tagged) => good(&tagged.data, timestamp),
        Payload::Moment(data) => good(&data, timestamp),
        // It is a document already.
        Payload::Finished(_) => return Vec::new(),
        Payload::Error(mut error, data) => {
            if let Some(id) = request_id {
                error.details.insert("request_id".to_owned(), id.into());
            }
            let message = error.message.clone();
            serde_json::to_vec(&Failure { success: false, data, message, timestamp, error })
        }
    };
    // Text, finished JSON and maps with text keys: none of them can fail.
    bytes.unwrap_or_default()
}

/// Whether the client has what the tag stands for already.
pub(crate) fn is_known(known: Option<&IfNoneMatch>, tag: &headers::ETag) -> bool {
    known.is_some_and(|known| !known.precondition_passes(tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderMap;

    #[test]
    fn tags_are_compared_weakly_and_in_lists() {
        let known = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            }
            is_known(headers.typed_get().as_ref(), &"W/\"abc\"".parse().unwrap())
        };
        for values in [&["W/\"abc\""][..], &["\"abc\""], &["\"x\", W/\"abc\""], &["*"], &["\"x\"", "\"abc\""]]
        {
            assert!(known(values), "{values:?}");
        }
        for values in [&["\"ab\""][..], &["abc"], &["W/abc"], &[""], &[]] {
            assert!(!known(values), "{values:?}");
        }
    }
}
