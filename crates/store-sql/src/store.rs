//! What a store gives to the use cases that both stores share.

use crate::error::Mapped;
use crate::statements::Statements;
use crate::texts::Texts;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::Transaction;
use sqlx::pool::PoolConnection;
use std::ops::{Deref, DerefMut};
use touchline_domain::ports::StoreError;
use touchline_domain::{LeagueId, Match, MatchId, NewDocument, Season};

/// What statements of a store run on.
pub type Connection<S> = <<S as SqlStore>::Database as sqlx::Database>::Connection;

/// What writers that must not meet wait for; held until the transaction ends. A database with one writer at a time needs
/// none of them.
#[derive(Debug, Clone, Copy)]
pub enum Lock {
    /// Leagues, teams and their names.
    Roster,
    /// Matches and their facts.
    Silver,
    /// Sealed forecasts.
    Forecasts,
    /// Versions of models and their aliases.
    Models,
    /// Jobs that exclude each other.
    Jobs,
    /// Paper bets.
    Paper,
    /// Tickets, of which an account has so many.
    Tickets,
}

impl Lock {
    /// What the database knows it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Silver => "silver",
            Self::Forecasts => "forecasts",
            Self::Models => "models",
            Self::Jobs => "jobs",
            Self::Paper => "paper",
            Self::Tickets => "tickets",
        }
    }
}

/// A store on an SQL database: its connections, its statements, and what it does in its own way.
#[async_trait]
pub trait SqlStore: Clone + Send + Sync + 'static {
    /// The driver.
    type Database: sqlx::Database<Connection: Statements>;
    /// Its statements.
    const TEXTS: Texts;
    /// Tells the planner how many rows a merge has before they are joined with, where it has to be told.
    const ANALYZE_MERGE: Option<&'static str> = None;

    /// The time, in whole seconds.
    fn now(&self) -> DateTime<Utc>;

    /// A connection to read with, which sees all that was committed.
    async fn read(&self) -> Result<PoolConnection<Self::Database>, StoreError>;

    /// A consistent view over several reads.
    async fn snapshot(&self) -> Result<Transaction<'static, Self::Database>, StoreError>;

    /// Starts a write that no other writer of these kinds can interfere with.
    async fn write(&self, locks: &[Lock]) -> Result<Write<Self>, StoreError>;

    /// What follows on a commit: whoever waits for changes is woken.
    async fn committed(&self);

    /// Makes room for the records of a document, outside of the transaction that stores it.
    async fn make_room(&self, document: &NewDocument<'_>) -> Result<(), StoreError>;

    /// All matches of some seasons of leagues, each once.
    async fn matches_of(
        connection: &mut Connection<Self>,
        seasons: &[(LeagueId, Season)],
    ) -> Result<Vec<Match>, StoreError>;

    /// Replaces rows of stored matches.
    async fn update_matches(connection: &mut Connection<Self>, changed: &[Match]) -> Result<(), StoreError>;

    /// How many quotes each of some matches has.
    async fn quote_counts(
        connection: &mut Connection<Self>,
        matches: &[MatchId],
    ) -> Result<Vec<(MatchId, u64)>, StoreError>;
}

/// A write that is under way. Dropped, it leaves no trace.
pub struct Write<S: SqlStore> {
    transaction: Transaction<'static, S::Database>,
    store: S,
    now: DateTime<Utc>,
}

impl<S: SqlStore> Write<S> {
    /// The write of a transaction that was begun.
    #[must_use]
    pub fn new(transaction: Transaction<'static, S::Database>, store: &S) -> Self {
        Self { transaction, store: store.clone(), now: store.now() }
    }

    /// When it began: the time of everything that it notes.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Makes it hold.
    ///
    /// # Errors
    /// The database does not answer, or refuses.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit().await.mapped()?;
        self.store.committed().await;
        Ok(())
    }

    /// Leaves no trace, at once.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.transaction.rollback().await.mapped()
    }
}

impl<S: SqlStore> Deref for Write<S> {
    type Target = Connection<S>;
    fn deref(&self) -> &Connection<S> {
        &self.transaction
    }
}

impl<S: SqlStore> DerefMut for Write<S> {
    fn deref_mut(&mut self) -> &mut Connection<S> {
        &mut self.transaction
    }
}
