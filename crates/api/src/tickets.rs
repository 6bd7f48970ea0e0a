//! Work that takes longer than a request: how much of it may be asked for, and what a worker does of it. The worker is the
//! binary's; what it writes is what these routes answer.

use crate::routes::batch::answered;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::ports::Callbacks;
use touchline_domain::{MatchId, Progress, Stopped, Ticket};
use touchline_forecasting::serving::{ForecastService, ServingError};

/// The kind of job that forecasts the matches of a ticket.
pub const BATCH_JOB: &str = "prediction_batch";
/// Its parameter: the ticket.
pub const TICKET: &str = "ticket";

/// How much is asked for by tickets, and how their holders are told.
#[derive(Clone)]
pub struct TicketSettings {
    /// Matches of one batch.
    pub most_matches: usize,
    /// Open tickets that an account may have of a kind.
    pub most_open: u32,
    /// How long a ticket is kept.
    pub keep: Duration,
    /// Who calls the addresses that holders give; none where they are not called.
    pub callbacks: Option<Arc<dyn Callbacks>>,
}

impl Default for TicketSettings {
    fn default() -> Self {
        Self { most_matches: 5_000, most_open: 10, keep: Duration::hours(24), callbacks: None }
    }
}

impl fmt::Debug for TicketSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { most_matches, most_open, keep, callbacks } = self;
        f.debug_struct("TicketSettings")
            .field("most_matches", most_matches)
            .field("most_open", most_open)
            .field("keep", keep)
            .field("callbacks", &callbacks.is_some())
            .finish()
    }
}

/// Why the work of a ticket was not done.
#[derive(Debug, Error)]
pub enum TicketError {
    /// What was asked cannot be read: it was written by another program.
    #[error("what was asked cannot be read: ask again")]
    Unreadable,
    /// Forecasts cannot be had.
    #[error("{0}")]
    Forecasts(#[from] ServingError),
    /// It was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

/// The answer to a batch, as JSON.
///
/// # Errors
/// [`TicketError`].
pub async fn batch_answer(
    forecasts: &ForecastService,
    body: &[u8],
    now: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<Vec<u8>, TicketError> {
    let ids: Vec<MatchId> = serde_json::from_slice::<Vec<i64>>(body)
        .map_err(|_| TicketError::Unreadable)?
        .into_iter()
        .map(MatchId)
        .collect();
    // What was written before the ticket was taken is part of its answer.
    forecasts.refresh().await?;
    let mut bytes = b"{\"items\":[".to_vec();
    progress.begin("matches", ids.len() as u64);
    for (n, some) in ids.chunks(100).enumerate() {
        progress.check()?;
        for item in answered(forecasts, some, now).await? {
            if bytes.last() == Some(&b'}') {
                bytes.push(b',');
            }
            serde_json::to_writer(&mut bytes, &item).map_err(|_| TicketError::Unreadable)?;
        }
        progress.done((n * 100 + some.len()) as u64);
    }
    progress.end();
    bytes.extend_from_slice(b"]}");
    Ok(bytes)
}

/// What the holder of a ticket is told once its work has ended: `type`, `timestamp` and `data`, as Standard Webhooks says.
pub fn notice_of(ticket: &Ticket, now: DateTime<Utc>) -> Value {
    json!({
        "type": format!("{}.ended", ticket.kind.name()),
        "timestamp": now,
        "data": {
            "ticket": ticket.id,
            "status": ticket.status.name(),
            "message": ticket.message,
            "url": format!("/api/v1/predictions/tickets/{}", ticket.id),
        },
    })
}
