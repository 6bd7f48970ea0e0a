//! Slack, by an incoming webhook, whose address is the secret.
//!
//! <https://api.slack.com/messaging/webhooks>

use crate::http::{AddressError, Endpoint};
use async_trait::async_trait;
use serde_json::{Value, json};
use touchline_domain::ports::{AlertChannel, AlertMessage, ChannelError};
use touchline_domain::{NoticeKind, Severity};

/// Characters of a text that Slack shows in one block.
const LONGEST: usize = 2_900;

/// A channel of Slack.
#[derive(Debug, Clone)]
pub struct Slack(Endpoint);

impl Slack {
    /// The channel of a webhook.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn new(url: &str) -> Result<Self, AddressError> {
        Endpoint::new("Slack", url).map(Self)
    }
}

/// What is sent: title, details, component, severity and time, with a colour for the eye.
fn body(message: &AlertMessage) -> Value {
    let colour = match (message.kind, message.severity) {
        (NoticeKind::Resolved, _) => "#2eb67d",
        (NoticeKind::Information, _) => "#1d9bd1",
        (_, Severity::Critical) => "#d00000",
        (_, Severity::High) => "#e8710a",
        (_, Severity::Medium) => "#ecb22e",
        (_, Severity::Low) => "#808080",
    };
    let text: String = escaped(&message.text).chars().take(LONGEST).collect();
    json!({
        "text": escaped(&message.short),
        "attachments": [{
            "color": colour,
            "title": escaped(&message.subject),
            "text": format!("```{text}```"),
            "footer": format!("severity {}", message.severity.name()),
        }],
    })
}

/// Slack reads three characters as its own.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[async_trait]
impl AlertChannel for Slack {
    fn name(&self) -> &'static str {
        "slack"
    }

    async fn send(&self, message: &AlertMessage) -> Result<(), ChannelError> {
        let request =
            self.0.post().header("content-type", "application/json").body(body(message).to_string());
        self.0.hand_over(request).await
    }
}
