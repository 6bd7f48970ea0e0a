//! Which matches of the past were most like a match to come, as both looked before their kick-off.
//!
//! Matches are compared in four numbers that the strength filter gives of any match, whatever was trained: how many goals each
//! side was expected to score, how far the latest results were from the level of both sides, and how unsure the filter was. They
//! are computed in one walk, for a match of ten years ago from what was known then. What a trained model says of past matches is
//! of no use here: it has learned from their results.

use crate::history::{Fixture, History};
use crate::pass::{Knowledge, Step, steps, wanted_groups};
use crate::time::Seconds;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use touchline_domain::{MatchId, Outcome, Score};
use touchline_models::dynamic::{FilterConfig, GoalFilter};

/// Numbers that matches are compared in.
pub const DIMENSIONS: usize = 4;
/// Speed of the filter of the latest results, relative to the fitted one.
const FAST: f64 = 4.0;

/// A match as it looked before its kick-off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatchState {
    /// Mean goals of the home side.
    pub home_goals: f64,
    /// Mean goals of the away side.
    pub away_goals: f64,
    /// Goals by which a filter that follows the latest results expects a larger difference than the fitted one.
    pub form: f64,
    /// Standard deviation of the logarithm of the ratio of both means.
    pub doubt: f64,
}

impl MatchState {
    /// The numbers that are compared: goals as logarithms, since a factor of 1.2 is as much at 1 as at 2.
    fn coordinates(&self) -> [f64; DIMENSIONS] {
        [self.home_goals.ln(), self.away_goals.ln(), self.form, self.doubt]
    }
}

/// A match of the past.
#[derive(Debug, Clone, Copy)]
struct Past {
    id: MatchId,
    kickoff: Seconds,
    goals: [u8; 2],
    at: [f32; DIMENSIONS],
}

/// A match of the past that was like one to come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimilarMatch {
    /// The match.
    pub id: MatchId,
    /// Its kick-off.
    pub kickoff: Seconds,
    /// How it ended.
    pub score: Score,
    /// How far it lies from the match to come: 0 for the same numbers, 1 where one of them differs by its standard deviation over
    /// all matches.
    pub distance: f64,
}

/// What was like a match to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Similar {
    /// The match to come, as it looks now.
    pub state: MatchState,
    /// The most similar matches, the nearest first.
    pub matches: Vec<SimilarMatch>,
    /// How the nearest matches ended: home wins, draws and away wins, as many together as were counted.
    pub outcomes: [usize; 3],
}

/// Past matches that are looked through: the latest.
const MOST_PAST: usize = 50_000;

/// The latest 50,000 matches whose result is known at a time, and some to come, as they looked before their kick-off.
#[derive(Debug, Clone)]
pub struct Likeness {
    past: Vec<Past>,
    to_come: HashMap<MatchId, MatchState>,
    /// Standard deviations over the past matches.
    scale: [f64; DIMENSIONS],
}

impl Likeness {
    /// Walks through a history once: matches whose result is known at `as_of`, and those at the positions `to_come`.
    pub fn of(history: &History, to_come: &[u32], as_of: Seconds, config: FilterConfig) -> Self {
        let is_past = |p: u32| history.goals(p as usize).is_some() && history.known_at(p as usize) <= as_of;
        let mut is_to_come = vec![false; history.len()];
        for place in to_come {
            is_to_come[*place as usize] = true;
        }
        let wanted = |p: u32| is_past(p) || is_to_come[p as usize];
        let knowledge = Knowledge { lag: 0, as_of: Some(as_of) };
        let (mut past, mut states) = (Vec::new(), HashMap::with_capacity(to_come.len()));
        for positions in wanted_groups(history, wanted) {
            let mut filters = Filters::new(config);
            for step in steps(history, &positions, wanted, knowledge) {
                match step {
                    Step::Result(position, time) => {
                        if let Some(played) = history.played_at(position as usize, time) {
                            filters.learn(&played.fixture, played.goals);
                        }
                    }
                    Step::Restart => filters = Filters::new(config),
                    Step::Asked(position, _) => {
                        let at = position as usize;
                        let (id, state) = (history.ids()[at], filters.state(&history.fixtures()[at]));
                        if is_to_come[at] {
                            states.insert(id, state);
                        } else if let Some(goals) = history.goals(at) {
                            let kickoff = history.kickoffs()[at];
                            let at = state.coordinates().map(|number| number as f32);
                            past.push(Past { id, kickoff, goals, at });
                        }
                    }
                }
            }
        }
        // The latest alone: looking through them costs the same however many there are.
        if past.len() > MOST_PAST {
            past.select_nth_unstable_by_key(MOST_PAST, |past| Reverse((past.kickoff, past.id)));
            past.truncate(MOST_PAST);
        }
        let scale = deviations(&past);
        Self { past, to_come: states, scale }
    }

