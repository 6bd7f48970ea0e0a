//! Answers that are kept in memory while the store's revision is the same.

use crate::payload::Tagged;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use touchline_domain::ports::Revision;

/// Bytes of answers that are kept; the next one empties the cache.
const ROOM: usize = 32 << 20;
/// What an entry takes beside its texts.
const OVERHEAD: usize = 256;

/// Answers of one revision, by the path and query that asked for them.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    revision: Option<Revision>,
    answers: HashMap<String, Arc<Tagged>>,
    bytes: usize,
}

impl Answers {
    /// The answer that was kept at this revision.
    pub fn get(&self, revision: &Revision, asked: &str) -> Option<Arc<Tagged>> {
        let kept = self.kept();
        if kept.revision.as_ref() == Some(revision) { kept.answers.get(asked).cloned() } else { None }
    }

    /// Keeps an answer that was read after this revision was looked up.
    pub fn keep(&self, revision: &Revision, asked: &str, answer: Arc<Tagged>) {
        let size = OVERHEAD + asked.len() + answer.data.get().len();
        let mut kept = self.kept();
        if kept.revision.as_ref() != Some(revision) || kept.bytes + size > ROOM {
            *kept = Kept { revision: Some(revision.clone()), ..Kept::default() };
        }
        if size <= ROOM && kept.answers.insert(asked.to_owned(), answer).is_none() {
            kept.bytes += size;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(size: usize) -> Arc<Tagged> {
        Arc::new(Tagged::of(&"x".repeat(size)).unwrap())
    }

    #[test]
    fn an_answer_is_kept_for_its_revision_alone() {
        let (answers, first, second) = (Answers::default(), Revision::new("1"), Revision::new("2"));
        answers.keep(&first, "/a", answer(1));
        assert!(answers.get(&first, "/a").is_some());
        assert!(answers.get(&first, "/b").is_none());
        assert!(answers.get(&second, "/a").is_none());
        answers.keep(&second, "/b", answer(1));
        assert!(answers.get(&second, "/b").is_some());
        assert!(answers.get(&second, "/a").is_none(), "read before the second revision");
        assert!(answers.get(&first, "/a").is_none());
    }

    #[test]
    fn the_room_is_limited() {
        let (answers, revision) = (Answers::default(), Revision::new("1"));
        for n in 0..100 {
            answers.keep(&revision, &format!("/{n}"), answer(1 << 20));
            assert!(answers.get(&revision, &format!("/{n}")).is_some());
        }
        let kept = answers.kept();
        let bytes: usize = kept.answers.values().map(|a| a.data.get().len()).sum();
        assert!(bytes <= ROOM && bytes <= kept.bytes, "{bytes}");
        drop(kept);
        answers.keep(&revision, "/large", answer(ROOM));
        assert!(answers.get(&revision, "/large").is_none());
    }
}
