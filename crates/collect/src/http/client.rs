//! The client of one source: permits, budget, cache, conditional requests, redirects, retries.

mod answers;
mod host;

use self::host::Host;
use super::body::{self, BodyFault, Limits, Looks};
use super::breaker::BreakerPolicy;
use super::budget::{Budget, Priority};
use super::cache::{Entry, ResponseCache};
use super::failure::{Failure, FailureKind};
use super::limit::Rate;
use super::proxies::ProxyPool;
use super::redact::Secret;
use super::retry::{self, RetryPolicy};
use super::time::{Jitter, Timer};
use super::token::{Renewable, Token};
use chrono::{DateTime, SubsecRound, Utc};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Proxy, StatusCode, Url, redirect};
use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use touchline_domain::ports::Retry;

/// Where a key goes in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// Into a header of this name.
    Header(&'static str),
    /// Into a parameter of the query.
    Query(&'static str),
}

/// What kind of answer a source gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    /// A JSON object or list.
    Json,
    /// Lines of text, such as CSV.
    Text,
    /// A web page, or XML.
    Page,
}

/// The head of an answer.
#[derive(Debug, Clone)]
pub struct Head {
    /// Its status.
    pub status: u16,
    headers: HeaderMap,
}

impl Head {
    /// One without headers.
    #[cfg(test)]
    pub(crate) fn bare(status: u16) -> Self {
        Self { status, headers: HeaderMap::new() }
    }

    /// A header's text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A header's number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.trim().parse().ok()
    }
}

/// What an answer says of what may still be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QuotaReading {
    /// Requests left in this minute.
    pub minute_left: Option<u64>,
    /// When the next minute begins, from now.
    pub minute_reset: Option<Duration>,
    /// Credits left in the period of the budget.
    pub period_left: Option<u64>,
}

/// How a source wants to be asked, and how its answers are to be understood.
#[derive(Debug, Clone)]
pub struct Etiquette {
    /// How fast.
    pub rate: Rate,
    /// Hosts that it may send on to.
    pub hosts: &'static [&'static str],
    /// Headers that it wants with every request, without which it does not answer programs.
    pub headers: &'static [(&'static str, &'static str)],
    /// Whether robots.txt decides: for files and pages, not for interfaces that are made for programs and want a key.
    pub robots: bool,
    /// What kind of answers it gives.
    pub expects: Expects,
    /// Where its key goes, if it wants one.
    pub key: Option<KeyPlace>,
    /// Reads what is left of a quota.
    pub quota: fn(&Head) -> QuotaReading,
    /// Finds a failure that the status alone does not tell, such as errors with status 200.
    pub judge: fn(&Head, &[u8]) -> Option<Failure>,
}

/// What a fetcher is made with, besides the etiquette of its source.
pub struct Settings {
    /// What this program calls itself; its first word is what robots.txt knows it by.
    pub user_agent: String,
    /// Limits of one request.
    pub limits: Limits,
    /// Retries.
    pub retry: RetryPolicy,
    /// When a host is left alone.
    pub breaker: BreakerPolicy,
    /// Answers that were kept.
    pub cache: Option<ResponseCache>,
    /// The source's key.
    pub key: Option<Secret>,
    /// A header that is renewed, where the source wants one.
    pub token: Option<Renewable>,
    /// Proxies to ask through, in turns; none to ask directly.
    pub proxies: Vec<String>,
    /// Whether the source may be asked without TLS, where it speaks none.
    pub plain_http: bool,
    /// What may be spent.
    pub budget: Option<Arc<Budget>>,
    /// An address that answers in the place of the source, whose paths follow it.
    pub mirror: Option<String>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its address, without any key.
    pub url: String,
    /// An answer younger than this is taken without asking.
    pub max_age: Duration,
    /// What it costs.
    pub credits: u64,
    /// Whether it may touch what is kept for line-ups and results.
    pub priority: Priority,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the source.
    Network,
    /// From the disk, after the source said that it holds.
    Confirmed,
    /// From the disk, since it is fresh.
    Kept,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The bytes, unpacked.
    pub body: Vec<u8>,
    /// When they came.
    pub collected_at: DateTime<Utc>,
    /// From where.
    pub origin: Origin,
}

