//! One module per provider.

pub mod api_football;
pub mod challenge;
pub mod football_data;
pub mod openfootball;
pub mod simulated;

use crate::Source;

/// The reader of a source by the name under which its records are kept.
pub fn named(name: &str) -> Option<&'static dyn Source> {
    let all: [&'static dyn Source; 5] = [
        &football_data::FootballData,
        &challenge::Challenge,
        &openfootball::OpenFootball,
        &api_football::ApiFootball,
        &simulated::Simulated,
    ];
    all.into_iter().find(|source| source.name() == name)
}
