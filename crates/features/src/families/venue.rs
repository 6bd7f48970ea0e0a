//! Venue form: the home side's matches at home and the away side's matches away. On neutral ground it is the mean over both
//! grounds, and results there belong to neither.

use crate::columns::{Fading, PerIndex, sides};
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::{Definition, Definitions, Described};

/// Weight of the newest match: the last ten matter most; the residual also over some forty.
const RECENT: f64 = 0.15;
const LONG: f64 = 0.025;
const NUMBERS: usize = 5;

/// Means over one team's matches at one venue.
type Means = [Fading; NUMBERS];

/// Venue form of every club: at home and away.
#[derive(Clone, Default)]
pub struct Venue {
    at_home: PerIndex<Means>,
    away: PerIndex<Means>,
}

const COLUMNS: [Described; NUMBERS] = [
    Described::new("venue_goals_for", "goals scored at this venue, weight .15", "goals"),
    Described::new("venue_goals_against", "goals conceded at this venue, weight .15", "goals"),
    Described::new("venue_points", "points at this venue, weight .15", "points"),
    Described::new(
        "venue_surprise",
        "goal difference minus the expected one at this venue, weight .15",
        "goals",
    ),
    Described::new(
        "venue_surprise_long",
        "goal difference minus the expected one at this venue, weight .025",
        "goals",
    ),
];

impl Family for Venue {
    fn define(&self, list: &mut Vec<Definition>) {
        Definitions::of("venue", 1, list).of_sides(&COLUMNS);
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        let at_home = |team: u32| self.at_home.get(team).map(|m| m.get());
        let away = |team: u32| self.away.get(team).map(|m| m.get());
        if fixture.neutral {
            let anywhere = |team: u32| {
                let (at_home, away) = (at_home(team), away(team));
                std::array::from_fn::<f64, NUMBERS, _>(|n| f64::midpoint(at_home[n], away[n]))
            };
            sides(out, &anywhere(fixture.home), &anywhere(fixture.away));
        } else {
            sides(out, &at_home(fixture.home), &away(fixture.away));
        }
    }

    fn observe(&mut self, played: &Played<'_>, residual: &Residual) {
        if played.fixture.neutral {
            return;
        }
        let [home, away] = played.goals.map(f64::from);
        let points = played.points();
        let add = |means: &mut Means, scored: f64, conceded: f64, points: f64, residual: f64| {
            for (mean, value) in means.iter_mut().zip([scored, conceded, points, residual]) {
                mean.add(RECENT, value);
            }
            means[4].add(LONG, residual);
        };
        add(self.at_home.get_mut(played.fixture.home), home, away, points[0], residual.goal_difference);
        add(self.away.get_mut(played.fixture.away), away, home, points[1], -residual.goal_difference);
    }
}
