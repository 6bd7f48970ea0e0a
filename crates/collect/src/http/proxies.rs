//! Proxies that take turns. One that does not answer is left out for a while, and asked for a sign of life before it is used
//! again. Whoever asks through several proxies is still one: limits of a source hold for all of them together.

use super::failure::{Failure, FailureKind};
use reqwest::{Client, Proxy, Url};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;

/// How long a proxy is left out after its first failure; twice as long after each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_mins(30);
/// How long a proxy may take to accept a connection.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

struct Member {
    client: Client,
    /// Host and port, without name and password.
    shown: String,
    address: (String, u16),
    health: Mutex<Health>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Health {
    failures: u32,
    out_until: Duration,
    /// Whether it has to be looked at before it is used.
    doubtful: bool,
}

/// See the module.
pub(super) struct ProxyPool {
    members: Vec<Member>,
    next: AtomicUsize,
}

impl ProxyPool {
    /// Makes a client of each address with `build`.
    ///
    /// # Errors
    /// An address is none of a proxy.
    pub(super) fn new(
        addresses: &[String],
        build: impl Fn(Proxy) -> Result<Client, reqwest::Error>,
    ) -> Result<Self, Failure> {
        let mut members = Vec::with_capacity(addresses.len());
        for (n, address) in (1..).zip(addresses) {
            // The address may hold a password, and is not repeated.
            let unusable = || {
                let message = format!("proxy {n} is not an address like http://proxy.example:3128");
                Failure::new(FailureKind::Malformed, message)
            };
            let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            let url = url.ok_or_else(unusable)?;
            let (host, port) = url.host_str().zip(url.port_or_known_default()).ok_or_else(unusable)?;
            let client = Proxy::all(url.clone()).and_then(&build).map_err(|_| unusable())?;
            let health = Mutex::new(Health { doubtful: true, ..Health::default() });
            let (shown, address) = (format!("{host}:{port}"), (host.to_owned(), port));
            members.push(Member { client, shown, address, health });
        }
        Ok(Self { members, next: AtomicUsize::new(0) })
    }

    /// The next proxy that is well, by its place; none where all are out.
    ///
    /// # Errors
    /// No proxy answers.
    pub(super) async fn next(&self, now: Duration) -> Result<(usize, &Client), Failure> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let mut soonest = Duration::MAX;
        for turn in 0..self.members.len() {
            let place = (start + turn) % self.members.len();
            let member = &self.members[place];
            let health = *member.lock();
            if health.out_until > now {
                soonest = soonest.min(health.out_until.saturating_sub(now));
                continue;
            }
            if health.doubtful && !member.answers().await {
                self.failed(place, now);
                continue;
            }
            member.lock().doubtful = false;
            return Ok((place, &member.client));
        }
        let names: Vec<&str> = self.members.iter().map(|member| member.shown.as_str()).collect();
        let message = format!("none of the proxies answers ({})", names.join(", "));
        let failure = Failure::new(FailureKind::Unavailable, message);
        Err(if soonest == Duration::MAX {
            failure
        } else {
            failure.retry(touchline_domain::ports::Retry::After(soonest))
        })
    }

    /// A proxy did not bring an answer.
    pub(super) fn failed(&self, place: usize, now: Duration) {
        let member = &self.members[place];
        let mut health = member.lock();
        let pause = FIRST_PAUSE.saturating_mul(1 << health.failures.min(10)).min(LONGEST_PAUSE);
        *health =
            Health { failures: health.failures.saturating_add(1), out_until: now + pause, doubtful: true };
        tracing::warn!(proxy = member.shown, ?pause, "a proxy does not answer, and is left out");
    }

    /// A proxy brought an answer.
    pub(super) fn succeeded(&self, place: usize) {
        *self.members[place].lock() = Health::default();
    }
}

impl Member {
    fn lock(&self) -> std::sync::MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn answers(&self) -> bool {
        let (host, port) = &self.address;
        let connected = tokio::time::timeout(SIGN_OF_LIFE, TcpStream::connect((host.as_str(), *port))).await;
        matches!(connected, Ok(Ok(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(addresses: &[String]) -> Result<ProxyPool, Failure> {
        ProxyPool::new(addresses, |proxy| Client::builder().proxy(proxy).build())
    }

    #[test]
    fn an_address_that_is_none_is_named_by_its_place_alone() {
        let error = pool(&["http://a.example:1".to_owned(), "ftp://name:secret@b".to_owned()]).err().unwrap();
        assert!(error.message.contains("proxy 2") && !error.message.contains("secret"), "{error}");
    }

    #[tokio::test]
    async fn proxies_take_turns_and_one_that_is_dead_is_left_out_for_longer_each_time() {
        let listen = async || {
            let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = format!("http://127.0.0.1:{}", socket.local_addr().unwrap().port());
            (socket, address)
        };
        let ((_one, first), (_two, second), (dead, third)) = (listen().await, listen().await, listen().await);
        drop(dead);
        let pool = pool(&[first, second, third]).unwrap();
        let mut places = Vec::new();
        for _ in 0..6 {
            places.push(pool.next(Duration::ZERO).await.unwrap().0);
        }
        assert!(places.contains(&0) && places.contains(&1) && !places.contains(&2), "{places:?}");
        pool.failed(0, Duration::ZERO);
        pool.failed(1, Duration::ZERO);
        let error = pool.next(Duration::from_secs(1)).await.err().unwrap();
        assert!(error.message.contains("none of the proxies"), "{error}");
        // The pause is over, and it accepts connections.
        assert!(pool.next(Duration::from_secs(31)).await.is_ok());
        pool.failed(0, Duration::from_secs(31));
        assert_eq!(pool.members[0].lock().out_until, Duration::from_secs(91), "twice as long");
        pool.succeeded(0);
        assert_eq!(pool.members[0].lock().failures, 0);
    }
}