    /// Number of past matches.
    pub fn len(&self) -> usize {
        self.past.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.past.is_empty()
    }

    /// The `most` past matches that were most like a match to come, and how the `counted` nearest ended, or all, where there are
    /// fewer; none of a match that was not among those to come. Of matches at the same distance, the later one is nearer.
    pub fn nearest(&self, id: MatchId, most: usize, counted: usize) -> Option<Similar> {
        let state = *self.to_come.get(&id)?;
        let wanted = state.coordinates();
        let scale = self.scale.map(|deviation| 1.0 / deviation);
        let squared = |past: &Past| -> f64 {
            let difference = |n: usize| (f64::from(past.at[n]) - wanted[n]) * scale[n];
            (0..DIMENSIONS).map(|n| difference(n).powi(2)).sum()
        };
        let kept = most.max(counted).min(self.past.len());
        // The farthest of those that are kept is on top. Bits of numbers that are not negative stand in their order.
        let mut nearest = BinaryHeap::with_capacity(kept + 1);
        for (at, past) in self.past.iter().enumerate() {
            let far = (squared(past).to_bits(), Reverse(past.kickoff), past.id, at);
            if nearest.len() < kept {
                nearest.push(far);
            } else if nearest.peek().is_some_and(|farthest| far < *farthest) {
                nearest.push(far);
                nearest.pop();
            }
        }
        let by_distance: Vec<(f64, usize)> = nearest
            .into_sorted_vec()
            .into_iter()
            .map(|(bits, _, _, at)| (f64::from_bits(bits), at))
            .collect();
        let score = |past: &Past| Score { home: past.goals[0], away: past.goals[1] };
        let mut outcomes = [0; 3];
        for (_, at) in by_distance.iter().take(counted) {
            outcomes[Outcome::of(score(&self.past[*at])).index()] += 1;
        }
        let similar = |(squared, at): &(f64, usize)| {
            let past = &self.past[*at];
            SimilarMatch { id: past.id, kickoff: past.kickoff, score: score(past), distance: squared.sqrt() }
        };
        let matches = by_distance.iter().take(most).map(similar).collect();
        Some(Similar { state, matches, outcomes })
    }
}

/// The fitted filter, and one of the latest results.
struct Filters {
    fitted: GoalFilter,
    fast: GoalFilter,
}

impl Filters {
    fn new(config: FilterConfig) -> Self {
        Self { fitted: GoalFilter::new(config), fast: GoalFilter::new(config.with_speed(FAST)) }
    }

    fn learn(&mut self, fixture: &Fixture, goals: [u8; 2]) {
        let (pairing, occasion, goals) = (fixture.pairing(), fixture.occasion(), goals.map(f64::from));
        self.fitted.update(pairing, occasion, goals);
        self.fast.update(pairing, occasion, goals);
    }

    fn state(&self, fixture: &Fixture) -> MatchState {
        let (pairing, occasion) = (fixture.pairing(), fixture.occasion());
        let expected = self.fitted.expect(pairing, occasion);
        let ((home_goals, away_goals), latest) =
            (expected.goals(), self.fast.expect(pairing, occasion).goals());
        MatchState {
            home_goals,
            away_goals,
            form: (latest.0 - latest.1) - (home_goals - away_goals),
            doubt: (expected.variance_home + expected.variance_away).sqrt(),
        }
    }
}

/// Standard deviations of the numbers over all matches; 1 where there is no spread.
fn deviations(past: &[Past]) -> [f64; DIMENSIONS] {
    let count = past.len().max(1) as f64;
    std::array::from_fn(|n| {
        let mean = past.iter().map(|past| f64::from(past.at[n])).sum::<f64>() / count;
        let squares: f64 = past.iter().map(|past| (f64::from(past.at[n]) - mean).powi(2)).sum();
        let deviation = (squares / count).sqrt();
        if deviation > 1e-9 { deviation } else { 1.0 }
    })
}
