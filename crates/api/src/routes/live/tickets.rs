//! Tickets with which a browser opens a connection: neither a `WebSocket` nor an `EventSource` can send a token.

use crate::auth::Caller;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use touchline_domain::Permission;
use utoipa::ToSchema;

/// A ticket.
#[derive(Serialize, ToSchema)]
pub(crate) struct LiveTicketItem {
    /// The ticket.
    pub ticket: String,
    /// Until when it counts.
    pub expires_at: DateTime<Utc>,
}

/// Gives a ticket for one connection to `/ws/live` or `/live/events`. It counts for half a minute and once on each server, and gives
/// its holder nothing but reading.
#[utoipa::path(
    post, operation_id = "get_live_ticket", path = "/api/v1/live/tickets", tag = "live",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A ticket", body = Envelope<LiveTicketItem>),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "The key may not read", body = Failure),
        (status = 503, description = "`accounts_unavailable`: this server keeps no accounts", body = Failure),
    )
)]
pub(crate) async fn give(
    State(state): State<ApiState>,
    Caller(caller): Caller,
) -> Result<Data<LiveTicketItem>, ApiError> {
    if !caller.allows(Permission::Read) {
        return Err(ApiError::forbidden("forbidden", "this account or key may not do that"));
    }
    let accounts = state.accounts().ok_or_else(ApiError::internal)?;
    let ticket = accounts.live_ticket(&caller)?;
    Ok(Data::of_the_moment(LiveTicketItem { ticket: ticket.ticket, expires_at: ticket.expires_at }))
}
