//! Answers that cost something, kept in this process and, where there is one, in a Redis that servers share; and the limits
//! that servers hold together by it.
//!
//! [`Layered`] is the cache: memory, then a [`Layer`] behind it, then whoever reads or computes. Many who ask for the same at
//! the same time wait for one. An entry behind the memory is untrusted: it is sealed with a secret and its own key
//! ([`Seal`]), and what does not open is a miss. [`Redis`] is the one [`Layer`] there is, and the one
//! [`Coordination`](touchline_domain::ports::Coordination). Its loss is a slower answer, never a wrong one: calls take a short
//! time at most, and none at all while nothing answers.
//!
//! Nothing here knows what an answer says. Keys must name everything that an answer depends on.

mod envelope;
mod layered;
mod meter;
mod redis;
#[cfg(feature = "testing")]
pub mod testing;
mod ttl;

pub use self::redis::{Redis, RedisSettings, RedisUrl, RedisUrlFault};
pub use envelope::{Opened, Seal};
pub use layered::{Behind, Fresh, Keepable, Layer, Layered};
pub use ttl::{jittered, until_kickoff};
