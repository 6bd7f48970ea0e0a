//! Whether anything has changed.

use super::fixture::prelude::*;
use super::fixture::{SOURCE, apply, facts, league, new, quote, stored, team, with_odds, world};
use crate::ports::{Revision, Store};
use std::ops::Deref;

async fn now(store: &(impl Store + ?Sized)) -> Option<Revision> {
    store.revision().await.expect("the store answers")
}

/// Another revision after every write; a store that cannot say so gives none, ever.
pub async fn every_write_makes_a_new_revision<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let mut before = now(&*store).await;
    let mut check = async |what: &str| {
        let after = now(&*store).await;
        assert_eq!(after.is_some(), before.is_some(), "{what}");
        assert!(after.is_none() || after != before, "{what}");
        before = after;
    };
    let m = stored(&*store, w.scheduled(0, 1, 0)).await;
    check("after a match").await;
    apply(&*store, facts(m.id, with_odds(vec![quote("B365", 0)]))).await;
    check("after a price").await;
    store.ensure_teams(SOURCE, &[team("Eta", "England")]).await.expect("created");
    check("after a team").await;
    store.ensure_leagues(&[league("C")]).await.expect("created");
    check("after a league").await;
}

/// The same revision as long as nobody writes, whatever is read.
pub async fn reading_makes_no_new_revision<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    apply(&*store, new([w.finished(0, 1, 0)])).await;
    // Whatever else goes on in a server makes new ones too. Were one made by reading, no two would ever be the same.
    for _ in 0..1_000 {
        let before = now(&*store).await;
        store.league_summaries().await.expect("read");
        store.results().await.expect("read");
        if now(&*store).await == before {
            return;
        }
    }
    panic!("after a thousand looks none was the same");
}
