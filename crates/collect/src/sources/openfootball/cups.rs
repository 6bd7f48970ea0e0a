//! Cups of countries, competitions of clubs of several countries, and tournaments of national teams: which one a file is
//! of, and what its matches have beyond those of a league.

use super::NAME;
use super::catalogue::country;
use crate::MatchSetting;
use crate::names::fold;
use touchline_domain::{CompetitionKind, NATIONAL_TEAMS, NewLeague, Score, Season};

/// The code behind the dot of a country's cup, such as `de.cup`.
const CUP: &str = "cup";

/// Cups of a country with a name of their own, and how titles name them, folded.
const CUPS: [(&str, &str, &[&str]); 8] = [
    ("at.cup", "ÖFB-Cup", &["ofb cup"]),
    ("de.cup", "DFB-Pokal", &["dfb pokal"]),
    ("en.cup", "FA Cup", &["fa cup", "english fa cup"]),
    ("es.cup", "Copa del Rey", &["copa del rey"]),
    ("fr.cup", "Coupe de France", &["coupe de france"]),
    ("it.cup", "Coppa Italia", &["coppa italia"]),
    ("nl.cup", "KNVB-Beker", &["knvb beker"]),
    ("pt.cup", "Taça de Portugal", &["taca de portugal"]),
];

/// Competitions of several countries: code, name, country of their teams, kind, and how titles and files name them,
/// folded. Of several that fit the longest counts.
const INTERNATIONAL: [(&str, &str, &str, CompetitionKind, &[&str]); 14] = [
    ("uefa.cl", "UEFA Champions League", EUROPE, CompetitionKind::Cup, &["uefa champions league"]),
    ("uefa.el", "UEFA Europa League", EUROPE, CompetitionKind::Cup, &["uefa europa league"]),
    ("uefa.conf", "UEFA Conference League", EUROPE, CompetitionKind::Cup, &["uefa conference league"]),
    ("copa.l", "Copa Libertadores", "South America", CompetitionKind::Cup, &["copa libertadores"]),
    (
        "clubworldcup",
        "Club World Cup",
        "World",
        CompetitionKind::Cup,
        &["club world cup", "clubworldcup", "fifa club world cup"],
    ),
    (
        WORLD_CUP,
        "World Cup",
        NATIONAL_TEAMS,
        CompetitionKind::Tournament,
        &["world cup", "worldcup", "fifa world cup"],
    ),
    (
        "worldcup.quali",
        "World Cup qualification",
        NATIONAL_TEAMS,
        CompetitionKind::Qualifiers,
        &["world cup quali", "worldcup quali", "world cup qualifiers", "world cup qualification"],
    ),
    (
        EURO,
        "European Championship",
        NATIONAL_TEAMS,
        CompetitionKind::Tournament,
        &["euro", "uefa euro", "european championship"],
    ),
    (
        "euro.quali",
        "European Championship qualification",
        NATIONAL_TEAMS,
        CompetitionKind::Qualifiers,
        &["euro quali", "euro qualifiers", "euro qualification", "uefa euro qualifiers"],
    ),
    (
        "copa.america",
        "Copa América",
        NATIONAL_TEAMS,
        CompetitionKind::Tournament,
        &["copa america", "copaamerica"],
    ),
    (
        "africa.cup",
        "Africa Cup of Nations",
        NATIONAL_TEAMS,
        CompetitionKind::Tournament,
        &["africa cup of nations", "african cup of nations", "africacup"],
    ),
    ("asian.cup", "Asian Cup", NATIONAL_TEAMS, CompetitionKind::Tournament, &["asian cup", "afc asian cup"]),
    (
        "gold.cup",
        "Gold Cup",
        NATIONAL_TEAMS,
        CompetitionKind::Tournament,
        &["gold cup", "concacaf gold cup", "goldcup"],
    ),
    (
        "nations.league",
        "UEFA Nations League",
        NATIONAL_TEAMS,
        CompetitionKind::League,
        &["uefa nations league", "nations league"],
    ),
];

const EUROPE: &str = "Europe";
const WORLD_CUP: &str = "worldcup";
const EURO: &str = "euro";

