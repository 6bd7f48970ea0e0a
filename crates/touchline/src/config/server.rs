//! Listening and running matches: the sections `[server]` and `[live]`.

use super::Secret;
use crate::server::{ConnectionLimits, Pace};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;
use touchline_accounts::WebhookSecrets;
use touchline_api::{Capacity, LiveSettings};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub max_connections: NonZeroUsize,
    pub max_connections_per_address: usize,
    pub head_timeout_seconds: NonZeroU32,
    pub body_bytes_per_second: NonZeroU32,
    pub concurrent_reads: NonZeroUsize,
    pub concurrent_computations: NonZeroUsize,
    pub concurrent_logins: NonZeroUsize,
}

impl Server {
    /// How many clients are served, and how long they may be silent.
    pub fn connection_limits(&self) -> ConnectionLimits {
        let grace = Duration::from_secs(self.head_timeout_seconds.get().into());
        ConnectionLimits {
            connections: self.max_connections.get(),
            per_address: self.max_connections_per_address,
            head_timeout: grace,
            body: Pace { grace, bytes_per_second: self.body_bytes_per_second.get() },
        }
    }

    /// How much is answered at a time.
    pub fn capacity(&self) -> Capacity {
        Capacity {
            reads: self.concurrent_reads.get(),
            computations: self.concurrent_computations.get(),
            logins: self.concurrent_logins.get(),
        }
    }
}

/// Running matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveConfig {
    pub webhook_secret: Secret,
    pub previous_secrets: Vec<Secret>,
    pub heartbeat_seconds: NonZeroU32,
}

impl LiveConfig {
    /// Who may send scores, and how listeners are kept.
    pub fn settings(&self) -> Result<LiveSettings> {
        let all = std::iter::once(&self.webhook_secret).chain(&self.previous_secrets);
        let secrets = WebhookSecrets::new(all.filter_map(Secret::secret))
            .context("live.webhook_secret (SCORES_WEBHOOK_SECRET) cannot be used")?;
        Ok(LiveSettings { secrets, heartbeat: Duration::from_secs(self.heartbeat_seconds.get().into()) })
    }
}
