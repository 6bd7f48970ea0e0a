//! One alert per cause, told to whom it concerns, when it concerns them; on a real store.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex};
use touchline_alerting::{Alerting, Delivered, Routes};
use touchline_domain::ports::{AlertChannel, AlertMessage, AlertReader, AlertWriter, ChannelError, Retry};
use touchline_domain::{AlertFilter, Condition, NewSilence, NoticeKind, Severity, SystemClock};
use touchline_store_sqlite::SqliteStore;

/// A channel that remembers what it was given, and refuses while it is told to.
struct Remembering {
    name: &'static str,
    taken: Mutex<Vec<AlertMessage>>,
    refuses: Mutex<Option<Retry>>,
}

impl Remembering {
    fn new(name: &'static str) -> Arc<Self> {
        Arc::new(Self { name, taken: Mutex::default(), refuses: Mutex::default() })
    }

    /// Kind, subject and number of alerts of what was taken since the last time.
    fn taken(&self) -> Vec<(NoticeKind, String, usize)> {
        let taken = std::mem::take(&mut *self.taken.lock().unwrap());
        taken.into_iter().map(|message| (message.kind, message.subject, message.alerts.len())).collect()
    }
}

#[async_trait]
impl AlertChannel for Remembering {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn send(&self, message: &AlertMessage) -> Result<(), ChannelError> {
        if let Some(retry) = *self.refuses.lock().unwrap() {
            return Err(ChannelError { message: "not now".to_owned(), retry });
        }
        self.taken.lock().unwrap().push(message.clone());
        Ok(())
    }
}

struct World {
    store: Arc<SqliteStore>,
    mail: Arc<Remembering>,
    sms: Arc<Remembering>,
    alerting: Alerting<SqliteStore>,
    _folder: tempfile::TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("x.db"), Arc::new(SystemClock)).await.unwrap();
    let store = Arc::new(store);
    let (mail, sms) = (Remembering::new("mail"), Remembering::new("sms"));
    let routes = Routes {
        critical: vec!["mail".to_owned(), "sms".to_owned(), "pigeon".to_owned()],
        high: vec!["mail".to_owned()],
        ..Routes::default()
    };
    let channels: Vec<Arc<dyn AlertChannel>> = vec![mail.clone(), sms.clone()];
    let alerting = Alerting::new(Arc::clone(&store), channels, routes, Some("https://x.example/".to_owned()));
    World { store, mail, sms, alerting, _folder: folder }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn condition(name: &str, subject: &str, severity: Severity) -> Condition {
    Condition {
        name: name.to_owned(),
        component: "backup".to_owned(),
        subject: subject.to_owned(),
        severity,
        summary: format!("{name} of {subject}"),
        details: "the disk is full".to_owned(),
        advice: vec!["Make room.".to_owned(), "Run it again.".to_owned()],
    }
}

impl World {
    /// A look every fifteen seconds, and messages after each.
    async fn pass(&self, from: i64, to: i64, conditions: &[Condition]) {
        for second in (from..=to).step_by(15) {
            self.alerting.observe(conditions, at(second)).await.unwrap();
            self.alerting.tell(at(second)).await.unwrap();
        }
    }
}

fn told(kind: NoticeKind, subject: &str, alerts: usize) -> (NoticeKind, String, usize) {
    (kind, subject.to_owned(), alerts)
}

#[tokio::test]
async fn a_cause_is_told_once_reminded_of_until_it_is_taken_up_and_said_to_be_over() {
    let world = world().await;
    let failure = [condition("BackupFailure", "backup_full", Severity::Critical)];
    world.alerting.observe(&failure, at(0)).await.unwrap();
    assert_eq!(
        world.alerting.tell(at(5)).await.unwrap(),
        Delivered::default(),
        "what belongs together comes together"
    );
    world.pass(15, 14 * 60, &failure).await;
    let subject = "Football Platform Alert: BackupFailure";
    assert_eq!(world.mail.taken(), [told(NoticeKind::Firing, subject, 1)]);
    assert_eq!(world.sms.taken(), [told(NoticeKind::Firing, subject, 1)]);

    // Nobody takes it up within a quarter of an hour.
    world.pass(14 * 60 + 15, 16 * 60, &failure).await;
    let again = "Football Platform Alert, not taken up yet: BackupFailure";
    assert_eq!(world.mail.taken(), [told(NoticeKind::Reminder, again, 1)]);
    let open = AlertFilter { open: Some(true), ..AlertFilter::default() };
    let alert = world.store.alerts(&open, 10).await.unwrap().remove(0);
    assert!(world.store.acknowledge_alert(alert.id, "ben", at(16 * 60)).await.unwrap());
    world.pass(16 * 60, 120 * 60, &failure).await;
    assert_eq!(world.mail.taken(), [], "somebody has taken it up");

    // What is gone for a moment is not over.
    world.pass(120 * 60 + 15, 121 * 60, &[]).await;
    world.pass(121 * 60 + 15, 122 * 60, &failure).await;
    assert_eq!(world.mail.taken(), []);
    world.pass(122 * 60 + 15, 125 * 60, &[]).await;
    let over = "Football Platform Alert is over: BackupFailure";
    assert_eq!(world.mail.taken(), [told(NoticeKind::Resolved, over, 1)]);
    assert_eq!(world.store.alerts(&open, 10).await.unwrap(), []);
}

