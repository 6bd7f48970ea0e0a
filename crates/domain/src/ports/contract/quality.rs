//! Findings about data.

use super::fixture::prelude::*;
use super::fixture::{issue, refused, stored_document, time};
use crate::ports::{IssueFilter, KeptCheck, Store};
use crate::{
    DocumentId, FeedPosition, Handling, IssueStatus, LineCorrection, NewLineCorrection, QualityIssue,
    Severity,
};
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
    let place = (kept.document, kept.document_name.as_deref(), kept.locator);
    assert_eq!(place, (Some(a), Some("file.csv"), 7));
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

/// Findings are found by every part of a filter.
pub async fn findings_are_found_by_what_they_are<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let about = |table, error_type: &str, severity, review| QualityIssue {
        table,
        severity,
        requires_manual_review: review,
        data: "x".to_owned(),
        ..issue(None, 0, error_type)
    };
    let found = [
        about("odds", "frozen_feed", Severity::High, true),
        about("odds", "book_sum", Severity::Low, false),
        about("matches", "club_twice_in_a_day", Severity::High, true),
    ];
    store.record_issues(&found[..2], time(0)).await.expect("recorded");
    store.record_issues(&found[2..], time(100)).await.expect("recorded");
    let kinds = async |filter: IssueFilter| {
        let found = store.find_issues(&filter, 10).await.expect("read");
        found.into_iter().map(|issue| issue.error_type).collect::<Vec<_>>()
    };
    let all = IssueFilter::default();
    assert_eq!(kinds(all.clone()).await, ["club_twice_in_a_day", "book_sum", "frozen_feed"]);
    let of = |text: &str| Some(text.to_owned());
    assert_eq!(kinds(IssueFilter { table: of("odds"), ..all.clone() }).await, ["book_sum", "frozen_feed"]);
    let high = IssueFilter { severity: Some(Severity::High), ..all.clone() };
    assert_eq!(kinds(high).await, ["club_twice_in_a_day", "frozen_feed"]);
    let review = IssueFilter { needs_review: true, table: of("odds"), ..all.clone() };
    assert_eq!(kinds(review).await, ["frozen_feed"]);
    assert_eq!(kinds(IssueFilter { since: Some(time(100)), ..all.clone() }).await, ["club_twice_in_a_day"]);
    assert_eq!(kinds(IssueFilter { error_type: of("book_sum"), ..all.clone() }).await, ["book_sum"]);
    assert_eq!(kinds(IssueFilter { of_documents: true, ..all.clone() }).await, [""; 0]);
    let one = store.find_issues(&all, 1).await.expect("read").remove(0);
    assert_eq!(kinds(IssueFilter { id: Some(one.id), ..all.clone() }).await, [one.error_type]);
    assert_eq!(kinds(IssueFilter { status: Some(IssueStatus::Ignored), ..all.clone() }).await, [""; 0]);
    assert_eq!(store.find_issues(&all, 1).await.expect("read").len(), 1);
    let counts = store.issue_counts(&all).await.expect("read");
    assert_eq!(counts.iter().map(|c| c.count).sum::<u64>(), 3);
    let since = IssueFilter { since: Some(time(100)), ..all.clone() };
    assert_eq!(store.issue_counts(&since).await.expect("read").len(), 1);
}

/// A decision is written down, and undone by opening the finding again.
pub async fn a_finding_is_handled_and_opened_again<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    store.record_issues(&[issue(None, 0, "x")], time(0)).await.expect("recorded");
    let held = async || store.issues(1).await.expect("read").remove(0);
    let id = held().await.id;
    assert_eq!((held().await.status, held().await.handled_by), (IssueStatus::Open, None));
    let ignore =
        Handling { status: IssueStatus::Ignored, by: "Ann".to_owned(), notes: Some("ü".to_owned()) };
    assert!(store.handle_issue(id, &ignore, time(50)).await.expect("handled"));
    let handled = held().await;
    assert_eq!((handled.status, handled.handled_by.as_deref()), (IssueStatus::Ignored, Some("Ann")));
    assert_eq!((handled.handled_at, handled.resolution_notes.as_deref()), (Some(time(50)), Some("ü")));
    // What was decided stays, whenever it is found again.
    assert_eq!(store.record_issues(&[issue(None, 0, "x")], time(60)).await.expect("recorded"), 0);
    assert_eq!(held().await.status, IssueStatus::Ignored);
    let open = Handling { status: IssueStatus::Open, by: "Bob".to_owned(), notes: None };
    assert!(store.handle_issue(id, &open, time(70)).await.expect("handled"));
    assert_eq!((held().await.status, held().await.resolution_notes), (IssueStatus::Open, None));
    assert!(!store.handle_issue(id + 1, &open, time(70)).await.expect("none is there"));
    let hostile = Handling { by: "a\0".to_owned(), ..open };
    assert!(store.handle_issue(id, &hostile, time(80)).await.is_err());
}

