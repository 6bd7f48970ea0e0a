//! Findings about data.

use super::fixture::prelude::*;
use super::fixture::{issue, refused, stored_document, time};
use crate::ports::Store;
use crate::{DocumentId, QualityIssue, Severity};
use chrono::Duration;
use std::ops::Deref;

/// Once per document, place and type, and with everything that was found.
pub async fn a_finding_is_recorded_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (a, b) = (stored_document(&*store, 0, 1).await, stored_document(&*store, 1, 1).await);
    let first = issue(Some(a), 7, "malformed_date");
    let reworded = QualityIssue { message: "other words".to_owned(), data: "x".to_owned(), ..first.clone() };
    let batch = [first.clone(), reworded.clone()];
    assert_eq!(store.record_issues(&batch, time(0)).await.expect("recorded"), 1);
    assert_eq!(store.record_issues(&batch, time(9)).await.expect("recorded"), 0);
    let others =
        [issue(Some(b), 7, "malformed_date"), issue(Some(a), 8, "malformed_date"), issue(Some(a), 7, "x")];
    assert_eq!(store.record_issues(&others, time(9)).await.expect("recorded"), 3);
    let found = store.issues(10).await.expect("read");
    assert_eq!(found.len(), 4);
    let kept = found.last().expect("the oldest");
    assert_eq!((kept.document_name.as_deref(), kept.locator), (Some("file.csv"), 7));
    assert_eq!((kept.error_type.as_str(), kept.severity.as_str()), ("malformed_date", Severity::High.name()));
    assert_eq!((&kept.message, &kept.data, kept.detected_at), (&first.message, &first.data, time(0)));
    let unknown = issue(Some(DocumentId(b.0 + 1000)), 1, "x");
    refused(store.record_issues(&[issue(Some(a), 9, "y"), unknown], time(0)).await, "an unknown document");
    assert_eq!(store.issues(10).await.expect("read").len(), 4, "none of the batch was recorded");
}

/// Findings about stored rows are told apart by what they are about.
pub async fn findings_without_a_document_are_told_apart<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let about = |data: &str| QualityIssue { data: data.to_owned(), ..issue(None, 0, "conflict") };
    let batch = [about("match 1"), about("match 2"), about("match 1")];
    assert_eq!(store.record_issues(&batch, time(0)).await.expect("recorded"), 2);
    assert_eq!(store.record_issues(&batch, time(0)).await.expect("recorded"), 0);
    assert!(store.issues(10).await.expect("read").iter().all(|i| i.document_name.is_none()));
}

/// Newest first, no more than asked for.
pub async fn the_latest_finding_comes_first<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let document = stored_document(&*store, 0, 1).await;
    for (locator, seconds) in [(1, 100), (2, 300), (3, 200), (4, 300)] {
        let found = issue(Some(document), locator, "x");
        let now = time(seconds) + Duration::milliseconds(5);
        store.record_issues(&[found], now).await.expect("recorded");
    }
    let places = async |limit| {
        let found = store.issues(limit).await.expect("read");
        found.iter().map(|i| i.locator).collect::<Vec<_>>()
    };
    assert_eq!(places(10).await, [4, 2, 3, 1], "of the same time the last recorded");
    assert_eq!(places(2).await, [4, 2]);
    assert_eq!(places(0).await, [0; 0]);
}
