//! Meetings: what the earlier matches of the same two teams say beyond their strength.

use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::{Definition, Definitions, Described, Exchange};
use rustc_hash::FxHashMap;

const WEIGHT: f64 = 0.2;

/// Earlier matches of two teams, seen from the team with the smaller index.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    residual: f64,
    last_difference: f64,
    matches: u32,
}

/// Every pair of teams that has met.
#[derive(Clone, Default)]
pub struct Meetings {
    pairs: FxHashMap<(u32, u32), Pair>,
}

const COLUMNS: [Described; 3] = [
    Described::new(
        "h2h_surprise",
        "goal difference minus the expected one in earlier meetings, home view, weight .2, shrunk to 0 by two meetings",
        "goals",
    )
    .missing("the teams never met")
    .exchanged(Exchange::Negated),
    Described::new("h2h_last_goal_difference", "goal difference of the last meeting, home view", "goals")
        .missing("the teams never met")
        .exchanged(Exchange::Negated),
    Described::new("h2h_total_matches", "earlier meetings", "matches").missing("never"),
];

impl Family for Meetings {
    fn define(&self, list: &mut Vec<Definition>) {
        let mut definitions = Definitions::of("meetings", 1, list);
        for column in COLUMNS {
            definitions.of_match(column);
        }
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        let (key, sign) = key(fixture);
        out[2] = 0.0;
        if let Some(pair) = self.pairs.get(&key) {
            let n = f64::from(pair.matches);
            // Which side the pair is seen from depends on the order of teams: adding 0 makes one zero of both.
            out[0] = (sign * pair.residual * n / (n + 2.0)) as f32 + 0.0;
            out[1] = (sign * pair.last_difference) as f32;
            out[2] = n as f32;
        }
    }

    fn observe(&mut self, played: &Played<'_>, residual: &Residual) {
        let (key, sign) = key(&played.fixture);
        let pair = self.pairs.entry(key).or_default();
        pair.matches += 1;
        let weight = WEIGHT.max(1.0 / f64::from(pair.matches));
        pair.residual += weight * (sign * residual.goal_difference - pair.residual);
        pair.last_difference = sign * played.goal_difference();
    }
}

fn key(f: &Fixture) -> ((u32, u32), f64) {
    if f.home < f.away { ((f.home, f.away), 1.0) } else { ((f.away, f.home), -1.0) }
}
