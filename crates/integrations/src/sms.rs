//! Text messages, by a gateway that takes `{"to": ..., "text": ...}`.

use crate::http::{AddressError, Endpoint};
use async_trait::async_trait;
use serde_json::json;
use touchline_domain::ports::{AlertChannel, AlertMessage, ChannelError};

/// Characters of one text message, in the alphabet that all telephones know.
const LONGEST: usize = 160;

/// A gateway, and who is told.
#[derive(Debug, Clone)]
pub struct Sms {
    gateway: Endpoint,
    token: Option<String>,
    to: Vec<String>,
}

impl Sms {
    /// By a gateway, to these numbers, with a bearer token where the gateway wants one.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn new(url: &str, token: Option<String>, to: Vec<String>) -> Result<Self, AddressError> {
        Ok(Self { gateway: Endpoint::new("the gateway for text messages", url)?, token, to })
    }
}

#[async_trait]
impl AlertChannel for Sms {
    fn name(&self) -> &'static str {
        "sms"
    }

    async fn send(&self, message: &AlertMessage) -> Result<(), ChannelError> {
        let text: String = message.short.chars().take(LONGEST).collect();
        for to in &self.to {
            let body = json!({ "to": to, "text": text }).to_string();
            let request = self.gateway.post().header("content-type", "application/json").body(body);
            let request = match &self.token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            self.gateway.hand_over(request).await?;
        }
        Ok(())
    }
}
