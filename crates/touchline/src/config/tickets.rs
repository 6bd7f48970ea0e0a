//! Work that takes longer than a request: the sections `[tickets]` and `[imports]`.

use super::Secret;
use crate::incoming;
use anyhow::{Context, Result};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use touchline_accounts::WebhookSecrets;
use touchline_api::imports::ImportSettings;
use touchline_api::tickets::TicketSettings;
use touchline_domain::Clock;
use touchline_domain::ports::Callbacks;
use touchline_integrations::SignedCallbacks;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketsConfig {
    pub most_matches: NonZeroUsize,
    pub most_open: NonZeroU32,
    pub keep_hours: NonZeroU32,
    pub webhook_secret: Secret,
    pub webhook_hosts: Vec<String>,
}

impl TicketsConfig {
    /// How much may be asked for, and how it is told.
    ///
    /// # Errors
    /// The secret cannot be used.
    pub fn settings(&self, clock: &Arc<dyn Clock>) -> Result<TicketSettings> {
        Ok(TicketSettings {
            most_matches: self.most_matches.get(),
            most_open: self.most_open.get(),
            keep: TimeDelta::hours(self.keep_hours.get().into()),
            callbacks: self.callbacks(clock)?,
        })
    }

    /// Who tells holders of tickets; none without a secret.
    ///
    /// # Errors
    /// The secret cannot be used.
    pub fn callbacks(&self, clock: &Arc<dyn Clock>) -> Result<Option<Arc<dyn Callbacks>>> {
        if self.webhook_secret.secret().is_none() {
            return Ok(None);
        }
        let secrets = WebhookSecrets::new(self.webhook_secret.secret())
            .context("tickets.webhook_secret (TICKETS_WEBHOOK_SECRET) cannot be used")?;
        let callbacks = SignedCallbacks::new(secrets, self.webhook_hosts.clone(), Arc::clone(clock))?;
        Ok(Some(Arc::new(callbacks)))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportsConfig {
    pub most_mib: NonZeroU32,
    pub most_uploads: NonZeroUsize,
}

impl ImportsConfig {
    /// What may be brought in through the interface.
    pub fn settings(&self) -> ImportSettings {
        ImportSettings {
            most_bytes: u64::from(self.most_mib.get()) << 20,
            most_uploads: self.most_uploads.get(),
            check: Arc::new(incoming::check),
        }
    }
}
