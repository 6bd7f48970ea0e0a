//! Alerts, messages about them, and silences.

use super::fixture::prelude::*;
use super::fixture::{refused, time};
use crate::ports::Store;
use crate::{
    Alert, AlertFilter, AlertId, Condition, NewNotice, NewSilence, NoticeEnd, NoticeKind, Severity, Told,
};
use std::ops::Deref;

fn condition(name: &str, subject: &str, severity: Severity) -> Condition {
    Condition {
        name: name.to_owned(),
        component: "backup".to_owned(),
        subject: subject.to_owned(),
        severity,
        summary: "The last \"backup\" failed: größer".to_owned(),
        details: "disk full".to_owned(),
        advice: vec!["Make room.".to_owned(), "Run it again.".to_owned()],
    }
}

fn failure() -> Condition {
    condition("BackupFailure", "backup_full", Severity::Critical)
}

async fn open(store: &(impl Store + ?Sized)) -> Vec<Alert> {
    let filter = AlertFilter { open: Some(true), ..AlertFilter::default() };
    store.alerts(&filter, 100).await.expect("read")
}

async fn one(store: &(impl Store + ?Sized)) -> Alert {
    let mut all = open(store).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn told(alert: &Alert, kind: NoticeKind, channels: &[&str]) -> NewNotice {
    NewNotice {
        alert: alert.id,
        told_before: alert.told.as_ref().map_or(0, |told| told.times),
        kind,
        severity: alert.what.severity,
        channels: channels.iter().map(|&channel| channel.to_owned()).collect(),
    }
}

/// Seen again, it is the same with what is known by now; after it was over, it is another.
pub async fn a_cause_is_one_alert_while_it_lasts<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let other = condition("BackupFailure", "backup_incremental", Severity::High);
    store.record_alerts(&[failure(), other, failure()], &[], time(10)).await.expect("noted");
    assert_eq!(open(&*store).await.len(), 2);
    let worse = Condition { summary: "twice by now".to_owned(), ..failure() };
    store.record_alerts(std::slice::from_ref(&worse), &[], time(20)).await.expect("noted");
    let all = open(&*store).await;
    let held = all.iter().find(|alert| alert.what.subject == "backup_full").expect("held");
    assert_eq!((&held.what, held.first_seen, held.last_seen), (&worse, time(10), time(20)));
    assert_eq!((held.resolved_at, &held.told), (None, &None));
    assert_eq!(store.alert(held.id).await.expect("read").as_ref(), Some(held));

    store.record_alerts(&[], &[held.id], time(30)).await.expect("noted");
    let over = store.alert(held.id).await.expect("read").expect("held");
    assert_eq!((over.resolved_at, over.last_seen), (Some(time(30)), time(20)));
    store.record_alerts(&[failure()], &[], time(40)).await.expect("noted");
    let again = open(&*store).await;
    assert_eq!(again.len(), 2);
    assert!(again.iter().all(|alert| alert.id != held.id), "another alert");
    assert_eq!(store.alert(AlertId(999)).await.expect("read"), None);
}

/// Not after it is over.
pub async fn an_alert_is_taken_up_while_it_lasts<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    store.record_alerts(&[failure()], &[], time(10)).await.expect("noted");
    let id = one(&*store).await.id;
    assert!(store.acknowledge_alert(id, "operator", time(20)).await.expect("taken up"));
    let held = one(&*store).await;
    assert_eq!((held.acknowledged_by.as_deref(), held.acknowledged_at), (Some("operator"), Some(time(20))));
    store.record_alerts(&[failure()], &[], time(25)).await.expect("noted");
    assert_eq!(one(&*store).await.acknowledged_by.as_deref(), Some("operator"), "seen again, it stays so");
    store.record_alerts(&[], &[id], time(30)).await.expect("noted");
    assert!(!store.acknowledge_alert(id, "late", time(40)).await.expect("asked"));
    assert!(!store.acknowledge_alert(AlertId(999), "nobody", time(40)).await.expect("asked"));
}

/// What another decided meanwhile is not decided again.
pub async fn people_are_told_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    store.record_alerts(&[failure()], &[], time(10)).await.expect("noted");
    let alert = one(&*store).await;
    let notice = told(&alert, NoticeKind::Firing, &["mail", "slack"]);
    store.queue_notices(std::slice::from_ref(&notice), time(11)).await.expect("queued");
    store.queue_notices(&[notice], time(12)).await.expect("asked");
    let told_now = Told { times: 1, kind: NoticeKind::Firing, at: time(11), severity: Severity::Critical };
    assert_eq!(one(&*store).await.told, Some(told_now));
    let due = store.due_notices(time(12), 10).await.expect("read");
    let channels: Vec<&str> = due.iter().map(|notice| notice.channel.as_str()).collect();
    assert_eq!(channels, ["mail", "slack"]);
    assert_eq!(store.notices_of(alert.id).await.expect("read"), due);
    assert_eq!(store.due_notices(time(10), 10).await.expect("read"), [], "not before its time");

    // Nobody can be told of it otherwise: it is told all the same, in the list of alerts.
    let alert = one(&*store).await;
    store.queue_notices(&[told(&alert, NoticeKind::Reminder, &[])], time(20)).await.expect("queued");
    let held = one(&*store).await.told.expect("told");
    assert_eq!((held.times, held.kind), (2, NoticeKind::Reminder));

    // One that is over is told of until that is said.
    store.record_alerts(&[], &[alert.id], time(30)).await.expect("noted");
    let [over] = &store.alerts_to_tell().await.expect("read")[..] else { panic!("one is over") };
    store.queue_notices(&[told(over, NoticeKind::Resolved, &["mail"])], time(31)).await.expect("queued");
    assert_eq!(store.alerts_to_tell().await.expect("read"), []);
    // One that nobody was told of needs no word of its end.
    store.record_alerts(&[failure()], &[], time(40)).await.expect("noted");
    let id = one(&*store).await.id;
    store.record_alerts(&[], &[id], time(41)).await.expect("noted");
    assert_eq!(store.alerts_to_tell().await.expect("read"), []);
}

