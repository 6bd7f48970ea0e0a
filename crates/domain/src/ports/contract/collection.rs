//! Runs of collecting, watermarks, credits and errors of tasks.

use super::fixture::prelude::*;
use super::fixture::{refused, time};
use crate::ports::{Store, StoreError};
use crate::{
    CollectionCounts, CollectionEnd, CollectionId, CollectionKind, CollectionStatus, TaskError, Watermark,
};
use chrono::Duration;
use std::ops::Deref;

fn end(seconds: i64, status: CollectionStatus, message: Option<&str>) -> CollectionEnd {
    let counts = CollectionCounts { answers: 3, failures: 1, read: 380, new: 379, changed: 1, rejected: 2 };
    CollectionEnd { at: time(seconds), status, counts, message: message.map(str::to_owned) }
}

/// From its beginning to its end, and the latest first.
pub async fn a_run_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let first = store.begin_collection("s", CollectionKind::Results, time(0), None).await.expect("begun");
    let [running] = &store.collections(10).await.expect("read")[..] else { panic!("one run") };
    assert_eq!((running.id, running.status, running.ended_at), (first, CollectionStatus::Running, None));
    assert_eq!(
        (running.source.as_str(), running.kind, running.started_at),
        ("s", CollectionKind::Results, time(0))
    );
    let ended = end(9, CollectionStatus::Partial, Some("Ä part"));
    store.end_collection(first, &ended).await.expect("ended");
    let job = Some(crate::JobId(77));
    let second = store.begin_collection("s", CollectionKind::Odds, time(20), job).await.expect("begun");
    let runs = store.collections(10).await.expect("read");
    assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [second, first]);
    assert_eq!((runs[0].job, runs[1].job), (job, None));
    let kept = &runs[1];
    assert_eq!((kept.ended_at, kept.status, kept.counts), (Some(time(9)), ended.status, ended.counts));
    assert_eq!(kept.message, ended.message);
    assert_eq!(store.collections(1).await.expect("read").len(), 1);
    let unknown = CollectionId(second.0 + 1_000);
    refused(store.end_collection(unknown, &ended).await, "a run that never began");
}

/// A run whose process died is ended by the next one of its source and kind, and by no other.
pub async fn a_run_that_died_is_ended_by_the_next<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let dead = store.begin_collection("s", CollectionKind::Results, time(0), None).await.expect("begun");
    store.begin_collection("s", CollectionKind::Odds, time(1), None).await.expect("begun");
    store.begin_collection("t", CollectionKind::Results, time(2), None).await.expect("begun");
    let status = async || {
        let runs = store.collections(10).await.expect("read");
        runs.into_iter().find(|run| run.id == dead).expect("the run is there")
    };
    assert_eq!(status().await.status, CollectionStatus::Running);
    store.begin_collection("s", CollectionKind::Results, time(3), None).await.expect("begun");
    let ended = status().await;
    assert_eq!((ended.status, ended.ended_at), (CollectionStatus::Failed, Some(time(3))));
    assert!(ended.message.is_some_and(|message| !message.is_empty()));
    // It was alive after all, and says how it ended.
    store.end_collection(dead, &end(5, CollectionStatus::Success, None)).await.expect("ended");
    assert_eq!((status().await.status, status().await.message), (CollectionStatus::Success, None));
}

/// One per source, kind and scope; a later one takes its place.
pub async fn a_watermark_moves<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let at = |scope: &str, kind, seconds, hash: &str| Watermark {
        source: "s".to_owned(),
        kind,
        scope: scope.to_owned(),
        hash: hash.repeat(64),
        collected_at: time(seconds),
        checked_at: time(seconds) + Duration::seconds(1),
    };
    let first = at("2425/E0.csv", CollectionKind::Results, 0, "a");
    assert_eq!(store.watermark("s", first.kind, &first.scope).await.expect("read"), None);
    store.put_watermark(&first).await.expect("kept");
    let others = [at("2425/E1.csv", first.kind, 5, "b"), at("2425/E0.csv", CollectionKind::Odds, 6, "c")];
    for other in &others {
        store.put_watermark(other).await.expect("kept");
    }
    assert_eq!(store.watermark("s", first.kind, &first.scope).await.expect("read").as_ref(), Some(&first));
    let later = at("2425/E0.csv", CollectionKind::Results, 60, "d");
    store.put_watermark(&later).await.expect("kept");
    store.put_watermark(&later).await.expect("kept");
    assert_eq!(store.watermark("s", first.kind, &first.scope).await.expect("read"), Some(later));
    for other in others {
        assert_eq!(store.watermark("s", other.kind, &other.scope).await.expect("read"), Some(other));
    }
    assert_eq!(store.watermark("t", first.kind, &first.scope).await.expect("read"), None);
    refused(
        store.put_watermark(&Watermark { hash: "short".to_owned(), ..first }).await,
        "a hash that is none",
    );
}

/// They grow within a period, and begin anew in the next.
pub async fn credits_grow_within_a_period<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.credits_spent("s", time(0)).await.expect("read"), 0);
    for (credits, held) in [(5, 5), (3, 5), (5, 5), (500, 500)] {
        store.note_credits("s", time(0), credits).await.expect("noted");
        assert_eq!(store.credits_spent("s", time(0)).await.expect("read"), held);
    }
    assert_eq!(store.credits_spent("s", time(86_400)).await.expect("read"), 0);
    assert_eq!(store.credits_spent("t", time(0)).await.expect("read"), 0);
}

/// With all that is known of it, the latest first.
pub async fn an_error_of_a_task_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let full = TaskError {
        task: "odds_collection".to_owned(),
        task_id: Some("17".to_owned()),
        error_type: "quota".to_owned(),
        message: "it was asked too often \u{1f600}".to_owned(),
        retries: 3,
        context: Some("{\"api_endpoint\":\"https://a/b\",\"http_status\":429}".to_owned()),
        at: time(10),
    };
    let bare = TaskError { task_id: None, context: None, retries: 0, at: time(5), ..full.clone() };
    store.record_task_error(&full).await.expect("kept");
    store.record_task_error(&bare).await.expect("kept");
    assert_eq!(store.task_errors(10).await.expect("read"), [full.clone(), bare]);
    assert_eq!(store.task_errors(1).await.expect("read").len(), 1);
    let hostile = store.record_task_error(&TaskError { message: "\0".to_owned(), ..full }).await;
    assert!(matches!(hostile, Err(StoreError::Text { .. })), "{hostile:?}");
}

/// One per source, kind and sort of question; a later one takes its place.
pub async fn a_shape_is_replaced<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let shape = async |source: &str, kind| store.source_shape(source, kind, "x/.json").await.expect("read");
    assert_eq!(shape("s", CollectionKind::Odds).await, None);
    for (kind, text) in [
        (CollectionKind::Odds, "[\"a\"]"),
        (CollectionKind::Results, "{}"),
        (CollectionKind::Odds, "[\"ä\"]"),
    ] {
        store.put_source_shape("s", kind, "x/.json", text, time(0)).await.expect("kept");
    }
    assert_eq!(shape("s", CollectionKind::Odds).await.as_deref(), Some("[\"ä\"]"));
    assert_eq!(shape("s", CollectionKind::Results).await.as_deref(), Some("{}"));
    assert_eq!(shape("t", CollectionKind::Odds).await, None);
    assert_eq!(store.source_shape("s", CollectionKind::Odds, "y").await.expect("read"), None);
    refused(
        store.put_source_shape("s", CollectionKind::Odds, "x/.json", "", time(0)).await,
        "a shape that is none",
    );
}
