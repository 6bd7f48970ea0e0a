//! Alerts, who was told of them, and the channels that tell.

use super::{Retry, StoreError};
use crate::{
    Alert, AlertFilter, AlertId, Condition, NewNotice, NewSilence, Notice, NoticeEnd, NoticeKind, Severity,
    Silence,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Reading alerts.
#[async_trait]
pub trait AlertReader: Send + Sync {
    /// The alert of a number; none where there is none.
    ///
    /// # Errors
    /// The store is not available.
    async fn alert(&self, id: AlertId) -> Result<Option<Alert>, StoreError>;

    /// The latest alerts first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn alerts(&self, filter: &AlertFilter, limit: u32) -> Result<Vec<Alert>, StoreError>;

    /// Alerts that last, and those that are over while people were not told so.
    ///
    /// # Errors
    /// The store is not available.
    async fn alerts_to_tell(&self) -> Result<Vec<Alert>, StoreError>;

    /// Silences that hold at a time, the latest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn silences(&self, now: DateTime<Utc>) -> Result<Vec<Silence>, StoreError>;

    /// Messages whose time to be sent has come, the earliest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn due_notices(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Notice>, StoreError>;

    /// Messages about an alert, the earliest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn notices_of(&self, alert: AlertId) -> Result<Vec<Notice>, StoreError>;
}

/// Keeping alerts.
#[async_trait]
pub trait AlertWriter: Send + Sync {
    /// Notes what is wrong now and which alerts are over. A cause that lasts already is seen again: with what is known of
    /// it by now.
    ///
    /// # Errors
    /// The store is not available, or refuses one of them; then nothing is noted.
    async fn record_alerts(
        &self,
        seen: &[Condition],
        resolved: &[AlertId],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Notes that somebody has taken an alert up. Returns whether it lasts: not where it is over, or there is none.
    ///
    /// # Errors
    /// The store is not available.
    async fn acknowledge_alert(&self, id: AlertId, by: &str, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Silences alerts. Returns the row.
    ///
    /// # Errors
    /// The store is not available, or refuses it: one that names nothing would silence everything.
    async fn add_silence(&self, silence: &NewSilence, now: DateTime<Utc>) -> Result<i64, StoreError>;

    /// Ends a silence. Returns whether it held.
    ///
    /// # Errors
    /// The store is not available.
    async fn end_silence(&self, id: i64, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Decides that people are to be told, once per alert and time: what another decided meanwhile is left as it is.
    ///
    /// # Errors
    /// The store is not available.
    async fn queue_notices(&self, notices: &[NewNotice], now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Notes how sending went.
    ///
    /// # Errors
    /// The store is not available.
    async fn finish_notices(&self, ends: &[NoticeEnd], now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Removes alerts that were over before a time, with their messages, and silences that ended before it. Returns how
    /// many alerts.
    ///
    /// # Errors
    /// The store is not available.
    async fn purge_alerts(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}

/// What a channel sends: alerts of one kind and part of the system, told together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertMessage {
    /// Why.
    pub kind: NoticeKind,
    /// The worst of them.
    pub severity: Severity,
    /// One line.
    pub subject: String,
    /// All that there is to say, as plain text.
    pub text: String,
    /// The same in a few words, for a telephone.
    pub short: String,
    /// The alerts.
    pub alerts: Vec<Alert>,
}

/// Why a message could not be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelError {
    /// What went wrong and what to do, without secrets.
    pub message: String,
    /// Whether another try may go better.
    pub retry: Retry,
}

/// A way to people.
#[async_trait]
pub trait AlertChannel: Send + Sync {
    /// Its name, such as `mail`.
    fn name(&self) -> &'static str;

    /// Hands a message over.
    ///
    /// # Errors
    /// It was not taken.
    async fn send(&self, message: &AlertMessage) -> Result<(), ChannelError>;
}
