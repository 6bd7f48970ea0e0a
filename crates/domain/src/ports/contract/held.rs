//! Rows that rules hold back.

use super::fixture::prelude::*;
use super::fixture::{refused, stored_document, time};
use crate::ports::{HeldFilter, SilverChange, Store};
use crate::{DocumentId, HeldState, NewHeldRow, NewRowDecision, RowDecision, RowVerdict};
use std::ops::Deref;

pub(super) fn row(line: u32, fingerprint: &str, state: HeldState) -> NewHeldRow {
    NewHeldRow {
        line,
        rule: "improbable_score".to_owned(),
        rule_version: 2,
        reason: "a digit too many: \u{fc}".to_owned(),
        fingerprint: fingerprint.to_owned(),
        says: format!("match {line}"),
        state,
    }
}

fn decision(fingerprint: &str, verdict: RowVerdict, by: &str) -> NewRowDecision {
    let (fingerprint, by) = (fingerprint.to_owned(), by.to_owned());
    NewRowDecision { fingerprint, verdict, reason: "seen on the club's page".to_owned(), by }
}

/// A row is held once per place and what it says; its state follows, and is written with the rest of its document.
pub async fn a_held_row_takes_its_state_with_silver<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (a, b) = (stored_document(&*store, 0, 3).await, stored_document(&*store, 1, 3).await);
    let keep = async |rows: Vec<(DocumentId, NewHeldRow)>| {
        store.apply(&SilverChange { held: rows, ..SilverChange::default() }).await
    };
    let held = row(2, "f2", HeldState::Held);
    keep(vec![(a, held.clone()), (a, row(3, "f3", HeldState::Held)), (b, held.clone())]).await.expect("kept");
    keep(vec![(a, NewHeldRow { reason: "other words".to_owned(), ..row(2, "f2", HeldState::Released) })])
        .await
        .expect("kept");
    let of = async |filter: HeldFilter| store.held_rows(&filter, 10).await.expect("read");
    let all = of(HeldFilter::default()).await;
    assert_eq!(all.iter().map(|h| (h.document, h.row.line)).collect::<Vec<_>>(), [(b, 2), (a, 3), (a, 2)]);
    assert_eq!((all[0].row.clone(), all[0].document_name.as_str()), (held.clone(), "file.csv"));
    assert_eq!((all[2].row.state, all[2].row.reason.as_str()), (HeldState::Released, "other words"));
    assert_eq!(all[0].held_at.timestamp_subsec_nanos(), 0);
    let one = of(HeldFilter { id: Some(all[1].id), ..HeldFilter::default() }).await;
    assert_eq!(one, [all[1].clone()]);
    let of_a =
        of(HeldFilter { document: Some(a), state: Some(HeldState::Held), ..HeldFilter::default() }).await;
    assert_eq!(of_a, [all[1].clone()]);
    let says = of(HeldFilter { says: Some("match 2".to_owned()), ..HeldFilter::default() }).await;
    assert_eq!(says.len(), 2);
    assert_eq!(store.held_rows(&HeldFilter::default(), 1).await.expect("read").len(), 1);
    refused(keep(vec![(DocumentId(b.0 + 1000), held)]).await, "a held row of a document that is not stored");
    assert!(keep(vec![(a, row(1, "f\0", HeldState::Held))]).await.is_err(), "a text with a zero character");
}

/// The last decision about a fingerprint counts for all its rows; rows that do not follow it yet are unsettled.
pub async fn rows_are_decided_about_by_what_they_say<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let document = stored_document(&*store, 0, 3).await;
    let keep = async |rows: &[NewHeldRow]| {
        let held = rows.iter().map(|row| (document, row.clone())).collect();
        store.apply(&SilverChange { held, ..SilverChange::default() }).await.expect("kept");
    };
    keep(&[row(1, "f1", HeldState::Held), row(2, "f2", HeldState::Passed), row(3, "f3", HeldState::Held)])
        .await;
    let unsettled = async || {
        let filter = HeldFilter { unsettled: true, ..HeldFilter::default() };
        let rows = store.held_rows(&filter, 10).await.expect("read");
        rows.into_iter().map(|held| held.row.fingerprint).collect::<Vec<_>>()
    };
    assert_eq!(unsettled().await, [""; 0]);
    let first = store.decide_row(&decision("f1", RowVerdict::Refuse, "Ann"), time(1)).await.expect("decided");
    let second =
        store.decide_row(&decision("f1", RowVerdict::Release, "Bob"), time(2)).await.expect("decided");
    store.decide_row(&decision("f2", RowVerdict::Refuse, "Bob"), time(3)).await.expect("decided");
    assert_eq!(unsettled().await, ["f1"], "a row that passed follows no decision");
    keep(&[row(1, "f1", HeldState::Released)]).await;
    assert_eq!(unsettled().await, [""; 0]);
    assert_eq!(store.undo_row_decision(second, "Cal", time(4)).await.expect("undone"), Some("f1".to_owned()));
    assert_eq!(store.undo_row_decision(second, "Cal", time(5)).await.expect("it is undone"), None);
    assert_eq!(unsettled().await, ["f1"]);
    let kept = |id, verdict, by: &str, at, undone: (&str, i64)| RowDecision {
        id,
        fingerprint: "f1".to_owned(),
        verdict,
        reason: "seen on the club's page".to_owned(),
        by: by.to_owned(),
        at: time(at),
        undone: Some((undone.0.to_owned(), time(undone.1))),
    };
    let asked = ["f1".to_owned(), "f9".to_owned()];
    assert_eq!(
        store.row_decisions(&asked).await.expect("read"),
        [
            kept(first, RowVerdict::Refuse, "Ann", 1, ("Bob", 2)),
            kept(second, RowVerdict::Release, "Bob", 2, ("Cal", 4)),
        ]
    );
    assert!(store.decide_row(&decision("", RowVerdict::Release, "Ann"), time(6)).await.is_err());
    assert!(store.decide_row(&decision("f3", RowVerdict::Release, "a\0"), time(6)).await.is_err());
}
