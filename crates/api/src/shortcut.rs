//! The way around the layers for what is asked most: forecasts that are kept as finished bytes, and liveness. A request
//! that is anything but plain takes the long way, which gives the same answer.

use crate::auth::{Passage, passage};
use crate::envelope::document;
use crate::exporter::Exporter;
use crate::finished::Wanted;
use crate::layers::secured;
use crate::payload::Payload;
use crate::request_id::{X_REQUEST_ID, identifier};
use crate::routes::health::Liveness;
use crate::state::ApiState;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use axum::response::Response;
use metrics::{Counter, Histogram};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;
use touchline_domain::MatchId;
use touchline_domain::telemetry::{HTTP_DURATION, HTTP_REQUESTS};

/// Where forecasts are asked for.
const FORECASTS: &str = "/api/v1/predictions/";
/// Where liveness is.
const LIVE: &str = "/health/live";

/// Answers at once what can be answered from memory. Clones share everything.
#[derive(Clone)]
pub struct Shortcut(Arc<Inner>);

struct Inner {
    state: ApiState,
    live: HeaderMap,
    /// The body of liveness of a millisecond: many ask within one.
    alive: RwLock<(i64, Bytes)>,
    fresh: Counter,
    unchanged: Counter,
    took: Histogram,
}

impl fmt::Debug for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shortcut").finish_non_exhaustive()
    }
}

impl Shortcut {
    /// Around the layers of the interface that answers from the same state.
    pub fn new(state: ApiState) -> Self {
        let _ = Exporter::installed();
        let answered = |status: &'static str| metrics::counter!(HTTP_REQUESTS.name, "method" => "GET", "status" => status);
        let mut live = HeaderMap::new();
        live.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        live.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        secured(&mut live);
        let (fresh, unchanged) = (answered("200"), answered("304"));
        let took = metrics::histogram!(HTTP_DURATION.name);
        let alive = RwLock::default();
        Self(Arc::new(Inner { state, live, alive, fresh, unchanged, took }))
    }

    /// The answer, where it is at hand and the request is a plain one.
    pub fn answer<B>(&self, request: &Request<B>, from: IpAddr) -> Option<Response> {
        let started = Instant::now();
        if request.method() != Method::GET || request.uri().query().is_some() || has_more(request.headers()) {
            return None;
        }
        let mut response = match request.uri().path() {
            LIVE => self.live(),
            path => self.forecast(path.strip_prefix(FORECASTS)?, request.headers(), from)?,
        };
        response.headers_mut().insert(X_REQUEST_ID, identifier(request.headers()));
        let answered = if response.status().is_success() { &self.0.fresh } else { &self.0.unchanged };
        answered.increment(1);
        self.0.took.record(started.elapsed().as_secs_f64());
        Some(response)
    }

    fn live(&self) -> Response {
        let mut response = Response::new(Body::from(self.alive()));
        *response.headers_mut() = self.0.live.clone();
        response
    }

    fn alive(&self) -> Bytes {
        let now = self.0.state.clock().now();
        let millisecond = now.timestamp_millis();
        {
            let (of, body) = &*self.0.alive.read().unwrap_or_else(PoisonError::into_inner);
            if *of == millisecond && !body.is_empty() {
                return body.clone();
            }
        }
        let alive = serde_json::value::to_raw_value(&Liveness::ALIVE).unwrap_or_default();
        let body = Bytes::from(document(Payload::Moment(alive), now, None));
        *self.0.alive.write().unwrap_or_else(PoisonError::into_inner) = (millisecond, body.clone());
        body
    }

    fn forecast(&self, id: &str, headers: &HeaderMap, from: IpAddr) -> Option<Response> {
        // As the path is read elsewhere, without a sign and without zeros ahead.
        let is_plain = id.bytes().all(|b| b.is_ascii_digit()) && !id.starts_with('0');
        let id = if is_plain { id.parse().ok()? } else { return None };
        let finished = self.0.state.finished(MatchId(id))?;
        let Passage::Open(verdict) = passage(self.0.state.accounts(), from) else { return None };
        let mut response = finished.response(&Wanted::of(headers, false));
        if let Some(verdict) = verdict {
            crate::auth::limits(response.headers_mut(), verdict);
        }
        Some(response)
    }
}

/// Whether somebody says who he is, or sends a body: not for here.
fn has_more(headers: &HeaderMap) -> bool {
    const KEY: HeaderName = HeaderName::from_static("x-api-key");
    [header::AUTHORIZATION, KEY, header::CONTENT_LENGTH, header::TRANSFER_ENCODING]
        .iter()
        .any(|name| headers.contains_key(name))
}

#[cfg(test)]
mod tests;
