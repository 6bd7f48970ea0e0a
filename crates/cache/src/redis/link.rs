//! The connection to Redis. One task makes it and looks after it; whoever calls finds it ready, or is told at once that there
//! is none. A call that takes longer than its time, or breaks, takes the connection away until it was made anew, so that a
//! server that is slow or gone costs one short wait and then nothing.

use super::RedisSettings;
use super::url::{RedisUrl, Target};
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{AsyncConnectionConfig, Client, Cmd, Pipeline, RedisError, RedisFuture, RedisResult, Value};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use touchline_domain::ports::Unreachable;
use touchline_domain::telemetry::REDIS_CONNECTIONS;

/// First wait before a connection is tried again, doubled with each failure, also with each one that broke soon.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// A connection that stood for so long was a good one.
const GOOD: Duration = Duration::from_secs(10);

/// A connection to a server, or to all of a cluster. Clones share it; commands go out together.
#[derive(Clone)]
pub(super) enum Connection {
    Server(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Server(connection) => connection.req_packed_command(cmd),
            Self::Cluster(connection) => connection.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Server(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Server(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}

/// How the link stands.
#[derive(Clone)]
enum State {
    /// It stands; the number tells connections apart.
    Up(Connection, u64),
    /// It does not, for this reason.
    Down(String),
}

pub(super) struct Link {
    url: RedisUrl,
    settings: RedisSettings,
    state: RwLock<State>,
    /// Wakes the task that looks after it.
    broken: Notify,
    /// Moves on whenever it is up or down.
    changed: watch::Sender<bool>,
}

impl Link {
    /// Not connected yet.
    pub fn new(url: RedisUrl, settings: RedisSettings) -> Arc<Self> {
        let state = RwLock::new(State::Down("it was not connected to yet".to_owned()));
        let (changed, _) = watch::channel(false);
        Arc::new(Self { url, settings, state, broken: Notify::new(), changed })
    }

    pub fn url(&self) -> &RedisUrl {
        &self.url
    }

    /// Why there is no connection; none where there is one.
    pub fn fault(&self) -> Option<String> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Up(..) => None,
            State::Down(why) => Some(why.clone()),
        }
    }

    /// Waits until there is a connection, or is none any longer.
    pub async fn until(&self, up: bool) {
        let mut changed = self.changed.subscribe();
        // The sender is this link's own: it is there as long as this waits.
        let _ = changed.wait_for(|is_up| *is_up == up).await;
    }

    /// Does something with the connection, within the time of a call.
    pub async fn call<T, W>(&self, work: impl FnOnce(Connection) -> W) -> Result<T, Unreachable>
    where
        W: Future<Output = RedisResult<T>>,
    {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner).clone();
        let State::Up(connection, number) = state else { return Err(Unreachable) };
        match tokio::time::timeout(self.settings.call, work(connection)).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) if breaks(&error) => {
                self.broke(number, &error.to_string());
                Err(Unreachable)
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "Redis refuses a call");
                Err(Unreachable)
            }
            Err(_) => {
                self.broke(number, &format!("no answer within {} ms", self.settings.call.as_millis()));
                Err(Unreachable)
            }
        }
    }

    /// Takes a connection away, unless it is another one by now.
    fn broke(&self, number: u64, why: &str) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(&*state, State::Up(_, current) if *current == number) {
            tracing::warn!(url = %self.url, why, "Redis is away: this server goes by what it knows itself");
            *state = State::Down(why.to_owned());
            drop(state);
            self.show(false);
            self.broken.notify_one();
        }
    }

    fn show(&self, is_up: bool) {
        metrics::gauge!(REDIS_CONNECTIONS.name, "pool_type" => "async").set(f64::from(u8::from(is_up)));
        self.changed.send_replace(is_up);
    }

    async fn connect(&self) -> RedisResult<Connection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.settings.connect))
            .set_response_timeout(Some(self.settings.connect));
        match &self.url.target {
            Target::Single(info) => {
                let client = Client::open((**info).clone())?;
                client.get_multiplexed_async_connection_with_config(&config).await.map(Connection::Server)
            }
            Target::Sentinel { sentinels, master, login, tls } => {
                let addresses = sentinels.iter().map(|sentinel| sentinel.addr().clone());
                let mut builder =
                    SentinelClientBuilder::new(addresses, master.clone(), SentinelServerType::Master)?
                        .set_client_to_redis_db(login.redis_settings().db());
                if let Some(user) = login.redis_settings().username() {
                    builder = builder.set_client_to_redis_username(user);
                }
                if let Some(password) = login.redis_settings().password() {
                    builder = builder.set_client_to_redis_password(password);
                }
                if *tls {
                    builder = builder.set_client_to_redis_tls_mode(redis::TlsMode::Secure);
                }
                let mut client = builder.build()?;
                client.get_async_connection_with_config(&config).await.map(Connection::Server)
            }
            Target::Cluster(nodes) => {
                let client = ClusterClient::builder(nodes.clone())
                    .connection_timeout(self.settings.connect)
                    .response_timeout(self.settings.connect)
                    .build()?;
                client.get_async_connection().await.map(Connection::Cluster)
            }
        }
    }

    /// Connects, and asks for a sign of life.
    async fn made(&self) -> Result<Connection, String> {
        let made = async {
            let mut connection = self.connect().await?;
            redis::cmd("PING").query_async::<Value>(&mut connection).await?;
            RedisResult::Ok(connection)
        };
        match tokio::time::timeout(self.settings.connect, made).await {
            Ok(made) => made.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no connection within {} ms", self.settings.connect.as_millis())),
        }
    }
}

/// Whether the connection is of no use after an error: it is gone, or the server does not serve at present.
fn breaks(error: &RedisError) -> bool {
    let does_not_serve =
        ["READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "NOAUTH", "NOPERM", "WRONGPASS"];
    error.is_io_error()
        || error.is_timeout()
        || error.is_connection_dropped()
        || error.is_unrecoverable_error()
        || error.code().is_some_and(|code| does_not_serve.contains(&code))
}

/// Makes the connection, and again whenever it breaks. Ends with the link.
pub(super) async fn keep(link: Weak<Link>) {
    let (mut wait, mut number) = (FIRST_WAIT, 0);
    loop {
        let Some(this) = link.upgrade() else { return };
        match this.made().await {
            Ok(connection) => {
                number += 1;
                *this.state.write().unwrap_or_else(PoisonError::into_inner) = State::Up(connection, number);
                this.show(true);
                tracing::info!(url = %this.url, "Redis answers");
                let since = Instant::now();
                drop(this);
                if !look_after(&link).await {
                    return;
                }
                if since.elapsed() >= GOOD {
                    wait = FIRST_WAIT;
                }
            }
            Err(why) => {
                tracing::debug!(url = %this.url, why, "Redis does not answer");
                *this.state.write().unwrap_or_else(PoisonError::into_inner) = State::Down(why);
                this.show(false);
            }
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Asks for a sign of life now and then until the connection breaks; false where the link is gone.
async fn look_after(link: &Weak<Link>) -> bool {
    loop {
        let Some(this) = link.upgrade() else { return false };
        if this.fault().is_some() {
            return true;
        }
        let pause = this.settings.look_after;
        tokio::select! {
            () = this.broken.notified() => {}
            () = tokio::time::sleep(pause) => {
                // What comes of it is in the state.
                let _ = this
                    .call(async |mut connection| redis::cmd("PING").query_async::<Value>(&mut connection).await)
                    .await;
            }
        }
    }
}
