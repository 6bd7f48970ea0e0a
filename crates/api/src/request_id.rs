//! The identifier of a request, by which its answer and its lines in the log find each other.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use tower_http::request_id::RequestId;

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
    let id = RequestId::new(identifier(request.headers()));
    request.extensions_mut().insert(id.clone());
    id
}

/// The identifier that came with a request where that is harmless, else a new one.
pub(crate) fn identifier(headers: &HeaderMap) -> HeaderValue {
    given(headers).unwrap_or_else(invented)
}

/// A new identifier in the form of a UUID: what is this process's own, then the number of the request.
fn invented() -> HeaderValue {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
    static NEXT: AtomicU64 = AtomicU64::new(0);
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let id = u128::from(*PROCESS) << 64 | u128::from(NEXT.fetch_add(1, Ordering::Relaxed));
    let mut text = [b'-'; 36];
    let places = (0..36).filter(|at| !matches!(at, 8 | 13 | 18 | 23));
    for (digit, at) in places.enumerate() {
        text[at] = DIGITS[(id >> (124 - 4 * digit) & 0xf) as usize];
    }
    HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("none"))
}

/// An identifier from outside, where it is harmless in a log.
fn given(headers: &HeaderMap) -> Option<HeaderValue> {
    let value = headers.get(X_REQUEST_ID)?;
    let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let bytes = value.as_bytes();
    let fits = !bytes.is_empty() && bytes.len() <= LONGEST_ID && bytes.iter().all(harmless);
    fits.then(|| value.clone())
}
