//! Tables of leagues that divide: after so many matches of each team the groups are ranked apart, and in some leagues the
//! points are halved, halves rounded up.

use super::{Club, Line, Season};
use crate::context::Deduction;
use std::cmp::Reverse;
use touchline_domain::TableSplit;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// What teams of a table are ranked by, the first the greatest: group from the top, points, goal difference, goals.
type Rank = (Reverse<usize>, (i32, i32, i32));

impl Season {
    /// Whether the running table of a league is divided: every team has played its matches before the split, or one has
    /// played beyond them.
    pub(super) fn is_split(&self, league: u32, split: &TableSplit) -> bool {
        let clubs = &self.leagues.get(league).clubs;
        let matches =
            || clubs.iter().filter_map(|club| self.clubs.get(*club).as_ref()).map(|c| c.line.matches);
        let after = u32::from(split.after);
        matches().any(|n| n > after) || matches().all(|n| n >= after)
    }

    /// 0 for the top of the first group, 1 for the bottom of the last.
    pub(super) fn position_of_split(
        &self,
        team: u32,
        club: &Club,
        deductions: &[Deduction],
        split: &TableSplit,
    ) -> f64 {
        let clubs = &self.leagues.get(club.league).clubs;
        let lines = || clubs.iter().filter_map(|other| Some((*other, self.clubs.get(*other).as_ref()?)));
        let before: Vec<_> =
            lines().map(|(other, club)| club.before_split(other, deductions).0.rank_key()).collect();
        let rank = |team: u32, club: &Club| -> Rank {
            let own = club.before_split(team, deductions).0.rank_key();
            let place = before.iter().filter(|key| **key > own).count();
            (Reverse(group(place, &split.groups)), club.after_split(team, deductions, split).rank_key())
        };
        let own = rank(team, club);
        let above = lines().filter(|(other, club)| rank(*other, club) > own).count();
        above as f64 / (clubs.len().max(2) - 1) as f64
    }
}

impl Club {
    /// The line with which a team went into the split, deductions until then taken away, and the points taken since. A
    /// team that lacks matches goes in with what it has.
    fn before_split(&self, team: u32, deductions: &[Deduction]) -> (Line, i32) {
        let (line, day) = self.at_split.unwrap_or((self.line, f64::INFINITY));
        let (mut before, mut since) = (0, 0);
        for deduction in deductions.iter().filter(|deduction| deduction.team == team) {
            let taken = if deduction.from as f64 <= day * DAY { &mut before } else { &mut since };
            *taken += deduction.points;
        }
        (Line { points: line.points - before, ..line }, since)
    }

    /// The line of a team after the split.
    fn after_split(&self, team: u32, deductions: &[Deduction], split: &TableSplit) -> Line {
        let (before, since) = self.before_split(team, deductions);
        let won = self.line.points - self.at_split.map_or(self.line.points, |(line, _)| line.points);
        let kept = if split.halve_points { (before.points + 1).div_euclid(2) } else { before.points };
        Line { points: kept + won - since, ..self.line }
    }
}

/// The group of a place, both from 0 and from the top; places beyond all groups are of the last one.
fn group(place: usize, sizes: &[u8]) -> usize {
    let mut end = 0;
    let fits = |size: &u8| {
        end += usize::from(*size);
        place < end
    };
    sizes.iter().position(fits).unwrap_or(sizes.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Line = Line { points: 31, goal_difference: 4, goals: 30, matches: 22 };

    fn club(now: i32) -> Club {
        let line = Line { points: now, matches: 25, ..LINE };
        Club {
            league: 0,
            season: 1,
            line,
            earlier: [f64::NAN; super::super::EARLIER],
            earlier_difference: f64::NAN,
            at_split: Some((LINE, 100.0)),
        }
    }

    #[test]
    fn halves_are_rounded_up_and_only_what_was_taken_before_is_halved() {
        let split = |halve_points| TableSplit { after: 22, groups: vec![6, 6], halve_points, rounds: 1 };
        let points =
            |deductions: &[Deduction], halve| club(35).after_split(0, deductions, &split(halve)).points;
        assert_eq!((points(&[], true), points(&[], false)), (16 + 4, 35));
        let taken = |team, points, day: i64| Deduction { team, points, from: day * 86_400 };
        assert_eq!(points(&[taken(0, 3, 50)], true), 14 + 4);
        assert_eq!(points(&[taken(0, 3, 150)], true), 16 + 4 - 3);
        assert_eq!(points(&[taken(1, 3, 50)], true), 16 + 4);
        // Below zero half a point is rounded up too.
        assert_eq!(points(&[taken(0, 34, 50)], true), -1 + 4);
    }

    #[test]
    fn places_are_of_groups_from_the_top() {
        let groups: Vec<usize> = [0, 5, 6, 11, 14].map(|place| group(place, &[6, 6])).to_vec();
        assert_eq!(groups, [0, 0, 1, 1, 1]);
    }
}
