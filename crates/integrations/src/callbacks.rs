//! Telling other programs, at addresses that they gave, that their work has ended: signed as the specification Standard
//! Webhooks says (<https://www.standardwebhooks.com>), and never into the network that this machine is part of, except to
//! hosts that were named by whoever runs it.

use crate::http::{AddressError, client, hand_over};
use crate::public::{PublicNames, is_public};
use async_trait::async_trait;
use reqwest::{Client, Url};
use std::net::IpAddr;
use std::sync::Arc;
use touchline_accounts::WebhookSecrets;
use touchline_domain::Clock;
use touchline_domain::ports::{Callbacks, ChannelError, Retry};

/// Longest address.
const LONGEST_URL: usize = 2000;

/// Calls addresses that others gave.
pub struct SignedCallbacks {
    /// Reaches public addresses alone.
    public: Client,
    /// Reaches the named hosts.
    named: Client,
    hosts: Vec<String>,
    secrets: WebhookSecrets,
    clock: Arc<dyn Clock>,
}

impl SignedCallbacks {
    /// Signs by the first of these secrets. `hosts` may be called wherever they lie, also by http: a name or an address, with
    /// `:PORT` where it is not any port.
    ///
    /// # Errors
    /// No connection can be made at all.
    pub fn new(
        secrets: WebhookSecrets,
        hosts: Vec<String>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AddressError> {
        let failed = |error: reqwest::Error| AddressError::Client(error.to_string());
        // A proxy would look names up by itself.
        let public = client().no_proxy().dns_resolver(Arc::new(PublicNames)).build().map_err(failed)?;
        let named = client().build().map_err(failed)?;
        Ok(Self { public, named, hosts, secrets, clock })
    }

    /// The address as it is called, and whether its host was named.
    fn address(&self, url: &str) -> Result<(Url, bool), String> {
        let wrong =
            || "callback_url: write an address such as https://HOST/PATH, at most 2000 characters".to_owned();
        let url = Url::parse(url).ok().filter(|_| url.len() <= LONGEST_URL).ok_or_else(wrong)?;
        let host = url.host_str().ok_or_else(wrong)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("callback_url: an address with a name or a password in it is not called".to_owned());
        }
        let with_port = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
        let is_named = self.hosts.iter().any(|named| *named == host || *named == with_port);
        let is_web = matches!(url.scheme(), "https" | "http");
        if is_web && is_named {
            return Ok((url, true));
        }
        if url.scheme() != "https" {
            return Err(
                "callback_url: only https:// is called, except at hosts of tickets.webhook_hosts".to_owned()
            );
        }
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        if address.is_ok_and(|address| !is_public(address)) {
            return Err(
                "callback_url: only public addresses are called, except at hosts of tickets.webhook_hosts"
                    .to_owned(),
            );
        }
        Ok((url, false))
    }
}

#[async_trait]
impl Callbacks for SignedCallbacks {
    fn check(&self, url: &str) -> Result<(), String> {
        self.address(url).map(drop)
    }

    async fn call(&self, url: &str, id: &str, body: &[u8]) -> Result<(), ChannelError> {
        let (url, is_named) =
            self.address(url).map_err(|message| ChannelError { message, retry: Retry::Never })?;
        let seconds = self.clock.now().timestamp();
        let client = if is_named { &self.named } else { &self.public };
        let mut request = client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds);
        if let Some(signature) = self.secrets.sign(id, seconds, body) {
            request = request.header("webhook-signature", signature);
        }
        hand_over("the callback", request.body(body.to_vec())).await
    }
}
