//! Runs of jobs and the graph that events about them make.

use super::fixture::prelude::*;
use super::fixture::{refused, time};
use crate::ports::StoreError;
use crate::ports::{
    NewNode, NewRunEvent, NodeKind, NodeName, RunEventEnd, RunEventKind, Store, StoredRunEvent,
};
use serde_json::{Value, json};
use std::ops::Deref;

const RUN: &str = "0190c3a2-7b1e-8f00-8000-00000000000";

fn job() -> NodeName {
    NodeName::new("football", "collect \u{e4}")
}

/// An event of the run of a digit, so many seconds after the start of time.
fn event(run: u8, kind: RunEventKind, seconds: i64) -> NewRunEvent {
    NewRunEvent {
        run: format!("{RUN}{run}"),
        kind,
        at: time(seconds),
        job: job(),
        body: json!({ "eventType": kind.name(), "run": run }),
        is_to_send: true,
        nodes: vec![node(NodeKind::Job, "football", "collect \u{e4}", json!({ "outputs": [run] }))],
    }
}

fn node(kind: NodeKind, namespace: &str, name: &str, body: Value) -> NewNode {
    NewNode { kind, name: NodeName::new(namespace, name), body }
}

/// A run comes back with its last event, whichever came first, and an event that comes again changes nothing.
pub async fn a_run_is_told_of_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(store.latest_runs().await.expect("read"), []);
    assert_eq!(store.find_run(&format!("{RUN}1")).await.expect("read"), None);
    store.record_run_event(&event(1, RunEventKind::Start, 10)).await.expect("recorded");
    let run = store.find_run(&format!("{RUN}1")).await.expect("read").expect("a run");
    assert_eq!((run.kind, run.started_at, run.ended_at), (RunEventKind::Start, time(10), None));
    let complete = event(1, RunEventKind::Complete, 15);
    store.record_run_event(&complete).await.expect("recorded");
    let again = NewRunEvent { at: time(99), nodes: Vec::new(), ..complete.clone() };
    store.record_run_event(&again).await.expect("left out");
    // Told late that it has begun.
    store.record_run_event(&event(2, RunEventKind::Fail, 30)).await.expect("recorded");
    store.record_run_event(&event(2, RunEventKind::Start, 20)).await.expect("recorded");
    let runs = store.runs_of(&job(), 10).await.expect("read");
    let said: Vec<_> = runs.iter().map(|run| (run.kind, run.started_at, run.ended_at)).collect();
    let wanted =
        [(RunEventKind::Fail, time(20), Some(time(30))), (RunEventKind::Complete, time(10), Some(time(15)))];
    assert_eq!(said, wanted, "the latest first");
    assert_eq!((&runs[1].body, &runs[1].job), (&complete.body, &job()));
    assert_eq!(store.runs_of(&job(), 1).await.expect("read").len(), 1);
    let latest = store.latest_runs().await.expect("read");
    assert_eq!(latest.iter().map(|run| run.id.as_str()).collect::<Vec<_>>(), [format!("{RUN}2")]);
    let events = store.run_events(Some(&format!("{RUN}1")), 10).await.expect("read");
    assert_eq!(
        events.iter().map(|e| (e.kind, e.at)).collect::<Vec<_>>(),
        [(RunEventKind::Complete, time(15)), (RunEventKind::Start, time(10))]
    );
    assert_eq!(store.run_events(None, 10).await.expect("read").len(), 4);
}

/// A later event says what holds; when a dataset was first told of stays.
pub async fn what_is_known_of_a_dataset_is_replaced<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let dataset = |body| node(NodeKind::Dataset, "football_db.silver", "matches", body);
    let mut first = event(1, RunEventKind::Start, 10);
    first.nodes.push(dataset(json!({ "version": 1 })));
    first.nodes.push(node(NodeKind::Dataset, "football_db.bronze", "raw_match_data", json!({})));
    store.record_run_event(&first).await.expect("recorded");
    let mut second = event(1, RunEventKind::Complete, 20);
    second.nodes.push(dataset(json!({ "version": 2 })));
    store.record_run_event(&second).await.expect("recorded");
    let all = store.graph_nodes(NodeKind::Dataset, None).await.expect("read");
    let names: Vec<&str> = all.iter().map(|node| node.name.name.as_str()).collect();
    assert_eq!(names, ["raw_match_data", "matches"], "by namespace");
    let silver = store.graph_nodes(NodeKind::Dataset, Some("football_db.silver")).await.expect("read");
    assert_eq!(silver, all[1..]);
    assert_eq!(
        (&silver[0].body, silver[0].created_at, silver[0].updated_at),
        (&json!({ "version": 2 }), time(10), time(20))
    );
    let jobs = store.graph_nodes(NodeKind::Job, None).await.expect("read");
    assert_eq!((jobs.len(), &jobs[0].name), (1, &job()));
}

