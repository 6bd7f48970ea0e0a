//! Forecasts as finished bytes: the whole answer, plain and compressed, with its head, made once per match and snapshot of
//! the forecasts. Answering is looking it up.
//!
//! They are kept only while the feed of changes is followed: another result, kick-off or model makes another snapshot
//! within moments, and with it all bytes anew. Where the feed cannot be read, nothing here answers.

use crate::envelope::{document, is_known};
use crate::layers::secured;
use crate::payload::{Payload, Tagged};
use crate::routes::predictions::{Counted, Prediction};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use headers::{HeaderMapExt, IfNoneMatch};
use std::collections::HashMap;
use std::fmt;
use std::io::Write;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use touchline_domain::{Kickoff, MatchId};
use touchline_forecasting::serving::{ForecastService, Snapshot};

/// Matches that begin so soon have their answers made before anybody asks.
const WARM: Duration = Duration::hours(48);

/// What a client says of the form that it wants.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// Whether it takes gzip.
    pub gzip: bool,
    /// The tags that it knows.
    pub known: Option<IfNoneMatch>,
    /// Whether it wants the head alone.
    pub is_head: bool,
}

impl Wanted {
    /// By the head of a request that reads.
    pub fn of(headers: &HeaderMap, is_head: bool) -> Self {
        Self { gzip: takes_gzip(headers), known: headers.typed_get(), is_head }
    }
}

/// Whether the header `Accept-Encoding` names gzip, or anything, and does not refuse it.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter();
    named.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().trim_start_matches(['q', 'Q']).trim_start_matches('=').trim();
        matches!(name.trim(), "gzip" | "x-gzip" | "*") && weight.parse().is_ok_and(|weight: f32| weight > 0.0)
    })
}

/// A whole answer.
pub(crate) struct Finished {
    tag: headers::ETag,
    plain: Form,
    gzip: Form,
    unchanged: HeaderMap,
    counted: Counted,
    /// From then on it is no forecast of a match to come.
    until: DateTime<Utc>,
}

struct Form {
    head: HeaderMap,
    body: Bytes,
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finished").field("tag", &self.tag).finish_non_exhaustive()
    }
}

impl Finished {
    /// The answer to whoever asks for a forecast; none where there is none, or it cannot be written.
    fn of(snapshot: &Snapshot, id: MatchId, kickoff: Kickoff, now: DateTime<Utc>) -> Option<Self> {
        let answer = snapshot.answer(id)?;
        let counted = Counted::of(&answer);
        let tagged = Tagged::of(&Prediction::from(answer))?;
        let tag = tagged.tag.clone();
        let body = document(Payload::Kept(Arc::new(tagged)), now, None);
        let gzip = compressed(&body).ok()?;
        let mut unchanged = HeaderMap::new();
        unchanged.typed_insert(tag.clone());
        unchanged.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        unchanged.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        secured(&mut unchanged);
        let form = |body: Vec<u8>, encoding: Option<&'static str>| {
            let mut head = unchanged.clone();
            head.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            head.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            if let Some(encoding) = encoding {
                head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            Form { head, body: body.into() }
        };
        let (plain, gzip) = (form(body, None), form(gzip, Some("gzip")));
        Some(Self { tag, plain, gzip, unchanged, counted, until: kickoff.latest() })
    }

    /// The answer in the form that is wanted.
    pub fn response(&self, wanted: &Wanted) -> Response {
        self.counted.count();
        let mut response = Response::new(Body::empty());
        if is_known(wanted.known.as_ref(), &self.tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.headers_mut() = self.unchanged.clone();
            return response;
        }
        let form = if wanted.gzip { &self.gzip } else { &self.plain };
        *response.headers_mut() = form.head.clone();
        if !wanted.is_head {
            *response.body_mut() = Body::from(form.body.clone());
        }
        response
    }
}

fn compressed(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body)?;
    encoder.finish()
}

/// The finished answers of the snapshot that was asked for last.
#[derive(Debug, Default)]
pub(crate) struct FinishedAnswers(RwLock<Option<Arc<Generation>>>);

/// An answer that is made once; none where there is none to make.
type Once = OnceLock<Option<Arc<Finished>>>;

/// Those of one snapshot. Each is made by whoever asks first; who asks meanwhile waits for it.
#[derive(Debug)]
struct Generation {
    snapshot: Arc<Snapshot>,
    answers: HashMap<MatchId, (Kickoff, Once)>,
}

impl Generation {
    fn of(snapshot: Arc<Snapshot>) -> Self {
        let answers = snapshot.kickoffs().map(|(id, kickoff)| (id, (kickoff, OnceLock::new()))).collect();
        Self { snapshot, answers }
    }

    fn get(&self, id: MatchId, now: DateTime<Utc>) -> Option<&Arc<Finished>> {
        let (kickoff, answer) = self.answers.get(&id)?;
        if now >= kickoff.latest() {
            return None;
        }
        let made = || Finished::of(&self.snapshot, id, *kickoff, now).map(Arc::new);
        answer.get_or_init(made).as_ref().filter(|answer| now < answer.until)
    }
}

impl FinishedAnswers {
    /// The forecast of a match to come; none where it has to be asked of the store.
    pub fn get(&self, forecasts: &ForecastService, id: MatchId, now: DateTime<Utc>) -> Option<Arc<Finished>> {
        self.generation(forecasts.followed()?).get(id, now).cloned()
    }

    /// Makes the answers of all matches that begin soon.
    pub fn warm(&self, forecasts: &ForecastService, now: DateTime<Utc>) {
        let Some(snapshot) = forecasts.followed() else { return };
        let generation = self.generation(snapshot);
        let soon = |(_, (kickoff, _)): &(&MatchId, &(Kickoff, _))| kickoff.at <= now + WARM;
        for (id, _) in generation.answers.iter().filter(soon) {
            generation.get(*id, now);
        }
    }

    fn generation(&self, snapshot: Arc<Snapshot>) -> Arc<Generation> {
        let is_of = |generation: &&Arc<Generation>| Arc::ptr_eq(&generation.snapshot, &snapshot);
        if let Some(held) = self.0.read().unwrap_or_else(PoisonError::into_inner).as_ref().filter(is_of) {
            return Arc::clone(held);
        }
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = held.as_ref().filter(is_of) {
            return Arc::clone(held);
        }
        Arc::clone(held.insert(Arc::new(Generation::of(snapshot))))
    }
}

#[cfg(test)]
mod tests;
