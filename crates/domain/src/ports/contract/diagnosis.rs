//! The store's look at itself.

use super::fixture::prelude::*;
use super::fixture::{apply, injury, lineup, quote, stored_document, with_squads, world};
use crate::Side;
use crate::ports::{MatchFacts, SilverChange, Store};
use std::ops::Deref;

/// What was written through the ports is sound, and what is left to do is told with advice.
pub async fn a_store_that_was_used_is_sound<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let squads = with_squads(vec![lineup(Side::Home, 0)], vec![injury("7", 0)]);
    let facts = MatchFacts { odds: vec![quote("B365", 0)], ..squads };
    let new = vec![(w.finished(0, 1, 0), facts)];
    apply(&*store, SilverChange { new, ..SilverChange::default() }).await;
    let sick = async || -> Vec<_> {
        let findings = store.diagnose().await.expect("diagnosed");
        assert!(findings.len() > 3, "{findings:?}");
        assert!(findings.iter().all(|f| !f.details.is_empty() && f.healthy == f.advice.is_none()));
        // What is done ahead of time is an operator's matter.
        let ahead = ["partitions", "views"];
        findings.into_iter().filter(|f| !f.healthy && !ahead.contains(&f.check)).map(|f| f.check).collect()
    };
    assert_eq!(sick().await, [""; 0]);
    stored_document(&*store, 0, 1).await;
    assert_eq!(sick().await, ["bronze"]);
}
