//! One module per provider.

pub mod api_football;
pub mod challenge;
pub mod football_data;
pub mod openfootball;
pub mod simulated;

use crate::Source;

/// All sources that the program reads, each once.
pub const ALL: [&dyn Source; 5] = [
    &football_data::FootballData,
    &challenge::Challenge,
    &openfootball::OpenFootball,
    &api_football::ApiFootball,
    &simulated::Simulated,
];

/// The source under whose name records are kept; none where this program does not know it.
pub fn by_name(name: &str) -> Option<&'static dyn Source> {
    ALL.into_iter().find(|source| source.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_found_by_its_name() {
        for source in ALL {
            assert_eq!(by_name(source.name()).map(Source::name), Some(source.name()));
        }
        assert!(by_name("from-a-newer-program").is_none());
    }
}
