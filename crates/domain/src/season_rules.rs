//! What a league's table follows beside its matches: points that were taken away, a split, and play-offs.

use crate::{LeagueId, Season, TeamId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What holds for one season of a league. Leagues and teams are named as a source or the store names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeasonRules {
    /// The league's code, or an identifier that a source has for it.
    pub league: String,
    /// The season.
    pub season: Season,
    /// Where the league divides into groups that play on with their points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<TableSplit>,
    /// The first day of the play-offs. Matches of the league from this day on count in no table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play_offs_from: Option<NaiveDate>,
    /// Knockouts among teams of neighbouring places, after the table is settled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub play_offs: Vec<PlayOffRules>,
    /// Points taken from teams.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deductions: Vec<PointsDeduction>,
}

/// A league that divides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSplit {
    /// After how many matches of each team.
    pub after: u8,
    /// Sizes of the groups from the top.
    pub groups: Vec<u8>,
    /// Whether points are halved then, halves rounded up.
    #[serde(default)]
    pub halve_points: bool,
    /// How often each group then plays all its pairings: once, or twice, at both grounds.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub rounds: u8,
}

/// A knockout among teams of neighbouring places of the table: in each round the best placed team that is left meets the
/// worst placed; where their number is no power of two, the best placed teams pass over the first round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayOffRules {
    /// What is played for, such as `promotion`.
    pub name: String,
    /// The best and the worst place that take part, from the top (1 is first).
    pub places: [u8; 2],
    /// Matches of a tie: 1, at the better placed team's ground, or 2, the second of them there.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub legs: u8,
    /// Matches of the last tie; as many as of the others where this is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_legs: Option<u8>,
    /// Whether the last tie, of a single match, is played on neutral ground.
    #[serde(default, skip_serializing_if = "is_not")]
    pub neutral_final: bool,
    /// Whether the teams end in the order of the knockout: its winner takes the best of the places, who loses the last tie
    /// the next. Otherwise the table stays as it is, and the winner has won what is played for.
    #[serde(default, skip_serializing_if = "is_not")]
    pub decides_places: bool,
}

fn one() -> u8 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde hands over")]
fn is_one(number: &u8) -> bool {
    *number == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde hands over")]
fn is_not(flag: &bool) -> bool {
    !flag
}

impl PlayOffRules {
    /// Matches of the last tie.
    pub fn matches_of_last_tie(&self) -> u8 {
        self.final_legs.unwrap_or(self.legs)
    }

    fn fault(&self) -> Option<&'static str> {
        let [best, worst] = self.places;
        let legs = |n: u8| (1..=2).contains(&n);
        if self.name.is_empty() || self.name.len() > LONGEST_NAME {
            Some("needs a name of at most 40 bytes, such as promotion")
        } else if best == 0 || worst <= best || worst - best >= MOST_IN_PLAY_OFF {
            Some("needs two places from the top, such as [3, 6], with at most 16 teams between them")
        } else if !legs(self.legs) || self.final_legs.is_some_and(|n| !legs(n)) {
            Some("has ties of 1 or 2 matches")
        } else if self.neutral_final && self.matches_of_last_tie() != 1 {
            Some("has a last tie on neutral ground only where that is a single match: write final_legs = 1")
        } else {
            None
        }
    }
}

/// Points taken from a team, or given back to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsDeduction {
    /// The team, by any name that it has.
    pub team: String,
    /// How many points are taken away; below zero they are given back.
    pub points: i16,
    /// The first day on which the table shows it (UTC).
    pub from: NaiveDate,
    /// Why, for people.
    #[serde(default)]
    pub reason: String,
}

/// The most deductions of one season, and the most points of one.
const MOST: usize = 200;
const MOST_POINTS: i16 = 100;
const LONGEST_REASON: usize = 500;
/// The most play-offs of a season, the most teams of one, and its longest name.
const MOST_PLAY_OFFS: usize = 8;
const MOST_IN_PLAY_OFF: u8 = 16;
const LONGEST_NAME: usize = 40;

