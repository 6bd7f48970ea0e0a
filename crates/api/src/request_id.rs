//! The identifier of a request, by which its answer and its lines in the log find each other.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tower_http::request_id::{MakeRequestId, MakeRequestUuid, RequestId};

/// Identifies a request in answers and in the log.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest identifier that is taken over from a client or proxy.
const LONGEST_ID: usize = 64;

/// The identifier that [`identify`] gave to a request, where it can be shown.
pub(crate) fn request_id(request: &Request) -> Option<String> {
    let id = request.extensions().get::<RequestId>()?;
    id.header_value().to_str().ok().map(str::to_owned)
}

/// Gives a request its identifier: the one that came with it where that is harmless, else a new one.
pub(crate) fn identify(request: &mut Request) -> RequestId {
    let id = given(request.headers()).or_else(|| MakeRequestUuid.make_request_id(request));
    let id = id.unwrap_or_else(|| RequestId::new(HeaderValue::from_static("none")));
    request.extensions_mut().insert(id.clone());
    id
}

/// An identifier from outside, where it is harmless in a log.
fn given(headers: &HeaderMap) -> Option<RequestId> {
    let value = headers.get(X_REQUEST_ID)?;
    let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let bytes = value.as_bytes();
    let fits = !bytes.is_empty() && bytes.len() <= LONGEST_ID && bytes.iter().all(harmless);
    fits.then(|| RequestId::new(value.clone()))
}
