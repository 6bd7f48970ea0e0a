//! Ordering the teams of one season.

use super::rng::{SimulationRng, uniform};
use super::rules::{RuleSet, TieBreak};

/// A team's record: one addition per match updates all of it.
///
/// `main` is `points * 2^40 + goal difference * 2^20 + goals scored`; since the lower parts stay within their
/// 20 bits, comparing it compares points, then goal difference, then goals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub main: i64,
    /// Wins in the upper 16 bits, away goals in the lower.
    pub extra: u32,
}

const POINTS: u32 = 40;
const DIFFERENCE: u32 = 20;

impl Tally {
    pub fn add_points(&mut self, points: i64) {
        self.main += points << POINTS;
    }

    pub fn points(self) -> i64 {
        (self.main + (1 << (POINTS - 1))) >> POINTS
    }

    pub fn goals(self) -> i64 {
        self.main & ((1 << DIFFERENCE) - 1)
    }

    pub fn difference(self) -> i64 {
        (self.main - (self.points() << POINTS) - self.goals()) >> DIFFERENCE
    }

    fn wins(self) -> i64 {
        i64::from(self.extra >> 16)
    }

    fn away_goals(self) -> i64 {
        i64::from(self.extra & 0xFFFF)
    }
}

/// What a score adds to both tallies.
#[inline]
pub(crate) fn record(home: &mut Tally, away: &mut Tally, score: u16, win: i64, draw: i64) {
    let (h, a) = (i64::from(score >> 8), i64::from(score & 0xFF));
    let difference = h - a;
    let (home_points, away_points) = match difference {
        0 => (draw, draw),
        d if d > 0 => (win, 0),
        _ => (0, win),
    };
    home.main += (home_points << POINTS) + (difference << DIFFERENCE) + h;
    away.main += (away_points << POINTS) - (difference << DIFFERENCE) + a;
    home.extra += u32::from(difference > 0) << 16;
    away.extra += (u32::from(difference < 0) << 16) + a as u32;
}

/// A match as the ranking needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meeting {
    pub home: usize,
    pub away: usize,
}

/// Orders teams by a rule set.
pub(crate) struct Ranker<'a> {
    rules: &'a RuleSet,
    /// Whether `Tally::main` alone orders by the first two criteria.
    packed: bool,
    /// Matches of each pair of teams, by `lower * teams + higher`.
    meetings: Vec<Vec<u32>>,
    pairings: &'a [Meeting],
    teams: usize,
}

impl<'a> Ranker<'a> {
    pub fn new(rules: &'a RuleSet, teams: usize, pairings: &'a [Meeting]) -> Self {
        let packed = rules.tie_breaks.starts_with(&[TieBreak::GoalDifference, TieBreak::GoalsFor]);
        let mut meetings = Vec::new();
        if rules.tie_breaks.iter().any(|t| t.is_head_to_head()) {
            meetings = vec![Vec::new(); teams * teams];
            for (k, p) in pairings.iter().enumerate() {
                let (low, high) = (p.home.min(p.away), p.home.max(p.away));
                meetings[low * teams + high].push(k as u32);
            }
        }
        Self { rules, packed, meetings, pairings, teams }
    }

    /// Whether single results are needed after the season.
    pub fn needs_results(&self) -> bool {
        !self.meetings.is_empty()
    }

    /// Sorts `order` (team indices) from first to last.
    pub fn rank(&self, tallies: &[Tally], results: &[u16], order: &mut [usize], rng: &mut SimulationRng) {
        let key = |team: usize| {
            let tally = tallies[team];
            if self.packed { tally.main } else { tally.points() }
        };
        order.sort_unstable_by_key(|team| std::cmp::Reverse(key(*team)));
        let first = if self.packed { 2 } else { 0 };
        each_tie(order, key, |tied| {
            let level = Level { criterion: first, reference: tied.to_vec() };
            self.separate(tied, &level, tallies, results, rng);
        });
    }

