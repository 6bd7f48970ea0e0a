//! Attack and defence by Kalman filters at several speeds, and what they expect of the match.

use crate::columns::{Fading, PerIndex, sides};
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::{Definition, Definitions, Described, Entity, Exchange};
use touchline_models::dynamic::{FilterConfig, GoalFilter, outcome_probabilities};

/// Speed of each filter relative to the fitted one; the first is the fitted one.
const SPEEDS: [(f64, &str); 5] =
    [(1.0, ""), (4.0, "fast_"), (0.25, "slow_"), (3.0, "brisk_"), (0.3, "calm_")];
/// A further filter does not return to the team's long-run level, and goes this share of the way to the league's
/// mean at the start of a season.
const FREE: (f64, &str) = (0.1, "free_");
const FILTERS: usize = SPEEDS.len() + 1;
/// Weights of the newest match in the long-run strengths.
const LONG_RUN: [(f64, &str); 3] = [
    (0.03, "strength_over_33_matches"),
    (0.01, "strength_over_100_matches"),
    (0.004, "strength_over_250_matches"),
];

/// Columns of the fitted filter, then two per filter, then attack and defence, then the long-run strengths.
#[derive(Clone)]
pub struct Strength {
    filters: Vec<GoalFilter>,
    long_run: PerIndex<[Fading; LONG_RUN.len()]>,
}

impl Strength {
    pub fn new(config: FilterConfig) -> Self {
        let speeds = SPEEDS.map(|(speed, _)| config.with_speed(speed));
        let all = speeds.into_iter().chain([config.without_memory(FREE.0)]);
        Self { filters: all.map(GoalFilter::new).collect(), long_run: PerIndex::default() }
    }
}

impl Family for Strength {
    fn define(&self, list: &mut Vec<Definition>) {
        let mut d = Definitions::of("strength", 2, list);
        for (name, formula, unit) in [
            ("home_expected_goals", "mean goals of the home side by the strength filter (EKF-L)", "goals"),
            ("away_expected_goals", "mean goals of the away side by the strength filter (EKF-L)", "goals"),
            ("strength_home_win", "home win by Dixon-Coles from the filter's goal means", "probability"),
            ("strength_draw", "draw by Dixon-Coles from the filter's goal means", "probability"),
            ("strength_away_win", "away win by Dixon-Coles from the filter's goal means", "probability"),
            ("home_uncertainty", "variance of the home side's log mean goals", "log goals squared"),
            ("away_uncertainty", "variance of the away side's log mean goals", "log goals squared"),
        ] {
            d.of_match(Described::new(name, formula, unit).missing("never"));
        }
        for (_, name) in SPEEDS.iter().chain([&FREE]) {
            for (stem, formula, exchange) in [
                ("supremacy", "expected goal difference by this strength filter", Exchange::Negated),
                ("expected_total", "expected total goals by this strength filter", Exchange::Sides),
            ] {
                let described = Described::new("", formula, "goals").missing("never").exchanged(exchange);
                d.add(Entity::Match, format!("{name}{stem}"), formula.to_owned(), described);
            }
        }
        d.of_sides(&[
            Described::new("attack", "attack after the last match by the strength filter", "log goals"),
            Described::new("defence", "defence after the last match by the strength filter", "log goals"),
        ]);
        d.of_sides(&LONG_RUN.map(|(_, name)| {
            Described::new(name, "attack plus defence, exponentially weighted after each match", "log goals")
        }));
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        let main = self.filters[0].expect(fixture.pairing(), fixture.occasion());
        let goals = main.goals();
        let [home, draw, away] = outcome_probabilities(goals, self.filters[0].config().rho);
        let head = [goals.0, goals.1, home, draw, away, main.variance_home, main.variance_away];
        let (first, rest) = out.split_at_mut(head.len());
        for (out, value) in first.iter_mut().zip(head) {
            *out = value as f32;
        }
        let (filters, rest) = rest.split_at_mut(2 * FILTERS);
        for ((i, filter), out) in self.filters.iter().enumerate().zip(filters.chunks_exact_mut(2)) {
            let (home, away) =
                if i == 0 { goals } else { filter.expect(fixture.pairing(), fixture.occasion()).goals() };
            out[0] = (home - away) as f32;
            out[1] = (home + away) as f32;
        }
        let (now, long_run) = rest.split_at_mut(3 * 2);
        let of = |team: u32| <[f64; 2]>::from(self.filters[0].strengths(team as usize));
        sides(now, &of(fixture.home), &of(fixture.away));
        let of = |team: u32| self.long_run.get(team).map(|f| f.get());
        sides(long_run, &of(fixture.home), &of(fixture.away));
    }

    fn observe(&mut self, played: &Played<'_>, _: &Residual) {
        let f = &played.fixture;
        let goals = played.goals.map(f64::from);
        for filter in &mut self.filters {
            filter.update(f.pairing(), f.occasion(), goals);
        }
        for team in [f.home, f.away] {
            let (attack, defence) = self.filters[0].strengths(team as usize);
            for ((weight, _), mean) in LONG_RUN.iter().zip(self.long_run.get_mut(team)) {
                mean.add(*weight, attack + defence);
            }
        }
    }
}
