//! One module per provider.

pub mod api_football;
pub mod challenge;
pub mod football_data;
pub mod openfootball;
pub mod simulated;
