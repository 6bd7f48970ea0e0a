//! Competitions by API-Football's identifiers.

use super::{NAME, competitions};
use touchline_domain::NewLeague;

/// Tiers below the first; a competition that is not here, a cup among them, counts as a first tier.
const LOWER: [(u64, u8); 22] = [
    (40, 2),
    (41, 3),
    (42, 4),
    (43, 5),
    (62, 2),
    (63, 3),
    (72, 2),
    (75, 3),
    (79, 2),
    (80, 3),
    (89, 2),
    (95, 2),
    (136, 2),
    (141, 2),
    (145, 2),
    (180, 2),
    (183, 3),
    (184, 4),
    (204, 2),
    (208, 2),
    (219, 2),
    (236, 2),
];

/// Countries, as API-Football writes them, whose seasons lie within a calendar year.
const CALENDAR_YEAR: [&str; 32] = [
    "Argentina",
    "Belarus",
    "Bolivia",
    "Brazil",
    "Canada",
    "Chile",
    "China",
    "Colombia",
    "Ecuador",
    "Estonia",
    "Faroe-Islands",
    "Finland",
    "Georgia",
    "Iceland",
    "Ireland",
    "Japan",
    "Kazakhstan",
    "Kyrgyzstan",
    "Latvia",
    "Lithuania",
    "Malaysia",
    "Moldova",
    "Norway",
    "Panama",
    "Paraguay",
    "Peru",
    "South-Korea",
    "Sweden",
    "USA",
    "Uruguay",
    "Uzbekistan",
    "Venezuela",
];

/// International competitions of a calendar year: the South American cups and the North American champions' cup.
const CALENDAR_YEAR_CUPS: [u64; 4] = [11, 13, 16, 541];

/// The record of a competition.
pub(super) fn describe(id: u64, name: String, country: String) -> NewLeague {
    let level = LOWER.iter().find(|(lower, _)| *lower == id).map_or(1, |(_, level)| *level);
    let (kind, country) = competitions::kind_of(&name, country);
    NewLeague { code: code(id), name, country, level, source: NAME.to_owned(), kind }
}

/// The code under which a competition is stored.
pub(super) fn code(id: u64) -> String {
    format!("af.{id}")
}

/// Whether a competition's seasons lie within a calendar year. The answers name a season by the year in which it
/// starts and do not say; the same competition must always be read the same way.
pub(super) fn is_calendar_year(id: u64, country: &str) -> bool {
    CALENDAR_YEAR_CUPS.contains(&id)
        || competitions::is_named_by_one_year(country)
        || CALENDAR_YEAR.binary_search(&country).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(CALENDAR_YEAR.is_sorted());
        assert!(LOWER.is_sorted());
    }

    #[test]
    fn seasons_follow_the_country_or_the_cup() {
        assert!(is_calendar_year(71, "Brazil") && is_calendar_year(13, "World"));
        assert!(!is_calendar_year(39, "England") && !is_calendar_year(2, "World"));
    }
}
