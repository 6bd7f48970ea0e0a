//! Listening: HTTP connections within limits, so that clients that are slow, silent or many cannot keep others out.

mod paced;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use paced::Paced;
use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_io_timeout::TimeoutStream;
use touchline_api::{ConnectionPlace, Shortcut};
use tower::ServiceExt;

/// Most bytes of a request's head, and of what is read ahead of its body.
const LARGEST_HEAD: usize = 64 * 1024;
/// Longest wait for a client that takes nothing of its answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest wait for answers that are under way when the server stops.
const DRAIN: Duration = Duration::from_secs(30);
/// Descriptors that are left for the database, for files and for connections to others.
const OWN_DESCRIPTORS: u64 = 256;

pub use paced::Pace;

/// How many clients are served, and how long they may be silent.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// Connections at a time.
    pub connections: usize,
    /// Connections of one address at a time; IPv6 addresses of one network of 64 bits count as one. 0: no limit.
    pub per_address: usize,
    /// A connection on which no whole head of a request comes for so long is closed, be it new or one that was answered.
    pub head_timeout: Duration,
    /// How fast the body of a request has to come.
    pub body: Pace,
}

/// What answers: at once where it can, else through all layers.
#[derive(Debug, Clone)]
pub struct App {
    /// What needs no layer.
    pub shortcut: Shortcut,
    /// Everything.
    pub router: Router,
}

/// Serves until `stop`, then finishes what is under way.
pub async fn serve(
    listener: TcpListener,
    app: App,
    limits: &ConnectionLimits,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let slots = Slots::new(limits)?;
    // Connections hold a receiver while they are open.
    let (stopping, stopped) = watch::channel(());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head_timeout).max_buf_size(LARGEST_HEAD);
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    after_failed_accept(&error).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        // Beyond the limit it is closed at once: an answer would cost what the limit is to spare.
        let Some(slot) = slots.take(address).map(Arc::new) else {
            tracing::debug!(%address, "too many connections: this one is closed");
            continue;
        };
        let mut stopped = stopped.clone();
        let place = ConnectionPlace(Arc::new((Arc::clone(&slot), stopped.clone())));
        let (app, pace) = (app.clone(), limits.body);
        let service = service_fn(move |request: Request<Incoming>| {
            let at_once = app.shortcut.answer(&request, address.ip());
            let (router, place) = (app.router.clone(), place.clone());
            async move {
                if let Some(response) = at_once {
                    return Ok::<_, Infallible>(response);
                }
                let mut request = request.map(|body| {
                    if body.is_end_stream() {
                        axum::body::Body::empty()
                    } else {
                        axum::body::Body::new(Paced::new(body, pace))
                    }
                });
                request.extensions_mut().insert(ConnectInfo(address));
                request.extensions_mut().insert(place);
                router.oneshot(request).await
            }
        });
        let connection =
            http.serve_connection(TokioIo::new(Box::pin(guarded(stream))), service).with_upgrades();
        tokio::spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                _ = stopped.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            // A client that goes away, or is too slow, is its own affair.
            if let Err(error) = ended {
                tracing::debug!(%address, %error, "connection ended");
            }
            drop(slot);
        });
    }
    drop((listener, stopped));
    stopping.send_replace(());
    if tokio::time::timeout(DRAIN, stopping.closed()).await.is_err() {
        tracing::warn!(
            "some answers were not taken within {} s: their connections are closed",
            DRAIN.as_secs()
        );
    }
    Ok(())
}

fn guarded(stream: TcpStream) -> TimeoutStream<TcpStream> {
    // Answers are written whole: waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    stream
}

/// A client that went away before it was accepted is nothing; without descriptors, trying again at once would only burn
/// the processor.
async fn after_failed_accept(error: &Error) {
    if !matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    ) {
        tracing::error!(%error, "cannot accept connections for the moment");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Connections that may be open, in all and by address.
#[derive(Debug, Clone)]
struct Slots(Arc<SlotsInner>);

#[derive(Debug)]
struct SlotsInner {
    most: usize,
    most_of_one: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

impl Slots {
    /// As many as the limits and the process's descriptors allow.
    fn new(limits: &ConnectionLimits) -> Result<Self> {
        let descriptors =
            rlimit::increase_nofile_limit(u64::MAX).context("cannot ask how many files may be open")?;
        let free = usize::try_from(descriptors.saturating_sub(OWN_DESCRIPTORS).max(1)).unwrap_or(usize::MAX);
        if free < limits.connections {
            tracing::warn!(
                "{} connections are allowed, but this process may only open {descriptors} files: {free} will be served; \
                 raise the limit (ulimit -n, LimitNOFILE) or lower server.max_connections",
                limits.connections
            );
        }
        let most_of_one = if limits.per_address == 0 { usize::MAX } else { limits.per_address };
        let most = limits.connections.min(free);
        Ok(Self(Arc::new(SlotsInner { most, most_of_one, open: Mutex::default() })))
    }

    /// A place for a connection, if there is one.
    fn take(&self, address: SocketAddr) -> Option<Slot> {
        let network = network(address.ip());
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.all >= self.0.most {
            return None;
        }
        let of_one = open.by_network.entry(network).or_default();
        if *of_one >= self.0.most_of_one {
            return None;
        }
        *of_one += 1;
        open.all += 1;
        Some(Slot { slots: self.clone(), network })
    }
}

/// A connection's place, free again when this is dropped.
#[derive(Debug)]
struct Slot {
    slots: Slots,
    network: IpAddr,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.slots.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(of_one) = open.by_network.get_mut(&self.network) {
            *of_one -= 1;
            if *of_one == 0 {
                open.by_network.remove(&self.network);
            }
        }
    }
}

/// What counts as one address: who has one IPv6 address has a network of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(connections: usize, per_address: usize) -> Slots {
        let head_timeout = Duration::from_secs(1);
        let body = Pace { grace: head_timeout, bytes_per_second: 1 };
        Slots::new(&ConnectionLimits { connections, per_address, head_timeout, body }).unwrap()
    }

    fn from(address: &str) -> SocketAddr {
        SocketAddr::new(address.parse().unwrap(), 1)
    }

    #[test]
    fn places_are_given_until_there_are_none_and_come_back() {
        let slots = slots(3, 2);
        let ann = [slots.take(from("192.0.2.1")).unwrap(), slots.take(from("192.0.2.1")).unwrap()];
        assert!(slots.take(from("192.0.2.1")).is_none(), "two of one address");
        let ben = slots.take(from("192.0.2.2")).unwrap();
        assert!(slots.take(from("192.0.2.3")).is_none(), "three in all");
        drop(ann);
        assert!(slots.take(from("192.0.2.1")).is_some());
        drop(ben);
        let open = slots.0.open.lock().unwrap();
        assert_eq!((open.all, open.by_network.len()), (0, 0));
    }

    #[test]
    fn addresses_of_one_network_count_together() {
        let slots = slots(10, 1);
        let _first = slots.take(from("2001:db8:1:2::1")).unwrap();
        assert!(slots.take(from("2001:db8:1:2:ffff::9")).is_none());
        let _other = slots.take(from("2001:db8:1:3::1")).unwrap();
        let _four = slots.take(from("192.0.2.1")).unwrap();
        assert!(slots.take(from("::ffff:192.0.2.1")).is_none(), "the same, written otherwise");
    }

    #[test]
    fn no_limit_by_address_is_one_by_all() {
        let slots = slots(5, 0);
        let open: Vec<_> = (0..6).map_while(|_| slots.take(from("192.0.2.1"))).collect();
        assert_eq!(open.len(), 5);
    }
}
