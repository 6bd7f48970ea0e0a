//! Doing a thing once, however often it is asked for: what came of it is kept under a key for a while, in memory.

use chrono::{DateTime, Duration, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What came of things, by the key under which they were asked for.
#[derive(Debug)]
pub(crate) struct Once<V> {
    entries: Mutex<HashMap<String, Entry<V>>>,
    keep: Duration,
    most: usize,
}

#[derive(Debug)]
struct Entry<V> {
    /// Of what was asked.
    fingerprint: blake3::Hash,
    /// What came of it, and until when it is kept; none while it is under way.
    done: Option<(V, DateTime<Utc>)>,
}

/// Whose turn it is.
#[derive(Debug)]
pub(crate) enum Turn<'a, V> {
    /// Do it, and say what came of it.
    First(Ticket<'a, V>),
    /// It was done.
    Done(V),
    /// Somebody is doing it.
    UnderWay,
    /// The key was used for something else.
    Other,
    /// More is kept than there is room for.
    Full,
}

impl<V: Clone> Once<V> {
    /// Keeps so much, each for so long.
    pub fn new(keep: Duration, most: usize) -> Self {
        Self { entries: Mutex::default(), keep, most }
    }

    /// Asks for a thing under a key.
    pub fn turn(&self, key: &str, asked: &[u8], now: DateTime<Utc>) -> Turn<'_, V> {
        let fingerprint = blake3::hash(asked);
        let mut entries = self.entries();
        let is_over = |entry: &Entry<V>| entry.done.as_ref().is_some_and(|(_, until)| *until <= now);
        if let Some(entry) = entries.get(key).filter(|entry| !is_over(entry)) {
            return match &entry.done {
                _ if entry.fingerprint != fingerprint => Turn::Other,
                Some((done, _)) => Turn::Done(done.clone()),
                None => Turn::UnderWay,
            };
        }
        if entries.len() >= self.most {
            entries.retain(|_, entry| !is_over(entry));
            if entries.len() >= self.most {
                return Turn::Full;
            }
        }
        entries.insert(key.to_owned(), Entry { fingerprint, done: None });
        Turn::First(Ticket { once: self, key: key.to_owned(), until: now + self.keep })
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry<V>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to do a thing. Dropped without a word it goes to whoever asks next.
#[derive(Debug)]
pub(crate) struct Ticket<'a, V> {
    once: &'a Once<V>,
    key: String,
    until: DateTime<Utc>,
}

impl<V: Clone> Ticket<'_, V> {
    /// This came of it.
    pub fn done(self, value: V) {
        if let Some(entry) = self.once.entries().get_mut(&self.key) {
            entry.done = Some((value, self.until));
        }
    }
}

impl<V> Drop for Ticket<'_, V> {
    fn drop(&mut self) {
        let mut entries = self.once.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.get(&self.key).is_some_and(|entry| entry.done.is_none()) {
            entries.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first<'a>(once: &'a Once<u8>, key: &str, now: DateTime<Utc>) -> Ticket<'a, u8> {
        match once.turn(key, b"a", now) {
            Turn::First(ticket) => ticket,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_thing_is_done_once_until_it_is_forgotten() {
        let (once, now) = (Once::new(Duration::minutes(1), 10), DateTime::UNIX_EPOCH);
        let ticket = first(&once, "k", now);
        assert!(matches!(once.turn("k", b"a", now), Turn::UnderWay));
        ticket.done(7);
        assert!(matches!(once.turn("k", b"a", now), Turn::Done(7)));
        assert!(matches!(once.turn("k", b"b", now), Turn::Other));
        assert!(matches!(once.turn("l", b"b", now), Turn::First(_)));
        first(&once, "k", now + Duration::minutes(1)).done(8);
    }

    #[test]
    fn what_fails_may_be_tried_again() {
        let (once, now) = (Once::new(Duration::minutes(1), 10), DateTime::UNIX_EPOCH);
        drop(first(&once, "k", now));
        first(&once, "k", now).done(1);
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let (once, now) = (Once::new(Duration::minutes(1), 2), DateTime::UNIX_EPOCH);
        first(&once, "a", now).done(1);
        let _under_way = first(&once, "b", now);
        assert!(matches!(once.turn("c", b"", now), Turn::Full));
        assert!(matches!(once.turn("a", b"a", now), Turn::Done(1)));
        first(&once, "c", now + Duration::minutes(2)).done(3);
    }
}
