//! Play-offs after the table: the probability of every tie under each draw of the strengths, given the matches of the play-offs
//! that were played already.

use super::calendar::Calendar;
use super::strengths::StrengthDraws;
use chrono::{DateTime, Utc};
use touchline_domain::ports::ResultRow;
use touchline_domain::{PlayOffRules, Score, ScoreGrid};
use touchline_features::Fixture;
use touchline_models::simulation::{PlayOff, one_leg, second_leg, two_legs};

/// Grids of one pairing under each draw of the strengths.
struct Pairing {
    sides: [usize; 2],
    /// With the one side at home, and with the other.
    at_home: [Vec<ScoreGrid>; 2],
    /// On neutral ground, the first side named first; empty where no tie is played there.
    neutral: Vec<ScoreGrid>,
}

impl Pairing {
    /// `indices` are the teams' places in the history.
    fn of(
        strengths: &StrengthDraws,
        like: &Fixture,
        indices: &[usize],
        sides: [usize; 2],
        neutral: bool,
    ) -> Self {
        let grids = |[home, away]: [usize; 2], neutral: bool| {
            let places = [indices[home], indices[away]];
            let fixture = Fixture { home: places[0] as u32, away: places[1] as u32, neutral, ..*like };
            strengths.grids(&strengths.expected(&fixture, places), &fixture)
        };
        let [one, other] = sides;
        Self {
            sides,
            at_home: [grids([one, other], false), grids([other, one], false)],
            neutral: if neutral { grids([one, other], true) } else { Vec::new() },
        }
    }

    /// With this side at home.
    fn at_home(&self, side: usize, draw: usize) -> &ScoreGrid {
        of_draw(&self.at_home[usize::from(side != self.sides[0])], draw)
    }

    /// Probability that the better seed wins the tie, of which something may be known.
    fn through(&self, better: usize, known: &Known, (legs, neutral): (u8, bool), draw: usize) -> f64 {
        let worse = self.sides[usize::from(better == self.sides[0])];
        let p = match known {
            Known::Decided(winner) => f64::from(u8::from(*winner == better)),
            Known::FirstLeg(home, score) if *home == better => {
                1.0 - second_leg(self.at_home(worse, draw), -i32::from(score.difference()))
            }
            Known::FirstLeg(_, score) => {
                second_leg(self.at_home(better, draw), -i32::from(score.difference()))
            }
            Known::Nothing if legs == 2 => two_legs(self.at_home(worse, draw), self.at_home(better, draw)),
            Known::Nothing if neutral => {
                let first = one_leg(of_draw(&self.neutral, draw));
                if better == self.sides[0] { first } else { 1.0 - first }
            }
            Known::Nothing => one_leg(self.at_home(better, draw)),
        };
        // A sum of many cells may miss 1 by a hair.
        p.clamp(0.0, 1.0)
    }
}

fn of_draw(grids: &[ScoreGrid], draw: usize) -> &ScoreGrid {
    &grids[draw.min(grids.len() - 1)]
}

/// What is known of play-offs that have begun. Scores are those of 90 minutes: who went through after extra time or a shoot-out
/// is known once it has a later match.
struct Played<'a> {
    /// Matches between teams of the table, by kick-off, as places of both sides; with a score where it is known.
    matches: Vec<([usize; 2], &'a ResultRow, Option<Score>)>,
}

/// What is known of a tie.
enum Known {
    /// Nothing.
    Nothing,
    /// This team went through.
    Decided(usize),
    /// One match of two is played: its home side and the score.
    FirstLeg(usize, Score),
}

impl<'a> Played<'a> {
    fn of(calendar: &'a Calendar) -> Self {
        let mut matches: Vec<_> = calendar
            .play_offs
            .iter()
            .filter_map(|(row, score)| {
                let place = |team| calendar.teams.binary_search(&team).ok();
                Some(([place(row.home)?, place(row.away)?], row, *score))
            })
            .collect();
        matches.sort_by_key(|(_, row, _)| (row.kickoff, row.id));
        Self { matches }
    }

