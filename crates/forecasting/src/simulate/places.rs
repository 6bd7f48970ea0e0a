//! How competitions order level teams, and which places of their tables mean something.
//!
//! The table below says what holds in 2024-25. Places in Europe are those that the table alone gives: cups and UEFA's extra
//! places move them. Another season's, or another competition's, are given by hand.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use touchline_domain::League;
use touchline_domain::Season;
use touchline_models::simulation::{RuleSet, TieBreak};

/// A range of places with a name, such as `relegation=-3..-1`. Numbers below zero count from the bottom: -1 is the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// The best place.
    pub from: i16,
    /// The worst place.
    pub to: i16,
}

/// The longest name of a place.
const LONGEST: usize = 40;

impl Place {
    fn new(name: &str, from: i16, to: i16) -> Self {
        Self { name: name.to_owned(), from, to }
    }

    /// The first and the last position in a table of so many teams, counted from 1; none where it lies outside.
    pub fn positions(&self, teams: usize) -> Option<(usize, usize)> {
        let position = |at: i16| {
            let from_top = if at < 0 { teams as i64 + 1 + i64::from(at) } else { i64::from(at) };
            usize::try_from(from_top).ok().filter(|p| (1..=teams).contains(p))
        };
        let (from, to) = (position(self.from)?, position(self.to)?);
        (from <= to).then_some((from, to))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}..{}", self.name, self.from, self.to)
    }
}

impl FromStr for Place {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let help = || format!("{text:?} is not a place; write europe=1..6, fifth=5, or relegation=-3..-1");
        let (name, range) = text.split_once('=').ok_or_else(help)?;
        let (from, to) = range.split_once("..").unwrap_or((range, range));
        let number = |t: &str| t.trim().parse::<i16>().ok().filter(|n| *n != 0).ok_or_else(help);
        let (name, from, to) = (name.trim(), number(from)?, number(to)?);
        if name.is_empty() || name.len() > LONGEST || (from > 0) == (to > 0) && from > to {
            return Err(help());
        }
        Ok(Self::new(name, from, to))
    }
}

/// How a competition's table is ordered and read.
#[derive(Debug, Clone, PartialEq)]
pub struct Competition {
    /// Points and tie-breaks.
    pub rules: RuleSet,
    /// Places with a meaning.
    pub places: Vec<Place>,
    /// Whether both are known of this competition, rather than the commonest ones.
    pub known: bool,
}

/// Ranges of places by name.
type Ranges = &'static [(&'static str, i16, i16)];

const ENGLAND: [Ranges; 5] = [
    &[("title", 1, 1), ("champions_league", 1, 4), ("relegation", -3, -1)],
    &[("title", 1, 1), ("promotion", 1, 2), ("promotion_play_off", 3, 6), ("relegation", -3, -1)],
    &[("title", 1, 1), ("promotion", 1, 2), ("promotion_play_off", 3, 6), ("relegation", -4, -1)],
    &[("title", 1, 1), ("promotion", 1, 3), ("promotion_play_off", 4, 7), ("relegation", -2, -1)],
    &[("title", 1, 1), ("promotion", 1, 1), ("promotion_play_off", 2, 7), ("relegation", -4, -1)],
];
const GERMANY: [Ranges; 2] = [
    &[("title", 1, 1), ("champions_league", 1, 4), ("relegation_play_off", -3, -3), ("relegation", -2, -1)],
    &[
        ("title", 1, 1),
        ("promotion", 1, 2),
        ("promotion_play_off", 3, 3),
        ("relegation_play_off", -3, -3),
        ("relegation", -2, -1),
    ],
];
const ITALY: [Ranges; 2] = [
    &[("title", 1, 1), ("champions_league", 1, 4), ("relegation", -3, -1)],
    &[
        ("title", 1, 1),
        ("promotion", 1, 2),
        ("promotion_play_off", 3, 8),
        ("relegation_play_off", -5, -4),
        ("relegation", -3, -1),
    ],
];
const SPAIN: [Ranges; 2] = [
    &[("title", 1, 1), ("champions_league", 1, 4), ("relegation", -3, -1)],
    &[("title", 1, 1), ("promotion", 1, 2), ("promotion_play_off", 3, 6), ("relegation", -4, -1)],
];
const FRANCE: [Ranges; 2] = [
    &[("title", 1, 1), ("champions_league", 1, 3), ("relegation_play_off", -3, -3), ("relegation", -2, -1)],
    &[
        ("title", 1, 1),
        ("promotion", 1, 2),
        ("promotion_play_off", 3, 5),
        ("relegation_play_off", -3, -3),
        ("relegation", -2, -1),
    ],
];
const SCOTLAND: [Ranges; 2] = [
    &[("title", 1, 1), ("relegation_play_off", -2, -2), ("relegation", -1, -1)],
    &[("title", 1, 1), ("promotion_play_off", 2, 4), ("relegation_play_off", -2, -2), ("relegation", -1, -1)],
];
const THIRD_LAST_PLAYS_OFF: Ranges =
    &[("title", 1, 1), ("relegation_play_off", -3, -3), ("relegation", -2, -1)];