/// A line is read as was decided last; what was decided before stays, undone.
pub async fn lines_are_corrected_and_that_is_undone<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let document = stored_document(&*store, 0, 2).await;
    let new = |line, text: Option<&str>, by: &str| NewLineCorrection {
        document,
        line,
        text: text.map(str::to_owned),
        reason: "a digit too many".to_owned(),
        by: by.to_owned(),
    };
    let first = store.correct_line(&new(2, Some("a,\u{fc}"), "Ann"), time(1)).await.expect("corrected");
    let second = store.correct_line(&new(2, None, "Bob"), time(2)).await.expect("corrected");
    let third = store.correct_line(&new(1, Some(""), "Bob"), time(3)).await.expect("corrected");
    assert!(store.undo_line_correction(third, "Cal", time(4)).await.expect("undone"));
    assert!(!store.undo_line_correction(third, "Cal", time(5)).await.expect("it is undone"));
    assert!(!store.undo_line_correction(third + 9, "Cal", time(5)).await.expect("none is there"));
    let kept = |id, line, text: Option<&str>, by: &str, at, undone: Option<(&str, i64)>| LineCorrection {
        id,
        line,
        text: text.map(str::to_owned),
        reason: "a digit too many".to_owned(),
        by: by.to_owned(),
        at: time(at),
        undone: undone.map(|(by, at)| (by.to_owned(), time(at))),
    };
    assert_eq!(
        store.line_corrections(document).await.expect("read"),
        [
            kept(first, 2, Some("a,\u{fc}"), "Ann", 1, Some(("Bob", 2))),
            kept(second, 2, None, "Bob", 2, None),
            kept(third, 1, Some(""), "Bob", 3, Some(("Cal", 4))),
        ]
    );
    assert_eq!(store.line_corrections(DocumentId(document.0 + 1000)).await.expect("read"), []);
    let nowhere = NewLineCorrection { document: DocumentId(document.0 + 1000), ..new(1, None, "Ann") };
    refused(store.correct_line(&nowhere, time(6)).await, "a line of a document that is not stored");
    assert!(
        store.correct_line(&new(3, Some("a\0"), "Ann"), time(6)).await.is_err(),
        "a line with a zero character"
    );
}

/// Checks and baselines come back as they were kept.
pub async fn checks_and_baselines_come_back<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.quality_checks(5).await.expect("read"), []);
    let check = |seconds, score| KeptCheck {
        checked_at: time(seconds),
        position: FeedPosition(seconds),
        report: serde_json::json!({ "score": score }),
    };
    for kept in [check(10, 90), check(30, 95), check(10, 91)] {
        store.keep_quality_check(&kept).await.expect("kept");
    }
    assert_eq!(store.quality_checks(5).await.expect("read"), [check(30, 95), check(10, 91)]);
    assert_eq!(store.quality_checks(1).await.expect("read"), [check(30, 95)]);
    assert_eq!(store.purge_quality_checks(time(10)).await.expect("purged"), 0);
    assert_eq!(store.purge_quality_checks(time(40)).await.expect("purged"), 1);
    assert_eq!(store.quality_checks(5).await.expect("read"), [check(30, 95)], "the latest stays");
    for (baseline, seconds) in [("{}", 1), ("{\"a\":1}", 2)] {
        store.put_quality_baseline("odds", baseline, time(seconds)).await.expect("put");
    }
    let held = store.quality_baselines().await.expect("read");
    assert_eq!(held, [("odds".to_owned(), "{\"a\":1}".to_owned(), time(2))]);
}

/// Of one document, found or decided about within a time; and checks and decisions about lines of a time.
pub async fn findings_and_checks_of_a_time_are_counted<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (a, b) = (stored_document(&*store, 0, 1).await, stored_document(&*store, 1, 1).await);
    store
        .record_issues(&[issue(Some(a), 1, "x"), issue(Some(a), 2, "x")], time(100))
        .await
        .expect("recorded");
    store.record_issues(&[issue(Some(b), 1, "y")], time(200)).await.expect("recorded");
    let count = async |filter: IssueFilter| {
        let counts = store.issue_counts(&filter).await.expect("counted");
        let found = store.find_issues(&filter, 100).await.expect("read").len() as u64;
        let counted: u64 = counts.iter().map(|count| count.count).sum();
        assert_eq!(counted, found, "both statements mean the same: {filter:?}");
        counted
    };
    assert_eq!(count(IssueFilter::default()).await, 3);
    assert_eq!(count(IssueFilter { document: Some(a), ..IssueFilter::default() }).await, 2);
    assert_eq!(count(IssueFilter { until: Some(time(200)), ..IssueFilter::default() }).await, 2);
    assert_eq!(count(IssueFilter { since: Some(time(200)), ..IssueFilter::default() }).await, 1);
    assert_eq!(count(IssueFilter { needs_review: true, ..IssueFilter::default() }).await, 3);
    let id = store.find_issues(&IssueFilter { document: Some(b), ..IssueFilter::default() }, 1).await;
    let id = id.expect("read")[0].id;
    let handling = Handling { status: IssueStatus::Ignored, by: "me".to_owned(), notes: None };
    assert!(store.handle_issue(id, &handling, time(500)).await.expect("handled"));
    assert_eq!(count(IssueFilter { handled_since: Some(time(500)), ..IssueFilter::default() }).await, 1);
    assert_eq!(count(IssueFilter { handled_since: Some(time(501)), ..IssueFilter::default() }).await, 0);
    for seconds in [30, 10, 20] {
        let report = serde_json::json!({ "at": seconds });
        let check = KeptCheck { checked_at: time(seconds), position: FeedPosition(0), report };
        store.keep_quality_check(&check).await.expect("kept");
    }
    let between = store.quality_checks_between(time(10), time(30)).await.expect("read");
    assert_eq!(between.iter().map(|check| check.checked_at).collect::<Vec<_>>(), [time(10), time(20)]);
    let correction = |line| NewLineCorrection {
        document: a,
        line,
        text: None,
        reason: "r".to_owned(),
        by: "me".to_owned(),
    };
    let first = store.correct_line(&correction(1), time(10)).await.expect("corrected");
    store.correct_line(&correction(2), time(20)).await.expect("corrected");
    assert_eq!(store.line_decisions_between(time(10), time(21)).await.expect("counted"), 2);
    assert!(store.undo_line_correction(first, "me", time(30)).await.expect("undone"));
    assert_eq!(store.line_decisions_between(time(10), time(20)).await.expect("counted"), 0);
}
