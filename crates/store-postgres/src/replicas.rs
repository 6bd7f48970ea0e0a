//! Reading from replicas. Reads that tolerate being a little behind go to one that answers; what this process has
//! committed is read from a replica only once that has replayed it. A replica that does not answer is left out, and
//! asked again by and by.

use crate::error::Mapped;
use crate::row::Read;
use crate::{Connection, options};
use futures::future::join_all;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgPoolOptions, Postgres};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use touchline_domain::ports::StoreError;

/// Connections to each replica.
const CONNECTIONS: u32 = 8;
/// How long a replica may take to give a connection or to say how it stands.
const PATIENCE: Duration = Duration::from_secs(1);
/// What was known of a replica is believed for so long.
const FRESH: Duration = Duration::from_secs(1);
/// A replica that did not answer is asked again after this time.
const RETRY: Duration = Duration::from_secs(1);
/// A replica that has heard nothing new for longer, and may have missed something, is not read from.
const LAG: Duration = Duration::from_mins(5);

/// Runs a read on a replica that may answer, and on the primary where there is none or it fails in the middle. The
/// read names its connection, and must not return early.
macro_rules! tolerant {
    ($store:expr, $connection:ident => $read:expr) => {
        'answer: {
            if let Some(mut replica) = $store.replicas.pick(&$store.pool).await {
                let $connection = &mut *replica;
                match $read {
                    Err(error) if replica.is_to_blame(&error) => {}
                    answer => break 'answer answer,
                }
            }
            let $connection = &mut *$store.read().await?;
            $read
        }
    };
}
pub(crate) use tolerant;

/// All replicas of a primary.
pub(crate) struct Replicas {
    members: Vec<Arc<Replica>>,
    /// Where to look first: this process keeps to one replica, so that what it reads does not jump back.
    first: usize,
    /// The place in the log that everything this process has committed lies before.
    written: AtomicU64,
    /// Commits whose place could not be asked for, and how many of these the place covers by now.
    lost: AtomicU64,
    found: AtomicU64,
}

/// One replica.
struct Replica {
    /// Without password.
    name: String,
    pool: PgPool,
    state: Mutex<State>,
    is_asked: AtomicBool,
}

#[derive(Debug, Clone)]
enum State {
    /// It answered then, and had replayed the log up to this place.
    Up { replayed: u64, asked: Instant },
    /// It did not answer then, or is not fit to.
    Down { why: String, asked: Instant },
    /// It has to be asked.
    Unknown,
}

/// How a replica stands, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its URL without password.
    pub name: String,
    /// Whether reads go there, or why not.
    pub fit: Result<(), String>,
}

/// A connection to a replica.
pub(crate) struct Reader {
    connection: PoolConnection<Postgres>,
    replica: Arc<Replica>,
}

impl Replicas {
    /// Connects to nothing yet: a replica that is down now may be up later. Processes that look first at different
    /// replicas share the load between these.
    pub fn new(urls: &[String], first: usize) -> Result<Self, StoreError> {
        let members = urls.iter().map(|url| Replica::new(url).map(Arc::new)).collect::<Result<_, _>>()?;
        Ok(Self {
            members,
            first,
            written: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            found: AtomicU64::new(0),
        })
    }

    /// Whether any replica takes reads.
    pub fn are_there(&self) -> bool {
        !self.members.is_empty()
    }

    /// Something was committed on the primary; what is read from now on must include it.
    pub async fn wrote(&self, primary: &PgPool) {
        if !self.members.is_empty() && self.ask_primary(primary).await.is_none() {
            self.lost.fetch_add(1, SeqCst);
        }
    }

    async fn ask_primary(&self, primary: &PgPool) -> Option<()> {
        let row = sqlx::query(include_str!("../queries/replicas/written.sql")).fetch_one(primary).await;
        match row.mapped().and_then(|row| row.number(0)) {
            Ok(place) => {
                self.written.fetch_max(place, SeqCst);
                Some(())
            }
            Err(error) => {
                tracing::warn!(%error, "replicas are not read from until the primary says how far it is");
                None
            }
        }
    }

    /// A replica that may answer now, none where the primary has to.
    pub async fn pick(&self, primary: &PgPool) -> Option<Reader> {
        if self.members.is_empty() {
            return None;
        }
        let lost = self.lost.load(SeqCst);
        if lost != self.found.load(SeqCst) {
            self.ask_primary(primary).await?;
            self.found.fetch_max(lost, SeqCst);
        }
        let written = self.written.load(SeqCst);
        for turn in 0..self.members.len() {
            let replica = &self.members[self.first.wrapping_add(turn) % self.members.len()];
            if let Some(connection) = replica.connection(written).await {
                return Some(Reader { connection, replica: Arc::clone(replica) });
            }
        }
        None
    }