/// A failed attempt, and whether to make another one.
struct Fault {
    failure: Failure,
    again: Again,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    No,
    BackOff,
    After(Duration),
}

impl Fault {
    fn last(failure: Failure) -> Self {
        Self { failure, again: Again::No }
    }
}

/// The client of one source. Many tasks may share it.
pub struct Fetcher {
    client: Client,
    proxies: Option<ProxyPool>,
    etiquette: Etiquette,
    settings: Settings,
    mirror: Option<Url>,
    timer: Arc<dyn Timer>,
    jitter: Arc<dyn Jitter>,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

impl Fetcher {
    /// A client that asks nothing yet.
    ///
    /// # Errors
    /// A setting cannot be used.
    pub fn new(
        etiquette: Etiquette,
        settings: Settings,
        timer: Arc<dyn Timer>,
        jitter: Arc<dyn Jitter>,
    ) -> Result<Self, Failure> {
        let unusable = |what: String| Failure::new(FailureKind::Malformed, what);
        let mirror = settings.mirror.as_deref().map(|mirror| {
            let mirror = format!("{}/", mirror.trim_end_matches('/'));
            Url::parse(&mirror).map_err(|e| unusable(format!("the mirror {mirror:?} is not an address: {e}")))
        });
        let agent = HeaderValue::from_str(&settings.user_agent).map_err(|_| {
            unusable(format!("the user agent {:?} holds control characters", settings.user_agent))
        })?;
        let build = |proxy: Option<Proxy>| {
            let client = Client::builder()
                .user_agent(agent.clone())
                .redirect(redirect::Policy::none())
                .connect_timeout(settings.limits.connect)
                .http1_only();
            match proxy {
                Some(proxy) => client.proxy(proxy),
                None => client,
            }
            .build()
        };
        let client = build(None).map_err(|error| unusable(format!("no client: {}", plain(error))))?;
        let proxies = match settings.proxies.as_slice() {
            [] => None,
            addresses => Some(ProxyPool::new(addresses, |proxy| build(Some(proxy)))?),
        };
        let mirror = mirror.transpose()?;
        Ok(Self { client, proxies, etiquette, settings, mirror, timer, jitter, hosts: Mutex::default() })
    }

    /// The source's etiquette.
    pub fn etiquette(&self) -> &Etiquette {
        &self.etiquette
    }

