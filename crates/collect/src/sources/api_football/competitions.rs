//! Competitions that are not leagues, as API-Football names them, and what its answers say of their matches.

use super::name;
use crate::MatchSetting;
use serde_json::Value;
use touchline_domain::{CompetitionKind, NATIONAL_TEAMS, Score};

/// The country that API-Football gives to competitions of several countries.
const WORLD: &str = "World";

/// How the names of competitions of national teams begin, those of women and of age groups too; their teams have names of
/// their own, such as `Algeria U20`.
const NATIONAL: [&str; 11] = [
    "World Cup",
    "Euro Championship",
    "UEFA Nations League",
    "Africa Cup of Nations",
    "African Nations Championship",
    "Asian Cup",
    "Copa America",
    "Confederations Cup",
    "CONCACAF Gold Cup",
    "CONCACAF Nations League",
    "Friendlies",
];

/// Words in the names of domestic cups.
const CUP_WORDS: [&str; 16] = [
    "cup",
    "copa",
    "coupe",
    "coppa",
    "pokal",
    "beker",
    "taça",
    "taca",
    "cupa",
    "kupa",
    "kup",
    "puchar",
    "shield",
    "supercup",
    "supercopa",
    "trophy",
];

/// The kind of a competition, and the country that its teams belong to.
pub(super) fn kind_of(name: &str, country: String) -> (CompetitionKind, String) {
    let friendlies = name.starts_with("Friendlies");
    let of_clubs = name.contains("Club");
    if country != WORLD {
        let is_cup =
            name.split([' ', '-', '.']).any(|word| CUP_WORDS.contains(&word.to_lowercase().as_str()));
        return (if is_cup { CompetitionKind::Cup } else { CompetitionKind::League }, country);
    }
    let national = !of_clubs && NATIONAL.iter().any(|start| name.starts_with(start));
    let kind = if friendlies {
        CompetitionKind::Friendlies
    } else if name.contains("Qualification") {
        CompetitionKind::Qualifiers
    } else if !national {
        CompetitionKind::Cup
    } else if name.contains("League") {
        CompetitionKind::League
    } else {
        CompetitionKind::Tournament
    };
    (kind, if national { NATIONAL_TEAMS.to_owned() } else { country })
}

/// Whether a competition's seasons are named by one year: those of national teams by the year of the final, whenever its
/// qualifiers are played.
pub(super) fn is_named_by_one_year(country: &str) -> bool {
    country == NATIONAL_TEAMS
}

/// Years that matches of a season may be of, beside the one that names it.
pub(super) fn years_of(kind: CompetitionKind, start: i32) -> std::ops::RangeInclusive<i32> {
    match kind {
        CompetitionKind::League => start..=start + 1,
        // Qualifiers begin up to four years before their final, and a tournament may be put off.
        _ => start - 4..=start + 2,
    }
}

/// What a row says of its match beside the score after 90 minutes. Answers do not say whether the ground is neutral.
/// Rounds of leagues are matchdays, which follow from the dates. What is no score of its kind is left out.
pub(super) fn setting(row: &Value, kind: CompetitionKind, score: Option<Score>) -> MatchSetting {
    let pair = |value: &Value| {
        let goals = (value["home"].as_i64()?, value["away"].as_i64()?);
        Score::new(goals.0, goals.1).ok()
    };
    let Some(score) = score else { return place(row, kind) };
    let extra = pair(&row["score"]["extratime"]);
    // `goals` goes on into extra time and leaves a shoot-out out.
    let after = extra.and_then(|_| pair(&row["goals"]));
    let short = row["fixture"]["status"]["short"].as_str();
    MatchSetting {
        after_extra_time: after.filter(|after| {
            matches!(short, Some("AET" | "PEN")) && after.home >= score.home && after.away >= score.away
        }),
        shootout: pair(&row["score"]["penalty"])
            .filter(|shootout| short == Some("PEN") && shootout.home != shootout.away),
        ..place(row, kind)
    }
}

/// Round, and the stage or group that it names.
fn place(row: &Value, kind: CompetitionKind) -> MatchSetting {
    let round = name(&row["league"]["round"]).filter(|_| kind != CompetitionKind::League);
    let part = round.as_deref().and_then(|round| round.rsplit_once(" - ")).map(|(part, _)| part.to_owned());
    let is_group =
        |part: &String| part.strip_prefix("Group ").is_some_and(|letter| letter.chars().count() == 1);
    let (group, stage) = match part {
        Some(part) if is_group(&part) => (Some(part), None),
        part => (None, part),
    };
    MatchSetting { stage, round, group, ..MatchSetting::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_kind_of_competition_it_is() {
        use CompetitionKind::{Cup, Friendlies, League, Qualifiers, Tournament};
        for (name, country, kind, teams_of) in [
            ("World Cup", WORLD, Tournament, NATIONAL_TEAMS),
            ("World Cup - Qualification Europe", WORLD, Qualifiers, NATIONAL_TEAMS),
            ("Euro Championship - Qualification", WORLD, Qualifiers, NATIONAL_TEAMS),
            ("UEFA Nations League", WORLD, League, NATIONAL_TEAMS),
            ("Friendlies", WORLD, Friendlies, NATIONAL_TEAMS),
            ("Friendlies Clubs", WORLD, Friendlies, WORLD),
            ("FIFA Club World Cup", WORLD, Cup, WORLD),
            ("UEFA Champions League", WORLD, Cup, WORLD),
            ("FA Cup", "England", Cup, "England"),
            ("DFB Pokal", "Germany", Cup, "Germany"),
            ("Premier League", "England", League, "England"),
            ("Cupello League", "Nowhere", League, "Nowhere"),
        ] {
            assert_eq!(kind_of(name, country.to_owned()), (kind, teams_of.to_owned()), "{name}");
        }
    }
}
