//! Which league a word of a table, of a command or of a file's name means.

use crate::names::{fold, known_leagues};
use crate::sources::{football_data, openfootball};
use std::collections::BTreeMap;
use touchline_domain::NewLeague;

/// The league that a word means: by the map's own table, with the country before it or without, else by a code or a
/// name that is known everywhere. What is the league of several countries is none without its country.
pub(super) fn find(
    word: &str,
    country: Option<&str>,
    own: &BTreeMap<String, NewLeague>,
    source: &str,
) -> Option<NewLeague> {
    let with_country = country.and_then(|country| own.get(&fold(&format!("{country} {word}"))));
    let of_map = with_country.or_else(|| own.get(&fold(word))).cloned();
    let found = of_map.or_else(|| well_known(word, country))?;
    Some(NewLeague { source: source.to_owned(), ..found })
}

/// What to do where no league is found.
pub(super) fn advice(word: &str) -> String {
    format!(
        "{word:.60?} is not a known league; add it to [leagues] of the map, or tell the league of the files with --league, such as E0"
    )
}

/// A league by a code of any source (`E0`, `en.1`, `PL`, `ENG1`), or by its name, alone where only one league has it.
pub(super) fn well_known(word: &str, country: Option<&str>) -> Option<NewLeague> {
    let word = word.trim();
    if let Some(league) = of_code(word) {
        return Some(league);
    }
    if let Some(known) =
        known_leagues().iter().find(|known| known.codes.iter().any(|(_, code)| *code == word))
    {
        return known.codes.iter().find_map(|(_, code)| of_code(code));
    }
    let name = fold(word);
    let with_country = country.map(|country| fold(&format!("{country} {word}")));
    let mut found: Option<NewLeague> = None;
    for league in football_data::leagues() {
        let full = fold(&format!("{} {}", league.country, league.name));
        if full == name || with_country.as_deref() == Some(full.as_str()) {
            return Some(league);
        }
        if country.is_none() && fold(&league.name) == name {
            if found.is_some() {
                return None;
            }
            found = Some(league);
        }
    }
    found
}

fn of_code(code: &str) -> Option<NewLeague> {
    football_data::leagues().find(|league| league.code == code).or_else(|| openfootball::league_of_code(code))
}

/// The league that the name of a file tells: a code or a word of the map as a part of the name, or the whole name.
pub(super) fn of_name(name: &str, own: &BTreeMap<String, NewLeague>, source: &str) -> Option<NewLeague> {
    let stem = stem(name);
    // A word of the map is the whole name or its start, such as `la-liga-2022`; of several the longest.
    let folded = format!("{} ", fold(stem));
    let starting = own.iter().filter(|(word, _)| folded.starts_with(&format!("{word} ")));
    let whole = starting.max_by_key(|(word, _)| word.len()).map(|(_, league)| league.clone());
    let found = whole.or_else(|| {
        stem.split(['-', '_', ' ', '(', ')', '+']).filter(|part| !part.is_empty()).find_map(|part| {
            let written = own.iter().find(|(word, _)| **word == fold(part)).map(|(_, league)| league.clone());
            // Short words such as `uk` would be found everywhere: of a name only whole codes count.
            written.or_else(|| of_code(part))
        })
    });
    let found = found.or_else(|| of_slug(stem));
    found.map(|league| NewLeague { source: source.to_owned(), ..league })
}

/// A league by its country and name at the start of a file's name, such as `england-premier-league-matches-2018`. Of
/// several the longest name counts, `scottish league one` over `league one`.
fn of_slug(stem: &str) -> Option<NewLeague> {
    let folded = format!("{} ", fold(stem));
    let leagues = football_data::leagues().filter_map(|league| {
        let full = format!("{} ", fold(&format!("{} {}", league.country, league.name)));
        folded.starts_with(&full).then_some((full.len(), league))
    });
    leagues.max_by_key(|(length, _)| *length).map(|(_, league)| league)
}

/// The country that the name of a file tells, where it starts with one.
pub(super) fn country_of_name(name: &str) -> Option<String> {
    let folded = fold(stem(name));
    let starts = |country: &str| {
        let country = fold(country);
        folded == country || folded.starts_with(&format!("{country} "))
    };
    football_data::leagues().map(|league| league.country).find(|country| starts(country))
}

fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut stem = file;
    for ending in [".gz", ".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods"] {
        stem = stem.strip_suffix(ending).unwrap_or(stem);
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(found: Option<NewLeague>) -> Option<String> {
        found.map(|league| league.code)
    }

    #[test]
    fn leagues_are_found_by_code_and_by_name() {
        for (word, country, told) in [
            ("E0", None, Some("E0")),
            ("en.1", None, Some("en.1")),
            ("PL", None, Some("E0")),
            ("ENG1", None, Some("E0")),
            ("soccer_epl", None, Some("E0")),
            ("England Premier League", None, Some("E0")),
            ("Premier League", Some("England"), Some("E0")),
            ("Premier League", None, None),
            ("Premier League", Some("Narnia"), None),
            ("la liga", None, Some("SP1")),
            ("Bundesliga", None, None),
            ("", None, None),
        ] {
            assert_eq!(code(well_known(word, country)).as_deref(), told, "{word} {country:?}");
        }
    }

    #[test]
    fn a_word_of_the_map_comes_first_and_a_country_before_it_counts() {
        let own = |word: &str, code: &str| (fold(word), well_known(code, None).unwrap());
        let own = BTreeMap::from([own("1", "E0"), own("Spain 1", "SP1"), own("Ligue 1", "E1")]);
        let found = |word, country| code(find(word, country, &own, "x"));
        assert_eq!(found("1", Some("Spain")).as_deref(), Some("SP1"));
        assert_eq!(found("1", Some("England")).as_deref(), Some("E0"));
        assert_eq!(found("Ligue 1", None).as_deref(), Some("E1"));
        assert_eq!(find("1", None, &own, "x").unwrap().source, "x");
    }

    #[test]
    fn names_of_files_tell_the_league() {
        let own = BTreeMap::from([(fold("epl"), well_known("E0", None).unwrap())]);
        for (name, told) in [
            ("epl-2022-UTC.csv", Some("E0")),
            ("2223/SP1.csv", Some("SP1")),
            ("2019-20/en.2.csv", Some("en.2")),
            ("england-premier-league-matches-2018-to-2019-stats.csv", Some("E0")),
            ("scotland-scottish-league-one-matches-2018.csv", Some("SC2")),
            ("results.csv", None),
            ("", None),
        ] {
            assert_eq!(code(of_name(name, &own, "x")).as_deref(), told, "{name}");
        }
        assert_eq!(country_of_name("data/spain.csv").as_deref(), Some("Spain"));
        assert_eq!(country_of_name("spaniard.csv"), None);
    }

    #[test]
    fn words_of_a_map_start_the_name_of_a_file() {
        let league = |code| well_known(code, None).expect("a known league");
        let own = BTreeMap::from([(fold("la-liga"), league("SP1")), (fold("la"), league("F1"))]);
        for (name, told) in
            [("la-liga-2022-UTC.csv", Some("SP1")), ("La Liga.csv", Some("SP1")), ("x-2022.csv", None)]
        {
            assert_eq!(code(of_name(name, &own, "s")).as_deref(), told, "{name}");
        }
    }
}
