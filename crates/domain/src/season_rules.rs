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

impl SeasonRules {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.split.is_none() && self.play_offs_from.is_none() && self.deductions.is_empty()
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
        match &self.split {
            Some(split)
                if split.after == 0 || split.groups.len() < 2 || split.groups.iter().any(|n| *n < 2) =>
            {
                Err(format!(
                    "{place}: a split needs the number of matches before it, and two groups or more of two teams or more"
                ))
            }
            _ => Ok(()),
        }
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

    fn rules() -> SeasonRules {
        SeasonRules {
            league: "E0".into(),
            season: "2023-24".parse().unwrap(),
            split: Some(TableSplit { after: 33, groups: vec![6, 6], halve_points: false }),
            play_offs_from: None,
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
        rules.split = Some(TableSplit { after: 0, groups: vec![6, 6], halve_points: false });
        assert!(rules.check().is_err());
    }
}
