//! Running matches: scores that a source sends here, and updates for whoever listens, by WebSocket or as server-sent events.

pub(crate) mod events;
mod listening;
mod message;
pub(crate) mod socket;
pub(crate) mod tickets;

pub use listening::LiveSettings;
pub use socket::ConnectionPlace;

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::broken;
use crate::once::Turn;
use crate::state::ApiState;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use message::{ScoreMessage, UpdateItem};
use serde::Serialize;
use std::sync::Arc;
use touchline_accounts::{WebhookFault, WebhookProof};
use touchline_forecasting::live::{LiveError, Taken};
use utoipa::ToSchema;

/// Most bytes of a message.
const LARGEST: usize = 64 * 1024;

/// What became of a message.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Received {
    /// Whether it changed anything: false where something newer was known.
    pub taken: bool,
    /// Whether the same message had come before; the rest is what became of it then.
    pub repeated: bool,
    /// The match.
    pub match_id: i64,
    /// The place of the match's latest update.
    #[schema(example = "00000000000000ab-17")]
    pub position: String,
}

/// Takes the score of a running match from a source, and tells whoever listens. Signed as Standard Webhooks says, with the
/// secret `live.webhook_secret`: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. A message may be sent
/// again under its identifier: it counts once.
#[utoipa::path(
    post, operation_id = "receive_score", path = "/webhooks/scores", tag = "live", request_body = ScoreMessage,
    params(
        ("webhook-id" = Option<String>, Header, description = "Names the message, at every try", max_length = 256),
        ("webhook-timestamp" = Option<String>, Header, description = "When this try was signed, seconds since 1970"),
        ("webhook-signature" = Option<String>, Header, description = "`v1,` and the signature in base64; several with spaces between"),
    ),
    responses(
        (status = 200, description = "It was received", body = Envelope<Received>),
        (status = 400, description = "The message cannot be read, or no match stands so", body = Failure),
        (status = 401, description = "`webhook_refused`: it is not signed, wrongly, or not now", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
        (status = 408, description = "The body came too slowly", body = Failure),
        (status = 409, description = "`under_way`: the same message is being taken", body = Failure),
        (status = 413, description = "It is too large", body = Failure),
        (status = 422, description = "`key_reused`: another message came under this identifier", body = Failure),
        (status = 503, description = "`webhooks_off`: this server has no secret; or not at present", body = Failure),
    )
)]
pub(crate) async fn receive(
    State(state): State<ApiState>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Data<Received>, ApiError> {
    let settings = state.live_settings();
    if settings.secrets.is_empty() {
        return Err(ApiError::unavailable(
            "webhooks_off",
            "this server takes no scores: set live.webhook_secret (SCORES_WEBHOOK_SECRET), and sign with it",
        ));
    }
    let body = body.map_err(|fault| broken(&fault))?;
    if body.len() > LARGEST {
        return Err(ApiError::of_status(axum::http::StatusCode::PAYLOAD_TOO_LARGE));
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let id = header("webhook-id");
    let (timestamp, signature) = (header("webhook-timestamp"), header("webhook-signature"));
    let now = state.clock().now();
    settings.secrets.verify(WebhookProof { id, timestamp, signature }, &body, now).map_err(refused)?;
    let ticket = match state.deliveries().turn(id, &body, now) {
        Turn::First(ticket) => ticket,
        Turn::Done(received) => return Ok(Data::of_the_moment(Received { repeated: true, ..received })),
        Turn::UnderWay => {
            return Err(ApiError::conflict("under_way", "the same message is being taken at this moment"));
        }
        Turn::Other => return Err(ApiError::reused("another message came under this webhook-id before")),
        Turn::Full => return Err(ApiError::overloaded()),
    };
    let message: ScoreMessage = serde_json::from_slice(&body).map_err(|error| {
        ApiError::bad_request("invalid_body", format!("the message cannot be read: {error}; see /docs"))
    })?;
    let score = message.score()?;
    let events = message.events(&score)?;
    // Kept before anybody is told: where there is no room, the source sends the message again.
    let writing = state.live_writing(score.match_id, events)?;
    let minute = message.minute.as_deref();
    let taken = state
        .live()
        .take(score, |picture, position| Arc::from(UpdateItem::of(picture, position, minute, now).text()))
        .await;
    let (taken, update) = match taken? {
        Taken::Told(update) => (true, update),
        Taken::Older(update) => (false, update),
    };
    writing.send();
    let (match_id, position) = (update.match_id.0, update.position.to_string());
    let received = Received { taken, repeated: false, match_id, position };
    ticket.done(received.clone());
    Ok(Data::of_the_moment(received))
}

fn refused(fault: WebhookFault) -> ApiError {
    ApiError::unauthorized("webhook_refused", fault.to_string())
}

impl From<LiveError> for ApiError {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::Forecast(error) => error.into(),
            LiveError::State(error) => Self::bad_request("invalid_body", error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