impl SeasonRules {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.split.is_none()
            && self.play_offs_from.is_none()
            && self.play_offs.is_empty()
            && self.deductions.is_empty()
    }

    /// Whether it makes sense.
    ///
    /// # Errors
    /// What is wrong, and what to write instead.
    pub fn check(&self) -> Result<(), String> {
        let place = format!("{} {}", self.league, self.season);
        if self.deductions.len() > MOST {
            return Err(format!("{place}: more than {MOST} deductions"));
        }
        for d in &self.deductions {
            if d.points == 0 || d.points.abs() > MOST_POINTS {
                return Err(format!(
                    "{place}: {} points from {}; write 1 to {MOST_POINTS}, or -1 to -{MOST_POINTS} where they are given back",
                    d.points, d.team
                ));
            }
            if d.team.is_empty() || d.reason.len() > LONGEST_REASON {
                return Err(format!(
                    "{place}: a deduction needs a team, and a reason of at most {LONGEST_REASON} bytes"
                ));
            }
        }
        self.check_play_offs(&place)?;
        match &self.split {
            Some(split)
                if split.after == 0 || split.groups.len() < 2 || split.groups.iter().any(|n| *n < 2) =>
            {
                Err(format!(
                    "{place}: a split needs the number of matches before it, and two groups or more of two teams or more"
                ))
            }
            Some(split) if !(1..=2).contains(&split.rounds) => {
                Err(format!("{place}: groups of a split play 1 or 2 rounds"))
            }
            _ => Ok(()),
        }
    }

    fn check_play_offs(&self, place: &str) -> Result<(), String> {
        if self.play_offs.len() > MOST_PLAY_OFFS {
            return Err(format!("{place}: more than {MOST_PLAY_OFFS} play-offs"));
        }
        for (n, play_off) in self.play_offs.iter().enumerate() {
            if let Some(fault) = play_off.fault() {
                return Err(format!("{place}: the play-off {:?} {fault}", play_off.name));
            }
            let [best, worst] = play_off.places;
            for other in &self.play_offs[..n] {
                if other.name == play_off.name {
                    return Err(format!("{place}: two play-offs are called {:?}", play_off.name));
                }
                if best <= other.places[1] && other.places[0] <= worst {
                    return Err(format!(
                        "{place}: the play-offs {:?} and {:?} share places of the table",
                        other.name, play_off.name
                    ));
                }
            }
        }
        Ok(())
    }
}

/// The same with leagues and teams as the store knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesInForce {
    /// The league.
    pub league: LeagueId,
    /// The season.
    pub season: Season,
    /// Where the league divides.
    pub split: Option<TableSplit>,
    /// The first day of the play-offs.
    pub play_offs_from: Option<NaiveDate>,
    /// The play-offs.
    pub play_offs: Vec<PlayOffRules>,
    /// Points taken away, with the day from which the table shows it.
    pub deductions: Vec<(TeamId, i16, NaiveDate)>,
}

/// A name in rules of a season that stands for nothing, or for several things: what it says is not in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnresolvedRules {
    /// The league as the rules name it.
    pub league: String,
    /// The season.
    pub season: Season,
    /// The team whose deductions are left out; none where the league is not known and all of its rules are left out.
    pub team: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promotion() -> PlayOffRules {
        PlayOffRules {
            name: "promotion".into(),
            places: [3, 6],
            legs: 2,
            final_legs: Some(1),
            neutral_final: true,
            decides_places: false,
        }
    }

    fn rules() -> SeasonRules {
        SeasonRules {
            league: "E0".into(),
            season: "2023-24".parse().unwrap(),
            split: Some(TableSplit { after: 33, groups: vec![6, 6], halve_points: false, rounds: 1 }),
            play_offs_from: None,
            play_offs: vec![promotion()],
            deductions: vec![PointsDeduction {
                team: "Ashford".into(),
                points: 10,
                from: "2023-11-17".parse().unwrap(),
                reason: String::new(),
            }],
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(rules().check(), Ok(()));
        for wrong in [0, 101, -101] {
            let mut rules = rules();
            rules.deductions[0].points = wrong;
            assert!(rules.check().is_err(), "{wrong}");
        }
        let mut rules = rules();
        rules.split = Some(TableSplit { after: 0, groups: vec![6, 6], halve_points: false, rounds: 1 });
        assert!(rules.check().is_err());
        rules.split = Some(TableSplit { after: 22, groups: vec![6, 6], halve_points: false, rounds: 3 });
        assert!(rules.check().is_err());
    }

    #[test]
    fn play_offs_that_cannot_be_played_are_refused() {
        let wrong = [
            PlayOffRules { name: String::new(), ..promotion() },
            PlayOffRules { places: [0, 4], ..promotion() },
            PlayOffRules { places: [4, 4], ..promotion() },
            PlayOffRules { places: [1, 17], ..promotion() },
            PlayOffRules { legs: 3, ..promotion() },
            PlayOffRules { final_legs: Some(0), neutral_final: false, ..promotion() },
            PlayOffRules { final_legs: None, ..promotion() },
        ];
        for play_off in wrong {
            let rules = SeasonRules { play_offs: vec![play_off.clone()], ..rules() };
            assert!(rules.check().is_err(), "{play_off:?}");
        }
        let beside = |places, name: &str| PlayOffRules { places, name: name.into(), ..promotion() };
        let with = |other| SeasonRules { play_offs: vec![promotion(), other], ..rules() }.check();
        assert_eq!(with(beside([16, 17], "relegation")), Ok(()));
        assert!(with(beside([6, 7], "europe")).unwrap_err().contains("share places"));
        assert!(with(beside([16, 17], "promotion")).unwrap_err().contains("two play-offs"));
    }

    #[test]
    fn what_was_written_before_there_were_play_offs_is_read_and_stays_as_it_is() {
        let text =
            r#"{"league":"SC0","season":"2023-24","split":{"after":33,"groups":[6,6],"halve_points":false}}"#;
        let read: SeasonRules = serde_json::from_str(text).unwrap();
        assert_eq!(read.split.as_ref().map(|split| split.rounds), Some(1));
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }
}