    fn separate(
        &self,
        tied: &mut [usize],
        level: &Level,
        tallies: &[Tally],
        results: &[u16],
        rng: &mut SimulationRng,
    ) {
        let criteria = &self.rules.tie_breaks;
        let Some(tie_break) = criteria.get(level.criterion).copied() else {
            return shuffle(tied, rng);
        };
        let score = |team: usize| self.score(tie_break, team, &level.reference, tallies, results);
        let mut scores: Vec<(i64, usize)> = tied.iter().map(|team| (score(*team), *team)).collect();
        scores.sort_unstable_by_key(|(score, team)| (std::cmp::Reverse(*score), *team));
        for (place, (_, team)) in tied.iter_mut().zip(&scores) {
            *place = *team;
        }
        let value = |team: usize| scores.iter().find(|s| s.1 == team).map_or(0, |s| s.0);
        let next = level.criterion + 1;
        let meetings_done =
            tie_break.is_head_to_head() && !criteria.get(next).is_some_and(|t| t.is_head_to_head());
        each_tie(tied, value, |still| {
            let restarts =
                self.rules.head_to_head_restarts && meetings_done && still.len() < level.reference.len();
            let next = if restarts {
                let first = criteria.iter().position(|t| t.is_head_to_head()).unwrap_or(next);
                Level { criterion: first, reference: still.to_vec() }
            } else {
                Level { criterion: next, reference: level.reference.clone() }
            };
            self.separate(still, &next, tallies, results, rng);
        });
    }

    fn score(
        &self,
        tie_break: TieBreak,
        team: usize,
        among: &[usize],
        tallies: &[Tally],
        results: &[u16],
    ) -> i64 {
        let tally = tallies[team];
        match tie_break {
            TieBreak::GoalDifference => tally.difference(),
            TieBreak::GoalsFor => tally.goals(),
            TieBreak::Wins => tally.wins(),
            TieBreak::AwayGoals => tally.away_goals(),
            TieBreak::HeadToHeadPoints => self.head_to_head(team, among, results).points(),
            TieBreak::HeadToHeadGoalDifference => self.head_to_head(team, among, results).difference(),
            TieBreak::HeadToHeadGoalsFor => self.head_to_head(team, among, results).goals(),
            TieBreak::HeadToHeadAwayGoals => self.head_to_head(team, among, results).away_goals(),
        }
    }

    fn head_to_head(&self, team: usize, among: &[usize], results: &[u16]) -> Tally {
        let (win, draw) = (i64::from(self.rules.win), i64::from(self.rules.draw));
        let mut own = Tally::default();
        for other in among.iter().filter(|other| **other != team) {
            let (low, high) = (team.min(*other), team.max(*other));
            for k in &self.meetings[low * self.teams + high] {
                let mut opponent = Tally::default();
                let score = results[*k as usize];
                if self.pairings[*k as usize].home == team {
                    record(&mut own, &mut opponent, score, win, draw);
                } else {
                    record(&mut opponent, &mut own, score, win, draw);
                }
            }
        }
        own
    }
}

/// How far a group of level teams has come: the next criterion, and the teams whose meetings count.
struct Level {
    criterion: usize,
    reference: Vec<usize>,
}

/// Calls with every run of two or more teams with equal keys.
fn each_tie(order: &mut [usize], key: impl Fn(usize) -> i64, mut each: impl FnMut(&mut [usize])) {
    let mut start = 0;
    while start < order.len() {
        let value = key(order[start]);
        let length = order[start..].iter().take_while(|team| key(**team) == value).count();
        if length > 1 {
            each(&mut order[start..start + length]);
        }
        start += length;
    }
}

