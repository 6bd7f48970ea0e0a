//! Documents and their records.

use super::fixture::prelude::*;
use super::fixture::{DOCUMENTS, document, records, refused, stored_document, time};
use crate::ports::{SilverChange, Store, texts};
use crate::{DocumentId, NewDocument, RawRecord, RecordKind};
use std::ops::Deref;

/// The same bytes of the same source are one document, and come back as they were.
pub async fn a_document_is_kept_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let lines = records(2);
    for (number, (bytes, hash)) in DOCUMENTS.iter().enumerate() {
        let first = store.store_document(&document(number, &lines)).await.expect("stored");
        assert!(first.new);
        let later = NewDocument { name: "renamed.csv", collected_at: time(99), ..document(number, &lines) };
        let again = store.store_document(&later).await.expect("stored again");
        assert_eq!((again.id, again.new), (first.id, false));
        assert_eq!((first.collected_at, again.collected_at), (time(0), time(0)), "the first time counts");
        let held = store.held_document("contract", hash).await.expect("read");
        assert_eq!(held, Some(again));
        assert_eq!(store.held_document("another", hash).await.expect("read"), None);
        let kept = store.document(first.id).await.expect("read").expect("kept");
        assert_eq!((kept.bytes.as_slice(), kept.hash.as_str()), (*bytes, *hash));
        assert_eq!((kept.name.as_str(), kept.collected_at), ("file.csv", time(0)), "the first stays");
        assert_eq!((kept.id, kept.source.as_str()), (first.id, "contract"));
    }
    let held = store.held_document("contract", DOCUMENTS[0].1).await.expect("read").expect("held");
    store.rename_document(held.id, "E0.csv [league=E0]").await.expect("renamed");
    let kept = store.document(held.id).await.expect("read").expect("kept");
    assert_eq!((kept.name.as_str(), kept.bytes.as_slice()), ("E0.csv [league=E0]", DOCUMENTS[0].0));
    refused(store.rename_document(DocumentId(999_999), "x").await, "a document that is not there");
    let other = NewDocument { source: "another", ..document(0, &lines) };
    assert!(store.store_document(&other).await.expect("stored").new, "the source is part of the identity");
    assert_eq!(store.unprocessed_records().await.expect("counted"), 8, "records are kept once as well");
}

/// How old data are is told from when their documents first came.
pub async fn the_latest_records_of_each_kind_are_dated<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.latest_collected().await.expect("read"), [], "nothing came yet");
    let of_kind = |kind| records(2).into_iter().map(move |r| RawRecord { kind, ..r }).collect::<Vec<_>>();
    let (matches, odds) = (of_kind(RecordKind::Match), of_kind(RecordKind::Odds));
    let first = NewDocument { collected_at: time(10), ..document(0, &matches) };
    let second = NewDocument { collected_at: time(20), ..document(1, &odds) };
    for new in [&first, &second] {
        store.store_document(new).await.expect("stored");
    }
    let expected = [(RecordKind::Match, time(10)), (RecordKind::Odds, time(20))];
    assert_eq!(store.latest_collected().await.expect("read"), expected);
    let again = NewDocument { collected_at: time(30), ..first.clone() };
    store.store_document(&again).await.expect("stored again");
    assert_eq!(store.latest_collected().await.expect("read"), expected, "the same bytes are nothing new");
}

/// A wrong hash would make the document unreadable later.
pub async fn bytes_that_do_not_match_their_hash_are_refused<H: Deref<Target: Store>>(
    fresh: impl AsyncFn() -> H,
) {
    let store = fresh().await;
    let wrong = NewDocument { hash: DOCUMENTS[1].1, ..document(0, &[]) };
    refused(store.store_document(&wrong).await, "a wrong hash");
}

/// Records of all kinds are unprocessed until a change of their document is applied.
pub async fn records_count_until_their_document_is_applied<H: Deref<Target: Store>>(
    fresh: impl AsyncFn() -> H,
) {
    let store = fresh().await;
    let lines = records(5);
    let mut ids = Vec::new();
    for (number, kind) in [RecordKind::Match, RecordKind::Odds, RecordKind::Score].into_iter().enumerate() {
        let lines: Vec<_> = lines.iter().cloned().map(|line| RawRecord { kind, ..line }).collect();
        let stored = store.store_document(&document(number, &lines)).await;
        ids.push(stored.expect("stored").id);
    }
    assert_eq!(store.unprocessed_records().await.expect("counted"), 15);
    let mut left = 15;
    for id in ids {
        left -= 5;
        for _ in 0..2 {
            let change = SilverChange { document: Some(id), ..SilverChange::default() };
            store.apply(&change).await.expect("applied, also again");
            assert_eq!(store.unprocessed_records().await.expect("counted"), left);
        }
    }
}

/// A locator names one record of its document.
pub async fn two_records_of_one_place_are_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let mut lines = records(3);
    lines[2].locator = 1;
    refused(store.store_document(&document(0, &lines)).await, "a repeated locator");
    assert_eq!(store.unprocessed_records().await.expect("counted"), 0);
    lines[2].locator = 3;
    assert!(store.store_document(&document(0, &lines)).await.expect("stored").new, "nothing of it was kept");
}

/// What is not there is `None`; applying its change is refused.
pub async fn an_unknown_document_is_none<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let id = stored_document(&*store, 0, 1).await;
    let unknown = DocumentId(id.0 + 1);
    assert_eq!(store.document(unknown).await.expect("read"), None);
    let change = SilverChange { document: Some(unknown), ..SilverChange::default() };
    refused(store.apply(&change).await, "an unknown document");
}

/// How a document is read is kept beside it, and the last word counts.
pub async fn how_a_document_is_read_is_kept_beside_it<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let id = stored_document(&*store, 0, 1).await;
    assert_eq!(store.reading(id).await.expect("read"), None);
    for reading in ["[columns]\nhome = \"Héim\"", "another", "another"] {
        store.keep_reading(id, reading).await.expect("kept");
        assert_eq!(store.reading(id).await.expect("read").as_deref(), Some(reading));
    }
    let other = stored_document(&*store, 1, 1).await;
    assert_eq!(store.reading(other).await.expect("read"), None, "it belongs to one document");
    refused(store.keep_reading(DocumentId(other.0 + 1), "x").await, "a reading of an unknown document");
    refused(store.keep_reading(other, "").await, "an empty reading");
    assert!(store.keep_reading(other, &"x".repeat(texts::LONGEST + 1)).await.is_err(), "a text without end");
    assert_eq!(store.reading(other).await.expect("read"), None);
}
