//! The served store: PostgreSQL (14 or newer) behind the ports of the domain.
//!
//! [`PostgresStore::connect`] gives a store that implements every port ([`touchline_domain::ports::Store`]). Each write
//! of a port is one transaction, and what was acknowledged is on disk. Many processes may use one database: those that
//! would step on each other's toes (two imports) wait for one another, ten seconds at most.
//!
//! `matches` is partitioned by season, `odds` and `raw_odds_data` by the month since when a price was known,
//! `predictions` by the month of sealing; a write makes the partitions that it needs. SQL lies under `queries/`, one file
//! per statement, the schema under `migrations/`. Times are kept as whole seconds: fractions are cut off.

mod archive;
mod backup;
mod columns;
mod copy;
mod diagnosis;
mod events;
mod export;
mod feed;
mod health;
mod maintenance;
mod matches;
mod migrations;
mod options;
mod partitions;
mod predictions;
mod programs;
mod replicas;
mod revision;
mod roles;
mod roster;
mod shared;
mod silver;
mod squads;
mod summaries;

#[cfg(feature = "testing")]
pub mod testing;

pub use maintenance::{Maintained, Maintenance};
pub use options::redacted;
pub use roles::ROLES;

use chrono::{DateTime, SubsecRound, Utc};
use feed::Announcements;
use replicas::Replicas;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, Postgres, Transaction};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use touchline_domain::Clock;
use touchline_domain::ports::StoreError;
use touchline_store_sql::error::Mapped;
use touchline_store_sql::store::{Lock, SqlStore};
use touchline_store_sql::{
    bronze, corrections, error, ledger, lineage, names, outbox, quality, row, rows, season_rules,
    surroundings,
};

/// Connections that one process holds at most.
const CONNECTIONS: u32 = 8;
/// How long a call waits for a free connection, or for a server that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A PostgreSQL database behind the ports. Clones share the connections.
#[derive(Clone)]
pub struct PostgresStore {
    pool: PgPool,
    replicas: Arc<Replicas>,
    /// For the programs that dump and load; holds the password.
    url: Arc<str>,
    clock: Arc<dyn Clock>,
    /// Wakes whoever waits for changes.
    written: Arc<watch::Sender<()>>,
    announcements: Arc<Announcements>,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

/// Where a database is reached, and as whom.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// The primary, by the user whose rights count.
    pub url: &'a str,
    /// Streaming replicas; see [`connect_with_replicas`](PostgresStore::connect_with_replicas).
    pub replicas: &'a [String],
    /// The primary by a user who may change the schema, where the other may not. It is connected to only where the schema
    /// is not up to date.
    pub admin_url: Option<&'a str>,
}

impl fmt::Debug for Access<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("url", &redacted(self.url))
            .field("admin_url", &self.admin_url.map(redacted))
            .finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Connects to the database at `url` (`postgres://user:password@host:port/database?sslmode=verify-full`; what it
    /// leaves out comes from the environment variables that `psql` reads, and from the user's `.pgpass`) and brings its
    /// schema up to date. `clock` dates what the store notes by itself. Errors never contain the password.
    ///
    /// # Errors
    /// The URL is none or the server does not answer or refuses ([`StoreError::Unavailable`]), or the schema is one
    /// that this program does not know ([`StoreError::Schema`]).
    pub async fn connect(url: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Self::connect_with_replicas(url, &[], clock).await
    }

    /// The same, with streaming replicas that take reads off the primary where these may be a little behind: lists,
    /// single rows and odds for display, everything that training reads. What this process has written it reads back
    /// from the primary until a replica has it too. Replicas may be down, now or later.
    ///
    /// # Errors
    /// As for [`connect`](PostgresStore::connect).
    pub async fn connect_with_replicas(
        url: &str,
        replicas: &[String],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        Self::open(Access { url, replicas, admin_url: None }, clock).await
    }

    /// The same, where a user without the right to change the schema leaves that to one who has it.
    ///
    /// # Errors
    /// As for [`connect`](PostgresStore::connect).
    pub async fn open(access: Access<'_>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let Access { url, replicas, admin_url } = access;
        let options = options::parse(url)?;
        // The pool would go on trying for a while; whoever starts a program wants to know at once.
        PgConnection::connect_with(&options).await.mapped()?.close().await.mapped()?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options.clone());
        let admin = admin_url.filter(|admin| *admin != url).map(options::parse).transpose()?;
        migrations::run(&pool, admin).await?;
        let replicas = Replicas::new(replicas, clock.now().timestamp_subsec_micros() as usize)?;
        // The schema may just have been made.
        replicas.wrote(&pool).await;
        replicas.standings().await;
        Ok(Self {
            pool,
            replicas: Arc::new(replicas),
            url: url.into(),
            clock,
            written: Arc::default(),
            announcements: Arc::new(Announcements::new(options)),
        })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.announcements.close().await;
        self.replicas.close().await;
        self.pool.close().await;
    }

    /// Starts a write.
    async fn write(&self) -> Result<Write, StoreError> {
        SqlStore::write(self, &[]).await
    }

    /// Starts a write that no other writer of the same kind can interfere with.
    async fn write_alone(&self, lock: Lock) -> Result<Write, StoreError> {
        SqlStore::write(self, &[lock]).await
    }

    /// A connection to read with, to the primary: for reads that a write depends on.
    async fn read(&self) -> Result<sqlx::pool::PoolConnection<Postgres>, StoreError> {
        self.pool.acquire().await.mapped()
    }

    /// A consistent view over several reads.
    async fn snapshot(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        shared::begin(&self.pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    fn now(&self) -> DateTime<Utc> {
        SqlStore::now(self)
    }
}

/// A transaction that is under way; committed, it wakes whoever waits for changes.
type Write = touchline_store_sql::store::Write<PostgresStore>;

/// What the statements run on.
type Connection = PgConnection;

/// The time without its fraction of a second.
fn whole(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(0)
}
