//! Why nothing usable came of a request: one kind per thing that a caller can do about it.

use std::fmt;
use std::time::Duration;
use thiserror::Error;
use touchline_domain::ports::Retry;

/// What went wrong, by what can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// The source refuses this caller: a key that is not accepted, a challenge page, robots.txt. Asking more makes it worse.
    Blocked,
    /// What may be asked is used up for now.
    Quota,
    /// There is nothing, or not yet.
    Empty,
    /// Something came that is not what this source used to send.
    ChangedShape,
    /// What came is damaged, endless or too large, or the request is not one that the source understands.
    Malformed,
    /// The source does not answer, or not within the limits of time.
    Unavailable,
}

impl FailureKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Blocked, Self::Quota, Self::Empty, Self::ChangedShape, Self::Malformed, Self::Unavailable];

    /// The name in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Quota => "quota",
            Self::Empty => "empty",
            Self::ChangedShape => "changed_shape",
            Self::Malformed => "malformed",
            Self::Unavailable => "unavailable",
        }
    }

    /// When to ask again, where the source does not say it.
    pub fn usual_retry(self) -> Retry {
        let minutes = |n: u64| Retry::After(Duration::from_secs(n * 60));
        match self {
            Self::Blocked => minutes(24 * 60),
            Self::Quota => minutes(60),
            Self::Empty => minutes(6 * 60),
            Self::ChangedShape | Self::Malformed => Retry::Never,
            Self::Unavailable => minutes(5),
        }
    }
}

/// A request of which nothing usable came. Its text holds no key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct Failure {
    /// What went wrong.
    pub kind: FailureKind,
    /// What is wrong and what to do, in a sentence.
    pub message: String,
    /// Whether asking again can help.
    pub retry: Retry,
    /// What was asked, without keys.
    pub endpoint: String,
    /// The status of the last answer, where one came.
    pub status: Option<u16>,
    /// How often it was asked again before this was given up.
    pub retries: u32,
}

impl Failure {
    /// A failure with the usual time to ask again, of no request yet.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            retry: kind.usual_retry(),
            endpoint: String::new(),
            status: None,
            retries: 0,
        }
    }

    /// Whether the source does not want to be asked: further requests would be refused too.
    pub fn is_refusal(&self) -> bool {
        matches!(self.kind, FailureKind::Blocked | FailureKind::Quota)
    }

    /// With another time to ask again.
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Of an answer with this status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Of a request to this address, which holds no key.
    #[must_use]
    pub fn of(self, endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.endpoint.is_empty() {
            write!(f, "{}: ", self.endpoint)?;
        }
        f.write_str(&self.message)?;
        if let Some(status) = self.status {
            write!(f, " (status {status})")?;
        }
        match self.retries {
            0 => Ok(()),
            1 => f.write_str("; asked again once"),
            n => write!(f, "; asked again {n} times"),
        }
    }
}