    /// How every replica stands. Nobody waits for one that is down.
    pub async fn standings(&self) -> Vec<Standing> {
        let ask = async |replica: &Arc<Replica>| {
            if matches!(replica.state(), State::Down { .. }) {
                replica.ask_behind();
            } else {
                replica.ask().await;
            }
        };
        join_all(self.members.iter().map(ask)).await;
        self.members.iter().map(|replica| replica.standing()).collect()
    }

    pub async fn close(&self) {
        join_all(self.members.iter().map(|replica| replica.pool.close())).await;
    }
}

impl Replica {
    fn new(url: &str) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options::parse(url)?);
        Ok(Self {
            name: options::redacted(url),
            pool,
            state: Mutex::new(State::Unknown),
            is_asked: AtomicBool::new(false),
        })
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: State) {
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*held, &state) {
            (State::Up { .. } | State::Unknown, State::Down { why, .. }) => {
                tracing::warn!(replica = self.name, why, "a replica is left out");
            }
            (State::Down { .. }, State::Up { .. }) => {
                tracing::info!(replica = self.name, "a replica is back");
            }
            _ => {}
        }
        *held = state;
    }

    fn standing(&self) -> Standing {
        let fit = match self.state() {
            State::Up { .. } => Ok(()),
            State::Down { why, .. } => Err(why),
            State::Unknown => Err("has not answered yet".to_owned()),
        };
        Standing { name: self.name.clone(), fit }
    }

    /// A connection, where the replica has replayed the log so far.
    async fn connection(self: &Arc<Self>, written: u64) -> Option<PoolConnection<Postgres>> {
        match self.state() {
            State::Up { replayed, asked } if replayed >= written && asked.elapsed() < FRESH => {
                self.pool.acquire().await.inspect_err(|_| self.set(State::Unknown)).ok()
            }
            State::Up { .. } => {
                let (replayed, connection) = self.ask().await?;
                (replayed >= written).then_some(connection)
            }
            State::Down { asked, .. } if asked.elapsed() < RETRY => None,
            State::Down { .. } | State::Unknown => {
                self.ask_behind();
                None
            }
        }
    }

    /// Asks while nobody waits for the answer.
    fn ask_behind(self: &Arc<Self>) {
        if !self.is_asked.swap(true, SeqCst) {
            let this = Arc::clone(self);
            tokio::spawn(async move {
                this.ask().await;
                this.is_asked.store(false, SeqCst);
            });
        }
    }

    /// Asks the replica how it stands; how far it has replayed the log and the connection, where it is fit to answer.
    async fn ask(&self) -> Option<(u64, PoolConnection<Postgres>)> {
        let answer = tokio::time::timeout(PATIENCE, self.answer()).await;
        let answer = answer.unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())));
        let asked = Instant::now();
        match answer {
            Ok((replayed, connection)) => {
                self.set(State::Up { replayed, asked });
                Some((replayed, connection))
            }
            Err(why) => {
                self.set(State::Down { why, asked });
                None
            }
        }
    }

    async fn answer(&self) -> Result<(u64, PoolConnection<Postgres>), String> {
        let told = |error: StoreError| error.to_string();
        let mut connection = self.pool.acquire().await.mapped().map_err(told)?;
        let row = sqlx::query(include_str!("../queries/replicas/standing.sql"))
            .bind(LAG.as_secs_f64())
            .fetch_one(&mut *connection)
            .await
            .mapped()
            .map_err(told)?;
        let (is_replica, follows): (bool, bool) = (row.value(0).map_err(told)?, row.value(2).map_err(told)?);
        match (is_replica, follows) {
            (false, _) => Err("it is not a replica: it takes writes".to_owned()),
            (_, false) => Err(format!("it has heard nothing new for {} minutes", LAG.as_secs() / 60)),
            _ => Ok((row.number(1).map_err(told)?, connection)),
        }
    }
}

impl Reader {
    /// Whether the primary would have done better. The replica is then asked before it is read from again.
    pub fn is_to_blame(&self, error: &StoreError) -> bool {
        let is_to_blame = matches!(error, StoreError::Unavailable { .. } | StoreError::Schema(_));
        if is_to_blame {
            self.replica.set(State::Unknown);
        }
        is_to_blame
    }
}

impl Deref for Reader {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
