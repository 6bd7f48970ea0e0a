//! The leagues of football-data.co.uk.

use chrono::{Datelike, NaiveDate};
use touchline_domain::{CompetitionKind, NewLeague, Season};

/// A league as the source codes it.
#[derive(Debug, Clone, Copy)]
pub struct CatalogueEntry {
    /// The code: `Div` of the main leagues, the file's name of the extra ones.
    pub code: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Its country.
    pub country: &'static str,
    /// Its tier.
    pub level: u8,
    /// Seasons that lie within one calendar year: in which years.
    pub calendar_years: Option<(i32, i32)>,
}

impl CatalogueEntry {
    /// The record of this league.
    pub(crate) fn record(&self, source: &str) -> NewLeague {
        NewLeague {
            code: self.code.to_owned(),
            name: self.name.to_owned(),
            country: self.country.to_owned(),
            level: self.level,
            source: source.to_owned(),
            kind: CompetitionKind::League,
        }
    }

    /// The season of a date where the league plays by calendar year.
    pub(crate) fn calendar_season(&self, date: NaiveDate) -> Option<Season> {
        let (first, last) = self.calendar_years?;
        let year = Some(date.year()).filter(|year| (first..=last).contains(year))?;
        Season::calendar_year(u16::try_from(year).ok()?).ok()
    }
}

/// Whether the league of a code never plays by calendar year.
pub(crate) fn plays_across_years(code: &str) -> bool {
    LEAGUES.iter().any(|league| league.code == code && league.calendar_years.is_none())
}

const fn main(code: &'static str, name: &'static str, country: &'static str, level: u8) -> CatalogueEntry {
    CatalogueEntry { code, name, country, level, calendar_years: None }
}

const fn extra(
    code: &'static str,
    name: &'static str,
    country: &'static str,
    calendar_years: Option<(i32, i32)>,
) -> CatalogueEntry {
    CatalogueEntry { code, name, country, level: 1, calendar_years }
}

/// Years without end, for leagues that always play by calendar year.
const ALWAYS: Option<(i32, i32)> = Some((0, 9999));

/// All codes: 22 main leagues and 16 extra ones.
pub(crate) const LEAGUES: [CatalogueEntry; 38] = [
    main("E0", "Premier League", "England", 1),
    main("E1", "Championship", "England", 2),
    main("E2", "League One", "England", 3),
    main("E3", "League Two", "England", 4),
    main("EC", "National League", "England", 5),
    main("SC0", "Scottish Premiership", "Scotland", 1),
    main("SC1", "Scottish Championship", "Scotland", 2),
    main("SC2", "Scottish League One", "Scotland", 3),
    main("SC3", "Scottish League Two", "Scotland", 4),
    main("D1", "Bundesliga", "Germany", 1),
    main("D2", "2. Bundesliga", "Germany", 2),
    main("I1", "Serie A", "Italy", 1),
    main("I2", "Serie B", "Italy", 2),
    main("SP1", "La Liga", "Spain", 1),
    main("SP2", "Segunda División", "Spain", 2),
    main("F1", "Ligue 1", "France", 1),
    main("F2", "Ligue 2", "France", 2),
    main("N1", "Eredivisie", "Netherlands", 1),
    main("B1", "Pro League", "Belgium", 1),
    main("P1", "Primeira Liga", "Portugal", 1),
    main("T1", "Süper Lig", "Turkey", 1),
    main("G1", "Super League", "Greece", 1),
    extra("ARG", "Liga Profesional", "Argentina", Some((2020, 9999))),
    extra("AUT", "Bundesliga", "Austria", None),
    extra("BRA", "Série A", "Brazil", ALWAYS),
    extra("CHN", "Super League", "China", ALWAYS),
    extra("DNK", "Superliga", "Denmark", None),
    extra("FIN", "Veikkausliiga", "Finland", ALWAYS),
    extra("IRL", "Premier Division", "Ireland", ALWAYS),
    extra("JPN", "J1 League", "Japan", Some((0, 2025))),
    extra("MEX", "Liga MX", "Mexico", None),
    extra("NOR", "Eliteserien", "Norway", ALWAYS),
    extra("POL", "Ekstraklasa", "Poland", None),
    extra("ROU", "Liga 1", "Romania", None),
    extra("RUS", "Premier League", "Russia", None),
    extra("SWE", "Allsvenskan", "Sweden", ALWAYS),
    extra("SWZ", "Super League", "Switzerland", None),
    extra("USA", "Major League Soccer", "United States", ALWAYS),
];

/// All leagues, as records of this source.
pub(crate) fn leagues() -> impl Iterator<Item = NewLeague> {
    LEAGUES.iter().map(|league| league.record("football-data"))
}

/// All codes.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    LEAGUES.iter().map(|league| league.code)
}

/// Whether a code is that of an extra league, whose seasons are all in one file.
pub(crate) fn is_extra(code: &str) -> bool {
    MOST_CLUBS.iter().all(|(main, _)| *main != code)
}

/// The season of a date where the league of a code plays by calendar year.
pub(crate) fn calendar_season(code: &str, date: NaiveDate) -> Option<Season> {
    LEAGUES.iter().find(|league| league.code == code)?.calendar_season(date)
}

/// The extra league of a `Country` field, by the country's name or the league's code.
pub(crate) fn extra_code(country: &str) -> Option<&'static str> {
    let name = match country {
        "USA" => "United States",
        "Republic of Ireland" => "Ireland",
        other => other,
    };
    let extras = LEAGUES.iter().filter(|league| league.code.len() == 3 && !league.code.starts_with("SC"));
    extras
        .filter(|l| !l.code.starts_with("SP"))
        .find(|l| l.country == name || l.code == country)
        .map(|l| l.code)
}

/// The most clubs that a season of a main league has had since 1993. The extra leagues change too often to say.
const MOST_CLUBS: [(&str, usize); 22] = [
    ("E0", 22),
    ("E1", 24),
    ("E2", 24),
    ("E3", 24),
    ("EC", 24),
    ("SC0", 12),
    ("SC1", 12),
    ("SC2", 14),
    ("SC3", 14),
    ("D1", 18),
    ("D2", 20),
    ("I1", 20),
    ("I2", 24),
    ("SP1", 22),
    ("SP2", 22),
    ("F1", 20),
    ("F2", 22),
    ("N1", 18),
    ("B1", 18),
    ("P1", 18),
    ("T1", 21),
    ("G1", 18),
];

/// The most clubs that a season of a league has, where that is known.
pub fn most_clubs(code: &str) -> Option<usize> {
    MOST_CLUBS.iter().find(|(known, _)| *known == code).map(|(_, most)| *most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_extra_leagues_are_found_by_country() {
        for (i, league) in LEAGUES.iter().enumerate() {
            assert!(LEAGUES[..i].iter().all(|other| other.code != league.code), "{}", league.code);
        }
        assert_eq!(extra_code("Argentina"), Some("ARG"));
        assert_eq!(extra_code("USA"), Some("USA"));
        assert_eq!(extra_code("Switzerland"), Some("SWZ"));
        assert_eq!(extra_code("Spain"), None, "a main league");
        assert_eq!(extra_code("Scotland"), None);
    }
}
