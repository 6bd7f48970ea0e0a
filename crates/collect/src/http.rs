//! Asking sources on the web, politely and stubbornly. A [`Fetcher`] serves one source: it keeps to the source's limits
//! ([`limit`]), asks again where that can help ([`retry`]), stops where it cannot ([`breaker`]), spends no more than it may
//! ([`budget`]), keeps what came ([`cache`]) and says in one of six ways why nothing came ([`FailureKind`]). It sends GET
//! requests alone, which may be repeated.
//!
//! Time and chance are parameters ([`time`]); the limits of the network itself (connecting, idle bodies) are real time. Keys
//! are [`Secret`]s, which show as stars, and addresses never hold one until they are sent.

mod body;
pub mod breaker;
pub mod budget;
pub mod cache;
mod client;
mod failure;
pub mod limit;
mod proxies;
mod redact;
pub mod retry;
pub mod robots;
pub mod time;
pub mod token;

pub use body::Limits;
pub use client::{
    Answer, Etiquette, Expects, Fetcher, Head, KeyPlace, Origin, QuotaReading, Request, Settings,
};
pub use failure::{Failure, FailureKind};
pub use redact::Secret;
