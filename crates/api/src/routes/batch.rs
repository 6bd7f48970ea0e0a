//! Forecasts of many matches at once: in the answer, or by a ticket whose holder comes back or is told.

use crate::auth::Caller;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{JsonBody, Params, limit};
use crate::routes::predictions::{Counted, Prediction};
use crate::state::ApiState;
use crate::tickets::{BATCH_JOB, TICKET, TicketSettings};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use touchline_domain::{MatchId, NewTicket, Ticket, TicketKind};
use touchline_forecasting::serving::{ForecastService, ServingError};
use touchline_jobs::catalogue;
use utoipa::ToSchema;

/// Most matches that are answered at once.
const MOST_AT_ONCE: usize = 100;
/// Why a batch holds no score grids.
const NOT_IN_BATCHES: &str = "batches leave score grids out: ask for the match alone";

/// Whether the answer is waited for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BatchQuery {
    /// Answer with a ticket at once, and forecast behind it; needs an account.
    #[serde(rename = "async")]
    #[param(rename = "async", example = false)]
    by_ticket: Option<bool>,
}

/// Which matches.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchRequest {
    /// Identifiers of matches: at most 100, and by ticket as many as `tickets.most_matches` of the server.
    #[schema(min_items = 1, example = json!([1, 2]))]
    match_ids: Vec<i64>,
    /// By ticket: an address that is told when it has ended, by a message signed as Standard Webhooks says.
    #[schema(max_length = 2000, pattern = "^https?://", example = json!(null))]
    callback_url: Option<String>,
}

/// Why there is no forecast of a match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchFault {
    /// Stable name, as of the match alone: `no_match`, `not_to_come`.
    #[schema(example = "no_match")]
    pub code: String,
    /// What is wrong.
    pub message: String,
}

/// A match of a batch: a forecast, or why there is none.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchItem {
    /// The match.
    pub match_id: i64,
    /// Its forecast, without a score grid.
    #[schema(required = true)]
    pub prediction: Option<Prediction>,
    /// Why there is none.
    #[schema(required = true)]
    pub error: Option<BatchFault>,
}

/// Forecasts of matches, in the order in which they were asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PredictionBatch {
    /// One per identifier.
    pub items: Vec<BatchItem>,
}

/// Whether the holder of a ticket was told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketNoticeItem {
    /// `none` (nobody is to be told), `waiting`, `sent` or `failed`.
    #[schema(example = "sent")]
    pub state: &'static str,
    /// The address.
    #[schema(required = true)]
    pub callback_url: Option<String>,
    /// What came of it last.
    #[schema(required = true)]
    pub message: Option<String>,
    /// When that was.
    #[schema(required = true)]
    pub at: Option<DateTime<Utc>>,
}

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketItem {
    /// Its name; whoever else knows it sees nothing of it.
    pub id: String,
    /// `open`, `done` or `failed`.
    #[schema(example = "open")]
    pub status: &'static str,
    /// Matches that were asked for.
    pub matches: u64,
    /// Why it failed.
    #[schema(required = true)]
    pub message: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<DateTime<Utc>>,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
    /// Whether the address that was given was told.
    pub notice: TicketNoticeItem,
}

impl From<Ticket> for TicketItem {
    fn from(ticket: Ticket) -> Self {
        Self {
            status: ticket.status.name(),
            matches: ticket.details["matches"].as_u64().unwrap_or_default(),
            message: ticket.message,
            created_at: ticket.created_at,
            ended_at: ticket.ended_at,
            expires_at: ticket.expires_at,
            notice: TicketNoticeItem {
                state: ticket.notice.name(),
                callback_url: ticket.callback,
                message: ticket.notice_message,
                at: ticket.noticed_at,
            },
            id: ticket.id,
        }
    }
}

/// A ticket with what it gave.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketAnswer {
    /// The ticket.
    pub ticket: TicketItem,
    /// The forecasts; null until they are there.
    #[schema(required = true, value_type = Option<PredictionBatch>)]
    pub answer: Option<Box<RawValue>>,
}

/// One's own tickets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketList {
    /// The latest first.
    pub items: Vec<TicketItem>,
}

