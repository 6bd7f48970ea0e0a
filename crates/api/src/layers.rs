//! Layers around all routes: request identifiers and tracing, security headers, limits.

use crate::error::ApiError;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Instant;
use tower_http::request_id::{MakeRequestId, MakeRequestUuid, RequestId};
use tracing::Instrument;

/// Identifies a request in answers and in the log.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest identifier that is taken over from a client or proxy.
const LONGEST_ID: usize = 64;
/// Longest path with its query, bytes.
const LONGEST_URI: usize = 2048;

/// What a page from here may load and do: its own files alone; styles of elements, which charts set; and small
/// images within the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// The identifier of a request that went through [`observe`].
pub(crate) fn request_id(request: &Request) -> Option<String> {
    let id = request.extensions().get::<RequestId>()?;
    id.header_value().to_str().ok().map(str::to_owned)
}

/// Gives the request an identifier and a span, and logs how it was answered. The query is not logged: it may
/// hold what somebody looked for.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let id = given_id(request.headers()).or_else(|| MakeRequestUuid.make_request_id(&request));
    let id = id.unwrap_or_else(|| RequestId::new(HeaderValue::from_static("none")));
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        id = id.header_value().to_str().unwrap_or("none"),
        method = %request.method(),
        route,
    );
    request.extensions_mut().insert(id.clone());
    async move {
        let started = Instant::now();
        let mut response = next.run(request).await;
        let (status, elapsed_ms) = (response.status().as_u16(), started.elapsed().as_secs_f64() * 1000.0);
        if response.status().is_server_error() {
            tracing::warn!(status, elapsed_ms, "answered");
        } else {
            tracing::debug!(status, elapsed_ms, "answered");
        }
        response.headers_mut().insert(X_REQUEST_ID, id.into_header_value());
        response
    }
    .instrument(span)
    .await
}

/// An identifier from outside, where it is harmless in a log.
fn given_id(headers: &HeaderMap) -> Option<RequestId> {
    let value = headers.get(X_REQUEST_ID)?;
    let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let bytes = value.as_bytes();
    let fits = !bytes.is_empty() && bytes.len() <= LONGEST_ID && bytes.iter().all(harmless);
    fits.then(|| RequestId::new(value.clone()))
}

/// Adds the headers that keep a browser from doing what it should not. There are no CORS headers: other sites'
/// pages may not read answers.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Refuses endless paths and queries before anything reads them.
pub(crate) async fn limit_uri(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |p| p.as_str().len());
    if length > LONGEST_URI {
        return ApiError::of_status(StatusCode::URI_TOO_LONG).into_response();
    }
    next.run(request).await
}
