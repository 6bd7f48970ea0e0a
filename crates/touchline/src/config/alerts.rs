//! Who is told when something is wrong: the section `[alerts]`.

use super::Secret;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use touchline_accounts::WebhookSecrets;
use touchline_alerting::{LogChannel, Routes};
use touchline_domain::Clock;
use touchline_domain::ports::AlertChannel;
use touchline_integrations::{Heartbeat, Mail, MailSettings, Slack, Sms, Webhook};

/// All channels that there are.
const CHANNELS: [&str; 5] = ["log", "mail", "slack", "webhook", "sms"];

/// By which channels people are told, and what each needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertsConfig {
    pub critical: Vec<String>,
    pub high: Vec<String>,
    pub medium: Vec<String>,
    pub low: Vec<String>,
    pub public_url: String,
    pub mail_server: String,
    pub mail_username: String,
    pub mail_password: Secret,
    pub mail_from: String,
    pub mail_to: Vec<String>,
    pub slack_url: Secret,
    pub webhook_url: Secret,
    pub webhook_secret: Secret,
    pub sms_url: Secret,
    pub sms_token: Secret,
    pub sms_to: Vec<String>,
    pub heartbeat_url: Secret,
}

impl AlertsConfig {
    /// Who is told of what.
    ///
    /// # Errors
    /// A route names a channel that there is not.
    pub fn routes(&self) -> Result<Routes> {
        let Self { critical, high, medium, low, .. } = self;
        for name in [critical, high, medium, low].into_iter().flatten() {
            if !CHANNELS.contains(&name.as_str()) {
                bail!("[alerts] names the channel {name:?}; there are {}", CHANNELS.join(", "));
            }
        }
        let (critical, high, medium, low) = (critical.clone(), high.clone(), medium.clone(), low.clone());
        Ok(Routes { critical, high, medium, low })
    }

    /// The channels whose settings are given.
    ///
    /// # Errors
    /// Settings of a channel cannot be used.
    pub fn channels(&self, clock: &Arc<dyn Clock>) -> Result<Vec<Arc<dyn AlertChannel>>> {
        let owned = |secret: &Secret| secret.secret().map(str::to_owned);
        let mut channels: Vec<Arc<dyn AlertChannel>> = vec![Arc::new(LogChannel)];
        if !self.mail_server.is_empty() {
            let settings = MailSettings {
                server: self.mail_server.clone(),
                username: (!self.mail_username.is_empty()).then(|| self.mail_username.clone()),
                password: owned(&self.mail_password),
                from: self.mail_from.clone(),
                to: self.mail_to.clone(),
            };
            channels.push(Arc::new(Mail::new(&settings).context("[alerts] mail")?));
        }
        if let Some(url) = self.slack_url.secret() {
            channels.push(Arc::new(Slack::new(url).context("[alerts] slack_url")?));
        }
        if let Some(url) = self.webhook_url.secret() {
            let secrets =
                WebhookSecrets::new(self.webhook_secret.secret()).context("[alerts] webhook_secret")?;
            let webhook = Webhook::new(url, secrets, Arc::clone(clock));
            channels.push(Arc::new(webhook.context("[alerts] webhook_url")?));
        }
        if let Some(url) = self.sms_url.secret() {
            let sms = Sms::new(url, owned(&self.sms_token), self.sms_to.clone());
            channels.push(Arc::new(sms.context("[alerts] sms_url")?));
        }
        Ok(channels)
    }

    /// The watcher outside, if there is one.
    ///
    /// # Errors
    /// Its address cannot be used.
    pub fn heartbeat(&self) -> Result<Option<Heartbeat>> {
        let heartbeat = self.heartbeat_url.secret().map(Heartbeat::new).transpose();
        heartbeat.context("[alerts] heartbeat_url")
    }

    /// Where the product answers, for links.
    pub fn public_url(&self) -> Option<String> {
        (!self.public_url.is_empty()).then(|| self.public_url.clone())
    }
}
