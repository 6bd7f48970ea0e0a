//! Updates of running matches on their way to whoever listens: numbered, kept for a while so that a listener that was cut
//! off goes on where it was, and given only to those who asked for the match.
//!
//! A listener has a queue of its own. Nobody waits for it: one whose queue is full is dropped, and the others do not notice.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use touchline_domain::MatchId;

/// Updates that wait for one listener; it is too slow when there are more.
const QUEUE: usize = 64;
/// Updates that are kept for those who come back.
const KEPT: usize = 4096;
/// Matches whose latest update is kept; the one that was told of longest ago makes room.
const KEPT_MATCHES: usize = 2_000;

/// A place among the updates of one run of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LivePosition {
    /// Which run: numbers begin anew with each.
    pub run: u64,
    /// The number of the last update that was seen; 0 for none.
    pub number: u64,
}

impl fmt::Display for LivePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", self.run, self.number)
    }
}

impl FromStr for LivePosition {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('-').and_then(|(run, number)| {
            let is_run = run.len() == 16 && run.bytes().all(|byte| byte.is_ascii_hexdigit());
            let run = is_run.then(|| u64::from_str_radix(run, 16).ok())??;
            Some(Self { run, number: number.parse().ok()? })
        });
        parsed
            .ok_or_else(|| format!("{text:?} is no place among the updates; send back the `position` of one"))
    }
}

/// Which matches a listener hears of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topics {
    /// All.
    All,
    /// These.
    Matches(HashSet<MatchId>),
}

impl Topics {
    fn have(&self, id: MatchId) -> bool {
        match self {
            Self::All => true,
            Self::Matches(matches) => matches.contains(&id),
        }
    }
}

/// One update, written once for all who hear it.
#[derive(Debug, PartialEq, Eq)]
pub struct LiveUpdate {
    /// Where it stands.
    pub position: LivePosition,
    /// The match.
    pub match_id: MatchId,
    /// The update as it is sent.
    pub text: Arc<str>,
}

/// What a listener is told when it begins, or asks for more matches.
#[derive(Debug, Default)]
pub struct Backlog {
    /// Updates in their order: those that were missed, or where that is not known the latest of each match.
    pub updates: Vec<Arc<LiveUpdate>>,
    /// Whether updates since the named place are lost, so that these are only the latest ones.
    pub has_gap: bool,
}

/// Numbers updates and gives them to listeners. Clones share everything.
#[derive(Debug, Clone)]
pub struct LiveFeed(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    position: LivePosition,
    latest: HashMap<MatchId, Arc<LiveUpdate>>,
    kept: VecDeque<Arc<LiveUpdate>>,
    listeners: HashMap<u64, Listening>,
    /// Listeners of each match, and of all.
    by_match: HashMap<MatchId, HashSet<u64>>,
    of_all: HashSet<u64>,
    next_listener: u64,
    is_closed: bool,
}

#[derive(Debug)]
struct Listening {
    sender: mpsc::Sender<Arc<LiveUpdate>>,
    topics: Topics,
}