/// A message that was not taken comes again later; one that was does not.
pub async fn a_message_is_sent_until_it_is_taken<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    store.record_alerts(&[failure()], &[], time(10)).await.expect("noted");
    let alert = one(&*store).await;
    store
        .queue_notices(&[told(&alert, NoticeKind::Firing, &["mail", "slack"])], time(11))
        .await
        .expect("queued");
    let due = store.due_notices(time(11), 10).await.expect("read");
    let ends = [
        NoticeEnd { id: due[0].id, fault: Some(("refused".to_owned(), time(60))) },
        NoticeEnd { id: due[1].id, fault: None },
    ];
    store.finish_notices(&ends, time(12)).await.expect("noted");
    assert_eq!(store.due_notices(time(59), 10).await.expect("read"), []);
    let again = store.due_notices(time(60), 10).await.expect("read");
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].failures, again[0].fault.as_deref()), (1, Some("refused")));
    store.finish_notices(&[NoticeEnd { id: again[0].id, fault: None }], time(61)).await.expect("noted");
    let all = store.notices_of(alert.id).await.expect("read");
    let delivered: Vec<_> = all.iter().map(|notice| (notice.delivered_at, notice.failures)).collect();
    assert_eq!(delivered, [(Some(time(61)), 1), (Some(time(12)), 0)]);
    store.finish_notices(&[], time(62)).await.expect("nothing to note");
}

/// One of everything is refused; one that is over covers nothing.
pub async fn silences_name_something<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let silence = NewSilence {
        name: Some("BackupFailure".to_owned()),
        component: None,
        subject: None,
        reason: "the disk is being changed".to_owned(),
        created_by: "operator".to_owned(),
        until: time(100),
    };
    let everything = NewSilence { name: None, ..silence.clone() };
    refused(store.add_silence(&everything, time(10)).await, "a silence of everything");
    let past = NewSilence { until: time(5), ..silence.clone() };
    refused(store.add_silence(&past, time(10)).await, "a silence that is over before it begins");
    let id = store.add_silence(&silence, time(10)).await.expect("silenced");
    let [held] = &store.silences(time(99)).await.expect("read")[..] else { panic!("one holds") };
    assert_eq!((&held.what, held.id, held.created_at), (&silence, id, time(10)));
    assert!(held.what.covers(&failure()) && !held.what.covers(&condition("Other", "", Severity::Low)));
    assert_eq!(store.silences(time(100)).await.expect("read"), []);
    assert!(store.end_silence(id, time(50)).await.expect("ended"));
    assert!(!store.end_silence(id, time(51)).await.expect("asked"));
    assert_eq!(store.silences(time(51)).await.expect("read"), []);
}

/// By what they are and page by page; those that were over long ago are removed with their messages.
pub async fn alerts_are_listed_and_forgotten<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let disk = Condition { component: "system".to_owned(), ..condition("DiskSpaceLow", "", Severity::High) };
    store.record_alerts(&[failure(), disk], &[], time(10)).await.expect("noted");
    let all = store.alerts(&AlertFilter::default(), 100).await.expect("read");
    assert_eq!(all.len(), 2);
    assert!(all[0].id > all[1].id, "the latest first");
    let of = async |filter: AlertFilter| {
        let found = store.alerts(&filter, 100).await.expect("read");
        found.into_iter().map(|alert| alert.what.name).collect::<Vec<_>>()
    };
    assert_eq!(
        of(AlertFilter { severity: Some(Severity::High), ..AlertFilter::default() }).await,
        ["DiskSpaceLow"]
    );
    let backup = AlertFilter { component: Some("backup".to_owned()), ..AlertFilter::default() };
    assert_eq!(of(backup).await, ["BackupFailure"]);
    let older = AlertFilter { before: Some(all[0].id), ..AlertFilter::default() };
    assert_eq!(of(older).await, [all[1].what.name.clone()]);
    let over = AlertFilter { open: Some(false), ..AlertFilter::default() };
    assert_eq!(of(over.clone()).await, Vec::<String>::new());

    let gone = all.iter().find(|alert| alert.what.name == "BackupFailure").expect("held");
    store.queue_notices(&[told(gone, NoticeKind::Firing, &["mail"])], time(11)).await.expect("queued");
    store.record_alerts(&[], &[gone.id], time(20)).await.expect("noted");
    assert_eq!(of(over).await, ["BackupFailure"]);
    assert_eq!(store.purge_alerts(time(20)).await.expect("purged"), 0);
    assert_eq!(store.purge_alerts(time(21)).await.expect("purged"), 1);
    assert_eq!(store.notices_of(gone.id).await.expect("read"), []);
    assert_eq!(
        store.alerts(&AlertFilter::default(), 100).await.expect("read").len(),
        1,
        "what lasts is kept"
    );
}
