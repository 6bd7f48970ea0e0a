//! What people are told when something is wrong.
//!
//! A look at the system gives what is wrong now ([`Condition`](touchline_domain::Condition)). [`Alerting::observe`] keeps one
//! alert per cause for as long as it lasts; [`Alerting::tell`] decides who is told when, and hands the messages over. Both
//! are driven by whoever leads, and everything that has to outlive a process is in the store: a message that could not be
//! handed over is tried again by the next leader.
//!
//! Time is a parameter throughout.

mod channels;
mod delivery;
mod text;
mod watch;

pub use channels::LogChannel;
pub use delivery::Delivered;
pub use text::compose;
pub use watch::{Alerting, AlertingStore, Routes};
