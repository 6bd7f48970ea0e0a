//! Any table by a map: delimited files and workbooks whose columns a [`Map`] explains. Maps of shapes that many people
//! hold are [`presets`]; others a person writes, or has written by [`guess`] and reviews.

pub mod guess;
pub mod presets;

mod columns;
mod competitions;
mod dates;
mod fields;
mod leagues;
mod map;
mod odds;
mod read;
mod schema;
mod seasons;
mod sheets;
mod statistics;
mod words;

pub use map::{LONGEST_MAP, Map, MapError};
pub(crate) use words::joined_score;

use crate::names::fold;
use crate::{Document, DocumentError, Parsed, Source, sources};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;
use touchline_domain::{NewLeague, Season};

/// What a person says of the files of a table, besides their map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The league of all rows, by a code or a word that the map knows.
    pub league: Option<String>,
    /// The season of rows that state none.
    pub season: Option<Season>,
    /// The name under which records are kept; by default the map's.
    pub source: Option<String>,
}

/// Why a table cannot be read as told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableError {
    /// The map is wrong.
    #[error("the map is not valid: {0}")]
    Map(#[from] MapError),
    /// A name of a source that is not one.
    #[error(
        "{0:?} is not a name of a source; write at most 60 lower-case letters, digits, dots, dashes and underscores"
    )]
    SourceName(String),
    /// A name under which another reader keeps its records.
    #[error("{0:?} is the name of a source that has a reader of its own; choose another with --source")]
    SourceTaken(String),
    /// A league that is not known.
    #[error(
        "{0:?} is not a known league; write a code such as E0 or en.1, or a word of [leagues] in the map"
    )]
    League(String),
    /// What was kept beside a document is not what this program keeps.
    #[error("how the document is to be read is not legible ({0}); update the program")]
    Reading(String),
}

/// How a document of a table is read, as it is kept beside it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    /// The map's text.
    map: String,
    /// Its BLAKE3, lower-case hex.
    map_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    league: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    season: Option<Season>,
}

/// Reads tables by one map.
#[derive(Debug, Clone)]
pub struct TableSource {
    map: Map,
    name: String,
    league: Option<String>,
    season: Option<Season>,
    reading: String,
    /// Leagues by a word of the tables, which people have told since the map was written.
    told_leagues: BTreeMap<String, NewLeague>,
}

impl TableSource {
    /// A reader of tables as a map and a person say.
    ///
    /// # Errors
    /// The name of the source is none or taken, or the league is not known.
    pub fn new(map: Map, told: Told) -> Result<Self, TableError> {
        let name = told.source.unwrap_or_else(|| map.source().to_owned());
        if !words::is_identifier(&name) {
            return Err(TableError::SourceName(name));
        }
        if sources::by_name(&name).is_some() {
            return Err(TableError::SourceTaken(name));
        }
        if let Some(word) = &told.league
            && leagues::find(word, None, &map.leagues, &name).is_none()
        {
            return Err(TableError::League(word.clone()));
        }
        let reading = Reading {
            map: map.text().to_owned(),
            map_hash: blake3::hash(map.text().as_bytes()).to_hex().to_string(),
            league: told.league.clone(),
            season: told.season,
        };
        let reading = serde_json::to_string(&reading).map_err(|e| TableError::Reading(e.to_string()))?;
        let told_leagues = BTreeMap::new();
        Ok(Self { map, name, league: told.league, season: told.season, reading, told_leagues })
    }

    /// The reader of a document that was kept with its reading.
    ///
    /// # Errors
    /// What was kept cannot be understood.
    pub fn of_reading(name: &str, reading: &str) -> Result<Self, TableError> {
        let kept: Reading = serde_json::from_str(reading).map_err(|e| TableError::Reading(e.to_string()))?;
        if blake3::hash(kept.map.as_bytes()).to_hex().as_str() != kept.map_hash {
            return Err(TableError::Reading("the map does not have its hash".to_owned()));
        }
        let told = Told { league: kept.league, season: kept.season, source: Some(name.to_owned()) };
        Self::new(Map::parse(&kept.map)?, told)
    }

    /// The map.
    pub fn map(&self) -> &Map {
        &self.map
    }
}

/// A league by a code of any source, or by a name that only one league has.
pub fn well_known_league(word: &str) -> Option<NewLeague> {
    leagues::well_known(word, None)
}

impl Source for TableSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn reading(&self) -> Option<&str> {
        Some(&self.reading)
    }

    fn with_leagues(&self, leagues: &[(String, NewLeague)]) -> Option<Box<dyn Source>> {
        let mut told = self.clone();
        let own = |league: &NewLeague| NewLeague { source: self.name.clone(), ..league.clone() };
        told.told_leagues.extend(leagues.iter().map(|(word, league)| (fold(word), own(league))));
        Some(Box::new(told))
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        read::read(self, document, collected_at)
    }
}

#[cfg(test)]
mod tests;
