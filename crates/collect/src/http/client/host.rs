//! What is known of a host: its limits, whether it is well, and what its robots.txt says.

use super::super::breaker::Breaker;
use super::super::limit::{Limiter, TokenBucket};
use super::super::robots::{self, Robots};
use super::{Again, Failure, FailureKind, Fault, Fetcher, redirected};
use reqwest::Url;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;

/// See the module.
pub(super) struct Host {
    pub(super) limiter: Limiter,
    pub(super) breaker: Breaker,
    robots: OnceCell<(Robots, Option<TokenBucket>)>,
}

impl Host {
    /// When the next request may be sent.
    pub(super) fn reserve(&self, now: Duration) -> Duration {
        let at = self.limiter.reserve(now);
        let slower = self.robots.get().and_then(|(_, bucket)| bucket.as_ref());
        slower.map_or(at, |bucket| bucket.reserve(at))
    }
}

impl Fetcher {
    pub(super) fn host(&self, url: &Url) -> Arc<Host> {
        let name =
            format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0));
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let limiter = Limiter::new(&self.etiquette.rate);
            Arc::new(Host { limiter, breaker: Breaker::new(self.settings.breaker), robots: OnceCell::new() })
        };
        Arc::clone(hosts.entry(name).or_insert_with(new))
    }

    /// Whether robots.txt lets a request be; it is read once per run and host.
    pub(super) async fn robots(&self, host: &Host, url: &Url) -> Result<(), Fault> {
        if !self.etiquette.robots {
            return Ok(());
        }
        let (robots, _) = host.robots.get_or_try_init(|| self.read_robots(host, url)).await?;
        let path =
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        if robots.allows(&path) {
            return Ok(());
        }
        let message =
            "its robots.txt asks programs to leave this alone; take the file by hand, or from another source";
        Err(Fault::last(Failure::new(FailureKind::Blocked, message)))
    }

    async fn read_robots(&self, host: &Host, url: &Url) -> Result<(Robots, Option<TokenBucket>), Fault> {
        let Ok(mut address) = url.join("/robots.txt") else { return Ok((Robots::default(), None)) };
        let mut redirects = 0;
        let (head, body) = loop {
            let now = self.timer.elapsed();
            self.timer.sleep(host.limiter.reserve(now).saturating_sub(now)).await;
            let sent = self.timer.now();
            let exchanged = self.exchange(&address, url, None, None).await;
            self.note(host, &exchanged, sent);
            let (head, body) = exchanged?;
            let Some(next) = redirected(&head, &address) else { break (head, body) };
            // RFC 9309, 2.3.1.2: rules hold wherever the host sends for them.
            redirects += 1;
            if redirects > self.settings.limits.redirects {
                let message = "its robots.txt is sent from one address to the next without end";
                return Err(Fault::last(Failure::new(FailureKind::Unavailable, message)));
            }
            address = self.allowed(&next, url).map_err(Fault::last)?;
        };
        if head.status >= 500 || head.status == 429 {
            // RFC 9309, 2.3.1.4: a host that does not say is one that wants to be left alone.
            let failure =
                Failure::new(FailureKind::Unavailable, "its robots.txt cannot be had").status(head.status);
            return Err(Fault { failure, again: Again::BackOff });
        }
        if head.status != 200 {
            return Ok((Robots::default(), None));
        }
        let text = String::from_utf8_lossy(&body[..body.len().min(robots::LARGEST)]);
        let product = self.settings.user_agent.split(['/', ' ']).next().unwrap_or_default();
        let robots = Robots::parse(&text, product);
        let bucket = robots.delay().map(|delay| TokenBucket::new(&self.etiquette.rate.at_most_every(delay)));
        Ok((robots, bucket))
    }
}
