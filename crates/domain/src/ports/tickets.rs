//! Tickets of work that takes longer than a request, and telling their holders.

use super::{ChannelError, StoreError};
use crate::{NewJob, NewTicket, Ticket, TicketEnd, TicketKind, TicketNotice};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Reading tickets. What was asked and answered is somebody's own: a store's readers of facts do not see it.
#[async_trait]
pub trait TicketReader: Send + Sync {
    /// The ticket of a name; none where there is none.
    ///
    /// # Errors
    /// The store is not available.
    async fn ticket(&self, id: &str) -> Result<Option<Ticket>, StoreError>;

    /// The tickets of an account and a kind, the latest first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn tickets_of(&self, user_id: i64, kind: TicketKind, limit: u32)
    -> Result<Vec<Ticket>, StoreError>;

    /// What the work of a ticket is done on; none once that has ended.
    ///
    /// # Errors
    /// The store is not available.
    async fn ticket_body(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// What the work of a ticket gave; none where it is not done.
    ///
    /// # Errors
    /// The store is not available.
    async fn ticket_answer(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError>;
}

/// Changing tickets. These writes leave nothing in the feed: they concern nobody but their holders.
#[async_trait]
pub trait TicketWriter: Send + Sync {
    /// Keeps a ticket and asks for the job that does its work, both or neither. Whether it did: not where the account has
    /// as many open tickets of the kind as it may.
    ///
    /// # Errors
    /// The store is not available, or refuses the ticket or the job.
    async fn open_ticket(
        &self,
        ticket: &NewTicket,
        most_open: u32,
        job: &NewJob,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Notes how the work of a ticket ended; whether it was open until now.
    ///
    /// # Errors
    /// The store is not available.
    async fn end_ticket(&self, id: &str, end: TicketEnd<'_>, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Notes what came of telling the other side; whether that was waited for.
    ///
    /// # Errors
    /// The store is not available.
    async fn note_notice(
        &self,
        id: &str,
        notice: TicketNotice,
        message: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Removes tickets that expired before a time. Returns how many.
    ///
    /// # Errors
    /// The store is not available.
    async fn purge_tickets(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}

/// Telling other programs, at addresses that they gave, that their work has ended.
#[async_trait]
pub trait Callbacks: Send + Sync {
    /// Whether an address may be called.
    ///
    /// # Errors
    /// Why not, and what to write.
    fn check(&self, url: &str) -> Result<(), String>;

    /// Calls an address with a JSON document; `id` names the message, the same for every try.
    ///
    /// # Errors
    /// Nobody took it; see [`ChannelError::retry`].
    async fn call(&self, url: &str, id: &str, body: &[u8]) -> Result<(), ChannelError>;
}
