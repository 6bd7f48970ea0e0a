//! Answers that are kept: in memory while the store's revision is the same, and where servers share a cache, there while nothing
//! that they depend on has changed.

use crate::payload::Tagged;
use serde_json::value::RawValue;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;
use touchline_cache::Keepable;
use touchline_domain::FeedPosition;
use touchline_domain::ports::{ReadStore, Revision, StoreError};

/// Bytes of answers that are kept in memory.
pub(crate) const ROOM: u64 = 32 << 20;
/// How long lists are kept, and what has no other time.
pub(crate) const LIST: Duration = Duration::from_mins(30);
/// How long sums over a team's matches are kept.
pub(crate) const TEAM: Duration = Duration::from_hours(1);
/// How long what is over is kept.
pub(crate) const HISTORY: Duration = Duration::from_hours(2);

/// An answer as JSON, with its entity tag.
#[derive(Debug, Clone)]
pub(crate) struct KeptAnswer(pub Arc<Tagged>);

impl Keepable for KeptAnswer {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.data.get().as_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8(bytes.to_vec()).ok()?;
        let data = RawValue::from_string(text).ok()?;
        Tagged::of(&data).map(Arc::new).map(Self)
    }

    fn size(&self) -> usize {
        self.0.data.get().len()
    }
}

/// What the answers of this program look like: another form of answers is another text, so that servers of two versions do
/// not take each other's.
pub(crate) fn form() -> &'static str {
    static FORM: LazyLock<String> = LazyLock::new(|| {
        let document = serde_json::to_vec(&crate::openapi()).unwrap_or_default();
        format!("{} {}", env!("CARGO_PKG_VERSION"), &blake3::hash(&document).to_hex()[..16])
    });
    &FORM
}

/// The latest change of the store, as a text that no other state of any store has: its number in the feed, and what it was.
#[derive(Debug, Default)]
pub(crate) struct Heads(Mutex<Option<(Revision, Arc<str>)>>);

impl Heads {
    /// The latest change at a revision, or one after it; none where nothing was ever written.
    ///
    /// The number alone would not do: a store that was replaced by an older copy gives the same numbers to other changes.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn at(
        &self,
        revision: &Revision,
        store: &dyn ReadStore,
    ) -> Result<Option<Arc<str>>, StoreError> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, head)) = known.filter(|(known, _)| known == revision) {
            return Ok(Some(head));
        }
        let latest = store.latest().await?;
        if latest == FeedPosition::START {
            return Ok(None);
        }
        let page = store.after(FeedPosition(latest.0 - 1), 1).await?;
        let Some(change) = page.changes.first() else { return Ok(None) };
        let what = format!("{:?} {:?} {} {}", change.kind, change.scope, change.details, change.recorded_at);
        let head = format!("{} {}", change.position, &blake3::hash(what.as_bytes()).to_hex()[..32]);
        let head: Arc<str> = head.into();
        let held = Some((revision.clone(), Arc::clone(&head)));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = held;
        Ok(Some(head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Service, a_match};
    use touchline_domain::Season;
    use touchline_domain::ports::MatchFacts;

    #[test]
    fn an_answer_that_was_written_down_is_the_same_with_the_same_tag() {
        let answer =
            KeptAnswer(Arc::new(Tagged::of(&serde_json::json!({"p": 0.1, "name": "Élan"})).unwrap()));
        let read = KeptAnswer::from_bytes(&answer.to_bytes()).unwrap();
        assert_eq!((read.0.data.get(), &read.0.tag), (answer.0.data.get(), &answer.0.tag));
        for broken in [&b"{\"a\":"[..], b"", b"\xff\xff", b"{} {}"] {
            assert!(KeptAnswer::from_bytes(broken).is_none(), "{broken:?}");
        }
    }

    #[tokio::test]
    async fn a_head_is_another_one_after_every_change_and_in_every_store() {
        let (service, heads) = (Service::empty().await, Heads::default());
        let head = async |service: &Service, revision: &str| {
            heads.at(&Revision::new(revision), &service.store).await.unwrap()
        };
        assert_eq!(head(&service, "0").await, None);
        let league = service.league("NEW1", "New League", "Novia").await;
        let clubs = service.clubs("Novia", &["Ash", "Birch"]).await;
        let add = async |year| {
            let season = Season::cross_year(year).unwrap();
            let m = a_match(league, season, clubs[0], clubs[1], "2023-08-01T14:00:00Z", 0);
            service.add(vec![(m, MatchFacts::default())]).await.unwrap();
        };
        add(2010).await;
        let first = head(&service, "1").await.unwrap();
        add(2011).await;
        assert_eq!(
            head(&service, "1").await.unwrap(),
            first,
            "of the same revision it is not looked up again"
        );
        let second = head(&service, "2").await.unwrap();
        assert_ne!(first, second);
        add(2011).await;
        assert_eq!(head(&service, "3").await.unwrap(), second, "what changes nothing is no change");
        let other = Service::with_matches().await;
        let number = |head: &str| head.split(' ').next().unwrap().parse::<i64>().unwrap();
        let of_other = head(&other, "4").await.unwrap();
        assert!(number(&of_other) >= 1 && of_other != first && of_other != second);
    }
}
