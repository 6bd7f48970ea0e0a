//! The leagues of football.json: a country's code, a dot and the tier, such as `en.1`.

use super::{NAME, cups};
use touchline_domain::{CompetitionKind, NewLeague};

/// Codes with a name of their own.
const NAMED: [(&str, &str); 31] = [
    ("en.1", "Premier League"),
    ("en.2", "Championship"),
    ("en.3", "League One"),
    ("en.4", "League Two"),
    ("en.5", "National League"),
    ("sco.1", "Scottish Premiership"),
    ("de.1", "Bundesliga"),
    ("de.2", "2. Bundesliga"),
    ("de.3", "3. Liga"),
    ("es.1", "La Liga"),
    ("es.2", "Segunda División"),
    ("it.1", "Serie A"),
    ("it.2", "Serie B"),
    ("fr.1", "Ligue 1"),
    ("fr.2", "Ligue 2"),
    ("at.1", "Bundesliga"),
    ("at.2", "2. Liga"),
    ("ch.1", "Super League"),
    ("ch.2", "Challenge League"),
    ("nl.1", "Eredivisie"),
    ("be.1", "Pro League"),
    ("pt.1", "Primeira Liga"),
    ("tr.1", "Süper Lig"),
    ("gr.1", "Super League"),
    ("ru.1", "Premier League"),
    ("br.1", "Série A"),
    ("ar.1", "Primera División"),
    ("mx.1", "Liga MX"),
    ("us.1", "Major League Soccer"),
    ("jp.1", "J1 League"),
    ("cn.1", "Super League"),
];

const COUNTRIES: [(&str, &str); 49] = [
    ("ar", "Argentina"),
    ("at", "Austria"),
    ("au", "Australia"),
    ("be", "Belgium"),
    ("bg", "Bulgaria"),
    ("br", "Brazil"),
    ("ch", "Switzerland"),
    ("cl", "Chile"),
    ("cn", "China"),
    ("co", "Colombia"),
    ("cr", "Costa Rica"),
    ("cz", "Czech Republic"),
    ("de", "Germany"),
    ("dk", "Denmark"),
    ("dz", "Algeria"),
    ("ec", "Ecuador"),
    ("eg", "Egypt"),
    ("en", "England"),
    ("es", "Spain"),
    ("fi", "Finland"),
    ("fr", "France"),
    ("gr", "Greece"),
    ("hr", "Croatia"),
    ("hu", "Hungary"),
    ("ie", "Ireland"),
    ("il", "Israel"),
    ("it", "Italy"),
    ("jp", "Japan"),
    ("kr", "South Korea"),
    ("ma", "Morocco"),
    ("mx", "Mexico"),
    ("ng", "Nigeria"),
    ("nl", "Netherlands"),
    ("no", "Norway"),
    ("nz", "New Zealand"),
    ("pe", "Peru"),
    ("pl", "Poland"),
    ("pt", "Portugal"),
    ("ro", "Romania"),
    ("rs", "Serbia"),
    ("ru", "Russia"),
    ("sco", "Scotland"),
    ("se", "Sweden"),
    ("tn", "Tunisia"),
    ("tr", "Turkey"),
    ("ua", "Ukraine"),
    ("us", "United States"),
    ("uy", "Uruguay"),
    ("za", "South Africa"),
];

/// The league or competition of a file: the code in its name, such as `en.1.json` or `2023-24-en.1.json`, or the name of
/// a tournament, such as `worldcup.json`.
pub(super) fn of_file(name: &str) -> Option<NewLeague> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.strip_suffix(".gz").unwrap_or(file);
    let stem = stem.strip_suffix(".json").or_else(|| stem.strip_suffix(".txt")).unwrap_or(stem);
    let mut parts = stem.split(['-', '_', ' ']);
    parts.find_map(|part| describe(part).or_else(|| cups::of_code(part))).or_else(|| cups::of_words(stem))
}

/// The country of a code, such as `de`.
pub(super) fn country(code: &str) -> Option<&'static str> {
    COUNTRIES.iter().find(|(known, _)| *known == code).map(|(_, country)| *country)
}

/// Files whose name is another word for a code.
const OTHER_NAMES: [(&str, &str); 1] = [("mls", "us.1")];

/// Words that name cups and tournaments. `uefa.cl` and `copa.l` are codes, and no matter of words.
const CUPS: [&str; 12] = [
    "cup",
    "worldcup",
    "pokal",
    "coupe",
    "coppa",
    "copa",
    "taça",
    "beker",
    "euro",
    "olympics",
    "friendlies",
    "qualifiers",
];

/// Whether a file's name or title is that of a cup or of a tournament.
pub(super) fn is_cup(text: &str) -> bool {
    let lower = text.to_lowercase();
    let file = lower.rsplit(['/', '\\']).next().unwrap_or_default();
    let words = file.split(|c: char| !c.is_alphanumeric());
    words.map(|word| word.trim_matches(|c: char| c.is_ascii_digit())).any(|word| CUPS.contains(&word))
}

/// Codes that have a name of their own: the files that there are for sure.
pub(crate) fn named_codes() -> impl Iterator<Item = &'static str> {
    NAMED.iter().map(|(code, _)| *code)
}

/// The league of a country, or the competition of its clubs and those of others, of a code.
pub(crate) fn describe(code: &str) -> Option<NewLeague> {
    let code = OTHER_NAMES.iter().find(|(other, _)| *other == code).map_or(code, |(_, code)| code);
    let (place, tier) = code.split_once('.')?;
    let Some(country) = country(place) else { return cups::of_code(code) };
    let level = Some(tier).filter(|tier| tier.len() == 1)?.parse::<u8>().ok()?;
    let level = Some(level).filter(|level| *level > 0)?;
    let name = NAMED.iter().find(|(known, _)| *known == code);
    Some(NewLeague {
        code: code.to_owned(),
        name: name.map_or_else(|| format!("{country}, tier {level}"), |(_, name)| (*name).to_owned()),
        country: country.to_owned(),
        level,
        source: NAME.to_owned(),
        kind: CompetitionKind::League,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_found_in_the_name_of_the_file() {
        let code = |name| of_file(name).map(|league| league.code);
        assert_eq!(code("2023-24/en.1.json").as_deref(), Some("en.1"));
        assert_eq!(code("2023-24-de.2.json.gz").as_deref(), Some("de.2"));
        assert_eq!(code("a\\2019-20-uefa.cl.json").as_deref(), Some("uefa.cl"));
        assert_eq!(code("2024/mls.json").as_deref(), Some("us.1"));
        assert!(is_cup("2014/worldcup.json") && is_cup("2023-24/de.cup.json") && is_cup("World Cup 2014"));
        assert!(!is_cup("English Premier League 2022/23") && !is_cup("Copacabana"));
        for name in ["en.json", "xx.1.json", "en.0.json", "en.12.json", "", "2023-24/.json"] {
            assert_eq!(code(name), None, "{name}");
        }
        assert!(NAMED.iter().all(|(code, _)| describe(code).is_some()), "every named code is known");
    }
}
