//! A webhook of the user's own, signed as the specification Standard Webhooks says
//! (<https://www.standardwebhooks.com>), as are the messages that this product takes.

use crate::http::{AddressError, Endpoint};
use async_trait::async_trait;
use serde_json::json;
use std::sync::Arc;
use touchline_accounts::WebhookSecrets;
use touchline_domain::ports::{AlertChannel, AlertMessage, ChannelError};
use touchline_domain::{Alert, Clock, NoticeKind};

/// Posts alerts as JSON.
pub struct Webhook {
    endpoint: Endpoint,
    secrets: WebhookSecrets,
    clock: Arc<dyn Clock>,
}

impl Webhook {
    /// To an address, signed by the first of these secrets where there is one.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn new(url: &str, secrets: WebhookSecrets, clock: Arc<dyn Clock>) -> Result<Self, AddressError> {
        Ok(Self { endpoint: Endpoint::new("the webhook", url)?, secrets, clock })
    }
}

/// Names a message: the same for every try to hand it over, so that the receiver counts it once.
fn identifier(message: &AlertMessage) -> String {
    let of = |alert: &Alert| {
        // One told without the store has no number, but a time.
        let which = format!("{}-{}", alert.id, alert.first_seen.timestamp());
        match (message.kind, &alert.told) {
            (NoticeKind::Firing, _) => format!("{which}-{}", alert.what.severity.name()),
            (NoticeKind::Reminder, Some(told)) => format!("{which}-{}", told.times),
            _ => which,
        }
    };
    let mut all: Vec<String> = message.alerts.iter().map(of).collect();
    if message.kind == NoticeKind::Information {
        all.push(message.text.clone());
    }
    let digest = blake3::hash(all.join(",").as_bytes()).to_hex();
    format!("alert-{}-{}", message.kind.name(), &digest[..32])
}

#[async_trait]
impl AlertChannel for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    async fn send(&self, message: &AlertMessage) -> Result<(), ChannelError> {
        let now = self.clock.now();
        let (id, seconds) = (identifier(message), now.timestamp());
        let body = json!({ "sent_at": now, "message": message }).to_string();
        let request = self
            .endpoint
            .post()
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds);
        let request = match self.secrets.sign(&id, seconds, body.as_bytes()) {
            Some(signature) => request.header("webhook-signature", signature),
            None => request,
        };
        self.endpoint.hand_over(request.body(body)).await
    }
}
