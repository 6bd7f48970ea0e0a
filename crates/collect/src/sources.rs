//! One module per provider.

pub mod challenge;
