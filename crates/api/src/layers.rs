//! Layers around all routes: request identifiers and tracing, security headers, limits.

use crate::error::ApiError;
use crate::request_id::{X_REQUEST_ID, identify};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Instant;
use touchline_domain::telemetry::{HTTP_DURATION, HTTP_REQUESTS};
use tracing::Instrument;

/// Longest path with its query, bytes.
const LONGEST_URI: usize = 2048;

/// What a page from here may load and do: its own files alone; styles of elements, which charts set; and small
/// images within the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// Gives the request an identifier and a span, and logs how it was answered. The query is not logged: it may
/// hold what somebody looked for.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let id = identify(&mut request);
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        id = id.header_value().to_str().unwrap_or("none"),
        method = %request.method(),
        route,
    );
    let method = known_method(request.method());
    async move {
        let started = Instant::now();
        let mut response = next.run(request).await;
        let (status, elapsed) = (response.status().as_u16(), started.elapsed().as_secs_f64());
        let elapsed_ms = elapsed * 1000.0;
        metrics::counter!(HTTP_REQUESTS.name, "method" => method, "status" => response.status().as_str().to_owned())
            .increment(1);
        metrics::histogram!(HTTP_DURATION.name).record(elapsed);
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

/// The method's name, where it is one of the declared ones: a client can invent any number of methods.
fn known_method(method: &Method) -> &'static str {
    let known = HTTP_REQUESTS.labels[0].values;
    known.iter().find(|name| **name == method.as_str()).copied().unwrap_or("other")
}

/// Adds the headers that keep a browser from doing what it should not. There are no CORS headers: other sites'
/// pages may not read answers.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    secured(response.headers_mut());
    response
}

/// Adds these headers, where they are not there.
pub(crate) fn secured(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// Refuses endless paths and queries before anything reads them.
pub(crate) async fn limit_uri(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |p| p.as_str().len());
    if length > LONGEST_URI {
        return ApiError::of_status(StatusCode::URI_TOO_LONG).into_response();
    }
    next.run(request).await
}
