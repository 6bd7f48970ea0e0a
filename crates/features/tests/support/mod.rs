//! Invented and recorded histories, and the proof that features of a match do not depend on what came later.
#![allow(dead_code, reason = "each test file uses a part")]
#![expect(clippy::unwrap_used, reason = "helpers of tests: fixtures are known to be well formed")]

pub mod proof;
pub mod real;
pub mod squads;
pub mod world;