/// Hosts of tournaments, who alone play at home. Of a tournament that is not here the side named first counts as at home.
const HOSTS: [(&str, u16, &[&str]); 41] = [
    (WORLD_CUP, 1930, &["Uruguay"]),
    (WORLD_CUP, 1934, &["Italy"]),
    (WORLD_CUP, 1938, &["France"]),
    (WORLD_CUP, 1950, &["Brazil"]),
    (WORLD_CUP, 1954, &["Switzerland"]),
    (WORLD_CUP, 1958, &["Sweden"]),
    (WORLD_CUP, 1962, &["Chile"]),
    (WORLD_CUP, 1966, &["England"]),
    (WORLD_CUP, 1970, &["Mexico"]),
    (WORLD_CUP, 1974, &["West Germany", "Germany"]),
    (WORLD_CUP, 1978, &["Argentina"]),
    (WORLD_CUP, 1982, &["Spain"]),
    (WORLD_CUP, 1986, &["Mexico"]),
    (WORLD_CUP, 1990, &["Italy"]),
    (WORLD_CUP, 1994, &["United States", "USA"]),
    (WORLD_CUP, 1998, &["France"]),
    (WORLD_CUP, 2002, &["South Korea", "Korea Republic", "Japan"]),
    (WORLD_CUP, 2006, &["Germany"]),
    (WORLD_CUP, 2010, &["South Africa"]),
    (WORLD_CUP, 2014, &["Brazil"]),
    (WORLD_CUP, 2018, &["Russia"]),
    (WORLD_CUP, 2022, &["Qatar"]),
    (WORLD_CUP, 2026, &["Canada", "Mexico", "United States", "USA"]),
    (EURO, 1960, &["France"]),
    (EURO, 1964, &["Spain"]),
    (EURO, 1968, &["Italy"]),
    (EURO, 1972, &["Belgium"]),
    (EURO, 1976, &["Yugoslavia"]),
    (EURO, 1980, &["Italy"]),
    (EURO, 1984, &["France"]),
    (EURO, 1988, &["West Germany", "Germany"]),
    (EURO, 1992, &["Sweden"]),
    (EURO, 1996, &["England"]),
    (EURO, 2000, &["Belgium", "Netherlands"]),
    (EURO, 2004, &["Portugal"]),
    (EURO, 2008, &["Austria", "Switzerland"]),
    (EURO, 2012, &["Poland", "Ukraine"]),
    (EURO, 2016, &["France"]),
    (
        EURO,
        2020,
        &[
            "England",
            "Germany",
            "Italy",
            "Russia",
            "Azerbaijan",
            "Netherlands",
            "Romania",
            "Hungary",
            "Denmark",
            "Scotland",
            "Spain",
        ],
    ),
    (EURO, 2024, &["Germany"]),
    (EURO, 2028, &["England", "Scotland", "Wales", "Ireland", "Republic of Ireland"]),
];

/// The competition of a code, where it is no league of one country.
pub(super) fn of_code(code: &str) -> Option<NewLeague> {
    if let Some((code, name, teams_of, kind, _)) = INTERNATIONAL.iter().find(|(known, ..)| *known == code) {
        return Some(competition(code, name, teams_of, *kind));
    }
    let (place, CUP) = code.split_once('.')? else { return None };
    let country = country(place)?;
    let named = CUPS.iter().find(|(known, ..)| *known == code);
    let name = named.map_or_else(|| format!("{country}, cup"), |(_, name, _)| (*name).to_owned());
    Some(competition(code, &name, country, CompetitionKind::Cup))
}

/// The competition that starts a title or a file's name.
pub(super) fn of_words(text: &str) -> Option<NewLeague> {
    let folded = format!("{} ", fold(text));
    let names = CUPS.iter().map(|(code, _, words)| (*code, *words));
    let names = names.chain(INTERNATIONAL.iter().map(|(code, _, _, _, words)| (*code, *words)));
    let fitting = names.flat_map(|(code, words)| words.iter().map(move |word| (word.len(), code, *word)));
    let fitting = fitting.filter(|(_, _, word)| folded.starts_with(&format!("{word} ")));
    fitting.max().and_then(|(_, code, _)| of_code(code))
}

fn competition(code: &str, name: &str, country: &str, kind: CompetitionKind) -> NewLeague {
    NewLeague {
        code: code.to_owned(),
        name: name.to_owned(),
        country: country.to_owned(),
        level: 1,
        source: NAME.to_owned(),
        kind,
    }
}

/// What a match of a competition has beyond one of a league.
#[derive(Debug, Default)]
pub(super) struct Place<'a> {
    pub(super) round: Option<&'a str>,
    pub(super) group: Option<&'a str>,
}