    /// What is known of the tie of two teams, of so many matches.
    fn tie(&self, one: usize, other: usize, legs: u8) -> Known {
        let between = |sides: &[usize; 2]| *sides == [one, other] || *sides == [other, one];
        let own: Vec<_> = self.matches.iter().filter(|(sides, ..)| between(sides)).collect();
        let scores: Vec<(usize, Score)> =
            own.iter().filter_map(|(sides, _, score)| Some((sides[0], (*score)?))).collect();
        let lead = |(home, score): &(usize, Score)| {
            i32::from(if *home == one { score.difference() } else { -score.difference() })
        };
        match (scores.len(), legs) {
            (0, _) => Known::Nothing,
            (1, 2) => Known::FirstLeg(scores[0].0, scores[0].1),
            _ => match scores.iter().map(lead).sum::<i32>() {
                0 => self.later(one, other, own.iter().map(|(_, row, _)| row.kickoff).max()),
                lead => Known::Decided(if lead > 0 { one } else { other }),
            },
        }
    }

    /// Who of two teams has a match after the last one of their tie.
    fn later(&self, one: usize, other: usize, last: Option<DateTime<Utc>>) -> Known {
        let after = || self.matches.iter().filter(|(_, row, _)| Some(row.kickoff) > last);
        let has = |team: usize| after().any(|(sides, ..)| sides.contains(&team));
        match (has(one), has(other)) {
            (true, false) => Known::Decided(one),
            (false, true) => Known::Decided(other),
            _ => Known::Nothing,
        }
    }

    /// Teams that lost a tie.
    fn gone(&self, rules: &PlayOffRules, teams: usize) -> Vec<bool> {
        let mut gone = vec![false; teams];
        // The last tie may have fewer matches than the others: who lost it is out under either count.
        for ([home, away], ..) in &self.matches {
            let legs = if self.is_last(*home, *away) { rules.matches_of_last_tie() } else { rules.legs };
            if let Known::Decided(winner) = self.tie(*home, *away, legs) {
                gone[if winner == *home { *away } else { *home }] = true;
            }
        }
        gone
    }

    /// Whether both teams have won a tie before, so that theirs is not of the first round.
    fn is_last(&self, one: usize, other: usize) -> bool {
        let met = |team: usize, but: usize| {
            self.matches.iter().any(|(sides, ..)| sides.contains(&team) && !sides.contains(&but))
        };
        met(one, other) && met(other, one)
    }
}

/// The play-offs of the season's rules under each of so many draws of the strengths: `[draw][play-off]`.
pub(super) fn of(
    calendar: &Calendar,
    strengths: &StrengthDraws,
    like: &Fixture,
    indices: &[usize],
    draws: usize,
) -> Vec<Vec<PlayOff>> {
    let rules: &[PlayOffRules] = calendar.rules.as_ref().map_or(&[], |rules| &rules.play_offs);
    if rules.is_empty() {
        return Vec::new();
    }
    let (teams, played) = (indices.len(), Played::of(calendar));
    let gone: Vec<Vec<bool>> = rules.iter().map(|r| played.gone(r, teams)).collect();
    let neutral = rules.iter().any(|r| r.neutral_final);
    let mut all = vec![rules.iter().map(|r| unplayed(r, teams)).collect::<Vec<_>>(); draws.max(1)];
    for sides in (0..teams).flat_map(|one| (one + 1..teams).map(move |other| [one, other])) {
        let pairing = Pairing::of(strengths, like, indices, sides, neutral);
        for ((n, r), gone) in rules.iter().enumerate().zip(&gone) {
            let last_legs = r.matches_of_last_tie();
            let known = [r.legs, last_legs].map(|legs| match sides.map(|side| gone[side]) {
                [true, false] => Known::Decided(sides[1]),
                [false, true] => Known::Decided(sides[0]),
                _ => played.tie(sides[0], sides[1], legs),
            });
            for (draw, play_offs) in all.iter_mut().enumerate() {
                for [better, worse] in [sides, [sides[1], sides[0]]] {
                    let at = better * teams + worse;
                    let of = &mut play_offs[n];
                    of.tie[at] = pairing.through(better, &known[0], (r.legs, false), draw);
                    of.last_tie[at] = pairing.through(better, &known[1], (last_legs, r.neutral_final), draw);
                }
            }
        }
    }
    all
}

/// A play-off of which nothing is known.
fn unplayed(rules: &PlayOffRules, teams: usize) -> PlayOff {
    let even = vec![0.5; teams * teams];
    PlayOff {
        positions: (rules.places[0]..=rules.places[1]).map(usize::from).collect(),
        tie: even.clone(),
        last_tie: even,
        decides_places: rules.decides_places,
    }
}
