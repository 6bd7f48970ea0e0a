//! Work that takes longer than a request: whoever asked for it holds a ticket, and comes back for the answer.

use chrono::{DateTime, Utc};
use serde_json::Value;
use std::str::FromStr;

/// What a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketKind {
    /// Forecasts of many matches.
    Predictions,
    /// A document to bring in.
    Import,
}

impl TicketKind {
    /// The name in stores.
    pub fn name(self) -> &'static str {
        match self {
            Self::Predictions => "predictions",
            Self::Import => "import",
        }
    }
}

impl FromStr for TicketKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = [Self::Predictions, Self::Import].into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| format!("{name:?} is not a kind of ticket: predictions, import"))
    }
}

/// Where the work of a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketStatus {
    /// It is to be done.
    Open,
    /// It is done: there is an answer.
    Done,
    /// It could not be done.
    Failed,
}

impl TicketStatus {
    /// The name in stores and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for TicketStatus {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let known = [Self::Open, Self::Done, Self::Failed].into_iter().find(|status| status.name() == name);
        known.ok_or_else(|| format!("{name:?} is not a status of a ticket: open, done, failed"))
    }
}

/// Whether whoever holds a ticket was told that its work has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketNotice {
    /// Nobody is to be told.
    None,
    /// It is to be told, or tried again.
    Waiting,
    /// The other side has taken it.
    Sent,
    /// It could not be told.
    Failed,
}

impl TicketNotice {
    /// The name in stores and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for TicketNotice {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let all = [Self::None, Self::Waiting, Self::Sent, Self::Failed];
        let known = all.into_iter().find(|notice| notice.name() == name);
        known.ok_or_else(|| format!("{name:?} is not a notice of a ticket: none, waiting, sent, failed"))
    }
}

/// A ticket before the store knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTicket {
    /// A name that nobody can guess, of at least 32 characters.
    pub id: String,
    /// What it is for.
    pub kind: TicketKind,
    /// The account that asked.
    pub user_id: i64,
    /// What was asked in short, a JSON object.
    pub details: Value,
    /// What the work is done on; kept until it has ended.
    pub body: Vec<u8>,
    /// Where it is told that the work has ended.
    pub callback: Option<String>,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
}

/// A ticket as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// Its name.
    pub id: String,
    /// What it is for.
    pub kind: TicketKind,
    /// The account that asked.
    pub user_id: i64,
    /// What was asked in short, a JSON object.
    pub details: Value,
    /// Where it is told that the work has ended.
    pub callback: Option<String>,
    /// Where the work stands.
    pub status: TicketStatus,
    /// Why it could not be done.
    pub message: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the work ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
    /// Whether the other side was told.
    pub notice: TicketNotice,
    /// What came of telling it.
    pub notice_message: Option<String>,
    /// When that was.
    pub noticed_at: Option<DateTime<Utc>>,
}

/// How the work of a ticket ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketEnd<'a> {
    /// With an answer.
    Done(&'a [u8]),
    /// Without one, and why.
    Failed(&'a str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for kind in [TicketKind::Predictions, TicketKind::Import] {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        for status in [TicketStatus::Open, TicketStatus::Done, TicketStatus::Failed] {
            assert_eq!(status.name().parse(), Ok(status));
        }
        for notice in [TicketNotice::None, TicketNotice::Waiting, TicketNotice::Sent, TicketNotice::Failed] {
            assert_eq!(notice.name().parse(), Ok(notice));
        }
        assert!("x".parse::<TicketKind>().is_err() && "x".parse::<TicketNotice>().is_err());
    }
}
