//! Updates as server-sent events: for whoever cannot open a WebSocket.

use super::listening::ListenQuery;
use crate::envelope::Failure;
use crate::error::ApiError;
use crate::extract::Params;
use crate::state::ApiState;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::unfold;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use touchline_forecasting::live::{Listener, LiveUpdate};

/// Where a browser says how far it had come.
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// Updates of running matches as they come: events `update`, whose `id` is their place. A browser that was cut off goes on by
/// itself where it was (`Last-Event-ID`); where that is not possible any longer, an event `gap` comes before the latest update of
/// each match.
#[utoipa::path(
    get, operation_id = "get_live_events", path = "/live/events", tag = "live", params(ListenQuery),
    responses(
        (status = 200, description = "Events without end; `data` of `update` is as /ws/live sends it", body = String, content_type = "text/event-stream"),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 401, description = "Reading needs an account, and there is none; `ticket_used`, `token_expired`, `token_invalid`: the ticket does not count", body = Failure),
    )
)]
pub(crate) async fn stream(
    State(state): State<ApiState>,
    headers: HeaderMap,
    Params(mut query): Params<ListenQuery>,
) -> Result<Response, ApiError> {
    if let Some(last) = headers.get(LAST_EVENT).and_then(|last| last.to_str().ok()) {
        query.after = Some(last.to_owned());
    }
    let (listener, backlog) = state.live().feed().listen(query.topics()?, query.after()?);
    let hello = Event::default().comment("updates follow");
    let mut first = VecDeque::from([hello]);
    if backlog.has_gap {
        first.push_back(Event::default().event("gap").data("{\"type\":\"gap\"}"));
    }
    first.extend(backlog.updates.iter().map(event));
    let all = unfold((first, listener), next);
    let beat = KeepAlive::new().interval(state.live_settings().heartbeat).text("heartbeat");
    let mut response = Sse::new(all).keep_alive(beat).into_response();
    // A proxy that collects what it passes on would hold the events back.
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

type Listening = (VecDeque<Event>, Listener);

/// The next event; the stream ends with a listener that is too slow, and the browser comes back.
async fn next((mut waiting, mut listener): Listening) -> Option<(Result<Event, Infallible>, Listening)> {
    let event = match waiting.pop_front() {
        Some(event) => event,
        None => event(&listener.next().await?),
    };
    Some((Ok(event), (waiting, listener)))
}

fn event(update: &Arc<LiveUpdate>) -> Event {
    Event::default().event("update").id(update.position.to_string()).data(&*update.text)
}
