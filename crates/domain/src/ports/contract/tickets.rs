//! Tickets of work that takes longer than a request.

use super::fixture::prelude::*;
use super::fixture::{join, refused, time};
use crate::ports::Store;
use crate::{
    AccessRole, NewJob, NewTicket, Queue, Ticket, TicketEnd, TicketKind, TicketNotice, TicketStatus,
};
use chrono::Duration;
use serde_json::json;
use std::cell::Cell;
use std::ops::Deref;

const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA";

async fn holder(store: &(impl Store + ?Sized), name: &str) -> i64 {
    store.add_user(name, HASH, AccessRole::Viewer).await.expect("added").expect("a new name")
}

fn ticket(user_id: i64, n: u8) -> NewTicket {
    NewTicket {
        id: format!("{n:032}"),
        kind: TicketKind::Predictions,
        user_id,
        details: json!({ "matches": 2, "of": "Ä" }),
        body: b"[1, 2]".repeat(100),
        callback: Some("https://example.org/ready".to_owned()),
        expires_at: time(3_600),
    }
}

fn job(of: &NewTicket) -> NewJob {
    NewJob {
        name: "prediction_batch".to_owned(),
        key: format!("ticket:{}", of.id),
        queue: Queue::Default,
        parameters: json!({ "ticket": of.id }),
        match_id: None,
        due_at: time(0),
        deadline: None,
        exclusion: None,
        long: false,
        attempts: 3,
        flow: None,
    }
}

async fn open(store: &(impl Store + ?Sized), ticket: &NewTicket, most: u32) -> bool {
    store.open_ticket(ticket, most, &job(ticket), time(0)).await.expect("asked")
}

async fn held(store: &(impl Store + ?Sized), id: &str) -> Ticket {
    store.ticket(id).await.expect("read").expect("held")
}

/// With what it is done on, and the job that does it.
pub async fn a_ticket_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let new = ticket(holder(&*store, "ann").await, 1);
    assert_eq!(store.ticket(&new.id).await.expect("read"), None);
    assert!(open(&*store, &new, 9).await);
    let expected = Ticket {
        id: new.id.clone(),
        kind: new.kind,
        user_id: new.user_id,
        details: new.details.clone(),
        callback: new.callback.clone(),
        status: TicketStatus::Open,
        message: None,
        created_at: time(0),
        ended_at: None,
        expires_at: new.expires_at,
        notice: TicketNotice::Waiting,
        notice_message: None,
        noticed_at: None,
    };
    assert_eq!(held(&*store, &new.id).await, expected);
    assert_eq!(store.ticket_body(&new.id).await.expect("read"), Some(new.body.clone()));
    assert_eq!(store.ticket_answer(&new.id).await.expect("read"), None);
    let jobs = store.jobs_of_keys(&[job(&new).key]).await.expect("read");
    assert_eq!(jobs.len(), 1, "its work is asked for");
    let quiet = NewTicket { callback: None, kind: TicketKind::Import, ..ticket(new.user_id, 2) };
    assert!(open(&*store, &quiet, 9).await);
    assert_eq!(held(&*store, &quiet.id).await.notice, TicketNotice::None);
    let of = async |kind| store.tickets_of(new.user_id, kind, 10).await.expect("read");
    assert_eq!(of(TicketKind::Predictions).await, [expected]);
    assert_eq!(of(TicketKind::Import).await.len(), 1);
    refused(store.open_ticket(&new, 9, &job(&new), time(0)).await, "the same ticket twice");
    let nobody = ticket(new.user_id + 100, 3);
    refused(store.open_ticket(&nobody, 9, &job(&nobody), time(0)).await, "a ticket of nobody");
    assert_eq!(store.jobs_of_keys(&[job(&nobody).key]).await.expect("read"), [], "nor is its work asked for");
}