    /// What came of a request. May be dropped at any time: nothing is left half done.
    ///
    /// # Errors
    /// Nothing usable came, in spite of retries.
    pub async fn fetch(&self, request: &Request) -> Result<Answer, Failure> {
        let kept = self.kept(&request.url).await;
        if let Some((entry, body)) = &kept
            && entry.is_fresh(request.max_age, self.timer.now())
        {
            return Ok(Answer { body: body.clone(), collected_at: entry.collected_at, origin: Origin::Kept });
        }
        let (mut retries, mut renewed) = (0, false);
        loop {
            let token = self.token().await.map_err(|failure| failure.of(&request.url))?;
            let Fault { failure, again } = match self.attempt(request, kept.as_ref(), token.as_deref()).await
            {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            // A header that has expired is renewed once; a new one that is refused too says that it is not the header.
            if !renewed && failure.kind == FailureKind::Blocked && self.is_renewed(token.as_deref()).await {
                renewed = true;
                continue;
            }
            let failure = Failure { retries, ..failure.of(&request.url) };
            let failure = self.without_key(failure);
            let policy = &self.settings.retry;
            let wait = match again {
                Again::No => return Err(failure),
                Again::After(wait) if wait > policy.longest_wait => {
                    return Err(failure.retry(Retry::After(wait)));
                }
                _ if retries >= policy.retries => return Err(failure),
                Again::After(wait) => wait + policy.back_off(0, self.jitter.next()),
                Again::BackOff => policy.back_off(retries, self.jitter.next()),
            };
            retries += 1;
            tracing::debug!(url = request.url, kind = failure.kind.name(), retries, ?wait, "asking again");
            self.timer.sleep(wait).await;
        }
    }

    async fn token(&self) -> Result<Option<Arc<Token>>, Failure> {
        match &self.settings.token {
            Some(token) => token.value(self.timer.now()).await,
            None => Ok(None),
        }
    }

    /// Whether there is another value of the header that is renewed than the one that was refused.
    async fn is_renewed(&self, refused: Option<&Token>) -> bool {
        let Some(token) = &self.settings.token else { return false };
        token.refused(refused.map(|token| &token.value)).await.unwrap_or(false)
    }

    async fn kept(&self, url: &str) -> Option<(Entry, Vec<u8>)> {
        let (cache, url) = (self.settings.cache.clone()?, url.to_owned());
        tokio::task::spawn_blocking(move || cache.get(&url)).await.ok().flatten()
    }

    /// Keeps an answer; that this fails is no reason to lose the answer itself.
    async fn keep(&self, entry: Entry, body: Vec<u8>) -> Vec<u8> {
        let Some(cache) = self.settings.cache.clone() else { return body };
        let body = Arc::new(body);
        let copy = Arc::clone(&body);
        let kept = tokio::task::spawn_blocking(move || cache.put(&entry, &copy)).await;
        if let Err(error) = kept.map_err(std::io::Error::other).flatten() {
            tracing::warn!(%error, "an answer was not kept on disk; it is asked for anew next time");
        }
        Arc::unwrap_or_clone(body)
    }

    /// Goes where the source sends, within its hosts, until an answer comes.
    async fn attempt(
        &self,
        request: &Request,
        kept: Option<&(Entry, Vec<u8>)>,
        token: Option<&Token>,
    ) -> Result<Answer, Fault> {
        let origin = self.address(&request.url).map_err(Fault::last)?;
        let mut url = origin.clone();
        for _ in 0..=self.settings.limits.redirects {
            let host = self.host(&url);
            self.robots(&host, &url).await?;
            self.permit(&host, request).await?;
            let sent = self.timer.now();
            let exchanged = self.exchange(&url, &origin, kept.map(|(entry, _)| entry), token).await;
            self.note(&host, &exchanged, sent);
            let (head, body) = exchanged?;
            let Some(next) = redirected(&head, &url) else {
                return self.finish(request, &head, body, kept).await;
            };
            url = self.allowed(&next, &origin).map_err(Fault::last)?;
        }
        let message = "it sends from one address to the next without end";
        Err(Fault::last(Failure::new(FailureKind::Malformed, message)))
    }

    /// The address that is really asked: the source's, or below a mirror.
    fn address(&self, url: &str) -> Result<Url, Failure> {
        let unusable = |e| Failure::new(FailureKind::Malformed, format!("{url:?} is not an address: {e}"));
        let parsed = Url::parse(url).map_err(unusable)?;
        let Some(mirror) = &self.mirror else {
            if parsed.scheme() != "https" && !self.settings.plain_http {
                let message = "only https is asked: add the source to collect.plain_http if it may be asked without, or set \
                     collect.mirror to ask a server on this machine";
                return Err(Failure::new(FailureKind::Blocked, message));
            }
            return Ok(parsed);
        };
        let is_here = matches!(mirror.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if mirror.scheme() != "https" && !is_here {
            let message = "a mirror elsewhere must be asked by https";
            return Err(Failure::new(FailureKind::Blocked, message));
        }
        let mut address = mirror.join(parsed.path().trim_start_matches('/')).map_err(unusable)?;
        address.set_query(parsed.query());
        Ok(address)
    }

    /// Whether a redirect may be followed.
    fn allowed(&self, next: &Url, origin: &Url) -> Result<Url, Failure> {
        let same = next.host_str() == origin.host_str() && next.port() == origin.port();
        let may_be_plain = self.mirror.is_some() || self.settings.plain_http;
        let secure = next.scheme() == "https" || next.scheme() == origin.scheme() && may_be_plain;
        let known =
            self.mirror.is_none() && next.host_str().is_some_and(|host| self.etiquette.hosts.contains(&host));
        if secure && (same || known) {
            return Ok(next.clone());
        }
        let host = next.host_str().unwrap_or_default();
        let message = format!("it sends on to {}://{host}, which is not one of its hosts", next.scheme());
        Err(Failure::new(FailureKind::Blocked, message))
    }

    /// Waits for a permit, and pays.
    async fn permit(&self, host: &Host, request: &Request) -> Result<(), Fault> {
        loop {
            let now = self.timer.elapsed();
            let wait = host.reserve(now).saturating_sub(now);
            if wait > self.settings.retry.longest_wait.max(Duration::from_mins(2)) {
                let message = format!("its limits want a pause of {} s", wait.as_secs());
                return Err(Fault::last(Failure::new(FailureKind::Quota, message).retry(Retry::After(wait))));
            }
            if !wait.is_zero() {
                self.timer.sleep(wait).await;
            }
            // Somebody else may have been told to pause meanwhile.
            if host.limiter.paused_until() <= self.timer.elapsed() {
                break;
            }
        }
        if let Err(wait) = host.breaker.ask(self.timer.elapsed()) {
            let message = "the host failed several times in a row, and is left alone for a while";
            let failure = Failure::new(FailureKind::Unavailable, message).retry(Retry::After(wait));
            return Err(Fault { failure, again: Again::After(wait) });
        }
        let Some(budget) = &self.settings.budget else { return Ok(()) };
        let spent = budget.spend(request.credits, request.priority, self.timer.now());
        spent.map_err(|spent| {
            let period = budget.allowance().period.name();
            let message = if spent.kept {
                format!(
                    "the {} credits that are left this {period} are kept for line-ups and results",
                    spent.left
                )
            } else {
                format!("{} credits are left this {period}, and this costs {}", spent.left, request.credits)
            };
            Fault::last(Failure::new(FailureKind::Quota, message).retry(Retry::After(spent.until_more)))
        })
    }

    /// Sends one request and reads its answer.
    async fn exchange(
        &self,
        url: &Url,
        origin: &Url,
        kept: Option<&Entry>,
        token: Option<&Token>,
    ) -> Result<(Head, Vec<u8>), Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        for (name, validator) in [
            (header::IF_NONE_MATCH, kept.and_then(|entry| entry.etag.as_deref())),
            (header::IF_MODIFIED_SINCE, kept.and_then(|entry| entry.last_modified.as_deref())),
        ] {
            if let Some(value) = validator.and_then(|text| HeaderValue::from_str(text).ok()) {
                headers.insert(name, value);
            }
        }
        let mut url = url.clone();
        // A key goes to the host that it is for, and nowhere that this host sends on to.
        if url.host_str() == origin.host_str() && url.port() == origin.port() {
            self.sign(&mut url, &mut headers, token).map_err(Fault::last)?;
        }
        for (name, value) in self.etiquette.headers {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        let started = self.timer.elapsed();
        let (proxy, client) = self.client(started).await?;
        let sent = client.get(url).headers(headers).send();
        let limits = &self.settings.limits;
        let unavailable = |message: String| Fault {
            failure: Failure::new(FailureKind::Unavailable, message),
            again: Again::BackOff,
        };
        let sent = tokio::time::timeout(limits.connect + limits.head, sent).await;
        if let (Some(place), Some(proxies)) = (proxy, &self.proxies) {
            match &sent {
                Ok(Ok(_)) => proxies.succeeded(place),
                _ => proxies.failed(place, self.timer.elapsed()),
            }
        }
        let mut response = match sent {
            Err(_) => return Err(unavailable("it does not answer".to_owned())),
            Ok(Err(error)) => return Err(unavailable(format!("it cannot be asked ({})", plain(error)))),
            Ok(Ok(response)) => response,
        };
        let head = Head { status: response.status().as_u16(), headers: response.headers().clone() };
        let read = body::read(&mut response, limits, &*self.timer, started).await;
        match read {
            Ok(body) => Ok((head, body)),
            // Of a refusal the status says enough.
            Err(_) if head.status >= 400 => Ok((head, Vec::new())),
            Err(BodyFault { failure, again }) => {
                let again = if again { Again::BackOff } else { Again::No };
                Err(Fault { failure: failure.status(head.status), again })
            }
        }
    }

    /// What sends the next request: directly, or through the proxy whose turn it is.
    async fn client(&self, now: Duration) -> Result<(Option<usize>, &Client), Fault> {
        let Some(proxies) = &self.proxies else { return Ok((None, &self.client)) };
        match proxies.next(now).await {
            Ok((place, client)) => Ok((Some(place), client)),
            Err(failure) => Err(Fault { failure, again: Again::BackOff }),
        }
    }

    fn sign(&self, url: &mut Url, headers: &mut HeaderMap, token: Option<&Token>) -> Result<(), Failure> {
        if let (Some(renewable), Some(token)) = (&self.settings.token, token) {
            headers.insert(renewable.header(), secret(&token.value)?);
        }
        let (Some(place), Some(key)) = (self.etiquette.key, &self.settings.key) else { return Ok(()) };
        match place {
            KeyPlace::Header(name) => {
                headers.insert(name, secret(key)?);
            }
            KeyPlace::Query(name) => {
                url.query_pairs_mut().append_pair(name, key.reveal());
            }
        }
        Ok(())
    }

    /// What an exchange says of its host: whether it is well, and when it may be asked again.
    fn note(&self, host: &Host, exchanged: &Result<(Head, Vec<u8>), Fault>, sent: DateTime<Utc>) {
        let now = self.timer.elapsed();
        let Ok((head, _)) = exchanged else {
            host.breaker.failed(now);
            return;
        };
        let reading = (self.etiquette.quota)(head);
        if reading.minute_left == Some(0) {
            host.limiter.pause_until(now + reading.minute_reset.unwrap_or(Duration::from_mins(1)));
        }
        if let (Some(left), Some(budget)) = (reading.period_left, &self.settings.budget) {
            budget.reported(left, sent, self.timer.now());
        }
        // Who is asked too often and does not say how long to wait is left alone for a moment, by everybody.
        let pause = self.asked_to_wait(head).or((head.status == 429).then_some(self.settings.retry.base));
        if let Some(pause) = pause {
            host.limiter.pause_until(now + pause.min(self.settings.retry.longest_wait));
        }
        if head.status >= 500 { host.breaker.failed(now) } else { host.breaker.succeeded() }
    }

    /// The pause that an answer asks for in `Retry-After`, by the server's own clock.
    fn asked_to_wait(&self, head: &Head) -> Option<Duration> {
        let refused = matches!(head.status, 429 | 503);
        let value = head.text("retry-after").filter(|_| refused)?;
        let server_now = head.text("date").and_then(retry::http_date).unwrap_or_else(|| self.timer.now());
        retry::retry_after(value, server_now)
    }

    /// A failure whose texts do not repeat the key, as providers' messages do.
    fn without_key(&self, failure: Failure) -> Failure {
        match &self.settings.key {
            Some(key) => Failure { message: key.redact(&failure.message), ..failure },
            None => failure,
        }
    }
}

/// A key as the value of a header, which no log shows.
fn secret(key: &Secret) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(key.reveal()).map_err(|_| {
        Failure::new(FailureKind::Blocked, "the key holds characters that no key holds; set it anew")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Where an answer sends on to.
fn redirected(head: &Head, url: &Url) -> Option<Url> {
    let status = StatusCode::from_u16(head.status).ok()?;
    if !status.is_redirection() || status == StatusCode::NOT_MODIFIED {
        return None;
    }
    url.join(head.text("location")?).ok()
}

/// An error with its causes and without its address, which may hold a key.
pub(super) fn plain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let _ = write!(text, ": {inner}");
        cause = inner.source();
    }
    text
}
