//! The work of tickets: forecasts of many matches, and telling whoever waits for them.

use super::{Desk, failed};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::OnceCell;
use touchline_api::tickets::{self, TicketError};
use touchline_domain::ports::{Callbacks, Retry};
use touchline_domain::{Ticket, TicketEnd, TicketNotice, TicketStatus};
use touchline_forecasting::serving::{ForecastService, ServingError, ServingSettings};
use touchline_jobs::{Body, FaultKind, JobError, Run};

/// Forecasts the matches of a ticket, and tells its holder.
pub struct PredictionBatches {
    desk: Desk,
    callbacks: Option<Arc<dyn Callbacks>>,
    /// Kept from one ticket to the next: what was computed for one answers the others.
    forecasts: OnceCell<ForecastService>,
}

impl PredictionBatches {
    pub fn new(desk: Desk, callbacks: Option<Arc<dyn Callbacks>>) -> Self {
        Self { desk, callbacks, forecasts: OnceCell::new() }
    }

    async fn forecasts(&self) -> Result<&ForecastService, JobError> {
        let made = async || {
            let Desk { session, store } = &self.desk;
            let artifacts = session.artifacts(store);
            let artifacts =
                artifacts.map_err(|e| JobError::permanent("model", crate::output::told(e.as_ref())))?;
            let (threads, best) = (session.config.threads(), session.config.models.mode);
            let settings = ServingSettings { threads, best, ..ServingSettings::default() };
            let data_dir = session.data_dir().to_owned();
            Ok(ForecastService::new(data_dir, store.clone(), artifacts, session.clock.clone(), settings))
        };
        self.forecasts.get_or_try_init(made).await
    }

    async fn answer(&self, ticket: &Ticket, run: &Run) -> Result<Vec<u8>, JobError> {
        let body = self.desk.store.ticket_body(&ticket.id).await?;
        let body = body.ok_or_else(|| JobError::permanent("ticket", "what was asked is gone"))?;
        let forecasts = self.forecasts().await?;
        let answer = tickets::batch_answer(forecasts, &body, run.clock.now(), run.progress.as_ref()).await;
        answer.map_err(|error| match &error {
            TicketError::Unreadable => JobError::permanent("ticket", &error),
            TicketError::Forecasts(ServingError::Store(_)) | TicketError::Stopped(_) => {
                failed("forecasts", &error)
            }
            TicketError::Forecasts(_) => JobError::transient("forecasts", &error),
        })
    }

    /// Tells the holder, where he is to be told.
    async fn tell(&self, id: &str, run: &Run) -> Result<&'static str, JobError> {
        let store = &self.desk.store;
        let Some(ticket) = store.ticket(id).await? else { return Ok("gone") };
        let Some(url) = ticket.callback.as_deref().filter(|_| ticket.notice == TicketNotice::Waiting) else {
            return Ok(ticket.notice.name());
        };
        let now = run.clock.now();
        let give_up = async |message: &str| -> Result<&'static str, JobError> {
            store.note_notice(id, TicketNotice::Failed, Some(message), now).await?;
            Ok(TicketNotice::Failed.name())
        };
        let Some(callbacks) = &self.callbacks else {
            return give_up("this worker calls nobody: it has no tickets.webhook_secret").await;
        };
        let body = tickets::notice_of(&ticket, now).to_string();
        let Err(error) = callbacks.call(url, &format!("ticket-{id}"), body.as_bytes()).await else {
            store.note_notice(id, TicketNotice::Sent, None, now).await?;
            return Ok(TicketNotice::Sent.name());
        };
        let wait = match error.retry {
            Retry::After(wait) if run.job.attempt < run.job.what.attempts => wait,
            _ => return give_up(&error.message).await,
        };
        store.note_notice(id, TicketNotice::Waiting, Some(&error.message), now).await?;
        let retry_after = chrono::Duration::from_std(wait).ok();
        Err(JobError { retry_after, ..JobError::transient("callback", error.message) })
    }
}

#[async_trait]
impl Body for PredictionBatches {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let store = &self.desk.store;
        let id = run.text(tickets::TICKET).ok_or_else(|| {
            JobError::permanent(
                "parameters",
                "a batch is of a ticket: POST /api/v1/predictions/batch?async=true takes one",
            )
        })?;
        let now = run.clock.now();
        store.purge_tickets(now).await?;
        let Some(ticket) = store.ticket(id).await? else {
            return Ok(json!({ "why": "the ticket has expired" }));
        };
        let matches = ticket.details["matches"].clone();
        if ticket.status == TicketStatus::Open {
            match self.answer(&ticket, run).await {
                Ok(answer) => {
                    store.end_ticket(id, TicketEnd::Done(&answer), run.clock.now()).await?;
                }
                // A try is left, or it goes on elsewhere.
                Err(error) if may_go_better(&error, run) => return Err(error),
                Err(error) => {
                    store.end_ticket(id, TicketEnd::Failed(&error.message), run.clock.now()).await?;
                    self.tell(id, run).await?;
                    return Err(JobError { kind: FaultKind::Permanent, ..error });
                }
            }
        }
        let told = self.tell(id, run).await?;
        Ok(json!({ "matches": matches, "notice": told }))
    }
}

/// Whether another try is made after an error.
pub fn may_go_better(error: &JobError, run: &Run) -> bool {
    match error.kind {
        FaultKind::Stopped => true,
        FaultKind::Transient => run.job.attempt < run.job.what.attempts,
        FaultKind::Permanent => false,
    }
}
