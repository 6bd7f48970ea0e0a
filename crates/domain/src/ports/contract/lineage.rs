//! Where matches come from, and what came of documents.

use super::fixture::prelude::*;
use super::fixture::{apply, features, find, new, sealed, stored, stored_document, time, world};
use crate::ports::{MergeSubject, NewOrigins, SilverChange, Store};
use crate::{DocumentId, MatchId, NewMatch};
use std::ops::Deref;

fn of(document: DocumentId, new: Vec<u32>, held: Vec<(MatchId, u32)>) -> NewOrigins {
    NewOrigins { document: Some(document), new, held }
}

/// Each line that brought or changed something leads to its match, and back.
pub async fn lines_lead_to_matches_and_back<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let (a, b) = (stored_document(&*store, 0, 2).await, stored_document(&*store, 1, 2).await);
    let (first, second) = (w.finished(0, 1, 0), w.finished(2, 3, 0));
    let change = new([first.clone(), second.clone()]);
    apply(&*store, SilverChange { origins: of(a, vec![4, 3], vec![]), ..change }).await;
    let (first, second) = (find(&*store, &first).await.id, find(&*store, &second).await.id);
    let held = vec![(first, 9), (first, 9), (second, 8)];
    apply(&*store, SilverChange { origins: of(b, vec![], held), ..SilverChange::default() }).await;
    let lines = async |id| {
        let found = store.origins_of(&[id]).await.expect("read");
        found.into_iter().map(|origin| (origin.document, origin.line)).collect::<Vec<_>>()
    };
    assert_eq!(lines(first).await, [(a, 4), (b, 9)]);
    assert_eq!(lines(second).await, [(a, 3), (b, 8)]);
    let origin = store.origins_of(&[second, MatchId(second.0 + 1000)]).await.expect("read").remove(0);
    let parts = (origin.name.as_str(), origin.hash.len(), origin.collected_at, origin.match_id);
    assert_eq!(parts, ("file.csv", 64, time(0), second));
    assert_eq!(store.origins_of(&[]).await.expect("read"), []);
    assert_eq!(store.brought_by(a, 10).await.expect("read"), [(second, 3), (first, 4)]);
    assert_eq!(store.brought_by(b, 1).await.expect("read"), [(second, 8)]);
    assert_eq!(store.brought_by(DocumentId(b.0 + 1000), 10).await.expect("read"), []);
}

/// A document that is read again is the origin of matches that have none, and of no others.
pub async fn missing_origins_are_made_up<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let (a, b) = (stored_document(&*store, 0, 1).await, stored_document(&*store, 1, 1).await);
    let old = stored(&*store, w.finished(0, 1, 0)).await.id;
    let known = w.finished(2, 3, 0);
    apply(&*store, SilverChange { origins: of(a, vec![2], vec![]), ..new([known.clone()]) }).await;
    let known = find(&*store, &known).await.id;
    for kept in [1, 0] {
        assert_eq!(store.keep_origins(b, &[(old, 7), (known, 8)]).await.expect("kept"), kept);
    }
    assert_eq!(store.brought_by(b, 10).await.expect("read"), [(old, 7)]);
    assert_eq!(store.brought_by(a, 10).await.expect("read"), [(known, 2)]);
}

/// A match takes along the origins of one that is joined to it, and gives them back.
pub async fn joined_matches_have_both_origins<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let (a, b) = (stored_document(&*store, 0, 1).await, stored_document(&*store, 1, 1).await);
    let kept = w.scheduled(0, 1, 1);
    apply(&*store, SilverChange { origins: of(a, vec![1], vec![]), ..new([kept.clone()]) }).await;
    let merged = NewMatch { league: w.leagues[1], source: "second".to_owned(), ..w.scheduled(0, 1, 1) };
    apply(&*store, SilverChange { origins: of(b, vec![2], vec![]), ..new([merged.clone()]) }).await;
    let (kept, merged) = (find(&*store, &kept).await.id, find(&*store, &merged).await.id);
    let leagues = MergeSubject::Leagues { kept: w.leagues[0], merged: w.leagues[1] };
    let (id, _) = store.merge(leagues, None, "tester").await.expect("merged");
    let documents = async |id| {
        let found = store.origins_of(&[id]).await.expect("read");
        found.into_iter().map(|origin| origin.document).collect::<Vec<_>>()
    };
    assert_eq!(documents(kept).await, [a, b]);
    assert_eq!(store.brought_by(b, 10).await.expect("read"), [(kept, 2)]);
    store.undo_merge(id).await.expect("undone");
    assert_eq!((documents(kept).await, documents(merged).await), (vec![a], vec![b]));
    assert_eq!(store.brought_by(b, 10).await.expect("read"), [(merged, 2)]);
}

/// The last results of a team before a time, and the forecasts that a document may have touched.
pub async fn a_document_touches_later_forecasts<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let a = stored_document(&*store, 0, 1).await;
    let played = w.finished(0, 1, -9);
    apply(&*store, SilverChange { origins: of(a, vec![1], vec![]), ..new([played.clone()]) }).await;
    let others = [w.finished(2, 0, -5), w.finished(2, 3, -4), w.finished(0, 4, 3)];
    apply(&*store, new(others.clone())).await;
    let mut results = Vec::new();
    for m in [&others[0], &played] {
        results.push(find(&*store, m).await);
    }
    let last = async |limit| store.last_results(w.teams[0], time(0), limit).await.expect("read");
    assert_eq!(last(5).await, results, "the latest first");
    assert_eq!(last(1).await, results[..1]);
    let touched = stored(&*store, w.scheduled(1, 5, 1)).await.id;
    let apart = stored(&*store, w.scheduled(2, 4, 1)).await.id;
    let forecasts = [sealed(touched, 0.5, 0), sealed(touched, 0.4, 60), sealed(apart, 0.5, 70)];
    assert_eq!(store.seal(&forecasts, &[features()]).await.expect("sealed"), 3);
    // The first was made from facts of a time before the document came.
    let found = store.forecasts_after(a, 10).await.expect("read");
    let parts: Vec<_> = found.iter().map(|f| (f.match_id, f.sealed_at, f.model_version.as_str())).collect();
    assert_eq!(parts, [(touched, time(60), "1")]);
    assert_eq!(store.forecasts_after(a, 0).await.expect("read"), []);
}