/// Forecasts of matches, each or why there is none; an error where none can be had at all.
pub(crate) async fn answered(
    forecasts: &ForecastService,
    ids: &[MatchId],
    now: DateTime<Utc>,
) -> Result<Vec<BatchItem>, ServingError> {
    // What is followed answers without a look into the store.
    let held = forecasts.followed();
    let mut items = Vec::with_capacity(ids.len());
    for id in ids {
        let current = held.as_ref().and_then(|snapshot| snapshot.answer_before_kickoff(*id, now));
        let answer = match current {
            Some(answer) => Ok(answer),
            None => forecasts.forecast(*id).await,
        };
        let (prediction, error) = match answer {
            Ok(answer) => {
                Counted::of(&answer).count();
                let mut prediction = Prediction::from(answer);
                if prediction.score_grid.take().is_some() {
                    prediction.score_grid_reason = Some(NOT_IN_BATCHES.to_owned());
                }
                (Some(prediction), None)
            }
            Err(error @ (ServingError::UnknownMatch(_) | ServingError::NotToCome { .. })) => {
                let error = ApiError::from(error);
                let (code, message) = (error.code().to_owned(), error.message().to_owned());
                (None, Some(BatchFault { code, message }))
            }
            Err(error) => return Err(error),
        };
        items.push(BatchItem { match_id: id.0, prediction, error });
    }
    Ok(items)
}

/// Forecasts of many matches. With `async=true` the answer is a ticket, whose work a worker does.
#[utoipa::path(
    post, operation_id = "predict_batch", path = "/api/v1/predictions/batch", tag = "forecasts", request_body = BatchRequest,
    params(BatchQuery, ("Idempotency-Key" = Option<String>, Header, description = "By ticket: the same request under the same key is done once", max_length = 255, pattern = "^[!-~]+$")),
    responses(
        (status = 200, description = "The forecasts", body = Envelope<PredictionBatch>),
        (status = 202, description = "A ticket; `Location` says where it is asked for", body = Envelope<TicketItem>),
        (status = 400, description = "The body cannot be read, or names too many matches; `invalid_callback`: this address is not called", body = Failure),
        (status = 401, description = "By ticket: no account", body = Failure),
        (status = 422, description = "`key_reused`: another request came under this key", body = Failure),
        (status = 429, description = "`too_many_tickets`: as many are open as an account may have", body = Failure),
        (status = 503, description = "Forecasts cannot be computed at present", body = Failure),
    )
)]
pub(crate) async fn make(
    State(state): State<ApiState>,
    caller: Option<axum::Extension<Caller>>,
    Params(query): Params<BatchQuery>,
    JsonBody(body): JsonBody<BatchRequest>,
) -> Result<Response, ApiError> {
    if query.by_ticket == Some(true) {
        let Some(axum::Extension(caller)) = caller else {
            let message =
                "a ticket belongs to an account: log in, or send a key: Authorization: Bearer TOKEN";
            return Err(ApiError::unauthorized("unauthorized", message));
        };
        return take_ticket(&state, &caller, body).await;
    }
    if body.callback_url.is_some() {
        let message = "callback_url: only a ticket has one; ask with async=true";
        return Err(ApiError::bad_request("invalid_callback", message));
    }
    let ids = checked(&body.match_ids, MOST_AT_ONCE)?;
    let items = answered(state.forecasts(), &ids, state.clock().now()).await?;
    Ok(Data::of_the_moment(PredictionBatch { items }).into_response())
}

fn checked(ids: &[i64], most: usize) -> Result<Vec<MatchId>, ApiError> {
    if ids.is_empty() || ids.len() > most {
        let message = format!("match_ids: 1 to {most} identifiers are wanted here, not {}", ids.len());
        return Err(ApiError::bad_request("invalid_body", message));
    }
    if ids.iter().any(|id| *id < 1) {
        return Err(ApiError::bad_request("invalid_body", "match_ids: identifiers are whole numbers from 1"));
    }
    Ok(ids.iter().copied().map(MatchId).collect())
}

