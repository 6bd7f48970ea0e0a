//! A common memory of servers that says what a test tells it.

use async_trait::async_trait;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use touchline_domain::ports::{
    BucketLevel, Claim, ClaimAnswer, Coordination, CoordinationHealth, Suspect, Unreachable, WaitRule,
};

/// Says the same to all who take a token, and holds one account's wait.
#[derive(Debug, Default)]
pub(crate) struct Fake {
    level: Mutex<Option<Result<BucketLevel, Unreachable>>>,
    wait: Mutex<Option<Result<Option<u64>, Unreachable>>>,
    asked: AtomicU64,
    forgiven: Mutex<Vec<String>>,
}

impl Fake {
    /// What is said of buckets from now on.
    pub fn answer(&self, level: Result<BucketLevel, Unreachable>) {
        *self.level.lock().unwrap() = Some(level);
    }

    /// What is said of attempts from now on.
    pub fn wait(&self, wait: Result<Option<u64>, Unreachable>) {
        *self.wait.lock().unwrap() = Some(wait);
    }

    /// How often it was asked.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    /// Whose failures were forgotten.
    pub fn forgiven(&self) -> Vec<String> {
        self.forgiven.lock().unwrap().clone()
    }
}

#[async_trait]
impl Coordination for Fake {
    async fn take(&self, _: &str, _: u32) -> Result<BucketLevel, Unreachable> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.level.lock().unwrap().unwrap_or(Err(Unreachable))
    }

    async fn attempt(&self, _: [Suspect<'_>; 2], _: WaitRule) -> Result<Option<u64>, Unreachable> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.wait.lock().unwrap().unwrap_or(Err(Unreachable))
    }

    async fn succeeded(&self, forgotten: &str, _: &str) -> Result<(), Unreachable> {
        self.forgiven.lock().unwrap().push(forgotten.to_owned());
        Ok(())
    }

    async fn claim(&self, _: Claim<'_>, _: Duration) -> Result<ClaimAnswer, Unreachable> {
        Err(Unreachable)
    }

    async fn finish(&self, _: Claim<'_>, _: &[u8], _: Duration) -> Result<(), Unreachable> {
        Err(Unreachable)
    }

    async fn release(&self, _: Claim<'_>) -> Result<(), Unreachable> {
        Err(Unreachable)
    }

    async fn health(&self) -> CoordinationHealth {
        CoordinationHealth { answers: true, details: "a fake".to_owned() }
    }
}
