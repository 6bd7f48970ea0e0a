//! Checks over a store: what they find, that they record it once, and which corruptions they see.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod check;
mod corruption;
mod held;
mod invented;
mod quarantine;
mod versions;
mod weekly;
