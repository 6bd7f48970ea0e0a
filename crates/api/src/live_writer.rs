//! What happened in running matches on its way into the store: through a queue, so that nobody who listens waits for the
//! disk, and in one task, so that the store has one writer of it.

use crate::error::ApiError;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{OwnedPermit, Receiver, Sender, channel};
use touchline_domain::ports::{MatchFacts, Retry, SilverChange, Store};
use touchline_domain::{EventList, MatchId};

/// Lists of events that wait; beyond, sources are told to come again.
const QUEUE: usize = 1_000;

type NewEvents = (MatchId, EventList);

/// The queue.
#[derive(Debug)]
pub(crate) struct LiveWriter {
    sender: Mutex<Option<Sender<NewEvents>>>,
    receiver: Mutex<Option<Receiver<NewEvents>>>,
}

impl Default for LiveWriter {
    fn default() -> Self {
        let (sender, receiver) = channel(QUEUE);
        Self { sender: Mutex::new(Some(sender)), receiver: Mutex::new(Some(receiver)) }
    }
}

/// A place in the queue.
#[derive(Debug)]
pub(crate) struct Writing(Option<(OwnedPermit<NewEvents>, NewEvents)>);

impl Writing {
    /// There is nothing to write.
    pub const NOTHING: Self = Self(None);

    /// Has it written, in its turn.
    pub fn send(self) {
        if let Self(Some((place, events))) = self {
            place.send(events);
        }
    }
}

impl LiveWriter {
    /// A place for a list of events.
    pub fn reserve(&self, events: NewEvents) -> Result<Writing, ApiError> {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let place = sender.and_then(|sender| sender.try_reserve_owned().ok());
        place.map(|place| Writing(Some((place, events)))).ok_or_else(ApiError::overloaded)
    }

    /// Takes nothing more; what waits is still written.
    pub fn close(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Writes what comes, until the queue is closed and empty.
    pub async fn run(&self, store: &dyn Store) {
        let receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut receiver) = receiver else { return };
        while let Some((id, events)) = receiver.recv().await {
            let facts = vec![(id, MatchFacts { events: vec![events], ..MatchFacts::default() })];
            write(store, id, &SilverChange { facts, ..SilverChange::default() }).await;
        }
    }
}

/// Tries until the store takes it, or says that it never will.
async fn write(store: &dyn Store, id: MatchId, change: &SilverChange) {
    loop {
        let Err(error) = store.apply(change).await else { return };
        match error.retry() {
            Retry::After(wait) => {
                tracing::warn!(%error, match_id = id.0, "events of a running match wait for the store");
                tokio::time::sleep(wait.max(Duration::from_secs(1))).await;
            }
            Retry::Never => {
                tracing::error!(%error, match_id = id.0, "events of a running match cannot be stored");
                return;
            }
        }
    }
}