#[tokio::test]
async fn causes_of_one_kind_are_told_together_and_each_severity_by_its_channels() {
    let world = world().await;
    let conditions = [
        condition("BackupFailure", "backup_full", Severity::High),
        condition("BackupFailure", "backup_incremental", Severity::High),
        condition("DiskSpaceLow", "", Severity::Medium),
    ];
    world.pass(0, 60, &conditions).await;
    let subject = "Football Platform Alert: BackupFailure (2 of them)";
    assert_eq!(world.mail.taken(), [told(NoticeKind::Firing, subject, 2)]);
    assert_eq!(world.sms.taken(), [], "not for this severity");
    // It gets worse: now others are told too.
    let worse = [condition("BackupFailure", "backup_full", Severity::Critical), conditions[1].clone()];
    world.pass(75, 90, &worse).await;
    assert_eq!(world.sms.taken().len(), 1);
    // One that nobody is told of stands in the list.
    let all = world.store.alerts(&AlertFilter::default(), 10).await.unwrap();
    let disk = all.iter().find(|alert| alert.what.name == "DiskSpaceLow").unwrap();
    assert_eq!(disk.told.as_ref().map(|told| told.kind), Some(NoticeKind::Firing));
    assert_eq!(world.store.notices_of(disk.id).await.unwrap(), []);
}

#[tokio::test]
async fn a_silence_holds_while_it_lasts() {
    let world = world().await;
    let silence = NewSilence {
        name: None,
        component: Some("backup".to_owned()),
        subject: None,
        reason: "a new disk".to_owned(),
        created_by: "ben".to_owned(),
        until: at(600),
    };
    world.store.add_silence(&silence, at(0)).await.unwrap();
    let failure = [condition("BackupFailure", "backup_full", Severity::Critical)];
    world.pass(0, 585, &failure).await;
    assert_eq!(world.mail.taken(), []);
    world.pass(600, 630, &failure).await;
    assert_eq!(world.mail.taken().len(), 1, "it lasts longer than the silence");
    // One that ends in a silence ends in silence.
    world.store.add_silence(&NewSilence { until: at(2_000), ..silence }, at(640)).await.unwrap();
    world.pass(645, 900, &[]).await;
    assert_eq!(world.mail.taken(), []);
    assert_eq!(world.store.alerts_to_tell().await.unwrap(), []);
}

#[tokio::test]
async fn a_message_that_is_not_taken_comes_again_and_again_until_it_is_or_never_can_be() {
    let world = world().await;
    *world.mail.refuses.lock().unwrap() = Some(Retry::After(std::time::Duration::ZERO));
    *world.sms.refuses.lock().unwrap() = Some(Retry::Never);
    let failure = [condition("BackupFailure", "backup_full", Severity::Critical)];
    world.pass(0, 300, &failure).await;
    let alert = world.store.alerts(&AlertFilter::default(), 1).await.unwrap().remove(0);
    let notices = world.store.notices_of(alert.id).await.unwrap();
    let failures = |channel: &str| notices.iter().find(|n| n.channel == channel).unwrap().failures;
    // After 0, 30, 90 and 210 seconds from the first try.
    assert_eq!((failures("mail"), failures("sms")), (4, 1));
    *world.mail.refuses.lock().unwrap() = None;
    *world.sms.refuses.lock().unwrap() = None;
    world.pass(300, 600, &failure).await;
    assert_eq!((world.mail.taken().len(), world.sms.taken().len()), (1, 0));
    let notices = world.store.notices_of(alert.id).await.unwrap();
    assert!(notices.iter().all(|n| n.fault.is_none() == (n.channel == "mail")), "{notices:?}");
}

#[tokio::test]
async fn a_message_says_what_is_wrong_what_to_do_and_where_to_look() {
    let world = world().await;
    let failure = [condition("BackupFailure", "backup_full", Severity::Critical)];
    world.pass(0, 15, &failure).await;
    let message = world.mail.taken.lock().unwrap().remove(0);
    for part in [
        "Severity:  critical",
        "Component: backup",
        "About:     backup_full",
        "Since:     2027-01-15T08:00:00Z",
        "the disk is full",
        "  1. Make room.\n  2. Run it again.",
        "touchline alerts ack 1",
        "https://x.example/api/v1/alerts/1",
    ] {
        assert!(message.text.contains(part), "{part} is not in\n{}", message.text);
    }
    assert_eq!(message.short, "CRITICAL: BackupFailure: BackupFailure of backup_full");
}

#[tokio::test]
async fn that_nothing_is_new_is_hardly_ever_written() {
    let world = world().await;
    let failure = condition("BackupFailure", "backup_full", Severity::Critical);
    let seen = async |second: i64, condition: &Condition| {
        world.alerting.observe(std::slice::from_ref(condition), at(second)).await.unwrap();
        world.store.alerts(&AlertFilter::default(), 1).await.unwrap().remove(0).last_seen
    };
    assert_eq!(seen(0, &failure).await, at(0));
    assert_eq!(seen(15, &failure).await, at(0));
    assert_eq!(seen(44, &failure).await, at(0));
    assert_eq!(seen(45, &failure).await, at(45));
    let worse = Condition { summary: "twice by now".to_owned(), ..failure };
    assert_eq!(seen(50, &worse).await, at(50), "something else is to be said of it");
}

#[tokio::test]
async fn without_the_store_people_are_told_at_once() {
    let world = world().await;
    let away = condition("DatabaseConnectionFailure", "", Severity::Critical);
    world.alerting.tell_without_store(&away, NoticeKind::Firing, at(0)).await;
    let text = world.mail.taken.lock().unwrap()[0].text.clone();
    assert!(!text.contains("alerts ack"), "it has no number yet:\n{text}");
    assert_eq!(world.sms.taken().len(), 1);
    assert_eq!(world.store.alerts(&AlertFilter::default(), 10).await.unwrap(), []);
}
