//! A webhook of the user's own, signed so that the receiver knows who sent it.

use crate::http::{AddressError, Endpoint};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use std::fmt::Write;
use std::sync::Arc;
use touchline_domain::Clock;
use touchline_domain::ports::{AlertChannel, AlertMessage, ChannelError};

/// The header with the time and the signature: `t=SECONDS,v1=HEX`.
pub const SIGNATURE_HEADER: &str = "x-touchline-signature";

/// The value of [`SIGNATURE_HEADER`]: HMAC-SHA256 over `SECONDS.BODY`, so that a message of yesterday is recognised.
pub fn signature(secret: &[u8], at: DateTime<Utc>, body: &str) -> String {
    let seconds = at.timestamp();
    // Keys of any length are allowed.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length");
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    let mut value = format!("t={seconds},v1=");
    for byte in mac.finalize().into_bytes() {
        let _ = write!(value, "{byte:02x}");
    }
    value
}

/// Posts alerts as JSON.
pub struct Webhook {
    endpoint: Endpoint,
    secret: Option<String>,
    clock: Arc<dyn Clock>,
}

impl Webhook {
    /// To an address, signed where there is a secret.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn new(url: &str, secret: Option<String>, clock: Arc<dyn Clock>) -> Result<Self, AddressError> {
        Ok(Self { endpoint: Endpoint::new("the webhook", url)?, secret, clock })
    }
}

#[async_trait]
impl AlertChannel for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    async fn send(&self, message: &AlertMessage) -> Result<(), ChannelError> {
        let now = self.clock.now();
        let body = json!({ "sent_at": now, "message": message }).to_string();
        let request = self.endpoint.post().header("content-type", "application/json");
        let request = match &self.secret {
            Some(secret) => request.header(SIGNATURE_HEADER, signature(secret.as_bytes(), now, &body)),
            None => request,
        };
        self.endpoint.hand_over(request.body(body)).await
    }
}
