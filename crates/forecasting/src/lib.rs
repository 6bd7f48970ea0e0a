//! Use cases that forecast: fixtures of a file, stored matches to come, and the answers of a service. They apply what
//! `learning` has trained; nothing here trains.

pub mod predict;
pub mod serving;