/// Of several at once as well; those that have ended, have expired or are another's do not count.
pub async fn an_account_has_so_many_open_tickets<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let (ann, ben) = (holder(&*store, "ann").await, holder(&*store, "ben").await);
    let opened = Cell::new(0);
    let race = (0..6).map(|n| {
        let (store, opened) = (&*store, &opened);
        Box::pin(async move {
            if open(store, &ticket(ann, n), 2).await {
                opened.set(opened.get() + 1);
            }
        })
    });
    join(race.collect()).await;
    assert_eq!(opened.get(), 2);
    assert!(open(&*store, &ticket(ben, 10), 2).await, "another account");
    assert!(
        open(&*store, &NewTicket { kind: TicketKind::Import, ..ticket(ann, 11) }, 2).await,
        "another kind"
    );
    let first = store.tickets_of(ann, TicketKind::Predictions, 1).await.expect("read").remove(0);
    assert!(store.end_ticket(&first.id, TicketEnd::Done(b"{}"), time(5)).await.expect("ended"));
    assert!(open(&*store, &ticket(ann, 12), 2).await, "one has ended");
    assert!(!open(&*store, &ticket(ann, 13), 2).await);
    let later = NewTicket { expires_at: time(9_000), ..ticket(ann, 14) };
    assert!(
        store.open_ticket(&later, 2, &job(&later), time(3_600)).await.expect("asked"),
        "they have expired"
    );
}

/// With its answer or its reason; what it was done on is dropped.
pub async fn the_work_of_a_ticket_ends_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let ann = holder(&*store, "ann").await;
    let (done, failed) = (ticket(ann, 1), ticket(ann, 2));
    assert!(open(&*store, &done, 9).await && open(&*store, &failed, 9).await);
    let answer = b"{\"items\":[]}".repeat(50);
    assert!(store.end_ticket(&done.id, TicketEnd::Done(&answer), time(5)).await.expect("ended"));
    assert!(!store.end_ticket(&done.id, TicketEnd::Failed("late"), time(6)).await.expect("asked"));
    let now = held(&*store, &done.id).await;
    assert_eq!((now.status, now.ended_at, now.message), (TicketStatus::Done, Some(time(5)), None));
    assert_eq!(store.ticket_answer(&done.id).await.expect("read"), Some(answer));
    assert_eq!(store.ticket_body(&done.id).await.expect("read"), None);
    assert!(store.end_ticket(&failed.id, TicketEnd::Failed("why"), time(7)).await.expect("ended"));
    let now = held(&*store, &failed.id).await;
    assert_eq!((now.status, now.message.as_deref()), (TicketStatus::Failed, Some("why")));
    assert_eq!(store.ticket_answer(&failed.id).await.expect("read"), None);
    assert!(
        !store.end_ticket(&"9".repeat(32), TicketEnd::Failed("x"), time(7)).await.expect("asked"),
        "nobody's"
    );
}

/// And what came of it is kept.
pub async fn somebody_is_told_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let new = ticket(holder(&*store, "ann").await, 1);
    assert!(open(&*store, &new, 9).await);
    let note =
        async |notice, message| store.note_notice(&new.id, notice, message, time(9)).await.expect("noted");
    assert!(note(TicketNotice::Waiting, Some("answered 503")).await, "to be tried again");
    assert_eq!(held(&*store, &new.id).await.notice_message.as_deref(), Some("answered 503"));
    assert!(note(TicketNotice::Sent, None).await);
    assert!(!note(TicketNotice::Failed, Some("x")).await);
    let now = held(&*store, &new.id).await;
    assert_eq!((now.notice, now.notice_message, now.noticed_at), (TicketNotice::Sent, None, Some(time(9))));
}

/// Whatever they stand at.
pub async fn expired_tickets_are_removed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let ann = holder(&*store, "ann").await;
    let later = NewTicket { expires_at: time(9_000), ..ticket(ann, 2) };
    assert!(open(&*store, &ticket(ann, 1), 9).await && open(&*store, &later, 9).await);
    assert_eq!(store.purge_tickets(time(3_600)).await.expect("purged"), 0);
    assert_eq!(store.purge_tickets(time(3_600) + Duration::seconds(1)).await.expect("purged"), 1);
    assert_eq!(store.ticket(&ticket(ann, 1).id).await.expect("read"), None);
    assert_eq!(held(&*store, &later.id).await.status, TicketStatus::Open);
}
