//! The same key at another server: what is under way and what came of it, in the memory that servers share. While that does not
//! answer, each server knows its own.

use super::Answer;
use crate::payload::{ErrorBody, Payload, Tagged};
use crate::state::SharedMemory;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use touchline_cache::{Opened, Seal};
use touchline_domain::ports::{Claim, ClaimAnswer, Coordination};

/// Longer than any write takes, so that nobody does it a second time meanwhile; whoever died with it holds it no longer.
const LEASE: Duration = Duration::from_mins(1);
const KEEP: Duration = Duration::from_hours(24);

/// Writes of all servers.
#[derive(Clone)]
pub(super) struct SharedAnswers {
    coordination: Arc<dyn Coordination>,
    seal: Seal,
    /// This process among the others.
    process: Arc<str>,
    begun: Arc<AtomicU64>,
}

/// Whose turn it is among servers.
pub(super) enum SharedTurn {
    /// Do it, and say what came of it, to all where they can be told.
    First(Option<Claimed>),
    Done(Answer),
    UnderWay,
    Other,
}

/// An answer, written down.
#[derive(Serialize, Deserialize)]
struct Written {
    status: u16,
    form: Form,
    data: Option<Box<RawValue>>,
    error: Option<ErrorBody>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Kept,
    Moment,
    Error,
}

impl SharedAnswers {
    pub fn new(memory: &SharedMemory) -> Self {
        // Two processes must not be taken for one: the keys of two hash maps are of the system's randomness.
        let random = [RandomState::new().hash_one(0), RandomState::new().hash_one(1)];
        Self {
            coordination: Arc::clone(&memory.coordination),
            seal: memory.behind.seal.clone(),
            process: format!("{:016x}{:016x}", random[0], random[1]).into(),
            begun: Arc::default(),
        }
    }

    /// Asks for a write under its key.
    pub async fn turn(&self, key: &str, asked: &[u8]) -> SharedTurn {
        let holder = format!("{}-{}", self.process, self.begun.fetch_add(1, Ordering::Relaxed));
        let claimed = Claimed {
            shared: self.clone(),
            key: key.to_owned(),
            asked: *blake3::hash(asked).as_bytes(),
            holder,
            is_open: true,
        };
        match self.coordination.claim(claimed.claim(), LEASE).await {
            Ok(ClaimAnswer::First) => SharedTurn::First(Some(claimed)),
            Ok(ClaimAnswer::UnderWay) => claimed.closed(SharedTurn::UnderWay),
            Ok(ClaimAnswer::Other) => claimed.closed(SharedTurn::Other),
            Ok(ClaimAnswer::Done(entry)) => {
                let answer = self.read(key, &entry);
                if answer.is_none() {
                    tracing::warn!(
                        "what came of a write cannot be read; this server goes by what it knows itself"
                    );
                }
                claimed.closed(answer.map_or(SharedTurn::First(None), SharedTurn::Done))
            }
            Err(_) => claimed.closed(SharedTurn::First(None)),
        }
    }

    fn read(&self, key: &str, entry: &[u8]) -> Option<Answer> {
        let Opened::Found(bytes) = self.seal.open(&sealed_as(key), entry)? else { return None };
        let Written { status, form, data, error } = serde_json::from_slice(bytes).ok()?;
        let payload = match form {
            Form::Kept => Payload::Kept(Arc::new(Tagged::of(&data?)?)),
            Form::Moment => Payload::Moment(data?),
            Form::Error => Payload::Error(error?, data),
        };
        Some((StatusCode::from_u16(status).ok()?, payload))
    }

    fn written(&self, key: &str, (status, payload): &Answer) -> Option<Vec<u8>> {
        let (form, data, error) = match payload {
            Payload::Kept(tagged) => (Form::Kept, Some(tagged.data.clone()), None),
            Payload::Moment(data) => (Form::Moment, Some(data.clone()), None),
            Payload::Error(error, data) => (Form::Error, data.clone(), Some(error.clone())),
            // No write answers so.
            Payload::Finished(_) => return None,
        };
        let written = Written { status: status.as_u16(), form, data, error };
        Some(self.seal.close(&sealed_as(key), Some(&serde_json::to_vec(&written).ok()?)))
    }
}

/// What an outcome is sealed under, so that none passes for an answer that is kept.
fn sealed_as(key: &str) -> String {
    format!("outcome of {key}")
}

/// A write that this server does. Dropped without a word it goes to whoever asks next.
pub(super) struct Claimed {
    shared: SharedAnswers,
    key: String,
    asked: [u8; 32],
    holder: String,
    is_open: bool,
}

impl Claimed {
    fn claim(&self) -> Claim<'_> {
        Claim { key: &self.key, asked: &self.asked, holder: &self.holder }
    }

    /// There is nothing to give back.
    fn closed(mut self, turn: SharedTurn) -> SharedTurn {
        self.is_open = false;
        turn
    }

    /// This came of it.
    pub async fn done(mut self, answer: &Answer) {
        let Some(entry) = self.shared.written(&self.key, answer) else { return };
        self.is_open = false;
        if self.shared.coordination.finish(self.claim(), &entry, KEEP).await.is_err() {
            tracing::warn!(
                "other servers are not told what came of a write: under its key they may do it again"
            );
        }
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        let (true, Ok(runtime)) = (self.is_open, tokio::runtime::Handle::try_current()) else { return };
        let (coordination, asked) = (Arc::clone(&self.shared.coordination), self.asked);
        let (key, holder) = (std::mem::take(&mut self.key), std::mem::take(&mut self.holder));
        runtime.spawn(async move {
            // Where nobody answers, it is nobody's after the lease.
            let _ = coordination.release(Claim { key: &key, asked: &asked, holder: &holder }).await;
        });
    }
}