/// In the order in which they happened: while the first one waits, the others wait too.
pub async fn events_are_sent_in_their_order<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    store.record_run_event(&event(1, RunEventKind::Start, 10)).await.expect("recorded");
    store.record_run_event(&event(1, RunEventKind::Complete, 20)).await.expect("recorded");
    let kept = NewRunEvent { is_to_send: false, ..event(2, RunEventKind::Start, 30) };
    store.record_run_event(&kept).await.expect("recorded");
    let unsent = async |seconds| store.unsent_run_events(time(seconds), 10).await.expect("read");
    let kinds = |events: &[StoredRunEvent]| events.iter().map(|event| event.kind).collect::<Vec<_>>();
    let waiting = unsent(60).await;
    assert_eq!(kinds(&waiting), [RunEventKind::Start, RunEventKind::Complete]);
    let fault = Some(("no answer".to_owned(), Some(time(90))));
    store.finish_run_events(&[RunEventEnd { id: waiting[0].id, fault }]).await.expect("noted");
    assert_eq!(unsent(60).await, []);
    let again = unsent(90).await;
    assert_eq!((again.len(), again[0].failures, again[0].fault.as_deref()), (2, 1, Some("no answer")));
    let refused = Some(("it is refused".to_owned(), None));
    let ends =
        [RunEventEnd { id: again[0].id, fault: None }, RunEventEnd { id: again[1].id, fault: refused }];
    store.finish_run_events(&ends).await.expect("noted");
    assert_eq!(unsent(999).await, []);
    let events = store.run_events(None, 10).await.expect("read");
    let faults: Vec<_> = events.iter().map(|event| (event.is_to_send, event.fault.as_deref())).collect();
    assert_eq!(faults, [(false, None), (false, Some("it is refused")), (false, None)]);
}

/// Jobs and datasets stay.
pub async fn old_runs_leave_with_their_events<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    for (run, seconds) in [(1, 10), (2, 20)] {
        store.record_run_event(&event(run, RunEventKind::Start, seconds)).await.expect("recorded");
        store.record_run_event(&event(run, RunEventKind::Abort, seconds + 1)).await.expect("recorded");
    }
    assert_eq!(store.purge_runs(time(20)).await.expect("purged"), 1);
    assert_eq!(store.purge_runs(time(20)).await.expect("purged"), 0);
    assert_eq!(store.runs_of(&job(), 10).await.expect("read").len(), 1);
    assert_eq!(store.run_events(None, 10).await.expect("read").len(), 2);
    assert_eq!(store.graph_nodes(NodeKind::Job, None).await.expect("read").len(), 1);
}

/// Nothing of an event is kept that has a text which is refused.
pub async fn hostile_runs_are_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let mut named = event(1, RunEventKind::Start, 10);
    named.nodes.push(node(NodeKind::Dataset, "a\0b", "x", json!({})));
    text_refused(&store.record_run_event(&named).await, "a namespace with a NUL");
    let short = NewRunEvent { run: "x".to_owned(), ..event(1, RunEventKind::Start, 10) };
    refused(store.record_run_event(&short).await, "a run without a UUID");
    let mut long = event(1, RunEventKind::Start, 10);
    long.job.name = "x".repeat(600);
    text_refused(&store.record_run_event(&long).await, "a name that is too long");
    assert_eq!(store.run_events(None, 10).await.expect("read"), []);
    assert_eq!(store.graph_nodes(NodeKind::Job, None).await.expect("read"), []);
}

/// With what the database says of them.
pub async fn columns_of_all_tables_are_listed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let columns = store.schema_columns().await.expect("read");
    let of = |table: &str, column: &str| {
        let found = columns.iter().find(|c| c.table == table && c.column == column);
        found.unwrap_or_else(|| panic!("{table}.{column} is listed")).clone()
    };
    let (id, score) = (of("matches", "id"), of("matches", "home_score"));
    assert!(id.is_required && !score.is_required && score.key_position == 0);
    let kind = of("lineage_nodes", "kind");
    assert!(kind.is_required && kind.kind.eq_ignore_ascii_case("text"), "{kind:?}");
    assert_eq!((kind.key_position, of("lineage_nodes", "name").key_position), (1, 3));
    assert!(columns.iter().all(|c| c.column != "home_odds"), "what is computed from others is left out");
}

fn text_refused(answer: &Result<(), StoreError>, what: &str) {
    assert!(matches!(answer, Err(StoreError::Text { .. })), "{what} is refused: {answer:?}");
}
