//! One module per provider.

pub mod api_football;
pub mod challenge;
pub mod clubelo;
pub mod fbref;
pub mod football_data;
pub mod football_data_org;
pub mod fotmob;
pub mod news;
pub mod odds_import;
pub mod openfootball;
pub mod simulated;
pub mod the_odds_api;
pub mod understat;
pub mod weather;

use crate::Source;
use crate::tables::TableSource;

/// All sources that the program reads, each once.
pub const ALL: [&dyn Source; 15] = [
    &football_data::FootballData,
    &challenge::Challenge,
    &openfootball::OpenFootball,
    &api_football::ApiFootball,
    &football_data_org::FootballDataOrg,
    &the_odds_api::TheOddsApi,
    &understat::Understat,
    &fbref::Fbref,
    &fotmob::FotMob,
    &clubelo::ClubElo,
    &news::News,
    &odds_import::OddsImport,
    &weather::open_meteo::OpenMeteo,
    &weather::open_weather_map::OpenWeatherMap,
    &simulated::Simulated,
];

/// What reads a stored document.
#[derive(Debug)]
pub enum Reader {
    /// The reader of a source.
    Known(&'static dyn Source),
    /// A table by the map that was kept beside it.
    Table(Box<TableSource>),
}

impl Reader {
    /// The source.
    pub fn source(&self) -> &dyn Source {
        match self {
            Self::Known(source) => *source,
            Self::Table(source) => source.as_ref(),
        }
    }
}

/// What reads a stored document of a source with what was kept beside it; none where this program cannot.
pub fn reader(name: &str, reading: Option<&str>) -> Option<Reader> {
    match reading {
        None => by_name(name).map(Reader::Known),
        Some(reading) => {
            TableSource::of_reading(name, reading).ok().map(|source| Reader::Table(Box::new(source)))
        }
    }
}

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
