//! Handing messages over, those of one cause together, until they are taken.

use crate::text::compose;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use touchline_domain::ports::{AlertChannel, ChannelError, Retry, StoreError};
use touchline_domain::{Alert, Notice, NoticeEnd, NoticeKind};

/// Messages that are looked at together.
const MOST: u32 = 500;
/// The wait after the first failure; twice as long after each.
const FIRST_WAIT: Duration = Duration::seconds(30);
/// At most so long.
const LONGEST_WAIT: Duration = Duration::hours(1);
/// A message that failed so often is given up.
const MOST_FAILURES: u32 = 12;

/// What came of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Messages that were handed over; one may tell of several alerts.
    pub messages: usize,
    /// Messages that were not taken.
    pub failed: usize,
}

/// What one message tells of: channel, kind, name and component.
type Group = (String, NoticeKind, String, String);

/// Hands over what is due.
pub(crate) async fn deliver<S: crate::AlertingStore + ?Sized>(
    store: &S,
    channels: &[Arc<dyn AlertChannel>],
    public_url: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Delivered, StoreError> {
    let mut groups: BTreeMap<Group, Vec<(Notice, Alert)>> = BTreeMap::new();
    for notice in store.due_notices(now, MOST).await? {
        let Some(alert) = store.alert(notice.alert).await? else { continue };
        let group =
            (notice.channel.clone(), notice.kind, alert.what.name.clone(), alert.what.component.clone());
        groups.entry(group).or_default().push((notice, alert));
    }
    let mut delivered = Delivered::default();
    for ((name, kind, ..), told) in groups {
        let (notices, alerts): (Vec<Notice>, Vec<Alert>) = told.into_iter().unzip();
        let sent = match channels.iter().find(|channel| channel.name() == name) {
            Some(channel) => channel.send(&compose(kind, alerts, public_url)).await,
            None => Err(ChannelError {
                message: format!("the channel {name} is not configured any more"),
                retry: Retry::Never,
            }),
        };
        match &sent {
            Ok(()) => delivered.messages += 1,
            Err(error) => {
                delivered.failed += 1;
                tracing::error!(channel = name, "an alert could not be told: {}", error.message);
            }
        }
        let ends: Vec<NoticeEnd> = notices.iter().map(|notice| end(notice, &sent, now)).collect();
        // At once: what was handed over is not handed over again because a later one takes long.
        store.finish_notices(&ends, now).await?;
    }
    Ok(delivered)
}

fn end(notice: &Notice, sent: &Result<(), ChannelError>, now: DateTime<Utc>) -> NoticeEnd {
    let Err(error) = sent else { return NoticeEnd { id: notice.id, fault: None } };
    let again = match error.retry {
        Retry::After(least) if notice.failures + 1 < MOST_FAILURES => {
            let doubled = FIRST_WAIT * 2i32.pow(notice.failures.min(7));
            let least = Duration::from_std(least).unwrap_or(LONGEST_WAIT);
            now + doubled.min(LONGEST_WAIT).max(least)
        }
        // Never: it stays as it is, with what went wrong.
        _ => DateTime::from_timestamp(253_402_300_799, 0).unwrap_or(now),
    };
    NoticeEnd { id: notice.id, fault: Some((error.message.clone(), again)) }
}
