//! Handing something over by HTTP: one request, no redirects, not for long.

use reqwest::{Client, ClientBuilder, RequestBuilder, StatusCode, Url, redirect};
use std::time::Duration;
use thiserror::Error;
use touchline_domain::ports::{ChannelError, Retry};

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The wait where a service says that it is too much and not for how long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why an address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// It is none. It may hold a secret, and so is not shown.
    #[error("the address of {0} cannot be read: write it as https://HOST/PATH")]
    Malformed(&'static str),
    /// What is sent could be read on the way.
    #[error("the address of {0} must begin with https:// (http:// is for this machine alone)")]
    Open(&'static str),
    /// The client cannot be made.
    #[error("no connection can be made at all: {0}")]
    Client(String),
}

/// Where something is handed over.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    what: &'static str,
    client: Client,
    url: Url,
}

impl Endpoint {
    /// An address of something that people call `what`.
    pub fn new(what: &'static str, url: &str) -> Result<Self, AddressError> {
        let url = Url::parse(url).map_err(|_| AddressError::Malformed(what))?;
        let is_here = url.host_str().is_some_and(|host| {
            let host = host.trim_matches(['[', ']']);
            host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        });
        match url.scheme() {
            "https" => {}
            "http" if is_here => {}
            "http" => return Err(AddressError::Open(what)),
            _ => return Err(AddressError::Malformed(what)),
        }
        Self::at(what, url)
    }

    /// The same, also without TLS to another machine: for what may be read by anybody.
    pub fn of_any_scheme(what: &'static str, url: &str) -> Result<Self, AddressError> {
        let url = Url::parse(url).map_err(|_| AddressError::Malformed(what))?;
        match url.scheme() {
            "https" | "http" => Self::at(what, url),
            _ => Err(AddressError::Malformed(what)),
        }
    }

    fn at(what: &'static str, url: Url) -> Result<Self, AddressError> {
        let client = client().build().map_err(|error| AddressError::Client(error.to_string()))?;
        Ok(Self { what, client, url })
    }

    pub fn get(&self) -> RequestBuilder {
        self.client.get(self.url.clone())
    }

    pub fn post(&self) -> RequestBuilder {
        self.client.post(self.url.clone())
    }

    /// Sends a request; an answer that is no success is an error.
    pub async fn hand_over(&self, request: RequestBuilder) -> Result<(), ChannelError> {
        hand_over(self.what, request).await
    }
}

/// What all clients have in common: an answer in time or none, and no redirects.
pub(crate) fn client() -> ClientBuilder {
    Client::builder()
        .timeout(TIMEOUT)
        .redirect(redirect::Policy::none())
        .user_agent(concat!("touchline/", env!("CARGO_PKG_VERSION")))
}

/// Sends a request to something that people call `what`; an answer that is no success is an error.
pub(crate) async fn hand_over(what: &str, request: RequestBuilder) -> Result<(), ChannelError> {
    let failed = |message: String, retry| ChannelError { message: format!("{what}: {message}"), retry };
    let answer = match request.send().await {
        Ok(answer) => answer,
        // The address may be a secret: the error must not show it.
        Err(error) => {
            let kind = if error.is_timeout() { "gave no answer in time" } else { "could not be reached" };
            return Err(failed(format!("{kind}; it is tried again"), Retry::After(Duration::ZERO)));
        }
    };
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let wait = answer.headers().get(reqwest::header::RETRY_AFTER);
    let wait = wait.and_then(|value| value.to_str().ok()?.trim().parse().ok()).map(Duration::from_secs);
    let retry = match status {
        StatusCode::TOO_MANY_REQUESTS => Retry::After(wait.unwrap_or(PATIENCE)),
        StatusCode::REQUEST_TIMEOUT => Retry::After(Duration::ZERO),
        status if status.is_server_error() => Retry::After(wait.unwrap_or_default()),
        _ => Retry::Never,
    };
    let advice = if retry == Retry::Never { "look at its address and its key" } else { "it is tried again" };
    Err(failed(format!("answered {status}; {advice}"), retry))
}
