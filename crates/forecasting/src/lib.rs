//! Use cases that forecast: fixtures of a file, stored matches to come, the answers of a service, and the ledger of what
//! was sealed. They apply what `learning` has trained; nothing here trains.

pub mod ledger;
pub mod predict;
pub mod seal;
pub mod serving;
pub mod to_come;