impl LiveFeed {
    /// Nothing has happened; `run` differs from that of every other start.
    pub fn new(run: u64) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            position: LivePosition { run, number: 0 },
            latest: HashMap::new(),
            kept: VecDeque::new(),
            listeners: HashMap::new(),
            by_match: HashMap::new(),
            of_all: HashSet::new(),
            next_listener: 0,
            is_closed: false,
        })))
    }

    /// The place of the last update.
    pub fn position(&self) -> LivePosition {
        self.inner().position
    }

    /// The latest update of a match.
    pub fn latest(&self, id: MatchId) -> Option<Arc<LiveUpdate>> {
        self.inner().latest.get(&id).cloned()
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        self.inner().listeners.len()
    }

    /// Gives an update to whoever listens to its match. `write` is told its place.
    pub fn publish(
        &self,
        match_id: MatchId,
        write: impl FnOnce(LivePosition) -> Arc<str>,
    ) -> Arc<LiveUpdate> {
        let mut inner = self.inner();
        inner.position.number += 1;
        let position = inner.position;
        let update = Arc::new(LiveUpdate { position, match_id, text: write(position) });
        inner.latest.insert(match_id, Arc::clone(&update));
        if inner.latest.len() > KEPT_MATCHES {
            let oldest = inner.latest.values().min_by_key(|update| update.position.number);
            let oldest = oldest.map(|update| update.match_id);
            oldest.map(|id| inner.latest.remove(&id));
        }
        if inner.kept.len() == KEPT {
            inner.kept.pop_front();
        }
        inner.kept.push_back(Arc::clone(&update));
        let of_match = inner.by_match.get(&match_id).into_iter().flatten();
        let mut too_slow = Vec::new();
        for id in of_match.chain(&inner.of_all) {
            let Some(listening) = inner.listeners.get(id) else { continue };
            if listening.sender.try_send(Arc::clone(&update)).is_err() {
                too_slow.push(*id);
            }
        }
        for id in too_slow {
            inner.forget(id);
        }
        update
    }

    /// Begins to listen. Without a place, the latest update of each match comes first; with one, what came after it.
    pub fn listen(&self, topics: Topics, after: Option<LivePosition>) -> (Listener, Backlog) {
        let mut inner = self.inner();
        let backlog = inner.backlog(&topics, after);
        let (sender, receiver) = mpsc::channel(QUEUE);
        inner.next_listener += 1;
        let id = inner.next_listener;
        if !inner.is_closed {
            inner.listeners.insert(id, Listening { sender, topics: Topics::Matches(HashSet::new()) });
            inner.subscribe(id, topics);
        }
        (Listener { id, feed: self.clone(), receiver }, backlog)
    }

    /// Whether all listening has ended.
    pub fn is_closed(&self) -> bool {
        self.inner().is_closed
    }

    /// Ends all listening, now and later.
    pub fn close(&self) {
        let mut inner = self.inner();
        inner.is_closed = true;
        inner.listeners.clear();
        inner.by_match.clear();
        inner.of_all.clear();
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn backlog(&self, topics: &Topics, after: Option<LivePosition>) -> Backlog {
        let wanted = |update: &&Arc<LiveUpdate>| topics.have(update.match_id);
        let is_of_run =
            |after: &LivePosition| after.run == self.position.run && after.number <= self.position.number;
        let oldest = self.kept.front().map_or(self.position.number + 1, |update| update.position.number);
        if let Some(after) = after.filter(is_of_run).filter(|after| after.number + 1 >= oldest) {
            let missed = self.kept.iter().skip_while(|update| update.position.number <= after.number);
            return Backlog { updates: missed.filter(wanted).cloned().collect(), has_gap: false };
        }
        let mut updates: Vec<_> = self.latest.values().filter(wanted).cloned().collect();
        updates.sort_by_key(|update| update.position.number);
        Backlog { updates, has_gap: after.is_some() }
    }

    fn subscribe(&mut self, id: u64, topics: Topics) {
        let Some(listening) = self.listeners.get_mut(&id) else { return };
        match (&mut listening.topics, topics) {
            (Topics::All, _) => {}
            (held, Topics::All) => {
                *held = Topics::All;
                self.of_all.insert(id);
                self.by_match.retain(|_, listeners| {
                    listeners.remove(&id);
                    !listeners.is_empty()
                });
            }
            (Topics::Matches(held), Topics::Matches(new)) => {
                for match_id in &new {
                    self.by_match.entry(*match_id).or_default().insert(id);
                }
                held.extend(new);
            }
        }
    }

    fn forget(&mut self, id: u64) {
        let Some(listening) = self.listeners.remove(&id) else { return };
        match listening.topics {
            Topics::All => {
                self.of_all.remove(&id);
            }
            Topics::Matches(matches) => self.unhear(id, matches),
        }
    }

    fn unhear(&mut self, id: u64, matches: impl IntoIterator<Item = MatchId>) {
        for match_id in matches {
            if let Some(listeners) = self.by_match.get_mut(&match_id) {
                listeners.remove(&id);
                if listeners.is_empty() {
                    self.by_match.remove(&match_id);
                }
            }
        }
    }
}

/// Somebody who listens, until this is dropped.
#[derive(Debug)]
pub struct Listener {
    id: u64,
    feed: LiveFeed,
    receiver: mpsc::Receiver<Arc<LiveUpdate>>,
}

impl Listener {
    /// The next update; none once it was too slow, or the feed is closed.
    pub async fn next(&mut self) -> Option<Arc<LiveUpdate>> {
        self.receiver.recv().await
    }

    /// Hears of more matches, and is told the latest of each.
    pub fn subscribe(&self, topics: Topics) -> Backlog {
        let mut inner = self.feed.inner();
        let backlog = inner.backlog(&topics, None);
        inner.subscribe(self.id, topics);
        backlog
    }

    /// Hears of some matches no longer; none of them for all.
    pub fn unsubscribe(&self, matches: Option<&HashSet<MatchId>>) {
        let mut inner = self.feed.inner();
        let Some(mut listening) = inner.listeners.remove(&self.id) else { return };
        let gone = match (&mut listening.topics, matches) {
            (Topics::Matches(held), Some(matches)) => {
                held.retain(|id| !matches.contains(id));
                matches.clone()
            }
            // Whoever hears of all goes on to, of what he did not name.
            (Topics::All, Some(_)) => HashSet::new(),
            (held, None) => match std::mem::replace(held, Topics::Matches(HashSet::new())) {
                Topics::Matches(held) => held,
                Topics::All => HashSet::new(),
            },
        };
        inner.unhear(self.id, gone);
        if listening.topics != Topics::All {
            inner.of_all.remove(&self.id);
        }
        inner.listeners.insert(self.id, listening);
    }

    /// How many matches it hears of; none for all.
    pub fn matches(&self) -> Option<usize> {
        match self.feed.inner().listeners.get(&self.id).map(|listening| &listening.topics) {
            Some(Topics::All) => None,
            Some(Topics::Matches(matches)) => Some(matches.len()),
            None => Some(0),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.feed.inner().forget(self.id);
    }
}

#[cfg(test)]
mod tests;
