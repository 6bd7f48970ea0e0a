//! League: how many goals, draws and home wins it sees, and its tier.

use crate::columns::{Fading, PerIndex};
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::{Definition, Definitions, Described};

const FAST: f64 = 0.01;
const SLOW: f64 = 0.001;
/// Goals, draws and home wins, each at both speeds.
const MEANS: usize = 6;

/// Means of every league.
#[derive(Clone, Default)]
pub struct League {
    leagues: PerIndex<[Fading; MEANS]>,
}

const COLUMNS: [Described; MEANS + 1] = [
    Described::new("league_goals_fast", "goals per match of the league, weight .01", "goals"),
    Described::new("league_goals_slow", "goals per match of the league, weight .001", "goals"),
    Described::new("league_draws_fast", "share of draws in the league, weight .01", "share"),
    Described::new("league_draws_slow", "share of draws in the league, weight .001", "share"),
    Described::new("league_home_wins_fast", "share of home wins in the league, weight .01", "share"),
    Described::new("league_home_wins_slow", "share of home wins in the league, weight .001", "share"),
    Described::new("league_tier", "tier of the league in its country, 1 the highest", "tier")
        .missing("never"),
];

impl Family for League {
    fn define(&self, list: &mut Vec<Definition>) {
        let mut definitions = Definitions::of("league", 1, list);
        for column in COLUMNS {
            definitions.of_league(column);
        }
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        for (out, mean) in out.iter_mut().zip(self.leagues.get(fixture.league)) {
            *out = mean.get() as f32;
        }
        out[MEANS] = f32::from(fixture.tier);
    }

    fn observe(&mut self, played: &Played<'_>, _: &Residual) {
        let [home, away] = played.goals;
        let flag = |is: bool| f64::from(u8::from(is));
        let total = f64::from(home) + f64::from(away);
        let means = self.leagues.get_mut(played.fixture.league);
        for (pair, value) in means.chunks_exact_mut(2).zip([total, flag(home == away), flag(home > away)]) {
            pair[0].add(FAST, value);
            pair[1].add(SLOW, value);
        }
    }
}