fn shuffle(teams: &mut [usize], rng: &mut SimulationRng) {
    for i in (1..teams.len()).rev() {
        teams.swap(i, (uniform(rng) * (i + 1) as f64) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays matches given as (home, away, home goals, away goals) and ranks.
    fn order(rules: &RuleSet, teams: usize, matches: &[(usize, usize, u16, u16)]) -> Vec<usize> {
        let pairings: Vec<Meeting> = matches.iter().map(|m| Meeting { home: m.0, away: m.1 }).collect();
        let results: Vec<u16> = matches.iter().map(|m| (m.2 << 8) | m.3).collect();
        let mut tallies = vec![Tally::default(); teams];
        for (p, score) in pairings.iter().zip(&results) {
            let (mut home, mut away) = (tallies[p.home], tallies[p.away]);
            record(&mut home, &mut away, *score, 3, 1);
            (tallies[p.home], tallies[p.away]) = (home, away);
        }
        let mut order: Vec<usize> = (0..teams).collect();
        Ranker::new(rules, teams, &pairings).rank(
            &tallies,
            &results,
            &mut order,
            &mut SimulationRng::new(1, 0),
        );
        order
    }

    /// Team 0 beat team 1 twice, team 1 has the better goal difference, both 6 points.
    const LEVEL: [(usize, usize, u16, u16); 5] =
        [(0, 1, 1, 0), (1, 0, 0, 1), (1, 2, 5, 0), (2, 1, 0, 4), (2, 0, 2, 1)];

    #[test]
    fn the_fields_of_a_tally_do_not_mix() {
        let (mut home, mut away) = (Tally::default(), Tally::default());
        for score in [(9 << 8), 3 << 8 | 3, 7] {
            record(&mut home, &mut away, score, 3, 1);
        }
        away.add_points(-10);
        assert_eq!((home.points(), home.difference(), home.goals(), home.wins()), (4, 2, 12, 1));
        assert_eq!((away.points(), away.difference(), away.goals(), away.away_goals()), (-6, -2, 10, 10));
    }

    #[test]
    fn spain_looks_at_the_meetings_first_england_at_goal_difference() {
        assert_eq!(order(&RuleSet::la_liga(), 3, &LEVEL)[0], 0);
        assert_eq!(order(&RuleSet::premier_league(), 3, &LEVEL)[0], 1);
    }

    #[test]
    fn a_restart_compares_the_rest_among_themselves() {
        // Among all three, 0 has 9 points, 1 and 2 have 4 with the same goals; between the two, 1 won. Over the
        // season 2 has the better goal difference.
        let matches = [(1, 2, 1, 0), (2, 1, 0, 0), (0, 1, 1, 0), (1, 0, 0, 1), (2, 0, 1, 0), (0, 2, 1, 0)];
        let pairings = matches.map(|m: (usize, usize, u16, u16)| Meeting { home: m.0, away: m.1 });
        let results = matches.map(|m| (m.2 << 8) | m.3);
        let mut tallies = [Tally { main: 50 << POINTS, extra: 0 }; 3];
        tallies[2].main += 9 << DIFFERENCE;
        for (head_to_head_restarts, expected) in [(true, [0, 1, 2]), (false, [0, 2, 1])] {
            let rules = RuleSet { head_to_head_restarts, ..RuleSet::uefa_group() };
            let mut order = [2, 1, 0];
            Ranker::new(&rules, 3, &pairings).rank(
                &tallies,
                &results,
                &mut order,
                &mut SimulationRng::new(1, 0),
            );
            assert_eq!(order, expected);
        }
    }

    #[test]
    fn teams_level_in_everything_are_drawn_by_lot() {
        let matches = [(0, 1, 1, 1), (1, 0, 1, 1)];
        let pairings = matches.map(|m: (usize, usize, u16, u16)| Meeting { home: m.0, away: m.1 });
        let rules = RuleSet::la_liga();
        let ranker = Ranker::new(&rules, 2, &pairings);
        let mut rng = SimulationRng::new(3, 0);
        let tallies = [Tally { main: 2 << POINTS, extra: 0 }; 2];
        let first = (0..2000).filter(|_| {
            let mut order = [0, 1];
            ranker.rank(&tallies, &[0x0101, 0x0101], &mut order, &mut rng);
            order[0] == 0
        });
        let first = first.count();
        assert!((900..1100).contains(&first), "{first}");
    }
}