async fn take_ticket(
    state: &ApiState,
    Caller(caller): &Caller,
    body: BatchRequest,
) -> Result<Response, ApiError> {
    let operations = state.operations()?;
    let TicketSettings { most_matches, most_open, keep, callbacks } = &operations.tickets;
    checked(&body.match_ids, *most_matches)?;
    if let Some(url) = &body.callback_url {
        let checked = match callbacks {
            Some(callbacks) => callbacks.check(url),
            None => {
                Err("callback_url: this server calls nobody (tickets.webhook_secret); ask for the ticket"
                    .to_owned())
            }
        };
        checked.map_err(|message| ApiError::bad_request("invalid_callback", message))?;
    }
    let (now, id) = (state.clock().now(), state.accounts().ok_or_else(ApiError::internal)?.unguessable());
    let kind = catalogue::by_name(BATCH_JOB).ok_or_else(ApiError::internal)?;
    let job = kind.job(format!("{BATCH_JOB}:{id}"), now, json!({ TICKET: id }));
    let ticket = NewTicket {
        kind: TicketKind::Predictions,
        user_id: caller.user.id,
        details: json!({ "matches": body.match_ids.len() }),
        body: serde_json::to_vec(&body.match_ids).map_err(|_| ApiError::internal())?,
        callback: body.callback_url,
        expires_at: now + *keep,
        id,
    };
    if !operations.store.open_ticket(&ticket, *most_open, &job, now).await? {
        let message =
            format!("{most_open} tickets of this account are open already; wait until one has ended");
        return Err(ApiError::too_many("too_many_tickets", message, 60));
    }
    let held = operations.store.ticket(&ticket.id).await?.ok_or_else(ApiError::internal)?;
    let mut response = Data::of_the_moment(TicketItem::from(held)).into_response();
    *response.status_mut() = StatusCode::ACCEPTED;
    if let Ok(place) = HeaderValue::try_from(format!("/api/v1/predictions/tickets/{}", ticket.id)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// Which tickets.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TicketQuery {
    /// Most tickets, the latest first: 1 to 200, 50 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Only those that have ended, or that have not.
    #[param(example = true)]
    ended: Option<bool>,
}

/// One's own tickets: what has ended, and what has not.
#[utoipa::path(
    get, operation_id = "list_prediction_tickets", path = "/api/v1/predictions/tickets", tag = "forecasts", params(TicketQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Them", body = Envelope<TicketList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 401, description = "No account", body = Failure),
    )
)]
pub(crate) async fn tickets(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Params(query): Params<TicketQuery>,
) -> Result<Data<TicketList>, ApiError> {
    let limit = limit(query.limit, 50, 1..=200)?;
    let store = &*state.operations()?.store;
    let held = store.tickets_of(caller.user.id, TicketKind::Predictions, limit).await?;
    let now = state.clock().now();
    let wanted = |ticket: &Ticket| {
        ticket.expires_at > now && query.ended.is_none_or(|ended| ended == ticket.ended_at.is_some())
    };
    let items = held.into_iter().filter(wanted).map(TicketItem::from).collect();
    Ok(Data::of_the_moment(TicketList { items }))
}

/// A ticket of one's own, with the forecasts once they are there.
#[utoipa::path(
    get, operation_id = "get_prediction_ticket", path = "/api/v1/predictions/tickets/{id}", tag = "forecasts",
    params(("id" = String, Path, description = "Its name", max_length = 64)), security(("bearer" = [])),
    responses(
        (status = 200, description = "It", body = Envelope<TicketAnswer>),
        (status = 401, description = "No account", body = Failure),
        (status = 404, description = "No ticket of this account has the name, or it has expired", body = Failure),
    )
)]
pub(crate) async fn ticket(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Data<TicketAnswer>, ApiError> {
    let unknown =
        || ApiError::not_found("no_ticket", "no ticket of this account has this name, or it has expired");
    let ticket = own(&state, caller.user.id, TicketKind::Predictions, &id).await?.ok_or_else(unknown)?;
    let answer = state.operations()?.store.ticket_answer(&ticket.id).await?;
    let answer =
        answer.map(|bytes| String::from_utf8(bytes).ok().and_then(|text| RawValue::from_string(text).ok()));
    let answer = match answer {
        Some(None) => return Err(ApiError::internal()),
        Some(answer) => answer,
        None => None,
    };
    Ok(Data::of_the_moment(TicketAnswer { ticket: ticket.into(), answer }))
}

/// A ticket of an account that has not expired.
pub(crate) async fn own(
    state: &ApiState,
    user_id: i64,
    kind: TicketKind,
    id: &str,
) -> Result<Option<Ticket>, ApiError> {
    let is_name = id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if !is_name {
        return Ok(None);
    }
    let (held, now) = (state.operations()?.store.ticket(id).await?, state.clock().now());
    Ok(held.filter(|held| held.user_id == user_id && held.kind == kind && held.expires_at > now))
}

#[cfg(test)]
mod tests;
