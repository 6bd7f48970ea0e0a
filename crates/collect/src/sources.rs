//! One module per provider.

pub mod challenge;
pub mod football_data;
pub mod openfootball;
pub mod simulated;
