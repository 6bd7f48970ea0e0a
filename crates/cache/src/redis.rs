//! Redis: entries that servers share, and what they agree on.
//!
//! Scripts do what must not be torn apart, by the server's own clock. A script's keys share a hash tag, so that a cluster keeps
//! them on one node.

mod coordination;
mod link;
mod url;

pub use url::{RedisUrl, RedisUrlFault};

use crate::layered::Layer;
use ::redis as client;
use async_trait::async_trait;
use client::{Cmd, FromRedisValue, ScriptInvocation};
use link::{Link, keep};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use touchline_domain::ports::Unreachable;

/// Most bytes of an entry.
const LARGEST_ENTRY: usize = 2 << 20;

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedisSettings {
    /// A call that takes longer counts as failed, and the connection with it.
    pub call: Duration,
    /// Longest time of connecting.
    pub connect: Duration,
    /// How often a connection that nobody uses is asked for a sign of life.
    pub look_after: Duration,
}

impl Default for RedisSettings {
    fn default() -> Self {
        let (call, connect) = (Duration::from_millis(100), Duration::from_secs(2));
        Self { call, connect, look_after: Duration::from_secs(30) }
    }
}

/// A Redis that servers share. Clones share the connection.
#[derive(Clone)]
pub struct Redis(Arc<Kept>);

struct Kept {
    link: Arc<Link>,
    prefix: String,
    scripts: coordination::Scripts,
    keeper: JoinHandle<()>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("url", self.0.link.url()).finish_non_exhaustive()
    }
}

impl Redis {
    /// Connects behind, and goes on trying for as long as this is there. What is agreed on stands under names that begin with
    /// the prefix. Needs a Tokio runtime.
    pub fn start(url: RedisUrl, settings: RedisSettings, prefix: &str) -> Self {
        let link = Link::new(url, settings);
        let keeper = tokio::spawn(keep(Arc::downgrade(&link)));
        let scripts = coordination::Scripts::default();
        Self(Arc::new(Kept { link, prefix: prefix.to_owned(), scripts, keeper }))
    }

    /// Waits until it answers, or does not any longer.
    pub async fn until(&self, answers: bool) {
        self.0.link.until(answers).await;
    }

    /// One command.
    async fn command<T: FromRedisValue>(&self, command: Cmd) -> Result<T, Unreachable> {
        self.0.link.call(|mut connection| async move { command.query_async(&mut connection).await }).await
    }

    /// One script.
    async fn script<T: FromRedisValue>(&self, script: ScriptInvocation<'_>) -> Result<T, Unreachable> {
        self.0.link.call(|mut connection| async move { script.invoke_async(&mut connection).await }).await
    }
}

#[async_trait]
impl Layer for Redis {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Unreachable> {
        // A range, so that what somebody else put there cannot fill the memory.
        let mut range = client::cmd("GETRANGE");
        range.arg(key).arg(0).arg(LARGEST_ENTRY);
        let bytes: Vec<u8> = self.command(range).await?;
        Ok(Some(bytes).filter(|bytes| (1..=LARGEST_ENTRY).contains(&bytes.len())))
    }

    async fn put(&self, key: &str, bytes: Vec<u8>, ttl: Duration) -> Result<(), Unreachable> {
        if bytes.len() > LARGEST_ENTRY {
            return Ok(());
        }
        let mut set = client::cmd("SET");
        set.arg(key).arg(bytes).arg("PX").arg(ttl.as_millis().max(1) as u64);
        self.command(set).await
    }

    async fn remove(&self, key: &str) -> Result<(), Unreachable> {
        let mut delete = client::cmd("DEL");
        delete.arg(key);
        self.command(delete).await
    }
}
