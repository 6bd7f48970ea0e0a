//! Momentum: exponentially weighted means over a team's matches, at three speeds.

use crate::columns::{Fading, PerIndex, sides};
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::{Definition, Definitions, Described};

/// Which number is averaged (0 goals for, 1 goals against, 2 points, 3 residual in goal difference) and the
/// weight of the newest match.
const MEANS: [(usize, f64); 9] =
    [(0, 0.15), (1, 0.15), (2, 0.15), (3, 0.15), (0, 0.04), (1, 0.04), (2, 0.04), (3, 0.04), (3, 0.01)];

const COLUMNS: [Described; MEANS.len()] = [
    Described::new("fading_goals_for", "goals scored, weight .15", "goals"),
    Described::new("fading_goals_against", "goals conceded, weight .15", "goals"),
    Described::new("fading_points", "points, weight .15", "points"),
    Described::new("fading_surprise", "goal difference minus the expected one, weight .15", "goals"),
    Described::new("steady_goals_for", "goals scored, weight .04", "goals"),
    Described::new("steady_goals_against", "goals conceded, weight .04", "goals"),
    Described::new("steady_points", "points, weight .04", "points"),
    Described::new("steady_surprise", "goal difference minus the expected one, weight .04", "goals"),
    Described::new("lasting_surprise", "goal difference minus the expected one, weight .01", "goals"),
];

/// Momentum of every team.
#[derive(Clone, Default)]
pub struct Momentum {
    clubs: PerIndex<[Fading; MEANS.len()]>,
}

impl Family for Momentum {
    fn define(&self, list: &mut Vec<Definition>) {
        Definitions::of("momentum", 1, list).of_sides(&COLUMNS);
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        let of = |team: u32| self.clubs.get(team).map(|m| m.get());
        sides(out, &of(fixture.home), &of(fixture.away));
    }

    fn observe(&mut self, played: &Played<'_>, residual: &Residual) {
        let [home, away] = played.goals.map(f64::from);
        let points = played.points();
        let f = &played.fixture;
        for (team, numbers) in [
            (f.home, [home, away, points[0], residual.goal_difference]),
            (f.away, [away, home, points[1], -residual.goal_difference]),
        ] {
            for (mean, (number, weight)) in self.clubs.get_mut(team).iter_mut().zip(MEANS) {
                mean.add(weight, numbers[number]);
            }
        }
    }
}
