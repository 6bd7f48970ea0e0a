//! Where teams play, from a file: one ground a row, with the names of teams that the store knows.

use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use thiserror::Error;
use touchline_collect::names::resembling;
use touchline_domain::ports::{NameReader, StoreError, SurroundingsWriter, TeamReader};
use touchline_domain::{Ground, TeamId};

/// The most rows of a file.
const MOST: usize = 20_000;
/// Names that are suggested for one that is not known.
const SUGGESTED: usize = 3;

/// Columns by the names that they may have, the first one found counts.
const COUNTRY: &[&str] = &["country"];
const TEAM: &[&str] = &["fdcouk", "team", "club"];
const NAME: &[&str] = &["ground", "stadium", "venue"];
const LATITUDE: &[&str] = &["latitude", "lat"];
const LONGITUDE: &[&str] = &["longitude", "lon", "lng"];
const SINCE: &[&str] = &["since", "from"];

/// Why a file of grounds is not taken. Nothing of it is.
#[derive(Debug, Error)]
pub enum GroundsError {
    /// It is no table of grounds.
    #[error("not a table of grounds: {0}")]
    Malformed(#[from] csv::Error),
    /// A column is missing.
    #[error(
        "the first line names no column {0}; it must name country, team, ground, latitude and longitude, and may name since"
    )]
    Column(&'static str),
    /// A row that cannot be.
    #[error("line {line}: {what}")]
    Row {
        /// The line.
        line: u64,
        /// What is wrong, and what to write.
        what: String,
    },
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What came of a file of grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportedGrounds {
    /// Rows of the file.
    pub rows: u64,
    /// Grounds that are different now.
    pub changed: u64,
    /// Rows of teams that the store does not hold, and what they may have meant.
    pub unknown: Vec<UnknownTeam>,
}

/// A team that the store does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownTeam {
    /// Its country.
    pub country: String,
    /// The name in the file.
    pub team: String,
    /// Known teams of the country that are called alike.
    pub perhaps: Vec<String>,
}

/// Reads a table of grounds: CSV with a heading line. Blanks around names are dropped, coordinates are decimal degrees.
///
/// # Errors
/// It is no such table, or a row cannot be.
pub fn read(text: &str) -> Result<Vec<Ground>, GroundsError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headings: Vec<String> = table.headers()?.iter().map(str::to_lowercase).collect();
    let find = |names: &[&str]| names.iter().find_map(|name| headings.iter().position(|h| h == name));
    let column = |names: &'static [&'static str]| {
        find(names).ok_or(GroundsError::Column(names[names.len().min(2) - 1]))
    };
    let (country, team, name) = (column(COUNTRY)?, column(TEAM)?, column(NAME)?);
    let (latitude, longitude, since) = (column(LATITUDE)?, column(LONGITUDE)?, find(SINCE));
    let mut grounds = Vec::new();
    for record in table.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let row = |what: String| GroundsError::Row { line, what };
        let field = |at: usize| record.get(at).unwrap_or_default();
        if record.iter().all(str::is_empty) {
            continue;
        }
        if grounds.len() >= MOST {
            return Err(row(format!("a file of grounds has at most {MOST} rows")));
        }
        let degrees = |at: usize| {
            field(at)
                .parse::<f64>()
                .map_err(|_| row(format!("{:?} is not a number of degrees, such as 51.4816", field(at))))
        };
        let first = match since.map(field).unwrap_or_default() {
            "" => Ground::ALWAYS,
            day => day
                .parse::<NaiveDate>()
                .map_err(|_| row(format!("{day:?} is not a day; write yyyy-mm-dd")))?,
        };
        let ground = Ground {
            country: field(country).to_owned(),
            team: field(team).to_owned(),
            name: field(name).to_owned(),
            latitude: degrees(latitude)?,
            longitude: degrees(longitude)?,
            since: first,
        };
        if [&ground.country, &ground.team, &ground.name].iter().any(|text| text.is_empty()) {
            return Err(row("country, team and ground must not be empty".to_owned()));
        }
        ground.check().map_err(row)?;
        grounds.push(ground);
    }
    Ok(grounds)
}

/// Takes a file of grounds into the store. Rows of teams that it does not hold are left out and named.
///
/// # Errors
/// The text is no file of grounds, or the store is not available; then nothing is applied.
pub async fn import<S>(store: &S, text: &str) -> Result<ImportedGrounds, GroundsError>
where
    S: TeamReader + NameReader + SurroundingsWriter + ?Sized,
{
    let rows = read(text)?;
    let countries: BTreeSet<String> = rows.iter().map(|ground| ground.country.clone()).collect();
    let mut names: HashMap<(String, String), BTreeSet<TeamId>> = HashMap::new();
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for alias in store.team_aliases(&Vec::from_iter(countries.clone()), None).await? {
        names.entry((alias.country, alias.alias)).or_default().insert(alias.team);
    }
    for team in store.teams().await?.into_iter().filter(|team| countries.contains(&team.country)) {
        known.entry(team.country.clone()).or_default().push(team.name.clone());
        // Its own name is of the team, whatever a source calls by it.
        names.insert((team.country, team.name), BTreeSet::from([team.id]));
    }
    let count = rows.len() as u64;
    let is_known = |ground: &Ground| {
        names.get(&(ground.country.clone(), ground.team.clone())).is_some_and(|teams| teams.len() == 1)
    };
    let (held, others): (Vec<Ground>, Vec<Ground>) = rows.into_iter().partition(is_known);
    let changed = store.put_grounds(&held).await?;
    let unknown = |ground: Ground| {
        let teams = known.get(&ground.country).map_or(&[][..], Vec::as_slice);
        let perhaps = resembling(&ground.team, teams.iter().map(String::as_str), SUGGESTED);
        let perhaps = perhaps.into_iter().map(str::to_owned).collect();
        UnknownTeam { country: ground.country, team: ground.team, perhaps }
    };
    Ok(ImportedGrounds { rows: count, changed, unknown: others.into_iter().map(unknown).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_by_its_headings() {
        let text = "\u{feff}Team,FDCOUK,City,Stadium,Latitude,Longitude,Country,Since\n\
             Alder Town ,Alder,x,Alder Park ,50.5,-1.25,England,\n,,,,,,,\nBirch,Birch,x,The Birches,51,0.5,England,2016-08-13\n";
        let grounds = read(text).unwrap();
        assert_eq!(grounds.len(), 2);
        let first = &grounds[0];
        assert_eq!(
            (first.team.as_str(), first.name.as_str(), first.since),
            ("Alder", "Alder Park", Ground::ALWAYS)
        );
        assert_eq!((first.latitude, first.longitude), (50.5, -1.25));
        assert_eq!(grounds[1].since.to_string(), "2016-08-13");
    }

    #[test]
    fn a_row_that_cannot_be_is_named_by_its_line() {
        for (row, told) in [
            ("England,Alder,Park,50.5,x", "line 2: \"x\" is not a number of degrees"),
            ("England,Alder,Park,95,0.5", "line 2: 95, 0.5 are not coordinates"),
            ("England,,Park,50,0.5", "line 2: country, team and ground"),
            ("England,Alder,Park,0,0", "Atlantic"),
        ] {
            let error =
                read(&format!("country,team,ground,latitude,longitude\n{row}\n")).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        assert!(matches!(read("country,team,ground,latitude\n"), Err(GroundsError::Column("lon"))));
        assert!(read("country,team,ground,lat,lon\nEngland,Alder\n").is_err());
    }
}
