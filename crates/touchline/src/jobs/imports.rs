//! Documents that came through the interface.

use super::tickets::may_go_better;
use super::{Desk, failed};
use crate::incoming::{IncomingError, bring_in};
use async_trait::async_trait;
use serde_json::{Value, json};
use touchline_api::imports::{ImportOrder, ImportReport};
use touchline_api::tickets::TICKET;
use touchline_domain::{Ticket, TicketEnd, TicketStatus};
use touchline_intake::import::ImportError;
use touchline_jobs::{Body, FaultKind, JobError, Run};

/// Brings in the document of a ticket.
pub struct Imports {
    pub desk: Desk,
}

impl Imports {
    async fn read(&self, ticket: &Ticket, run: &Run) -> Result<ImportReport, JobError> {
        let Desk { session, store } = &self.desk;
        let order: ImportOrder = serde_json::from_value(ticket.details.clone())
            .map_err(|_| JobError::permanent("ticket", "what was asked cannot be read: import again"))?;
        let body = store.ticket_body(&ticket.id).await?;
        let body = body.ok_or_else(|| JobError::permanent("ticket", "the document is gone: import again"))?;
        let (clock, progress) = (run.clock.as_ref(), run.progress.as_ref());
        let sources = session.config.source_order();
        let report = bring_in(store.as_ref(), &order, body, &sources, clock, progress).await;
        report.map_err(|error| match &error {
            IncomingError::Import(ImportError::Store { .. } | ImportError::Stopped(_)) => {
                failed("import", &error)
            }
            _ => JobError::permanent("document", &error),
        })
    }
}

#[async_trait]
impl Body for Imports {
    async fn run(&self, run: &Run) -> Result<Value, JobError> {
        let store = &self.desk.store;
        let id = run.text(TICKET).ok_or_else(|| {
            JobError::permanent("parameters", "an import is of a ticket: POST /api/v1/imports begins one")
        })?;
        let Some(ticket) = store.ticket(id).await? else {
            return Ok(json!({ "why": "the ticket has expired" }));
        };
        if ticket.status != TicketStatus::Open {
            return Ok(json!({ "why": "it was done before" }));
        }
        let report = match self.read(&ticket, run).await {
            Ok(report) => report,
            Err(error) if may_go_better(&error, run) => return Err(error),
            Err(error) => {
                store.end_ticket(id, TicketEnd::Failed(&error.message), run.clock.now()).await?;
                return Err(JobError { kind: FaultKind::Permanent, ..error });
            }
        };
        let answer = serde_json::to_vec(&report).map_err(|error| JobError::permanent("report", error))?;
        store.end_ticket(id, TicketEnd::Done(&answer), run.clock.now()).await?;
        Ok(json!({ "read": report.read, "written": report.written, "refused": report.refused }))
    }
}
