//! What people are told when something is wrong: one alert per cause, for as long as it lasts.

use crate::Severity;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// An alert, by its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AlertId(pub i64);

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Something that is wrong now, as a look at the system finds it. Name and subject together are the cause: while it lasts,
/// it is one alert, however often it is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// What kind of trouble, such as `BackupFailure`.
    pub name: String,
    /// The part of the system, such as `backup`.
    pub component: String,
    /// What it is about, such as `backup_full`; empty where the kind says all.
    pub subject: String,
    /// How bad it is.
    pub severity: Severity,
    /// One line.
    pub summary: String,
    /// What was found, and what makes this an alert.
    pub details: String,
    /// What to do, step by step.
    pub advice: Vec<String>,
}

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// It is new, or has become worse.
    Firing,
    /// It lasts, and nobody has taken it up.
    Reminder,
    /// It is over.
    Resolved,
    /// Nothing is wrong: a report. Sent at once, and never kept.
    Information,
}

impl NoticeKind {
    /// Those that are kept.
    const ALL: [Self; 3] = [Self::Firing, Self::Reminder, Self::Resolved];

    /// The name in stores and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Reminder => "reminder",
            Self::Resolved => "resolved",
            Self::Information => "information",
        }
    }
}

impl FromStr for NoticeKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| {
            format!("{name:?} is not a kind of notice: {}", Self::ALL.map(Self::name).join(", "))
        })
    }
}

/// When people were last told of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// How often they were told, this time included.
    pub times: u32,
    /// Why.
    pub kind: NoticeKind,
    /// When.
    pub at: DateTime<Utc>,
    /// How bad it was then.
    pub severity: Severity,
}

/// An alert as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// Its row.
    pub id: AlertId,
    /// What is wrong, as last seen.
    #[serde(flatten)]
    pub what: Condition,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When it was last seen.
    pub last_seen: DateTime<Utc>,
    /// When it was found to be over.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who has taken it up.
    pub acknowledged_by: Option<String>,
    /// When.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When people were last told.
    pub told: Option<Told>,
}

/// Which alerts to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlertFilter {
    /// Those that last, or those that are over.
    pub open: Option<bool>,
    /// Of this severity.
    pub severity: Option<Severity>,
    /// Of this part of the system.
    pub component: Option<String>,
    /// With a lower number.
    pub before: Option<AlertId>,
}

/// Alerts of which nobody is told for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewSilence {
    /// Of this name.
    pub name: Option<String>,
    /// Of this part of the system.
    pub component: Option<String>,
    /// About this.
    pub subject: Option<String>,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub created_by: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

impl NewSilence {
    /// Whether it is about this.
    pub fn covers(&self, condition: &Condition) -> bool {
        let is_meant = |wanted: &Option<String>, held: &str| wanted.as_deref().is_none_or(|w| w == held);
        is_meant(&self.name, &condition.name)
            && is_meant(&self.component, &condition.component)
            && is_meant(&self.subject, &condition.subject)
    }
}

/// A silence as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Silence {
    /// Its row.
    pub id: i64,
    /// What it says.
    #[serde(flatten)]
    pub what: NewSilence,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// People to be told of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// The alert.
    pub alert: AlertId,
    /// How often they were told before: where another decided meanwhile, this one is void.
    pub told_before: u32,
    /// Why.
    pub kind: NoticeKind,
    /// How bad it is now.
    pub severity: Severity,
    /// By which channels. None: it stands in the list of alerts.
    pub channels: Vec<String>,
}

/// A message to be sent, or that was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Its row.
    pub id: i64,
    /// The alert.
    pub alert: AlertId,
    /// By which channel.
    pub channel: String,
    /// Why.
    pub kind: NoticeKind,
    /// When it was decided.
    pub queued_at: DateTime<Utc>,
    /// Times that sending failed.
    pub failures: u32,
    /// When it is tried next, unless it has ended.
    pub next_try_at: DateTime<Utc>,
    /// When it was handed over.
    pub delivered_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub fault: Option<String>,
}

/// How sending a message went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeEnd {
    /// Its row.
    pub id: i64,
    /// What went wrong, and when to try again; none where it was handed over.
    pub fault: Option<(String, DateTime<Utc>)>,
}

/// How long after an alert somebody should have taken it up: people are reminded then. None: nobody is.
pub fn reaction_time(severity: Severity) -> Option<Duration> {
    match severity {
        Severity::Critical => Some(Duration::minutes(15)),
        Severity::High => Some(Duration::hours(1)),
        Severity::Medium => Some(Duration::hours(4)),
        Severity::Low => None,
    }
}
