//! What several servers agree on beside the store: how often somebody asked of all of them together, and who does a thing that
//! must be done once. It is optional: where it does not answer, each server goes by what it knows itself.

use async_trait::async_trait;
use std::time::Duration;
use thiserror::Error;

/// The common memory does not answer at present, or what it says cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the servers' common memory does not answer")]
pub struct Unreachable;

/// What is left in somebody's bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BucketLevel {
    /// Whether a token was there, and was taken.
    pub taken: bool,
    /// Tokens that are left, 0 to those of a minute.
    pub left: f64,
}

/// How long somebody waits who fails: nothing up to a number of failures, then a first wait that doubles with each one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitRule {
    /// The first wait, seconds.
    pub first: u32,
    /// No wait is longer, and after so many seconds without a failure all is forgotten.
    pub longest: u32,
}

/// Somebody whose failures are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspect<'a> {
    /// The name of the count.
    pub name: &'a str,
    /// Failures that cost nothing.
    pub free: u32,
}

/// A thing that is done once, however many servers are asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Under which key it was asked for.
    pub key: &'a str,
    /// What was asked, hashed.
    pub asked: &'a [u8; 32],
    /// Who asks: a name that nobody else has.
    pub holder: &'a str,
}

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimAnswer {
    /// The one who asks: do it, then [`finish`](Coordination::finish) or [`release`](Coordination::release).
    First,
    /// It was done, and this came of it.
    Done(Vec<u8>),
    /// Somebody else is doing it.
    UnderWay,
    /// The key was used for something else.
    Other,
}

/// How the common memory stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoordinationHealth {
    /// Whether it answers.
    pub answers: bool,
    /// What it says, or why it does not answer.
    pub details: String,
}

/// The common memory of servers. Each call takes a short time at most, also where nothing answers. Times are by the clock of
/// the memory, which is the same for all.
#[async_trait]
pub trait Coordination: Send + Sync {
    /// Takes a token of a bucket that holds `per_minute`, and fills by as many in a minute.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn take(&self, bucket: &str, per_minute: u32) -> Result<BucketLevel, Unreachable>;

    /// Counts an attempt of two suspects together, unless one of them has to wait; returns how many seconds then.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn attempt(&self, suspects: [Suspect<'_>; 2], rule: WaitRule) -> Result<Option<u64>, Unreachable>;

    /// Forgets the failures of one, and gives another one attempt back.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn succeeded(&self, forgotten: &str, given_back: &str) -> Result<(), Unreachable>;

    /// Asks for a thing that is to be done once. Who is first has it for so long.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn claim(&self, claim: Claim<'_>, lease: Duration) -> Result<ClaimAnswer, Unreachable>;

    /// Says what came of it, for whoever asks within a time.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn finish(&self, claim: Claim<'_>, outcome: &[u8], keep: Duration) -> Result<(), Unreachable>;

    /// It was not done: whoever asks next is first.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn release(&self, claim: Claim<'_>) -> Result<(), Unreachable>;

    /// Asks whether it answers.
    async fn health(&self) -> CoordinationHealth;
}