impl Place<'_> {
    /// The setting of a match, without what was played beyond 90 minutes. Rounds of leagues are matchdays, which follow
    /// from the dates.
    pub(super) fn setting(&self, league: &NewLeague, season: Season, home: &str) -> MatchSetting {
        if league.kind == CompetitionKind::League {
            return MatchSetting::default();
        }
        let text = |text: &str| text.chars().take(LONGEST).collect::<String>();
        let round = self.round.map(str::trim).filter(|round| !round.is_empty());
        // Some name the group as the round.
        let is_group = round.is_some_and(|round| round.starts_with("Group ") && self.group.is_none());
        let group = if is_group { round } else { self.group.filter(|group| !group.is_empty()) };
        MatchSetting {
            neutral_ground: is_neutral(&league.code, season, home),
            round: round.filter(|_| !is_group).map(text),
            group: group.map(text),
            ..MatchSetting::default()
        }
    }
}

/// The most characters of a round's name.
const LONGEST: usize = 60;

fn is_neutral(code: &str, season: Season, home: &str) -> bool {
    let hosts = HOSTS.iter().find(|(of, year, _)| *of == code && *year == season.start());
    hosts.is_some_and(|(_, _, hosts)| season.is_calendar_year() && !hosts.contains(&home))
}

/// Adds the score after extra time and the shoot-out to a setting; what cannot belong to the score is left out, and said.
pub(super) fn beyond_90_minutes(
    setting: &mut MatchSetting,
    score: Option<Score>,
    after_extra_time: Option<Score>,
    shootout: Option<Score>,
) -> Option<String> {
    let with = MatchSetting { after_extra_time, shootout, ..setting.clone() };
    match with.check(score) {
        Ok(()) => {
            *setting = with;
            None
        }
        Err(message) => Some(format!("{message}; extra time and shoot-out are left out")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn competitions_are_found_by_code_and_by_title() {
        for (text, told) in [
            ("DFB Pokal 2018/19", Some("de.cup")),
            ("ÖFB Cup 2018/19", Some("at.cup")),
            ("World Cup 2014", Some("worldcup")),
            ("World Cup Qualifiers 2014", Some("worldcup.quali")),
            ("FIFA Club World Cup 2025", Some("clubworldcup")),
            ("Euro 2016", Some("euro")),
            ("European League of Nothing", None),
            ("Eurovision 2016", None),
        ] {
            assert_eq!(of_words(text).map(|league| league.code).as_deref(), told, "{text}");
        }
        let cup = of_code("hu.cup").unwrap();
        assert_eq!(
            (cup.name.as_str(), cup.country.as_str(), cup.kind),
            ("Hungary, cup", "Hungary", CompetitionKind::Cup)
        );
        assert!(of_code("xx.cup").is_none() && of_code("de.1").is_none() && of_code("cup").is_none());
        assert!(CUPS.iter().all(|(code, ..)| of_code(code).is_some()));
    }

    #[test]
    fn only_hosts_play_at_home_and_groups_are_no_rounds() {
        let league = of_code("worldcup").unwrap();
        let season = Season::calendar_year(2014).unwrap();
        let of = |round, group, home| Place { round, group }.setting(&league, season, home);
        let home = of(Some("Matchday 1"), Some("Group A"), "Brazil");
        assert_eq!(
            (home.neutral_ground, home.round.as_deref(), home.group.as_deref()),
            (false, Some("Matchday 1"), Some("Group A"))
        );
        let away = of(Some("Group B"), None, "Chile");
        assert_eq!((away.neutral_ground, away.round, away.group.as_deref()), (true, None, Some("Group B")));
        let unknown = Place::default().setting(&league, Season::calendar_year(2038).unwrap(), "Chile");
        assert!(unknown.is_default());
    }

    #[test]
    fn what_cannot_follow_90_minutes_is_left_out() {
        let score = |home, away| Score::new(home, away).ok();
        let mut setting = MatchSetting::default();
        assert_eq!(beyond_90_minutes(&mut setting, score(1, 1), score(2, 2), score(4, 3)), None);
        assert_eq!((setting.after_extra_time, setting.shootout), (score(2, 2), score(4, 3)));
        let mut setting = MatchSetting::default();
        assert!(
            beyond_90_minutes(&mut setting, score(2, 2), score(1, 1), None).unwrap().contains("less than")
        );
        assert!(setting.is_default());
    }
}