/// What every league has.
const ANY: Ranges = &[("title", 1, 1)];

/// The places of a league, where they are known.
fn known_places(country: &str, level: u8) -> Option<Ranges> {
    let level = usize::from(level.max(1)) - 1;
    match country {
        "England" => ENGLAND.get(level).copied(),
        "Germany" => GERMANY.get(level).copied(),
        "Italy" => ITALY.get(level).copied(),
        "Spain" => SPAIN.get(level).copied(),
        "France" => FRANCE.get(level).copied(),
        "Scotland" => SCOTLAND.get(level).copied(),
        "Netherlands" | "Portugal" if level == 0 => Some(THIRD_LAST_PLAYS_OFF),
        _ => None,
    }
}

impl Competition {
    /// The rules and places of a league of so many teams in a season. Further places are added, or replace those of the
    /// same name; places outside the table are left out.
    pub fn of(league: &League, season: Season, teams: usize, further: &[Place]) -> Self {
        let known = known_places(&league.country, league.level);
        let ranges = known.unwrap_or(ANY);
        let mut places: Vec<Place> =
            ranges.iter().map(|(name, from, to)| Place::new(name, *from, *to)).collect();
        for place in further {
            match places.iter_mut().find(|p| p.name == place.name) {
                Some(held) => *held = place.clone(),
                None => places.push(place.clone()),
            }
        }
        places.retain(|place| place.positions(teams).is_some());
        let relegated = places.iter().find(|p| p.name == "relegation").and_then(|p| p.positions(teams));
        let relegated = relegated.map_or(0, |(from, to)| to + 1 - from);
        let rules = tie_breaks(&league.country, league.level, season, teams, relegated);
        Self { rules, places, known: known.is_some() }
    }
}

fn tie_breaks(country: &str, level: u8, season: Season, teams: usize, relegated: usize) -> RuleSet {
    match country {
        "England" => RuleSet::premier_league(),
        "Germany" => RuleSet::bundesliga(),
        "Italy" if level == 1 && season.start() >= 2022 => RuleSet::serie_a(teams, relegated),
        "Italy" | "Spain" | "Portugal" | "Turkey" | "Greece" => RuleSet::la_liga(),
        "Belgium" => RuleSet {
            tie_breaks: vec![TieBreak::Wins, TieBreak::GoalDifference, TieBreak::GoalsFor],
            ..RuleSet::goal_difference()
        },
        _ => RuleSet::goal_difference(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::{CompetitionKind, LeagueId, NewLeague};

    fn league(country: &str, level: u8) -> League {
        let details = NewLeague {
            code: "X".to_owned(),
            name: "X".to_owned(),
            country: country.to_owned(),
            level,
            source: "test".to_owned(),
            kind: CompetitionKind::League,
        };
        League { id: LeagueId(1), details }
    }

    fn season() -> Season {
        Season::cross_year(2023).unwrap()
    }

    #[test]
    fn places_are_read_as_they_are_written() {
        let place: Place = "relegation=-3..-1".parse().unwrap();
        assert_eq!(place.positions(20), Some((18, 20)));
        assert_eq!("fifth = 5".parse::<Place>().unwrap().positions(20), Some((5, 5)));
        assert_eq!("europe=1..6".parse::<Place>().unwrap().positions(4), None, "there is no sixth of four");
        assert_eq!("lower=11..-1".parse::<Place>().unwrap().positions(20), Some((11, 20)));
        assert_eq!(place.to_string().parse::<Place>(), Ok(place));
        for wrong in ["", "europe", "europe=", "=1", "europe=0", "europe=6..1", "europe=a..b", "r=-1..-3"] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_place_given_by_hand_replaces_the_known_one() {
        let more = ["relegation=-4..-1".parse().unwrap(), "europe=1..6".parse().unwrap()];
        let competition = Competition::of(&league("England", 1), season(), 20, &more);
        assert!(competition.known);
        let find = |name: &str| competition.places.iter().find(|p| p.name == name).unwrap().positions(20);
        assert_eq!(find("relegation"), Some((17, 20)));
        assert_eq!((find("europe"), find("champions_league")), (Some((1, 6)), Some((1, 4))));
    }

    #[test]
    fn an_unknown_competition_has_a_title_and_nothing_invented() {
        let competition = Competition::of(&league("Meridia", 1), season(), 12, &[]);
        assert!(!competition.known);
        assert_eq!(competition.places, [Place::new("title", 1, 1)]);
        assert_eq!(competition.rules, RuleSet::goal_difference());
    }

    #[test]
    fn italy_decides_level_teams_by_a_match_since_2022() {
        let edge = |start| {
            let season = Season::cross_year(start).unwrap();
            Competition::of(&league("Italy", 1), season, 20, &[]).rules.decider_after
        };
        assert_eq!((edge(2021), edge(2022)), (vec![], vec![1, 17]));
    }
}
